"""The ledger: for each site and day what every route has listed, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from crawler.backfill import ledger_queries
from crawler.backfill.gaps import doubts, read_whole
from crawler.discover import DayRange
from crawler.errors import Refusal
from crawler.store import Store
from crawler.store.schema import Fate
from crawler.text import day_of


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """One day of one route."""

    site: str
    day: date
    route: str
    claimed: int = 0
    stored: int = 0
    missing: int = 0
    refused: dict[str, int] = field(default_factory=dict)
    """By reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Completeness:
    """How much of what is known of a site has been stored."""

    claimed: int
    """Articles that some route has listed, without those that turned out to be none."""
    stored: int
    gaps: int
    """Spans in which something may be missing that no route has listed."""

    @property
    def share(self) -> float:
        """Stored of claimed, 0 to 1; 1 when nothing is."""
        return self.stored / self.claimed if self.claimed else 1.0


def entries(store: Store, site: str, span: DayRange) -> list[LedgerEntry]:
    """The ledger of a site, newest day first."""
    with store.reading() as connection:
        counts = ledger_queries.by_day(connection, site, span)
    rows: dict[tuple[date, str], LedgerEntry] = {}
    found: dict[tuple[date, str], dict[str, int]] = {}
    for count in counts:
        row = found.setdefault((count.day, count.route), {})
        name = f"refused/{count.reason}" if count.fate == Fate.REFUSED else count.fate
        row[name] = row.get(name, 0) + count.number
    for (day, route), row in found.items():
        refused = {name.removeprefix("refused/"): number for name, number in row.items() if name.startswith("refused/")}
        rows[day, route] = LedgerEntry(
            site=site, day=day, route=route, claimed=sum(row.values()), stored=row.get(Fate.STORED, 0),
            missing=row.get(Fate.PENDING, 0), refused=refused,
        )  # fmt: skip
    return [rows[key] for key in sorted(rows, key=lambda key: (-key[0].toordinal(), key[1]))]


def days(connection: Connection, site: str, span: DayRange) -> dict[date, tuple[int, int]]:
    """Of each day for which something is listed how many articles are, and how many of these are stored."""
    found: dict[date, tuple[int, int]] = {}
    for day, fate, reason, number in ledger_queries.by_listed_day(connection, site, span):
        if fate == Fate.REFUSED and reason and Refusal(reason).is_settled:
            continue
        claimed, stored = found.get(day, (0, 0))
        found[day] = claimed + number, stored + number * (fate == Fate.STORED)
    return found


def never_asked(store: Store, site: str, span: DayRange, now: datetime) -> list[DayRange]:
    """The days up to today on which no source of a site was polled, and which no backfill has read, as spans.

    Of such a day only what was listed later is known: that nothing is missing of it, nobody can say.
    """
    with store.reading() as connection:
        asked = {poll.day for poll in ledger_queries.polls(connection, site)}
        shards = list(ledger_queries.shards(connection, site))
        jobs = ledger_queries.jobs(connection, site)
    known = asked | read_whole(shards, jobs).keys()
    spans: list[DayRange] = []
    for day in DayRange(span.first, min(span.last, day_of(now))).days():
        if day in known:
            continue
        if spans and spans[-1].last == day - timedelta(days=1):
            spans[-1] = DayRange(spans[-1].first, day)
        else:
            spans.append(DayRange(day, day))
    return spans


def completeness(store: Store, site: str, span: DayRange, now: datetime) -> Completeness:
    """The site's number for these days."""
    with store.reading() as connection:
        counts = ledger_queries.totals(connection, site, span)
    refused = {reason: number for (fate, reason), number in counts.items() if fate == Fate.REFUSED and reason}
    settled = sum(number for reason, number in refused.items() if Refusal(reason).is_settled)
    stored = sum(number for (fate, _), number in counts.items() if fate == Fate.STORED)
    return Completeness(claimed=sum(counts.values()) - settled, stored=stored, gaps=len(doubts(store, site, span, now)))
