"""What stands in the queue: jobs that wait, run or failed, and the workers that are alive.

It is read with the store's own connection and without procrastinate, so that whoever looks needs neither. Where a
store has no queue (`crawler.schedule.queue_schema.is_there`) nothing here may be asked.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    DateTime,
    Integer,
    MetaData,
    Row,
    Select,
    Table,
    Text,
    case,
    delete,
    exists,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, ENUM, JSONB

from crawler.schedule.queue_schema import SCHEMA

ROUNDS = "rounds"
"""The queue of the sites' rounds."""
BACKFILL, REREAD = "backfill", "reread"
LONG = (BACKFILL, REREAD)
"""The queues of what takes long and is done in parts."""
LOST = timedelta(seconds=30)
"""Since the last sign of life of a worker, after which it counts as dead; it gives one every ten seconds."""
KEPT = timedelta(days=30)
"""How long a failed job is shown."""
_PAUSE, _PAUSE_MAX = 30, 3600  # seconds between two tries of a job whose workers die
JobState = Literal["waits", "runs", "failed"]

_metadata = MetaData(schema=SCHEMA)
_WAITS, _RUNS, _FAILED = "todo", "doing", "failed"  # as procrastinate's own `Status` names them in the database
_STATUS = ENUM(_WAITS, _RUNS, _FAILED, "succeeded", "cancelled", "aborting", "aborted",
               name="procrastinate_job_status", metadata=_metadata, create_type=False)  # fmt: skip
_EVENT = ENUM("deferred", "started", "scheduled", "failed", name="procrastinate_job_event_type", metadata=_metadata,
              create_type=False)  # fmt: skip
_jobs = Table(
    "procrastinate_jobs",
    _metadata,
    Column("id", BigInteger),
    Column("queue_name", Text),
    Column("priority", Integer),
    Column("lock", Text),
    Column("queueing_lock", Text),
    Column("args", JSONB),
    Column("status", _STATUS),
    Column("scheduled_at", DateTime(timezone=True)),
    Column("attempts", Integer),
    Column("worker_id", BigInteger),
)
_events = Table(
    "procrastinate_events",
    _metadata,
    Column("job_id", BigInteger),
    Column("type", _EVENT),
    Column("at", DateTime(timezone=True)),
)
_beats = Table(
    "procrastinate_workers",
    _metadata,
    Column("id", BigInteger),
    Column("last_heartbeat", DateTime(timezone=True)),
)
_workers = Table(
    "thoisu_workers",
    _metadata,
    Column("id", BigInteger),
    Column("host", Text),
    Column("pid", Integer),
    Column("queues", ARRAY(Text)),
    Column("concurrency", Integer),
)
_ALIVE = _beats.c.last_heartbeat >= func.now() - LOST
_NAME: ColumnElement[str] = _jobs.c.args["names"][0].astext
_SINCE = (
    select(func.max(_events.c.at))
    .where(_events.c.job_id == _jobs.c.id, _events.c.type != "scheduled")
    .correlate(_jobs)
    .scalar_subquery()
)
"""When a job came into its state."""
_STATES: dict[str, JobState] = {_RUNS: "runs", _WAITS: "waits", _FAILED: "failed"}


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedJob:
    """A job of the queue."""

    id: int
    queue: str
    names: tuple[str, ...]
    """What it is about: the site of a round, the name of a job, the words of a command."""
    state: JobState
    since: datetime
    """When it came into this state."""
    due: datetime | None
    """When it may begin at the earliest, where it has to wait for a time."""
    attempts: int
    """How often it was begun before."""
    worker: str | None
    """Who runs it: the host and the process."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueWorkerRow:
    """A worker that is alive."""

    id: int
    host: str
    pid: int
    queues: tuple[str, ...]
    concurrency: int
    """The most jobs that it runs at once."""
    seen: datetime
    """Its last sign of life."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Jobs of a queue that could begin and do not."""

    queue: str
    count: int
    since: datetime


def jobs(connection: Connection, states: Collection[JobState], most: int) -> list[QueuedJob]:
    """The jobs in one of these states: those that run, that wait in the order in which they come, that failed."""
    chosen = _jobs.c.status.in_([status for status, state in _STATES.items() if state in states])
    order = case(*((_jobs.c.status == status, place) for place, status in enumerate(_STATES)))
    query = _listed(chosen).order_by(order, _jobs.c.priority.desc(), _jobs.c.id)
    return [_job(row) for row in connection.execute(query.limit(most))]


def given_up(connection: Connection) -> dict[str, list[QueuedJob]]:
    """What failed and comes back only when somebody says so, by queue: parts of what takes long."""
    query = _listed((_jobs.c.status == _FAILED) & _jobs.c.queue_name.in_(LONG)).order_by(_jobs.c.queue_name, _jobs.c.id)
    found: dict[str, list[QueuedJob]] = {}
    for row in connection.execute(query):
        found.setdefault(row.queue_name, []).append(_job(row))
    return found


def retry(connection: Connection) -> int:
    """Let what was given up be done again; returns how many jobs that were. For a transaction of its own."""
    _enter(connection)
    failed = select(_jobs.c.id).where(_jobs.c.status == _FAILED, _jobs.c.queue_name.in_(LONG))
    query = failed.order_by(_jobs.c.id).with_for_update(skip_locked=True)
    return sum(_again(connection, number, 0) for number in connection.scalars(query).all())


def _listed(which: ColumnElement[bool]) -> Select[Any]:
    of_workers = _workers.c.id == _jobs.c.worker_id
    query = select(_jobs, _SINCE.label("since"), _workers.c.host, _workers.c.pid)
    return query.outerjoin_from(_jobs, _workers, of_workers).where(which)


def _job(row: Row[Any]) -> QueuedJob:
    return QueuedJob(
        id=row.id,
        queue=row.queue_name,
        names=tuple(row.args.get("names", ())),
        state=_STATES[row.status],
        since=row.since,
        due=row.scheduled_at if row.status == _WAITS else None,
        attempts=row.attempts,
        worker=f"{row.host}:{row.pid}" if row.status == _RUNS and row.host else None,
    )


def counts(connection: Connection) -> dict[JobState, int]:
    """How many jobs wait, run and failed."""
    query = select(_jobs.c.status, func.count()).group_by(_jobs.c.status)
    found: dict[str, int] = {row[0]: row[1] for row in connection.execute(query)}
    return {state: found.get(status, 0) for status, state in _STATES.items()}


def workers(connection: Connection) -> list[QueueWorkerRow]:
    """The workers that are alive, the oldest first."""
    query = (
        select(_workers, _beats.c.last_heartbeat)
        .join_from(_workers, _beats, _workers.c.id == _beats.c.id)
        .where(_ALIVE)
        .order_by(_workers.c.id)
    )
    return [
        QueueWorkerRow(
            id=row.id, host=row.host, pid=row.pid, queues=tuple(row.queues),
            concurrency=row.concurrency, seen=row.last_heartbeat,
        )
        for row in connection.execute(query)
    ]  # fmt: skip


def served(connection: Connection) -> set[str]:
    """The queues of which a worker that is alive takes jobs."""
    return {queue for worker in workers(connection) for queue in worker.queues}


def rounds(connection: Connection) -> set[str]:
    """The sites whose round waits or runs."""
    query = select(_NAME).where(_jobs.c.queue_name == ROUNDS, _jobs.c.status.in_([_WAITS, _RUNS]))
    return set(connection.scalars(query))


def waiting(connection: Connection, since: datetime) -> list[Waiting]:
    """The queues in which a job has been due since then or longer, and has not begun.

    One that waits for another at the same site is not counted.
    """
    other = _jobs.alias()
    due = func.greatest(_jobs.c.scheduled_at, _SINCE)
    query = (
        select(_jobs.c.queue_name, func.count(), func.min(due))
        .where(_jobs.c.status == _WAITS, due <= since)
        .where(~exists().where(other.c.lock == _jobs.c.lock, other.c.status == _RUNS))
        .group_by(_jobs.c.queue_name)
        .order_by(_jobs.c.queue_name)
    )
    return [Waiting(*row) for row in connection.execute(query)]


def runs_by(connection: Connection, worker: int) -> set[int]:
    """The jobs that a worker runs by what stands here."""
    return set(connection.scalars(select(_jobs.c.id).where(_jobs.c.status == _RUNS, _jobs.c.worker_id == worker)))


def recover(connection: Connection, left: Collection[int] = ()) -> int:
    """Give back what dead workers have left, and these that a worker has `left` which is alive.

    Returns how many jobs that were. For a transaction of its own. A job is locked from the look to the change, so that
    none is given back twice, and none that another has begun. One for which another of its kind waits already is
    dropped. Tries follow each other at longer and longer pauses, so that a job which takes its workers down does not
    take down all.
    """
    lives = exists().where(_beats.c.id == _jobs.c.worker_id, _ALIVE)
    stalled = select(_jobs).where(_jobs.c.status == _RUNS, ~lives | _jobs.c.id.in_(left)).order_by(_jobs.c.id)
    found = connection.execute(stalled.with_for_update(of=_jobs, skip_locked=True)).all()
    _enter(connection)
    for row in found:
        _again(connection, row.id, min(row.attempts * _PAUSE, _PAUSE_MAX))
    return len(found)


def _again(connection: Connection, number: int, pause: float) -> bool:
    """Let a job that runs or failed wait again, to begin in so many seconds; drop it where the same waits already."""
    lock = select(_jobs.c.queueing_lock).where(_jobs.c.id == number).scalar_subquery()
    same = select(_jobs.c.id).where(_jobs.c.status == _WAITS, _jobs.c.queueing_lock == lock)
    if connection.scalar(same) is not None:
        connection.execute(delete(_jobs).where(_jobs.c.id == number))
        return False
    again = "SELECT procrastinate_retry_job_v2(:id, now() + make_interval(secs => :pause), NULL, NULL, NULL)"
    connection.execute(text(again), {"id": number, "pause": pause})
    return True


def withdraw(connection: Connection, taken: Collection[str]) -> dict[str, set[str]]:
    """Take back the rounds and jobs that wait in other queues than those that are taken, for whoever does them himself.

    Returns of each queue what they were about. Parts of what takes long stay: only workers do these. For a transaction
    in which nothing but the queue is asked.
    """
    _enter(connection)
    waits = select(_jobs.c.id).where(_jobs.c.status == _WAITS, _jobs.c.queue_name.not_in([*taken, *LONG]))
    query = delete(_jobs).where(_jobs.c.id.in_(waits.with_for_update(skip_locked=True)))
    found: dict[str, set[str]] = {}
    for queue, name in connection.execute(query.returning(_jobs.c.queue_name, _NAME)):
        found.setdefault(queue, set()).add(name)
    return found


def waiting_of(connection: Connection, locks: Collection[str]) -> set[str]:
    """Those of these `queueing_lock`s with which something waits."""
    waits = _jobs.c.queueing_lock.in_(locks) & (_jobs.c.status == _WAITS)
    return set(connection.scalars(select(_jobs.c.queueing_lock).where(waits)))


def hurry(connection: Connection, lock: str, priority: int) -> None:
    """Let what waits with this `queueing_lock` have at least this priority. For a transaction of its own."""
    _enter(connection)
    waits = (_jobs.c.queueing_lock == lock) & (_jobs.c.status == _WAITS) & (_jobs.c.priority < priority)
    connection.execute(update(_jobs).where(waits).values(priority=priority))


def forget(connection: Connection, before: datetime) -> None:
    """Drop what failed before then. For a transaction of its own."""
    _enter(connection)
    lately = exists().where(_events.c.job_id == _jobs.c.id, _events.c.at >= before)
    connection.execute(delete(_jobs).where(_jobs.c.status.not_in([_WAITS, _RUNS]), ~lately))


def _enter(connection: Connection) -> None:
    """The engine's functions and triggers name no schema: until the transaction ends it is the queue's."""
    connection.execute(text(f"SET LOCAL search_path TO {SCHEMA}"))


def beat(connection: Connection, worker: int) -> bool:
    """A worker gives a sign of life; False when it comes too late, and what it had begun may be another's."""
    query = update(_beats).where(_beats.c.id == worker, _ALIVE).values(last_heartbeat=func.now())
    return connection.execute(query).rowcount == 1


def note_worker(connection: Connection, worker: QueueWorkerRow) -> None:
    """Say where a worker of the engine's runs, and what it takes."""
    values = {name: getattr(worker, name) for name in ("id", "host", "pid", "concurrency")}
    connection.execute(insert(_workers), values | {"queues": list(worker.queues)})
