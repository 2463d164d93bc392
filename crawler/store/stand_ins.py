"""What stands in for the parts of a definition that give nothing any more, when it was searched for, and what shows
that a list and the article pattern no longer meet.

    stand_ins   a row for each from the day it begins, kept after it has ended
    searches    when the repair last searched a site for stand-ins
    unmatched   addresses that a feed or sitemap lists and the site's pattern refuses, with when they were first seen

The functions that write run inside one writing transaction that holds the site (`crawler.store.subjects`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    delete,
    insert,
    select,
    text,
    update,
)

from crawler.sites import StandIn
from crawler.sites.stand_in import from_text, to_text
from crawler.store.schema import Instant, Number, Plain, metadata
from crawler.store.sql import upsert

stand_ins = Table(
    "stand_ins",
    metadata,
    Column("id", Number, primary_key=True),
    Column("site", Plain, ForeignKey("sites.name"), nullable=False),
    Column("part", Plain, nullable=False),
    Column("route", Plain, nullable=False),
    Column("by", Plain),  # JSON of `crawler.sites.stand_in`
    Column("since", Instant, nullable=False),
    Column("why", Plain, nullable=False),
    Column("patch", Plain, nullable=False),
    Column("ended_at", Instant),
)
Index(
    "ix_stand_ins_open",
    stand_ins.c.site,
    sqlite_where=text("ended_at IS NULL"),
    postgresql_where=text("ended_at IS NULL"),
)

searches = Table(
    "searches",
    metadata,
    Column("site", Plain, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("in_vain", Integer, nullable=False),  # how many in a row have found nothing
)

unmatched = Table(
    "unmatched",
    metadata,
    Column("site", Plain, nullable=False),
    Column("url", Plain, nullable=False),
    Column("at", Instant, nullable=False),
    PrimaryKeyConstraint("site", "url"),
)
_KEPT = 500  # unmatched addresses of a site; more than a feed and a section's list show together


@dataclass(frozen=True, slots=True)
class Search:
    """When a site was last searched for stand-ins."""

    at: datetime
    in_vain: int
    """How many searches in a row have found nothing."""


def standing(connection: Connection, site: str) -> list[StandIn]:
    """What stands in at a site now, the oldest first."""
    query = select(stand_ins).where(stand_ins.c.site == site, stand_ins.c.ended_at.is_(None)).order_by(stand_ins.c.id)
    return [_read(row) for row in connection.execute(query).mappings()]


def begin(connection: Connection, new: Iterable[StandIn]) -> None:
    """Let stand-ins begin, in the place of what stands for the same parts."""
    every = list(new)
    for one in every:
        end(connection, one, one.since)
    for one in every:
        values = {field.name: getattr(one, field.name) for field in fields(StandIn)}
        connection.execute(insert(stand_ins), values | {"by": to_text(one.by)})


def end(connection: Connection, one: StandIn, at: datetime) -> None:
    """End what stands in for this part of the site."""
    same = (stand_ins.c.site == one.site, stand_ins.c.part == one.part, stand_ins.c.route == one.route)
    connection.execute(update(stand_ins).where(*same, stand_ins.c.ended_at.is_(None)).values(ended_at=at))


def searched(connection: Connection, site: str) -> Search | None:
    """The last search at a site; None when there was none."""
    row = connection.execute(select(searches.c.at, searches.c.in_vain).where(searches.c.site == site)).first()
    return Search(row.at, row.in_vain) if row else None


def note_search(connection: Connection, site: str, search: Search) -> None:
    """Note that a site has been searched."""
    upsert(connection, searches, {"site": site}, {"at": search.at, "in_vain": search.in_vain})


def note_unmatched(connection: Connection, site: str, urls: Collection[str], at: datetime) -> None:
    """Note addresses that the site's pattern refuses, those that are new; the oldest are forgotten in their favour."""
    wanted = list(dict.fromkeys(urls))[:_KEPT]
    mine = unmatched.c.site == site
    known = set(connection.scalars(select(unmatched.c.url).where(mine, unmatched.c.url.in_(wanted))))
    rows = [{"site": site, "url": url, "at": at} for url in wanted if url not in known]
    if not rows:
        return
    connection.execute(insert(unmatched), rows)
    last = connection.scalar(select(unmatched.c.at).where(mine).order_by(unmatched.c.at.desc()).offset(_KEPT).limit(1))
    if last is not None:
        connection.execute(delete(unmatched).where(mine, unmatched.c.at <= last))


def unmatched_of(connection: Connection, site: str) -> list[tuple[str, datetime]]:
    """The addresses that the site's pattern refuses with when each was first seen, the oldest first."""
    query = select(unmatched.c.url, unmatched.c.at).where(unmatched.c.site == site).order_by(unmatched.c.at)
    return [(row.url, row.at) for row in connection.execute(query)]


def _read(row: Any) -> StandIn:
    values = {field.name: row[field.name] for field in fields(StandIn)}
    return StandIn(**values | {"by": from_text(row["by"])})
