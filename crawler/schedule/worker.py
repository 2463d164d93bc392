"""Work in processes of its own, each of which can be ended without the scheduler."""

from __future__ import annotations

import logging
import os
import subprocess
import threading
from collections.abc import Mapping, Sequence

logger = logging.getLogger(__name__)
OVERRUN = 30 * 60.0
"""Seconds after which a process is ended: more than a round's articles, pauses and time-outs take together."""
GRACE = 8.0
"""Seconds that a process gets to end; each ends what is under way in less (`crawler.process.stops`)."""


class Worker:
    """Runs a command with the names that it is given, in any number of processes, and can end them all.

    `what` says what one of them is, for a person; `environ` is added to its environment, which nobody else can read, as
    all can the words of a command.
    """

    def __init__(
        self,
        command: Sequence[str],
        what: str = "the round of",
        overrun: float = OVERRUN,
        grace: float = GRACE,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self._command = command
        self._environ = environ
        self._what = what
        self._overrun = overrun
        self._grace = grace
        self._processes: set[subprocess.Popen[bytes]] = set()
        self._stopped = False
        self._lock = threading.Lock()

    def run(self, names: Sequence[str]) -> int | None:
        """One process, to its end, which comes gently and then by force when it overruns; returns its exit code.

        None when this worker was stopped before.
        """
        with self._lock:
            if self._stopped:
                return None
            # A group of its own: Ctrl-C reaches this process alone, which then stops the process once and gently.
            # That ends itself when its input is closed, as it is when this process dies.
            process = subprocess.Popen(  # noqa: S603, our own command
                [*self._command, *names],
                stdin=subprocess.PIPE,
                start_new_session=True,
                env={**os.environ, **(self._environ or {})},
            )
            self._processes.add(process)
        with process:
            try:
                process.wait(self._overrun)
            except subprocess.TimeoutExpired:
                logger.warning("%s %s takes too long and is ended", self._what, ", ".join(names))
                self._end(process)
        with self._lock:
            self._processes.discard(process)
        if process.returncode and not self._stopped:
            logger.warning("%s %s ended with exit code %d", self._what, ", ".join(names), process.returncode)
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

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        process.terminate()
        try:
            process.wait(self._grace)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
