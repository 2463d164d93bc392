"""What was asked of each site on each day, and for what.

A request is counted before it goes out, so that a process that is killed can only have counted too many. The functions
that write run inside one writing transaction that holds the site (`crawler.store.subjects`).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from math import ceil
from typing import get_args

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Date,
    Integer,
    PrimaryKeyConstraint,
    Table,
    delete,
    func,
    select,
)

from crawler.items import Purpose
from crawler.store import subjects
from crawler.store.schema import Plain, metadata
from crawler.store.sql import given, upsert
from crawler.store.subjects import hold
from crawler.text import VIETNAM, day_of

PURPOSES: tuple[Purpose, ...] = get_args(Purpose)

spent_table = Table(
    "spent",
    metadata,
    Column("site", Plain, nullable=False),
    Column("day", Date, nullable=False),
    Column("purpose", Plain, nullable=False),
    Column("requests", Integer, nullable=False),
    PrimaryKeyConstraint("site", "day", "purpose"),
)

_MORE = {"requests": spent_table.c.requests + given(spent_table, "requests")}


def give_back(connection: Connection, site: str, day: date, purpose: Purpose, n: int) -> None:
    """Take back `n` of the requests that were counted and not asked."""
    _add(connection, site, day, purpose, -n)


def reserve(connection: Connection, site: str, at: datetime, purpose: Purpose, n: int, limit: int) -> int:
    """Count up to `n` requests, as many as the day's `limit` leaves; returns how many these are."""
    hold(connection, [subjects.site(site)])
    day = day_of(at)
    granted = max(0, min(n, limit - sum(spent(connection, site, day).values())))
    _add(connection, site, day, purpose, granted)
    return granted


def spent(connection: Connection, site: str, day: date) -> dict[Purpose, int]:
    """Requests to the site on that day for each purpose."""
    query = select(spent_table.c.purpose, spent_table.c.requests).where(
        spent_table.c.site == site, spent_table.c.day == day
    )
    return dict.fromkeys(PURPOSES, 0) | {row.purpose: row.requests for row in connection.execute(query)}


def usual(connection: Connection, site: str, at: datetime) -> int:
    """Requests that the scheduled crawl may need in the rest of the day, by the largest day of the last seven."""
    day = day_of(at)
    query = (
        select(func.sum(spent_table.c.requests).label("requests"))
        .where(
            spent_table.c.site == site,
            spent_table.c.day.between(day - timedelta(days=7), day - timedelta(days=1)),
            spent_table.c.purpose != "backfill",
        )
        .group_by(spent_table.c.day)
    )
    local = at.astimezone(VIETNAM)
    left = 1 - (local.hour * 60 + local.minute) / (24 * 60)
    return ceil(left * max(connection.scalars(query), default=0))


def of_days_before(before: date) -> ColumnElement[bool]:
    """What was asked on earlier days."""
    return spent_table.c.day < before


def forget_after(connection: Connection, day: date) -> None:
    """Drop what was counted for later days, by a clock that was ahead: it would be missing when they come."""
    connection.execute(delete(spent_table).where(spent_table.c.day > day))


def _add(connection: Connection, site: str, day: date, purpose: Purpose, n: int) -> None:
    if not n:
        return
    key = {"site": site, "day": day, "purpose": purpose}
    upsert(connection, spent_table, key, {"requests": n}, _MORE)
