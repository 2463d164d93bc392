"""Counts of the whole record, which a server goes on with: each row is counted once."""

from __future__ import annotations

import threading
from collections import Counter

from sqlalchemy import Connection, func, select

from crawler.store.changes import last_change
from crawler.store.schema import changes

_STEP = 100_000  # changes that are counted by one statement


class Counts:
    """How many changes there are by site and event, as of the last time that it was asked."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._seq = 0
        self._found: Counter[tuple[str, str]] = Counter()

    def of_changes(self, connection: Connection) -> dict[tuple[str, str], int]:
        """The counts by site and event."""
        with self._turn:
            last = last_change(connection)
            while self._seq < last:
                end = min(last, self._seq + _STEP)
                query = (
                    select(changes.c.site, changes.c.event, func.count())
                    .where(changes.c.seq > self._seq, changes.c.seq <= end)
                    .group_by(changes.c.site, changes.c.event)
                )
                for site, event, count in connection.execute(query):
                    self._found[site or "", event] += count
                self._seq = end
            return dict(self._found)
