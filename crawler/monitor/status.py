"""The state of each scheduled site at one moment, as values that a command prints and a page shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from sqlalchemy import Connection

from crawler.backfill import completeness
from crawler.discover import DayRange
from crawler.items import Purpose
from crawler.schedule import ARTICLES, AgendaEntry, Pace, agenda, read_pace
from crawler.schedule.rates import moment
from crawler.store import Store, budget, findings, runs, stand_ins
from crawler.store.queries import count_since
from crawler.store.runs import Run
from crawler.text import VIETNAM, day_of

_LEDGER = timedelta(days=30)  # over which completeness is counted
_ROUND = timedelta(minutes=3)  # polls that one round has made, at most


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteStatus:
    """When a site was polled, what came, what is next and why."""

    site: str
    polled_at: datetime | None
    outcome: str | None
    """Of the last poll: the HTTP status, or a reason of refusal."""
    came: int
    """New articles that the polls of the last round have brought."""
    today: int
    """Articles published since midnight in Viet Nam."""
    next_at: datetime
    next: str
    """The source that is polled next."""
    why: str
    spent: int
    """Requests made today."""
    left: int
    budget: int
    """Requests a day."""
    completeness: float | None
    """Share of the articles known from the last 30 days that are stored, 0 to 1; None when none is known."""
    gaps: int
    findings: int
    """That are open."""
    sources: tuple[AgendaEntry, ...]
    """All that the agenda says of the site, its articles included, in the order of their next time."""
    stand_ins: tuple[str, ...] = ()
    """What stands in for parts of the definition that give nothing any more, each in a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePace:
    """Why a source is polled when it is."""

    source: str
    next_at: datetime
    why: str
    rate: float | None
    """Articles an hour now; None, like all that follows, of a source that was never planned."""
    first: float | None
    """Share of its articles that it shows before the site's other sources."""
    window: int | None
    """Articles that it shows at once."""
    failures: int | None
    """In a row."""
    planned: tuple[datetime, ...]
    """The polls of this day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticlesNext:
    """When the articles of a site are read next."""

    next_at: datetime
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SitePace:
    """What the polls of a site follow from."""

    site: str
    rate: float | None
    """New articles an hour now; None before anything is known."""
    budget: int
    spent: Mapping[Purpose, int]
    left: int
    planned: int
    """Polls that are still planned today."""
    expected: float
    """Articles that are still expected today."""
    articles: ArticlesNext
    sources: tuple[SourcePace, ...]


def hand_runs(store: Store) -> dict[str, Run]:
    """The last crawl by hand of each site that had one, scheduled or not, by name."""
    with store.reading() as connection:
        last = runs.of_sites(connection)
    return {site: run for site, of_site in last.items() for run in of_site if run.by_hand}


def agendas(store: Store) -> dict[str, list[AgendaEntry]]:
    """What the agenda says of each scheduled site, by name."""
    with store.reading() as connection:
        entries = sorted(agenda.entries(connection), key=_site)
    return {site: list(of_site) for site, of_site in groupby(entries, _site)}


def site_status(
    store: Store, site: str, entries: Sequence[AgendaEntry], now: datetime, limit: int | None
) -> SiteStatus:
    """The state of a site; `limit` is the daily budget set for all sites, if there is one."""
    upcoming = min((entry for entry in entries if entry.source != ARTICLES), key=lambda entry: entry.next_at)
    polled = [entry for entry in entries if entry.polled_at]
    last = max(polled, key=lambda entry: entry.polled_at or now, default=None)
    known = completeness(store, site, DayRange(day_of(now - _LEDGER), day_of(now)), now)
    with store.reading() as connection:
        asked = budget.spent(connection, site, day_of(now))
        given = limit or _pace(connection, site, now).budget.limit
        standing = [one for one in stand_ins.standing(connection, site) if one.by is not None]
        open_ = [finding for finding in findings.opened(connection, [site]) if finding.site == site]
        today = count_since(
            connection, site, now.astimezone(VIETNAM).replace(hour=0, minute=0, second=0, microsecond=0)
        )
    spent = sum(asked.values())
    return SiteStatus(
        site=site,
        polled_at=last.polled_at if last else None,
        outcome=last.outcome if last else None,
        came=_came(polled),
        today=today,
        next_at=upcoming.next_at,
        next=upcoming.source,
        why=upcoming.why,
        spent=spent,
        left=max(0, given - spent),
        budget=given,
        completeness=round(known.share, 4) if known.claimed else None,
        gaps=known.gaps,
        findings=len(open_),
        sources=tuple(entries),
        stand_ins=tuple(dict.fromkeys(one.why for one in standing)),
    )


def site_pace(store: Store, site: str, entries: Sequence[AgendaEntry], now: datetime, limit: int | None) -> SitePace:
    """The pace of a site; `limit` as in `site_status`."""
    with store.reading() as connection:
        pace, asked = _pace(connection, site, now), budget.spent(connection, site, day_of(now))
    pace.budget.limit = limit or pace.budget.limit
    reading = next(entry for entry in entries if entry.source == ARTICLES)
    rates = [pace.rate(name, now) * source.weight for name, source in pace.sources.items()]
    return SitePace(
        site=site,
        rate=round(sum(rates), 2) if rates else None,
        budget=pace.budget.limit,
        spent=asked,
        left=max(0, pace.budget.limit - sum(asked.values())),
        planned=pace.planned,
        expected=round(pace.items(now), 1),
        articles=ArticlesNext(next_at=reading.next_at, why=reading.why),
        sources=tuple(_source(pace, entry, now) for entry in entries if entry.source != ARTICLES),
    )


def _source(pace: Pace, entry: AgendaEntry, now: datetime) -> SourcePace:
    known = pace.sources.get(entry.source)
    return SourcePace(
        source=entry.source,
        next_at=entry.next_at,
        why=entry.why,
        rate=round(pace.rate(entry.source, now), 2) if known else None,
        first=round(known.weight, 2) if known else None,
        window=known.window if known else None,
        failures=known.failures if known else None,
        planned=tuple(moment(minute) for minute in pace.polls.get(entry.source, ())) if known else (),
    )


def _pace(connection: Connection, site: str, now: datetime) -> Pace:
    pace = read_pace(agenda.pace(connection, site) or "")
    pace.heal(now)
    return pace


def _came(polled: Sequence[AgendaEntry]) -> int:
    times = [entry.polled_at for entry in polled if entry.polled_at]
    return sum(entry.came for entry in polled if entry.polled_at and entry.polled_at > max(times) - _ROUND)


def _site(entry: AgendaEntry) -> str:
    return entry.site
