"""One process at a time for a job, by a lock that dies with its process.

On PostgreSQL an advisory lock of a session of its own (manual, 13.3.5), on SQLite a locked file beside the database.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from hashlib import blake2b
from pathlib import Path
from urllib.parse import unquote, urlsplit

from sqlalchemy import Engine, NullPool, create_engine, text
from sqlalchemy.exc import DBAPIError

from crawler.errors import StoreFailed, ThoisuError
from crawler.store.database import KEEPALIVES, failed, when_cut_off


class LockTaken(ThoisuError):
    """Another process does this job already."""


@contextmanager
def lock(engine: Engine, job: str) -> Iterator[Callable[[], None]]:
    """Hold the lock of a job, named by letters, digits, "-" and "_".

    What it gives raises StoreFailed when the lock is lost, as it is when the server restarts. Raises LockTaken when
    another holds it, be it another thread; StoreFailed when the database, or the folder of the file, cannot.
    """
    with (_file if engine.dialect.name == "sqlite" else _session)(engine, job) as confirm:
        yield confirm


@contextmanager
def _file(engine: Engine, job: str) -> Iterator[Callable[[], None]]:
    name = engine.url.database or ""
    path = Path(unquote(urlsplit(name).path) if name.startswith("file:") else name).resolve()
    path = path.with_name(f"{path.name}-{job}.lock")
    try:
        handle = _locked(path, job)
    except OSError as error:
        raise StoreFailed("read_only", f"{error.filename}: {error.strerror}") from error
    try:
        yield lambda: None
    finally:
        path.unlink(missing_ok=True)
        os.close(handle)


def _locked(path: Path, job: str) -> int:
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # Its last holder may just have removed it, and another have locked a new file of its name.
            if os.path.samestat(os.fstat(handle), path.stat()):
                return handle
        except BlockingIOError:
            os.close(handle)
            raise LockTaken(f"another process holds {job!r}") from None
        except FileNotFoundError:
            pass
        os.close(handle)


@contextmanager
def _session(engine: Engine, job: str) -> Iterator[Callable[[], None]]:
    # Not of the pool, which would give the session to others and run out of them.
    about = when_cut_off(engine.url)
    own = create_engine(engine.url, poolclass=NullPool, isolation_level="AUTOCOMMIT", connect_args=about)
    key = int.from_bytes(blake2b(f"thoisu:{job}".encode(), digest_size=8).digest(), signed=True)
    try:
        connection = own.connect()
        connection.exec_driver_sql(KEEPALIVES, execution_options={"no_parameters": True})
        taken = connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": key})
    except DBAPIError as error:
        raise failed(error) or error from error
    try:
        if not taken:
            raise LockTaken(f"another process holds {job!r}")

        def confirm() -> None:
            try:
                connection.scalar(text("SELECT 1"))
            except DBAPIError as error:
                raise failed(error) or error from error

        yield confirm
    finally:
        if taken and not connection.invalidated:
            with suppress(DBAPIError):  # a server that is gone has given it up
                # The end of a session does so too, but only when the server comes to notice it.
                connection.scalar(text("SELECT pg_advisory_unlock(:key)"), {"key": key})
        connection.close()
        own.dispose()
