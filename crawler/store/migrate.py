"""Bringing a database to the schema of this version, whoever else opens it at the same time."""

from __future__ import annotations

import inspect as source
import sqlite3
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, column, func, inspect, select, table

from crawler.errors import BadInput
from crawler.process import masked_address
from crawler.store.database import WAIT, transaction, writer
from crawler.store.schema import metadata

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0017"
"""The newest revision of `crawler/store/migrations`; named here so that a store opens without Alembic."""
VERSION_TABLE = "thoisu_schema"
"""Not Alembic's own name for it: a PostgreSQL database may serve other programs as well."""
_INDEX = "search_"  # how the names of the tables begin that hold nothing of their own
SCRIPTS = Path(__file__).parent / "migrations"


def upgrade(engine: Engine, *, make: bool = True) -> None:
    """Create or upgrade the schema, in one transaction.

    BadInput when a newer version of this program made it, and without `make` when there is none of ours yet.
    """
    with transaction(engine) as connection:
        version = version_of(connection)
        if version == HEAD:
            _check_whole(connection)
            return
    if version is None and not make:
        place = masked_address(engine.url.render_as_string(hide_password=False))
        raise BadInput(f"there is no store at {place} yet; fill one: thoisu crawl nhandan")
    if engine.dialect.name == "sqlite":
        _switch_journal(engine, "WAL")
    try:
        with transaction(writer(engine)) as connection:
            # Another process may have done it while this one waited for the write lock.
            if (now := version_of(connection)) != HEAD:
                _run(connection, now)
    except BaseException:
        if engine.dialect.name == "sqlite" and version is None:
            # An empty file with a log that is gone looks like a copy that was made without it.
            with suppress(sqlite3.Error):
                _switch_journal(engine, "DELETE")
        raise


def steps_back(connection: Connection, to: str) -> list[tuple[str, str]]:
    """The revisions that a downgrade to `to` takes back, newest first, each with what is lost by that.

    BadInput when there is no revision of this name.
    """
    from alembic.script import ScriptDirectory

    found: list[tuple[str, str]] = []
    for script in ScriptDirectory.from_config(scripts(connection)).walk_revisions():
        if script.revision == to:
            return found
        found.append((script.revision, source.getdoc(script.module.downgrade) or ""))
    raise BadInput(f"there is no schema {to!r}; there are {', '.join(sorted(name for name, _ in found))}")


def lost_by(connection: Connection, to: str) -> list[tuple[str, int]]:
    """What a downgrade to `to` drops, by doing it and taking it back: each table, "links", with its rows, and each
    column of another, "links.past", with the values in it.
    """
    before = _columns(connection)
    trial = connection.begin_nested()
    try:
        downgrade(connection, to)
        after = _columns(connection)
    finally:
        trial.rollback()
    found: list[tuple[str, int]] = []
    for name, columns in sorted(before.items()):
        if name not in after:
            found.append((name, connection.scalar(select(func.count()).select_from(table(name))) or 0))
        for one in sorted(columns - after.get(name, columns)):
            values = select(func.count(column(one))).select_from(table(name))
            found.append((f"{name}.{one}", connection.scalar(values) or 0))
    return found


def _columns(connection: Connection) -> dict[str, set[str]]:
    inspector = inspect(connection)
    # The index of words is made anew from the articles, and SQLite cannot count what is in it.
    names = [name for name in inspector.get_table_names() if not name.startswith(_INDEX)]
    return {name: {one["name"] for one in inspector.get_columns(name)} for name in names}


def downgrade(connection: Connection, to: str) -> None:
    """Take the schema back to that of an older version; whoever opens the store with this version upgrades it again."""
    from alembic import command

    command.downgrade(scripts(connection), to)


def version_of(connection: Connection) -> str | None:
    """The revision of the schema of a database; None when there is none of ours."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    version: str | None = connection.scalar(select(column("version_num")).select_from(table(VERSION_TABLE)))
    return version


def scripts(connection: Connection) -> Config:
    """Alembic's configuration, for its commands on a connection whose transaction the caller ends."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _run(connection: Connection, version: str | None) -> None:
    from alembic import command
    from alembic.script import ScriptDirectory
    from alembic.util import CommandError

    config = scripts(connection)
    if version is not None:
        try:
            ScriptDirectory.from_config(config).get_revision(version)
        except CommandError:
            raise BadInput(
                f"a newer thoisu made this store (schema {version}, this one knows up to {HEAD}); upgrade thoisu, "
                f"or go back with the newer one: thoisu downgrade {HEAD}"
            ) from None
    elif taken := {"articles", "changes", "links"} & set(inspect(connection).get_table_names()):
        raise BadInput(f"the database has a table {min(taken)!r} that thoisu did not make; use another database")
    command.upgrade(config, "head")


def _check_whole(connection: Connection) -> None:
    if missing := metadata.tables.keys() - set(inspect(connection).get_table_names()):
        raise BadInput(
            f"the store lacks the table {min(missing)!r}; it was damaged or cut off by another program, "
            "so take a copy that is whole"
        )


def _switch_journal(engine: Engine, mode: str) -> None:
    # The switch needs the file alone for a moment and does not wait for it as other statements do.
    raw = engine.raw_connection()
    try:
        connection = raw.driver_connection
        assert isinstance(connection, sqlite3.Connection)  # noqa: S101 - for the type checker
        end = time.monotonic() + WAIT
        while True:
            try:
                connection.execute(f"PRAGMA journal_mode = {mode}")
                return
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                    raise
                time.sleep(0.02)
    finally:
        raw.close()
