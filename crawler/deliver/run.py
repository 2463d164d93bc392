"""All sinks of a store at once, each in a thread of its own, so that none waits for another."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial

from crawler.deliver.config import Route
from crawler.deliver.deliverer import Deliverer, DeliveryBatch
from crawler.errors import ThoisuError
from crawler.process import answering
from crawler.store import Store

GRACE = 5.0
"""Seconds that what is under way gets when a delivery is asked to end; after them it is left, and not noted."""
_TURN = 0.1  # seconds between two looks whether a stop was asked for
OnStep = Callable[[DeliveryBatch], None]
OnTrouble = Callable[[str, ThoisuError], None]


def deliver(
    store: Store,
    routes: Sequence[Route],
    on_step: OnStep,
    on_trouble: OnTrouble,
    stop: threading.Event,
    *,
    follow: bool,
) -> dict[str, bool]:
    """Deliver to each sink, to the end of the feed or, with `follow`, until `stop` is set; says which came to the end.

    What does not come back within `GRACE` of `stop`, as from a receiver that does not answer, is delivered once more by
    the next run.

    `on_step` and `on_trouble` are called from any thread, one at a time; the latter with the name of a sink and what
    kept it from being served at all: StoreFailed or LockTaken.
    """
    turn = threading.Lock()
    ended = dict.fromkeys((route.name for route in routes), False)
    mistakes: list[BaseException] = []

    def step_done(step: DeliveryBatch) -> None:
        with turn:
            on_step(step)

    def trouble(name: str, error: ThoisuError) -> None:
        with turn:
            on_trouble(name, error)

    def serve(route: Route) -> None:
        deliverer = Deliverer(store, route, stop.wait)
        try:
            if follow:
                deliverer.follow(step_done, partial(trouble, route.name))
                ended[route.name] = True
            else:
                ended[route.name] = deliverer.once(step_done)
        except ThoisuError as error:
            trouble(route.name, error)
        except BaseException as mistake:
            # For the caller's thread; the others end with their batch.
            mistakes.append(mistake)
            stop.set()

    threads = [threading.Thread(target=serve, args=(route,), name=route.name, daemon=True) for route in routes]
    for thread in threads:
        thread.start()
    for thread in threads:
        while thread.is_alive() and not stop.is_set():
            thread.join(_TURN)
    last = time.monotonic() + GRACE
    for thread in threads:
        thread.join(max(0.0, last - time.monotonic()))
    if mistakes:
        raise mistakes[0]
    return ended


@contextmanager
def stopping() -> Iterator[threading.Event]:
    """An event that SIGTERM and Ctrl-C set; the second, or `crawler.process.stops.GRACE` after it, ends by force.

    What is under way then is done again by the next run: no receiver and no network may hold a stop up.
    """
    stop = threading.Event()
    with answering(stop.set):
        yield stop
