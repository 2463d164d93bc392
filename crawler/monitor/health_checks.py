"""Checks on the polling itself: whether anybody polls, in time, whether a site has ever given anything, and the clock.

They need no past, so that nothing is green before there is one.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, exists, func, select

from crawler.errors import Refusal
from crawler.monitor.view import View
from crawler.schedule import AgendaEntry, agenda
from crawler.schedule.agenda import FARTHEST
from crawler.store import heartbeats, runs
from crawler.store.findings import Observation
from crawler.store.runs import Run
from crawler.store.schema import Fate, articles, copies, links, sites, sources
from crawler.text import SKEW

LATE = timedelta(minutes=15)
"""From which a poll that is due, and nobody about it, means that no scheduler runs; one asks every minute."""
OVERDUE = timedelta(hours=1)
"""How late a poll may be, at least: a round is ended after half an hour, and tried again within one when it failed."""
IN_A_ROW = 3
"""Runs that get no answer at a site that has given something before."""
UNREAD = 5
"""Pages that a site lists and none of which could be read."""
FEW = 20
"""Pages of the last four weeks without a text of their own, from which on it is a finding that these are most."""
_MOST = 3  # times as many as have one
_LATELY = timedelta(days=28)
NONE_YET = timedelta(days=1)
"""How long all sources of a new site may be empty: some list today's articles alone, and by night there are none."""
_SHOWN = 2


def schedule(view: View) -> Iterator[Observation]:
    """Nobody polls: no scheduler runs, though polls are due."""
    due = [entry.next_at for entry in agenda.entries(view.connection) if _is_late(entry, view.now, LATE)]
    seen = _sign_of_life(view)
    if due and (seen is None or not timedelta() <= view.now - seen + SKEW < LATE + SKEW):
        ran = "it never ran on this store" if seen is None else f"it ran last {_long(view.now - seen)} ago"
        yield Observation(
            None, "", min(due), f"{len(due)} polls are due, the first {_long(view.now - min(due))} ago; {ran}"
        )


def overdue(view: View) -> Iterator[Observation]:
    """A site is not polled when its plan says, though a scheduler runs."""
    if any(schedule(view)):
        return  # that is the one reason for all of them
    began = heartbeats.began(view.connection)
    by_site: dict[str, list[AgendaEntry]] = {}
    for entry in agenda.entries(view.connection):
        # What fell due while no scheduler ran is late by its fault; the new one needs its time for all of it.
        if _is_late(entry, view.now, _patience(entry)) and not (began and view.now - began < _patience(entry)):
            by_site.setdefault(entry.site, []).append(entry)
    for site in view.names:
        if late := by_site.get(site):
            first = min(late, key=lambda entry: entry.next_at)
            evidence = f"due {_long(view.now - first.next_at)} ago, {_long(_patience(first))} are let pass: {first.why}"
            yield Observation(site, "", first.next_at, evidence, tuple(entry.source for entry in late[:_SHOWN]))


def reach(view: View) -> Iterator[Observation]:
    """A site gives nothing at all: it is not reached, closes its robots.txt, or no source or page can be read."""
    last = runs.of_sites(view.connection)
    for site in view.names:
        failing = [run for run in last.get(site, []) if run.failures]
        if failing and not any(not run.failures and run.at > failing[0].at for run in last[site]):
            if (found := _unreached(view, site, failing[0])) is not None:
                yield found
        elif (found := _unread(view, site) or (_unlisted(view, site) if site in last else None)) is not None:
            yield found


def clock(view: View) -> Iterator[Observation]:
    """The clock of this machine has jumped."""
    found = heartbeats.jumps_between(view.connection, view.now - heartbeats.DOUBTED, view.now + SKEW)
    wrong = [entry for entry in agenda.entries(view.connection) if agenda.healed(entry, view.now) is not entry]
    if found or wrong:
        parts = [
            f"{_long(timedelta(seconds=abs(jump.seconds)))} {'forward' if jump.seconds > 0 else 'back'}"
            + (f", {jump.healed} polls put right" if jump.healed else "")
            for jump in found[-_SHOWN:]
        ]
        parts += [f"{len(wrong)} polls wait for a time that a wrong clock has told"] * bool(wrong)
        yield Observation(None, "", found[0].at if found else view.now, "; ".join(parts))


def _is_late(entry: AgendaEntry, now: datetime, patience: timedelta) -> bool:
    return now - entry.next_at >= patience


def _patience(entry: AgendaEntry) -> timedelta:
    """How late this poll may be: an hour, or half of the time that was planned since the poll before."""
    planned = entry.next_at - entry.polled_at if entry.polled_at else timedelta()
    return min(max(OVERDUE, planned / 2), FARTHEST)


def _sign_of_life(view: View) -> datetime | None:
    """When the scheduler, or a round of it, was last heard of."""
    heard = [run.at for of_site in runs.of_sites(view.connection).values() for run in of_site if not run.by_hand]
    beat = heartbeats.last_beat(view.connection)
    return max([*heard, *([beat] if beat else [])], default=None)


def _unreached(view: View, site: str, run: Run) -> Observation | None:
    since = run.failing_since or run.at
    given = exists().where(sources.c.site == site, sources.c.body_hash.is_not(None)) | exists().where(
        articles.c.site == site
    )
    if view.connection.scalar(select(given)):
        if run.failures < IN_A_ROW or _refused_already(view, site):
            return None
        what = f"{run.failures} runs in a row without an answer"
    elif view.now - since < NONE_YET and _empty(view, site):
        return None
    else:
        what = f"asked {run.failures} time{'s' * (run.failures > 1)}, and it has never given anything"
    return Observation(site, "", since, f"{what}; {run.error}")


def _empty(view: View, site: str) -> bool:
    """Whether the site's sources answer as they should, only without an entry."""
    said = set(view.connection.scalars(select(sources.c.last_status).where(sources.c.site == site)))
    return said == {Refusal.EMPTY_SOURCE}


def _refused_already(view: View, site: str) -> bool:
    """Whether `refusals` has it: sources that were asked and have failed, three times in a row."""
    query = select(func.count()).where(sources.c.site == site, sources.c.failures >= IN_A_ROW)
    return bool(view.connection.scalar(query))


def _unread(view: View, site: str) -> Observation | None:
    of_site = links.c.site == site
    failed = (links.c.fate == Fate.REFUSED) | (links.c.tries > 0)
    listed = (links.c.found_at >= view.now - _LATELY) & links.c.backfill_seq.is_(None)
    refused = listed & failed & (links.c.fate != Fate.STORED)
    count, since, bad, first, stored = view.connection.execute(
        select(
            func.count().filter(failed), func.min(links.c.found_at).filter(failed),
            func.count().filter(refused), func.min(links.c.found_at).filter(refused),
            func.count().filter(listed & (links.c.fate == Fate.STORED)),
        ).where(of_site)
    ).one()  # fmt: skip
    if view.connection.scalar(select(exists().where(articles.c.site == site) | exists().where(copies.c.site == site))):
        if bad + stored < FEW:
            return None
        return _hardly_read(view, site, of_site & listed, of_site & refused, _Lately(bad, first, stored))
    if count < UNREAD:
        return None
    tried = of_site & failed
    evidence = f"{count} pages are listed and none could be read: {_reasons(view, tried)}"
    return Observation(site, "pages", since, evidence, _some(view, tried))


class _Lately(NamedTuple):
    """Pages of the last weeks."""

    refused: int
    since: datetime | None
    """When the first of the refused was found."""
    stored: int


def _hardly_read(
    view: View, site: str, listed: ColumnElement[bool], refused: ColumnElement[bool], lately: _Lately
) -> Observation | None:
    """Most pages are refused, or all say the same; a share that was never better is none that could shift."""
    alike = (
        select(links.c.canonical_url, links.c.found_at)
        .join(copies, copies.c.canonical_url == links.c.canonical_url)
        .join(articles, articles.c.id == copies.c.article_id)
        .where(copies.c.site == site, articles.c.site == site, listed, links.c.fate == Fate.STORED)
        .subquery()
    )
    own, first = view.connection.execute(select(func.count(), func.min(alike.c.found_at)).select_from(alike)).one()
    good, bad = lately.stored - own, lately.refused + own
    if bad < FEW or bad < _MOST * good:
        return None
    parts = [_reasons(view, refused)] * bool(lately.refused) + [f"{own} with the text of another"] * bool(own)
    evidence = f"{good} of {bad + good} pages gave a text of their own: {', '.join(parts)}"
    same = tuple(view.connection.scalars(select(alike.c.canonical_url).limit(_SHOWN)))
    begun = min(at for at in (lately.since, first) if at is not None)
    return Observation(site, "pages", begun, evidence, same if own > lately.refused else _some(view, refused))


def _reasons(view: View, those: ColumnElement[bool]) -> str:
    """The reasons for which pages are refused, with their numbers."""
    counts = view.connection.execute(
        select(links.c.reason, func.count()).where(those).group_by(links.c.reason).order_by(func.count().desc())
    )
    return ", ".join(f"{reason or 'no reason'} {number}" for reason, number in counts)


def _some(view: View, those: ColumnElement[bool]) -> tuple[str, ...]:
    return tuple(view.connection.scalars(select(links.c.canonical_url).where(those).limit(_SHOWN)))


def _unlisted(view: View, site: str) -> Observation | None:
    """Sources that answer as they should, an index of nothing among them, and have never listed a page."""
    since: datetime | None = view.connection.scalar(select(sites.c.added_at).where(sites.c.name == site))
    if since is None or view.now - since < NONE_YET:
        return None
    if view.connection.scalar(select(exists().where(links.c.site == site) | exists().where(articles.c.site == site))):
        return None
    said = view.connection.execute(select(sources.c.url, sources.c.last_status).where(sources.c.site == site)).all()
    answers = ", ".join(sorted({row.last_status for row in said if row.last_status}))
    evidence = f"its sources answer ({answers or 'nothing was asked'}) and have never listed an article"
    return Observation(site, "", since, evidence, tuple(row.url for row in said[:_SHOWN]))


def _long(span: timedelta) -> str:
    """A length of time for a person."""
    seconds = max(span.total_seconds(), 0)
    for unit, name in ((86400, "days"), (3600, "hours"), (60, "minutes")):
        if seconds >= 2 * unit:
            return f"{seconds / unit:.0f} {name}"
    return f"{seconds:.0f} seconds"
