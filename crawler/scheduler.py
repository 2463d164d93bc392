"""The process that looks: a round of all sites at a fixed interval, each round in a process of its own.

A round that hangs or grows cannot harm the next one, and a round that takes longer than the interval is not doubled.
"""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from datetime import datetime
from types import FrameType

from apscheduler.schedulers.blocking import BlockingScheduler

from crawler.settings import THOISU_INTERVAL, THOISU_LOG_LEVEL

logger = logging.getLogger(__name__)
GRACE = 90.0
"""Seconds that a round gets to end the pages under way, more than one answer may take."""
ROUND = (sys.executable, "-m", "crawler", "crawl")


class Rounds:
    """Runs one command at a time, and stops it when asked."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None
        self._stopped = False
        self._lock = threading.Lock()

    def run(self) -> None:
        """One round, to its end; its exit code goes to the log."""
        with self._lock:
            if self._stopped:
                return
            # A group of its own: Ctrl-C reaches this process alone, which then stops the round once and gently.
            self._process = subprocess.Popen(self._command, start_new_session=True)  # noqa: S603, our own command
        code = self._process.wait()
        logger.info("the round ended with exit code %d", code)

    def stop(self) -> None:
        """End the round under way, gently and then by force, and begin no other."""
        with self._lock:
            self._stopped = True
            process = self._process
        if process is None or process.poll() is not None:
            return
        process.terminate()
        try:
            process.wait(GRACE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def run(command: Sequence[str] = ROUND, minutes: float = THOISU_INTERVAL) -> None:
    """Run `command` now and then every so many minutes, until SIGTERM or Ctrl-C."""
    logging.basicConfig(level=THOISU_LOG_LEVEL, format="%(asctime)s %(levelname)s %(message)s")
    rounds = Rounds(command)
    scheduler = BlockingScheduler()
    scheduler.add_job(
        rounds.run,
        "interval",
        minutes=minutes,
        next_run_time=datetime.now().astimezone(),
        max_instances=1,
        coalesce=True,
        misfire_grace_time=None,
    )

    def end(_: int, __: FrameType | None) -> None:
        # Not in the handler itself: the scheduler's lock may be held by the very code that the signal interrupted.
        threading.Thread(target=_shut_down, args=(scheduler, rounds)).start()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    print(f"a round every {minutes:g} minutes; stop with Ctrl-C or: kill {os.getpid()}", file=sys.stderr)
    scheduler.start()


def _shut_down(scheduler: BlockingScheduler, rounds: Rounds) -> None:
    rounds.stop()
    scheduler.shutdown()
