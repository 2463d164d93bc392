"""When the store is at rest, and giving back to the disk what SQLite keeps free in its file.

SQLite uses free pages again, so a file grows only by what is new; VACUUM (sqlite.org/lang_vacuum.html) makes it smaller
after much was dropped, by writing it anew: it takes as much room again, and nobody writes meanwhile. PostgreSQL's own
autovacuum does what it needs (manual, 25.1).
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, select

from crawler.errors import StoreFailed
from crawler.maintenance.packed import check_room
from crawler.maintenance.sizes import free_bytes
from crawler.store import Store
from crawler.store.database import WAIT, failed
from crawler.store.schema import changes
from crawler.text import VIETNAM

LARGE = 2**30
"""Bytes of a file from which it is not written anew unasked: a writer waits half a minute for the lock."""
WORTH = 64 * 2**20
"""Free bytes from which, when they are a quarter of the file, it is written anew."""
_QUARTER = 4
_USUAL = 2  # o'clock in Viet Nam: the hour of a store that knows none of its own
_ENOUGH, _MOST = 500, 20_000  # changes by which an hour is told: at least, and the newest so many
_HOURS = 24
_EVERY, _AT_LATEST = timedelta(hours=20), timedelta(hours=48)


def quiet_hour(connection: Connection) -> int:
    """The hour in Viet Nam from which on, for two hours, the fewest changes come, by the newest of them."""
    times = connection.scalars(select(changes.c.at).order_by(changes.c.seq.desc()).limit(_MOST))
    hours = Counter(at.astimezone(VIETNAM).hour for at in times)
    if hours.total() < _ENOUGH:
        return _USUAL
    return min(range(_HOURS), key=lambda hour: (hours[hour] + hours[(hour + 1) % _HOURS], (hour - _USUAL) % _HOURS))


def is_due(connection: Connection, last: datetime | None, now: datetime) -> bool:
    """Whether what is done once a day, and was done at `last`, is to be done now: in the quiet hours, or overdue."""
    if last is None or last > now or now - last >= _AT_LATEST:
        return True
    hour = quiet_hour(connection)
    return now - last >= _EVERY and (now.astimezone(VIETNAM).hour - hour) % _HOURS < 2


def is_worth(free: int, size: int) -> bool:
    """Whether so much is free in a file that it is to be written anew."""
    return free >= WORTH and free * _QUARTER >= size


def vacuum(store: Store) -> int:
    """Write the file of a store in SQLite anew, without what is free in it; the bytes that the disk has back.

    StoreFailed where there is no room for it, or another process does not let it.
    """
    with store.reading() as connection:
        _, before = free_bytes(connection)
    if not before:
        return 0
    path = Path(str(store.url.database))
    check_room(path.absolute().parent, 2 * before)  # the new file, and the log by which it comes into the old one
    own = sqlite3.connect(path, timeout=WAIT, isolation_level=None)
    try:
        own.execute("VACUUM")
        own.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error as error:
        failure = failed(error)
        raise (failure if isinstance(failure, StoreFailed) else error) from error
    finally:
        own.close()
    with store.reading() as connection:
        return before - free_bytes(connection)[1]
