"""How a store and its folders grow, told from their own figures: bytes a day by table, and what that makes in a year.

Of a table that is never cut, each change of the feed brings its share; one of which retention drops what is old, or
that holds so many rows and no more, stops growing when it holds as much as it may. The rate is that of the last four
weeks, without the first day of a store, which brings whatever its sites show at once.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, Table, func, select

from crawler.configuration import Settings
from crawler.maintenance.retention import kept_tables
from crawler.maintenance.sizes import table_bytes
from crawler.maintenance.tables import every_table
from crawler.store import Store, quarantine
from crawler.store.schema import changes

WINDOW = timedelta(days=28)
"""Over which the rate is measured."""
YEAR = 365  # days
_DAY = timedelta(days=1)
_FIRST = _DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """Of a table, of the store as a whole, or of a folder."""

    name: str
    bytes: int
    """Now."""
    bytes_a_day: float
    year: int
    """Bytes that it takes in a year from now, by this rate and what retention drops."""
    rows: int | None = None

    @property
    def net(self) -> float:
        """Bytes a day by which it grows, in the mean of the year."""
        return max(0.0, (self.year - self.bytes) / YEAR)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rate:
    """How fast the change feed grows."""

    share: float
    """Of all changes, how many come a day."""
    age: timedelta
    """Since the first change."""


def _rate(connection: Connection, now: datetime) -> _Rate | None:
    """How fast the feed grows; None for a store in its first two days, of which nothing can be told."""
    number, first = connection.execute(select(func.count(), func.min(changes.c.seq)).select_from(changes)).one()
    began = connection.scalar(select(changes.c.at).where(changes.c.seq == first))
    if began is None or (span := min(WINDOW, now - began - _FIRST)) < _FIRST:
        return None
    # Counted, and not looked up by halves: pages out of an archive bear the times at which they were fetched.
    recent = connection.scalar(select(func.count()).select_from(changes).where(changes.c.at >= now - span)) or 0
    return _Rate(share=recent / number / (span / _DAY), age=now - began)


def store_growth(
    store: Store, settings: Settings, now: datetime, days: int = YEAR
) -> tuple[Growth, list[Growth]] | None:
    """Of the store as a whole, and of each table that takes room, the largest first; None in a store's first days.

    The year may be one of so many `days`.
    """
    with store.reading() as connection:
        feed = _rate(connection, now)
        if feed is None:
            return None
        sizes = table_bytes(connection)
        rows = {table.name: _rows(connection, table) for table in every_table() if table.name in sizes}
        rooms = {quarantine.quarantine.name: quarantine.room(connection)}
    keeps = kept_tables(settings, now)
    found = []
    for name, size in sizes.items():
        keep = keeps.get(name)
        bounds = [size * rooms[name]] if name in rooms else []
        if keep is not None:
            bounds.append(size * max(1.0, keep / feed.age))  # as much is dropped then as comes
        full = min(bounds, default=None)
        a_day = size * (feed.share if keep is None else _DAY / feed.age)
        found.append(_grown(name, size, a_day, full, days, rows.get(name)))
    found.sort(key=lambda one: -one.bytes)
    total = Growth(
        name="store",
        bytes=sum(sizes.values()),
        bytes_a_day=sum(one.bytes_a_day for one in found),
        year=sum(one.year for one in found),
    )
    return total, found


def folder_growth(
    name: str, folder: Path, keep: timedelta | None, most: float | None, now: datetime, days: int = YEAR
) -> Growth:
    """Of the files in a folder and below, by when they were written last; `most` is the most that it may hold."""
    size, recent, first = 0, 0, now
    for at, one in _files(folder):
        size += one
        recent += one if at >= now - WINDOW else 0
        first = min(first, at)
    span = min(WINDOW, max(now - first, _FIRST))
    a_day = recent / (span / _DAY)
    full = None if keep is None else a_day * (keep / _DAY)
    if most is not None:
        full = min(most, most if full is None else full)
    return _grown(name, size, a_day, full, days)


def _grown(name: str, size: int, a_day: float, full: float | None, days: int, rows: int | None = None) -> Growth:
    """Growth by so much a day, until it is `full`."""
    year = size + a_day * days if full is None else min(size + a_day * days, full)
    return Growth(name=name, bytes=size, bytes_a_day=a_day, year=round(year), rows=rows)


def _rows(connection: Connection, table: Table) -> int:
    return connection.scalar(select(func.count()).select_from(table)) or 0


def _files(folder: Path) -> Iterator[tuple[datetime, int]]:
    """The files of a folder and below: when each was written last, and its bytes."""
    for place, _, names in os.walk(folder):
        for name in names:
            try:
                about = os.stat(os.path.join(place, name))
            except OSError:
                continue  # it was removed meanwhile
            yield datetime.fromtimestamp(about.st_mtime, UTC), about.st_size
