"""Which changes a sink gets that wants a text: found by the database, all at once, as long as it can.

One text over which the database or this process breaks must not stop a sink: then each is searched by itself, in a
reader process (`crawler.readers`), and what cannot be searched there is set aside by name.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from crawler.deliver.config import Route
from crawler.errors import StoreFailed
from crawler.readers import Bounded, why
from crawler.readers.bounded import SECONDS
from crawler.store import FeedItem, Store, changes, passed_over
from crawler.text.matching import SearchedText
from crawler.text.query import Node, parse

logger = logging.getLogger(__name__)


class TextFilter:
    """Reads the change feed for a route, whether it wants a text or not."""

    def __init__(self, store: Store, route: Route) -> None:
        self._store = store
        self._route = route
        self._name = f"deliver-{route.name}"
        self.unsearched: dict[int, str] = {}
        """The changes of the last reading that could not be searched, with the reason."""

    def read(self, cursor: int) -> tuple[list[FeedItem], int]:
        """The next changes after `cursor`, and the last `seq` that was read; raises StoreFailed and NoReader."""
        route, limit = self._route, self._route.sink.BATCH
        self.unsearched = {}
        if route.text is None:
            return self._store.feed(cursor, limit, sites=route.sites)
        if self._store.last_change() <= cursor:
            return [], cursor
        if not passed_over.begin(self._store, self._name, cursor):
            try:
                return self._store.feed(cursor, limit, sites=route.sites, text=route.text)
            except StoreFailed as failure:
                if failure.reason != "failed":
                    raise
                logger.warning("%s: texts are searched one by one: %s", route.name, failure)
        return self._one_by_one(cursor, limit, parse(route.text))

    def came_through(self) -> None:
        """What was read last could be, though its sink has not taken it: the next reading need not be careful."""
        if self._route.text is not None:
            passed_over.end(self._store, self._name)

    def _one_by_one(self, cursor: int, limit: int, wanted: Node) -> tuple[list[FeedItem], int]:
        items, reached = self._store.feed(cursor, limit, sites=self._route.sites)
        found, bounded = [], Bounded(careful=True)
        for item in items:
            seq = item.change.seq
            with self._store.reading() as connection:
                texts = changes.texts_of(connection, seq)
            size = sum(len(part or "") for text in texts for part in text)
            try:
                if bounded.run(size, holds, texts, wanted, seconds=SECONDS):
                    found.append(item)
            except Exception as error:  # whatever it is, it would come again with each try
                logger.warning("%s: %s cannot be searched: %s", self._route.name, item.change.url, why(error))
                self.unsearched[seq] = why(error)
        return found, reached


def holds(texts: Sequence[tuple[str, str | None, str]], wanted: Node) -> bool:
    """Whether one of the texts, each as title, lead and body, has what is looked for; here or in a reader."""
    return any(wanted.holds(SearchedText.of_parts(*text)) for text in texts)
