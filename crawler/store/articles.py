"""The public record: what a page's text is to those already known, and the one change that this makes.

Every function runs inside one transaction that holds the pen (`crawler.store.database`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, delete, func, insert, literal, null, select, union_all, update

from crawler.errors import Discard, Refusal
from crawler.items import LONGEST_URL, Article, Event
from crawler.store import rehash
from crawler.store.frontier import mark_stored, mark_withdrawn
from crawler.store.rows import HeldPage, Outcome
from crawler.store.schema import articles, changes, copies, links, revisions

SAME_FETCH = timedelta(minutes=1)
"""A text stored no later than this after a page was archived came from that fetch: the archive notes the time when the
answer arrives, the store when it has been read, and no page is asked twice so soon."""

_TEXTS = ("content_hash", "title", "lead", "body", "record")


def held(connection: Connection, url: str) -> HeldPage | None:
    """The current text of the page whose link has this canonical address; None when there is none."""
    leads_to = connection.scalar(select(links.c.leads_to).where(links.c.canonical_url == url))
    url = leads_to or url
    of_article = (
        select(revisions.c.fetched_at, articles.c.withdrawn_at, *(revisions.c[name] for name in _TEXTS))
        .join(articles, (revisions.c.article_id == articles.c.id) & (revisions.c.number == articles.c.revision))
        .where(articles.c.canonical_url == url)
    )
    of_copy = select(copies.c.fetched_at, copies.c.withdrawn_at, *(copies.c[name] for name in _TEXTS)).where(
        copies.c.canonical_url == url
    )
    for query in (of_article, of_copy):
        if row := connection.execute(query).mappings().first():
            return HeldPage(article=unpack(dict(row)), fetched_at=row["fetched_at"], withdrawn_at=row["withdrawn_at"])
    return None


def amend(connection: Connection, article: Article, at: datetime, link: str) -> Outcome | None:
    """Store what a page fetched at `at` says when read again; None when that must not touch what is held."""
    page = held(connection, article.canonical_url)
    if page is None:
        return save(connection, article, at, link)
    if page.fetched_at > at + SAME_FETCH:
        return None
    if page.article.content_hash != article.content_hash:
        return place(connection, article, at) if page.withdrawn_at is None else None
    return _correct(connection, article)


def _correct(connection: Connection, article: Article) -> Outcome:
    """The same text with better metadata: the current revision, or the copy, is mended in place."""
    url, texts = article.canonical_url, pack(article)
    row = connection.execute(select(articles.c.id, articles.c.revision).where(articles.c.canonical_url == url)).first()
    if row is None:
        mended = update(copies).where(copies.c.canonical_url == url)
        mended_row = mended.values(published_at=article.published_at, **texts).returning(copies.c.article_id)
        return Outcome(None, connection.execute(mended_row).scalar_one(), None)
    connection.execute(update(articles).where(articles.c.id == row.id).values(current(article, row.revision)))
    of_current = (revisions.c.article_id == row.id) & (revisions.c.number == row.revision)
    connection.execute(update(revisions).where(of_current).values(texts))
    return Outcome(None, row.id, None)


class _Known(NamedTuple):
    """What is known of an address: its article, or the article that it copies."""

    article_id: int
    content_hash: str
    revision: int
    withdrawn_at: datetime | None


_URL = bindparam("url", type_=articles.c.canonical_url.type)
_HASH = bindparam("hash", type_=articles.c.content_hash.type)
_first_with_hash = select(func.min(revisions.c.id)).where(revisions.c.content_hash == _HASH).scalar_subquery()
# One round trip: the article at this address, the copy at this address, the first article that ever had this text.
_LOOKUP = union_all(
    select(
        literal("article"), articles.c.id, articles.c.content_hash, articles.c.revision, articles.c.withdrawn_at
    ).where(articles.c.canonical_url == _URL),
    select(literal("copy"), copies.c.article_id, copies.c.content_hash, literal(0), copies.c.withdrawn_at).where(
        copies.c.canonical_url == _URL
    ),
    select(literal("twin"), revisions.c.article_id, revisions.c.content_hash, literal(0), null()).where(
        revisions.c.id == _first_with_hash
    ),
)
# Only a writer that holds the pen numbers changes, and no row is ever deleted: so the next number is one more, commits
# become visible in this order, and a rolled-back transaction leaves no hole.
_APPEND = insert(changes).values(seq=select(func.coalesce(func.max(changes.c.seq), 0) + 1).scalar_subquery())
_NEW_ARTICLE = insert(articles)
_NEW_REVISION = insert(revisions)
_NEW_COPY = insert(copies)
_ARTICLE = update(articles).where(articles.c.id == bindparam("b_id"))
_COPY = update(copies).where(copies.c.canonical_url == bindparam("b_url"))


def save(connection: Connection, article: Article, at: datetime, link: str | None) -> Outcome:
    """Store what a page says, fetched at `at`; `link` is the pending address when the page named another as its own."""
    outcome = place(connection, article, at)
    mark_stored(connection, article, at, link)
    return outcome


def place(connection: Connection, article: Article, at: datetime) -> Outcome:
    """As `save`, for a page whose link is another's business."""
    if len(article.canonical_url.encode("utf-8", "replace")) > LONGEST_URL:
        raise Discard(Refusal.BAD_URL, f"address longer than {LONGEST_URL} bytes")
    known = _look_up(connection, article.canonical_url, article.content_hash)
    for kind in ("article", "copy"):
        if (held := known.get(kind)) and rehash.outdated(held.content_hash):
            # Else every page fetched before an upgrade would look like an edit.
            rehash.article(connection, held.article_id)
            known = _look_up(connection, article.canonical_url, article.content_hash)
    page, copy, twin = known.get("article"), known.get("copy"), known.get("twin")
    if page is not None:
        return _again(connection, article, at, page)
    if copy is not None and copy.content_hash == article.content_hash:
        return _copy_again(connection, article, at, copy)
    if twin is not None:
        return _copied(connection, article, at, twin.article_id, replaces=copy is not None)
    if copy is not None:
        connection.execute(delete(copies).where(copies.c.canonical_url == article.canonical_url))
    return _created(connection, article, at)


def withdraw(connection: Connection, url: str, at: datetime) -> Outcome | None:
    """Note that the page is gone; its text stays. None when the address is unknown or already withdrawn."""
    known = _look_up(connection, url, "")
    page = known.get("article") or known.get("copy")
    if page is None:
        return None
    mark_withdrawn(connection, url, at)
    if page.withdrawn_at is not None:
        return None
    table = articles if "article" in known else copies
    site = connection.scalar(
        update(table).where(table.c.canonical_url == url).values(withdrawn_at=at).returning(table.c.site)
    )
    return _append(connection, "withdrawn", page.article_id, None, url, site, page.content_hash, at)


def pack(article: Article) -> dict[str, Any]:
    """The columns that hold an article's text: searched fields by name, all others as JSON."""
    record = article.to_dict()
    texts = {name: record.pop(name) for name in ("content_hash", "title", "lead", "body")}
    return {**texts, "record": json.dumps(record, ensure_ascii=False, separators=(",", ":"))}


def unpack(row: Mapping[str, Any]) -> Article:
    """The inverse of `pack`."""
    texts = {name: row[name] for name in ("content_hash", "title", "lead", "body")}
    return Article.from_dict({**json.loads(row["record"]), **texts})


def _look_up(connection: Connection, url: str, content_hash: str) -> dict[str, _Known]:
    rows = connection.execute(_LOOKUP, {"url": url, "hash": content_hash})
    return {row[0]: _Known(*row[1:]) for row in rows}


def _created(connection: Connection, article: Article, at: datetime) -> Outcome:
    values = {"canonical_url": article.canonical_url, "site": article.site, "first_seen_at": at, **current(article, 1)}
    key = connection.execute(_NEW_ARTICLE, values).inserted_primary_key
    assert key is not None  # noqa: S101 - for the type checker
    return _revise(connection, "created", article, at, key[0], 1)


def _revise(connection: Connection, event: Event, article: Article, at: datetime, id_: int, number: int) -> Outcome:
    connection.execute(_NEW_REVISION, {"article_id": id_, "number": number, "fetched_at": at, **pack(article)})
    return _record(connection, event, article, at, id_, number)


def _again(connection: Connection, article: Article, at: datetime, page: _Known) -> Outcome:
    id_, same = page.article_id, page.content_hash == article.content_hash
    outcome = Outcome(None, id_, None)
    if page.withdrawn_at is not None:
        # The return is a change of its own, of the text that was withdrawn; a new text follows as its revision.
        connection.execute(_ARTICLE, {"b_id": id_, "withdrawn_at": None})
        site, url = article.site, article.canonical_url
        outcome = _append(connection, "restored", id_, None, url, site, page.content_hash, at)
    if same:
        return outcome
    number = page.revision + 1
    connection.execute(_ARTICLE, {"b_id": id_, **current(article, number)})
    return _revise(connection, "revised", article, at, id_, number)


def _copied(connection: Connection, article: Article, at: datetime, first: int, *, replaces: bool) -> Outcome:
    values = {
        "article_id": first,
        "site": article.site,
        "published_at": article.published_at,
        "fetched_at": at,
        "withdrawn_at": None,
        **pack(article),
    }
    if replaces:
        connection.execute(_COPY, {"b_url": article.canonical_url, **values})
    else:
        connection.execute(_NEW_COPY, {"canonical_url": article.canonical_url, **values})
    return _record(connection, "copied", article, at, first, None)


def _copy_again(connection: Connection, article: Article, at: datetime, copy: _Known) -> Outcome:
    if copy.withdrawn_at is None:
        return Outcome(None, copy.article_id, None)
    connection.execute(_COPY, {"b_url": article.canonical_url, "withdrawn_at": None})
    return _record(connection, "restored", article, at, copy.article_id, None)


def current(article: Article, number: int) -> dict[str, Any]:
    """The columns of `articles` that say what its current revision does."""
    return {
        "title": article.title,
        "published_at": article.published_at,
        "section": article.section,
        "kind": article.kind,
        "revision": number,
        "content_hash": article.content_hash,
    }


def _record(
    connection: Connection, event: Event, article: Article, at: datetime, id_: int, revision: int | None
) -> Outcome:
    url, site, content_hash = article.canonical_url, article.site, article.content_hash
    return _append(connection, event, id_, revision, url, site, content_hash, at)


def _append(
    connection: Connection,
    event: Event,
    article_id: int,
    revision: int | None,
    url: str,
    site: str | None,
    content_hash: str,
    at: datetime,
) -> Outcome:
    row = {"event": event, "article_id": article_id, "revision": revision, "url": url, "site": site}
    connection.execute(_APPEND, {**row, "content_hash": content_hash, "at": at})
    return Outcome(event, article_id, revision)
