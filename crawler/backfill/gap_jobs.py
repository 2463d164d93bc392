"""Which backfills close the gaps of a site."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import count

from sqlalchemy import Connection

from crawler.backfill import backlog, ledger_queries
from crawler.backfill.gaps import Gap, doubts
from crawler.backfill.job import Job
from crawler.backfill.steps import Step
from crawler.discover import DayRange
from crawler.errors import Refusal
from crawler.store import Store, frontier, subjects
from crawler.text import day_of

AGAIN = timedelta(hours=6)
"""After which a site may give what it did not give before."""


def jobs_for(store: Store, site: str, span: DayRange, now: datetime, *, dry: bool = False) -> list[Job]:
    """Leave to a backfill what is listed and not stored, and say which days to read again; `dry` only says.

    The same gaps give the same jobs, so a backfill that was interrupted goes on, and one that could not close a gap is
    tried again after `AGAIN`; what the crawl has found today is still its own.
    """
    found = doubts(store, site, span, now)
    with store.reading() as connection:
        done = ledger_queries.jobs(connection, site)
    with store.reading() if dry else store.writing_beside(subjects.site(site)) as connection:
        again = unread(connection, site, span, now)
        waiting = len(again) + backlog.count(connection, site)
        if not dry:
            frontier.leave_to_backfill(connection, again)
    jobs = [_job(site, days, f"gap {stamp}", done, now) for days, stamp in _merged(found)]
    if not jobs and waiting:
        jobs.append(Job(site=site, span=span, walk=False))
    return jobs


def unread(connection: Connection, site: str, span: DayRange, now: datetime) -> list[int]:
    """Numbers of the links that a backfill of the gaps in these days reads; those of today are left to the crawl."""
    before_today = DayRange(span.first, min(span.last, day_of(now) - timedelta(days=1)))
    lost = [reason for reason in Refusal if reason.is_lost]
    return ledger_queries.unread_links(connection, site, before_today, lost)


def _job(site: str, days: DayRange, key: str, done: Mapping[str, Sequence[Step]], now: datetime) -> Job:
    """The first try at these days that has not ended, or not long ago."""
    tries = (Job(site=site, span=days, key=key if number == 1 else f"{key} {number}") for number in count(1))
    return next(job for job in tries if not _ended(done.get(job.name, ()), now - AGAIN))


def _ended(steps: Sequence[Step], before: datetime) -> bool:
    return bool(steps) and all(step.state != "open" and step.at is not None and step.at < before for step in steps)


def _merged(found: list[Gap]) -> list[tuple[DayRange, str]]:
    """Gaps that touch each other as one, each with what tells it from another of the same days."""
    merged: list[tuple[DayRange, str]] = []
    for gap in found:  # by their first day
        stamp = (gap.until.isoformat() if gap.until else "") or f"{gap.cause} {gap.last}"
        if merged and gap.first <= merged[-1][0].last + timedelta(days=1):
            whole, before = merged[-1]
            merged[-1] = DayRange(whole.first, max(whole.last, gap.last)), max(before, stamp)
        else:
            merged.append((gap.span, stamp))
    return merged
