"""The one Scrapy spider: polls the sources of its site, then reads every article that is still to be read.

Links go to the store before any article is asked, so a run that is killed leaves them for the next. Scrapy's idle
signal fetches the next batch from the store; nothing else decides which article is asked.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from datetime import datetime
from difflib import get_close_matches
from functools import cache
from typing import Any, Never, Self, TypeVar
from urllib.parse import urlsplit

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.settings import BaseSettings

from crawler.crawl.articles import Articles
from crawler.crawl.context import RunContext, RunSettings, SourceReader
from crawler.crawl.link_queue import PendingLinks
from crawler.crawl.page_answer import page_refusal, read_page
from crawler.crawl.report import SiteReport
from crawler.crawl.sources import Sources
from crawler.errors import BadInput, Discard, Interrupted, Refused, StoreFailed
from crawler.fetch import RequestBudget, SiteSpider, clock
from crawler.items import Article
from crawler.readers import Readers
from crawler.schedule import SiteAgenda
from crawler.sites import Sites, load_sites, with_stand_ins
from crawler.store import Store, frontier, runs, stand_ins, subjects, tallies
from crawler.text import day_of

logger = logging.getLogger(__name__)
T = TypeVar("T")
_ARGUMENTS = ("source", "limit", "revisit", "due")
_NO: tuple[bool | str, ...] = (False, "", "0", "no", "false")
_YES = ("1", "yes", "true")


@cache
def _sites() -> Sites:
    return load_sites()


@cache
def _ask_for_contact() -> None:
    logger.warning("set THOISU_CONTACT to a mail address or URL, so that the sites can reach you")


class RunSpider(SiteSpider):
    """Crawls one site into the store; a class with the `name` and the `site` is made of it for each site.

    Arguments, also as `-a name=value`: `source` (one address, or a tuple of them) polls only these; `revisit` asks the
    articles of the last days again; `limit` is the most articles that are asked; `now` is the clock. With `due` only
    what the agenda of a scheduled site says is done (`crawler.schedule.site_agenda`).

    `from_crawler` makes the run and its parts, which know each other and this class only through what
    `crawler.crawl.context` says.
    """

    budget: RequestBudget
    run: RunContext
    sources: SourceReader[Never]
    articles: Articles

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
        due: bool | str = False,
    ) -> None:
        super().__init__(name)
        self.report = SiteReport(site=self.name)
        self.limit = int(limit) if limit is not None else None
        self.only = tuple(source.split()) if isinstance(source, str) else source
        self.now = now
        self.due = due not in _NO
        self.revisit = revisit not in _NO
        self._began = False
        self._store = store
        self._on_progress = on_progress
        self._started = time.monotonic()
        self._ending: asyncio.Task[None] | None = None

    @classmethod
    def check_arguments(cls, given: Mapping[str, str]) -> None:
        """Raises `BadInput` for one that `-a name=value` cannot give so."""
        for name, value in given.items():
            if name not in _ARGUMENTS:
                near = get_close_matches(name, _ARGUMENTS, n=1)
                hint = f"did you mean {near[0]}?" if near else f"it takes {', '.join(_ARGUMENTS)}"
                raise BadInput(f"-a {name}: {cls.name} takes no such argument; {hint}")
            if name == "limit" and not (value.isascii() and value.isdigit() and int(value)):
                raise BadInput(f"-a limit must be a whole number of at least 1, not {value!r}")
            if name in ("revisit", "due") and value not in (*_NO, *_YES):
                raise BadInput(f"-a {name} must be yes or no, not {value!r}")
            for url in value.split() if name == "source" else ():
                if url.partition("://")[0] not in ("http", "https") or not cls.site.owns(urlsplit(url).hostname or ""):
                    raise BadInput(f"-a source: {url} is no address of {cls.name}; `thoisu which {url}` says whose")

    @classmethod
    def handles_request(cls, request: Request) -> bool:
        """Whether `scrapy shell`, `fetch` and `parse` take this spider for an address."""
        found = _sites().find(request.url)
        return found.name == cls.name if found else cls.site.owns(urlsplit(request.url).hostname or "")

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        """The site's own delay and budget, unless one is set for all."""
        super().update_settings(settings)
        for_all = 0 if settings.get("THOISU_REPLAY") else settings.get("THOISU_DELAY")
        settings.set("DOWNLOAD_DELAY", cls.site.delay if for_all is None else for_all, priority="spider")
        settings.set("THOISU_BUDGET", settings["THOISU_BUDGET"] or cls.site.budget, priority="spider")

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """As Scrapy's; opens the store of the settings when none is given."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        if not any(crawler.settings[name] for name in ("THOISU_CONTACT", "THOISU_REPLAY", "THOISU_NEWSROOM")):
            _ask_for_contact()
        store = spider._store
        if store is None:
            store = Store.open(crawler.settings["THOISU_DATABASE_URL"])
            crawler.signals.connect(store.close, signal=signals.engine_stopped)
        with store.reading() as connection:
            spider.site = with_stand_ins(spider.site, stand_ins.standing(connection, spider.name))
        limit = None if crawler.settings["THOISU_REPLAY"] else crawler.settings.getint("THOISU_BUDGET")
        spider.budget = RequestBudget(store, spider.name, limit, spider.now)
        spider.run = RunContext(
            site=spider.site,
            store=store,
            report=spider.report,
            budget=spider.budget,
            agenda=None if limit is None else SiteAgenda.open(store, spider.site, limit, spider.now),
            settings=RunSettings.of(crawler.settings),
            now=spider.now,
            end=spider.end,
            progress=spider.progress,
            readers=Readers(crawler.settings.getint("THOISU_READERS")),
            due=spider.due,
            limit=spider.limit,
        )
        spider.make_parts()
        crawler.signals.connect(spider.next_batch, signal=signals.spider_idle)
        crawler.signals.connect(spider.finish, signal=signals.spider_closed)
        return spider

    def make_parts(self) -> None:
        """Make what this run does out of `run`: the sources that it asks, and the queue of its articles."""
        self.sources = Sources(self.run)
        self.articles = Articles(self.run, PendingLinks(self.run, revisit=self.revisit), self.sources)

    async def start(self) -> AsyncIterator[Request]:
        """The sources; articles follow when all of these have answered."""
        self._began = True
        only: Collection[str] | None = self.only or None
        if self.due:  # of a site that is scheduled no more nothing is
            only = self.run.agenda.due() if self.run.agenda else ()
        for request in self.sources.start(only):
            yield request

    async def parse(self, response: Response, **_: Any) -> AsyncIterator[Article]:
        """The article on a page, for `scrapy parse` and the shell; none of a page that is refused. Stores nothing."""
        try:
            if refusal := page_refusal(response):
                raise Discard(refusal)
            yield (await read_page(self.run, response)).article
        except Refused as refused:
            logger.warning("%s is refused: %s", response.url, refused)
        except Interrupted:
            logger.warning("%s is not read", response.url)

    @property
    def ending(self) -> bool:
        """Whether the run is being ended for an error."""
        return self._ending is not None

    def next_batch(self) -> None:
        """Ask for the next articles; called by Scrapy whenever nothing is left to do.

        None while a command of Scrapy's asks for a page of its own, instead of `start`.
        """
        try:
            for request in () if self.ending or not self._began else self.articles.next_batch():
                self.crawler.engine.crawl(request)
        except StoreFailed as failure:
            self.end(str(failure))

    def end(self, error: str) -> None:
        """End this site's run; the others go on, and what is pending stays so."""
        if self._ending is None:
            self.report.error = error
            self._ending = asyncio.ensure_future(self.crawler.engine.close_spider_async(reason=error))

    def finish(self, reason: str = "") -> None:
        """The last words, when Scrapy closes the spider."""
        self.articles.close()
        self._settle(cut=self.articles.cut or reason == "shutdown")
        for refusal, count in self.report.refused.items():
            self.crawler.stats.set_value(f"refused/{refusal}", count)
        if self.report.error is None and self.sources.answered == 0 and self.sources.errors:
            self.report.error = f"no source gave anything: {self.sources.errors[-1]}"
        self._note_run(stopped=reason == "shutdown")
        self.progress()
        if self._on_progress is None:
            logger.log(logging.WARNING if self.report.error else logging.INFO, "%s", self.report)

    def _settle(self, *, cut: bool) -> None:
        run = self.run
        try:
            run.budget.close()
            if run.agenda:
                asked = run.budget.used["look"] + run.budget.used["audit"]
                run.agenda.close(run.store, self.report.error, run.retry_after, asked=asked, cut=cut)
        except StoreFailed as failure:
            self.report.error = self.report.error or str(failure)

    def _note_run(self, *, stopped: bool) -> None:
        """Keep when this run was, what came of it and what it was answered; a replay asked nobody."""
        run, report = self.run, self.report
        if run.budget.limit is None:
            return
        ours = stopped or run.readers.failure is not None
        failed = report.error is not None and not self.sources.answered and not ours
        came = report.created + report.revised + report.copied + report.restored + report.unchanged
        answered = True if self.sources.answered or came else False if failed else None
        try:
            with run.store.writing_beside(subjects.site(self.name)) as connection:
                frontier.ensure_site(connection, self.name, self.now())
                runs.note(
                    connection, self.name, self.now(),
                    by_hand=not run.due, gave=report.gave(), error=report.error, answered=answered,
                )  # fmt: skip
                tallies.add(connection, self.name, day_of(self.now()), report.answers())
        except StoreFailed as failure:
            report.error = report.error or str(failure)

    def progress(self) -> None:
        """Tell whoever follows the run."""
        self.report.seconds = time.monotonic() - self._started
        if self._on_progress is not None:
            self._on_progress(self.report)

    async def read(self, function: Callable[..., T], *args: Any) -> T:  # type: ignore[override]
        """As `RunContext.read`."""
        return await self.run.read(function, *args)

    def cached_robots(self, origin: str) -> bytes | None:
        """As remembered within a day, for a run that does what is due; a crawl by hand asks for itself."""
        run = self.run
        return run.agenda.cached_robots(run.store, origin) if run.agenda and run.due else None

    def cache_robots(self, origin: str, text: bytes) -> None:
        """Remember it for the next runs at a scheduled site."""
        if self.run.agenda:
            self.run.agenda.cache_robots(self.run.store, origin, text)

    def slow_down(self, delay: float) -> None:
        """The agenda of a scheduled site plans with it."""
        if self.run.agenda:
            self.run.agenda.slow_down(delay)
