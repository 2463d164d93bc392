"""What the monitor remembers of each site and day: the pages read, in order, and the answers by word.

    marks     a row for each site and day, what is odd about each page first read then (`crawler.monitor.page_marks`)
    tallies   how often something was asked, and refused by which word; counted by the crawl itself, a run at a time

The writing functions run inside one transaction that holds the pen (`crawler.store.database`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import (
    Column,
    Connection,
    Date,
    Integer,
    PrimaryKeyConstraint,
    Table,
    delete,
    func,
    insert,
    select,
    update,
)

from crawler.store.schema import Plain, metadata

marks = Table(
    "marks",
    metadata,
    Column("site", Plain, nullable=False),
    Column("day", Date, nullable=False),  # on Viet Nam's clock
    Column("pages", Plain, nullable=False),  # JSON
    PrimaryKeyConstraint("site", "day"),
)

tallies = Table(
    "tallies",
    metadata,
    Column("site", Plain, nullable=False),
    Column("day", Date, nullable=False),
    Column("what", Plain, nullable=False),
    Column("count", Integer, nullable=False),
    PrimaryKeyConstraint("site", "day", "what"),
)

ASKED, LIES = "asked", "lies"
"""What is tallied beside the words of `Refusal`: requests for sources and pages; 304 for what had changed."""


def add(connection: Connection, site: str, day: date, counts: Mapping[str, int]) -> None:
    """Count more of the same day."""
    for what, count in counts.items():
        of_day = (tallies.c.site == site) & (tallies.c.day == day) & (tallies.c.what == what)
        if connection.execute(update(tallies).where(of_day).values(count=tallies.c.count + count)).rowcount == 0:
            values = {"site": site, "day": day, "what": what, "count": count}
            connection.execute(insert(tallies).values(values))


def counted(connection: Connection, site: str, since: date) -> dict[date, dict[str, int]]:
    """The counts of a site by day, in order."""
    query = select(tallies.c.day, tallies.c.what, tallies.c.count).where(tallies.c.site == site, tallies.c.day >= since)
    found: dict[date, dict[str, int]] = {}
    for day, what, count in connection.execute(query.order_by(tallies.c.day)):
        found.setdefault(day, {})[what] = count
    return found


def marked(connection: Connection, site: str, since: date) -> dict[date, str]:
    """The marks of a site by day, in order."""
    query = select(marks.c.day, marks.c.pages).where(marks.c.site == site, marks.c.day >= since)
    return {row.day: row.pages for row in connection.execute(query.order_by(marks.c.day))}


def first_marked(connection: Connection, site: str) -> date | None:
    """The first day of which marks are held."""
    first: date | None = connection.scalar(select(func.min(marks.c.day)).where(marks.c.site == site))
    return first


def mark(connection: Connection, site: str, day: date, pages: str) -> None:
    """Put the marks of a day in the place of those that are held."""
    of_day = (marks.c.site == site) & (marks.c.day == day)
    if connection.execute(update(marks).where(of_day).values(pages=pages)).rowcount == 0:
        connection.execute(insert(marks).values(site=site, day=day, pages=pages))


def forget(connection: Connection, before: date) -> None:
    """Drop what no check looks at any more."""
    for table in (marks, tallies):
        connection.execute(delete(table).where(table.c.day < before))
