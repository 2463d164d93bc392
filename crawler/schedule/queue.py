"""The queue of a store on PostgreSQL: who has something to be done puts it here, and workers take it.

The engine is procrastinate, on the store's own database. A job is a kind of work with the words that its command
takes: a round with its site, a job of the scheduler with its name, a piece of a backfill with its options. Its `lock`
keeps two that ask the same site from running at once, whatever the number of workers; its `queueing_lock` keeps the
same from waiting twice. Each kind has a queue of its own, and rounds go before all others.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, text

from crawler.errors import BadInput, StoreFailed
from crawler.process import masked
from crawler.schedule import queue_state
from crawler.schedule.queue_schema import SCHEMA, prepare
from crawler.schedule.queue_state import LONG, ROUNDS
from crawler.store import Store
from crawler.store.database import when_cut_off

if TYPE_CHECKING:
    from procrastinate import App

ROUND, JOB = "round", "job"
"""The kinds of work, beside the parts of what takes long (`LONG`), each of which is a kind of its own."""
_PRIORITIES = {ROUND: 20, JOB: 10} | dict.fromkeys(LONG, 0)
"""Of the jobs that may begin, the one of the highest priority is taken, and of these the oldest."""
_OVERDUE = 30
"""Of a job that is due again before a worker has taken it: rounds that fill all workers would leave none for it."""
_EXTRA = "procrastinate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """Something to be done by a worker."""

    kind: str
    queue: str
    names: tuple[str, ...]
    """The words that its command takes."""
    lock: str
    """No two of the same run at once."""
    only_one: str
    """No two of the same wait."""


def round_of(site: str) -> Work:
    """A round of a site."""
    return Work(kind=ROUND, queue=ROUNDS, names=(site,), lock=site_lock(site), only_one=f"round {site}")


def job_of(name: str, sites: Iterable[str] = ()) -> Work:
    """A job of the scheduler for these sites, all when there are none; its queue bears its name."""
    return Work(kind=JOB, queue=name, names=(name, *sites), lock=f"job {name}", only_one=f"job {name}")


def part_of(kind: str, words: Sequence[str], site: str) -> Work:
    """A part of what takes long (`LONG`) and asks a site, as the words of its command; its queue bears its name."""
    names = tuple(words)
    return Work(kind=kind, queue=kind, names=names, lock=site_lock(site), only_one=f"{kind} {' '.join(names)}")


def site_lock(site: str) -> str:
    """The lock of everything that asks a site."""
    return f"site {site}"


def can_defer() -> bool:
    """Whether the engine is installed."""
    return find_spec(_EXTRA) is not None


def check_possible(url: URL) -> None:
    """`BadInput` where a store of this address has no queue, or the engine is not installed."""
    if url.get_backend_name() != "postgresql":
        raise BadInput(
            "workers share a store on PostgreSQL; with SQLite `thoisu schedule` does everything in one place"
        )
    if not can_defer():
        raise BadInput("workers need procrastinate: pip install 'thoisu[workers]'")


class Queue:
    """The queue of a store.

    `BadInput` when the store is not on PostgreSQL, when the engine is not installed, or its tables cannot be made.
    """

    def __init__(self, store: Store) -> None:
        check_possible(store.url)
        from procrastinate import App, SyncPsycopgConnector

        prepare(store)
        self.store = store
        self._app = App(connector=SyncPsycopgConnector())  # what it does goes by the store's connections

    def put(self, works: Iterable[Work]) -> int:
        """Let these be done by a worker; returns how many did not wait already. `StoreFailed` as the store's."""
        from procrastinate.exceptions import AlreadyEnqueued

        every = list(works)
        if not every:
            return 0
        # Asked before, since each refusal of the engine is an error in the server's log.
        with self.store.reading() as connection:
            waiting = queue_state.waiting_of(connection, [work.only_one for work in every])
        every = [work for work in every if work.only_one not in waiting]
        try:
            return self._put(every) if every else 0
        except AlreadyEnqueued:
            pass  # one of them since; all the same, none was put
        done = 0
        for work in every:
            with suppress(AlreadyEnqueued):
                done += self._put([work])
        return done

    def put_job(self, name: str, sites: Iterable[str] = ()) -> None:
        """Let a job of the scheduler be done by a worker; one that waits since it was due before goes first now."""
        work = job_of(name, sites)
        if not self.put([work]):
            with self.store.reading() as connection:
                queue_state.hurry(connection, work.only_one, _OVERDUE)

    def _put(self, works: Sequence[Work]) -> int:
        from procrastinate.exceptions import ConnectorException
        from procrastinate.jobs import Job

        jobs = [
            Job(
                queue=work.queue, task_name=work.kind, priority=_PRIORITIES[work.kind], lock=work.lock,
                queueing_lock=work.only_one, task_kwargs={"names": list(work.names)},
            )
            for work in works
        ]  # fmt: skip
        with self.store.reading() as connection:  # the queue is no part of the record: no write lock is needed
            connection.execute(text(f"SET LOCAL search_path TO {SCHEMA}"))
            try:
                self._app.job_manager.batch_defer_jobs(jobs, connection.connection.driver_connection)
            except ConnectorException as error:
                raise StoreFailed("unreachable", masked(str(error.__cause__ or error).split("\n", 1)[0])) from error
        return len(jobs)

    def online_app(self, **about: Any) -> App:
        """The engine with connections of its own, for a worker; `about` goes to their pool."""
        from procrastinate import App, PsycopgConnector

        url = self.store.url.set(drivername="postgresql").render_as_string(hide_password=False)
        kwargs = {"options": f"-c search_path={SCHEMA}", **when_cut_off(self.store.url)}
        return App(connector=PsycopgConnector(conninfo=url, kwargs=kwargs, **about))
