"""An end to reading: no page or source, whatever its markup, may hold the crawl."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from crawler.errors import Discard, Refusal

_AGAIN = 1.0  # second after which an alarm that somebody caught rings once more
_reading = False


class Overdue(Discard):
    """The text took too long to read."""


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Raises `Overdue` with UNREADABLE inside the block when it has taken so many seconds of processor time.

    Processor time, since a machine that sleeps or has other work makes no page unreadable. Without effect outside the
    main thread, in blocks within another, and where the system has no such timer; C code is interrupted on its return.
    """
    global _reading
    if _reading or threading.current_thread() is not threading.main_thread() or not hasattr(signal, "SIGPROF"):
        yield
        return
    if signal.getsignal(signal.SIGPROF) is not _ring:
        # It stays: an alarm that arrives late must not meet the default, which ends the process.
        signal.signal(signal.SIGPROF, _ring)
    try:
        _reading = True
        signal.setitimer(signal.ITIMER_PROF, seconds, _AGAIN)
        try:
            yield
        finally:
            _reading = False
            signal.setitimer(signal.ITIMER_PROF, 0)
    except Overdue as late:
        # It may have rung between the end of the block and the switch.
        signal.setitimer(signal.ITIMER_PROF, 0)
        raise Overdue(Refusal.UNREADABLE, f"not read within {seconds:g} s") from late
    finally:
        _reading = False


def _ring(number: int, frame: FrameType | None) -> None:  # noqa: ARG001, the interface's
    if _reading:
        raise Overdue(Refusal.UNREADABLE)
