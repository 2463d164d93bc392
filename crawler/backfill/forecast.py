"""What a backfill would ask, without asking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from crawler.backfill import backlog, ledger_queries, routes
from crawler.backfill import steps as step_table
from crawler.backfill.gap_jobs import unread
from crawler.backfill.gaps import uncovered
from crawler.backfill.job import Job
from crawler.backfill.steps import Step
from crawler.discover import DayRange
from crawler.sites import Site
from crawler.store import Store
from crawler.store.schema import Fate
from crawler.text import day_of

_DAYS = 28  # of the past that say how much a site publishes


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """Of one site."""

    site: str
    routes: tuple[str, ...]
    """What would be asked first."""
    addresses: int
    """Shards and first pages of these."""
    done: int
    """Shards and pages that this backfill, or another one before, has read."""
    waiting: int
    """Articles that are listed already, and not yet read."""
    stored: int
    """Articles of these days that are in the store, as far as some route has listed them."""
    expected: int | None
    """Articles that the site has published in these days, at its rate of the last weeks; None when that is unknown."""
    seconds: float | None
    """Least time for the requests, at the site's delay."""


def forecast(store: Store, site: Site, jobs: Sequence[Job], now: datetime, gaps: DayRange | None = None) -> Forecast:
    """What these backfills of a site have before them; `gaps` are the days whose gaps they close."""
    lately = DayRange(day_of(now) - timedelta(days=_DAYS), day_of(now) - timedelta(days=1))
    walked = [job for job in jobs if job.walk]
    first: list[str] = []
    addresses = done = stored = 0
    with store.reading() as connection:
        waiting = backlog.count(connection, site.name) + (len(unread(connection, site.name, gaps, now)) if gaps else 0)
        usual: dict[date, int] = {}
        for (_, day), number in ledger_queries.sighted(connection, site.name, lately).items():
            usual[day] = max(number, usual.get(day, 0))
        for job in walked:
            steps = step_table.of_job(connection, job.name)
            open_ = [step for step in steps if step.state == "open"]
            parts = _parts(site, job.span, steps)
            final = step_table.final(connection, [part.address for part in parts])
            first += [step.route for step in open_] + [part.route for part in parts]
            addresses += len(open_) + sum(part.address not in final for part in parts)
            done += sum(step.state == "done" for step in steps) + len(final)
            counts = ledger_queries.totals(connection, site.name, job.span)
            stored += sum(number for (fate, _), number in counts.items() if fate == Fate.STORED)
    days = sum(len(job.span.days()) for job in walked)
    expected = round(sum(usual.values()) / len(usual) * days) if usual else None
    pages = max(waiting, (expected or 0) - stored) if addresses else waiting
    return Forecast(
        site=site.name,
        routes=tuple(dict.fromkeys(first)),
        addresses=addresses,
        done=done,
        waiting=waiting,
        stored=stored,
        expected=expected,
        seconds=None if expected is None else (addresses + pages) * site.delay,
    )


def _parts(site: Site, span: DayRange, steps: Sequence[Step]) -> list[routes.Part]:
    """The addresses of the next stage, for the days that those before have not given."""
    tried = {step.stage for step in steps}
    left = uncovered(span.days(), steps)
    stage = next((stage for stage in routes.stages(site) if stage not in tried), None)
    return routes.parts(site, stage, left) if left and stage is not None else []
