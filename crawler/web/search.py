"""A page of what a search finds, newest or best first (`crawler.store.search`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from sqlalchemy import Connection

from crawler.items import Kind
from crawler.store.listings import ArticleFilter
from crawler.store.search import Order, SearchHit, search

CURSOR = r"^[01]\.[0-9]{1,18}$"
"""Of a list of hits."""
_WINDOW = 500  # hits that are looked at for one page of a filter that the index of words knows nothing of


@dataclass(frozen=True, slots=True)
class HitPage:
    """A page of a list of hits."""

    hits: list[SearchHit]
    next: str | None
    """The cursor behind it; None at the end of the list."""


def find(
    connection: Connection,
    query: str,
    wanted: ArticleFilter,
    before: str | None,
    limit: int,
    *,
    author: str | None = None,
    order: Order = "newest",
) -> HitPage:
    """The articles that have what a query asks for, and are of the filter; BadInput for a query that cannot be read.

    Of edited or withdrawn articles a page may have fewer than it could, or none, and still say where the next begins.
    """
    is_indexed = not (wanted.edited or wanted.withdrawn)
    reach = limit + 1 if is_indexed else _WINDOW
    found = search(
        connection, query, sites=wanted.sites, section=wanted.section, kind=cast("Kind | None", wanted.kind),
        author=author, since=wanted.since, until=wanted.until, order=order, limit=reach, before=before,
    )  # fmt: skip
    hits = [hit for hit in found if _is_wanted(hit, wanted)]
    if len(hits) > limit:
        return HitPage(hits[:limit], hits[limit - 1].cursor)
    return HitPage(hits, found[-1].cursor if len(found) == reach else None)


def _is_wanted(hit: SearchHit, wanted: ArticleFilter) -> bool:
    return (not wanted.edited or hit.revision > 1) and (not wanted.withdrawn or hit.withdrawn_at is not None)
