"""The process that runs for months: APScheduler with a job that polls, and the jobs that follow what polls bring.

Every job is a process of its own, and nothing that matters is held here. When to poll stands in the store
(`crawler.schedule.agenda`), so a scheduler that dies at any moment is replaced by another that reads on. One at a time
has the store; a second waits as a stand-by until the lock of the first is free.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Collection, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from functools import partial

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_EXECUTED, JobExecutionEvent
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.blocking import BlockingScheduler

from crawler.errors import StoreFailed
from crawler.process import answering
from crawler.process.log_format import announce, log_to_stderr
from crawler.schedule import agenda
from crawler.schedule.clock_watch import ClockWatch
from crawler.schedule.deferral import Deferral
from crawler.schedule.heal import heal
from crawler.schedule.intervals import Interval, Turns
from crawler.schedule.rounds import GATHER, IDLE, Rounds
from crawler.schedule.worker import Worker
from crawler.store import LockTaken, Store, heartbeats, subjects
from crawler.text import VIETNAM

logger = logging.getLogger(__name__)
STAND_BY = timedelta(seconds=5)
"""Between two tries to have the store, and after a failure of it."""
CLOCK = timedelta(seconds=10)
"""Between two looks at whether the clock has jumped."""
LOOK = timedelta(seconds=5)
"""Between two looks at the queue while workers are at rounds."""
BEAT = timedelta(seconds=45)
"""Between two signs of life, at least; there is one at every minute's poll."""
GRACE = 9.5
"""Seconds from a signal to the end by force: more than a process of ours gets (`crawler.schedule.worker`)."""
FIRST = timedelta(seconds=30)
"""From the moment in which the store is taken to the first run of the jobs that follow the polls."""


class Scheduler:
    """Polls the sites of a store, and runs its other jobs.

    `polls` takes the names of sites that are due, `jobs` the name of a job; `settle` brings the agenda in line with the
    sites when the store is taken over, and says how many these are. `places` is the most sites polled at once. With
    `deferral` there are workers who do all of this while they are alive. `on_beat` is called after each sign of life in
    the store, and must not wait.
    """

    def __init__(
        self,
        store: Store,
        polls: Worker,
        places: int,
        settle: Callable[[Store, datetime], int],
        jobs: Worker | None = None,
        intervals: Sequence[Interval] = (),
        deferral: Deferral | None = None,
        on_beat: Callable[[], None] = lambda: None,
    ) -> None:
        self._store = store
        self._deferral = deferral
        self._on_beat = on_beat
        self._polls = polls
        self._workers = [polls, *([jobs] if jobs else [])]
        self._places = places
        self._settle = settle
        self._rounds = Rounds(self._times, self._start, places)
        self._held = ExitStack()
        self._confirm: Callable[[], None] | None = None
        self._sites = 0
        self._said = ""
        self._ending: list[threading.Thread] = []
        self._lock = threading.RLock()
        self._turns = Turns()
        self._asked: set[str] = set()  # followers that were asked for and that have not begun since
        self._clock = ClockWatch(_now)
        self._over = threading.Event()
        self._next_beat = 0.0
        # Whoever waits for a process does so in a thread of another pool than what decides.
        self._scheduler = BlockingScheduler(
            timezone=UTC,
            executors={
                "default": ThreadPoolExecutor(2),
                "rounds": ThreadPoolExecutor(places),
                "jobs": ThreadPoolExecutor(max(1, len(intervals))),
            },
            job_defaults={"misfire_grace_time": None, "coalesce": True},
        )
        # The interval is the net below: each poll says itself when the next is to come.
        seconds = IDLE.total_seconds()
        self._scheduler.add_job(
            self._poll, "interval", seconds=seconds, id="poll", next_run_time=_now(), max_instances=2
        )
        self._after_rounds = [interval.job for interval in intervals if jobs and interval.after_rounds]
        self._followers = [interval.job for interval in intervals if jobs]
        for interval in intervals if jobs else ():  # each waits until this process has the store
            self._scheduler.add_job(
                self._job, "interval", seconds=interval.every.total_seconds(), id=interval.job, executor="jobs",
                args=(jobs, interval), next_run_time=None,
            )  # fmt: skip
        self._scheduler.add_listener(_log_error, EVENT_JOB_ERROR)
        self._scheduler.add_listener(self._ask_again, EVENT_JOB_EXECUTED | EVENT_JOB_ERROR)

    def run(self) -> None:
        """Until SIGTERM or Ctrl-C; a second one ends it by force."""
        with answering(partial(self._end, self._stop), partial(self._end, self._kill), GRACE):
            threading.Thread(target=self._watch_clock, daemon=True).start()
            try:
                self._scheduler.start()
            except JobLookupError:
                # APScheduler's end, in the thread of `_stop`, comes between the start of a round and its removal.
                if not self._ending:
                    raise
            self._over.set()
            for thread in self._ending:
                thread.join()

    def _poll(self) -> None:
        with self._lock:
            if self._ending:
                self._shut_down()
                return
            try:
                if self._has_store():
                    self._beat()
                    following = self._tick()
                else:
                    following = _now() + STAND_BY
            except StoreFailed as failure:
                logger.warning("the store cannot be asked, trying again: %s", failure)
                following = _now() + STAND_BY
            self._scheduler.modify_job("poll", next_run_time=following)

    def _tick(self) -> datetime:
        """Begin what is due; returns when to look again."""
        if (deferral := self._deferral) is None:
            return self._rounds.tick(_now())
        if deferral.look(self._rounds):
            self._ask(self._after_rounds)
        for job in (back := deferral.taken_back.intersection(self._followers)):
            self._turns.forget(job)
        self._ask(back)
        self._rounds.places = sys.maxsize if deferral.defers else self._places
        self._rounds.gather = timedelta() if deferral.defers else GATHER
        following = self._rounds.tick(_now())
        self._say(f"{self._polling()}{deferral.says}")
        return min(following, _now() + LOOK) if deferral.open else following

    def _polling(self) -> str:
        return f"polling {self._sites} site{'s' * (self._sites != 1)}"

    def _watch_clock(self) -> None:
        """Wake what sleeps until a time that the clock will not tell for long, since it was put back."""
        while not self._over.wait(CLOCK.total_seconds()):
            jump = self._clock.jump()
            if not jump:
                continue
            logger.warning("the machine's clock has jumped by %.0f s", jump.total_seconds())
            if self._ending or self._confirm is None:
                continue
            try:
                # Before anything is woken that would believe the clock.
                with self._store.writing_beside(subjects.job("schedule")) as connection:
                    heartbeats.note_jump(connection, heartbeats.Jump(_now(), jump.total_seconds(), 0))
            except StoreFailed as failure:
                logger.warning("the jump is not noted: %s", failure)
            with self._lock:
                if self._ending or self._confirm is None:
                    continue
                for job in ("poll", *self._followers):
                    self._scheduler.modify_job(job, next_run_time=_now())

    def _beat(self) -> None:
        """Say that somebody polls, and put right what a wrong clock has put off."""
        if time.monotonic() >= self._next_beat:
            heal(self._store, _now())
            with self._store.writing_beside(subjects.job("schedule")) as connection:
                heartbeats.beat(connection, _now())
            self._next_beat = time.monotonic() + BEAT.total_seconds()
            self._on_beat()

    def _job(self, worker: Worker, interval: Interval) -> None:
        """Run a job in its process, unless nothing has changed since it ran last and it need not be now."""
        self._asked.discard(interval.job)
        if self._confirm is None:  # the store was lost since
            return
        try:
            last = self._store.last_change()
        except StoreFailed as failure:
            logger.warning("the job %s waits: %s", interval.job, failure)
            return
        if not self._turns.take(interval, _now(), last):
            return
        if self._deferral is not None and self._deferral.takes(interval.job):
            try:
                self._deferral.put_job(interval.job)
            except StoreFailed as failure:
                logger.warning("the job %s waits: %s", interval.job, failure)
        else:
            worker.run([interval.job])

    def _has_store(self) -> bool:
        try:
            if self._confirm is None:
                self._confirm = self._held.enter_context(self._store.lock("schedule"))
                self._sites = self._settle(self._store, _now())
                with self._store.writing_beside(subjects.job("schedule")) as connection:
                    heartbeats.begin(connection, _now())
                if self._deferral is None:
                    self._say(self._polling())
                for job in self._followers:
                    self._scheduler.modify_job(job, next_run_time=_now() + FIRST)
            else:
                self._confirm()
        except LockTaken:
            self._say("another scheduler has this store; standing by")
            return False
        except StoreFailed:
            self._confirm = None
            self._held.close()
            raise
        return True

    def _say(self, what: str) -> None:
        if what != self._said:
            announce(f"{what}; stop with Ctrl-C or: kill {os.getpid()}")
        self._said = what

    def _times(self) -> dict[str, datetime]:
        with self._store.reading() as connection:
            return agenda.next_times(connection)

    def _start(self, sites: list[str]) -> None:
        logger.info("a round of %s", ", ".join(sites))
        if self._deferral is not None and self._deferral.defers:
            self._deferral.put_rounds(sites)
        else:
            self._scheduler.add_job(self._round, args=(sites,), executor="rounds")

    def _round(self, sites: list[str]) -> None:
        try:
            self._polls.run(sites)
        finally:
            with self._lock:
                self._rounds.ended(sites)
                if not self._ending:
                    self._scheduler.modify_job("poll", next_run_time=_now())
                    self._ask(self._after_rounds)

    def _ask(self, jobs: Collection[str]) -> None:
        """Let these begin: something may have come."""
        self._asked.update(jobs)
        for job in jobs:
            self._scheduler.modify_job(job, next_run_time=_now())

    def _ask_again(self, ended: JobExecutionEvent) -> None:
        """APScheduler passes over what is asked while it runs, which saw less than there is now."""
        with self._lock:
            if ended.job_id in self._asked and not self._ending:
                self._scheduler.modify_job(ended.job_id, next_run_time=_now())

    def _end(self, how: Callable[[], None]) -> None:
        # Not in the handler itself: the scheduler's lock may be held by the very code that the signal interrupted.
        self._ending.append(threading.Thread(target=how))
        self._ending[-1].start()

    def _kill(self) -> None:
        for worker in self._workers:
            worker.kill()

    def _stop(self) -> None:
        stops = [threading.Thread(target=worker.stop) for worker in self._workers]
        for stop in stops:
            stop.start()
        for stop in stops:
            stop.join()
        with self._lock:
            self._shut_down()
        self._held.close()

    def _shut_down(self) -> None:
        # Without waiting for the threads of the jobs: APScheduler would do so with a lock that these may want.
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)


def _log_error(event: JobExecutionEvent) -> None:
    trace = event.exception if logger.isEnabledFor(logging.DEBUG) else None
    logger.error("the job %s broke: %r", event.job_id, event.exception, exc_info=trace)


def _now() -> datetime:
    return datetime.now(UTC)


def log(level: str, form: str) -> None:
    """What the processes of the schedule write, on standard error, from this level on, in one of `FORMATS`."""
    log_to_stderr(level, form, VIETNAM)
    # What the engines say of each run, and of each that is left out while the last goes on, is for whoever looks for a
    # fault in the scheduler or a worker itself; errors are told by these.
    debugging = logging.getLogger().level <= logging.DEBUG
    for engine in ("apscheduler", "procrastinate", "psycopg.pool"):
        logging.getLogger(engine).setLevel(logging.DEBUG if debugging else logging.CRITICAL)
