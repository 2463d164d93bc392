"""What every answer needs: the store, the sites, how the server was told to be."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar, cast

from sqlalchemy import Connection
from starlette.requests import HTTPConnection

from crawler.sites import Site, Sites
from crawler.store import Store, changes, queries
from crawler.web.counts import Counts
from crawler.web.database import reading
from crawler.web.options import ServerOptions

T = TypeVar("T")
_FRESH = 0.4
_LONG = 3600.0
_MOST = 1000  # things that are remembered


@dataclass(slots=True)
class State:
    """The application's state; `of` finds it from a request."""

    store: Store
    sites: Sites
    options: ServerOptions
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    stopping: threading.Event = field(default_factory=threading.Event)
    """Set when the server ends: whoever waits for changes stops waiting."""
    waiting: int = 0
    """How many wait for changes."""
    counts: Counts = field(default_factory=Counts)
    _turn: threading.Lock = field(default_factory=threading.Lock)
    _memo: dict[Hashable, tuple[float, Any]] = field(default_factory=dict)
    _locks: dict[Hashable, threading.Lock] = field(default_factory=dict)

    def reading(self) -> AbstractContextManager[Connection]:
        """A transaction that reads, and ends in time (`crawler.web.database`)."""
        return reading(self.store)

    def memo(self, key: Hashable, seconds: float, make: Callable[[], T]) -> T:
        """What `make` made within so many seconds; of several that ask at once one makes it.

        For what costs more than a page may: it is asked of the store once, however many look at it.
        """
        with self._turn:
            lock = self._locks.setdefault(key, threading.Lock())
        with lock:
            made, value = self._memo.get(key, (-seconds, None))
            if time.monotonic() - made >= seconds:
                value = make()
                with self._turn:
                    if len(self._memo) >= _MOST:
                        self._memo.clear()
                        self._locks.clear()
                    self._memo[key] = time.monotonic(), value
            return cast("T", value)

    def identity(self) -> str:
        """The store's own name (`Store.identity`)."""
        return self.memo("identity", _LONG, self.store.identity)

    def stored_sites(self) -> set[str]:
        """The sites that the store knows."""

        def names() -> set[str]:
            with self.reading() as connection:
                return queries.site_names(connection)

        return self.memo("sites", _FRESH, names)

    def last_change(self) -> int:
        """The number of the last change, at most `_FRESH` seconds old: many may wait for the next one."""

        def last() -> int:
            with self.reading() as connection:
                return changes.last_change(connection)

        return self.memo("last change", _FRESH, last)

    def tier(self, name: str) -> str | None:
        """The tier of a site; None for one that no definition names."""
        site: Site | None = self.sites.get(name)
        return site.tier if site else None

    def publisher(self, name: str | None) -> str:
        """What a reader calls a site; its name where no definition says more."""
        site: Site | None = self.sites.get(name) if name else None
        return site.publisher if site else name or "–"


def of(connection: HTTPConnection) -> State:
    """The state of the application that a request came to."""
    state: State = connection.app.state.thoisu
    return state
