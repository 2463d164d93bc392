"""How often something was asked of each site on each day, and refused by which reason; counted by the crawl, a run at a
time, and read by the monitor.

The writing functions run inside one writing transaction that holds the site (`crawler.store.subjects`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import Column, ColumnElement, Connection, Date, Integer, PrimaryKeyConstraint, Table, select

from crawler.store.schema import Plain, metadata
from crawler.store.sql import given, upsert

tallies = Table(
    "tallies",
    metadata,
    Column("site", Plain, nullable=False),
    Column("day", Date, nullable=False),  # on Viet Nam's clock
    Column("what", Plain, nullable=False),
    Column("count", Integer, nullable=False),
    PrimaryKeyConstraint("site", "day", "what"),
)

_MORE = {"count": tallies.c.count + given(tallies, "count")}
ASKED, LIES = "asked", "lies"
"""What is tallied beside the reasons of `Refusal`: requests for sources and pages; 304 for what had changed."""


def add(connection: Connection, site: str, day: date, counts: Mapping[str, int]) -> None:
    """Count more of the same day."""
    for what, count in counts.items():
        key = {"site": site, "day": day, "what": what}
        upsert(connection, tallies, key, {"count": count}, _MORE)


def counted(connection: Connection, site: str, since: date) -> dict[date, dict[str, int]]:
    """The counts of a site by day, in order."""
    query = select(tallies.c.day, tallies.c.what, tallies.c.count).where(tallies.c.site == site, tallies.c.day >= since)
    found: dict[date, dict[str, int]] = {}
    for day, what, count in connection.execute(query.order_by(tallies.c.day)):
        found.setdefault(day, {})[what] = count
    return found


def of_days_before(before: date) -> ColumnElement[bool]:
    """The counts of earlier days."""
    return tallies.c.day < before
