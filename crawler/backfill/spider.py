"""A backfill: the way of an article over the past, by whichever route a site offers.

The spider is that of a crawl, with other sources and another queue: `crawler.backfill.sources` asks the shards and
pages, and what these list is read before the next of them is asked. All of its progress is in the store.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, get_args

from scrapy import Request
from scrapy.crawler import Crawler

from crawler.backfill import backlog
from crawler.backfill import steps as step_table
from crawler.backfill.job import Job
from crawler.backfill.sources import BackfillSources
from crawler.crawl.articles import BATCH, Articles
from crawler.crawl.report import SiteReport
from crawler.crawl.run import TAKEN, Crawls, settings_for, work
from crawler.crawl.spider import NewsSpider, clock
from crawler.errors import Refusal, StoreFailed
from crawler.items import Event, PendingLink
from crawler.schedule.site_agenda import SiteAgenda
from crawler.sites.registry import Sites
from crawler.sites.site import Site
from crawler.store import Store
from crawler.store.budget import Purpose, day_of, spent, usual

logger = logging.getLogger(__name__)
_SPARE = 3  # requests that no article takes: robots.txt comes first, and a page may lead to another
PATIENCE = timedelta(minutes=10)
"""How long a backfill waits for a watch that does not come."""
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
    """It ended because the day's requests are spent, or kept for the watch."""
    gave_way: bool = False
    """It ended because the watch is to look at the site now."""

    def add(self, later: BackfillReport) -> None:
        """Take over what the same site's next run did."""
        for name in ("sources", "links", "new", "pages", *EVENTS, "unchanged"):
            setattr(self, name, getattr(self, name) + getattr(later, name))
        self.refused += later.refused
        self.seconds += later.seconds
        for name in ("error", "left", "missing", "over_budget", "gave_way"):
            setattr(self, name, getattr(later, name))

    def answers(self) -> dict[str, int]:
        """Nothing: how the past answers says nothing of how the site does today."""
        return {}


class Backlog(Articles):
    """Reads what the steps have listed."""

    def _links(self) -> tuple[Purpose, list[PendingLink]]:
        spider: Any = self._spider
        if self._over:
            return "backfill", []
        with spider.store.reading() as connection:
            limit = BATCH + self._kept
            return "backfill", backlog.waiting(connection, spider.name, limit, oldest_first=spider.job.oldest_first)

    def _begin(self, batch: list[PendingLink], purpose: Purpose) -> list[PendingLink]:
        account = self._spider.account
        if account.limit is None:
            return super()._begin(batch, purpose)
        account.limit -= _SPARE
        try:
            return super()._begin(batch, purpose)
        finally:
            account.limit += _SPARE


class BackfillSpider(NewsSpider):
    """Walks one site's past into the store, as far as the day's budget goes."""

    job: Job
    report: BackfillReport

    def __init__(self, name: str | None = None, *, job: Job, **about: Any) -> None:
        super().__init__(name, **about)
        self.job = job
        self.report = BackfillReport(site=self.name)
        self.walker = BackfillSources(self, job)
        self.sources = self.walker  # type: ignore[assignment]  # it answers the same calls
        self.articles = Backlog(self)
        self._batch: deque[Request] = deque()
        self._budget: int | None = None
        self._watch: SiteAgenda | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> BackfillSpider:
        """As the crawl's; what the watch needs of the day's budget is kept for it."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        assert isinstance(spider, BackfillSpider)  # noqa: S101 - for the type checker
        spider._budget = spider.account.limit
        # Only to be read: what comes next at a site is the watch's to say.
        spider._watch, spider.agenda = spider.agenda, None
        return spider

    def next_batch(self) -> None:
        """Ask for one page: an article that waits, else the next step; called by Scrapy when nothing is left to do.

        One at a time: else the next would be under way while the last one is read, and a kill would cost both.
        """
        try:
            while self._ending is None and not self._batch:
                if self.limit is not None and self.report.pages >= self.limit:
                    return
                self._share()
                more = list(self.articles.next_batch()) or self.walker.advance()
                if more is None:
                    return
                self._batch.extend(more)
            if self._watch and self._wanted(self._watch):
                self.report.gave_way = True
            elif self._ending is None:
                self.report.left -= 1
                self.crawler.engine.crawl(self._batch.popleft())
        except StoreFailed as failure:
            self.end(str(failure))
        except Exception as error:  # Scrapy would log it and take the end for a success
            logger.exception("the backfill of %s broke", self.name)
            self.end(f"{type(error).__name__}: {error}")

    def finish(self, reason: str = "finished") -> None:
        """As the crawl's; says whether the day's budget ended it."""
        self.report.missing = self.walker.itinerary.missing
        self.report.over_budget = self.report.refused[Refusal.OVER_BUDGET] > 0
        super().finish(reason)

    def _wanted(self, watch: SiteAgenda) -> bool:
        """Whether the watch has something to do now; what it has left undone for long, nobody is there to do."""
        due = [watch.entries[source].next_at for source in watch.due()]
        return bool(due) and self.now() - min(due) < PATIENCE

    def _share(self) -> None:
        with self.store.reading() as connection:
            self.report.left = backlog.count(connection, self.name) + step_table.count_open(connection, self.job.name)
            if self._budget is not None:
                used = sum(spent(connection, self.name, day_of(self.now())).values())
                kept = usual(connection, self.name, self.now())
        if self._budget is not None:
            room = self._watch.room(self.store, "backfill") if self._watch else self._budget - used - kept
            self.account.limit = used + max(room, 0)


class Backfills(Crawls):
    """The crawlers of one backfill: a site that gives way to the watch goes on when this is through."""

    kind = BackfillSpider

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
            if self.stopping or not again:
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
    settings: Mapping[str, Any] | None = None,
    now: Callable[[], datetime] = clock,
) -> list[BackfillReport]:
    """Do these jobs, several sites at once, those of a site one after the other; as `run.crawl`.

    Begun again with the same jobs it goes on where it was.
    """
    chosen = settings_for(newsroom=newsroom, more=settings)
    with Store.open(store_url) as store:
        about = {"store": store, "limit": limit, "on_progress": on_progress, "now": now}
        plan = [(sites[name], {**about, "jobs": [*given]}) for name, given in jobs.items()]
        reports = work(plan, Backfills(chosen))
    return [report for report in reports if isinstance(report, BackfillReport)]
