"""The change feed: its end, and its rows with what stood at each page when it changed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, select
from sqlalchemy.sql import FromClause

from crawler.items import Article, Change
from crawler.store.articles import unpack
from crawler.store.numbering import last_number
from crawler.store.schema import articles, changes, copies, revisions
from crawler.store.sql import chunks
from crawler.text.matching import SearchedText
from crawler.text.query import Node, parse

WINDOW = 5000
"""Changes that one reading looks at, however few of them it wants: no transaction stays open for long."""
SIZE = 16 * 2**20
"""Characters of text that one reading gives, and those of one article more; an article has a few thousand."""

_earlier = changes.alias()
# A take-down has no revision of its own: what it took down is the last one before it.
_NUMBER = func.coalesce(
    changes.c.revision,
    select(func.max(_earlier.c.revision))
    .where(_earlier.c.article_id == changes.c.article_id, _earlier.c.seq < changes.c.seq)
    .scalar_subquery(),
)
_JOINED = (
    changes.outerjoin(articles, and_(articles.c.id == changes.c.article_id, articles.c.canonical_url == changes.c.url))
    .outerjoin(revisions, and_(revisions.c.article_id == articles.c.id, revisions.c.number == _NUMBER))
    .outerjoin(
        copies,
        and_(
            articles.c.id.is_(None),
            copies.c.canonical_url == changes.c.url,
            copies.c.article_id == changes.c.article_id,
            copies.c.content_hash == changes.c.content_hash,
        ),
    )
)
_TEXT = ("content_hash", "title", "lead", "body", "record")


def _named(table: FromClause, prefix: str) -> list[ColumnElement[Any]]:
    return [table.c[name].label(prefix + name) for name in _TEXT]


_QUERY = select(changes, *_named(revisions, "r_"), *_named(copies, "c_")).select_from(_JOINED).order_by(changes.c.seq)
_WHICH = select(changes.c.article_id, revisions.c.number, copies.c.id.label("copy_id")).select_from(_JOINED)
_SIZE = func.coalesce(func.length(revisions.c.body), 0) + func.coalesce(func.length(copies.c.body), 0)
_SIZES = select(changes.c.seq, _SIZE.label("size")).select_from(_JOINED).order_by(changes.c.seq)


@dataclass(frozen=True, slots=True)
class FeedItem:
    """A change, and what stood at its page then."""

    change: Change
    article: Article | None
    """None for the text of a copy that another has replaced since."""


def last_change(connection: Connection) -> int:
    """The greatest `seq` there is; 0 for none. What is committed has got its own before (`crawler.store.numbering`)."""
    return last_number(connection)


def before(connection: Connection, at: datetime) -> int:
    """The `seq` behind which the first change lies that was noticed at this moment or later; the last for none."""
    first = connection.scalar(select(changes.c.seq).where(changes.c.at >= at).order_by(changes.c.seq).limit(1))
    return last_change(connection) if first is None else first - 1


def read(
    connection: Connection, after: int, limit: int, *, sites: Collection[str] | None = None, text: str | None = None
) -> tuple[list[FeedItem], int]:
    """The changes after `after` of these sites and of pages with this text, and the last `seq` that was read.

    A page has a text when it, or one that stood there before, has it: who has had a page gets what becomes of it. The
    text is a query (`crawler.text.query`).
    """
    # First the end, then the rows: what is written between the two is read now or the next time.
    end = min(last_change(connection), after + WINDOW)
    query = _SIZES.where(changes.c.seq > after, changes.c.seq <= end).limit(limit)
    if sites is not None:
        query = query.where(changes.c.site.in_(sites))
    sizes = connection.execute(query).all()
    before_each = accumulate((row.size for row in sizes), initial=0)
    chosen = [row.seq for row, before in zip(sizes, before_each, strict=False) if before < SIZE]
    items = [_item(row) for part in chunks(chosen) for row in connection.execute(_QUERY.where(changes.c.seq.in_(part)))]
    if text is not None:
        wanted = parse(text)
        items = [item for item in items if _has(connection, item, wanted)]
    return items, max(end, after) if len(chosen) == len(sizes) < limit else chosen[-1]


def texts_of(connection: Connection, seq: int) -> list[tuple[str, str | None, str]]:
    """Title, lead and body of each text in which `read` looks: what stood at the page of a change, and before it."""
    row = connection.execute(_WHICH.where(changes.c.seq == seq)).one()
    revised = revisions.c.article_id == row.article_id
    if row.number is not None:
        revised &= revisions.c.number <= row.number
    queries = (
        select(table.c.title, table.c.lead, table.c.body).where(wanted)
        for table, wanted in ((revisions, revised), (copies, copies.c.id == row.copy_id))
    )
    return [(found.title, found.lead, found.body) for query in queries for found in connection.execute(query)]


def _has(connection: Connection, item: FeedItem, wanted: Node) -> bool:
    if item.article is not None and wanted.holds(SearchedText.of(item.article)):
        return True
    if item.change.event == "created":
        return False
    return any(wanted.holds(SearchedText.of_parts(*text)) for text in texts_of(connection, item.change.seq))


def _item(row: Row[Any]) -> FeedItem:
    values = row._mapping
    change = Change(**{name: values[name] for name in changes.c.keys()})  # noqa: SIM118, a column collection
    for prefix in ("r_", "c_"):
        if values[f"{prefix}title"] is not None:
            return FeedItem(change, unpack({name: values[prefix + name] for name in _TEXT}))
    return FeedItem(change, None)
