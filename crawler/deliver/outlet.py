"""A sink with all that it may do wrong: opened when first needed, never given what it has, its errors by name."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Self

from crawler.compare import story_queries
from crawler.deliver.sink import Delivery, NotTaken, Poisoned, Sink, SinkFailed
from crawler.sites import Sites
from crawler.store import FeedItem, Store, changes

logger = logging.getLogger(__name__)


class Outlet:
    """Every method raises SinkFailed or Poisoned and nothing else of the sink's."""

    def __init__(self, sink: Sink, known: Callable[[], Sites]) -> None:
        self._sink = sink
        self._known, self._sites = known, Sites()
        self._open = False
        self._store_id = ""
        self._rewinds, self._there = -1, 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def prepare(self, store: Store, rewinds: int, items: Sequence[FeedItem]) -> list[Delivery]:
        """The changes as deliveries, without those that the sink has."""
        if not self._store_id:
            self._store_id, self._sites = store.identity(), self._known()
        if rewinds != self._rewinds:
            self.close()
            self._rewinds, self._there = rewinds, 0
        if not self._open:
            with _named():
                key = self._sink.open(rewinds)
            self._open = True
            self._there = max(self._there, self._place(store, key))
        # A power cut must not take back from the store what its sinks keep.
        store.settle()
        return deliveries(store, self._store_id, [one for one in items if one.change.seq > self._there], self._sites)

    def write(self, rows: Sequence[Delivery]) -> None:
        """Give rows to the sink, which has them for good after this."""
        if not rows:
            return
        try:
            with _named():
                self._sink.write(rows)
        except NotTaken as error:
            given = {row.seq for row in rows}
            if isinstance(error, Poisoned) and error.seq not in given:
                raise SinkFailed("failed", f"it names a record that it was not given: {error}") from error
            if error.through is not None:
                self._there = max(self._there, min(error.through, rows[-1].seq))
            raise
        self._there = rows[-1].seq

    def close(self) -> None:
        """Let go of the sink; the next `prepare` opens it again."""
        self._open = False
        try:
            self._sink.close()
        except Exception:  # anybody's sink: what it was given it has, and the other sinks go on
            logger.warning("a sink made a mistake", exc_info=True)

    def _place(self, store: Store, key: str | None) -> int:
        """The number in a key; 0 for none."""
        if key is None:
            return 0
        owner, _, number = key.rpartition(":")
        if owner != self._store_id or not number.isdecimal():
            raise SinkFailed("damaged", f"what is there is not of this store: {key!r}")
        with store.reading() as connection:
            last = changes.last_change(connection)
        if int(number) > last:
            detail = (
                f"it has changes up to {number}, the store only up to {last}: was that taken back to an older state?"
            )
            raise SinkFailed("damaged", detail)
        return int(number)


def deliveries(store: Store, store_id: str, items: Sequence[FeedItem], sites: Sites) -> list[Delivery]:
    """Changes of the feed as a consumer needs them, with what is known of their sites and stories."""
    with store.reading() as connection:
        stories = story_queries.story_numbers(connection, {item.change.article_id for item in items})
    return [
        Delivery.of(store_id, item, sites.get(item.change.site or ""), stories[item.change.article_id])
        for item in items
    ]


@contextmanager
def _named() -> Iterator[None]:
    """An error of a sink's own as SinkFailed: one sink's mistake must not end the others."""
    try:
        yield
    except NotTaken:
        raise
    except OSError as error:
        raise SinkFailed.of(error) from error
    except Exception as error:
        logger.warning("a sink made a mistake", exc_info=True)
        raise SinkFailed("failed", f"{type(error).__name__}: {error}") from error
