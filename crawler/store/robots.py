"""The robots.txt of each host as it was last answered, so that not every run of a site costs a request for it.

The functions run inside one transaction; the one that writes, inside one that holds the site
(`crawler.store.subjects`).
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, Connection, LargeBinary, Table, select

from crawler.store.schema import Instant, Plain, metadata
from crawler.store.sql import upsert
from crawler.text import SKEW

robots_cache = Table(
    "rules",
    metadata,
    Column("origin", Plain, primary_key=True),  # scheme, host and port
    Column("asked_at", Instant, nullable=False),
    Column("text", LargeBinary, nullable=False),  # what of it is to be obeyed
)


def remembered(connection: Connection, origin: str, since: datetime, now: datetime) -> bytes | None:
    """What is to be obeyed at a host, if it was asked since then, and not by a clock that was ahead."""
    text: bytes | None = connection.scalar(
        select(robots_cache.c.text).where(
            robots_cache.c.origin == origin, robots_cache.c.asked_at.between(since, now + SKEW)
        )
    )
    return text


def remember(connection: Connection, origin: str, at: datetime, text: bytes) -> None:
    """Keep what a host has answered."""
    upsert(connection, robots_cache, {"origin": origin}, {"asked_at": at, "text": text})
