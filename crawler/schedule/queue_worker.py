"""The process of `thoisu worker`: it takes jobs from the queue and runs each in a process of its own.

procrastinate fetches them, gives signs of life and notes how each ended; the processes are those of
`crawler.schedule.worker`, which can be ended. A worker that is asked to end ends them and gives their jobs back. What a
worker leaves that dies is given back by the others, and by the scheduler, when its signs of life have stopped.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from crawler.errors import StoreFailed
from crawler.process import answering, masked
from crawler.process.log_format import announce
from crawler.schedule import queue_state
from crawler.schedule.queue import Queue
from crawler.schedule.queue_state import LONG, LOST, QueueWorkerRow
from crawler.schedule.worker import LATER, MORE, Worker

if TYPE_CHECKING:
    from procrastinate import App
    from procrastinate.worker import Worker as Fetcher

logger = logging.getLogger(__name__)
GRACE = 9.5
"""Seconds from a signal to the end by force, as the scheduler's."""
STAND_BY = 5.0
"""Seconds between two tries to reach the database."""
_BEAT = 10.0  # seconds between two signs of life, and two looks for what dead workers have left
_POLL = 5.0  # seconds after which the queue is asked, though nobody has said that a job came
_BACK = timedelta(minutes=1)
"""Before a job that is given back begins anew: as long as the longest Crawl-delay that is obeyed by default, so that no
site is asked by the next worker sooner than its delay."""
_LATER = timedelta(hours=1)
_PAUSES = {MORE: timedelta(seconds=30), LATER: _LATER}
_TRIES = 5
"""How often in a row a part of what takes long may fail."""


class Again(Exception):
    """A job is to be done again, after a pause."""

    def __init__(self, pause: timedelta) -> None:
        super().__init__(f"again in {pause.total_seconds():.0f} s")
        self.pause = pause


class JobFailed(Exception):
    """The process of a job ended with an exit code of its own."""


def following(exception: BaseException, kind: str, priority: int) -> tuple[timedelta, int] | None:
    """After what pause a job that ended so begins again, and with what priority; None when it does not.

    What fails of a round or a job is due again by itself. A part of what takes long goes behind all others of its kind,
    further with each failure in a row, by which they are counted.
    """
    if isinstance(exception, Again):
        return exception.pause, max(priority, 0)
    if kind in LONG and priority > 1 - _TRIES:
        return _LATER, priority - 1
    return None


class QueueWorker:
    """Runs what is in some queues of a store, at most `concurrency` jobs at once.

    `runners` makes, for each kind of work, what runs its processes: anew each time that the database was lost, since
    what was under way then is ended.
    """

    def __init__(
        self, queue: Queue, runners: Callable[[], Mapping[str, Worker]], queues: Sequence[str], concurrency: int
    ) -> None:
        self._queue = queue
        self._make_runners = runners
        self._runners: Mapping[str, Worker] = {}
        self._queues = list(queues)
        self._concurrency = concurrency
        self._stopping = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopped = asyncio.Event()
        self._ending = False
        self._ends: list[threading.Thread] = []
        self._under_way: set[int | None] = set()  # the numbers of the jobs whose processes run
        self._left: set[int] = set()  # at the last sign of life: said to run here, and not under way
        self._said = ""
        self._processes = ThreadPoolExecutor(concurrency, "job")

    def run(self) -> None:
        """Until SIGTERM or Ctrl-C; a second one ends it by force."""
        with answering(self.stop, self._kill, GRACE):
            asyncio.run(self._serve())
            for end in self._ends:
                end.join()
            self._processes.shutdown()

    async def _serve(self) -> None:
        from procrastinate.exceptions import ProcrastinateException
        from psycopg import Error
        from psycopg_pool import PoolTimeout

        self._loop = asyncio.get_running_loop()
        self._loop.set_exception_handler(_unheard)
        while not self._stopping.is_set():
            try:
                await self._work()
            except (ProcrastinateException, Error, PoolTimeout, StoreFailed, OSError) as error:
                if not self._stopping.is_set():
                    cause = str(error.__cause__ or error).strip().split("\n", 1)[0]
                    logger.warning("the queue cannot be asked, trying again: %s", masked(cause))
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopped.wait(), STAND_BY)

    async def _work(self) -> None:
        """Take jobs until this worker is to end or the database is lost."""
        app = self._queue.online_app(min_size=1, max_size=4, timeout=STAND_BY)
        self._ending, self._runners = False, self._make_runners()
        self._name_tasks(app)
        async with app.open_async():
            fetcher = self._fetcher(app)
            fetching = asyncio.create_task(fetcher.run())
            attending = asyncio.create_task(self._attend(fetcher))
            asked = asyncio.create_task(self._stopped.wait())
            try:
                await asyncio.wait([fetching, attending, asked], return_when=asyncio.FIRST_COMPLETED)
            finally:
                self._ending = True
                self._each("stop")
                fetcher.stop()
                for task in (attending, asked):
                    task.cancel()
                found = await asyncio.gather(fetching, attending, asked, return_exceptions=True)
        if isinstance(found[0], Exception):
            raise found[0]

    def _fetcher(self, app: App) -> Fetcher:
        from procrastinate.worker import Worker as Fetcher

        return Fetcher(
            app=app,
            queues=self._queues,
            concurrency=self._concurrency,
            fetch_job_polling_interval=_POLL,
            delete_jobs="successful",
            install_signal_handlers=False,
            # Ours are those of `_attend`: the engine's end at the first that fails, and it goes on without.
            update_heartbeat_interval=timedelta(days=365).total_seconds(),
            stalled_worker_timeout=LOST.total_seconds(),
        )

    async def _attend(self, fetcher: Fetcher) -> None:
        """Say who this worker is, then give signs of life and look for what dead workers have left.

        Ends when this one is taken for dead: what it has under way is another's then.
        """
        while fetcher.worker_id is None:
            await asyncio.sleep(0.05)
        number = fetcher.worker_id
        while not await asyncio.to_thread(self._note, number):
            await asyncio.sleep(STAND_BY)
        text = f"taking jobs of {', '.join(self._queues)}, {self._concurrency} at once"
        if text != self._said:
            announce(f"{text}; stop with Ctrl-C or: kill {os.getpid()}")
            self._said = text
        last = time.monotonic()
        while time.monotonic() - last < LOST.total_seconds():
            try:
                alive, back = await asyncio.to_thread(self._beat, number)
            except StoreFailed:
                await asyncio.sleep(STAND_BY)
                continue
            if not alive:
                break
            last = time.monotonic()
            if back:
                logger.warning("%d jobs that were lost wait again", back)
                fetcher._new_job_event.set()
            await asyncio.sleep(_BEAT)
        logger.warning("the queue was out of reach for too long: what is under way is ended, and left to other workers")

    def _note(self, number: int) -> bool:
        row = QueueWorkerRow(
            id=number, host=socket.gethostname(), pid=os.getpid(), queues=tuple(self._queues),
            concurrency=self._concurrency, seen=datetime.now(UTC),
        )  # fmt: skip
        try:
            with self._queue.store.reading() as connection:
                queue_state.note_worker(connection, row)
        except StoreFailed:
            return False
        return True

    def _beat(self, number: int) -> tuple[bool, int]:
        """Give a sign of life; whether this worker counts as alive, and how many jobs wait again.

        A job that has ended unnoted, or was taken in an answer that was lost with its connection, would run here for
        ever. One that was so at two signs of life is no longer about to begin, or to be noted.
        """
        with self._queue.store.reading() as connection:
            alive = queue_state.beat(connection, number)
            left = queue_state.runs_by(connection, number) - self._under_way
        both, self._left = left & self._left, left
        with self._queue.store.reading() as connection:
            return alive, queue_state.recover(connection, both)

    def _name_tasks(self, app: App) -> None:
        from procrastinate import BaseRetryStrategy, JobContext, RetryDecision
        from procrastinate.jobs import Job

        class Retry(BaseRetryStrategy):
            def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
                found = following(exception, job.task_name, job.priority)
                return found and RetryDecision(retry_at=datetime.now(UTC) + found[0], priority=found[1])

        for kind, runner in self._runners.items():

            async def do(context: JobContext, names: list[str], runner: Worker = runner) -> None:
                await self._do(context.job.id, runner, names)

            app.task(name=kind, retry=Retry(), pass_context=True)(do)

    async def _do(self, number: int | None, runner: Worker, names: list[str]) -> None:
        self._under_way.add(number)
        try:
            code = await asyncio.get_running_loop().run_in_executor(self._processes, runner.run, names)
        finally:
            self._under_way.discard(number)
        if self._ending:
            raise Again(_BACK)
        if code in _PAUSES:
            raise Again(_PAUSES[code])
        if code:
            raise JobFailed(f"{' '.join(names)}: exit code {code}")

    def stop(self) -> None:
        """End what is under way, give it back, and return from `run`; safe from any thread."""
        self._ending = True
        self._stopping.set()
        self._each("stop")
        self._wake()

    def _kill(self) -> None:
        self._each("kill")

    def _each(self, how: str) -> None:
        # Not in the handler itself, which may have interrupted the very code whose lock it would wait for.
        for runner in set(self._runners.values()):
            self._ends.append(threading.Thread(target=getattr(runner, how)))
            self._ends[-1].start()

    def _wake(self) -> None:
        if self._loop is not None:
            with suppress(RuntimeError):  # it has just ended by itself
                self._loop.call_soon_threadsafe(self._stopped.set)


def _unheard(_: asyncio.AbstractEventLoop, about: dict[str, Any]) -> None:
    """A task has failed for which nobody waits: the engine's, that notes how a job ended."""
    error = about.get("exception")
    cause = str(getattr(error, "__cause__", None) or error or about["message"]).strip().split("\n", 1)[0]
    logger.warning("how a job ended is not noted, so that it comes back: %s", masked(cause))
