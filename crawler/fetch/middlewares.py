"""What stands between the spider and the network: one queue a site, back-off, decoding, redirects, the day's budget.

Also the reason of refusal for each error that Scrapy or Twisted may raise. `crawler.middlewares` names the order.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Awaitable, Callable
from datetime import datetime

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    NotConfigured,
    ResponseDataLossError,
)
from scrapy.http import Response
from scrapy.responsetypes import responsetypes
from scrapy.robotstxt import RobotParser
from twisted.internet.error import ConnectError, ConnectionClosed

from crawler.errors import Discard, Interrupted, Refusal, Refused
from crawler.extract import is_wall, moved_to
from crawler.fetch.guard import Denied, named_inside, of_newsroom
from crawler.fetch.spider import SiteSpider, clock, spider_of
from crawler.items import Asked
from crawler.readers import unpack
from crawler.sites import judge
from crawler.text import GZIP, bounded, retry_after

_STRIKES = 10  # answers of 429 or 503 in a row
_UNREACHABLE = (
    CannotResolveHostError,
    ConnectError,
    ConnectionClosed,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    ResponseDataLossError,
)


def reason_of(error: BaseException | None) -> Refusal | None:
    """The reason for what went wrong with a request; None for an error that is no answer's fault but a bug."""
    if isinstance(error, Refused):
        return error.reason
    if isinstance(error, IgnoreRequest):
        return Refusal.TOO_LARGE
    if isinstance(error, DownloadTimeoutError):
        return Refusal.TIMEOUT
    if isinstance(error, DownloadCancelledError):
        return Refusal.TOO_LARGE
    if isinstance(error, _UNREACHABLE):
        return Refusal.UNREACHABLE
    if isinstance(error, OSError | EOFError | zlib.error):
        return Refusal.UNREADABLE
    return None


def header(response: Response, name: str) -> str | None:
    """A header field of an answer as text; None without it. Any bytes can be read."""
    value = response.headers.get(name)
    return value.decode("latin-1") if value else None


def _what(request: Request) -> str | None:
    asked: Asked | None = request.meta.get("asked")
    return asked.what if asked else None


class SiteSlotMiddleware:
    """Puts every request of a site, robots.txt and sub-domains included, into one download slot with one delay."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._slot: str = crawler.spidercls.name
        self._delay = crawler.settings.getfloat("DOWNLOAD_DELAY")
        self._delay_max = crawler.settings.getfloat("THOISU_CRAWL_DELAY_MAX")
        self._agent: str = crawler.settings["ROBOTSTXT_USER_AGENT"]

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> SiteSlotMiddleware:
        middleware = cls(crawler)
        crawler.signals.connect(middleware.robots_parsed, signal=signals.robots_parsed)
        return middleware

    def process_request(self, request: Request) -> None:
        request.meta["download_slot"] = self._slot

    def robots_parsed(self, robotparser: RobotParser) -> None:
        """Take over a longer Crawl-delay."""
        said = robotparser.crawl_delay(self._agent)
        asked = None if said is None else bounded(said, self._delay_max)
        if asked is None or asked <= self._delay:
            return
        self._delay = asked
        if spider := spider_of(self._crawler):
            spider.slow_down(self._delay)
        downloader = self._crawler.engine.downloader
        downloader.per_slot_settings[self._slot] = {"delay": self._delay}
        if slot := downloader.slots.get(self._slot):
            slot.delay = self._delay


class SiteBusy(Denied):
    """A site that asks for more patience than a run has: `seconds` of it."""

    def __init__(self, detail: str, seconds: float) -> None:
        super().__init__(Refusal.RATE_LIMITED, detail)
        self.seconds = seconds


class BackoffMiddleware:
    """On 429 and 503 the whole site waits, as long as it asks for or longer each time; then it is left alone."""

    def __init__(
        self,
        crawler: Crawler,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        now: Callable[[], datetime] = clock,
    ) -> None:
        self._crawler = crawler
        self._now = now
        self._sleep = sleep
        self._first = crawler.settings.getfloat("THOISU_BACKOFF_FIRST")
        self._max = crawler.settings.getfloat("THOISU_BACKOFF_MAX")
        self._strikes = 0
        self._waited = 0.0

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> BackoffMiddleware:
        return cls(crawler, now=lambda: (spider_of(crawler) or SiteSpider).now())

    async def process_response(self, request: Request, response: Response) -> Request | Response:
        """Ask again after a pause; raises `SiteBusy` when the pauses exceed the limit.

        A source that then still says 503, and not for how long, has failed by itself: its site goes on.
        """
        if response.status not in (429, 503) or is_wall(response.body):
            self._strikes, self._waited = 0, 0.0
            return response
        said = header(response, "Retry-After")
        asked = retry_after(said, self._now())
        # A site that says "at once" twice does not mean it.
        least = self._first * 2 ** (self._strikes - 1) if self._strikes else 0.0
        wait = self._first * 2**self._strikes if asked is None else max(asked, least)
        self._strikes += 1
        self._waited += wait
        if self._waited > self._max or self._strikes > _STRIKES:
            if response.status == 503 and said is None and _what(request) == "source":
                return response  # many a broken feed says so for years, while the site is well
            raise SiteBusy(f"{response.status}, asks for {self._waited:.0f} s of waiting", wait)
        await self._pause(wait)
        return request.copy()

    async def _pause(self, seconds: float) -> None:
        # In steps, so that a crawl that is asked to stop does not wait for the end of a long pause.
        while seconds > 0:
            if not self._crawler.crawling:
                raise Denied(Refusal.RATE_LIMITED, "stopped while waiting")
            await self._sleep(min(seconds, 1.0))
            seconds -= 1.0


class DecompressionMiddleware(HttpCompressionMiddleware):
    """Undoes Content-Encoding, in a reader; bytes that are not what the header says are refused.

    A page that is gzip though no header says so, as some caches send it, is unpacked too; a source stays as it is,
    since a packed sitemap is one by right.
    """

    _crawler: Crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> DecompressionMiddleware:
        middleware = cls(crawler=crawler)
        middleware._crawler = crawler
        return middleware

    async def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        """The answer as its page or source was written; raises `Denied` with UNREADABLE, or TOO_LARGE."""
        named = b",".join(response.headers.getlist("Content-Encoding")).decode("latin-1")
        bare = response.body.startswith(GZIP) and _what(request) in ("article", "page")
        if not (named or bare):
            return response
        limit = request.meta.get("download_maxsize", self._max_size)
        try:
            body = await (spider_of(self._crawler) or SiteSpider).read(unpack, response.body, named, limit, bare)
        except Interrupted:
            raise Denied(Refusal.UNFINISHED, "the run was ended") from None
        except Discard as refusal:
            raise Denied(refusal.reason, refusal.detail) from None
        except Exception as error:  # each decoder has errors of its own
            raise Denied(Refusal.UNREADABLE, f"Content-Encoding {named[:40]!r}: {error}") from None
        headers = response.headers.copy()
        headers.pop("Content-Encoding", None)
        if bare and b"gzip" in (headers.get("Content-Type") or b"").lower():
            del headers["Content-Type"]  # it told of the wrapping
        kind = responsetypes.from_args(headers=headers, url=response.url, body=body)
        return kind(response.url, response.status, headers=headers, body=body)


class LeadsAway(Denied):
    """A redirect that leaves the site, to `target`."""

    def __init__(self, url: str, target: str) -> None:
        super().__init__(Refusal.REDIRECTED, f"{url} leads off the site to {target}")
        self.target = target


class SiteRedirectMiddleware(RedirectMiddleware):
    """Follows a redirect only inside the site, and an article's only to an article."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> SiteRedirectMiddleware:
        # Scrapy's own looks for the middleware of referrers, which is switched off, and warns.
        middleware = cls(crawler.settings)
        middleware.crawler = crawler
        return middleware

    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        """As Scrapy's; raises `Denied` with REDIRECTED, PRIVATE_ADDRESS or SOFT_404."""
        try:
            result = super().process_response(request, response)
        except IgnoreRequest as error:
            raise Denied(Refusal.REDIRECTED, str(error)) from None
        except ValueError:
            raise Denied(Refusal.REDIRECTED, f"to no address from {request.url}") from None
        if isinstance(result, Request):
            self._judge(request, result.url)
        return result

    def _judge(self, request: Request, target: str) -> None:
        if named_inside(target) and not of_newsroom(target, self.crawler.settings.get("THOISU_NEWSROOM")):
            raise Denied(Refusal.PRIVATE_ADDRESS, f"{request.url} leads to {target}")
        if (spider := spider_of(self.crawler)) is None:
            return
        found = judge(target, spider.site)
        if found.refused in (Refusal.OTHER_SITE, Refusal.BAD_URL):
            raise LeadsAway(request.url, target)
        if found.refused and _what(request) == "article":
            raise Denied(Refusal.SOFT_404, f"{request.url} leads to {target}")


class PageRedirectMiddleware(SiteRedirectMiddleware):
    """Follows a page that does nothing but send its reader on (`crawler.extract.moved_to`), by the same rules.

    It is a redirect like any other: counted with them against their limit, asked after the delay and as robots.txt
    allows, and refused when it leaves the site, or leads from an article to no article.
    """

    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        """The answer, or the request for where it leads; raises `Denied` as `SiteRedirectMiddleware`."""
        if response.status != 200 or _what(request) is None or not (target := moved_to(response.body, response.url)):
            return response
        try:
            following = self._redirect(self._build_redirect_request(request, response, url=target), request, "page")
        except IgnoreRequest as error:
            raise Denied(Refusal.REDIRECTED, str(error)) from None
        except ValueError:
            raise Denied(Refusal.REDIRECTED, f"to no address from {request.url}") from None
        self._judge(request, following.url)
        return following


class RequestBudgetMiddleware:
    """The last gate before the network: refuses with OVER_BUDGET what the site's budget of the day does not give.

    A request is counted for the purpose for which it was asked; robots.txt is part of a poll. A spider without a budget
    asks a single page for a person.
    """

    def __init__(self, crawler: Crawler) -> None:
        if crawler.settings["THOISU_REPLAY"]:
            raise NotConfigured
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RequestBudgetMiddleware:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Let the request pass, or raise `Denied`."""
        spider = spider_of(self._crawler)
        budget = spider.budget if spider else None
        asked: Asked | None = request.meta.get("asked")
        if budget is not None and not budget.take(asked.purpose if asked else "look"):
            raise Denied(Refusal.OVER_BUDGET, f"the day's {budget.limit} requests are spent")
