"""The process that looks: it starts rounds of due sites in processes of their own, and holds nothing that matters.

When to look stands in the store (`crawler.schedule.agenda`), so a scheduler that dies at any moment is replaced by
another that reads on. One at a time has the store; a second waits as a stand-by until the lock of the first is free.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from functools import partial
from types import FrameType

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.blocking import BlockingScheduler

from crawler.errors import StoreFailed
from crawler.schedule import agenda
from crawler.schedule.enrol import enrol
from crawler.schedule.rounds import IDLE, Rounds
from crawler.schedule.worker import Worker
from crawler.settings import (
    THOISU_DATABASE_URL,
    THOISU_LOG_LEVEL,
    THOISU_SITES_AT_ONCE,
)
from crawler.sites.registry import Sites, load_sites
from crawler.store import Store
from crawler.store.locks import Taken

logger = logging.getLogger(__name__)
STAND_BY = timedelta(seconds=5)
"""Between two looks at whether the store is free, and after a failure of it."""


class Scheduler:
    """Drives the rounds of a store, whose agenda `settle` brings in line with the sites when it is taken over."""

    def __init__(self, store: Store, worker: Worker, places: int, settle: Callable[[Store, datetime], int]) -> None:
        self._store = store
        self._worker = worker
        self._places = places
        self._settle = settle
        self._rounds = Rounds(self._times, self._start, places)
        self._held = ExitStack()
        self._confirm: Callable[[], None] | None = None
        self._said = ""
        self._ending: list[threading.Thread] = []
        self._lock = threading.RLock()
        # The rounds wait in threads of their own, so that the beat never waits for one.
        self._jobs = BlockingScheduler(
            timezone=UTC,
            executors={"default": ThreadPoolExecutor(2), "rounds": ThreadPoolExecutor(places)},
            job_defaults={"misfire_grace_time": None, "coalesce": True},
        )

    def run(self) -> None:
        """Until SIGTERM or Ctrl-C; a second one ends it by force."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_signal)
        # The interval is the net below: each beat says itself when the next is to come.
        seconds = IDLE.total_seconds()
        self._jobs.add_job(self._beat, "interval", seconds=seconds, id="beat", next_run_time=_now(), max_instances=2)
        self._jobs.start()
        for thread in self._ending:
            thread.join()

    def _beat(self) -> None:
        with self._lock:
            if self._ending:
                self._shut_down()
                return
            try:
                following = self._rounds.tick(_now()) if self._has_store() else _now() + STAND_BY
            except StoreFailed as failure:
                logger.warning("the store cannot be asked, trying again: %s", failure)
                following = _now() + STAND_BY
            self._jobs.modify_job("beat", next_run_time=following)

    def _has_store(self) -> bool:
        try:
            if self._confirm is None:
                self._confirm = self._held.enter_context(self._store.alone("schedule"))
                number = self._settle(self._store, _now())
                self._say(f"watching {number} sites")
            else:
                self._confirm()
        except Taken:
            self._say("another scheduler has this store; standing by")
            return False
        except StoreFailed:
            self._confirm = None
            self._held.close()
            raise
        return True

    def _say(self, what: str) -> None:
        if what != self._said:
            print(f"{what}; stop with Ctrl-C or: kill {os.getpid()}", file=sys.stderr, flush=True)
        self._said = what

    def _times(self) -> dict[str, datetime]:
        with self._store.reading() as connection:
            return agenda.next_times(connection)

    def _start(self, sites: list[str]) -> None:
        logger.info("a round of %s", ", ".join(sites))
        self._jobs.add_job(self._round, args=(sites,), executor="rounds")

    def _round(self, sites: list[str]) -> None:
        try:
            self._worker.run(sites)
        finally:
            with self._lock:
                self._rounds.ended(sites)
                if not self._ending:
                    self._jobs.modify_job("beat", next_run_time=_now())

    def _on_signal(self, _: int, __: FrameType | None) -> None:
        # Not in the handler itself: the scheduler's lock may be held by the very code that the signal interrupted.
        self._ending.append(threading.Thread(target=self._worker.kill if self._ending else self._stop))
        self._ending[-1].start()

    def _stop(self) -> None:
        self._worker.stop()
        with self._lock:
            self._shut_down()
        self._held.close()

    def _shut_down(self) -> None:
        # Without waiting for the threads of the jobs: APScheduler would do so with a lock that these may want.
        if self._jobs.running:
            self._jobs.shutdown(wait=False)


def _now() -> datetime:
    return datetime.now(UTC)


def log() -> None:
    """What the processes of the schedule write, on standard error."""
    logging.basicConfig(level=THOISU_LOG_LEVEL, format="%(asctime)s %(levelname)s %(message)s")
    # What is logged of each beat is for whoever looks for a fault in the scheduler itself.
    logging.getLogger("apscheduler").setLevel(max(logging.WARNING, logging.getLogger().level))


def run(sites: Sites | None = None, *, store_url: str = THOISU_DATABASE_URL, newsroom: str | None = None) -> None:
    """Watch the sites, all of `spiders` by default, until SIGTERM or Ctrl-C."""
    log()
    watched = load_sites() if sites is None else sites
    options = ["--store", store_url, *(["--newsroom", newsroom] if newsroom else [])]
    worker = Worker([sys.executable, "-m", "crawler", "crawl", "--due", *options])
    with Store.open(store_url) as store:
        Scheduler(store, worker, THOISU_SITES_AT_ONCE, partial(enrol, watched)).run()
