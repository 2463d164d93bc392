"""A mirror table in another database: one row for each page, article or copy, as it stands after its last change.

The rows and the place in the feed change in one transaction, so that the mirror always is the state after some change,
whole. A row is never set back: it carries the `seq` of the change that it shows, and only that one or a later one
replaces it; what comes twice, after a crash or a rewind, changes nothing or mends.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Dialect,
    Engine,
    Insert,
    Integer,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    event,
    inspect,
    select,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DataError, IntegrityError, ProgrammingError
from sqlalchemy.types import TypeEngine

from crawler.configuration import Settings
from crawler.deliver.sink import OF_SITE, Delivery, Poisoned, Sink, SinkFailed
from crawler.errors import BadInput, StoreFailed
from crawler.store.database import engine_for, transaction, writer
from crawler.store.migrate import VERSION_TABLE
from crawler.store.schema import Instant, Number, Plain

TABLE = "thoisu_articles"
_TEXTS = ("title", "lead", "body", "dateline", "section", "kind", "credit")
_LISTS = ("authors", "tags", "documents", "images")
_OF_DELIVERY = ("url", "article_id", "site", *OF_SITE, "event", "content_hash", "seq")


class SqlMirror(Sink):
    """A table of the pages in SQLite or PostgreSQL, made when it is missing, with `<table>_cursor` beside it."""

    def __init__(self, name: str, url: str, *, table: str = TABLE) -> None:
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,50}", table):
            raise BadInput(f"{table!r} cannot be the name of a table; use letters, digits and _")
        try:
            self._url = make_url(url)
        except (ArgumentError, ValueError):
            # Not shown: what does not parse may hold a password anywhere.
            raise BadInput("this sink needs an address like postgresql://user:password@host/database") from None
        backend = self._url.get_backend_name()
        if backend not in ("sqlite", "postgresql"):
            raise BadInput(f"no mirror in {backend} yet; use sqlite:///… or postgresql://…")
        self._place = _place(url)
        self._name = name
        self._pages, self._cursor = _tables(table)
        self._rewinds = 0
        self._engine: Engine | None = None

    def attach(self, own: Settings) -> None:
        """BadInput when the mirror would lie in the store itself."""
        if self._place == _place(own.database_url):
            raise BadInput("this is the store itself; give the mirror a database of its own")

    def open(self, rewinds: int) -> str | None:
        """Make the tables when they are missing, and give the last key that the mirror holds."""
        self.close()
        self._rewinds = rewinds
        try:
            self._engine = engine_for(self._url.render_as_string(hide_password=False))
            if self._engine.dialect.name == "sqlite":
                event.listen(self._engine, "connect", _sync_fully)
            with transaction(writer(self._engine)) as connection:
                if inspect(connection).has_table(VERSION_TABLE):
                    raise StoreFailed("failed", "it is a store of thoisu; give the mirror a database of its own")
                self._pages.metadata.create_all(connection)
                _add_columns(connection, self._pages)
                at = self._cursor.c
                query = select(at.key).where(at.sink == self._name, at.rewinds == rewinds)
                key: str | None = connection.scalar(query)
                return key
        except BadInput as error:
            raise SinkFailed("unreachable", str(error)) from error
        except StoreFailed as error:
            self.close()
            raise SinkFailed(error.reason, error.detail) from error

    def write(self, batch: Sequence[Delivery]) -> None:
        """One transaction for the batch; one for each record where the database does not take the batch."""
        try:
            self._save(batch)
            return
        except Poisoned:
            if len(batch) == 1:
                raise
        through = None
        for delivery in batch:
            try:
                self._save([delivery])
            except (Poisoned, SinkFailed) as error:
                error.through = through
                raise
            through = delivery.seq

    def close(self) -> None:
        """Give back the connections."""
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None

    def _save(self, batch: Sequence[Delivery]) -> None:
        assert self._engine is not None  # noqa: S101 - for the type checker
        try:
            with transaction(writer(self._engine)) as connection:
                self._put(connection, batch)
        except (IntegrityError, DataError) as error:
            raise Poisoned(batch[0].seq, _first_line(error.orig)) from error
        except ProgrammingError as error:
            raise SinkFailed("damaged", _first_line(error.orig)) from error
        except StoreFailed as error:
            if isinstance(error.__cause__, DataError):
                raise Poisoned(batch[0].seq, error.detail) from error
            raise SinkFailed(error.reason, error.detail) from error

    def _put(self, connection: Connection, batch: Sequence[Delivery]) -> None:
        store = batch[-1].key.rpartition(":")[0]
        others = select(self._cursor.c.sink).where(self._cursor.c.store != store)
        if connection.scalar(others) is not None:
            detail = f"{self._pages.name} mirrors another store; give this one a table of its own (table = …)"
            raise SinkFailed("damaged", detail)
        # A record without text is followed by one with it, so the last of a page says all; texts go first, since a
        # later record without one must find the row.
        last = {(delivery.url, delivery.article is None): _row(delivery) for delivery in batch}
        for textless in (False, True):
            if rows := [row for (_, without), row in last.items() if without == textless]:
                connection.execute(_upsert(connection, self._pages, rows[0], guard="seq"), rows)
        place = {"sink": self._name, "store": store, "rewinds": self._rewinds, "key": batch[-1].key}
        connection.execute(_upsert(connection, self._cursor, place), place)


def _add_columns(connection: Connection, table: Table) -> None:
    """Add the columns that a table of an older version lacks; they are empty until a change of the page comes."""
    there = {column["name"] for column in inspect(connection).get_columns(table.name)}
    quoted = connection.dialect.identifier_preparer.format_table(table)
    for column in table.columns:
        if column.name not in there and column.nullable:
            kind = column.type.compile(connection.dialect)
            connection.execute(text(f"ALTER TABLE {quoted} ADD COLUMN {column.name} {kind}"))


class Listed(TypeDecorator[list[Any]]):
    """A list: jsonb on PostgreSQL, on SQLite JSON as text that can be searched, letters as they are."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The column's type in this database."""
        kind: TypeEngine[Any] = Text() if dialect.name == "sqlite" else postgresql.JSONB()
        return dialect.type_descriptor(kind)

    def process_bind_param(self, value: list[Any] | None, dialect: Dialect) -> list[Any] | str | None:
        """The list as it is stored."""
        return value if value is None or dialect.name != "sqlite" else json.dumps(value, ensure_ascii=False)


def _tables(name: str) -> tuple[Table, Table]:
    metadata = MetaData()
    pages = Table(
        name,
        metadata,
        Column("url", Plain, primary_key=True),
        Column("article_id", Number, nullable=False, index=True),  # pages with the same number have the same text
        Column("site", Plain, index=True),
        Column("publisher", Plain),
        Column("tier", Plain),
        Column("story", Number),
        Column("event", Plain, nullable=False),  # the last that happened to the page
        Column("content_hash", Plain),
        *(Column(one, Plain) for one in _TEXTS),
        Column("published_at", Instant, index=True),
        *(Column(many, Listed) for many in _LISTS),
        Column("changed_at", Instant, nullable=False),
        Column("withdrawn_at", Instant),
        Column("seq", Number, nullable=False),
    )
    cursor = Table(
        f"{name}_cursor",
        metadata,
        Column("sink", Plain, primary_key=True),
        Column("store", Plain, nullable=False),
        Column("replay", Integer, nullable=False, key="rewinds"),
        Column("key", Plain, nullable=False),
    )
    return pages, cursor


def _row(delivery: Delivery) -> dict[str, Any]:
    row: dict[str, Any] = {
        **{name: getattr(delivery, name) for name in _OF_DELIVERY},
        "changed_at": delivery.at,
        "withdrawn_at": delivery.at if delivery.event == "withdrawn" else None,
    }
    if delivery.article is not None:
        row["published_at"] = delivery.published_at
        row |= {name: delivery.article.get(name) for name in (*_TEXTS, *_LISTS)}
    return row


def _upsert(connection: Connection, table: Table, row: dict[str, Any], guard: str | None = None) -> Insert:
    """Write the columns of `row`, over a row that is there only when its `guard` is not greater."""
    new = (postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert)(table)
    key = list(table.primary_key)
    changed = {name: new.excluded[name] for name in row if name not in table.primary_key}
    older = table.c[guard] <= new.excluded[guard] if guard else None
    return new.on_conflict_do_update(index_elements=key, set_=changed, where=older)


def _place(address: str) -> URL | None:
    """What any two addresses of one database have in common; None for what is no address."""
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):
        return None
    backend = {"postgres": "postgresql"}.get(url.get_backend_name(), url.get_backend_name())
    database = str(Path(url.database).resolve()) if backend == "sqlite" and url.database else url.database
    return url.set(drivername=backend, username=None, password=None, database=database)


def _sync_fully(connection: sqlite3.Connection, _: Any) -> None:
    connection.execute("PRAGMA synchronous = FULL")


def _first_line(error: BaseException | None) -> str:
    return str(error).strip().split("\n", 1)[0]
