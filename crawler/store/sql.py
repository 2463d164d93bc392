"""Statements that many tables want, the same on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import ClauseElement, ColumnElement, Connection, CursorResult, Dialect, Insert, Table, update
from sqlalchemy.dialects import postgresql, sqlite

T = TypeVar("T")
CHUNK = 500
"""Keys asked for in one statement; SQLite allows 32,766 values (sqlite.org/limits.html), plans grow with it."""


def chunks(keys: Iterable[T]) -> Iterator[list[T]]:
    """The keys in lists of at most `CHUNK`, which one statement takes."""
    every = list(keys)
    return (every[start : start + CHUNK] for start in range(0, len(every), CHUNK))


def upsert(
    connection: Connection,
    table: Table,
    key: Mapping[str, Any],
    values: Mapping[str, Any],
    change: Mapping[str, ColumnElement[Any]] | None = None,
) -> None:
    """Write the row of this key, or change the one that is there.

    `key` has the columns of the primary key or of another unique index, `values` all others of a new row. A row that is
    there takes the `values` too or, where it is given, the `change`: expressions in which the table's columns stand for
    what the row has now, and `given` for what the new one has: `{"count": table.c.count + given(table, "count")}`. An
    empty `change` leaves it as it is. Expressions are to be made once, beside the table, since the statement is cached
    by them.
    """
    expressions = None if change is None else tuple(change.items())
    statement = _upsert(connection.dialect.name, table, tuple(key), tuple(values), expressions)
    connection.execute(statement, {**key, **values})


def given(table: Table, name: str) -> ColumnElement[Any]:
    """The column of the row that `upsert` would write, for its `change`."""
    return table.alias("excluded").c[name]


@lru_cache(maxsize=256)
def _upsert(
    dialect: str,
    table: Table,
    key: tuple[str, ...],
    values: tuple[str, ...],
    change: tuple[tuple[str, ColumnElement[Any]], ...] | None,
) -> Insert:
    if change is None:
        change = tuple((name, given(table, name)) for name in values)
    if not change:
        return insert_missing(dialect, table, key).inline()
    statement = _insert(dialect, table).inline()
    return statement.on_conflict_do_update(index_elements=[table.c[name] for name in key], set_=dict(change))


def insert_missing(dialect: str, table: Table, key: tuple[str, ...]) -> Insert:
    """A statement that writes new rows, and passes over those whose `key` is there."""
    return _insert(dialect, table).on_conflict_do_nothing(index_elements=[table.c[name] for name in key])


def _insert(dialect: str, table: Table) -> sqlite.Insert | postgresql.Insert:
    return (sqlite.insert if dialect == "sqlite" else postgresql.insert)(table)


class Prepared:
    """A statement that each article needs, compiled once: SQLAlchemy's way to one that it has compiled costs more than
    what the database does for it.

    What it gives comes as the driver gives it, so a time must not be among its columns.
    """

    def __init__(self, statement: ClauseElement) -> None:
        self._statement = statement
        self._compiled: dict[tuple[str, ...], _Compiled] = {}

    def run(self, connection: Connection, values: Mapping[str, Any]) -> CursorResult[*tuple[Any, ...]]:
        """What it gives with these values: of its parameters and, as in `Connection.execute`, of columns to be set."""
        key = (connection.dialect.name, *values)
        if (compiled := self._compiled.get(key)) is None:
            compiled = self._compiled[key] = _Compiled(self._statement, connection.dialect, list(values))
        return connection.exec_driver_sql(compiled.text, compiled.parameters(values))


class _Compiled:
    """A statement as a driver takes it."""

    def __init__(self, statement: ClauseElement, dialect: Dialect, names: list[str]) -> None:
        compiled: Any = statement.compile(dialect=dialect, column_keys=names)
        types = {name: bind.type.dialect_impl(dialect) for name, bind in compiled.binds.items()}
        self.text = str(compiled)
        self._order: list[str] | None = compiled.positiontup
        self._converted = {name: convert for name in names if (convert := types[name].bind_processor(dialect))}
        self._fixed: dict[str, Any] = {
            name: convert(value) if (convert := types[name].bind_processor(dialect)) else value
            for name, value in compiled.params.items()
            if name not in names
        }

    def parameters(self, values: Mapping[str, Any]) -> tuple[Any, ...] | dict[str, Any]:
        """As `text` takes them: in their order, or by name."""
        converted = self._converted
        given = {name: converted[name](value) if name in converted else value for name, value in values.items()}
        given |= self._fixed
        return given if self._order is None else tuple([given[name] for name in self._order])


def compare_and_set(connection: Connection, table: Table, was: Mapping[str, Any], values: Mapping[str, Any]) -> bool:
    """Change the one row that still is as it `was` read; False, with nothing written, when somebody was faster."""
    same = (table.c[name] == value for name, value in was.items())
    return connection.execute(update(table).where(*same).values(dict(values))).rowcount == 1
