"""How far each reader of the change feed has come that keeps nothing else of its own (`progress`).

A reader reads its cursor and a batch after it, works outside of transactions, and moves the cursor in the transaction
that writes what came of it, if nobody has moved it meanwhile. Killed anywhere it goes on from there, and of two at once
one writes. Sinks and alerts keep their cursors with what else they remember and move them in the same way
(`crawler.store.sql.compare_and_set`).
"""

from __future__ import annotations

from sqlalchemy import Column, Connection, Table, select

from crawler.store.schema import Number, Plain, metadata
from crawler.store.sql import upsert

progress = Table(
    "progress",
    metadata,
    Column("name", Plain, primary_key=True),
    Column("seq", Number, nullable=False),  # of the last change that this reader has done with
)


def position(connection: Connection, name: str) -> int:
    """The last change that the reader of this name has done with; 0 for a new one."""
    return connection.scalar(select(progress.c.seq).where(progress.c.name == name)) or 0


def advance(connection: Connection, name: str, was: int, seq: int) -> bool:
    """Note that a reader has done with the changes up to `seq`; False, with nothing written, when it is no longer where
    it `was`. Needs the job of the reader, without which two could find it there."""
    if position(connection, name) != was:
        return False
    upsert(connection, progress, {"name": name}, {"seq": seq})
    return True
