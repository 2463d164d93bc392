"""Delivers the change feed to one sink: in order, at least once, and with the cursor in the store.

A batch is read after the cursor, written, and then the cursor moves. Killed between the two, the next run gives the
same batch again, and what the sink itself knows to have is left out. A sink that fails is tried again after a time that
doubles; a record that it does not take among others is tried alone, then set aside by name.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from crawler.compare.additions import adding, related_up_to
from crawler.deliver.config import Route
from crawler.deliver.outlet import Outlet
from crawler.deliver.sink import Delivery, Poisoned, SinkFailed
from crawler.deliver.text_filter import TextFilter
from crawler.errors import StoreFailed
from crawler.store import FeedItem, LockTaken, Store, sink_cursors, subjects
from crawler.store.sink_cursors import SinkState

POLL = 1.0
"""Seconds between two readings of a feed that is at its end, and of a state that somebody may have changed."""
BACKOFF_FIRST, BACKOFF_MAX = 1.0, 300.0
"""Seconds after the first failure, doubled each time, and the most."""
GONE_WAIT = 3600.0
"""Seconds until a receiver that wants no more is asked again, unless somebody says `thoisu sinks --resume`."""
RETRY_AFTER_MAX = 86_400.0
TRIES = 5
"""How often a record that a sink does not take is tried alone."""
ASIDE_IN_A_ROW = 20
"""Records set aside one after the other; with the next it is no longer the records that are wrong."""
_LEAN = 0.3  # what the last batch counts in the mean rate


@dataclass(frozen=True, slots=True)
class DeliveryBatch:
    """What came of one batch."""

    name: str
    cursor: int
    delivered: int = 0
    at_end: bool = False
    """There was nothing to read."""
    aside: tuple[Poisoned, ...] = ()
    """These records were set aside."""
    failure: SinkFailed | None = None
    """The sink takes nothing now."""
    wait: float = 0.0
    """Seconds until it is tried again."""


class Deliverer:
    """One sink of a store. `pause` waits so many seconds and says whether to stop; `now` is the clock, in UTC."""

    def __init__(
        self,
        store: Store,
        route: Route,
        pause: Callable[[float], bool],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store, self._route, self._pause, self._now = store, route, pause, now
        self._outlet = Outlet(route.sink, route.known)
        self._feed = TextFilter(store, route)
        self._suspect, self._tries, self._in_a_row = 0, 0, 0

    def once(self, on_step: Callable[[DeliveryBatch], None]) -> bool:
        """Deliver until the feed is at its end; False when the sink could not, or when it was to stop before.

        Raises LockTaken when another process delivers to this sink, StoreFailed.
        """
        with self._store.lock(self._job) as confirm, self._outlet:
            while not self._pause(0):
                confirm()
                step = self._step(self._state())
                on_step(step)
                if step.failure or step.at_end:
                    return step.at_end
        return False

    def follow(
        self, on_step: Callable[[DeliveryBatch], None], on_trouble: Callable[[StoreFailed | LockTaken], None]
    ) -> None:
        """Deliver whatever comes, until `pause` says to stop, through failures of the sink and of the store.

        `on_trouble` gets those of the store, and what says that another process delivers to this sink: this one waits
        for its turn.
        """
        failures = 0

        def step_done(step: DeliveryBatch) -> None:
            nonlocal failures
            failures = 0
            on_step(step)

        while True:
            try:
                with self._store.lock(self._job) as confirm, self._outlet:
                    self._serve(confirm, step_done)
                    return
            except LockTaken as taken:
                on_trouble(taken)
                wait = POLL
            except StoreFailed as failure:
                on_trouble(failure)
                failures += 1
                wait = _backoff(failures)
            if self._pause(wait):
                return

    @property
    def _job(self) -> str:
        return f"deliver-{self._route.name}"

    @property
    def _subject(self) -> int:
        return subjects.job(f"sink {self._route.name}")

    def _serve(self, confirm: Callable[[], None], on_step: Callable[[DeliveryBatch], None]) -> None:
        wait = 0.0
        while not self._pause(wait):
            confirm()
            state = self._state()
            due = state.next_try_at
            if due is not None and (rest := (due - self._now()).total_seconds()) > 0:
                # Not all of it at once: somebody may say that it can be tried now.
                wait = min(rest, POLL)
                continue
            step = self._step(state)
            on_step(step)
            wait = POLL if step.at_end else 0.0

    def _state(self) -> SinkState:
        with self._store.reading() as connection:
            state = sink_cursors.state(connection, self._route.name)
        if state.updated_at is not None:
            return state
        with self._store.writing_beside(self._subject) as connection:
            return sink_cursors.begin(connection, self._route.name, self._now())

    def _step(self, state: SinkState) -> DeliveryBatch:
        """Read, write and move on by one batch."""
        began, route = self._now(), self._route
        items, reached = self._feed.read(state.cursor)
        if route.stories:
            items, reached = self._of_stories(items, reached)
        if reached <= state.cursor:
            return DeliveryBatch(route.name, reached, at_end=True)
        rows: list[Delivery] = []
        try:
            if items:
                rows = self._outlet.prepare(self._store, state.rewinds, items)
                at = next((place for place, row in enumerate(rows) if row.seq == self._suspect), None)
                if at is not None:
                    # Those before it, or it alone.
                    rows = rows[: max(at, 1)]
                    reached = rows[-1].seq
                    if at == 0 and self._tries and self._pause(_backoff(self._tries)):
                        self._feed.came_through()
                        return DeliveryBatch(route.name, state.cursor)
                self._outlet.write(rows)
        except SinkFailed as failure:
            self._feed.came_through()
            return self._failed(state, rows, failure)
        except Poisoned as poisoned:
            self._feed.came_through()
            return self._refused(state, rows, poisoned)
        if rows and rows[-1].seq >= self._suspect:
            self._suspect = 0
        return self._advance(state, reached, rows, began)

    def _of_stories(self, items: list[FeedItem], reached: int) -> tuple[list[FeedItem], int]:
        """What adds something to what this sink has, as far as texts have been compared."""
        with self._store.reading() as connection:
            reached = min(reached, related_up_to(connection))
            changes = [item.change for item in items if item.change.seq <= reached]
            wanted = adding(connection, changes, sites=self._route.sites, text=self._route.text)
        return [item for item in items if item.change.seq in wanted], reached

    def _advance(
        self, state: SinkState, reached: int, rows: list[Delivery], began: datetime, aside: Poisoned | None = None
    ) -> DeliveryBatch:
        """Move the cursor, past a record set aside if there is one, and past what could not be searched."""
        count = sum(row.seq <= reached for row in rows) - (aside is not None)
        if count:
            self._in_a_row = 0
        now = self._now()
        seconds = (now - began).total_seconds()
        rate = state.rate
        if count and seconds > 0:
            rate = count / seconds if rate is None else rate + _LEAN * (count / seconds - rate)
        with self._store.writing_beside(self._subject) as connection:
            if not sink_cursors.advance(connection, state, reached, count, rate, now):
                # Set back meanwhile: the next step begins from there.
                return DeliveryBatch(self._route.name, state.cursor)
            past = [Poisoned(seq, why) for seq, why in self._feed.unsearched.items() if state.cursor < seq <= reached]
            past += [aside] if aside is not None else []
            for one in past:
                sink_cursors.put_aside(connection, state.name, one.seq, one.detail, now)
        return DeliveryBatch(self._route.name, reached, count, aside=tuple(past))

    def _refused(self, state: SinkState, rows: list[Delivery], poisoned: Poisoned) -> DeliveryBatch:
        """One record is not taken: try it alone, and in the end go on without it."""
        if poisoned.seq != self._suspect:
            self._suspect, self._tries = poisoned.seq, 0
        self._tries += [row.seq for row in rows] == [poisoned.seq]
        through = poisoned.through or 0
        if self._tries >= TRIES:
            if self._in_a_row >= ASIDE_IN_A_ROW or state.state == "poisoned":
                detail = f"after {ASIDE_IN_A_ROW} set aside in a row the next is not taken either: {poisoned.detail}"
                return self._failed(state, rows, SinkFailed("poisoned", detail))
            self._in_a_row += 1
            return self._advance(state, poisoned.seq, rows, self._now(), poisoned)
        if through > state.cursor:
            return self._advance(state, through, rows, self._now())
        return DeliveryBatch(self._route.name, state.cursor)

    def _failed(self, state: SinkState, rows: list[Delivery], failure: SinkFailed) -> DeliveryBatch:
        """Note what is wrong and when to try again; what was taken before it counts."""
        self._outlet.close()
        through = failure.through or 0
        step = self._advance(state, through, rows, self._now()) if through > state.cursor else None
        failures = 1 if step else state.failures + 1
        wait = GONE_WAIT if failure.reason == "gone" else _backoff(failures)
        wait = max(wait, min(failure.retry_after or 0.0, RETRY_AFTER_MAX))
        now = self._now()
        with self._store.writing_beside(self._subject) as connection:
            due = now + timedelta(seconds=wait)
            sink_cursors.fail(connection, state.name, failure.reason, failure.detail, now, due, failures)
        cursor, delivered = (step.cursor, step.delivered) if step else (state.cursor, 0)
        return DeliveryBatch(self._route.name, cursor, delivered, failure=failure, wait=wait)


def _backoff(failures: int) -> float:
    """Seconds after so many failures in a row."""
    return float(min(BACKOFF_FIRST * 2 ** min(failures - 1, 30), BACKOFF_MAX))
