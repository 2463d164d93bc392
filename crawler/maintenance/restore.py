"""A backup's file back into a store, in SQLite or PostgreSQL.

**Which store it is then.** What was stored after the backup is lost, and its numbers in the change feed are given anew,
to other changes. Whoever has seen the old ones would take the new ones for what he has. So the store that comes of a
backup has another name (`identity`), which stands in the key of each record that it delivers, and every sink begins
anew (`rewind`) behind the change up to which the backup says that it has been served: what a sink was given between
the backup and the loss comes again as far as it is found again, under new keys, and nothing is taken for a repetition.
Where nothing was lost, since the store only moves, `same` keeps the name and leaves the sinks as they are.

An SQLite store that is there is written over through SQLite's own locks in one transaction, so that another process
that has it open sees the one or the other.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4

from sqlalchemy import Connection, func, select, update
from sqlalchemy.engine import make_url

from crawler.errors import BadInput, StoreFailed
from crawler.maintenance import packed, tables
from crawler.maintenance.backup import PAGES, OnRows, copy_rows, immutable, unchanged, verified
from crawler.monitor.store_checks import verify
from crawler.process import masked_address
from crawler.schedule import queue_schema, queue_state
from crawler.store import LockTaken, Store, changes, sink_cursors
from crawler.store.database import WAIT, engine_for, failed
from crawler.store.migrate import HEAD, upgrade, version_of
from crawler.store.schema import articles as articles_table
from crawler.store.sink_cursors import identity


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What stands in the store now."""

    store: str
    """Its address, without the password."""
    seq: int
    """The change up to which it holds all."""
    rows: dict[str, int]
    """Of each table that has any."""
    identity: str
    """The name of the store."""
    sinks: dict[str, int]
    """The change behind which each sink goes on."""
    faults: tuple[str, ...]
    """What is out of order in it, as it was in the store from which the backup came."""
    seconds: float


def restore(path: Path, address: str, on_rows: OnRows, *, force: bool = False, same: bool = False) -> Restored:
    """Make a store of a backup's file.

    BadInput when the store there is not empty (unless `force`) or in use by a scheduler or workers, or the file is no
    backup; StoreFailed when the file is damaged, or the store cannot be written: then it is as it was.
    """
    begun = time.monotonic()
    with _whole(path, address) as file, ExitStack() as held:
        verified(file)
        target = held.enter_context(Store.open(address))
        try:
            held.enter_context(target.lock("schedule"))
        except LockTaken:
            raise BadInput(f"a scheduler has {masked_address(address)} open; stop it first") from None
        if at_work := _workers(target):
            raise BadInput(f"{at_work} workers are at {masked_address(address)}; stop them first")
        if not force and (lost := _lost(target)):
            raise BadInput(f"{masked_address(address)} holds {lost}; with --force that is lost")
        if target.url.get_backend_name() == "sqlite":
            _over(target, file, on_rows)
        else:
            _rows(target, file, on_rows)
    with Store.open(address) as store:  # which brings an older backup to this version's schema
        with store.writing() as connection:
            if not same:
                _begin_anew(connection)
            sinks = {row.name: row.cursor for row in connection.execute(sink_cursors.sinks.select())}
        with store.reading() as connection:
            seq, rows = tables.point(connection), tables.count(connection)
        return Restored(
            store=masked_address(address),
            seq=seq,
            rows={name: number for name, number in sorted(rows.items()) if number},
            identity=store.identity(),
            sinks=sinks,
            faults=tuple(verify(store)),
            seconds=round(time.monotonic() - begun, 2),
        )


def _lost(target: Store) -> str:
    """What writing over a store loses, for a person; "" when it is empty."""
    with target.reading() as connection:
        if tables.is_empty(connection):
            return ""
        count = connection.scalar(select(func.count()).select_from(articles_table)) or 0
        return f"{count} articles and changes up to {changes.last_change(connection)}"


def _workers(target: Store) -> int:
    """How many workers are alive on this store."""
    with target.reading() as connection:
        return len(queue_state.workers(connection)) if queue_schema.is_there(connection) else 0


@contextmanager
def _whole(path: Path, address: str) -> Iterator[Path]:
    """The backup as a file of SQLite's: itself, or unpacked beside the store."""
    if packed.is_a_store(path):
        _check_alone(path, address)
        yield path
        return
    url = make_url(address)
    near = Path(url.database) if url.get_backend_name() == "sqlite" and url.database else packed.writable_near(path)
    with packed.beside(near) as part:
        packed.unpack(path, part)
        yield part


def _check_alone(path: Path, address: str) -> None:
    """BadInput for a store that is in use, or a copy of its file alone, neither of which is a backup."""
    url = make_url(address)
    if url.get_backend_name() == "sqlite" and Path(url.database or "").exists() and path.samefile(url.database or ""):
        raise BadInput(f"{path} is the store itself; name another file")
    log = path.with_name(f"{path.name}-wal")
    if log.exists() and log.stat().st_size:
        raise BadInput(f"{path} has its log beside it, so it is a store and no backup; copy it: thoisu backup")
    engine_for(f"sqlite:///{path}").dispose()  # which sees what is cut off


def _over(target: Store, file: Path, on_pages: OnRows) -> None:
    """Write the pages of a file over a store in SQLite, in one transaction of its own."""
    end = time.monotonic() + WAIT

    def look(status: int, left: int, every: int) -> None:
        nonlocal end
        if status not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            end = time.monotonic() + WAIT
        elif time.monotonic() > end:
            raise StoreFailed("locked", "another process writes it all the time; stop what uses the store")
        on_pages(every - left)

    source = sqlite3.connect(f"file:{quote(str(file.absolute()))}?immutable=1", uri=True)
    own = sqlite3.connect(str(target.url.database), timeout=WAIT, isolation_level=None)
    try:
        source.backup(own, pages=PAGES, progress=look)
    except sqlite3.Error as error:
        raise (failed(error) or error) from error
    finally:
        source.close()
        own.close()


def _rows(target: Store, file: Path, on_rows: OnRows) -> None:
    """Write the rows of a file over a store, in one transaction."""
    with (
        _current(file) as address,
        unchanged(address) as backup,
        backup.reading() as source,
        target.writing() as connection,
    ):
        copy_rows(source, target, on_rows, connection)


@contextmanager
def _current(file: Path) -> Iterator[str]:
    """The address of the backup with the schema of this version: itself, or a copy that is upgraded."""
    with unchanged(immutable(file)) as backup, backup.reading() as connection:
        version = version_of(connection)
    if version == HEAD:
        yield immutable(file)
        return
    with packed.beside(packed.writable_near(file)) as part:
        packed.unpack(file, part)
        engine = engine_for(f"sqlite:///{part}")
        try:
            upgrade(engine)
        finally:
            engine.dispose()
        yield immutable(part)


def _begin_anew(connection: Connection) -> None:
    """Another name for the store, and every sink on a new leaf behind what it was given."""
    now = datetime.now(UTC)
    connection.execute(update(identity).values(id=uuid4().hex))
    for sink in connection.execute(sink_cursors.sinks.select()).all():
        sink_cursors.rewind(connection, sink.name, sink.cursor + 1, now)
