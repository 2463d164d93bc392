"""The state of the sites as the pages and the API show it.

What of it takes many statements is asked once in `_FRESH` seconds, however many look at it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from http import HTTPStatus
from statistics import median
from typing import Any

from fastapi import HTTPException
from sqlalchemy import Connection, select

from crawler.backfill import Gap, gaps, ledger
from crawler.discover import DayRange
from crawler.monitor import BY_NAME, health
from crawler.monitor.status import SiteStatus, agendas, hand_runs, site_status
from crawler.store import findings, listings, quarantine, tallies
from crawler.store.findings import Finding
from crawler.store.quarantine import KeptPage
from crawler.store.runs import Run
from crawler.store.schema import sites
from crawler.text import VIETNAM, day_of
from crawler.web.state import State

_FRESH = 20.0
WEEKS = 17
"""Of the calendar of a site."""
_HEAT = timedelta(weeks=4)  # of which the hours of the week are counted
_MOST = 3000  # articles that are counted for them
_DELAYS = 50  # articles of which the delay is the middle one
_BACKFILLED = timedelta(days=2)  # from publication to first reading, from which on that was no poll
_REFUSED = timedelta(days=30)
_KEPT = 20  # pages in quarantine that are shown


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteLine:
    """A site on the board."""

    name: str
    status: SiteStatus | None
    """None for a site that is not scheduled."""
    run: Run | None
    """The last crawl by hand."""
    overdue: str | None
    """Why its polls are late; None when they are not."""
    findings: int
    heat: tuple[tuple[int, ...], ...]
    """Articles by weekday, Monday first, and hour."""
    days: dict[date, tuple[int, int]]
    """Articles that are listed for a day, and how many of them are stored."""
    delay: float | None
    """Seconds from publication to the first reading, of the newest articles the middle one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What is wrong with the polling itself, a line each, and the sites that are overdue, each with the evidence."""

    wrong: tuple[tuple[str, str], ...]
    """The check's line and the evidence."""
    overdue: dict[str, str]
    late: bool
    """Whether nobody polls, or not in time."""


def open_findings(state: State) -> list[Finding]:
    """What is open, the oldest first."""

    def read() -> list[Finding]:
        with state.reading() as connection:
            return findings.opened(connection)

    return state.memo("findings", _FRESH, read)


def finding_item(one: Finding) -> dict[str, Any]:
    """A finding with what its check says of it."""
    check = BY_NAME.get(one.name)
    return {
        "id": one.id, "name": one.name, "site": one.site, "subject": one.subject, "since": one.since,
        "evidence": one.evidence, "examples": one.examples, "says": check.says if check else one.name,
        "advice": check.advice if check else "",
    }  # fmt: skip


def polling(state: State) -> Health:
    """What is wrong with the polling itself, as of now."""

    def read() -> Health:
        names = agendas(state.store).keys()
        seen = health(state.store, names, state.now())
        return Health(
            wrong=tuple((check.says, one.evidence) for check, one in seen if one.site is None),
            overdue={one.site: one.evidence for check, one in seen if check.name == "overdue" and one.site},
            late=any(check.name in ("schedule", "overdue") for check, _ in seen),
        )

    return state.memo("health", _FRESH, read)


def names(state: State, tier: str | None = None) -> list[str]:
    """The sites that the store knows, those with trouble first."""
    found = [name for name in state.stored_sites() if tier is None or state.tier(name) == tier]
    trouble = polling(state).overdue.keys() | {one.site for one in open_findings(state) if one.site}
    return sorted(found, key=lambda name: (name not in trouble, state.publisher(name).casefold(), name))


def line(state: State, name: str) -> SiteLine:
    """The state of a site; 404 when the store knows none of this name."""
    if name not in state.stored_sites():
        raise HTTPException(HTTPStatus.NOT_FOUND, f"nothing is stored of a site {name!r}")
    return state.memo(("site", name), _FRESH, lambda: _line(state, name))


def _line(state: State, name: str) -> SiteLine:
    now = state.now()
    entries = state.memo("agendas", _FRESH, lambda: agendas(state.store)).get(name)
    run = state.memo("runs", _FRESH, lambda: hand_runs(state.store)).get(name)
    with state.reading() as connection:
        added = connection.scalar(select(sites.c.added_at).where(sites.c.name == name)) or now
        times = listings.times_of(connection, name, now - _HEAT, _MOST)
        days = ledger.days(connection, name, calendar_span(now))
    # What was out before anybody polled is late by no fault of ours, and what a backfill brings is past.
    polled_from = [(at, seen) for at, seen in times if added <= at <= seen < at + _BACKFILLED]
    delays = [(seen - at).total_seconds() for at, seen in polled_from[:_DELAYS]]
    return SiteLine(
        name=name,
        status=site_status(state.store, name, entries, now, state.options.budget) if entries else None,
        run=run,
        overdue=polling(state).overdue.get(name),
        findings=sum(one.site == name for one in open_findings(state)),
        heat=_heat([at for at, _ in times]),
        days=days,
        delay=median(delays) if delays else None,
    )


def calendar_span(now: datetime) -> DayRange:
    """The days of the calendar: whole weeks, and this one up to today."""
    today = day_of(now)
    return DayRange(today - timedelta(days=today.weekday() + 7 * (WEEKS - 1)), today)


def _heat(times: Sequence[datetime]) -> tuple[tuple[int, ...], ...]:
    counts = Counter((local.weekday(), local.hour) for at in times for local in (at.astimezone(VIETNAM),))
    return tuple(tuple(counts[weekday, hour] for hour in range(24)) for weekday in range(7))


def site_gaps(state: State, name: str, days: int) -> list[Gap]:
    """What may be missing of a site in the last days."""
    now = state.now()
    span = DayRange(day_of(now) - timedelta(days=days - 1), day_of(now))
    return state.memo(("gaps", name, days), _FRESH, lambda: gaps(state.store, name, span, now))


def refusals(connection: Connection, name: str, now: datetime) -> list[tuple[str, int]]:
    """What was refused of a site in the last 30 days, by reason, the most frequent first."""
    counts: Counter[str] = Counter()
    for of_day in tallies.counted(connection, name, day_of(now - _REFUSED)).values():
        counts.update(of_day)
    for own in (tallies.ASKED, tallies.LIES):
        del counts[own]
    return counts.most_common()


def kept_pages(connection: Connection, name: str) -> list[KeptPage]:
    """Pages of a site that are kept for repair, the newest first."""
    return quarantine.listed(connection, [name])[:_KEPT]


def kept_source(connection: Connection, name: str, page: str) -> bytes:
    """A page that is kept for repair, as it was fetched; 404 when it is kept no more."""
    found = quarantine.named(connection, name, page)
    content = quarantine.content(connection, found) if found else None
    if content is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, "no such page is kept")
    return content.body


def site_item(state: State, one: SiteLine) -> dict[str, Any]:
    """A site as the API gives it."""
    site, status = state.sites.get(one.name), one.status
    return {
        "name": one.name, "publisher": state.publisher(one.name), "tier": site.tier if site else None,
        "home": site.home if site else None, "scheduled": status is not None,
        "polled_at": status.polled_at if status else one.run.at if one.run else None,
        "next_at": status.next_at if status else None, "why": status.why if status else None,
        "overdue": one.overdue is not None, "spent": status.spent if status else 0,
        "budget": status.budget if status else None, "findings": one.findings,
    }  # fmt: skip
