"""What the scheduler does regularly: every job with its interval, and what it runs.

Each runs in a process of its own (`thoisu schedule --job NAME`), so that none can hold up another, none can take the
scheduler with it, and each can be ended at any moment: whatever a job does is written together with the place that it
has reached. The polls are the scheduler's own (`crawler.schedule.scheduler`): when they are due stands in the agenda.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from crawler.schedule.intervals import Interval

if TYPE_CHECKING:
    from crawler.sites.registry import Sites
    from crawler.store import Store


def relate(store: Store, _: Sites) -> None:
    """Compare new and revised articles with those of the days around them: copies and stories."""
    from crawler.compare.relate import Relater

    for _batch in Relater(store).relate():
        pass


def check(store: Store, sites: Sites) -> None:
    """Compare each site with its own past; findings open and close."""
    from crawler.monitor import check_due, folders_of
    from crawler.settings import Settings

    settings = Settings.load()
    folders = folders_of(store.url, settings.archive, settings.quarantine)
    check_due(store, sites, _now(), folders=folders)


def alerts(store: Store, _: Sites) -> None:
    """Look for the words of alerts in what is new, and send the messages."""
    from crawler.alerts import notify
    from crawler.alerts.alerts import write_messages
    from crawler.settings import Settings

    targets = notify.split(Settings.load().notify)
    write_messages(store, _now(), targets)
    notify.flush(store, _now(), targets)


def digest(store: Store, _: Sites) -> None:
    """Send what was found wrong: urgent findings within the hour, the others once a day."""
    from crawler.alerts import notify
    from crawler.alerts.digest import write_messages
    from crawler.settings import Settings

    targets = notify.split(Settings.load().notify)
    write_messages(store, _now(), targets)
    notify.flush(store, _now(), targets)


def deliver(store: Store, _: Sites) -> None:
    """Deliver what changed to the configured sinks, if there are any; a sink that fails waits for its next try."""
    from crawler.cli.sinks import read_config
    from crawler.deliver.run import deliver as run
    from crawler.deliver.run import stopping
    from crawler.settings import Settings

    if Path(Settings.load().sinks).exists():
        with stopping() as stop:
            run(store, read_config(None), lambda _step: None, lambda _sink, _error: None, stop, follow=False)


def retention(store: Store, _: Sites) -> None:
    """Drop what serves no more: sent messages after a month, the monitor's page flags and tallies after 120 days."""
    from crawler.alerts.notify import forget_sent
    from crawler.monitor import forget_old

    forget_sent(store, _now())
    forget_old(store, _now())


@dataclass(frozen=True, slots=True)
class Job:
    """One thing that is done regularly."""

    run: Callable[[Store, Sites], None]
    every: timedelta
    """While news come."""
    idle: timedelta
    """While the change feed stands still."""

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
        return Interval(self.name, self.every, self.idle)


_MINUTE, _DAY = timedelta(minutes=1), timedelta(days=1)
JOBS = (
    Job(relate, every=2 * _MINUTE, idle=30 * _MINUTE),
    Job(check, every=30 * _MINUTE, idle=30 * _MINUTE),
    Job(alerts, every=_MINUTE, idle=5 * _MINUTE),
    Job(digest, every=10 * _MINUTE, idle=10 * _MINUTE),
    Job(deliver, every=_MINUTE, idle=5 * _MINUTE),
    Job(retention, every=_DAY, idle=_DAY),
)
"""In the order in which they run when all are due."""
BY_NAME = {job.name: job for job in JOBS}


def run_job(name: str, sites: Sites, store_url: str) -> None:
    """Run a job once, until it is done, or its scheduler ends it or dies."""
    from crawler.cli.round import follow_scheduler
    from crawler.store import Store

    threading.Thread(target=follow_scheduler, daemon=True).start()
    with Store.open(store_url) as store:
        BY_NAME[name].run(store, sites)


def _now() -> datetime:
    return datetime.now(UTC)
