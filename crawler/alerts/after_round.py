"""What follows a round of looks: the monitor's checks, alerts, and the messages that are due."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.engine import make_url

from crawler.alerts import alerts, digest, notify
from crawler.monitor import check
from crawler.sites.registry import Sites
from crawler.store import Store, findings

INTERVAL = timedelta(minutes=30)
"""Between two checks of one site, however often it is looked at."""


@dataclass(frozen=True, slots=True)
class AfterRound:
    """What came of it."""

    pages: int
    """With the words of an alert."""
    findings: int
    sent: int
    """Messages that got through."""
    waiting: int
    """Those that are to be tried again."""


def after(store: Store, sites: Sites, now: datetime, *, folders: Mapping[str, Path], targets: Collection[str]) -> None:
    """Check those of the sites whose last check is not of the last half hour, and tell what is to be told."""
    with store.reading() as connection:
        fresh = findings.checked(connection, now - INTERVAL)
    if due := Sites(site for site in sites.values() if site.name not in fresh):
        check(store, due, now, folders=folders)
    notify_new(store, now, targets)


def notify_new(store: Store, now: datetime, targets: Collection[str]) -> AfterRound:
    """Look for the words of alerts in what is new, write the messages that are due, and send what waits."""
    pages, found = alerts.write_messages(store, now, targets), digest.write_messages(store, now, targets)
    return AfterRound(pages, found, *notify.flush(store, now, targets))


def folders_of(store_url: str, archive: str | None, quarantine: str) -> dict[str, Path]:
    """Where this machine writes, by what a person calls it."""
    found = {"quarantine": Path(quarantine)}
    url = make_url(store_url)
    if url.get_backend_name() == "sqlite" and url.database and not url.database.startswith("file:"):
        found["database"] = Path(url.database).absolute().parent
    return found | ({"archive": Path(archive)} if archive else {})
