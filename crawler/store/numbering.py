"""The numbers of changes: who has seen `seq` N has seen all up to N, for ever.

SQLite has one writer at a time, so a change gets the next number when it is appended.

PostgreSQL has many at once, and a number that is drawn before the commit says nothing of the order in which others see
it. There a change is appended to `unnumbered`, and gets its number in a step that one process at a time takes, under
the numbering lock: the next numbers for all changes whose transactions have been committed. So numbers become visible
in their order, without holes, and nobody waits for a transaction that is still open.

The step is the function `number_changes` of the database. A writer takes it within its own transaction, as its last
statement, when nobody else is just taking it. Else it commits, and tries once more; whoever has held the lock looks
again after its own commit, so one of the two numbers what was left. Before its commit nobody can say that there will
be none, so the look, a round trip, is made by a lone writer too. A process that dies in between leaves it to whoever
writes, opens the store or asks for the end of the feed next (`last_number`). Who may only read, as on a replica, does
not see a change before it has its number.

Which rows are still to be numbered is asked by transaction: all that began before the oldest that was running at the
last step of this connection are known to be done. So a reader of hours, for whom PostgreSQL must keep what was deleted,
does not make the step slow.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Engine,
    Integer,
    MetaData,
    Table,
    bindparam,
    func,
    insert,
    select,
    update,
)

from crawler.errors import StoreFailed
from crawler.store.database import WRITE_LOCK, state, transaction, unless_frozen
from crawler.store.schema import Instant, Plain, changes, links
from crawler.store.sql import Prepared

logger = logging.getLogger(__name__)

UNKNOWN = -1
"""In `links.past`, until the end of the transaction: the number that its last change will have."""

# PostgreSQL's alone, as the tables of the index of words; it also has `id`, which grows, and `xid`.
_unnumbered = Table(
    "unnumbered",
    MetaData(),
    Column("event", Plain),
    Column("article_id", BigInteger),
    Column("revision", Integer),
    Column("url", Plain),
    Column("site", Plain),
    Column("content_hash", Plain),
    Column("at", Instant),
)
_LAST = select(func.max(changes.c.seq)).scalar_subquery()
_APPEND = {
    "sqlite": Prepared(insert(changes).values(seq=func.coalesce(_LAST, 0) + 1).inline()),
    "postgresql": Prepared(insert(_unnumbered).inline()),
}
_FROM_BACKFILL = (
    update(links)
    .where(links.c.canonical_url.in_(bindparam("urls", expanding=True)), links.c.backfill_seq == UNKNOWN)
    .values(backfill_seq=_LAST)
)
_LEFT = "FROM unnumbered WHERE xid >= %(mark)s::bigint"
# In one snapshot: the oldest transaction that runs, the last number, and whether anything is left to be numbered.
_LOOK = (
    "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint, (SELECT coalesce(max(seq), 0) FROM changes), "  # noqa: S608 - nothing but what stands here
    f"EXISTS (SELECT {_LEFT})"
)
_NUMBER = "SELECT number_changes(%(mark)s, %(wait)s)"
_SHARE = f"pg_advisory_xact_lock_shared({WRITE_LOCK})"
_TRY_TO_SHARE = f"pg_try_advisory_xact_lock_shared({WRITE_LOCK})"


def append(connection: Connection, change: Mapping[str, Any]) -> None:
    """Add a change to the end of the feed: the columns of `changes` without `seq`."""
    _APPEND[connection.dialect.name].run(connection, change)
    state(connection).appended = True


def last_came_by_backfill(connection: Connection, urls: Iterable[str]) -> None:
    """`links.past` of these addresses, which is `UNKNOWN`, becomes the number of the last change when that is known."""
    state(connection).from_backfill.update(urls)


def finish(connection: Connection) -> bool:
    """The last step of a writing transaction: number what it has appended, and what others have, if nobody else does.

    Returns whether `number_rest` is to follow the commit. Who must know his number waits, and waits for nobody that
    could wait for him: whoever has the lock is at his end.
    """
    mine = state(connection)
    steps = connection.dialect.name != "sqlite" and (mine.appended or bool(mine.from_backfill))
    if steps:
        wait = bool(mine.from_backfill) or mine.held is None
        connection.exec_driver_sql(_NUMBER, {**_mark(connection), "wait": wait})
    if mine.from_backfill:
        connection.execute(_FROM_BACKFILL, {"urls": sorted(mine.from_backfill)})
    return steps


def number_rest(engine: Engine) -> None:
    """After the commit of a transaction that has numbered or tried to: number what is left, unless somebody does."""
    _number_left(engine, _SHARE, wait=False)


def catch_up(engine: Engine) -> None:
    """Number what was committed before this call, for who reads; but not while somebody writes alone."""
    _number_left(engine, _TRY_TO_SHARE, wait=True)


def last_number(connection: Connection) -> int:
    """The greatest `seq` there is, after whatever is committed has got its own; 0 for none."""
    if connection.dialect.name == "sqlite":
        return connection.scalar(select(func.max(changes.c.seq))) or 0
    last, left = _look(connection)
    if left:
        catch_up(connection.engine.execution_options(thoisu_write_lock=None))
        last, _ = _look(connection)
    return last


def is_left(connection: Connection) -> bool:
    """Whether, as a transaction on PostgreSQL sees it, anything is still to be numbered."""
    return _look(connection)[1]


def _number_left(engine: Engine, share: str, *, wait: bool) -> None:
    try:
        # Who could not number while this held the lock has left it to the look after the commit, and need not be
        # waited for.
        while _left(engine) and _number(engine, share, wait=wait):
            wait = False
    except StoreFailed as failure:
        logger.debug("changes are not numbered now: %s", failure)


def _number(engine: Engine, share: str, *, wait: bool) -> bool:
    """Number what is left, if the lock can be had."""
    with transaction(engine) as connection:
        # Who has the write lock alone may be of a version that numbers changes himself.
        if connection.exec_driver_sql(f"SELECT {share}, {unless_frozen()}").scalar() is False:
            return False
        done: bool = connection.exec_driver_sql(_NUMBER, {**_mark(connection), "wait": wait}).scalar_one()
        return done


def _left(engine: Engine) -> bool:
    with transaction(engine.execution_options(isolation_level="AUTOCOMMIT")) as connection:
        return _look(connection)[1]


def _look(connection: Connection) -> tuple[int, bool]:
    oldest, last, left = connection.exec_driver_sql(_LOOK, _mark(connection)).one()
    if not left:
        connection.info["numbered"] = oldest
    return last, left


def _mark(connection: Connection) -> dict[str, int]:
    """The transaction before which nothing is left, as far as this connection knows; it is forgotten with it."""
    return {"mark": connection.info.get("numbered", 0)}
