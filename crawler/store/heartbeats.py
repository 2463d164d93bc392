"""Signs of life of the scheduler, and what it has seen of a clock that jumped.

    beats    when the scheduler last said that it runs, and when a backup was made, old things were dropped
    jumps    by how much the machine's clock went wrong or was put right, and how many stored times it had spoilt

The functions that write run inside one writing transaction that holds the job `schedule` (`crawler.store.subjects`).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Column, Connection, Float, Integer, Table, delete, insert, select

from crawler.store.schema import Instant, Number, Plain, metadata
from crawler.store.sql import upsert

_RUNS, _BEGAN = "schedule", "schedule began"  # `beats.who`
_KEPT = timedelta(days=30)
DOUBTED = timedelta(days=1)
"""How long it may still be found that the clock was wrong when it jumped."""

beats = Table(
    "beats",
    metadata,
    Column("who", Plain, primary_key=True),
    Column("at", Instant, nullable=False),
)

jumps = Table(
    "jumps",
    metadata,
    Column("id", Number, primary_key=True),
    Column("at", Instant, nullable=False),  # when it was found, by the clock after it
    Column("seconds", Float, nullable=False),
    Column("healed", Integer, nullable=False),
)


class Jump(NamedTuple):
    """A jump of the machine's clock."""

    at: datetime
    """When it was found."""
    seconds: float
    """By how much it went forward (or the machine stood still); below 0, back."""
    healed: int
    """Polls whose stored time had been spoilt, and which were made due at once."""


def beat(connection: Connection, at: datetime) -> None:
    """The scheduler runs."""
    note(connection, _RUNS, at)


def begin(connection: Connection, at: datetime) -> None:
    """A scheduler has taken over the store."""
    note(connection, _BEGAN, at)


def note(connection: Connection, who: str, at: datetime) -> None:
    """Something else has been done, by this name."""
    upsert(connection, beats, {"who": who}, {"at": at})


def last(connection: Connection, who: str) -> datetime | None:
    """When it was done last; None when it never was."""
    at: datetime | None = connection.scalar(select(beats.c.at).where(beats.c.who == who))
    return at


def last_beat(connection: Connection) -> datetime | None:
    """When the scheduler last said so; None when it never did."""
    return last(connection, _RUNS)


def began(connection: Connection) -> datetime | None:
    """When the last scheduler took over the store; None when none ever did."""
    return last(connection, _BEGAN)


def note_jump(connection: Connection, jump: Jump) -> None:
    """Keep a jump, and drop those that are long past or, by this clock, to come."""
    outside = (jumps.c.at < jump.at - _KEPT) | (jumps.c.at > jump.at)
    connection.execute(delete(jumps).where(outside))
    connection.execute(insert(jumps), jump._asdict())


def jumps_between(connection: Connection, since: datetime, until: datetime) -> list[Jump]:
    """The jumps found in this time, the oldest first."""
    query = select(jumps.c.at, jumps.c.seconds, jumps.c.healed).where(jumps.c.at.between(since, until))
    return [Jump(*row) for row in connection.execute(query.order_by(jumps.c.at, jumps.c.id))]


def passed(connection: Connection, since: datetime, until: datetime) -> datetime:
    """`until` without what the clock has jumped over since then: a clock that went wrong, or a machine that stood
    still."""
    found = jumps_between(connection, since, until)
    return until - timedelta(seconds=sum(max(jump.seconds, 0) for jump in found))
