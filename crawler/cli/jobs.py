"""What the scheduler does regularly: every job with its interval, and what it runs.

Each runs in a process of its own (`thoisu schedule --job NAME`), so that none can hold up another, none can take the
scheduler with it, and each can be ended at any moment: whatever a job does is written together with the place that it
has reached. The polls are the scheduler's own (`crawler.schedule.scheduler`): when they are due stands in the agenda.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from crawler.cli.common import configured
from crawler.cli.language import language
from crawler.process import end_with_input
from crawler.schedule import Interval
from crawler.text import LONGEST_WAIT

if TYPE_CHECKING:
    from collections.abc import Collection

    from crawler.deliver import DeliveryBatch, Route
    from crawler.errors import ThoisuError
    from crawler.sites import Sites
    from crawler.store import Store

logger = logging.getLogger(__name__)


def relate(store: Store, _: Sites) -> None:
    """Compare new and revised articles with those of the days around them: copies and stories."""
    from crawler.compare.relate import relate as run

    run(store)


def check(store: Store, sites: Sites) -> None:
    """Compare each site with its own past, every half hour; findings open and close."""
    from crawler.monitor import check_due, folders_of

    folders = folders_of(store.url, configured().archive)
    check_due(store, sites, _now(), folders=folders)


def repair(store: Store, sites: Sites) -> None:
    """Find what took the place of sources and addresses that give nothing any more; go back to what returns."""
    from crawler.repair import repair as run

    run(store, sites, _now(), configured(), newsroom=configured().newsroom)


def alerts(store: Store, _: Sites) -> None:
    """Search what is new for the words of alerts, and send the messages."""
    from crawler.alerts import notify
    from crawler.alerts.alerts import write_messages

    targets = notify.split(configured().notify)
    write_messages(store, _now(), targets, language=language())
    _send(store, targets)


def digest(store: Store, _: Sites) -> None:
    """Send what was found wrong: urgent findings within the hour, the others once a day."""
    from crawler.alerts import notify
    from crawler.alerts.digest import write_messages

    targets = notify.split(configured().notify)
    write_messages(store, _now(), targets, language=language())
    _send(store, targets)


def _send(store: Store, targets: Collection[str]) -> None:
    from crawler.alerts import notify
    from crawler.deliver import stopping

    # Not ended between the sending of a message and the note of it, which would send it twice.
    with stopping() as stop:
        notify.flush(store, _now(), targets, stop.is_set)


def deliver(store: Store, _: Sites) -> None:
    """Deliver what changed to the configured sinks, if there are any; a sink that fails waits for its next try."""
    from crawler.cli.sinks import read_config
    from crawler.deliver import deliver as run
    from crawler.deliver import stopping

    if configured().sinks.exists():
        routes = [route for route in read_config(None) if _may_be_tried(store, route)]
        with stopping() as stop:
            run(store, routes, _log_failure, _log_trouble, stop, follow=False)


def _may_be_tried(store: Store, route: Route) -> bool:
    from crawler.store import sink_cursors

    with store.reading() as connection:
        next_try_at = sink_cursors.state(connection, route.name).next_try_at
    return next_try_at is None or not _now() < next_try_at <= _now() + timedelta(seconds=LONGEST_WAIT)


def _log_failure(step: DeliveryBatch) -> None:
    if step.failure:
        logger.warning("%s: %s; tried again in %.0f s", step.name, step.failure, step.wait)
    for one in step.aside:
        logger.warning("%s: set aside %s", step.name, one)


def _log_trouble(sink: str, error: ThoisuError) -> None:
    from crawler.store import LockTaken

    if not isinstance(error, LockTaken):  # `thoisu deliver --follow` is about it
        logger.warning("%s: %s", sink, error)


def retention(store: Store, _: Sites) -> None:
    """Drop what is too old, once a day in the hours in which the least comes."""
    from crawler.maintenance import prune_due
    from crawler.schedule import queue_schema, queue_state

    for one in prune_due(store, configured(), _now()):
        logger.info("%s: %d dropped", one.what, one.number)
    with store.reading() as connection:
        if queue_schema.is_there(connection):
            queue_state.forget(connection, _now() - queue_state.KEPT)


@dataclass(frozen=True, slots=True)
class Job:
    """One thing that is done regularly."""

    run: Callable[[Store, Sites], None]
    every: timedelta
    """While news come."""
    idle: timedelta
    """While the change feed stands still."""
    after_rounds: bool = False
    """Whether it also runs as soon as a round has brought something."""

    @property
    def name(self) -> str:
        """As `thoisu schedule --job` takes it."""
        return self.run.__name__

    @property
    def says(self) -> str:
        """What it does, in a sentence."""
        return self.run.__doc__ or ""

    def interval(self) -> Interval:
        """What the scheduler needs to know of it."""
        return Interval(self.name, self.every, self.idle, self.after_rounds)


_MINUTE, _HOUR = timedelta(minutes=1), timedelta(hours=1)
JOBS = (
    Job(relate, every=2 * _MINUTE, idle=30 * _MINUTE),
    # A site every half hour (`crawler.monitor.INTERVAL`). Asked only then, it would be too early now and again.
    Job(check, every=5 * _MINUTE, idle=5 * _MINUTE),
    Job(repair, every=30 * _MINUTE, idle=30 * _MINUTE),
    Job(alerts, every=_MINUTE, idle=5 * _MINUTE, after_rounds=True),
    Job(digest, every=10 * _MINUTE, idle=10 * _MINUTE),
    Job(deliver, every=_MINUTE, idle=5 * _MINUTE),
    Job(retention, every=_HOUR, idle=_HOUR),  # it waits for the quiet hours itself
)
"""In the order in which they run when all are due."""
BY_NAME = {job.name: job for job in JOBS}


def run_job(name: str, sites: Sites, store_url: str, *, follow: bool) -> None:
    """Run a job once, until it is done or, with `follow`, the scheduler that started this process dies."""
    from crawler.store import Store

    if follow:
        end_with_input()
    with Store.open(store_url) as store:
        BY_NAME[name].run(store, sites)


def _now() -> datetime:
    return datetime.now(UTC)
