"""What a page tells that others of its story have not told, for readers who want each story once.

Of two pages of a story one repeats the other when it is a copy of it or has less: `copy` and `abridged` for the later
of the two, `copy` and `extended` for the earlier. What repeats a page that repeats a third has nothing new to the
reader of the third either.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, or_, select

from crawler.compare.copies import RelationKind
from crawler.compare.relate import READER
from crawler.compare.tables import members, relations, stories
from crawler.items import Change
from crawler.store import cursors
from crawler.store.queries import holding
from crawler.store.schema import articles
from crawler.store.sql import chunks
from crawler.text.query import parse

_BY_LATER: frozenset[RelationKind] = frozenset({"copy", "abridged"})
_BY_EARLIER: frozenset[RelationKind] = frozenset({"copy", "extended"})


def related_up_to(connection: Connection) -> int:
    """The last change whose article has been compared with those around it; what is newer may still be a copy."""
    return cursors.position(connection, READER)


def pages_of_stories(connection: Connection, ids: Collection[int]) -> dict[int, int]:
    """For each article that is in a story with others how many pages the story has."""
    found: dict[int, int] = {}
    for chunk in chunks(ids):
        query = select(members.c.article_id, stories.c.pages).join(stories)
        found.update({row[0]: row[1] for row in connection.execute(query.where(members.c.article_id.in_(chunk)))})
    return found


def repeated(connection: Connection, ids: Collection[int]) -> dict[int, set[int]]:
    """For each of the articles those of which it repeats the whole."""
    found: dict[int, set[int]] = {}
    wanted = set(ids)
    for chunk in chunks(ids):
        query = select(relations.c.article_id, relations.c.other_id, relations.c.relation).where(
            or_(relations.c.article_id.in_(chunk), relations.c.other_id.in_(chunk))
        )
        for later, earlier, kind in connection.execute(query):
            if later in wanted and kind in _BY_LATER:
                found.setdefault(later, set()).add(earlier)
            if earlier in wanted and kind in _BY_EARLIER:
                found.setdefault(earlier, set()).add(later)
    return found


def adding(
    connection: Connection, changes: Collection[Change], *, sites: Collection[str] | None, text: str | None
) -> set[int]:
    """The numbers of the changes but for those to pages that repeat one which was stored before them, of these sites
    and with this text; that a page is gone is told whatever its text was.

    The text is a query (`crawler.text.query`).
    """
    repeats = repeated(connection, {change.article_id for change in changes})
    older = {article: {other for other in others if other < article} for article, others in repeats.items()}
    originals = {change.article_id for change in changes if change.event == "copied"}
    passing = _passing(connection, originals.union(*older.values()), sites, text)
    told = {article for article, others in older.items() if others & passing}
    return {
        change.seq
        for change in changes
        if change.event == "withdrawn"
        or (change.article_id not in told and not (change.event == "copied" and change.article_id in passing))
    }


def _passing(connection: Connection, ids: Collection[int], sites: Collection[str] | None, text: str | None) -> set[int]:
    found = set(ids)
    if sites is not None:
        query = select(articles.c.id).where(articles.c.site.in_(sites))
        found = {id_ for chunk in chunks(ids) for id_ in connection.scalars(query.where(articles.c.id.in_(chunk)))}
    return found if text is None else holding(connection, parse(text), found)
