"""Gaps: days of a site in which something may be missing.

A gap is closed by what has been seen since, never by a mark: a link that was read, a shard of a sitemap or a step of
a backfill that listed its days after they were over.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from math import log
from typing import Literal

from crawler.backfill import ledger_queries
from crawler.backfill import steps as step_table
from crawler.backfill.routes import WHOLE
from crawler.backfill.steps import State, Step
from crawler.discover import DayRange, span_of
from crawler.errors import Refusal
from crawler.store import Store
from crawler.store.schema import Fate
from crawler.text import SKEW, VIETNAM, day_of, weekday


def uncovered(days: Iterable[date], steps: Iterable[Step]) -> list[date]:
    """The days that no stage has given, oldest first.

    Where an address holds whole days, one that failed takes its days from what the others gave. Lists and feeds may
    each be of a section: a day is given when all of them reach back to it.
    """
    left, every = set(days), list(steps)
    for stage in sorted({step.stage for step in every}):
        of_stage = [step for step in every if step.stage == stage]
        if stage <= WHOLE:
            left -= _days(of_stage, "done") - _days(of_stage, "failed")
        else:
            routes = {step.route for step in of_stage}
            given = [_days([step for step in of_stage if step.route == route], "done") for route in routes]
            left -= given[0].intersection(*given)
    return sorted(left)


def _days(steps: Iterable[Step], state: State) -> set[date]:
    spans = {DayRange(step.first, step.last) for step in steps if step.state == state and step.first and step.last}
    return {day for span in spans for day in span.days()}


Cause = Literal[
    "missing",  # listed by a route, and not read yet
    "lost",  # listed, and given up although it may be an article
    "window",  # a feed's new window did not overlap the last one
    "failed",  # a route gives nothing now: at none of the polls of its last day, or `FAILURES` times in a row
    "silent",  # a route lists nothing for a day on which it always has something
]
UNLIKELY = 0.001
"""Probability below which a day without any article is taken for silence, as in the monitor."""
FAILURES = 2
"""Failed polls in a row by which a source that has given something on the same day is taken to fail."""
_WEEKS = 4  # of the past that say what a weekday usually brings
_LAG = timedelta(hours=1)
"""How long after an article a sitemap may still lack it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Days of a site in which something may be missing."""

    site: str
    cause: Cause
    route: str
    first: date
    last: date
    number: int | None = None
    """Articles, where they are known one by one."""
    reason: str | None = None
    """Of the refusal or failure."""
    since: datetime | None = None
    until: datetime | None = None
    """The instants in doubt, for a window."""
    tried: str | None = None
    """Why the last backfill could not close it."""

    @property
    def span(self) -> DayRange:
        """Its days."""
        return DayRange(self.first, self.last)


def gaps(store: Store, site: str, span: DayRange, now: datetime) -> list[Gap]:
    """What may be missing of a site in these days, oldest first."""
    with store.reading() as connection:
        unread = ledger_queries.unread(connection, site, span)
    return _sorted([*_unread(site, unread), *doubts(store, site, span, now)])


def doubts(store: Store, site: str, span: DayRange, now: datetime) -> list[Gap]:
    """Of `gaps` those in which nobody knows what there is."""
    past = DayRange(date.fromordinal(max(span.first.toordinal() - 7 * _WEEKS, 1)), span.last)
    with store.reading() as connection:
        sighted = ledger_queries.sighted(connection, site, past)
        polls = ledger_queries.polls(connection, site)
        failing = ledger_queries.failing(connection, site)
        windows = ledger_queries.open_windows(connection, site)
        # What is said to have been listed later, a clock that was ahead has told: it may still have lacked something.
        shards = [(days, at) for days, at in ledger_queries.shards(connection, site) if at <= now + SKEW]
        jobs = ledger_queries.jobs(connection, site)
    whole, tried = read_whole(shards, jobs), _tried(jobs)
    found = [*_windows(site, windows, whole), *_failed(site, failing, whole)]
    found += _silent(site, sighted, polls, span, now, whole)
    return _sorted(_with(gap, tried) for gap in found if gap.span.meets(span))


def _sorted(found: Iterable[Gap]) -> list[Gap]:
    return sorted(found, key=lambda gap: (gap.first, gap.last, gap.cause, gap.route))


def _unread(site: str, counts: Iterable[ledger_queries.Count]) -> Iterable[Gap]:
    for count in counts:
        about = {"site": site, "route": count.route, "first": count.day, "last": count.day}
        if count.fate == Fate.PENDING:
            yield Gap(**about, cause="missing", number=count.number, reason=count.reason)  # type: ignore[arg-type]
        elif count.reason and Refusal(count.reason).is_lost:
            yield Gap(**about, cause="lost", number=count.number, reason=count.reason)  # type: ignore[arg-type]


def _windows(
    site: str, windows: Iterable[ledger_queries.WindowGap], read_whole: Mapping[date, datetime]
) -> Iterable[Gap]:
    for window in windows:
        span = DayRange(day_of(window.since), day_of(window.until))
        if not _seen(span, read_whole, window.until + _LAG):
            yield Gap(
                site=site, cause="window", route=window.route, first=span.first, last=span.last,
                since=window.since, until=window.until,
            )  # fmt: skip


def _failed(site: str, failing: Iterable[ledger_queries.Failing], read_whole: Mapping[date, datetime]) -> Iterable[Gap]:
    """Sources that give nothing now, since their last good poll."""
    for one in failing:
        if one.good == one.last and one.failures < FAILURES:
            continue
        span = span_of(one.url) or DayRange(one.good or one.first, one.last)
        if not _seen(span, read_whole, datetime.combine(one.last, time.max, VIETNAM)):
            yield Gap(site=site, cause="failed", route=one.route, first=span.first, last=span.last, reason=one.reason)


def _silent(
    site: str,
    sighted: Mapping[tuple[str, date], int],
    polls: Iterable[ledger_queries.DayOfPolls],
    span: DayRange,
    now: datetime,
    read_whole: Mapping[date, datetime],
) -> Iterable[Gap]:
    """Days that are over, for which a route has listed nothing, where its last such weekdays make that unlikely."""
    answered: dict[str, date] = {}
    for poll in polls:
        if poll.failed < poll.polls:
            answered[poll.route] = poll.day
    begun: dict[str, date] = {}  # on that day a route gave whatever it had
    for route, day in sighted:
        begun[route] = min(day, begun.get(route, day))
    for route, first in begun.items():
        last = min(span.last, answered.get(route, date.min), day_of(now) - timedelta(days=1))
        for day in DayRange(max(span.first, first), last).days():
            usual = [
                sighted.get((route, before), 0)
                for before in _before(day)
                if before > first and weekday(before) == weekday(day)
            ]
            unlikely = bool(usual) and sum(usual) / len(usual) > -log(UNLIKELY)
            over = datetime.combine(day, time.max, VIETNAM)
            if unlikely and (route, day) not in sighted and not _seen(DayRange(day, day), read_whole, over):
                yield Gap(site=site, cause="silent", route=route, first=day, last=day)


def _before(day: date) -> Iterable[date]:
    return (day - timedelta(days=back) for back in range(1, 7 * _WEEKS + 1))


def _seen(span: DayRange, read_whole: Mapping[date, datetime], at: datetime) -> bool:
    """Whether all of these days have been listed whole, and that after `at`."""
    return all(day in read_whole and read_whole[day] >= at for day in span.days())


def read_whole(shards: Iterable[tuple[DayRange, datetime]], jobs: Mapping[str, list[Step]]) -> dict[date, datetime]:
    """When each day was last listed whole."""
    found: dict[date, datetime] = {}
    listed = list(shards)
    for job, steps in jobs.items():
        times = [step.at for step in steps if step.at is not None]
        if times and not any(step.state == "open" for step in steps):
            wanted = step_table.span_of_job(job).days()
            left = set(uncovered(wanted, steps))
            listed += [(DayRange(day, day), min(times)) for day in wanted if day not in left]
    for span, at in listed:
        for day in span.days():
            found[day] = max(at, found.get(day, at))
    return found


def _tried(jobs: Mapping[str, list[Step]]) -> dict[date, str]:
    """For each day that a backfill could not reach, why."""
    found: dict[date, str] = {}
    for job, steps in jobs.items():
        if any(step.state == "open" for step in steps):
            continue
        reasons = sorted({step.reason for step in steps if step.state == "failed" and step.reason})
        for day in uncovered(step_table.span_of_job(job).days(), steps):
            found[day] = ", ".join(reasons) or "out of reach"
    return found


def _with(gap: Gap, tried: Mapping[date, str]) -> Gap:
    reasons = sorted({tried[day] for day in gap.span.days() if day in tried})
    return replace(gap, tried="; ".join(reasons)) if reasons else gap
