"""A crawl of many sites in one process."""

from __future__ import annotations

import asyncio
import atexit
import gc
import logging
import threading
import time
from collections.abc import Callable, Collection, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from scrapy import signals
from scrapy.core.engine import ExecutionEngine
from scrapy.crawler import Crawler
from scrapy.settings import Settings
from scrapy.utils.log import configure_logging
from scrapy.utils.reactor import install_reactor, is_reactor_installed

from crawler.configuration import DEFAULTS
from crawler.configuration import Settings as OwnSettings
from crawler.crawl.report import SiteReport
from crawler.crawl.spider import RunSpider
from crawler.errors import BadInput, NoReader, StoreFailed
from crawler.fetch import clock
from crawler.fetch import replay as saved_pages
from crawler.process import answering
from crawler.readers import COLLECTIONS
from crawler.settings import TWISTED_REACTOR
from crawler.sites import Site, Sites
from crawler.store import LockTaken, Store

logger = logging.getLogger(__name__)
Progress = Callable[[SiteReport], None]
Plan = list[tuple[Site, dict[str, Any]]]
"""Sites in their order, each with the arguments of its spider."""
GRACE = 5.0
"""Seconds that the pages under way get when a crawl is asked to end: an answer, and its reading."""
_TURN = 0.05  # seconds between two looks whether a crawl can be told so
T = TypeVar("T")
TAKEN = "another run at this site is under way"
LOST = "the site's lock is lost, so that another run may be under way"
HOLD = 10.0
"""Seconds between two looks whether a site's lock is still held; another is not begun sooner than in thirty."""


def crawl(
    sites: Sites,
    *,
    store_url: str,
    sources: tuple[str, ...] = (),
    replay: Path | None = None,
    newsroom: str | None = None,
    revisit: bool = False,
    limit: int | None = None,
    due: bool = False,
    on_progress: Progress | None = None,
    own: OwnSettings = DEFAULTS,
    settings: Mapping[str, Any] | None = None,
    now: Callable[[], datetime] = clock,
) -> list[SiteReport]:
    """Crawl the sites, several at once, each with one request at a time; one report a site, in their order.

    `sources` polls these addresses only, each with the site that owns it; `replay` answers from a folder of saved
    pages; `newsroom` is the base URL of the one loopback server that may be asked; `revisit` asks the articles of the
    last days again; `limit` is the most articles a site; with `due` only what the agenda asks for is done; `now` is
    the clock. `own` are our settings; Scrapy's `settings` win over them and over those of `crawler.settings`.
    Ctrl-C and SIGTERM end the crawl after the pages under way; a second one at once (KeyboardInterrupt). May be called
    again in the same process. Raises `BadInput` before anything is asked; `NoReader` when all have ended since nothing
    could be read.
    """
    chosen = settings_for(own, replay=replay, newsroom=newsroom, more=settings)
    owned = _share(sources, sites)
    if replay is not None:
        saved_pages.load(replay)
    with calm_collector(), Store.open(store_url) as store:
        about = {"store": store, "revisit": revisit, "limit": limit, "due": due, "on_progress": on_progress, "now": now}
        plan = [(site, {**about, "source": owned[site.name]}) for site in sites.values()]
        if sources:
            plan = [(site, arguments) for site, arguments in plan if owned[site.name]]
        return work(plan, Crawls(chosen))


def work(plan: Plan, crawls: Crawls) -> list[SiteReport]:
    """Run the sites of a plan, each with its arguments; as `crawl`."""
    reports = run_in_loop(crawls.run(plan), crawls.log_level)
    if crawls.failure:
        raise crawls.failure
    return reports


def settings_for(
    own: OwnSettings,
    *,
    replay: Path | None = None,
    newsroom: str | None = None,
    more: Mapping[str, Any] | None = None,
) -> Settings:
    """The project's and our `own` for a run that is answered from saved pages or may ask a newsroom; `more` wins."""
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    # The environment has been read, or is not wanted.
    settings.set("ADDONS", {}, priority="project")
    replace(own, replay=replay or own.replay, newsroom=newsroom or own.newsroom).apply_to(settings)
    settings.update(dict(more or {}), priority="cmdline")
    return settings


def _share(sources: tuple[str, ...], sites: Sites) -> dict[str, tuple[str, ...]]:
    shares: dict[str, tuple[str, ...]] = dict.fromkeys(sites, ())
    for url in sources:
        parts = urlsplit(url)
        owners = [name for name, site in sites.items() if site.owns(parts.hostname or "")]
        if parts.scheme not in ("http", "https"):
            raise BadInput(f"{url} is no absolute address; it begins with https://")
        if not owners:
            raise BadInput(f"{url} belongs to none of the sites {', '.join(sites)}")
        for name in owners:
            shares[name] += (url,)
    return shares


class Crawls:
    """The crawlers of one call."""

    kind: type[RunSpider] = RunSpider

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.log_level: str = settings["LOG_LEVEL"]
        self.stopping = False
        """Somebody has asked for the end."""
        self.failure: NoReader | None = None
        """Nothing can be read: what a site has asked is read by another run, and no other site is begun."""
        self._stopper: asyncio.Task[None] | None = None
        self._running: dict[Crawler, asyncio.Future[None]] = {}

    async def run(self, plan: Plan) -> list[SiteReport]:
        self._loop = asyncio.get_running_loop()
        places = asyncio.Semaphore(self._settings.getint("THOISU_SITES_AT_ONCE"))
        with answering(self._ask):
            reports = await asyncio.gather(*(self.site(places, *entry) for entry in plan))
            if self._stopper is not None:
                await self._stopper
            return reports

    async def site(self, places: asyncio.Semaphore, site: Site, about: dict[str, Any]) -> SiteReport:
        """Run one site when it has a place."""
        async with places:
            if self.stopping or self.failure:
                return SiteReport(site=site.name, error=str(self.failure or "stopped"))
            spider = type(site.name, (self.kind,), {"name": site.name, "site": site})
            crawler = Crawler(spider, self._settings)
            try:
                # One at a time for a site: another one's requests would come between, and both would learn from them.
                with about["store"].lock(f"site-{site.name}") as confirm:
                    await self._crawl(crawler, about, confirm)
            except LockTaken:
                return SiteReport(site=site.name, error=TAKEN)
            except Exception as error:
                logger.exception("the crawl of %s broke", site.name)
                return SiteReport(site=site.name, error=f"{type(error).__name__}: {error}")
            assert isinstance(crawler.spider, RunSpider)  # noqa: S101, for the type checker
            report = crawler.spider.report
            self.failure = self.failure or crawler.spider.run.readers.failure
            if self.stopping and report.error is None:
                report.error = "stopped"
            return report

    async def _crawl(self, crawler: Crawler, about: dict[str, Any], confirm: Callable[[], None]) -> None:
        self._running[crawler] = crawl = asyncio.ensure_future(crawler.crawl_async(**about))
        held = True
        try:
            while not (await asyncio.wait([crawl], timeout=HOLD if held else None))[0]:
                held = await _hold(crawler, confirm)
        finally:
            del self._running[crawler]
        if not crawl.cancelled():
            crawl.result()

    def _ask(self) -> None:
        # Not by the loop's own handlers: those wait for its next turn, and what takes long holds the loop.
        self._loop.call_soon_threadsafe(self._stop)

    def _stop(self) -> None:
        self.stopping = True
        self._stopper = asyncio.ensure_future(self._end())

    async def _end(self) -> None:
        await end_gently(self._running)
        for crawl in list(self._running.values()):
            crawl.cancel()


async def _hold(crawler: Crawler, confirm: Callable[[], None]) -> bool:
    """Whether the lock of the site is still held; ends the crawl when it is lost, as it is with its session."""
    try:
        # In a thread, since a server that is out of reach lets it wait.
        await asyncio.to_thread(confirm)
    except StoreFailed as failure:
        if isinstance(spider := crawler.spider, RunSpider):
            spider.end(f"{LOST}: {failure}")
        return False
    return True


async def end_gently(crawlers: Collection[Crawler]) -> None:
    """End every crawl after the pages under way; what they have not brought after `GRACE` is given up, and they close.

    `crawlers` are those that run, also while this waits for them.
    """
    ends: dict[Crawler, asyncio.Task[None]] = {}
    last = time.monotonic() + GRACE
    while crawlers and time.monotonic() < last:
        for crawler in set(crawlers) - ends.keys():
            # Asked again and again, since Scrapy forgets a stop that comes while a crawl is being opened.
            if (engine := crawler._engine) is not None and engine.running:
                ends[crawler] = asyncio.ensure_future(_end_engine(engine))
        await asyncio.sleep(_TURN)
    for crawler in list(crawlers):
        if isinstance(spider := crawler.spider, RunSpider):
            spider.run.readers.interrupt()
            await crawler.signals.send_catch_log_async(signals.spider_closed, spider=spider, reason="shutdown")
        if crawler in ends:
            ends[crawler].cancel()


async def _end_engine(engine: ExecutionEngine) -> None:
    # Asked in the task, since a crawl may come to its own end before that begins.
    if engine.running:
        await engine.stop_async()


@contextmanager
def calm_collector() -> Iterator[None]:
    """For a run and the opening of its store, which loads Alembic when it makes a new one.

    Measured on 1,200 pages: the modules' own objects out of the collector's rounds, and fewer of these, save 9 %.
    """
    _freeze_modules()
    before = gc.get_threshold()
    gc.set_threshold(*COLLECTIONS)
    try:
        yield
    finally:
        gc.set_threshold(*before)


@cache
def _freeze_modules() -> None:
    """Once, since it looks through all that there is, which takes longer than a short crawl does."""
    gc.collect()
    gc.freeze()


def run_in_loop(work: Coroutine[Any, Any, T], log_level: str) -> T:
    """Run `work` on the reactor's own event loop; the reactor is started once and stays for the next crawl."""
    if not is_reactor_installed():
        _quieten(log_level)
        install_reactor(TWISTED_REACTOR)
    from twisted.internet import reactor

    from crawler.fetch.guard import GuardedResolver

    running: Any = reactor
    if not isinstance(running.nameResolver, GuardedResolver):
        running.installNameResolver(GuardedResolver(running, 10_000))
    if not running.running:
        # Threads that look names up must not keep the process alive after its last line.
        running.getThreadPool().threadFactory = partial(threading.Thread, daemon=True)
        running.startRunning(installSignalHandlers=False)
        atexit.register(running._asyncioEventloop.close)
    loop: asyncio.AbstractEventLoop = running._asyncioEventloop
    return loop.run_until_complete(work)


def _quieten(log_level: str) -> None:
    configure_logging({"LOG_INSTALL_ROOT_HANDLER": False})
    # Scrapy lets its own loggers pass everything; a record for each page that nobody sees costs time. What it says of
    # itself, its settings and components, comes with each round, and is for whoever looks for a fault in it.
    logging.getLogger("scrapy").setLevel("WARNING" if log_level == "INFO" else log_level)
    # What these two warn of is in the report, by its reason.
    for name in ("scrapy.core.downloader.handlers", "scrapy.downloadermiddlewares.httpcompression"):
        logging.getLogger(name).setLevel(logging.ERROR)
