"""How far each sink has come, what is wrong with it, and the records that it does not take.

The writing functions run inside one writing transaction that holds the job `sink …` (`crawler.store.subjects`).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import (
    Column,
    Connection,
    Float,
    ForeignKey,
    Integer,
    PrimaryKeyConstraint,
    Table,
    delete,
    select,
    update,
)

from crawler.store.schema import Instant, Number, Plain, changes, every, metadata
from crawler.store.sql import compare_and_set, upsert

identity = Table("identity", metadata, Column("id", Plain, primary_key=True))

sinks = Table(
    "sinks",
    metadata,
    Column("name", Plain, primary_key=True),
    Column("cursor", Number, nullable=False),
    Column("replays", Integer, nullable=False, key="rewinds"),
    Column("state", Plain, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("last_error", Plain),
    Column("failed_at", Instant),
    Column("next_try_at", Instant),
    Column("delivered", Number, nullable=False),
    Column("rate", Float),
    Column("updated_at", Instant, nullable=False),
)

set_aside = Table(
    "set_aside",
    metadata,
    Column("sink", Plain, ForeignKey("sinks.name"), nullable=False),
    Column("seq", Number, nullable=False),
    Column("reason", Plain, nullable=False),
    Column("at", Instant, nullable=False),
    PrimaryKeyConstraint("sink", "seq"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SinkState:
    """What the store remembers of a sink."""

    name: str
    cursor: int = 0
    """The last `seq` that is dealt with: delivered, filtered out or set aside."""
    rewinds: int = 0
    """How often it was set back to an earlier change."""
    state: str = "new"
    """"new", "ok", or the reason of the failure that goes on; `crawler.store.schema` draws how it changes."""
    failures: int = 0
    """In a row."""
    last_error: str | None = None
    failed_at: datetime | None = None
    next_try_at: datetime | None = None
    """None when it may be tried at once."""
    delivered: int = 0
    """Since ever, those delivered again among them."""
    rate: float | None = None
    """Changes a second while it delivers, a mean that leans to the last batches."""
    updated_at: datetime | None = None
    """None for a sink that nobody has begun to deliver to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """A record that a sink did not take."""

    seq: int
    reason: str
    at: datetime


def store_id(connection: Connection) -> str:
    """The store's own name, made with it; a copy of the database bears the same."""
    found: str = connection.scalars(select(identity.c.id)).one()
    return found


def state(connection: Connection, name: str) -> SinkState:
    """What is remembered of a sink; a fresh state when it is new."""
    row = connection.execute(select(*every(sinks)).where(sinks.c.name == name)).mappings().first()
    return SinkState(**row) if row else SinkState(name=name)


def begin(connection: Connection, name: str, at: datetime) -> SinkState:
    """The state of a sink, entered when it is new."""
    new = asdict(SinkState(name=name, updated_at=at))
    upsert(connection, sinks, {"name": new.pop("name")}, new, {})
    return state(connection, name)


def advance(
    connection: Connection, was: SinkState, cursor: int, delivered: int, rate: float | None, at: datetime
) -> bool:
    """Move the cursor; False, with nothing written, when somebody else has moved it since `was` was read."""
    well = {"state": "ok", "failures": 0, "next_try_at": None}
    moved = {"cursor": cursor, "delivered": sinks.c.delivered + delivered, "rate": rate, "updated_at": at}
    here = {"name": was.name, "cursor": was.cursor, "rewinds": was.rewinds}
    return compare_and_set(connection, sinks, here, {**well, **moved})


def fail(
    connection: Connection, name: str, reason: str, error: str, at: datetime, next_try_at: datetime, failures: int
) -> None:
    """Note that the sink takes nothing now."""
    values = {"state": reason, "last_error": error, "failed_at": at, "next_try_at": next_try_at, "failures": failures}
    connection.execute(update(sinks).where(sinks.c.name == name).values(updated_at=at, **values))


def put_aside(connection: Connection, name: str, seq: int, reason: str, at: datetime) -> None:
    """Note that the sink does not take a record; a second time replaces the first."""
    upsert(connection, set_aside, {"sink": name, "seq": seq}, {"reason": reason, "at": at})


def aside(connection: Connection, name: str) -> list[SetAside]:
    """The records set aside, in the order of `seq`."""
    query = select(set_aside.c.seq, set_aside.c.reason, set_aside.c.at).where(set_aside.c.sink == name)
    return [SetAside(**row) for row in connection.execute(query.order_by(set_aside.c.seq)).mappings()]


def resume(connection: Connection, name: str) -> None:
    """Let the next try be now."""
    connection.execute(update(sinks).where(sinks.c.name == name).values(next_try_at=None))


def rewind(connection: Connection, name: str, first: int, at: datetime) -> None:
    """Deliver from the change `first` on again, what was set aside among it."""
    connection.execute(delete(set_aside).where(set_aside.c.sink == name, set_aside.c.seq >= first))
    values = {"cursor": first - 1, "rewinds": sinks.c.rewinds + 1, "next_try_at": None, "updated_at": at}
    connection.execute(update(sinks).where(sinks.c.name == name).values(values))


def waiting_since(connection: Connection, cursor: int) -> datetime | None:
    """When the first change after the cursor happened; None when there is none."""
    query = select(changes.c.at).where(changes.c.seq > cursor).order_by(changes.c.seq).limit(1)
    return connection.scalar(query)
