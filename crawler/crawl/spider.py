"""The one Scrapy spider: looks at the sources of its site, then reads every article that is still to be read.

Links go to the store before any article is asked, so a run that is killed leaves them for the next. Scrapy's idle
signal fetches the next batch from the store; nothing else decides which article is asked.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

import scrapy
from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.settings import BaseSettings
from twisted.python.failure import Failure

from crawler.crawl.articles import Articles
from crawler.crawl.report import SiteReport
from crawler.crawl.sources import Sources
from crawler.errors import Refusal, Refused, StoreFailed
from crawler.fetch.budget import Account
from crawler.fetch.middlewares import SiteBusy, word_of
from crawler.fetch.robots import HostClosed
from crawler.schedule.site_agenda import SiteAgenda
from crawler.sites.site import Site
from crawler.store import Store, tallies
from crawler.store.budget import Purpose, day_of

logger = logging.getLogger(__name__)


@cache
def _ask_for_contact() -> None:
    logger.warning("set THOISU_CONTACT to a mail address or URL, so that the sites can reach you")


def clock() -> datetime:
    """The machine's time."""
    return datetime.now(UTC)


class NewsSpider(scrapy.Spider):
    """Crawls one site into the store.

    Arguments, also as `-a name=value`: `source` (one address, or a tuple of them) looks there only; `revisit` asks the
    articles of the last days again; `limit` is the most articles that are asked; `now` is the clock. With `due` only
    what the agenda of a watched site says is done (`crawler.schedule.site_agenda`).
    """

    site: Site
    account: Account
    """What may still be asked of the site; set by `from_crawler`."""
    agenda: SiteAgenda | None = None
    """Of a watched site, what is due and what comes next; set by `from_crawler`."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "site" in vars(cls):
            cls.site = replace(cls.site, name=cls.name)

    def __init__(
        self,
        name: str | None = None,
        *,
        store: Store | None = None,
        source: str | tuple[str, ...] = (),
        revisit: bool | str = False,
        limit: int | str | None = None,
        on_progress: Callable[[SiteReport], None] | None = None,
        now: Callable[[], datetime] = clock,
        due: bool = False,
    ) -> None:
        super().__init__(name)
        self.report = SiteReport(site=self.name)
        self.limit = int(limit) if limit is not None else None
        self.only = (source,) if isinstance(source, str) else source
        self.now = now
        self.due = due
        self.revisit = revisit not in (False, "", "0", "no", "false")
        self._store = store
        self._on_progress = on_progress
        self._started = time.monotonic()
        self._retry_after: float | None = None
        self._ending: asyncio.Task[None] | None = None
        self.sources = Sources(self)
        self.articles = Articles(self)

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        """The site's own delay and budget, unless one is set for all."""
        super().update_settings(settings)
        for_all = 0 if settings.get("THOISU_REPLAY") else settings.get("THOISU_DELAY")
        settings.set("DOWNLOAD_DELAY", cls.site.delay if for_all is None else for_all, priority="spider")
        settings.set("THOISU_BUDGET", settings["THOISU_BUDGET"] or cls.site.budget, priority="spider")

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> NewsSpider:
        """As Scrapy's; opens the store of the settings when none is given."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        if not any(crawler.settings[name] for name in ("THOISU_CONTACT", "THOISU_REPLAY", "THOISU_NEWSROOM")):
            _ask_for_contact()
        if spider._store is None:
            spider._store = Store.open(crawler.settings["THOISU_DATABASE_URL"])
            crawler.signals.connect(spider._store.close, signal=signals.engine_stopped)
        budget = None if crawler.settings["THOISU_REPLAY"] else crawler.settings.getint("THOISU_BUDGET")
        spider.account = Account(spider._store, spider.name, budget, spider.now)
        if budget is not None:
            spider.agenda = SiteAgenda.open(spider._store, spider.site, budget, spider.now)
        crawler.signals.connect(spider.next_batch, signal=signals.spider_idle)
        crawler.signals.connect(spider.finish, signal=signals.spider_closed)
        return spider

    @property
    def store(self) -> Store:
        """Where articles and links go."""
        if self._store is None:
            raise RuntimeError("the spider has no store before from_crawler()")
        return self._store

    async def start(self) -> AsyncIterator[Request]:
        """The sources; articles follow when all of these have answered."""
        only = self.agenda.due() if self.agenda and self.due else self.only or None
        for request in self.sources.start(only):
            yield request

    def next_batch(self) -> None:
        """Ask for the next articles; called by Scrapy whenever nothing is left to do."""
        try:
            for request in () if self._ending else self.articles.next_batch():
                self.crawler.engine.crawl(request)
        except StoreFailed as failure:
            self.end(str(failure))

    def request(self, url: str, kind: str, purpose: Purpose, callback: Callable[..., Any], **about: Any) -> Request:
        """A request of this site; `about` goes to `callback` and, when there is no answer, to `failed`."""
        meta: dict[str, Any] = {"kind": kind, "purpose": purpose}
        if kind == "article":
            meta["download_maxsize"] = self.settings.getint("ARTICLE_MAXSIZE")
        return Request(url, callback=callback, errback=self.failed, cb_kwargs=about, meta=meta)

    def failed(self, failure: Failure) -> None:
        """A request that gave no answer."""
        request: Request = failure.request  # type: ignore[attr-defined]
        reason = word_of(failure.value)
        if isinstance(failure.value, StoreFailed):
            self.end(str(failure.value))
            return
        if reason is None:
            logger.error("%s failed", request.url, exc_info=failure.value)
            reason = Refusal.UNREADABLE
        detail = failure.value.detail if isinstance(failure.value, Refused) else str(failure.value)
        if reason is Refusal.OVER_BUDGET:
            self.over_budget(request.cb_kwargs)
            return
        closed = isinstance(failure.value, HostClosed) and request.url.startswith(self.site.home)
        if isinstance(failure.value, SiteBusy):
            self._retry_after = failure.value.seconds
        if reason is Refusal.RATE_LIMITED or closed:
            self.report.refused[reason] += 1
            self.end(f"{reason}: {detail}")
        elif "link" in request.cb_kwargs:
            self.articles.refused(request.cb_kwargs["link"], reason)
        elif "poll" in request.cb_kwargs:
            self.sources.failed(request.cb_kwargs["poll"], reason, detail)

    def over_budget(self, about: dict[str, Any]) -> None:
        """A request that must not go out today: its page or source waits."""
        self.report.refused[Refusal.OVER_BUDGET] += 1
        if "link" in about:
            self.articles.postponed(about["link"])
        elif "poll" in about:
            self.sources.postponed(about["poll"])

    def end(self, error: str) -> None:
        """End this site's run; the others go on, and what is pending stays so."""
        if self._ending is None:
            self.report.error = error
            self._ending = asyncio.ensure_future(self.crawler.engine.close_spider_async(reason=error))

    def finish(self, reason: str = "") -> None:
        """The last words, when Scrapy closes the spider."""
        self.articles.close()
        self._settle(cut=self.articles.cut or reason == "shutdown")
        for reason, count in self.report.refused.items():
            self.crawler.stats.set_value(f"refused/{reason}", count)
        if self.report.error is None and self.sources.answered == 0 and self.sources.errors:
            self.report.error = f"no source gave anything: {self.sources.errors[-1]}"
        self.progress()
        if self._on_progress is None:
            logger.log(logging.WARNING if self.report.error else logging.INFO, "%s", self.report)

    def _settle(self, *, cut: bool) -> None:
        try:
            self.account.close()
            if self.agenda:
                asked = self.account.used["look"] + self.account.used["audit"]
                self.agenda.close(self.store, self.report.error, self._retry_after, asked=asked, cut=cut)
            if self.account.limit is not None and (counts := self.report.answers()):
                with self.store.writing() as connection:
                    tallies.add(connection, self.name, day_of(self.now()), counts)
        except StoreFailed as failure:
            self.report.error = self.report.error or str(failure)

    def progress(self) -> None:
        """Tell who watches."""
        self.report.seconds = time.monotonic() - self._started
        if self._on_progress is not None:
            self._on_progress(self.report)
