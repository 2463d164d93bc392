"""Searching the articles: what a query finds, newest or best first, with the sentence that shows it.

The language of queries is that of `crawler.text.query`; what an alert finds in a text is what is found here.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection

from crawler.items import Kind
from crawler.sites import Tier

Order = Literal["newest", "best"]


@dataclass(frozen=True, slots=True)
class Snippet:
    """A sentence that shows what was found."""

    text: str
    marked: tuple[tuple[int, int], ...] = ()
    """Where the words of the query stand in it: from one character to before another, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchHit:
    """An article that has what was looked for, in its current revision."""

    article_id: int
    canonical_url: str
    site: str | None
    title: str
    section: str | None
    kind: Kind
    published_at: datetime | None
    first_seen_at: datetime
    revision: int
    withdrawn_at: datetime | None
    snippet: Snippet
    score: float
    """Greater for what stands in the title; comparable within one search only."""
    cursor: str
    """Given as `before`, it continues the list behind this hit."""


def search(
    connection: Connection,
    query: str,
    *,
    sites: Collection[str] = (),
    tiers: Collection[Tier] = (),
    section: str | None = None,
    kind: Kind | None = None,
    author: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    order: Order = "newest",
    limit: int = 50,
    before: str | None = None,
) -> list[SearchHit]:
    """The articles whose current title, lead or body have what the query asks for.

    None of `sites` is all sites, and none of `tiers` all tiers; `section` and `author` are compared as words of a query
    are. `since` is the first moment that counts and `until` the first that does not, of publication or, where that is
    unknown, of the first fetch. Withdrawn articles are among them.

    Raises `BadInput` with one sentence for a query, or a cursor, that cannot be read.
    """
    from sqlalchemy import func, select

    from crawler.errors import BadInput
    from crawler.store.articles import unpack
    from crawler.store.schema import articles, revisions
    from crawler.text.matching import SearchedText, match
    from crawler.text.query import parse

    node, found = parse(query), list[SearchHit]()
    if before is not None and not before.isdecimal():
        raise BadInput(f"{before!r} is no cursor of a search")
    newest = func.coalesce(articles.c.published_at, articles.c.first_seen_at)
    current = (revisions.c.article_id == articles.c.id) & (revisions.c.number == articles.c.revision)
    rows = select(articles, revisions.c.lead, revisions.c.body, revisions.c.record).join(revisions, current)
    if sites:
        rows = rows.where(articles.c.site.in_(sites))
    if since is not None:
        rows = rows.where(newest >= since)
    if until is not None:
        rows = rows.where(newest < until)
    for place, row in enumerate(connection.execute(rows.order_by(newest.desc(), articles.c.id.desc())).mappings()):
        if before is not None and place <= int(before):
            continue
        article = unpack(dict(row))
        sentence = match(node, SearchedText.of(article))
        if sentence is None or (kind and row["kind"] != kind) or (section and row["section"] != section):
            continue
        if author and author not in article.authors:
            continue
        names = ("canonical_url", "site", "title", "section", "kind", "published_at", "first_seen_at", "revision",
                 "withdrawn_at")  # fmt: skip
        about = {name: row[name] for name in names}
        found.append(SearchHit(article_id=row["id"], snippet=Snippet(sentence), score=1.0, cursor=str(place), **about))
        if len(found) == limit:
            break
    return found
