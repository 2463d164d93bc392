"""Checks on the queue of a store that workers share: whether anybody takes what waits, and what was given up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from crawler.monitor.view import View
from crawler.schedule import queue_schema, queue_state
from crawler.store.findings import Observation

LATE = timedelta(minutes=15)
"""How long a job may wait that could begin: more than a worker needs to end another, at any usual load."""
_SHOWN = 3


def workers(view: View) -> Iterator[Observation]:
    """Jobs wait for a worker, and none takes them."""
    if not queue_schema.is_there(view.connection):
        return
    alive = queue_state.workers(view.connection)
    for one in queue_state.waiting(view.connection, view.now - LATE):
        taking = sum(one.queue in worker.queues for worker in alive)
        if taking:
            who = f"{taking} of {len(alive)} workers take them, and are busy"
        else:
            who = f"none of {len(alive)} workers takes them" if alive else "no worker is alive"
        minutes = (view.now - one.since).total_seconds() / 60
        yield Observation(None, one.queue, one.since, f"{one.count} wait, the first for {minutes:.0f} minutes; {who}")


def given_up(view: View) -> Iterator[Observation]:
    """A part of a backfill or of a reading was given up."""
    if not queue_schema.is_there(view.connection):
        return
    for queue, jobs in queue_state.given_up(view.connection).items():
        examples = tuple(" ".join(job.names) for job in jobs[:_SHOWN])
        since = min(job.since for job in jobs)
        yield Observation(None, queue, since, f"{len(jobs)} failed, each several times", examples)
