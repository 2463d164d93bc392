"""One page, asked as a crawl asks it: robots.txt, one queue, the guard, the limits."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.configuration import DEFAULTS, Settings
from crawler.crawl.run import run_in_loop, settings_for
from crawler.errors import BadSite, Discard, Refusal, Refused
from crawler.fetch import SiteSpider, header, reason_of
from crawler.fetch.guard import named_inside, of_newsroom
from crawler.items import Asked, Download
from crawler.sites import EPI, Listing, Site

logger = logging.getLogger(__name__)
_PATIENCE = 30.0  # seconds that a person waits for a site that says 429 or 503


class _OnePage(SiteSpider):
    answer: Download | Refused | None = None

    def __init__(self, name: str | None = None, *, url: str, maxsize: int) -> None:
        super().__init__(name)
        self._url, self._maxsize = url, maxsize

    async def start(self) -> AsyncIterator[Request]:
        meta = {"asked": Asked("page"), "download_maxsize": self._maxsize}
        yield Request(self._url, callback=self.parse, errback=self.failed, meta=meta)

    def parse(self, response: Response, **_: Any) -> None:
        self.answer = Download(response.url, response.status, header(response, "Content-Type") or "", response.body)

    def failed(self, failure: Failure) -> None:
        reason = reason_of(failure.value)
        if reason is None:
            logger.error("%s failed", self._url, exc_info=failure.value)
        detail = failure.value.detail if isinstance(failure.value, Refused) else str(failure.value)
        self.answer = Discard(reason or Refusal.UNREADABLE, detail)


def fetch(
    url: str, site: Site | None = None, *, maxsize: int, newsroom: str | None = None, own: Settings = DEFAULTS
) -> Download:
    """Ask for one address, whatever its status; raises `Discard` with the reason when nothing comes or nothing may.

    `maxsize` limits the answer in bytes, before and after decompression. Redirects stay inside the site, which is the
    host itself when no `site` takes it.
    """
    settings = settings_for(own, newsroom=newsroom)
    settings.update(
        {"ITEM_PIPELINES": {}, "THOISU_BACKOFF_MAX": _PATIENCE, "THOISU_BACKOFF_FIRST": 5.0}, priority="cmdline"
    )
    if named_inside(url) and not of_newsroom(url, settings.get("THOISU_NEWSROOM")):
        raise Discard(Refusal.PRIVATE_ADDRESS, url)
    about = site or _site_of(url)
    spider = type("page", (_OnePage,), {"name": urlsplit(about.home).hostname, "site": about})
    crawler = Crawler(spider, settings)
    run_in_loop(crawler.crawl_async(url=url, maxsize=maxsize), own.log_level)
    answer = crawler.spider.answer if isinstance(crawler.spider, _OnePage) else None
    if isinstance(answer, Download):
        return answer
    raise answer or Discard(Refusal.UNREACHABLE, url)


def _site_of(url: str) -> Site:
    parts = urlsplit(url)
    home = f"{parts.scheme}://{parts.netloc.lower()}/"
    try:
        # Which of its pages are articles does not matter: the address is asked as it is.
        return Site(
            publisher=parts.netloc, home=home, tier="body", sources=(Listing(home),), article=r"\d{4}", layout=EPI
        )
    except BadSite:
        raise Discard(Refusal.BAD_URL, f"{url!r} names no plain host") from None
