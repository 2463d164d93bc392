"""A sign of life to somebody outside, who notices when it stays away: a dead scheduler tells nobody itself.

An address is asked by GET at most once a minute, as the services for it want (healthchecks.io, Uptime Kuma,
Prometheus's Pushgateway behind a script). It is asked only when the store could be written and no poll is overdue, so
that silence means trouble; what the answer is changes nothing here.
"""

from __future__ import annotations

import logging
import threading
import time
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime
from http.client import HTTPException
from urllib.error import HTTPError, URLError

from crawler.errors import StoreFailed
from crawler.monitor import is_late
from crawler.process import masked_address
from crawler.store import Store

logger = logging.getLogger(__name__)
INTERVAL = 60.0
"""Seconds between two, at least."""
TIMEOUT = 10.0
"""Seconds that each step of an exchange may take."""
_STUCK = 300.0  # seconds after which an exchange that drips on is left to itself


class Heartbeat:
    """Calls of it cost nothing: whatever may wait does so in a thread."""

    def __init__(self, url: str, is_well: Callable[[], bool], clock: Callable[[], float] = time.monotonic) -> None:
        """`url` is an http or https address, which is a secret; `is_well` is asked in the thread, before it is."""
        self._url = url
        self._is_well = is_well
        self._clock = clock
        self._asked = -INTERVAL
        self._failed = False
        self._thread: threading.Thread | None = None

    def __call__(self) -> None:
        """The scheduler lives, and has just written that into its store."""
        now = self._clock()
        under_way = self._thread is not None and self._thread.is_alive()
        if now - self._asked < (_STUCK if under_way else INTERVAL):
            return
        self._asked = now
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            if not self._is_well():
                return
            with _opener().open(self._url, timeout=TIMEOUT):
                pass
        except StoreFailed:
            return  # the scheduler says it
        except (OSError, HTTPException, ValueError) as error:
            if not self._failed:
                logger.warning("the heartbeat does not reach %s: %s", masked_address(self._url), _reason(error))
            self._failed = True
            return
        if self._failed:
            logger.warning("the heartbeat reaches %s again", masked_address(self._url))
        self._failed = False


def heartbeat(url: str, store: Store) -> Heartbeat:
    """The heartbeat of the scheduler of a store."""
    return Heartbeat(url, lambda: not is_late(store, datetime.now(UTC)))


def _opener() -> urllib.request.OpenerDirector:
    """HTTP and HTTPS and nothing else, wherever an answer sends us; by the proxy that the environment names."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(), urllib.request.HTTPHandler(), urllib.request.HTTPSHandler(),
        urllib.request.HTTPErrorProcessor(), urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPRedirectHandler(), urllib.request.UnknownHandler(),
    ):  # fmt: skip
        opener.add_handler(handler)
    opener.addheaders = [("User-Agent", "thoisu")]
    return opener


def _reason(error: Exception) -> str:
    """What went wrong, without the address, which some errors repeat."""
    if isinstance(error, HTTPError):
        return f"it answers {error.code}"
    if isinstance(error, URLError):
        return str(error.reason)
    return type(error).__name__
