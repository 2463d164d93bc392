"""The robots.txt of each host as it was last answered, so that not every look at a site costs a request for it.

The functions run inside one transaction; the one that writes, inside one that holds the pen (`crawler.store.database`).
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, Connection, LargeBinary, Table, select, update

from crawler.store.schema import Instant, Plain, metadata

rules = Table(
    "rules",
    metadata,
    Column("origin", Plain, primary_key=True),  # scheme, host and port
    Column("asked_at", Instant, nullable=False),
    Column("text", LargeBinary, nullable=False),  # what of it is to be obeyed
)


def remembered(connection: Connection, origin: str, since: datetime) -> bytes | None:
    """What is to be obeyed at a host, if it was asked since then."""
    text: bytes | None = connection.scalar(
        select(rules.c.text).where(rules.c.origin == origin, rules.c.asked_at >= since)
    )
    return text


def remember(connection: Connection, origin: str, at: datetime, text: bytes) -> None:
    """Keep what a host has answered."""
    values = {"asked_at": at, "text": text}
    if connection.execute(update(rules).where(rules.c.origin == origin).values(values)).rowcount == 0:
        connection.execute(rules.insert().values(origin=origin, **values))
