"""The ledger: for each site and day what every route claims, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from crawler.backfill import ledger_queries as books
from crawler.backfill.gaps import doubts
from crawler.discover.days import Span
from crawler.errors import SETTLED
from crawler.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One day of one route."""

    site: str
    day: date
    route: str
    claimed: int = 0
    stored: int = 0
    missing: int = 0
    refused: dict[str, int] = field(default_factory=dict)
    """By word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Completeness:
    """How much of what is known of a site has been stored."""

    claimed: int
    """Articles that some route claims, without those that turned out to be none."""
    stored: int
    holes: int
    """Spans in which something may be missing that no route claims."""

    @property
    def share(self) -> float:
        """Stored of claimed, 0 to 1; 1 when nothing is claimed."""
        return self.stored / self.claimed if self.claimed else 1.0


def entries(store: Store, site: str, span: Span) -> list[Entry]:
    """The ledger of a site, newest day first."""
    with store.reading() as connection:
        counts = books.by_day(connection, site, span)
    rows: dict[tuple[date, str], Entry] = {}
    found: dict[tuple[date, str], dict[str, int]] = {}
    for count in counts:
        row = found.setdefault((count.day, count.route), {})
        name = f"refused/{count.word}" if count.fate == "refused" else count.fate
        row[name] = row.get(name, 0) + count.number
    for (day, route), row in found.items():
        refused = {name.removeprefix("refused/"): number for name, number in row.items() if name.startswith("refused/")}
        rows[day, route] = Entry(
            site=site, day=day, route=route, claimed=sum(row.values()), stored=row.get("stored", 0),
            missing=row.get("pending", 0), refused=refused,
        )  # fmt: skip
    return [rows[key] for key in sorted(rows, key=lambda key: (-key[0].toordinal(), key[1]))]


def completeness(store: Store, site: str, span: Span, now: datetime) -> Completeness:
    """The site's number for these days."""
    with store.reading() as connection:
        counts = books.totals(connection, site, span)
    settled = sum(number for (fate, word), number in counts.items() if fate == "refused" and word in SETTLED)
    stored = sum(number for (fate, _), number in counts.items() if fate == "stored")
    return Completeness(
        claimed=sum(counts.values()) - settled, stored=stored, holes=len(doubts(store, site, span, now))
    )
