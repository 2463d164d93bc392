"""Every table of a store, whoever writes it, and its rows on their way into another database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import cache
from hashlib import blake2b
from typing import Any

from sqlalchemy import Connection, LargeBinary, Table, delete, func, insert, inspect, select, text

from crawler.alerts import alerts
from crawler.backfill import steps
from crawler.compare import tables as of_compare
from crawler.errors import StoreFailed
from crawler.monitor import page_flags
from crawler.schedule import agenda
from crawler.store import (
    budget,
    cursors,
    findings,
    heartbeats,
    mentions,
    messages,
    passed_over,
    quarantine,
    robots,
    runs,
    sightings,
    sink_cursors,
    stand_ins,
    tallies,
    tokens,
)
from crawler.store.schema import changes, every, metadata, search_keys
from crawler.store.search_fill import NAME as TO_BE_INDEXED

_OWNERS = (
    agenda, alerts, budget, cursors, findings, heartbeats, mentions, messages, of_compare, page_flags, passed_over,
    quarantine, robots, runs, sightings, sink_cursors, stand_ins, steps, tallies, tokens,
)  # fmt: skip
"""The modules that must be loaded for `metadata` to know all tables."""
_BATCH = 500  # rows read and written at a time
_LARGE = 20  # where each may be as large as a page
_SUM = 1 << 64


@cache
def every_table() -> tuple[Table, ...]:
    """All tables but the index of words, which is made anew; each stands behind those to which it refers."""
    assert _OWNERS  # noqa: S101 - loaded
    return tuple(table for table in metadata.sorted_tables if table is not search_keys)


@dataclass(slots=True)
class Content:
    """What stands in the tables of a store: the rows of each, and a sum over them in which their order is nothing."""

    rows: Counter[str] = field(default_factory=Counter)
    sums: Counter[str] = field(default_factory=Counter)

    def add(self, table: Table, rows: Sequence[Sequence[Any]]) -> None:
        """Count rows in, whose values are in the order of the columns."""
        self.rows[table.name] += len(rows)
        for row in rows:
            said = repr(tuple(row)).encode("utf-8", "surrogatepass")
            number = int.from_bytes(blake2b(said, digest_size=8).digest())
            self.sums[table.name] = (self.sums[table.name] + number) % _SUM


def count(connection: Connection) -> dict[str, int]:
    """The rows of every table that is there: one of an older version has not all."""
    there = set(inspect(connection).get_table_names())
    return {
        table.name: connection.scalar(select(func.count()).select_from(table)) or 0
        for table in every_table()
        if table.name in there
    }


def is_empty(connection: Connection) -> bool:
    """Whether nobody has put anything into this store: it has been made, and that is all."""
    made_with_it = (sink_cursors.identity, cursors.progress)
    return not any(
        connection.execute(select(1).select_from(table).limit(1)).first()
        for table in every_table()
        if table not in made_with_it
    )


def clear(connection: Connection) -> None:
    """Drop every row, and the index of words with them. Needs the write lock."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("INSERT INTO search_words (search_words) VALUES ('delete-all')")
        connection.exec_driver_sql("DELETE FROM search_waiting")
    else:
        connection.exec_driver_sql("DELETE FROM search_words")
        connection.exec_driver_sql("DELETE FROM unnumbered")
    for table in (search_keys, *reversed(every_table())):
        connection.execute(delete(table))


def copy(
    source: Connection, target: Callable[[], AbstractContextManager[Connection]], on_rows: Callable[[int], None]
) -> Content:
    """Write every row that `source` sees into the empty tables of another database; what was written.

    `source` is a snapshot; `target` gives a transaction that holds the write lock, and may give the same one each time.
    """
    found = Content()
    for table, rows in _batches(source):
        found.add(table, rows)
        names = [column.key for column in table.c]
        with target() as connection:
            connection.execute(insert(table), [dict(zip(names, row, strict=True)) for row in rows])
        on_rows(found.rows.total())
    with target() as connection:
        _finish(connection, found.rows)
    return found


def compare(connection: Connection, expected: Content) -> None:
    """StoreFailed when a database does not hold exactly what was written into it."""
    there = Content()
    for table, rows in _batches(connection):
        there.add(table, rows)
    for name, number in expected.rows.items():
        if there.rows[name] != number:
            raise StoreFailed(
                "failed", f"the copy has {there.rows[name]} rows of {name}, of {number} that were written"
            )
        if there.sums[name] != expected.sums[name]:
            raise StoreFailed("failed", f"the copy holds other values in {name} than were written")


def point(connection: Connection) -> int:
    """The last change of the feed, when the changes up to it are all there; StoreFailed when one is missing."""
    first, last, number = connection.execute(
        select(func.min(changes.c.seq), func.max(changes.c.seq), func.count()).select_from(changes)
    ).one()
    if number and (first, last) != (1, number):
        raise StoreFailed("damaged", f"changes run from {first} to {last} and are {number}: some are missing")
    return last or 0


def _batches(connection: Connection) -> Iterator[tuple[Table, list[Sequence[Any]]]]:
    for table in every_table():
        query = select(*every(table))
        if table is cursors.progress:
            query = query.where(table.c.name != TO_BE_INDEXED)
        batch = _LARGE if any(isinstance(column.type, LargeBinary) for column in table.c) else _BATCH
        with connection.execute(query.execution_options(yield_per=batch)) as result:
            for rows in result.partitions():
                yield table, [tuple(row) for row in rows]


def _finish(connection: Connection, rows: Mapping[str, int]) -> None:
    """Have the index of words made when the store is opened, and new rows numbered behind those that are there."""
    if rows.get("articles"):
        connection.execute(insert(cursors.progress).values(name=TO_BE_INDEXED, seq=0))
    if connection.dialect.name == "sqlite":
        return
    for table in every_table():
        for column in table.primary_key if len(table.primary_key) == 1 else ():
            owned = connection.scalar(
                text("SELECT pg_get_serial_sequence(:table, :column)"), {"table": table.name, "column": column.name}
            )
            last = connection.scalar(select(func.max(column)).select_from(table)) if owned else None
            if last is not None:
                connection.execute(select(func.setval(text(":owned"), text(":last"))), {"owned": owned, "last": last})
