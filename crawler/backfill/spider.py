"""A backfill: the way of an article over the past, by whichever route a site offers.

The spider is that of a crawl, with other sources and another queue: `crawler.backfill.sources` asks the shards and
pages, and what these list is read before the next of them is asked. All of its progress is in the store.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, get_args

from scrapy import Request
from scrapy.settings import Settings as ScrapySettings

from crawler.backfill import backlog
from crawler.backfill import steps as step_table
from crawler.backfill.job import Job
from crawler.backfill.sources import BackfillSources
from crawler.configuration import DEFAULTS, Settings
from crawler.crawl import RunContext, RunSpider, SiteReport
from crawler.crawl.articles import Articles
from crawler.crawl.link_queue import BATCH
from crawler.crawl.run import TAKEN, Crawls, calm_collector, settings_for, work
from crawler.errors import Refusal, StoreFailed
from crawler.fetch import clock
from crawler.items import Event, PendingLink, Purpose
from crawler.schedule import SiteAgenda
from crawler.sites import Site, Sites
from crawler.store import Store
from crawler.store.budget import spent, usual
from crawler.text import day_of

logger = logging.getLogger(__name__)
_SPARE = 3  # requests that no article takes: robots.txt comes first, and a page may lead to another
PATIENCE = timedelta(minutes=10)
"""How long a backfill waits for a scheduled crawl that does not come."""
PAUSE = 20
"""Seconds between two attempts to go on."""
EVENTS: tuple[str, ...] = get_args(Event)


@dataclass(slots=True, kw_only=True)
class BackfillReport(SiteReport):
    """What a backfill did at one site, and what it has left to do."""

    left: int = 0
    """Pages and shards that are known and not yet asked."""
    missing: list[Any] = field(default_factory=list)
    """Days that no route has given."""
    over_budget: bool = False
    """It ended because the day's requests are spent, or kept for the scheduled crawl."""
    gave_way: bool = False
    """It ended because the site is due now."""

    def add(self, later: BackfillReport) -> None:
        """Take over what the same site's next run did."""
        for name in ("sources", "links", "new", "pages", *EVENTS, "unchanged"):
            setattr(self, name, getattr(self, name) + getattr(later, name))
        self.refused += later.refused
        self.seconds += later.seconds
        for name in ("error", "left", "missing", "over_budget", "gave_way"):
            setattr(self, name, getattr(later, name))


class ListedLinks:
    """The queue of a backfill: what its steps have listed."""

    cut = False
    spare = _SPARE

    def __init__(self, run: RunContext, job: Job) -> None:
        self._run = run
        self._job = job

    def next(self, asked: Set[str], waiting: int) -> tuple[Purpose, list[PendingLink]]:  # noqa: ARG002, the interface's
        """As `LinkQueue` says."""
        site, limit = self._run.site.name, BATCH + waiting
        with self._run.store.reading() as connection:
            return "backfill", backlog.waiting(connection, site, limit, oldest_first=self._job.oldest_first)

    def room(self, purpose: Purpose) -> int | None:  # noqa: ARG002, the interface's
        """The budget alone counts: `BackfillSpider` sets it before each batch."""
        return None


class BackfillSpider(RunSpider):
    """Walks one site's past into the store, as far as the day's budget goes."""

    job: Job
    report: BackfillReport
    steps: BackfillSources

    def __init__(self, name: str | None = None, *, job: Job, **about: Any) -> None:
        super().__init__(name, **about)
        self.job = job
        self.report = BackfillReport(site=self.name)
        self._batch: deque[Request] = deque()
        self._day: int | None = None  # requests that the site gets a day
        self._schedule: SiteAgenda | None = None  # only read: what comes next at a site the scheduler says

    def make_parts(self) -> None:
        """As the crawl's; what the scheduled crawl needs of the day's budget is kept for it."""
        run = self.run
        self._day = run.budget.limit
        self._schedule, run.agenda = run.agenda, None
        self.steps = BackfillSources(run, self.job)
        self.sources = self.steps
        self.articles = Articles(run, ListedLinks(run, self.job), self.steps)

    def next_batch(self) -> None:
        """Ask for one page: an article that waits, else the next step; called by Scrapy when nothing is left to do.

        One at a time: else the next would be under way while the last one is read, and a kill would cost both.
        """
        try:
            while not self.ending and not self._batch:
                if self.limit is not None and self.report.pages >= self.limit:
                    return
                self._share()
                more = list(self.articles.next_batch()) or self.steps.advance()
                if more is None:
                    return
                self._batch.extend(more)
            if self._schedule and self._is_wanted(self._schedule):
                self.report.gave_way = True
            elif not self.ending:
                self.report.left -= 1
                self.crawler.engine.crawl(self._batch.popleft())
        except StoreFailed as failure:
            self.end(str(failure))
        except Exception as error:  # Scrapy would log it and take the end for a success
            logger.exception("the backfill of %s broke", self.name)
            self.end(f"{type(error).__name__}: {error}")

    def finish(self, reason: str = "finished") -> None:
        """As the crawl's; says whether the day's budget ended it."""
        self.report.missing = self.steps.missing
        self.report.over_budget = self.report.refused[Refusal.OVER_BUDGET] > 0
        super().finish(reason)

    def _note_run(self, *, stopped: bool) -> None:
        """Nothing: how the past answers says nothing of how the site does today."""

    def _is_wanted(self, schedule: SiteAgenda) -> bool:
        """Whether the site is due now; what has been due for long, nobody is there to do."""
        due = [schedule.entries[source].next_at for source in schedule.due()]
        return bool(due) and self.now() - min(due) < PATIENCE

    def _share(self) -> None:
        run = self.run
        with run.store.reading() as connection:
            self.report.left = backlog.count(connection, self.name) + step_table.count_open(connection, self.job.name)
            if self._day is not None:
                used = sum(spent(connection, self.name, day_of(self.now())).values())
                kept = usual(connection, self.name, self.now())
        if self._day is not None:
            room = self._schedule.room(run.store, "backfill") if self._schedule else self._day - used - kept
            run.budget.limit = used + max(room, 0)


class Backfills(Crawls):
    """The crawlers of one backfill: a site that gives way to its scheduled crawl goes on when this is through."""

    kind = BackfillSpider

    def __init__(self, settings: ScrapySettings, *, patient: bool) -> None:
        super().__init__(settings)
        self._patient = patient

    async def site(self, places: asyncio.Semaphore, site: Site, about: dict[str, Any]) -> SiteReport:
        """As the crawl's, again and again."""
        whole = BackfillReport(site=site.name)
        for job in about.pop("jobs"):
            if not await self._job(places, site, {**about, "job": job}, whole):
                break
        return whole

    async def _job(self, places: asyncio.Semaphore, site: Site, about: dict[str, Any], whole: BackfillReport) -> bool:
        """One job to its end, in as many runs as it takes; whether another may follow it."""
        limit = about["limit"]
        while True:
            about["limit"] = None if limit is None else limit - whole.pages
            report = await super().site(places, site, about)
            if isinstance(report, BackfillReport):
                whole.add(report)
            else:  # it did not come to a run
                whole.error = report.error
            again = whole.gave_way if isinstance(report, BackfillReport) else report.error == TAKEN
            if self.stopping or not again or not self._patient:
                return not (whole.error or whole.over_budget)
            for _ in range(PAUSE):
                if not self.stopping:
                    await asyncio.sleep(1)


def backfill(
    jobs: Mapping[str, Sequence[Job]],
    sites: Sites,
    *,
    store_url: str,
    newsroom: str | None = None,
    limit: int | None = None,
    on_progress: Callable[[SiteReport], None] | None = None,
    own: Settings = DEFAULTS,
    settings: Mapping[str, Any] | None = None,
    now: Callable[[], datetime] = clock,
    patient: bool = True,
) -> list[BackfillReport]:
    """Do these jobs, several sites at once, those of a site one after the other; as `run.crawl`.

    Begun again with the same jobs it goes on where it was. Unless it is `patient` it ends where another run at the site
    is due or under way.
    """
    chosen = settings_for(own, newsroom=newsroom, more=settings)
    with calm_collector(), Store.open(store_url) as store:
        about = {"store": store, "limit": limit, "on_progress": on_progress, "now": now}
        plan = [(sites[name], {**about, "jobs": [*given]}) for name, given in jobs.items()]
        reports = work(plan, Backfills(chosen, patient=patient))
    return [report for report in reports if isinstance(report, BackfillReport)]
