"""Readings of the store that end in time, whatever somebody asks."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from crawler.errors import StoreFailed
from crawler.store import Store

SECONDS = 5.0
"""For all statements of one answer; what takes longer is given up."""
_STEPS = 20_000  # of SQLite's machine between two looks at the clock, about a millisecond


class TooSlow(StoreFailed):
    """The store did not answer in time."""


@contextmanager
def reading(store: Store, seconds: float = SECONDS) -> Iterator[Connection]:
    """One transaction that reads; raises `TooSlow` when its statements take longer, StoreFailed as the store does.

    A thread that waits for a statement cannot be ended from outside; the database ends it.
    """
    end = time.monotonic() + seconds
    try:
        with store.reading() as connection:
            if connection.dialect.name != "sqlite":
                connection.exec_driver_sql(f"SET LOCAL statement_timeout = {int(seconds * 1000)}")
                yield connection
                return
            raw = connection.connection.driver_connection
            assert raw is not None  # noqa: S101 - for the type checker
            raw.set_progress_handler(lambda: time.monotonic() > end, _STEPS)
            try:
                yield connection
            finally:
                raw.set_progress_handler(None, _STEPS)
    except StoreFailed as failure:
        if "interrupted" in failure.detail or "statement timeout" in failure.detail:
            raise TooSlow(failure.reason, failure.detail) from failure
        raise
