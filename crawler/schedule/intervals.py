"""When the scheduler's other jobs run: at their interval while the store changes, seldom while it stands still."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Interval:
    """How often a job runs."""

    job: str
    every: timedelta
    """While the change feed moves."""
    idle: timedelta
    """While it stands still: what failed is tried again, what depends on the hour alone is done."""
    after_rounds: bool = False
    """Whether the end of a round asks for it at once."""


class Turns:
    """Whether a job that is asked at its interval has anything to do; knows neither clock nor process."""

    def __init__(self) -> None:
        self._began: dict[str, tuple[datetime, int]] = {}  # when it ran last, and the last change then

    def take(self, interval: Interval, now: datetime, last_change: int) -> bool:
        """Note that the job begins, and say so; False when nothing has changed since it ran last and it is not time."""
        if began := self._began.get(interval.job):
            at, change = began
            # Starts come a little early and a little late: one that is due now must not wait for the next.
            # One that began later than now began by a clock that has gone back since.
            if change == last_change and timedelta() <= now - at < interval.idle - interval.every / 4:
                return False
        self._began[interval.job] = now, last_change
        return True

    def forget(self, job: str) -> None:
        """It has not run after all."""
        self._began.pop(job, None)
