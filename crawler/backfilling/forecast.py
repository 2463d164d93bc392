"""What a backfill would ask, without asking."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from crawler.backfilling import routes
from crawler.backfilling.coverage import uncovered
from crawler.backfilling.spans import Span, day_in
from crawler.site import Site
from crawler.store import Store, backlog, books, plans

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
    """Articles of these days that are in the store, as far as some route claims them."""
    expected: int | None
    """Articles that the site has published in these days, at its rate of the last weeks; None when that is unknown."""
    seconds: float | None
    """Least time for the requests, at the site's delay."""


def forecast(store: Store, name: str, site: Site, span: Span, now: datetime) -> Forecast:
    """What a backfill of these days has before it."""
    job = plans.job_name(name, span)
    lately = Span(day_in(now) - timedelta(days=_DAYS), day_in(now) - timedelta(days=1))
    with store.reading() as connection:
        steps = plans.of_job(connection, job)
        tried = {step.stage for step in steps}
        left = uncovered(span.days(), steps)
        stage = next((stage for stage in routes.stages(site) if stage not in tried), None)
        parts = routes.parts(site, stage, left) if left and stage is not None else []
        final = plans.final(connection, [part.address for part in parts])
        waiting = backlog.count(connection, name)
        counts = books.totals(connection, name, span)
        by_day: dict[object, int] = {}
        for (_, day), number in books.claimed(connection, name, lately).items():
            by_day[day] = max(number, by_day.get(day, 0))
    open_ = [step.address for step in steps if step.state == "open"]
    addresses = [*open_, *(part.address for part in parts if part.address not in final)]
    stored = sum(number for (fate, _), number in counts.items() if fate == "stored")
    expected = round(sum(by_day.values()) / len(by_day) * len(span.days())) if by_day else None
    pages = max(waiting, (expected or 0) - stored)
    return Forecast(
        site=name,
        routes=tuple(dict.fromkeys([step.route for step in steps if step.state == "open"] + [p.route for p in parts])),
        addresses=len(addresses),
        done=sum(step.state == "done" for step in steps) + len(final),
        waiting=waiting,
        stored=stored,
        expected=expected,
        seconds=None if expected is None else (len(addresses) + pages) * site.delay,
    )
