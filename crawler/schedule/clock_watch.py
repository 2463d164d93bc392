"""Whether the machine's clock has jumped: the time that it tells beside the time that has passed."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta

_NOTICED = timedelta(seconds=30)
"""A jump that matters; clocks are slewed by less than a second a minute (ntp.conf(5))."""


def elapsed() -> float:
    """Seconds that have passed, sleep of the machine included where that can be told; from no particular moment."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


class ClockWatch:
    """Compares the clock `now` with what has passed by `passed`, in seconds."""

    def __init__(self, now: Callable[[], datetime], passed: Callable[[], float] = elapsed) -> None:
        self._now, self._passed = now, passed
        self._at, self._mark = now(), passed()

    def jump(self) -> timedelta:
        """By how much the clock has jumped since the last call, below 0 when back; 0 when it has not."""
        at, mark = self._now(), self._passed()
        jump = at - self._at - timedelta(seconds=mark - self._mark)
        self._at, self._mark = at, mark
        return jump if abs(jump) >= _NOTICED else timedelta()
