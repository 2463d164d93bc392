"""Messages for people; each stays until it has reached its target.

The writing functions run inside one writing transaction that holds the job `alerts` (`crawler.store.subjects`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, ColumnElement, Connection, Integer, Table, delete, exists, func, insert, select, update

from crawler.store.schema import Instant, Number, Plain, metadata

messages = Table(
    "messages",
    metadata,
    Column("id", Number, primary_key=True),
    Column("about", Plain, nullable=False),  # "digest", "urgent", or "watch-" and its number
    Column("target", Plain, nullable=False),  # a hash: addresses hold passwords
    Column("title", Plain, nullable=False),
    Column("body", Plain, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("sent_at", Instant),
    Column("failures", Integer, nullable=False),
    Column("next_try_at", Instant, nullable=False),
    Column("last_error", Plain),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Something to be sent to one target."""

    id: int
    about: str
    target: str
    """Of the target's address, the hash."""
    title: str
    body: str
    made_at: datetime
    failures: int
    """Tries so far, none of which got through."""
    next_try_at: datetime
    last_error: str | None
    """Why the last of them failed."""


def put(connection: Connection, about: str, targets: Iterable[str], title: str, body: str, at: datetime) -> None:
    """Write a message to each of the targets."""
    values = {"about": about, "title": title, "body": body, "made_at": at, "failures": 0, "next_try_at": at}
    if rows := [{**values, "target": target} for target in targets]:
        connection.execute(insert(messages), rows)


def last(connection: Connection, about: str, now: datetime) -> datetime | None:
    """When the last message about something was written; not one of a clock that was ahead."""
    of_it = (messages.c.about == about) & (messages.c.made_at <= now)
    made: datetime | None = connection.scalar(select(func.max(messages.c.made_at)).where(of_it))
    return made


def unsent(connection: Connection) -> list[Message]:
    """What is still to be sent, the oldest first."""
    names = [messages.c[name] for name in Message.__dataclass_fields__]
    query = select(*names).where(messages.c.sent_at.is_(None))
    return [Message(**row) for row in connection.execute(query.order_by(messages.c.id)).mappings()]


def sent(connection: Connection, id_: int, at: datetime) -> None:
    """Note that a message got through."""
    connection.execute(update(messages).where(messages.c.id == id_).values(sent_at=at, last_error=None))


def failed(connection: Connection, message: Message, error: str, next_try_at: datetime) -> None:
    """Note that it did not, and when the next try is."""
    values = {"failures": message.failures + 1, "last_error": error, "next_try_at": next_try_at}
    connection.execute(update(messages).where(messages.c.id == message.id).values(values))


def drop(connection: Connection, id_: int) -> None:
    """Forget a message whose target is no more."""
    connection.execute(delete(messages).where(messages.c.id == id_))


def others(connection: Connection, message: Message) -> bool:
    """Whether the same was written to another target as well."""
    same = (messages.c.about == message.about) & (messages.c.made_at == message.made_at)
    return connection.scalar(select(messages.c.id).where(same, messages.c.id != message.id).limit(1)) is not None


def sent_before(before: datetime) -> ColumnElement[bool]:
    """What got through before then, to all of its targets."""
    other = messages.alias()
    waits = exists().where(
        other.c.about == messages.c.about, other.c.made_at == messages.c.made_at, other.c.sent_at.is_(None)
    )
    return (messages.c.sent_at < before) & ~waits


def stuck(connection: Connection, failures: int) -> list[tuple[str, int, datetime, str]]:
    """What messages are about that failed so often: how many wait, since when, and the last error."""
    waiting = messages.c.sent_at.is_(None) & (messages.c.failures >= failures)
    columns = (messages.c.about, func.count(), func.min(messages.c.made_at), func.max(messages.c.last_error))
    query = select(*columns).where(waiting).group_by(messages.c.about).order_by(messages.c.about)
    return [(row[0], row[1], row[2], row[3]) for row in connection.execute(query)]
