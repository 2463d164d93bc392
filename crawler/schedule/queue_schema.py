"""The tables of the queue: procrastinate's own, in a schema of PostgreSQL that holds nothing else.

So they meet neither the store's tables nor those of another program that uses procrastinate in the same database, and a
downgrade of the store leaves them alone. Which version of procrastinate made them stands in the schema's comment; a
later one applies its own migrations.
"""

from __future__ import annotations

import re
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import Connection, text

from crawler.errors import BadInput, StoreFailed
from crawler.store import Store

SCHEMA = "thoisu_queue"
_LOCK = 0x7401_5E56
"""Key of the advisory lock under which the tables are made; the store's own is one less."""
_MADE_BY = "procrastinate "
_MIGRATION = re.compile(r"(\d+)\.(\d+)\.(\d+)_\d+_")
_WORKERS = f"""
CREATE TABLE {SCHEMA}.thoisu_workers (
    id bigint PRIMARY KEY REFERENCES {SCHEMA}.procrastinate_workers (id) ON DELETE CASCADE,
    host text NOT NULL,
    pid integer NOT NULL,
    queues text[] NOT NULL,
    concurrency integer NOT NULL
)
"""
Version = tuple[int, ...]


def prepare(store: Store) -> None:
    """Make the tables, or bring them to this version of procrastinate, whoever else does so at the same time.

    `BadInput` when this user may not, or when a newer version made them.
    """
    installed = _version(version("procrastinate"))
    with store.reading() as connection:
        if made_by(connection) == installed:
            return
    try:
        with store.reading() as connection:
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
            _change(connection, made_by(connection), installed)
    except StoreFailed as failure:
        if failure.reason != "read_only":
            raise
        raise BadInput(
            f"this user may not make the tables of the queue ({failure.detail}); let the owner of the database run: "
            f"CREATE SCHEMA {SCHEMA} AUTHORIZATION the_user"
        ) from failure


def is_there(connection: Connection) -> bool:
    """Whether the store has a queue that this user may read; none on SQLite."""
    if connection.dialect.name != "postgresql":
        return False
    query = text(
        "SELECT has_schema_privilege(space.oid, 'USAGE') AND has_table_privilege(class.oid, 'SELECT') "
        "FROM pg_class class JOIN pg_namespace space ON space.oid = class.relnamespace "
        "WHERE space.nspname = :name AND class.relname = 'thoisu_workers'"
    )
    return bool(connection.scalar(query, {"name": SCHEMA}))


def made_by(connection: Connection) -> Version | None:
    """The version of procrastinate that the tables are of; None when there are none."""
    _, said = _schema(connection)
    return _version(said.removeprefix(_MADE_BY)) if said.startswith(_MADE_BY) else None


def _schema(connection: Connection) -> tuple[bool, str]:
    """Whether the schema is there, and its comment."""
    # Of the table, since what to_regnamespace() knows may be older than the lock that this waited for.
    query = text("SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = :name")
    found = connection.execute(query, {"name": SCHEMA}).first()
    return found is not None, (found and found[0]) or ""


def _change(connection: Connection, made: Version | None, installed: Version) -> None:
    from procrastinate.schema import SchemaManager, migrations_path

    if made == installed:
        return
    if made is not None and made > installed:
        raise BadInput(
            f"a newer procrastinate ({_shown(made)}) made the tables of the queue, this is {_shown(installed)}: "
            "pip install --upgrade 'thoisu[workers]'"
        )
    if not _schema(connection)[0]:
        connection.execute(text(f"CREATE SCHEMA {SCHEMA}"))
    connection.execute(text(f"SET LOCAL search_path TO {SCHEMA}"))
    scripts = [SchemaManager.get_schema(), _WORKERS] if made is None else _migrations(Path(migrations_path), made)
    for script in scripts:
        # Without parameters several statements go through, and a percent sign is itself.
        connection.exec_driver_sql(script, execution_options={"no_parameters": True})
    connection.execute(text(f"COMMENT ON SCHEMA {SCHEMA} IS '{_MADE_BY}{_shown(installed)}'"))


def _migrations(folder: Path, after: Version) -> list[str]:
    """What procrastinate's later versions change, in the order in which it is to be applied."""
    found = []
    for path in sorted(folder.glob("*.sql")):
        named = _MIGRATION.match(path.name)
        if named and tuple(map(int, named.groups())) > after:
            found.append(path.read_text("utf-8"))
    return found


def _version(text_: str) -> Version:
    return tuple(int(part) for part in re.findall(r"\d+", text_)[:3])


def _shown(number: Version) -> str:
    return ".".join(map(str, number))
