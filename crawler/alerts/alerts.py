"""Alerts: who asked for words hears of each new or revised article that has them, once; of none that a backfill has
brought, however new to the store.

An alert reads the change feed like a sink, from where it was added. What it finds is written with the place reached,
and into a message in one transaction; so a crash repeats at most the sending of a message.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from crawler.alerts import tables
from crawler.alerts.keywords import SearchedText, match
from crawler.alerts.query import parse
from crawler.alerts.tables import Alert, Hit
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
_NEWS = frozenset({"created", "revised", "copied", "restored"})


def add(store: Store, query: str, sites: Sequence[str], notify: Sequence[str], now: datetime) -> int:
    """Alert to a query from now on; the number of the alert. Raises `BadInput` when the query cannot be read."""
    parse(query)
    with store.writing() as connection:
        return tables.add(connection, query, sites, notify, now, last_change(connection))


def remove(store: Store, id_: int) -> None:
    """End an alert; raises `BadInput` when there is none of this number."""
    with store.writing() as connection:
        if not tables.remove(connection, id_):
            raise BadInput(f"there is no alert {id_}; `thoisu alerts list` has them")


def write_messages(store: Store, now: datetime, targets: Collection[str]) -> int:
    """Look through what is new for every alert and write its messages, to its own targets or else to `targets`.

    The number of pages in them.
    """
    with store.reading() as connection:
        every = tables.listed(connection)
    for cursor in sorted({alert.cursor for alert in every}):
        _search(store, [alert for alert in every if alert.cursor == cursor], now)
    return sum(_write(store, alert, now, alert.notify or tuple(targets)) for alert in every)


def _search(store: Store, group: list[Alert], now: datetime) -> None:
    """Bring alerts that have come equally far to the end of the feed."""
    queries = {alert.id: parse(alert.query) for alert in group}
    while True:
        cursor = group[0].cursor
        with store.reading() as connection:
            rows, end = feed.read(connection, cursor, BATCH)
            found = {alert.id: dict[int, Hit]() for alert in group}
            before = {alert.id: tables.known(connection, alert.id, _articles(rows)) for alert in group}
            brought = backlog.brought(connection, {item.change.url for item in rows})
        if end == cursor:
            return
        for item in rows:
            change = item.change
            if item.article is None or change.event not in _NEWS or change.seq <= brought.get(change.url, -1):
                continue
            text = SearchedText.of(item.article)
            for alert in group:
                new = change.article_id not in before[alert.id] | found[alert.id].keys()
                if new and (not alert.sites or change.site in alert.sites):
                    sentence = match(queries[alert.id], text)
                    if sentence is not None:
                        found[alert.id][change.article_id] = _hit(alert, item, sentence, now)
        with store.writing() as connection:
            group = [
                replace(alert, cursor=end)
                for alert in group
                if tables.advance(connection, alert, end, found[alert.id].values())
            ]
        if not group:
            return


def _articles(rows: Iterable[FeedItem]) -> set[int]:
    return {item.change.article_id for item in rows}


def _hit(alert: Alert, item: FeedItem, sentence: str, now: datetime) -> Hit:
    change, article = item.change, item.article
    assert article is not None  # noqa: S101 - for the type checker
    return Hit(
        watch_id=alert.id,
        article_id=change.article_id,
        seq=change.seq,
        url=change.url,
        site=change.site,
        title=article.title,
        sentence=sentence,
        found_at=now,
        told_at=None,
    )


def _write(store: Store, alert: Alert, now: datetime, targets: Collection[str]) -> int:
    count, title = 0, " ".join(alert.query.split())
    while targets:
        with store.writing() as connection:
            hits = tables.unwritten(connection, alert.id, PAGES)
            if not hits:
                break
            # Each has a time of its own: by it the store knows what stands in which message.
            at = now - count * timedelta.resolution
            about = f"thoisu: {title}: {len(hits)} page{'s' * (len(hits) > 1)}"
            messages.put(connection, tables.about(alert.id), map(key, targets), about, compose(hits), at)
            tables.mark_written(connection, hits, at)
        count += len(hits)
    return count


def compose(hits: Iterable[Hit]) -> str:
    """The text of a message."""
    return "\n\n".join(f"{hit.title}\n{hit.sentence}\n{hit.site or ''} {hit.url}".strip() for hit in hits)
