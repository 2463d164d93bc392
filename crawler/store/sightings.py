"""What each source has listed, how its polls went day by day, and where a window did not overlap the one before.

    sources ─┬─ claims ── links     a sighting for each article that the source has listed, with the day that it says
             ├─ looked              polls and failures of a day of Viet Nam's calendar
             └─ gaps                spans in which the source may have shown what nobody saw

The functions run inside one transaction; those that write, inside one that holds the site (`crawler.store.subjects`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Date,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    and_,
    bindparam,
    case,
    exists,
    func,
    insert,
    select,
    update,
)

from crawler.discover import WindowItem, claimed_day, overlaps, span_of, window_end, window_reach
from crawler.items import Link
from crawler.store.schema import WAITING, Fate, Instant, Number, Plain, links, metadata, sources
from crawler.store.sql import given, upsert
from crawler.text import day_of

sightings = Table(
    "claims",
    metadata,
    Column("source_id", Number, ForeignKey("sources.id"), nullable=False),
    Column("link_id", Number, ForeignKey("links.id"), nullable=False),
    Column("day", Date, nullable=False),  # of publication, as the source had it when it first listed the article
    PrimaryKeyConstraint("source_id", "link_id"),
    sqlite_with_rowid=False,
)
Index("ix_claims_link_id", sightings.c.link_id)  # who has listed a link that is to be forgotten
Index("ix_claims_source_id_day", sightings.c.source_id, sightings.c.day)  # the last days of years of sightings

poll_days = Table(
    "looked",
    metadata,
    Column("source_id", Number, ForeignKey("sources.id"), nullable=False),
    Column("day", Date, nullable=False),
    Column("looks", Integer, nullable=False, key="polls"),
    Column("failed", Integer, nullable=False),
    Column("word", Plain, key="reason"),  # of the last failure
    PrimaryKeyConstraint("source_id", "day"),
    sqlite_with_rowid=False,
)

gaps = Table(
    "gaps",
    metadata,
    Column("id", Number, primary_key=True),
    Column("source_id", Number, ForeignKey("sources.id"), nullable=False, index=True),
    Column("since", Instant, nullable=False),  # the newest that the last window had
    Column("until", Instant, nullable=False),  # the oldest that the new one has
    Column("raised_at", Instant, nullable=False),
)

SIGHTED = and_(sightings.c.link_id == links.c.id, sightings.c.source_id == bindparam("b_source", type_=Number))
"""Joins a link to its sighting in the source that is being polled."""
_ONE_MORE = {
    **{name: poll_days.c[name] + given(poll_days, name) for name in ("polls", "failed")},
    "reason": func.coalesce(given(poll_days, "reason"), poll_days.c.reason),
}
# A time of publication after the one at which the link was found is a mistaken clock's.
_seen_at = case((links.c.published_at < links.c.found_at, links.c.published_at), else_=links.c.found_at)


def add_sightings(
    connection: Connection, source_id: int, url: str, found: Iterable[tuple[int, Link]], at: datetime
) -> None:
    """The source at `url` lists these articles, which it had not listed before; each comes with its link's number."""
    shard = span_of(url)
    rows = [{"source_id": source_id, "link_id": id_, "day": claimed_day(link, shard, at)} for id_, link in found]
    if rows:
        connection.execute(insert(sightings), rows)


def date_sightings(connection: Connection, url: str, days: Mapping[int, date]) -> None:
    """Of what day the articles are after all that a source without times lists, by their links' numbers."""
    if not days:
        return
    source_id = select(sources.c.id).where(sources.c.url == url).scalar_subquery()
    mine = (sightings.c.source_id == source_id) & (sightings.c.link_id == bindparam("b_link"))
    rows = [{"b_link": id_, "b_day": day} for id_, day in days.items()]
    connection.execute(update(sightings).where(mine).values(day=bindparam("b_day")), rows)


def note_poll(connection: Connection, source_id: int, at: datetime, reason: str | None) -> None:
    """One poll of a source more on that day; `reason` says why it gave nothing."""
    key = {"source_id": source_id, "day": day_of(at)}
    upsert(connection, poll_days, key, {"polls": 1, "failed": int(reason is not None), "reason": reason}, _ONE_MORE)


def note_gap(connection: Connection, source_id: int, window: Sequence[tuple[Link, bool]], at: datetime) -> bool:
    """Note the span in doubt when the window overlaps no earlier one; returns whether it did.

    Each of its links comes with whether the source had listed it before. One that never listed anything has no
    earlier window.
    """
    items = [WindowItem(link.published_at, known) for link, known in window]
    if not items or (overlaps(items) and not _pushed_out(connection, source_id, items)):
        return False
    # Without what this very poll has just brought.
    earlier = select(func.max(_seen_at, type_=Instant)).join(sightings, sightings.c.link_id == links.c.id)
    since = connection.scalar(earlier.where(sightings.c.source_id == source_id))
    if since is None:
        return False
    back_to = window_reach(items)
    # A window that says to reach behind what was seen, and shows nothing of it, has a clock that is off.
    until = back_to if back_to is not None and since < back_to <= at else at
    connection.execute(insert(gaps).values(source_id=source_id, since=since, until=until, raised_at=at))
    return True


def polls_before(before: datetime) -> ColumnElement[bool]:
    """How the polls of earlier days went."""
    return poll_days.c.day < day_of(before)


def of_old_shards(before: datetime) -> ColumnElement[bool]:
    """What parts of a source have listed that the crawl has not asked since, of links found before then and done with.

    A part is the shard of a day or month, or a page of a list. What a source lists that is still polled stays:
    forgotten, it would come as new with the next poll.
    """
    part = sources.c.route.is_not(None) & (sources.c.checked_at.is_(None) | (sources.c.checked_at < before))
    done = (links.c.found_at < before) & links.c.fate.not_in(WAITING)
    return exists().where(sources.c.id == sightings.c.source_id, part) & exists().where(
        links.c.id == sightings.c.link_id, done
    )


def of_forgotten_links(before: datetime) -> ColumnElement[bool]:
    """The sightings of links that are `forgettable`."""
    return sightings.c.link_id.in_(select(links.c.id).where(forgettable(before)))


def forgettable(before: datetime) -> ColumnElement[bool]:
    """Links that were found before then and given up, without a page ever stored, and that no source has listed which
    was polled since: none will list them tomorrow, so that they come back as new and are asked again."""
    polled = exists().where(
        sightings.c.link_id == links.c.id, sources.c.id == sightings.c.source_id, sources.c.checked_at >= before
    )
    given_up = (links.c.fate == Fate.REFUSED) & links.c.fetched_at.is_(None)
    return given_up & (links.c.found_at < before) & ~polled


def _pushed_out(connection: Connection, source_id: int, window: Sequence[WindowItem]) -> bool:
    """Whether the window ends with something new, below which it showed something before.

    Then others may have gone unseen, although something in it is known: that may all be dated ahead, and stand above
    what has come since.
    """
    last = window_end(window)
    if last is None or last.known:
        return False
    mine = (
        select(links.c.id).join(sightings, sightings.c.link_id == links.c.id).where(sightings.c.source_id == source_id)
    )
    return connection.scalar(mine.where(links.c.published_at < last.at).limit(1)) is not None
