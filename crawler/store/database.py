"""One way into SQLite and PostgreSQL: how to connect, how to take the write lock, what a failure is called.

SQLite has one writer at a time: a writing transaction first takes the write lock (BEGIN IMMEDIATE). So what it reads
stays true while it writes, and none waits for another in a circle.

On PostgreSQL the write lock is an advisory lock of two kinds. A transaction that is alone (`writer`) holds it for
itself: no other writes meanwhile, and it may rely on whatever it reads. Those beside others (`beside`) share it, and
hold in its place what they decide about (`crawler.store.subjects`). All of them hold it until their commit is visible.
The changes that they append are numbered in the order in which they become visible (`crawler.store.numbering`).
"""

from __future__ import annotations

import os
import re
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    IntegrityError,
    NoSuchModuleError,
    ProgrammingError,
    StatementError,
)

from crawler.errors import BadInput, StoreFailed, StoreReason, store_reason
from crawler.process import masked, masked_address

WAIT = 30
"""Seconds that a writer waits for the write lock before it gives up with the reason "locked"."""
WRITE_LOCK = 0x7401_5E55
"""Key of the advisory lock on PostgreSQL; any number that no other program in the same database uses."""
FROZEN = 120
"""Seconds after which PostgreSQL ends the session of a writer that does nothing in its transaction: a process that is
stopped, or a machine that sleeps, would keep from all others for ever what it has locked, the numbering among it."""
_CUT_OFF = {
    "connect_timeout": WAIT, "tcp_user_timeout": 1000 * WAIT,  # seconds; milliseconds without an acknowledgement
    "keepalives_idle": 20, "keepalives_interval": 5, "keepalives_count": 4,
}  # fmt: skip
KEEPALIVES = "SET tcp_keepalives_idle = 20; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 4"
"""For the server: it ends within as long the session of a machine that is cut off, and its locks with it."""
LOCKS = WRITE_LOCK
"""First half of the keys of all other advisory locks of transactions: PostgreSQL keeps pairs apart from single keys."""
LOG = 64 * 2**20
"""Bytes of SQLite's log (-wal) from which the next writer writes it back; the same page stands in it many times."""
_PATIENCE = 200  # milliseconds for which that waits for readers
_LOOKS, _BETWEEN = 5, 0.2  # at a file that seems to be a copy of a part, and the seconds between two of them
# Of a file of SQLite's: bytes of its head and of the first page's, the version that writes a log, a page of a leaf.
_HEAD, _WITH_LOG, _LEAF = 105, 2, 0x0D
_PATH = re.compile(r"[\w./~-]+")  # what somebody means by it who gives a file's name for an address
_DESCRIPTORS = "/dev/fd"  # where Linux and the BSDs show what a process has open; Windows has locks of another kind
_heads = threading.Lock()
"""Held while the head of a file is read, which no connection of SQLite's in this process may lock meanwhile."""

# Classes and codes of SQLSTATE: PostgreSQL manual, appendix A.
_FORBIDDEN = ("42501", "3F")  # of tables, and of the schema in which they would be made
_AGAIN = ("40P01", "40001")  # waited in a circle; others were faster
_POSTGRES_REASONS: dict[str, StoreReason] = {
    "53100": "disk_full",
    "25006": "read_only",
    **dict.fromkeys(_FORBIDDEN, "read_only"),
    **dict.fromkeys(("55P03", *_AGAIN), "locked"),
    "XX001": "damaged",
    "XX002": "damaged",
    "08": "unreachable",
    "28": "unreachable",
    "3D": "unreachable",
    "53300": "unreachable",
    "57P": "unreachable",
    "25P03": "unreachable",
}


def engine_for(address: str) -> Engine:
    """An engine for the database at `address`, which is not asked yet; BadInput when it names none that can be used."""
    url = parsed_url(address)
    if url.get_backend_name() == "sqlite":
        _check_file(url)
        engine = create_engine(url, connect_args={"timeout": WAIT})
        event.listen(engine, "connect", _prepare_sqlite)
    else:
        about = {**when_cut_off(url), "client_encoding": "utf8"}
        try:
            engine = create_engine(url, isolation_level="READ COMMITTED", connect_args=about)
        except ImportError:
            raise BadInput("PostgreSQL needs its driver: pip install 'thoisu[postgres]'") from None
        event.listen(engine, "connect", _prepare_postgres)
    return engine


def when_cut_off(url: URL) -> dict[str, int]:
    """What libpq is told so that a process that is cut off from the server knows it within a minute.

    By default that takes two hours. What the address says itself is left as it is.
    """
    return {name: value for name, value in _CUT_OFF.items() if name not in url.query}


def unwritable(url: URL) -> str | None:
    """The address at which SQLite reads a file beside which it can write nothing; None when that would not help.

    A log beside the file (-wal) holds what the file does not; then the file alone would be read wrongly.
    """
    if url.get_backend_name() != "sqlite" or not url.database or url.database.startswith("file:"):
        return None
    path = Path(url.database).absolute()
    log = path.with_name(path.name + "-wal")
    if os.access(path, os.W_OK) and os.access(path.parent, os.W_OK):
        return None
    mode = "mode=ro" if log.exists() and log.stat().st_size else "immutable=1"
    return f"sqlite:///file:{quote(str(path))}?{mode}&uri=true"


def writer(engine: Engine) -> Engine:
    """The same connections; every transaction takes the write lock for itself."""
    return engine.execution_options(thoisu_write_lock="alone")


def beside(engine: Engine) -> Engine:
    """The same connections; every transaction takes the write lock, which on PostgreSQL others may share.

    There it is taken with the first subjects (`share`), and until then nothing may be written.
    """
    return engine.execution_options(thoisu_write_lock="beside")


@dataclass(slots=True)
class Writing:
    """What is known of the transaction that is open on a connection."""

    held: set[int] | None = None
    """The subjects that it holds; None for one that needs none, since no other writes beside it, or it only reads."""
    appended: bool = False
    """Whether it has appended changes that have no number yet."""
    from_backfill: set[str] = field(default_factory=set)
    """Addresses of links whose last change came by a backfill, and which do not say so yet."""


def state(connection: Connection) -> Writing:
    """What is known of the open transaction."""
    found: Writing = connection.info["transaction"]
    return found


def share(connection: Connection, subjects: Sequence[int]) -> None:
    """Share the write lock with others, and take these subjects, in this order; in one statement."""
    mine = state(connection).held
    if mine is None:
        return
    locks = [] if mine else [unless_frozen(), f"pg_advisory_xact_lock_shared({WRITE_LOCK})"]
    locks += [f"pg_advisory_xact_lock({LOCKS}, {subject})" for subject in subjects]
    connection.exec_driver_sql(f"SELECT {', '.join(locks)}")
    mine.update(subjects)


def unless_frozen() -> str:
    """For the SELECT by which a writing transaction on PostgreSQL begins: it ends with whoever does nothing in it."""
    return f"set_config('idle_in_transaction_session_timeout', '{FROZEN}s', true)"


@contextmanager
def transaction(engine: Engine) -> Iterator[Connection]:
    """All or nothing; StoreFailed by name when the database cannot, ValueError for a value that no column takes."""
    try:
        with engine.begin() as connection:
            # Not as a listener of the engine's: with any it looks for listeners of every statement, several times.
            _begin(connection)
            yield connection
    except (StatementError, sqlite3.Error) as error:
        if isinstance(error, StatementError) and isinstance(error.orig, ValueError):
            raise error.orig from None
        failure = failed(error)
        if failure is None:
            raise
        raise failure from error


def settle(engine: Engine) -> None:
    """Make durable whatever a reader has seen; StoreFailed when the disk cannot.

    PostgreSQL shows no commit before it is. SQLite in WAL mode does: until a checkpoint it stands in the log alone,
    which is synced here (sqlite.org/pragma.html, synchronous). The locks of SQLite are on other files.
    """
    name = engine.url.database or ""
    if engine.dialect.name != "sqlite" or name.startswith("file:"):
        return
    try:
        with open(f"{name}-wal", "rb") as log:
            os.fsync(log.fileno())
    except FileNotFoundError:
        pass  # all of it is in the database itself
    except OSError as error:
        raise StoreFailed("failed", f"{name}-wal: {error.strerror}") from error


def failed(error: StatementError | sqlite3.Error) -> StoreFailed | None:
    """What a driver's error means; None for one that only a mistake in this program makes."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(error, StatementError) and (
        not isinstance(error, DBAPIError)
        or isinstance(error, IntegrityError)
        or (isinstance(error, ProgrammingError) and not str(getattr(cause, "sqlstate", "")).startswith(_FORBIDDEN))
    ):
        return None
    detail = masked(str(cause).strip().split("\n", 1)[0])
    if isinstance(cause, sqlite3.Error):
        return StoreFailed(store_reason(cause), detail)
    # Without a code, the server was never reached or hung up.
    code = getattr(cause, "sqlstate", None) or "08"
    reasons = (reason for start, reason in _POSTGRES_REASONS.items() if code.startswith(start))
    return StoreFailed(next(reasons, "failed"), detail)


def may_be_repeated(failure: StoreFailed) -> bool:
    """Whether the same transaction, begun again, is likely to get through: others were in its way."""
    cause = failure.__cause__
    return isinstance(cause, DBAPIError) and getattr(cause.orig, "sqlstate", None) in _AGAIN


def parsed_url(address: str) -> URL:
    """The address of a store; `BadInput` for one that names no database of ours."""
    try:
        url = make_url(address)
        backend = url.get_backend_name()
        if backend in ("postgresql", "postgres"):
            return url.set(drivername="postgresql+psycopg")
        if url.drivername in ("sqlite", "sqlite+pysqlite"):
            return url
    except (ArgumentError, NoSuchModuleError, ValueError):  # the last for a port that is no number
        like = f"sqlite:///{address}" if _PATH.fullmatch(address) else "sqlite:///thoisu.db"
        raise BadInput(f"{masked_address(address)!r} is no database address; it reads like {like}") from None
    raise BadInput(f"{backend} is not supported; use sqlite:///… or postgresql://…")


def _check_file(url: URL) -> None:
    if url.host:
        raise BadInput(f"sqlite://{url.host} names no file; write three slashes: sqlite:///{url.host}")
    if not url.database or ":memory:" in url.database:
        raise BadInput("a database in memory would be gone after the command; name a file: sqlite:///thoisu.db")
    if url.database.startswith("file:"):
        return
    path = Path(url.database)
    if path.is_dir():
        raise BadInput(f"{path} is a folder; name a file in it")
    if not path.parent.is_dir():
        raise BadInput(f"the folder {path.parent} does not exist; make it first")
    for _ in range(_LOOKS):
        if not path.is_file() or not (fault := _fault_of_copy(path)):
            return
        time.sleep(_BETWEEN)  # the files come and go with whoever else opens the store
    raise BadInput(f"the store {path} {fault}")


def _fault_of_copy(path: Path) -> str | None:
    """What shows that a file was copied alone or in part; a copy that is merely older shows nothing.

    SQLite's log holds what the file does not yet, in the first days all of it (sqlite.org/fileformat2.html, section
    1.3; a table without rows is a leaf without cells, section 1.6).
    """
    log, index = (path.with_name(path.name + end) for end in ("-wal", "-shm"))
    try:
        with _heads:
            if _is_open(path):
                return None  # SQLite has found it whole
            with path.open("rb") as file:
                head = file.read(_HEAD)
        size, has_log, has_index = path.stat().st_size, log.exists(), index.exists()
    except OSError:
        return None  # SQLite will say it
    if has_log or len(head) < _HEAD or not head.startswith(b"SQLite format 3\0"):
        return None
    copy = "copy the original together with its -wal while nothing writes, or by: sqlite3 ORIGINAL '.backup COPY'"
    if has_index:  # SQLite makes it after the log, and removes it before
        return f"has lost its log {log.name}; put it back or, if it is gone for ever, remove {index.name} too"
    if head[18] == _WITH_LOG and head[100] == _LEAF and head[103:105] == b"\0\0":
        return f"was copied without its log and holds nothing; {copy} (if it never held anything, remove it)"
    page = int.from_bytes(head[16:18], "big")
    whole = (2**16 if page == 1 else page) * int.from_bytes(head[28:32], "big")
    if head[24:28] == head[92:96] and size < whole:
        return f"is cut off, {size} of {whole} bytes are here; {copy}"
    return None


def _is_open(path: Path) -> bool:
    """Whether this process has a file open.

    Who closes a file, however he has opened it, gives up all locks that his process has on it (sqlite.org/howtocorrupt,
    section 2.2). SQLite's connections of other processes then take themselves for the last, and remove the log into
    which ours go on to write: what they write is lost.
    """
    own = path.stat()
    for descriptor in os.listdir(_DESCRIPTORS) if os.path.isdir(_DESCRIPTORS) else ():
        with suppress(OSError):  # that by which the folder is read is closed again
            if os.path.samestat(own, os.fstat(int(descriptor))):
                return True
    return False


def _prepare_sqlite(connection: sqlite3.Connection, record: Any) -> None:
    with _heads:  # no lock is taken before another thread is through with the file
        pass
    # The driver would begin transactions by itself, and only before a write; `_begin` does it instead.
    connection.isolation_level = None
    # NORMAL with WAL: a power cut may take back the last commits, never tear one (sqlite.org/pragma.html, synchronous).
    for pragma in ("synchronous = NORMAL", "foreign_keys = ON", "cache_size = -32768", "wal_autocheckpoint = 0"):
        connection.execute(f"PRAGMA {pragma}")
    file = connection.execute("PRAGMA database_list").fetchone()[2]
    record.info["log"] = f"{file}-wal"


def _prepare_postgres(connection: Any, _: Any) -> None:
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        name = connection.info.dbname
        raise BadInput(
            f"the database {name} is in {encoding}, which cannot hold every text; make another and name that: "
            f"createdb --encoding=UTF8 --template=template0 {name}_utf8"
        )
    connection.execute(f"SET lock_timeout = '{WAIT}s'; {KEEPALIVES}")
    connection.commit()


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("thoisu_write_lock")
    several = writes == "beside" and connection.dialect.name != "sqlite"
    connection.info["transaction"] = Writing(set() if several else None)
    if connection.dialect.name == "sqlite":
        if writes:
            _shorten_log(connection)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
    elif writes == "alone":
        connection.exec_driver_sql(f"SELECT {unless_frozen()}, pg_advisory_xact_lock({WRITE_LOCK})")


def _shorten_log(connection: Connection) -> None:
    """Write a long log back into the file and cut it to nothing.

    SQLite's own way, at the end of a commit, never comes to the end of the log while others read and write all the
    time, and it grows for ever (sqlite.org/wal.html, "checkpoint starvation"). With readers that stay, the next try is
    made when it has grown by as much again.
    """
    state = connection.info
    size = _size(state["log"])
    if size < state.get("next", LOG):
        return
    connection.exec_driver_sql(f"PRAGMA busy_timeout = {_PATIENCE}")
    busy, *_ = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
    connection.exec_driver_sql(f"PRAGMA busy_timeout = {WAIT * 1000}")
    state["next"] = size + LOG if busy else LOG


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size
    except FileNotFoundError:
        return 0
