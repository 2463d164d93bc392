"""A store as it stood at one point of its change feed, in a file or in another database, while others write.

Into a file goes a store in SQLite, which every command opens: of a store in SQLite its pages, by SQLite's own backup
(sqlite.org/backup.html) within one transaction that reads, so that who writes meanwhile neither waits nor has it begin
again; of one in PostgreSQL its rows, in one transaction that is REPEATABLE READ. The same rows go into an empty
database, from either into either. Nothing of this asks for a program of the server's, nor for its version.

What was written is read back before it bears its name.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from crawler.errors import BackupDamaged, BadInput, StoreFailed
from crawler.maintenance import packed, tables
from crawler.process import masked_address
from crawler.store import Store, heartbeats
from crawler.store.database import engine_for, failed, unwritable
from crawler.store.migrate import HEAD, version_of

WHO = "backup"
"""Of the row of `beats` that says when the last backup was made."""
PAGES = 2048
"""Copied between two looks whether to stop."""
OnRows = Callable[[int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """What was written, and read back."""

    to: str
    """File or address, without the password."""
    seq: int
    """The change up to which the backup holds all, and none after it."""
    store: str
    """The name of the store, which its backup bears too; "" where another version's schema was copied."""
    schema: str
    rows: dict[str, int]
    """Of each table that has any."""
    bytes: int | None
    """Of the file; None for a database."""
    seconds: float


def place_of(target: str) -> Path | str:
    """The file, or the address of the database, that a person names; BadInput for what is neither."""
    if "://" not in target:
        return Path(target)
    try:
        url = make_url(target)
        backend = url.get_backend_name()
    except (ArgumentError, ValueError):
        backend = ""
    if backend == "sqlite" and url.database:
        return Path(url.database)
    if backend in ("postgresql", "postgres"):
        return target
    raise BadInput(f"{masked_address(target)!r} names neither a file nor a database (postgresql://…)")


def backup(address: str, target: str, on_rows: OnRows, *, force: bool = False) -> Backup:
    """Write all of the store at a database address to a file, or into a database that is empty.

    The store keeps the schema that it has: that of another version goes from a file of SQLite's into a file alone.
    Raises BadInput when something is there already (unless `force`) or the schema is another, StoreFailed when the copy
    cannot be written or is not what was copied; then nothing bears its name. `on_rows` hears of rows or pages that are
    written.
    """
    begun, place = time.monotonic(), place_of(target)
    with unchanged(address) as store:
        own = _own_version(store, address)
        paged = store.url.get_backend_name() == "sqlite" and isinstance(place, Path)
        if own != HEAD and not paged:
            raise BadInput(
                f"{masked_address(address)} has schema {own}, this version's is {HEAD}; "
                "any other command of this version upgrades it, or copy it with the version that made it"
            )
        if isinstance(place, Path):
            seq, rows = _to_file(store, place, on_rows, force=force)
        else:
            seq, rows = _to_database(store, place, on_rows, force=force)
        if own == HEAD:
            with (
                suppress(StoreFailed),
                store.writing_beside() as connection,
            ):  # who may not write has his copy all the same
                heartbeats.note(connection, WHO, datetime.now(UTC))
        return Backup(
            to=str(place) if isinstance(place, Path) else masked_address(place),
            seq=seq,
            store=store.identity() if own == HEAD else "",
            schema=own,
            rows={name: number for name, number in sorted(rows.items()) if number},
            bytes=place.stat().st_size if isinstance(place, Path) else None,
            seconds=round(time.monotonic() - begun, 2),
        )


@contextmanager
def unchanged(address: str) -> Iterator[Store]:
    """The store without the upgrade that opening it would bring."""
    engine = engine_for(address)
    if (other := unwritable(engine.url)) is not None:
        engine.dispose()
        engine = engine_for(other)
    with Store(engine) as store:
        yield store


def _own_version(store: Store, address: str) -> str:
    with store.reading() as connection:
        found = version_of(connection)
    if found is None:
        raise BadInput(f"{masked_address(address)} holds no store")
    return found


def _to_file(store: Store, path: Path, on_rows: OnRows, *, force: bool) -> tuple[int, dict[str, int]]:
    own = store.url.database or ""
    packed.check_free(path, force=force)
    if store.url.get_backend_name() == "sqlite" and path.exists() and Path(own).exists() and path.samefile(own):
        raise BadInput(f"{path} is the store itself; name another file")
    with packed.beside(path) as part, packed.beside(path) as packing:
        if store.url.get_backend_name() == "sqlite":
            _copy_file(store, part, on_rows)
        else:
            with Store.open(f"sqlite:///{part}") as copied:
                _copy_snapshot(store, copied, on_rows)
        seq, rows = verified(part)
        if packed.is_packed(path.name):
            packed.pack(part, packing, path.name)
        packed.put_in_place(packing if packed.is_packed(path.name) else part, path, force=force)
    return seq, rows


def _to_database(store: Store, address: str, on_rows: OnRows, *, force: bool) -> tuple[int, dict[str, int]]:
    with Store.open(address) as target:
        if target.url == store.url:
            raise BadInput("that is the store itself; name another database")
        with target.writing() as connection:
            if not tables.is_empty(connection) and not force:
                raise BadInput(f"{masked_address(address)} is not empty; name another, or overwrite it with --force")
            return _copy_snapshot(store, target, on_rows, connection)


def _copy_file(store: Store, part: Path, on_pages: OnRows) -> None:
    """Copy a store in SQLite page by page, as it stands now."""
    with store.snapshot() as connection, _sqlite(part) as target:
        source = _driver(connection)
        source.execute("SELECT 1 FROM sqlite_master").fetchone()  # with its first reading a snapshot begins
        (size,) = source.execute("PRAGMA page_count").fetchone()
        (page,) = source.execute("PRAGMA page_size").fetchone()
        packed.check_room(part.parent, size * page)
        source.backup(target, pages=PAGES, progress=lambda _, left, every: on_pages(every - left))


def copy_rows(
    source: Connection, target: Store, on_rows: OnRows, within: Connection | None = None
) -> tuple[int, dict[str, int]]:
    """Copy the rows of a store into another, whose own are dropped, and read them back; the last change, and the rows.

    `source` reads one state throughout. The rows are written `within` a transaction of the target's, or in many where
    nobody else can see it yet.
    """
    seq = tables.point(source)
    with target.writing() if within is None else nullcontext(within) as connection:
        tables.clear(connection)
    written = tables.copy(source, target.writing if within is None else lambda: nullcontext(within), on_rows)
    with target.reading() if within is None else nullcontext(within) as connection:
        tables.compare(connection, written)
        if tables.point(connection) != seq:
            raise StoreFailed("failed", f"the copy does not end with change {seq}, as what was copied")
    return seq, dict(written.rows)


def _copy_snapshot(
    store: Store, target: Store, on_rows: OnRows, within: Connection | None = None
) -> tuple[int, dict[str, int]]:
    with store.snapshot() as source:
        return copy_rows(source, target, on_rows, within)


def verified(path: Path) -> tuple[int, dict[str, int]]:
    """The last change and the rows of a backup's file, which is only read.

    StoreFailed when it is damaged, BadInput when it is another program's. Its pages and indexes are checked by
    SQLite (sqlite.org/pragma.html, integrity_check).
    """
    with unchanged(immutable(path)) as store, store.reading() as connection:
        faults = [row[0] for row in connection.exec_driver_sql("PRAGMA integrity_check(1)") if row[0] != "ok"]
        if faults:
            raise BackupDamaged(f"{path}: {faults[0]}")
        if version_of(connection) is None:
            raise BadInput(f"{path} is a database of another program, and no backup")
        return tables.point(connection), tables.count(connection)


def immutable(path: Path) -> str:
    """The address at which a file is read that nobody changes."""
    return f"sqlite:///file:{quote(str(path.absolute()))}?immutable=1&uri=true"


@contextmanager
def _sqlite(path: Path) -> Iterator[sqlite3.Connection]:
    """A file that nobody else has; StoreFailed by name where it cannot be written."""
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        yield connection
    except sqlite3.Error as error:
        raise (failed(error) or error) from error
    finally:
        connection.close()


def _driver(connection: Connection) -> sqlite3.Connection:
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)  # noqa: S101 - for the type checker
    return driver
