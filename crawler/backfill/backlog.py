"""The links that a backfill reads, kept apart from the news that the crawl reads, and what is known of their pages.

`crawler.store.frontier` writes them. Every function here reads, inside one transaction.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import date, datetime

from sqlalchemy import Connection, bindparam, func, select

from crawler.discover import made_on
from crawler.items import PendingLink
from crawler.store import frontier
from crawler.store.schema import Fate, articles, copies, links
from crawler.store.sql import chunks
from crawler.text import day_of

_age = func.coalesce(links.c.published_at, links.c.modified_at, links.c.found_at)
_mine = links.c.fate == Fate.BACKFILL
_FETCHED = select(links.c.leads_to, links.c.fetched_at).where(
    links.c.canonical_url == bindparam("url", type_=links.c.canonical_url.type)
)


def waiting(connection: Connection, site: str, limit: int, *, oldest_first: bool) -> list[PendingLink]:
    """Links of a site left to a backfill, newest or oldest first by what is known of their time."""
    order = (_age, links.c.id) if oldest_first else (_age.desc(), links.c.id)
    query = frontier.LINK.where(links.c.site == site, _mine).order_by(*order)
    return frontier.as_links(connection, query.limit(limit))


def count(connection: Connection, site: str) -> int:
    """How many links of a site are left to a backfill."""
    return connection.scalar(select(func.count()).where(links.c.site == site, _mine)) or 0


def days(connection: Connection, ids: Collection[int]) -> dict[int, date]:
    """The days on which the articles of these links were published, by the link's number, as far as that is known."""
    own = func.coalesce(links.c.leads_to, links.c.canonical_url)
    published = func.coalesce(articles.c.published_at, copies.c.published_at, links.c.published_at)
    query = (
        select(links.c.id, links.c.canonical_url, published)
        .join(articles, articles.c.canonical_url == own, isouter=True)
        .join(copies, copies.c.canonical_url == own, isouter=True)
    )
    found = {}
    for chunk in chunks(ids):
        for id_, url, at in connection.execute(query.where(links.c.id.in_(chunk))):
            day = day_of(at) if at is not None else made_on(url)
            if day is not None:
                found[id_] = day
    return found


def fetched_at(connection: Connection, url: str) -> datetime | None:
    """When the page of a link was last read into the store; None when it never was."""
    if (row := connection.execute(_FETCHED, {"url": url}).first()) is None:
        return None
    own = connection.execute(_FETCHED, {"url": row.leads_to}).first() if row.leads_to else None
    return max(filter(None, (row.fetched_at, own and own.fetched_at)), default=None)


def last_changes(connection: Connection, urls: Iterable[str]) -> dict[str, int]:
    """Up to which change what stands at these addresses came by a backfill; without the pages of the crawl."""
    query = select(links.c.canonical_url, links.c.backfill_seq).where(links.c.backfill_seq.is_not(None))
    found = {}
    for chunk in chunks(urls):
        found.update({row[0]: row[1] for row in connection.execute(query.where(links.c.canonical_url.in_(chunk)))})
    return found


def numbered(connection: Connection, site: str, shape: str) -> list[tuple[datetime, int]]:
    """Times and numbers of the stored articles of a site whose addresses are like `shape`, which ends in a number."""
    before = re.sub(r"[0-9]+$", "", shape)
    query = select(articles.c.canonical_url, articles.c.published_at).where(
        articles.c.site == site,
        articles.c.published_at.is_not(None),
        func.substr(articles.c.canonical_url, 1, len(before)) == before,
    )
    rows = ((at, url.removeprefix(before)) for url, at in connection.execute(query))
    return [(at, int(number)) for at, number in rows if number.isdecimal()]
