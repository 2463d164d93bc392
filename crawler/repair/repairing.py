"""The watch's repair: what returned is gone back to, and what gives nothing is searched for, once a day at most."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from crawler.adopt.conversation import Talk, hold
from crawler.configuration import Settings
from crawler.crawl.run import settings_for
from crawler.fetch import RequestBudget
from crawler.learn import Exploration, NotLearned, explore
from crawler.repair.choosing import Choice, choose
from crawler.repair.patches import mended, patch
from crawler.repair.troubles import Trouble, is_over, names, troubles
from crawler.schedule import ARTICLES, AgendaEntry, Pace, SiteAgenda, agenda, read_pace
from crawler.sites import AddressForm, Site, Sites, StandIn, with_stand_ins
from crawler.sites.stand_in import Part
from crawler.store import LockTaken, Store, stand_ins
from crawler.store.stand_ins import Search

logger = logging.getLogger(__name__)
_DAY = timedelta(hours=23)  # between two searches at a site
_LONGEST_WAIT = 8  # days between two that find nothing
_LEAST = 12  # requests without which a search is not begun
_AT_ONCE = 4  # sites that one call searches; the next call goes on


def repair(
    store: Store,
    sites: Sites,
    now: datetime,
    own: Settings,
    *,
    newsroom: str | None = None,
    settings: Mapping[str, Any] | None = None,
) -> list[StandIn]:
    """Go back to what gives again, and search what took the place of what does not; what begins to stand in.

    A site that is being crawled is left to the next call. `settings` are Scrapy's, as for `crawl`.
    """
    began: list[StandIn] = []
    searched = 0
    for site in sites.values():
        try:
            with store.reading() as connection:
                standing = stand_ins.standing(connection, site.name)
                wanted = _wanted(connection, site, standing, now)
                back = [one for one in standing if is_over(connection, one, site, standing, now)]
            if not back and (not wanted or searched >= _AT_ONCE):
                continue
            with store.lock(f"site-{site.name}"):
                if back:
                    _end(store, site, back, now)
                if wanted and searched < _AT_ONCE:
                    searched += 1
                    began += _search(store, site, wanted, now, _Asks(own, newsroom, settings))
        except LockTaken:
            continue
    return began


class _Asks:
    """How a site is asked."""

    def __init__(self, own: Settings, newsroom: str | None, more: Mapping[str, Any] | None) -> None:
        self.budget = own.budget
        self._delay = own.delay
        self._settings = settings_for(own, newsroom=newsroom, more={"ITEM_PIPELINES": {}, **(more or {})})
        if "THOISU_BUDGET" in (more or {}):
            self.budget = self._settings.getint("THOISU_BUDGET")

    def ask(self, talk: Talk[Exploration]) -> None:
        """Hold a conversation."""
        settings = self._settings.copy()
        settings.set("DOWNLOAD_DELAY", talk.site.delay if self._delay is None else self._delay, priority="cmdline")
        hold([talk], settings, at_once=1)


def _wanted(connection: Connection, site: Site, standing: Sequence[StandIn], now: datetime) -> list[Trouble]:
    """What is to be searched for now."""
    last = stand_ins.searched(connection, site.name)
    if last is not None and last.at <= now < last.at + min(2 ** max(last.in_vain - 1, 0), _LONGEST_WAIT) * _DAY:
        return []
    return troubles(connection, with_stand_ins(site, standing), standing, _pace(connection, site, now), now)


def _pace(connection: Connection, site: Site, now: datetime) -> Pace | None:
    state = agenda.pace(connection, site.name)
    if state is None:
        return None
    pace = read_pace(state)
    pace.heal(now)
    return pace


def _end(store: Store, site: Site, back: Sequence[StandIn], now: datetime) -> None:
    with store.writing() as connection:
        for one in back:
            stand_ins.end(connection, one, now)
        _settle(connection, site, now)


def _settle(connection: Connection, site: Site, now: datetime) -> None:
    """Bring the agenda of a scheduled site in line with what stands in."""
    if agenda.pace(connection, site.name) is None:
        return
    sources = with_stand_ins(site, stand_ins.standing(connection, site.name)).sources
    given = [AgendaEntry(site=site.name, source=one.url, next_at=now, why="stands in for another") for one in sources]
    given.append(AgendaEntry(site=site.name, source=ARTICLES, next_at=now, why="never looked at"))
    agenda.settle(connection, site.name, given)


def _search(store: Store, site: Site, wrong: Sequence[Trouble], now: datetime, asks: _Asks) -> list[StandIn]:
    """Ask the site what took the place of what is wrong, within its budget."""
    limit = asks.budget or site.budget
    of_day = SiteAgenda.open(store, site, limit, lambda: now)
    if of_day is not None and of_day.room(store, "audit") < _LEAST:
        return []
    logger.info("%s: %s; searching for what took its place", site.name, names(wrong))
    talk: Talk[Exploration] = Talk(
        site, explore(site.home, now), budget=RequestBudget(store, site.name, limit, lambda: now)
    )
    asks.ask(talk)
    if isinstance(talk.came, Exploration):
        chosen, failed = choose(talk.came, _current(store, site), wrong, store.seen), ""
    else:
        chosen, failed = [], talk.came.sentence if isinstance(talk.came, NotLearned) else "the search broke off"
    return _keep(store, site, wrong, chosen, failed, now)


def _current(store: Store, site: Site) -> Site:
    with store.reading() as connection:
        return with_stand_ins(site, stand_ins.standing(connection, site.name))


def _keep(
    store: Store, site: Site, wrong: Sequence[Trouble], chosen: Sequence[Choice], failed: str, now: datetime
) -> list[StandIn]:
    began = [_stand_in(site, choice, now) for choice in chosen]
    with store.writing() as connection:
        was = stand_ins.searched(connection, site.name)
        in_vain = 0 if began else (was.in_vain if was else 0) + 1
        stand_ins.note_search(connection, site.name, Search(now, in_vain))
        for one in began:
            stand_ins.begin(connection, one)
        for trouble in wrong if failed else ():
            stand_ins.begin(connection, _nothing(site, trouble, failed, now))
        _settle(connection, site, now)
    return began


def _stand_in(site: Site, choice: Choice, now: datetime) -> StandIn:
    trouble, by = choice.trouble, choice.by
    route = "" if isinstance(by, AddressForm) else trouble.route
    better = mended(site, route, by)
    found = f"addresses like {by.article}" if isinstance(by, AddressForm) else f"{type(by).__name__} {by.url}"
    return StandIn(
        site=site.name,
        part="addresses" if isinstance(by, AddressForm) else "source",
        route=route,
        by=by,
        since=now,
        why=f"{trouble.why}; in its place: {found}",
        patch=patch(replace(site), better),
    )


def _nothing(site: Site, trouble: Trouble, failed: str, now: datetime) -> StandIn:
    part: Part = "source" if trouble.kind == "gone" else "addresses"
    why = f"{trouble.why}; nothing was found in its place: {failed}"
    return StandIn(site=site.name, part=part, route=trouble.route, by=None, since=now, why=why)
