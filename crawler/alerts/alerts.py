"""Watched words: who asked for them is told of each new or revised article that has them, once; of none that a
backfill has brought, however new to the store.

A watch reads the change feed like a sink, from where it was added. What it finds is written with the place reached, and
into a message in one transaction; so a crash repeats at most the sending of a message.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from crawler.alerts import tables as watches
from crawler.alerts.keywords import SearchedText, match
from crawler.alerts.query import parse
from crawler.alerts.tables import Hit, Watch
from crawler.alerts.targets import key
from crawler.backfill import backlog
from crawler.compare.fingerprints import last_change
from crawler.errors import BadInput
from crawler.store import Store, messages
from crawler.store import changes as feed
from crawler.store.changes import FeedItem

BATCH = 200
"""Changes that are looked through together."""
PAGES = 20
"""Pages in one message."""
_TOLD = frozenset({"created", "revised", "copied", "restored"})


def add(store: Store, query: str, sites: Sequence[str], notify: Sequence[str], now: datetime) -> int:
    """Watch for a query from now on; the watch's number. Raises `BadInput` when the query cannot be read."""
    parse(query)
    with store.writing() as connection:
        return watches.add(connection, query, sites, notify, now, last_change(connection))


def remove(store: Store, id_: int) -> None:
    """End a watch; raises `BadInput` when there is none of this number."""
    with store.writing() as connection:
        if not watches.remove(connection, id_):
            raise BadInput(f"there is no watch {id_}; `thoisu watch list` has them")


def tell(store: Store, now: datetime, targets: Collection[str]) -> int:
    """Look through what is new for every watch and write its messages, to its own targets or else to `targets`.

    The number of pages told.
    """
    with store.reading() as connection:
        every = watches.listed(connection)
    for cursor in sorted({watch.cursor for watch in every}):
        _look(store, [watch for watch in every if watch.cursor == cursor], now)
    return sum(_tell(store, watch, now, watch.notify or tuple(targets)) for watch in every)


def _look(store: Store, group: list[Watch], now: datetime) -> None:
    """Bring watches that have come equally far to the end of the feed."""
    queries = {watch.id: parse(watch.query) for watch in group}
    while True:
        cursor = group[0].cursor
        with store.reading() as connection:
            rows, end = feed.read(connection, cursor, BATCH)
            found = {watch.id: dict[int, Hit]() for watch in group}
            before = {watch.id: watches.known(connection, watch.id, _articles(rows)) for watch in group}
            brought = backlog.brought(connection, {told.change.url for told in rows})
        if end == cursor:
            return
        for told in rows:
            change = told.change
            if told.article is None or change.event not in _TOLD or change.seq <= brought.get(change.url, -1):
                continue
            text = SearchedText.of(told.article)
            for watch in group:
                new = change.article_id not in before[watch.id] | found[watch.id].keys()
                if new and (not watch.sites or change.site in watch.sites):
                    sentence = match(queries[watch.id], text)
                    if sentence is not None:
                        found[watch.id][change.article_id] = _hit(watch, told, sentence, now)
        with store.writing() as connection:
            group = [
                replace(watch, cursor=end)
                for watch in group
                if watches.advance(connection, watch, end, found[watch.id].values())
            ]
        if not group:
            return


def _articles(rows: Iterable[FeedItem]) -> set[int]:
    return {told.change.article_id for told in rows}


def _hit(watch: Watch, told: FeedItem, sentence: str, now: datetime) -> Hit:
    change, article = told.change, told.article
    assert article is not None  # noqa: S101 - for the type checker
    return Hit(
        watch_id=watch.id,
        article_id=change.article_id,
        seq=change.seq,
        url=change.url,
        site=change.site,
        title=article.title,
        sentence=sentence,
        found_at=now,
        told_at=None,
    )


def _tell(store: Store, watch: Watch, now: datetime, targets: Collection[str]) -> int:
    count, title = 0, " ".join(watch.query.split())
    while targets:
        with store.writing() as connection:
            hits = watches.untold(connection, watch.id, PAGES)
            if not hits:
                break
            # Each has a time of its own: by it the store knows what stands in which message.
            at = now - count * timedelta.resolution
            about = f"thoisu: {title}: {len(hits)} page{'s' * (len(hits) > 1)}"
            messages.put(connection, watches.about(watch.id), map(key, targets), about, compose(hits), at)
            watches.told(connection, hits, at)
        count += len(hits)
    return count


def compose(hits: Iterable[Hit]) -> str:
    """The text of a message."""
    return "\n\n".join(f"{hit.title}\n{hit.sentence}\n{hit.site or ''} {hit.url}".strip() for hit in hits)
