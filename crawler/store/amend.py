"""A stored page read again from its archived bytes: what is held of it, and what a better reading makes of that.

Unlike a fetch, a second reading is no news of the site: it neither withdraws nor restores, it leaves the link of a
known page to the crawl, and it gives way to every text that was fetched later.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, select, update

from crawler.items import Article
from crawler.store.articles import current, pack, place, save, unpack
from crawler.store.rows import HeldPage, Outcome
from crawler.store.schema import articles, copies, links, revisions

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
