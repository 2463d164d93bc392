"""What may have what is looked for, by the index alone: keys in descending order, some at a time.

SQLite walks the index backwards and stops when nobody asks further. PostgreSQL collects all that a statement finds
before it sorts it, so it is asked for days first, then for weeks, then for all: what is common is found in the first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from heapq import merge

from sqlalchemy import Connection

from crawler.store.search_index import DAY, GROUP, day_facet
from crawler.store.search_terms import fts5, in_order, tsquery
from crawler.text.query import Node

_MOST = 500
"""Keys that are read together at most."""
_MORE = 4  # times as many as the last time
_WINDOWS = ((2, 1), (16, 1), (256, GROUP))
"""Days of which PostgreSQL is asked alone, and for how many of them the index has a word."""
# The order of words is looked at in sorted rows until there are enough: as a value, which no plan makes a join.
_WALK = (
    "SELECT rowid FROM search_words WHERE search_words MATCH ? AND rowid >= ? AND rowid < ? "
    "AND (SELECT {in_order} FROM search_keys WHERE search_keys.key = search_words.rowid) ORDER BY rowid DESC LIMIT ?"
)
_WAITING = (
    "SELECT key, words FROM search_waiting JOIN search_keys USING (key) "
    "WHERE key >= ? AND key < ? AND ({in_order}) ORDER BY key DESC"
)
# By the sum no other index will do: that of the keys would read every text of a range.
_SORT = (
    "SELECT key FROM (SELECT key + 0 AS key FROM search_words WHERE words @@ %s::tsquery AND key + 0 >= %s "
    "AND key + 0 < %s ORDER BY key + 0 DESC OFFSET 0) AS found "
    "WHERE (SELECT {in_order} FROM search_keys WHERE search_keys.key = found.key) ORDER BY key DESC LIMIT %s"
)


def candidates(
    connection: Connection, node: Node, facets: list[list[str]], low: int, high: int, limit: int, *, titles: bool
) -> Iterator[list[int]]:
    """Keys from `low` to before `high` under which the index has what is looked for; with `titles`, in the title.

    `limit` is how many are wanted, though more may be asked for.
    """
    if connection.dialect.name != "sqlite":
        yield from _in_windows(connection, node, facets, low, high, limit, titles=titles)
        return
    queries = [fts5(node, facets, titles=titles, marks=marks) for marks in (False, True)]
    condition, values = in_order(node)
    condition = condition.format(*["?"] * len(values))
    waiting = connection.exec_driver_sql(_WAITING.format(in_order=condition), (low, high, *values))
    waits = [key for key, words in waiting if all(any(f" {word} " in words for word in some) for some in facets)]
    walk = _WALK.format(in_order=condition)
    walked = _pages(partial(_walked, connection, walk, values, low), queries, high, limit)
    if not waits:
        yield from walked
        return
    every = merge(waits, (key for keys in walked for key in keys), reverse=True)
    yield from _chunks(every, limit)


def _in_windows(
    connection: Connection, node: Node, facets: list[list[str]], low: int, high: int, limit: int, *, titles: bool
) -> Iterator[list[int]]:
    last: int | None = connection.exec_driver_sql("SELECT max(key) FROM search_keys").scalar_one()
    end = min(high, 0 if last is None else last + 1)
    condition, values = in_order(node)
    sort = _SORT.format(in_order=condition.format(*["%s"] * len(values)))
    for days, each in (*_WINDOWS, (None, 0)):
        if end <= low:
            return
        begin, within = low, facets
        if days is not None:
            begin = max(low, ((end - 1) // DAY - days + 1) * DAY)
            first, final = begin // DAY, (end - 1) // DAY
            within = [*facets, list(dict.fromkeys(day_facet(day, each) for day in range(first, final + 1)))]
        queries = [tsquery(node, within, titles=titles, marks=marks) for marks in (False, True)]
        yield from _pages(partial(_sorted, connection, sort, values, begin), queries, end, limit)
        end = begin


def _pages(ask: Callable[[str, int, int], list[int]], queries: list[str], end: int, limit: int) -> Iterator[list[int]]:
    """What is found by the first query and, when that is not enough, behind it by the second."""
    query, narrower = queries
    some = min(limit + 2, _MOST)
    while True:
        keys = ask(query, end, some)
        if keys:
            yield keys
        if len(keys) < some:
            return
        query, end, some = narrower, keys[-1], min(some * _MORE, _MOST)


def _walked(
    connection: Connection, walk: str, values: list[str], low: int, query: str, high: int, some: int
) -> list[int]:
    return list(connection.exec_driver_sql(walk, (query, low, high, *values, some)).scalars())


def _sorted(
    connection: Connection, sort: str, values: list[str], low: int, query: str, high: int, some: int
) -> list[int]:
    # A scan of the table would take every tsvector apart.
    connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
    keys = list(connection.exec_driver_sql(sort, (query, low, high, *values, some)).scalars())
    connection.exec_driver_sql("SET LOCAL enable_seqscan = DEFAULT")
    return keys


def _chunks(keys: Iterator[int], limit: int) -> Iterator[list[int]]:
    chunk: list[int] = []
    for key in keys:
        chunk.append(key)
        if len(chunk) > limit:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
