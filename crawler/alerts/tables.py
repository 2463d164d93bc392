"""Alerts, and the pages that have their words. In the database they are called watches and hits.

The writing functions run inside one transaction that holds the write lock (`crawler.store.database`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    PrimaryKeyConstraint,
    Table,
    delete,
    func,
    insert,
    select,
    update,
)

from crawler.store.schema import Instant, Number, Plain, metadata

alerts = Table(
    "watches",
    metadata,
    Column("id", Number, primary_key=True),
    Column("query", Plain, nullable=False),
    Column("sites", Plain, nullable=False),  # a JSON list; empty for all
    Column("notify", Plain, nullable=False),  # a JSON list; empty for the setting's
    Column("added_at", Instant, nullable=False),
    Column("cursor", Number, nullable=False),
    sqlite_autoincrement=True,  # a removed watch's number is never another's
)

hits = Table(
    "hits",
    metadata,
    Column("watch_id", Number, ForeignKey("watches.id"), nullable=False),
    Column("article_id", Number, ForeignKey("articles.id"), nullable=False),
    Column("seq", Number, nullable=False),
    Column("url", Plain, nullable=False),
    Column("site", Plain),
    Column("title", Plain, nullable=False),
    Column("sentence", Plain, nullable=False),
    Column("found_at", Instant, nullable=False),
    Column("told_at", Instant),
    PrimaryKeyConstraint("watch_id", "article_id"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """Words of which somebody wants to hear."""

    id: int
    query: str
    sites: tuple[str, ...]
    """Names; empty for all sites."""
    notify: tuple[str, ...]
    """Where to send; empty for the setting's."""
    added_at: datetime
    cursor: int
    """The last change that it was compared with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A page that has the words, once for each article."""

    watch_id: int
    article_id: int
    seq: int
    """The change that brought it."""
    url: str
    site: str | None
    title: str
    sentence: str
    """Where the words stand."""
    found_at: datetime
    told_at: datetime | None
    """When the message was written that it stands in; no two messages of an alert have the same time."""


def add(connection: Connection, query: str, sites: Iterable[str], notify: Iterable[str], at: datetime, seq: int) -> int:
    """Alert from the change `seq` on; the number of the alert."""
    values = {"query": query, "sites": json.dumps(list(sites)), "notify": json.dumps(list(notify)), "added_at": at}
    key = connection.execute(insert(alerts).values({**values, "cursor": seq})).inserted_primary_key
    assert key is not None  # noqa: S101 - for the type checker
    return int(key[0])


def remove(connection: Connection, id_: int) -> bool:
    """Forget an alert and what it found; False when there is none of this number."""
    connection.execute(delete(hits).where(hits.c.watch_id == id_))
    return connection.execute(delete(alerts).where(alerts.c.id == id_)).rowcount == 1


def listed(connection: Connection) -> list[Alert]:
    """All alerts, in the order of their numbers."""
    rows = connection.execute(select(alerts).order_by(alerts.c.id)).mappings()
    return [Alert(**{**row, **{name: tuple(json.loads(row[name])) for name in ("sites", "notify")}}) for row in rows]


def known(connection: Connection, alert: int, article_ids: Iterable[int]) -> set[int]:
    """Those of the articles that the alert has found before."""
    query = select(hits.c.article_id).where(hits.c.watch_id == alert, hits.c.article_id.in_(list(article_ids)))
    return set(connection.scalars(query))


def advance(connection: Connection, was: Alert, seq: int, found: Iterable[Hit]) -> bool:
    """Keep what was found up to the change `seq`; False, with nothing written, when another process was faster."""
    here = (alerts.c.id == was.id) & (alerts.c.cursor == was.cursor)
    if connection.execute(update(alerts).where(here).values(cursor=seq)).rowcount == 0:
        return False
    names = hits.c.keys()
    if rows := [{name: getattr(hit, name) for name in names} for hit in found]:
        connection.execute(insert(hits), rows)
    return True


def unwritten(connection: Connection, alert: int, limit: int) -> list[Hit]:
    """Hits that stand in no message yet, in the order of the feed."""
    query = select(hits).where(hits.c.watch_id == alert, hits.c.told_at.is_(None)).order_by(hits.c.seq).limit(limit)
    return [Hit(**row) for row in connection.execute(query).mappings()]


def mark_written(connection: Connection, found: Iterable[Hit], at: datetime) -> None:
    """Note that these stand in a message."""
    for hit in found:
        this = (hits.c.watch_id == hit.watch_id) & (hits.c.article_id == hit.article_id)
        connection.execute(update(hits).where(this).values(told_at=at))


def about(alert: int) -> str:
    """What the messages of an alert are about."""
    return f"watch-{alert}"


def unmark(connection: Connection, about: str, made_at: datetime) -> None:
    """What stood in a message stands in none any more; nothing for a message that is not of an alert."""
    kind, _, number = about.partition("-")
    if kind == "watch":
        mine = (hits.c.watch_id == int(number)) & (hits.c.told_at == made_at)
        connection.execute(update(hits).where(mine).values(told_at=None))


def totals(connection: Connection) -> dict[int, tuple[int, int]]:
    """How many pages each alert has found, and how many of these stand in messages."""
    query = select(hits.c.watch_id, func.count(), func.count(hits.c.told_at)).group_by(hits.c.watch_id)
    return {row[0]: (row[1], row[2]) for row in connection.execute(query)}


def message_sizes(connection: Connection, alert: int, since: datetime) -> dict[datetime, int]:
    """How many pages of an alert stand in each message that was written since then, by its time."""
    query = select(hits.c.told_at, func.count()).where(hits.c.watch_id == alert, hits.c.told_at >= since)
    return {row[0]: row[1] for row in connection.execute(query.group_by(hits.c.told_at))}
