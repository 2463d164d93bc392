"""The job of repair: what returned is gone back to, and what gives nothing is searched for, once a day at most."""

from __future__ import annotations

import logging
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection

from crawler.adopt import spider_patch
from crawler.adopt.conversation import Talk, hold
from crawler.configuration import Settings
from crawler.crawl.run import settings_for
from crawler.extract import Overdue, deadline
from crawler.fetch import RequestBudget
from crawler.learn import Answer, Ask, NotLearned, explore
from crawler.learn.exploration import MOST_REQUESTS
from crawler.repair.choosing import Choice, choose, mended
from crawler.repair.layouts import ENOUGH, Drift, drift, kept_pages, learn_anew, missing_pages
from crawler.repair.troubles import Trouble, is_over, names, troubles
from crawler.schedule import ARTICLES, AgendaEntry, Pace, SiteAgenda, agenda, read_pace
from crawler.sites import AddressForm, Layout, Site, Sites, StandIn, with_stand_ins
from crawler.sites.stand_in import Part
from crawler.store import LockTaken, Store, stand_ins, subjects
from crawler.store.stand_ins import Search

T = TypeVar("T")
logger = logging.getLogger(__name__)
_DAY = timedelta(hours=23)  # between two searches at a site
_LONGEST_WAIT = 8  # days between two that find nothing
_LEAST = MOST_REQUESTS  # requests without which a search is not begun
_THINKING = 60.0  # seconds of processor time over what one site has answered
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
                drifted = _drifted(connection, site, standing, now)
                back = [one for one in standing if is_over(connection, one, site, standing, now)]
            if not back and (not (wanted or drifted) or searched >= _AT_ONCE):
                continue
            with store.lock(f"site-{site.name}"):
                if back:
                    _end(store, site, back, now)
                if (wanted or drifted) and searched < _AT_ONCE:
                    searched += 1
                    asks = _Asks(store, own, newsroom, settings, now)
                    began += _search(site, wanted, asks) if wanted else []
                    began += _learn(site, drifted, asks) if drifted else []
        except LockTaken:
            continue
    return began


class _Asks:
    """How sites are asked."""

    def __init__(
        self, store: Store, own: Settings, newsroom: str | None, more: Mapping[str, Any] | None, now: datetime
    ) -> None:
        self.store, self.now = store, now
        settings = settings_for(own, newsroom=newsroom, more={"ITEM_PIPELINES": {}, **(more or {})})
        folder = settings["THOISU_ARCHIVE"]
        self.archive = (Path(folder), settings["THOISU_ARCHIVE_URL"]) if folder else None
        self._delay: float | None = settings["THOISU_DELAY"]
        self._budget: int | None = settings["THOISU_BUDGET"]
        # What is asked here is no article that a crawl has asked, so the archive does not keep it.
        settings.set("THOISU_ARCHIVE", None, priority="cmdline")
        self._settings = settings

    def room(self, site: Site) -> int:
        """Requests that may be made at a site today, without taking what is kept for polls whatever comes."""
        agenda_of_site = SiteAgenda.open(self.store, site, self._limit(site), lambda: self.now)
        return _LEAST if agenda_of_site is None else agenda_of_site.room(self.store, "article")

    def ask(self, site: Site, questions: Generator[Ask, Answer, T]) -> T | NotLearned:
        """Hold a conversation within the day's budget; what it led to."""
        budget = RequestBudget(self.store, site.name, self._limit(site), lambda: self.now)
        talk: Talk[T] = Talk(site, questions, budget=budget)
        settings = self._settings.copy()
        settings.set("DOWNLOAD_DELAY", site.delay if self._delay is None else self._delay, priority="cmdline")
        hold([talk], settings, at_once=1)
        return NotLearned("unreachable", "the search broke off") if talk.came is None else talk.came

    def _limit(self, site: Site) -> int:
        return self._budget or site.budget


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
    with store.writing_beside(subjects.site(site.name)) as connection:
        for one in back:
            stand_ins.end(connection, one, now)
        _settle(connection, site, now)


def _settle(connection: Connection, site: Site, now: datetime) -> None:
    """Bring the agenda of a scheduled site in line with what stands in."""
    if agenda.pace(connection, site.name) is None:
        return
    sources = with_stand_ins(site, stand_ins.standing(connection, site.name)).sources
    given = [AgendaEntry(site=site.name, source=one.url, next_at=now, why="stands in for another") for one in sources]
    given.append(AgendaEntry(site=site.name, source=ARTICLES, next_at=now, why="never polled"))
    agenda.settle(connection, site.name, given)


def _search(site: Site, wrong: Sequence[Trouble], asks: _Asks) -> list[StandIn]:
    """Ask the site what took the place of what is wrong, within its budget."""
    store, now = asks.store, asks.now
    if asks.room(site) < _LEAST:
        return []
    logger.info("%s: %s; searching for what took its place", site.name, names(wrong))
    with store.writing_beside(subjects.site(site.name)) as connection:
        # Noted before: pages that break the search must not do so every half hour.
        was = stand_ins.searched(connection, site.name)
        stand_ins.note_search(connection, site.name, Search(now, (was.in_vain if was else 0) + 1))
    known = asks.ask(site, explore(site.home, now))
    if isinstance(known, NotLearned):
        return _keep(store, site, [], [_nothing(site, one, known.sentence, now) for one in wrong], now)
    try:
        with deadline(_THINKING):
            chosen = choose(known, _current(store, site), wrong, store.seen)
    except Overdue:
        chosen = []
    return _keep(store, site, [one for choice in chosen for one in _stand_ins(site, choice, now)], [], now)


def _drifted(connection: Connection, site: Site, standing: Sequence[StandIn], now: datetime) -> Drift | None:
    """Pages from which a layout is to be learned now."""
    was = next((one for one in standing if one.part == "layout"), None)
    if was is not None and (was.patch or was.since <= now < was.since + _DAY):
        return None
    return drift(connection, site)


def _learn(site: Site, found: Drift, asks: _Asks) -> list[StandIn]:
    """Learn the layout that the latest pages have, from those that are kept and a few that are asked again."""
    now = asks.now
    answers = kept_pages(asks.store, found.pages, site.name, asks.archive, now)
    if len(answers) < ENOUGH:
        if asks.room(site) < ENOUGH:
            return []
        asked = asks.ask(site, missing_pages(found.pages, answers))
        answers += [] if isinstance(asked, NotLearned) else asked
    try:
        with deadline(_THINKING):
            layout = learn_anew(found.pages, answers, site)
    except Overdue:
        layout = "its pages take too long to read"
    if isinstance(layout, Layout):
        why = f"{found.why}; {layout.name} reads {len(answers)} of them, as their sources say"
        patch = spider_patch(site, replace(site, layout=layout, past=_past(site)))
    else:
        why, patch = f"{found.why}; none was learned: {layout}", ""
    one = StandIn(site=site.name, part="layout", route="", by=None, since=now, why=why, patch=patch)
    with asks.store.writing_beside(subjects.site(site.name)) as connection:
        stand_ins.begin(connection, [one])
    return [one]


def _past(site: Site) -> tuple[Layout, ...]:
    """The layouts of a site's pages when another has taken the place of its own."""
    return (*([] if site.layout is None else [site.layout]), *site.past)


def _current(store: Store, site: Site) -> Site:
    with store.reading() as connection:
        return with_stand_ins(site, stand_ins.standing(connection, site.name))


def _keep(store: Store, site: Site, began: list[StandIn], vain: Sequence[StandIn], now: datetime) -> list[StandIn]:
    with store.writing_beside(subjects.site(site.name)) as connection:
        if began:
            stand_ins.note_search(connection, site.name, Search(now, 0))
        stand_ins.begin(connection, [*began, *vain])
        _settle(connection, site, now)
    return began


def _stand_ins(site: Site, choice: Choice, now: datetime) -> Iterator[StandIn]:
    trouble, by = choice.trouble, choice.by
    patch = spider_patch(site, mended(site, trouble.route, by))
    if isinstance(by, AddressForm):
        why = f"{trouble.why}; in its place: addresses like {by.article}"
        yield StandIn(site=site.name, part="addresses", route="", by=by, since=now, why=why, patch=patch)
        return
    first, more = by[0], f" and {len(by) - 1} more" if len(by) > 1 else ""
    why = f"{trouble.why}; in its place: {type(first).__name__} {first.url}{more}"
    for one in by:
        yield StandIn(site=site.name, part="source", route=trouble.route, by=one, since=now, why=why, patch=patch)


def _nothing(site: Site, trouble: Trouble, failed: str, now: datetime) -> StandIn:
    part: Part = "source" if trouble.kind == "gone" else "addresses"
    why = f"{trouble.why}; nothing was found in its place: {failed}"
    return StandIn(site=site.name, part=part, route=trouble.route, by=None, since=now, why=why)
