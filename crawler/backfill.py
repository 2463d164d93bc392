"""A backfill: the way of an article over the past, by whichever route a site offers.

The spider is that of a crawl, with other sources and another queue: `crawler.walker` asks the shards and pages, and
what these list is read before the next of them is asked. All of its progress is in the store.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from scrapy import Request
from scrapy.crawler import Crawler

from crawler.model import Refusal, StoreFailed
from crawler.readings import BATCH, Readings
from crawler.report import SiteReport
from crawler.run import settings_for, work
from crawler.site import Site
from crawler.spans import Span
from crawler.spider import NewsSpider
from crawler.store import PendingLink, Store, backlog, plans
from crawler.store.spending import Purpose, usual
from crawler.walker import Walker


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What is wanted of one site."""

    site: str
    span: Span
    oldest_first: bool = False
    key: str = ""
    """Tells backfills of the same days apart: what made this one necessary."""

    @property
    def name(self) -> str:
        """Under which its progress is kept."""
        return plans.job_name(self.site, self.span, self.key)


@dataclass(slots=True, kw_only=True)
class Report(SiteReport):
    """What a backfill did at one site, and what it has left to do."""

    left: int = 0
    """Pages and shards that are known and not yet asked."""
    missing: list[Any] = field(default_factory=list)
    """Days that no route has given."""
    over_budget: bool = False
    """It ended because the day's requests are spent, or kept for the watch."""


class Backlog(Readings):
    """Reads what the steps have listed."""

    def _links(self) -> tuple[Purpose, list[PendingLink]]:
        spider: Any = self._spider
        if self._over:
            return "backfill", []
        with spider.store.reading() as connection:
            limit = BATCH + self._kept
            return "backfill", backlog.waiting(connection, spider.name, limit, oldest_first=spider.job.oldest_first)


class BackfillSpider(NewsSpider):
    """Walks one site's past into the store, as far as the day's budget goes."""

    job: Job
    report: Report

    def __init__(self, name: str | None = None, *, job: Job, **about: Any) -> None:
        super().__init__(name, **about)
        self.job = job
        self.report = Report(site=self.name)
        self.walker = Walker(self, job)
        self.sources = self.walker  # type: ignore[assignment]  # it answers the same calls
        self.readings = Backlog(self)
        self._batch: deque[Request] = deque()
        self._budget: int | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> BackfillSpider:
        """As the crawl's; what the watch needs of the day's budget is kept for it."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        assert isinstance(spider, BackfillSpider)  # noqa: S101 - for the type checker
        spider._budget = spider.account.limit
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
                more = list(self.readings.next_batch()) or self.walker.advance()
                if more is None:
                    return
                self._batch.extend(more)
            if self._ending is None:
                self.report.left -= 1
                self.crawler.engine.crawl(self._batch.popleft())
        except StoreFailed as failure:
            self.end(str(failure))

    def finish(self, reason: str = "finished") -> None:
        """As the crawl's; says whether the day's budget ended it."""
        self.report.over_budget = self.report.refused[Refusal.OVER_BUDGET] > 0
        super().finish(reason)

    def _share(self) -> None:
        with self.store.reading() as connection:
            self.report.left = backlog.count(connection, self.name) + plans.count_open(connection, self.job.name)
            if self._budget is not None:
                self.account.limit = max(0, self._budget - usual(connection, self.name, self.now()))


def backfill(
    jobs: Mapping[str, Job],
    sites: Mapping[str, Site],
    *,
    store_url: str,
    newsroom: str | None = None,
    limit: int | None = None,
    on_progress: Callable[[SiteReport], None] | None = None,
    settings: Mapping[str, Any] | None = None,
) -> list[Report]:
    """Do these jobs, several sites at once; begun again with the same jobs it goes on where it was. As `run.crawl`."""
    chosen = settings_for(newsroom=newsroom, more=settings)
    with Store.open(store_url) as store:
        about = {"store": store, "limit": limit, "on_progress": on_progress}
        plan = [(name, sites[name], {**about, "job": job}) for name, job in jobs.items()]
        reports = work(plan, chosen, BackfillSpider)
    return [report for report in reports if isinstance(report, Report)]
