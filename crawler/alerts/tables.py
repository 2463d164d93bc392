"""Watched words, and the pages that have them.

The writing functions run inside one transaction that holds the pen (`crawler.store.database`).
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

watches = Table(
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
class Watch:
    """Words that somebody wants to be told of."""

    id: int
    query: str
    sites: tuple[str, ...]
    """Names; empty for all sites."""
    notify: tuple[str, ...]
    """Where to tell; empty for the setting's."""
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
    """When the message was written that it stands in; no two messages of a watch have the same time."""


def add(connection: Connection, query: str, sites: Iterable[str], notify: Iterable[str], at: datetime, seq: int) -> int:
    """Watch from the change `seq` on; the watch's number."""
    values = {"query": query, "sites": json.dumps(list(sites)), "notify": json.dumps(list(notify)), "added_at": at}
    key = connection.execute(insert(watches).values({**values, "cursor": seq})).inserted_primary_key
    assert key is not None  # noqa: S101 - for the type checker
    return int(key[0])


def remove(connection: Connection, id_: int) -> bool:
    """Forget a watch and what it found; False when there is none of this number."""
    connection.execute(delete(hits).where(hits.c.watch_id == id_))
    return connection.execute(delete(watches).where(watches.c.id == id_)).rowcount == 1


def listed(connection: Connection) -> list[Watch]:
    """All watches, in the order of their numbers."""
    rows = connection.execute(select(watches).order_by(watches.c.id)).mappings()
    return [Watch(**{**row, **{name: tuple(json.loads(row[name])) for name in ("sites", "notify")}}) for row in rows]


def known(connection: Connection, watch: int, article_ids: Iterable[int]) -> set[int]:
    """Those of the articles that the watch has found before."""
    query = select(hits.c.article_id).where(hits.c.watch_id == watch, hits.c.article_id.in_(list(article_ids)))
    return set(connection.scalars(query))


def advance(connection: Connection, was: Watch, seq: int, found: Iterable[Hit]) -> bool:
    """Keep what was found up to the change `seq`; False, with nothing written, when another process was faster."""
    here = (watches.c.id == was.id) & (watches.c.cursor == was.cursor)
    if connection.execute(update(watches).where(here).values(cursor=seq)).rowcount == 0:
        return False
    names = hits.c.keys()
    if rows := [{name: getattr(hit, name) for name in names} for hit in found]:
        connection.execute(insert(hits), rows)
    return True


def untold(connection: Connection, watch: int, limit: int) -> list[Hit]:
    """Hits of which nobody has been told, in the order of the feed."""
    query = select(hits).where(hits.c.watch_id == watch, hits.c.told_at.is_(None)).order_by(hits.c.seq).limit(limit)
    return [Hit(**row) for row in connection.execute(query).mappings()]


def told(connection: Connection, found: Iterable[Hit], at: datetime) -> None:
    """Note that these have been told."""
    for hit in found:
        this = (hits.c.watch_id == hit.watch_id) & (hits.c.article_id == hit.article_id)
        connection.execute(update(hits).where(this).values(told_at=at))


def about(watch: int) -> str:
    """What the messages of a watch are about."""
    return f"watch-{watch}"


def untell(connection: Connection, about: str, made_at: datetime) -> None:
    """What stood in a message has not been told after all; nothing for a message that is not of a watch."""
    kind, _, number = about.partition("-")
    if kind == "watch":
        mine = (hits.c.watch_id == int(number)) & (hits.c.told_at == made_at)
        connection.execute(update(hits).where(mine).values(told_at=None))


def totals(connection: Connection) -> dict[int, tuple[int, int]]:
    """How many pages each watch has found, and how many of these stand in messages."""
    query = select(hits.c.watch_id, func.count(), func.count(hits.c.told_at)).group_by(hits.c.watch_id)
    return {row[0]: (row[1], row[2]) for row in connection.execute(query)}


def written(connection: Connection, watch: int, since: datetime) -> dict[datetime, int]:
    """How many pages of a watch stand in each message that was written since then, by its time."""
    query = select(hits.c.told_at, func.count()).where(hits.c.watch_id == watch, hits.c.told_at >= since)
    return {row[0]: row[1] for row in connection.execute(query.group_by(hits.c.told_at))}
