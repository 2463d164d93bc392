"""Work in processes of its own, each of which can be ended without the scheduler."""

from __future__ import annotations

import logging
import os
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

logger = logging.getLogger(__name__)
OVERRUN = 30 * 60.0
"""Seconds after which a process is ended: more than a round's articles, pauses and time-outs take together."""
GRACE = 8.0
"""Seconds that a process gets to end; each ends what is under way in less (`crawler.process.stops`)."""
MORE = 75
"""Exit code of a process that has done its part and leaves more of the same (EX_TEMPFAIL of sysexits.h)."""
LATER = 76
"""Exit code of one that cannot go on now: what the site gets a day is spent."""


class Process(AbstractContextManager[Any], Protocol):
    """A process with the calls of `subprocess.Popen`."""

    @property
    def returncode(self) -> int | None:
        """Its exit code, negative for a signal; None before its end."""

    def wait(self, timeout: float | None = None) -> int:
        """Its end; raises `subprocess.TimeoutExpired` when it has none so many seconds later."""

    def terminate(self) -> None:
        """Ask it to end."""

    def kill(self) -> None:
        """End it by force."""


Begin = Callable[[Sequence[str], Mapping[str, str]], Process]
"""Begins a process with these words and what is added to its environment.

It has a session of its own, so that Ctrl-C reaches the scheduler alone, which then stops the process once and gently;
and an input that ends when whoever began it dies, by which it knows.
"""


def command(words: Sequence[str], environ: Mapping[str, str]) -> Process:
    """A command as a process."""
    return subprocess.Popen(  # noqa: S603, our own command
        words, stdin=subprocess.PIPE, start_new_session=True, env={**os.environ, **environ}
    )


class Worker:
    """Runs a command with the names that it is given, in any number of processes, and can end them all.

    `what` says what one of them is, for a person; `environ` is added to its environment, which nobody else can read, as
    all can the words of a command; `begin` begins it.
    """

    def __init__(
        self,
        words: Sequence[str],
        what: str = "the round of",
        overrun: float = OVERRUN,
        grace: float = GRACE,
        environ: Mapping[str, str] | None = None,
        begin: Begin = command,
    ) -> None:
        self._command = words
        self._environ = environ or {}
        self._begin = begin
        self._what = what
        self._overrun = overrun
        self._grace = grace
        self._processes: set[Process] = set()
        self._stopped = False
        self._lock = threading.Lock()

    def run(self, names: Sequence[str]) -> int | None:
        """One process, to its end, which comes gently and then by force when it overruns; returns its exit code.

        None when this worker was stopped before.
        """
        with self._lock:
            if self._stopped:
                return None
            process = self._begin([*self._command, *names], self._environ)
            self._processes.add(process)
        with process:
            try:
                process.wait(self._overrun)
            except subprocess.TimeoutExpired:
                logger.warning("%s %s takes too long and is ended", self._what, " ".join(names))
                self._end(process)
        with self._lock:
            self._processes.discard(process)
        if process.returncode not in (0, MORE, LATER) and not self._stopped:
            logger.warning("%s %s ended with exit code %d", self._what, " ".join(names), process.returncode)
        return process.returncode

    def stop(self) -> None:
        """End what is under way and begin no other."""
        with self._lock:
            self._stopped = True
            under_way = list(self._processes)
        ends = [threading.Thread(target=self._end, args=(process,)) for process in under_way]
        for end in ends:
            end.start()
        for end in ends:
            end.join()

    def kill(self) -> None:
        """End them by force."""
        with self._lock:
            self._stopped = True
            for process in self._processes:
                process.kill()

    def _end(self, process: Process) -> None:
        process.terminate()
        try:
            process.wait(self._grace)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
