"""How SIGTERM and Ctrl-C end a process: gently where something is under way, and within its grace at every moment.

Python calls a signal's handler between two steps of the main thread. So a signal waits for a call of C's to return, and
the KeyboardInterrupt that a handler raises is lost in a destructor, or where a library catches it. Therefore the kernel
wakes a thread at each signal, too, which ends the process by force when it has not ended in time, or is asked again.
What is kept is written in transactions, so that this leaves nothing half-written.
"""

from __future__ import annotations

import _thread
import os
import select
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

GRACE = 7.0
"""Seconds from the first signal to the end by force; what ends gently takes less."""
_AGAIN = 1.5  # seconds from the second signal to the end by force
_BETWEEN = 0.05  # seconds until an interrupt that was lost comes again
_ASKED = (signal.SIGINT, signal.SIGTERM)
_CURSOR = b"\x1b[?25h"  # shows it, since what moves on a terminal has hidden it
Ask = Callable[[], None]


class _Watchdog:
    """The thread that ends this process when a stop takes too long."""

    def __init__(self) -> None:
        self._ours, self.wakeup = os.pipe()
        os.set_blocking(self.wakeup, False)
        self.grace: float | None = None
        """Seconds that a signal gives; None where signals are no business of ours."""
        self.last: float | None = None
        """When the process is ended by force, None before a signal."""
        self._number = 0
        threading.Thread(target=self._run, name="stops", daemon=True).start()

    def _run(self) -> None:
        while True:
            left = None if self.last is None else max(0.0, self.last - time.monotonic())
            ready, _, _ = select.select([self._ours], [], [], left)
            for number in os.read(self._ours, 512) if ready else b"":
                if number in _ASKED and self.grace is not None:
                    self._number = number
                    self.last = time.monotonic() + (self.grace if self.last is None else _AGAIN)
            if (last := self.last) is not None and time.monotonic() >= last:
                self._force()

    def _force(self) -> None:
        with suppress(OSError):
            if os.isatty(2):
                os.write(2, _CURSOR)
            os.write(2, b"thoisu: stopped by force; what was stored is kept\n")
        for act in _acts:
            with suppress(Exception):
                act()
        os._exit(128 + self._number)


_watchdog: _Watchdog | None = None
_asked = 0
"""How often this process was asked to end since it began to listen."""
_answers: list[tuple[Ask, Ask | None]] = []
_acts: list[Ask] = []


def before_force(act: Ask) -> None:
    """Have `act`, which must not wait, done before an end by force, in a thread of its own."""
    _acts.append(act)


@contextmanager
def listening() -> Iterator[None]:
    """For a command's whole run: Ctrl-C raises KeyboardInterrupt, which comes again where a destructor drops it.

    Once asked, the process has to end within `GRACE`, also behind the block, where it waits for its threads.
    """
    hook = sys.unraisablehook
    if threading.current_thread() is not threading.main_thread() or hook is not sys.__unraisablehook__:
        yield
        return
    sys.unraisablehook = _keep_interrupt
    try:
        with _handlers((signal.SIGINT,), GRACE, to_the_end=True):
            yield
    finally:
        sys.unraisablehook = hook


@contextmanager
def answering(ask: Ask, again: Ask | None = None, grace: float = GRACE) -> Iterator[None]:
    """Inside the block the first SIGTERM or Ctrl-C calls `ask`, in the main thread and between any two of its steps.

    The second calls `again`, or raises KeyboardInterrupt. Without effect outside the main thread.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    if _asked:
        raise KeyboardInterrupt  # the first one was lost
    _answers.append((ask, again))
    try:
        with _handlers(_ASKED, grace, to_the_end=False):
            yield
    finally:
        _answers.pop()


@contextmanager
def _handlers(numbers: tuple[signal.Signals, ...], grace: float, *, to_the_end: bool) -> Iterator[None]:
    global _watchdog, _asked
    watchdog = _watchdog = _watchdog or _Watchdog()
    outer, watchdog.grace = watchdog.grace, grace
    wakeup = signal.set_wakeup_fd(watchdog.wakeup, warn_on_full_buffer=False)
    before: dict[signal.Signals, Any] = {number: signal.getsignal(number) for number in numbers}
    for number, handler in before.items():
        if handler is not signal.SIG_IGN:  # as of what a shell starts in the background
            signal.signal(number, _ring)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        # `_asked`, too: the watchdog may not have read yet of a signal that was answered here.
        if not (to_the_end and (_asked or watchdog.last is not None)):
            signal.set_wakeup_fd(wakeup)
            watchdog.grace = outer
            if outer is None:
                _asked, watchdog.last = 0, None


def end_with_input() -> None:
    """From now on end this process as by SIGTERM when its input is closed, as it is when whoever began it dies."""
    threading.Thread(target=_read_to_the_end, daemon=True).start()


def _read_to_the_end() -> None:
    # Not by sys.stdin, whose lock would be held when the process ends.
    with suppress(OSError):  # a connection is reset when its other side dies with something unread
        while os.read(0, 1):
            pass
    os.kill(os.getpid(), signal.SIGTERM)


def _ring(number: int, frame: FrameType | None) -> None:  # noqa: ARG001, the interface's
    global _asked
    _asked += 1
    ask, again = _answers[-1] if _answers else (None, None)
    answer = ask if _asked == 1 else again
    if answer is None:
        raise KeyboardInterrupt
    answer()


def _keep_interrupt(lost: sys.UnraisableHookArgs) -> None:
    """Python drops what is raised in a destructor; a Ctrl-C that falls into one comes again."""
    if isinstance(lost.exc_value, KeyboardInterrupt):
        threading.Timer(_BETWEEN, _thread.interrupt_main).start()
    else:
        sys.__unraisablehook__(lost)
