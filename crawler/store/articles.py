"""Articles, their copies and changes: what a page's text is to those already known, and the one change that this makes.

A page comes here in two ways. `save` takes it as the site gives it now. `amend` takes it from its archived bytes, read
again: that is no news of the site, so it neither withdraws nor restores, it leaves the link of a known page to the
crawl, and it gives way to every text that was fetched later.

Every function that writes runs inside one writing transaction, and holds the subjects of what it decides about
(`crawler.store.subjects`); whoever names them at the beginning of the transaction (`subjects_of`) saves a statement.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    Connection,
    bindparam,
    delete,
    false,
    func,
    insert,
    literal,
    select,
    union_all,
    update,
)

from crawler.errors import Discard, Refusal
from crawler.items import LONGEST_URL, Article, Event
from crawler.store import mentions, numbering, rehash, search_index, subjects
from crawler.store.frontier import mark_stored, mark_withdrawn
from crawler.store.rows import Outcome, StoredPage
from crawler.store.schema import Instant, articles, copies, links, revisions
from crawler.store.sql import Prepared, chunks

SAME_FETCH = timedelta(minutes=1)
"""A text stored no later than this after a page was archived came from that fetch: the archive notes the time when the
answer arrives, the store when it has been read, and no page is asked twice so soon."""

SAME_NEWS = timedelta(days=2)
"""By how much the time of publication may move when an article is edited and its number stays."""
_MOST_ALIKE = 20  # addresses that hold one number
_TEXTS = ("content_hash", "title", "lead", "body", "record")
_URL = bindparam("url", type_=articles.c.canonical_url.type)
_URLS: BindParameter[str] = bindparam("urls", expanding=True)
_HASH = bindparam("hash", type_=articles.c.content_hash.type)
_first_with_hash = select(func.min(revisions.c.id)).where(revisions.c.content_hash == _HASH).scalar_subquery()
_NEWEST = func.coalesce(articles.c.published_at, articles.c.first_seen_at)
_NUMBERED = Prepared(
    select(articles.c.canonical_url)
    .where(
        articles.c.site == bindparam("site"),
        _NEWEST.between(bindparam("since", type_=Instant), bindparam("until", type_=Instant)),
        articles.c.canonical_url.like(bindparam("holding")),
    )
    .order_by(articles.c.id)
    .limit(_MOST_ALIKE)
)
# One round trip: the article at this address, the copy at this address, the first article that ever had this text.
_KNOWN = Prepared(
    union_all(
        select(
            literal("article"), articles.c.id, articles.c.content_hash, articles.c.revision,
            articles.c.withdrawn_at.is_not(None),
        ).where(articles.c.canonical_url == _URL),
        select(
            literal("copy"), copies.c.article_id, copies.c.content_hash, literal(0), copies.c.withdrawn_at.is_not(None)
        ).where(copies.c.canonical_url == _URL),
        select(
            literal("original"), revisions.c.article_id, revisions.c.content_hash, literal(0), false()
        ).where(revisions.c.id == _first_with_hash),
    )
)  # fmt: skip
_FIRST_SEEN = select(articles.c.first_seen_at).where(articles.c.id == bindparam("id"))
_LEADS_TO = select(links.c.canonical_url, links.c.leads_to).where(links.c.canonical_url.in_(_URLS))
_OF_ARTICLES = (
    select(
        articles.c.canonical_url, revisions.c.fetched_at, articles.c.withdrawn_at,
        *(revisions.c[name] for name in _TEXTS),
    )
    .join(articles, (revisions.c.article_id == articles.c.id) & (revisions.c.number == articles.c.revision))
    .where(articles.c.canonical_url.in_(_URLS))
)  # fmt: skip
_OF_COPIES = select(
    copies.c.canonical_url, copies.c.fetched_at, copies.c.withdrawn_at, *(copies.c[name] for name in _TEXTS)
).where(copies.c.canonical_url.in_(_URLS))
_NEW_ARTICLE = Prepared(insert(articles).returning(articles.c.id))
_NEW_REVISION = Prepared(insert(revisions).inline())
_NEW_COPY = Prepared(insert(copies).inline())
_ARTICLE = update(articles).where(articles.c.id == bindparam("b_id"))
_COPY = update(copies).where(copies.c.canonical_url == bindparam("b_url"))


class _Known(NamedTuple):
    """A text that is known: of the article or copy at an address, or of the first article that had it."""

    article_id: int
    """For a copy, the article that it copies."""
    content_hash: str
    revision: int
    withdrawn: bool


def subjects_of(article: Article, at: datetime, link: str | None = None) -> Iterator[int]:
    """What is decided about by storing this article, fetched at `at`, for a `link`."""
    yield subjects.page(article.canonical_url)
    if link is not None:
        yield subjects.page(link)
    yield subjects.text(article.content_hash)
    yield subjects.second(search_index.first_key(article.published_at or at))


def save(connection: Connection, article: Article, at: datetime, link: str | None) -> Outcome:
    """Store what a page says, fetched at `at`; `link` is the pending address when the page named another as its own."""
    subjects.hold(connection, subjects_of(article, at, link))
    outcome = _save_text(connection, article, at)
    mark_stored(connection, article, at, link)
    return outcome


def _save_text(connection: Connection, article: Article, at: datetime) -> Outcome:
    """As `save`, for a page whose link is another's business.

    | at this address | its text            | becomes                                               |
    |-----------------|---------------------|-------------------------------------------------------|
    | an article      | the same            | nothing new                                           |
    | an article      | another             | a revision of it                                      |
    | a copy          | the same            | nothing new                                           |
    | a copy          | an article's        | a copy of the first article that ever had it          |
    | a copy          | nobody's            | an article of its own                                 |
    | nothing         | an article's        | a copy of the first article that ever had it          |
    | nothing         | nobody's            | an article of its own                                 |

    A withdrawn article is restored first, and a withdrawn copy whose text is the same.
    """
    if len(article.canonical_url.encode("utf-8", "replace")) > LONGEST_URL:
        raise Discard(Refusal.BAD_URL, f"address longer than {LONGEST_URL} bytes")
    known = _known(connection, article.canonical_url, article.content_hash)
    for kind in ("article", "copy"):
        if (here := known.get(kind)) and rehash.outdated(here.content_hash):
            # Else every page fetched before an upgrade would look like an edit.
            rehash.article(connection, here.article_id)
            known = _known(connection, article.canonical_url, article.content_hash)
    page, copy, original = known.get("article"), known.get("copy"), known.get("original")
    if page is not None:
        return _known_article(connection, article, at, page)
    if copy is not None and copy.content_hash == article.content_hash:
        return _same_copy(connection, article, at, copy)
    if original is not None:
        return _new_copy(connection, article, at, original.article_id, replaces=copy is not None)
    if copy is not None:
        connection.execute(delete(copies).where(copies.c.canonical_url == article.canonical_url))
    return _new_article(connection, article, at)


def amend(connection: Connection, article: Article, at: datetime, link: str) -> Outcome | None:
    """Store what a page fetched at `at` says when read again; None when that must not touch what is stored."""
    subjects.hold(connection, subjects_of(article, at, link))
    page = stored_page(connection, article.canonical_url)
    if page is None:
        return save(connection, article, at, link)
    if page.fetched_at > at + SAME_FETCH:
        return None
    if page.article.content_hash != article.content_hash:
        return _save_text(connection, article, at) if page.withdrawn_at is None else None
    return _correct(connection, article)


def withdraw(connection: Connection, url: str, at: datetime) -> Outcome | None:
    """Note that the page is gone; its text stays. None when the address is unknown or already withdrawn."""
    subjects.hold(connection, [subjects.page(url)])
    known = _known(connection, url, "")
    page = known.get("article") or known.get("copy")
    if page is None:
        return None
    mark_withdrawn(connection, url, at)
    if page.withdrawn:
        return None
    table = articles if "article" in known else copies
    site = connection.scalar(
        update(table).where(table.c.canonical_url == url).values(withdrawn_at=at).returning(table.c.site)
    )
    return _append(connection, "withdrawn", page.article_id, None, url, site, page.content_hash, at)


def stored_page(connection: Connection, url: str) -> StoredPage | None:
    """The current text of the page whose link has this canonical address; None when there is none."""
    return stored_pages(connection, [url]).get(url)


def stored_pages(connection: Connection, urls: Iterable[str]) -> dict[str, StoredPage]:
    """The same of several, by the address of the link."""
    found: dict[str, StoredPage] = {}
    for some in chunks(urls):
        led = {url: to for url, to in connection.execute(_LEADS_TO, {"urls": some}) if to}
        pages: dict[str, StoredPage] = {}
        for query in (_OF_ARTICLES, _OF_COPIES):
            if left := {led.get(url, url) for url in some} - pages.keys():
                for row in connection.execute(query, {"urls": list(left)}).mappings():
                    about = {name: row[name] for name in ("fetched_at", "withdrawn_at")}
                    pages[row["canonical_url"]] = StoredPage(article=unpack(dict(row)), **about)
        found |= {url: pages[to] for url in some if (to := led.get(url, url)) in pages}
    return found


def numbered(connection: Connection, article: Article, number: str, at: datetime) -> list[str]:
    """The addresses of articles of the same site that hold this number, published when `article` was, give or take
    `SAME_NEWS`; what names no time counts from its first fetch. The first stored first."""
    when = article.published_at or at
    about = {"site": article.site, "since": when - SAME_NEWS, "until": when + SAME_NEWS, "holding": f"%{number}%"}
    return list(_NUMBERED.run(connection, about).scalars())


def pack(article: Article) -> dict[str, Any]:
    """The columns that hold an article's text: searched fields by name, all others as JSON."""
    record = article.to_dict()
    texts = {name: record.pop(name) for name in ("content_hash", "title", "lead", "body")}
    return {**texts, "record": json.dumps(record, ensure_ascii=False, separators=(",", ":"))}


def unpack(row: Mapping[str, Any]) -> Article:
    """The inverse of `pack`."""
    texts = {name: row[name] for name in ("content_hash", "title", "lead", "body")}
    return Article.from_dict({**json.loads(row["record"]), **texts})


def _known(connection: Connection, url: str, content_hash: str) -> dict[str, _Known]:
    """What is known, under "article" and "copy" at this address, under "original" of this text."""
    rows = _KNOWN.run(connection, {"url": url, "hash": content_hash})
    return {row[0]: _Known(row[1], row[2], row[3], bool(row[4])) for row in rows}


def _new_article(connection: Connection, article: Article, at: datetime) -> Outcome:
    values = {"canonical_url": article.canonical_url, "site": article.site, "first_seen_at": at, **_current(article, 1)}
    id_: int = _NEW_ARTICLE.run(connection, values).scalar_one()
    outcome = _new_revision(connection, "created", article, at, id_, 1)
    _index(connection, id_, article, article.published_at or at, known=False)
    return outcome


def _known_article(connection: Connection, article: Article, at: datetime, page: _Known) -> Outcome:
    id_, same = page.article_id, page.content_hash == article.content_hash
    outcome = Outcome(None, id_, None)
    if page.withdrawn:
        # The return is a change of its own, of the text that was withdrawn; a new text follows as its revision.
        connection.execute(_ARTICLE, {"b_id": id_, "withdrawn_at": None})
        site, url = article.site, article.canonical_url
        outcome = _append(connection, "restored", id_, None, url, site, page.content_hash, at)
    if same:
        return outcome
    number = page.revision + 1
    connection.execute(_ARTICLE, {"b_id": id_, **_current(article, number)})
    outcome = _new_revision(connection, "revised", article, at, id_, number)
    _index_again(connection, id_, article)
    return outcome


def _new_revision(
    connection: Connection, event: Event, article: Article, at: datetime, id_: int, number: int
) -> Outcome:
    _NEW_REVISION.run(connection, {"article_id": id_, "number": number, "fetched_at": at, **pack(article)})
    return _append_of(connection, event, article, at, id_, number)


def _new_copy(connection: Connection, article: Article, at: datetime, original: int, *, replaces: bool) -> Outcome:
    values = {
        "article_id": original,
        "site": article.site,
        "published_at": article.published_at,
        "fetched_at": at,
        "withdrawn_at": None,
        **pack(article),
    }
    if replaces:
        connection.execute(_COPY, {"b_url": article.canonical_url, **values})
    else:
        _NEW_COPY.run(connection, {"canonical_url": article.canonical_url, **values})
    return _append_of(connection, "copied", article, at, original, None)


def _same_copy(connection: Connection, article: Article, at: datetime, copy: _Known) -> Outcome:
    if not copy.withdrawn:
        return Outcome(None, copy.article_id, None)
    connection.execute(_COPY, {"b_url": article.canonical_url, "withdrawn_at": None})
    return _append_of(connection, "restored", article, at, copy.article_id, None)


def _correct(connection: Connection, article: Article) -> Outcome:
    """The same text with better metadata: the current revision, or the copy, is corrected in place."""
    url, texts = article.canonical_url, pack(article)
    row = connection.execute(select(articles.c.id, articles.c.revision).where(articles.c.canonical_url == url)).first()
    if row is None:
        of_copy = update(copies).where(copies.c.canonical_url == url)
        corrected = of_copy.values(published_at=article.published_at, **texts).returning(copies.c.article_id)
        return Outcome(None, connection.execute(corrected).scalar_one(), None)
    connection.execute(update(articles).where(articles.c.id == row.id).values(_current(article, row.revision)))
    of_current = (revisions.c.article_id == row.id) & (revisions.c.number == row.revision)
    connection.execute(update(revisions).where(of_current).values(texts))
    _index_again(connection, row.id, article)
    return Outcome(None, row.id, None)


def _index_again(connection: Connection, id_: int, article: Article) -> None:
    newest = article.published_at or connection.scalars(_FIRST_SEEN, {"id": id_}).one()
    _index(connection, id_, article, newest, known=True)


def _index(connection: Connection, id_: int, article: Article, newest: datetime, *, known: bool) -> None:
    search_index.put(connection, id_, article, newest, known=known)
    mentions.note(connection, id_, article.documents, newest, known=known)


def _current(article: Article, number: int) -> dict[str, Any]:
    """The columns of `articles` that say what its current revision does."""
    return {
        "title": article.title,
        "published_at": article.published_at,
        "section": article.section,
        "kind": article.kind,
        "revision": number,
        "content_hash": article.content_hash,
        "credit": article.credit,
    }


def _append_of(
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
    """Add a change to the end of the feed."""
    row = {"event": event, "article_id": article_id, "revision": revision, "url": url, "site": site}
    numbering.append(connection, {**row, "content_hash": content_hash, "at": at})
    return Outcome(event, article_id, revision)
