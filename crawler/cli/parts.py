"""Parts of what takes long, for workers: how they are put into the queue, and what the process of one does.

A part works for some minutes and leaves the rest to the next, so that nobody waits for one: neither a round at its
site, nor a worker that is to end.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from typing import TYPE_CHECKING

from crawler.cli.language import spoken, spoken_of_many
from crawler.process import end_with_input
from crawler.process.output import console

if TYPE_CHECKING:
    from crawler.discover import DayRange
    from crawler.schedule.queue import Work
    from crawler.store import Store

PART = 5 * 60.0
"""Seconds after which a part ends gently, and the rest waits in the queue."""


def put(store: Store, works: Sequence[Work]) -> None:
    """Let workers do these, and say so. `BadInput` where there can be no workers."""
    from crawler.schedule import queue_state
    from crawler.schedule.queue import Queue

    number = Queue(store).put(works)
    with store.reading() as connection:
        taken = {work.queue for work in works} <= queue_state.served(connection)
    screen = console(stderr=True)
    texts = "{n} part waits for workers: thoisu queue", "{n} parts wait for workers: thoisu queue"
    screen.print(spoken_of_many(*texts, number), soft_wrap=True)
    if number < len(works):
        screen.print(spoken_of_many("{n} waits already", "{n} wait already", len(works) - number), soft_wrap=True)
    if not taken:
        screen.print(
            spoken("no worker that takes them is alive; start one: thoisu worker"), style="red", soft_wrap=True
        )


@contextmanager
def part(seconds: float = PART) -> Iterator[threading.Event]:
    """What is done inside is asked to end when its time is up, which the event says then, or when its worker dies."""
    end_with_input()
    over = threading.Event()

    def end() -> None:
        over.set()
        os.kill(os.getpid(), signal.SIGTERM)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield over
    finally:
        timer.cancel()


def months(span: DayRange) -> list[tuple[date, date]]:
    """The days of a span by months, the newest first."""
    found, last = [], span.last
    while last >= span.first:
        first = max(span.first, last.replace(day=1))
        found.append((first, last))
        last = first - timedelta(days=1)
    return found
