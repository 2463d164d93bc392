"""Which backfills close the holes of a site."""

from __future__ import annotations

from datetime import datetime, timedelta

from crawler.backfill import Job
from crawler.backfilling.spans import Span, day_in
from crawler.holes import LOST, Hole, doubts
from crawler.store import Store, backlog, books


def mend(store: Store, site: str, span: Span, now: datetime) -> list[Job]:
    """Leave to a backfill what is listed and not stored, and say which days are to be walked.

    The same holes give the same jobs, so a backfill that was interrupted goes on, and one that could not close a hole
    asks nobody again; what the watch has found today is still its own.
    """
    found = doubts(store, site, span, now)
    before_today = Span(span.first, min(span.last, day_in(now) - timedelta(days=1)))
    with store.writing() as connection:
        backlog.ask_again(connection, books.unread_links(connection, site, before_today, LOST))
        waiting = backlog.count(connection, site)
    jobs = [Job(site=site, span=days, key=f"gap {stamp}") for days, stamp in _merged(found)]
    if not jobs and waiting:
        jobs.append(Job(site=site, span=span, walk=False))
    return jobs


def _merged(found: list[Hole]) -> list[tuple[Span, str]]:
    """Holes that touch each other as one, each with what tells it from another of the same days."""
    merged: list[tuple[Span, str]] = []
    for hole in found:  # by their first day
        stamp = (hole.until.isoformat() if hole.until else "") or f"{hole.cause} {hole.last}"
        if merged and hole.first <= merged[-1][0].last + timedelta(days=1):
            whole, before = merged[-1]
            merged[-1] = Span(whole.first, max(whole.last, hole.last)), max(before, stamp)
        else:
            merged.append((hole.span, stamp))
    return merged
