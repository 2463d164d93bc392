"""The monitor: what is wrong with the sites and with us, found by itself, once, until it is over.

view.py         what a check is, and what it may read
checks.py       the checks, as data
page_checks.py  on what the pages gave      site_checks.py  on how sites answer      own_checks.py  on what is ours
health_checks.py on the polling itself: the scheduler, the clock, sites that give nothing
queue_checks.py  on the queue that workers share
shift.py        whether a share has shifted against its past      silence.py  how unlikely a silence is
page_flags.py   what is noted of each page      read_feed.py  how: behind the crawl, from the change feed
store_checks.py what must always hold in a store
status.py       the state of each site, as values that a command prints and a page shows
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import StatementError

from crawler.monitor import health_checks, own_checks, read_feed
from crawler.monitor.checks import BY_NAME, CHECKS
from crawler.monitor.read_feed import KEPT
from crawler.monitor.view import WINDOW, Check, View
from crawler.schedule import agenda, heal
from crawler.sites import Sites
from crawler.store import Store, findings, subjects
from crawler.store.findings import Finding, Observation
from crawler.text import day_of

__all__ = [
    "BY_NAME",
    "CHECKS",
    "KEPT",
    "Check",
    "Finding",
    "check",
    "check_due",
    "folders_of",
    "health",
    "is_late",
]
logger = logging.getLogger(__name__)
INTERVAL = timedelta(minutes=30)
"""Between two checks of one site by the scheduler."""
_HEALTH = frozenset({"schedule", "overdue", "reach", "clock", "workers", "passed_over"})
_IN_ORDER = sorted(CHECKS, key=lambda one: one.name == own_checks.BROKEN)  # that which tells of the others is the last
_MENDABLE = frozenset({"coverage", "layout"})


def check(store: Store, sites: Sites, now: datetime, *, folders: Mapping[str, Path] | None = None) -> list[Finding]:
    """Run every check on these sites, and on what is ours; all that is open then, the oldest first.

    What is wrong for the first time opens a finding, what is right again closes one. `folders` says where things are
    written ("database", "archive"), when that is on this machine.
    """
    heal(store, now)
    read_feed.update(store, sites, now)
    with store.reading() as connection:
        doubtful = _mendable(findings.opened(connection, sites))
    for site, since in doubtful.items():
        with store.writing_beside(subjects.job("monitor")) as connection:
            read_feed.reread_flagged(connection, site, day_of(since))
    with store.reading() as connection:
        view = View(store, connection, sites, now, folders or {}, findings.opened(connection, sites))
        view.closed += findings.closed(connection, now - 2 * WINDOW)
        seen = [(one.name, this) for one in _IN_ORDER for this in _run(one, view)]
    with store.writing_beside(subjects.job("monitor")) as connection:
        was = {(one.name, one.site, one.subject): one for one in findings.opened(connection, sites)}
        for name, this in seen:
            findings.note(connection, name, this, was.pop((name, this.site, this.subject), None), now)
        findings.note_check(connection, sites, now)
        # What could not be checked is not over.
        findings.close(connection, [one.id for one in was.values() if one.name not in view.broken], now)
        return findings.opened(connection, sites)


def check_due(store: Store, sites: Sites, now: datetime, *, folders: Mapping[str, Path] | None = None) -> None:
    """As `check`, of those sites whose last check is not of the last half hour."""
    with store.reading() as connection:
        fresh = findings.checked(connection, now - INTERVAL, now)
    if due := Sites(site for site in sites.values() if site.name not in fresh):
        check(store, due, now, folders=folders)


def health(store: Store, names: Iterable[str], now: datetime) -> list[tuple[Check, Observation]]:
    """What is wrong with the polling itself, as of now and without a note of it: with the scheduler, its workers, the
    clock, a site that gives nothing, articles that were passed over."""
    with store.reading() as connection:
        view = View(store, connection, Sites(), now, named=tuple(sorted(names)))
        return [(one, this) for one in CHECKS if one.name in _HEALTH for this in one.run(view)]


def is_late(store: Store, now: datetime) -> bool:
    """Whether any poll is overdue, by whomever."""
    with store.reading() as connection:
        named = tuple(sorted({entry.site for entry in agenda.entries(connection)}))
        view = View(store, connection, Sites(), now, named=named)
        return any(health_checks.schedule(view)) or any(health_checks.overdue(view))


def _run(one: Check, view: View) -> list[Observation]:
    try:
        return list(one.run(view))
    except StatementError:
        raise  # of the database: then none can be done
    except Exception as error:
        logger.debug("the check %s broke", one.name, exc_info=True)
        view.broken[one.name] = f"{type(error).__name__}: {error}"
        return []


def folders_of(store_url: str | URL, archive: Path | None) -> dict[str, Path]:
    """Where this machine writes, by what a person calls it."""
    found = {}
    url = make_url(store_url)
    if url.get_backend_name() == "sqlite" and url.database and not url.database.startswith("file:"):
        found["database"] = Path(url.database).absolute().parent
    return found | ({"archive": archive} if archive else {})


def _mendable(was: list[Finding]) -> dict[str, datetime]:
    found: dict[str, datetime] = {}
    for one in was:
        if one.name in _MENDABLE and one.site:
            found[one.site] = min(one.since, found.get(one.site, one.since))
    return found
