"""What a scheduler leaves to workers, and how that stands: read from the queue at each look, and nothing else.

While a worker is alive that takes rounds, every round is deferred; while none is, the scheduler does them itself, as it
does with SQLite. The same holds for each other job, and for one that waits when the last worker that takes it goes. So
a store on PostgreSQL needs no worker, and has any number.
"""

from __future__ import annotations

import time
from collections.abc import Collection

from crawler.schedule import queue_state
from crawler.schedule.queue import Queue, round_of
from crawler.schedule.queue_state import ROUNDS
from crawler.schedule.rounds import Rounds

PATIENCE = 60.0
"""Seconds without a worker after which the scheduler does itself what waits: more than the restart of one takes."""


class Deferral:
    """Defers what workers take.

    With `always` the jobs named in it, rounds among them (`ROUNDS`), are left to workers even while there are none.
    Jobs are for these `sites`, or all.
    """

    def __init__(self, queue: Queue, always: Collection[str] = (), sites: Collection[str] = ()) -> None:
        self._queue = queue
        self._sites = sites
        self._always = always
        self._served: set[str] = set()
        self._seen: dict[str, float] = {}  # when a worker was last there for a queue
        self.open: set[str] = set()
        """Sites whose rounds wait or run in the queue."""
        self.defers = ROUNDS in always
        """Whether rounds go to workers now."""
        self.taken_back: set[str] = set()
        """Jobs that waited for workers when these were gone: by the last look."""

    @property
    def says(self) -> str:
        """Who does the rounds, for a person."""
        if self.defers:
            return " by workers" if ROUNDS in self._served else ", which wait for a worker: thoisu worker"
        return ""

    def look(self, rounds: Rounds) -> bool:
        """Bring the rounds in line with the queue; whether one of them has ended since. `StoreFailed` as the store's.

        What dead workers have left is given back to the queue; what waits there is taken back when none is alive.
        """
        with self._queue.store.reading() as connection:
            queue_state.recover(connection)
        with self._queue.store.reading() as connection:
            self._served = queue_state.served(connection)
            now = time.monotonic()
            self._seen |= dict.fromkeys(self._served, now)
            taken = {*self._always, *(queue for queue, at in self._seen.items() if now - at < PATIENCE)}
            self.defers = ROUNDS in taken
            back = queue_state.withdraw(connection, taken)
            found = queue_state.rounds(connection)
        gone = back.pop(ROUNDS, set())
        self.taken_back = set(back)
        rounds.withdrawn(gone)
        ended = self.open - found - gone
        rounds.ended(ended)
        rounds.under_way(found)
        self.open = found
        return bool(ended)

    def put_rounds(self, sites: list[str]) -> None:
        """Let workers do a round of each of these sites."""
        self._queue.put(map(round_of, sites))
        self.open |= set(sites)

    def takes(self, job: str) -> bool:
        """Whether a job of the scheduler goes to a worker."""
        return job in self._served or job in self._always

    def put_job(self, job: str) -> None:
        """Let a worker do a job of the scheduler, if it does not wait for one already; then it goes first."""
        self._queue.put_job(job, self._sites)
