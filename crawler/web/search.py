"""What a search box asks."""

from __future__ import annotations

from sqlalchemy import Connection

from crawler.store import ArticleRow, queries
from crawler.store.listings import ArticleFilter, ArticlePage, Place, articles_of

LONGEST = 200
"""Characters of a query."""
_MOST = 500  # articles that are found in all


def search(connection: Connection, query: str, wanted: ArticleFilter, after: Place | None, limit: int) -> ArticlePage:
    """A page of the articles that have these words, newest first, as `thoisu articles --text` finds them."""
    found = queries.list_articles(connection, wanted.sites, wanted.since, [query[:LONGEST]], _MOST)
    places = [Place(row.published_at or row.first_seen_at, row.id) for row in found if _is_wanted(row, wanted)]
    left = [place for place in places if after is None or place < after]
    rows = articles_of(connection, [place.id for place in left[:limit]])
    return ArticlePage(rows, left[limit - 1] if len(left) > limit else None)


def _is_wanted(row: ArticleRow, wanted: ArticleFilter) -> bool:
    return (
        (wanted.until is None or (row.published_at or row.first_seen_at) < wanted.until)
        and (wanted.kind is None or row.kind == wanted.kind)
        and (wanted.section is None or row.section == wanted.section)
        and (not wanted.edited or row.revision > 1)
        and (not wanted.withdrawn or row.withdrawn_at is not None)
    )
