"""Searching the articles: what a query finds, newest or best first, with the sentence that shows it.

The language of queries is that of `crawler.text.query`; what an alert finds in a text is what is found here. The index
(`crawler.store.search_index`) gives candidates in the order of the list, and each is looked at as an alert does it,
until there are enough: so what a search costs does not grow with what could be found.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, RowMapping, bindparam, select

from crawler.errors import BadInput
from crawler.items import Kind
from crawler.store.articles import unpack
from crawler.store.schema import articles, revisions, search_keys
from crawler.store.search_candidates import candidates
from crawler.store.search_index import LAST, SLOTS, facet, facet_of_words, first_key
from crawler.text.matching import SearchedText, Snippet, snippet
from crawler.text.query import Node, is_impossible, parse
from crawler.text.words import Words, words_of

Order = Literal["newest", "best"]
MOST = 2**31
"""A limit that is none."""
_TOGETHER = 25
"""Articles that are read at once at most, so that few are read in vain when there are enough."""
_SPARE = 2
"""Articles that are read at first beside those that are wanted, since some may not have it; twice as many each time."""
_CURSOR = re.compile(r"([01])\.([0-9]{1,19})")
_FIELDS = ("canonical_url", "site", "title", "section", "kind", "published_at", "first_seen_at", "revision",
           "withdrawn_at")  # fmt: skip
_ROWS = (
    select(
        search_keys.c.key, search_keys.c.article_id, *(articles.c[name] for name in _FIELDS),
        revisions.c.lead, revisions.c.body, revisions.c.content_hash,
        revisions.c.record,
    )
    .join(articles, articles.c.id == search_keys.c.article_id)
    .join(revisions, (revisions.c.article_id == articles.c.id) & (revisions.c.number == articles.c.revision))
    .where(search_keys.c.key.in_(bindparam("keys", expanding=True)))
)  # fmt: skip


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
    """1 for what has all of it in the title, else 0; found by `best` only, which lists these first."""
    cursor: str
    """Given as `before`, it continues the list behind this hit."""


def search(
    connection: Connection,
    query: str | Node,
    *,
    sites: Collection[str] = (),
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

    None of `sites` is all sites; `section` and `author` are compared as words of a query are. `since` is the first
    moment that counts and `until` the first that does not, of publication or, where that is unknown, of the first
    fetch. `newest` lists by that time; `best` what has all of it in the title first, and the newest of each. Withdrawn
    articles are among them.

    Raises `BadInput` with one sentence for a query, or a cursor, that cannot be read.
    """
    node = parse(query) if isinstance(query, str) else query
    tier, key = _read(before, order)
    if is_impossible(node):
        return []
    wanted = _Wanted(node, section, kind, author, since, until)
    facets = wanted.facets(sites)
    low = 0 if since is None else first_key(since)
    high = LAST if until is None else first_key(until) + SLOTS
    found: list[SearchHit] = []
    for now in range(tier, 2 if order == "best" else 1):
        titles = order == "best" and now == 0
        end = min(high, key) if now == tier else high
        keys = candidates(connection, node, facets, low, end, limit, titles=titles)
        for row, text in _texts(connection, keys, lambda: limit - len(found)):
            in_title = order == "best" and node.holds(SearchedText(row["title"]))
            if (order == "best" and titles != in_title) or not wanted.takes(row):
                continue
            if (shown := snippet(node, text)) is not None:
                found.append(_hit(row, shown, now, in_title=in_title))
                if len(found) == limit:
                    return found
    return found


class _Wanted:
    """What is demanded beside the words."""

    def __init__(
        self,
        node: Node,
        section: str | None,
        kind: Kind | None,
        author: str | None,
        since: datetime | None,
        until: datetime | None,
    ) -> None:
        self._node, self._kind, self._since, self._until = node, kind, since, until
        self._section = None if section is None else words_of(section)
        self._author = None if author is None else words_of(author)

    def facets(self, sites: Collection[str]) -> list[list[str]]:
        """The words of the index of which one of each list is demanded."""
        found = [[facet("site", site) for site in sorted(sites)]] if sites else []
        if self._kind is not None:
            found.append([facet("kind", self._kind)])
        for field, words in (("section", self._section), ("author", self._author)):
            if words is not None:
                found.append([facet_of_words(field, words)])
        return found

    def takes(self, row: RowMapping) -> bool:
        """Whether the article has it, which the index can leave open."""
        newest = row["published_at"] or row["first_seen_at"]
        return (
            (self._since is None or newest >= self._since)
            and (self._until is None or newest < self._until)
            and (self._section is None or _same(self._section, row["section"] or ""))
            and (self._author is None or any(_same(self._author, name) for name in unpack(dict(row)).authors))
        )


def _same(wanted: Words, value: str) -> bool:
    """Whether a name is the one that is wanted, whose diacritics may be left out."""
    words = words_of(value)
    return wanted == words or (wanted.exact == wanted.plain == words.plain)


def _texts(
    connection: Connection, keys: Iterable[list[int]], wanted: Callable[[], int]
) -> Iterator[tuple[RowMapping, SearchedText]]:
    """The articles of candidates, in their order; none for keys that are nobody's any more. `wanted` is asked how many
    are still wanted."""
    spare = _SPARE
    for every in keys:
        while every:
            size = min(wanted() + spare, _TOGETHER)
            spare = min(2 * spare, _TOGETHER)
            some, every = every[:size], every[size:]
            rows = {row["key"]: row for row in connection.execute(_ROWS, {"keys": some}).mappings()}
            for key in some:
                if (row := rows.get(key)) is not None:
                    yield row, SearchedText.of_parts(row["title"], row["lead"], row["body"])


def _hit(row: RowMapping, shown: Snippet, tier: int, *, in_title: bool) -> SearchHit:
    return SearchHit(
        article_id=row["article_id"],
        snippet=shown,
        score=float(in_title),
        cursor=f"{tier}.{row['key']}",
        **{name: row[name] for name in _FIELDS},
    )


def _read(cursor: str | None, order: Order) -> tuple[int, int]:
    """The part of the list and the key before which it goes on."""
    if cursor is None:
        return 0, LAST
    found = _CURSOR.fullmatch(cursor)
    if found is None or (order == "newest" and found[1] != "0") or int(found[2]) > LAST:
        raise BadInput(f"{cursor!r} is no cursor of this search")
    return int(found[1]), int(found[2])
