"""The side of a spider that the downloader middlewares know."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

import scrapy
from scrapy.crawler import Crawler

from crawler.fetch.budget import RequestBudget
from crawler.sites import Site

T = TypeVar("T")


def clock() -> datetime:
    """The machine's time."""
    return datetime.now(UTC)


class SiteSpider(scrapy.Spider):
    """A spider of one site. Without more than its `site` it asks single pages, which no day's budget counts."""

    site: Site
    budget: RequestBudget | None = None
    """What may still be asked of the site today; None for a spider whose requests are not counted."""
    now: Callable[[], datetime] = staticmethod(clock)
    """The clock of the run."""

    @staticmethod
    async def read(function: Callable[..., T], *args: Any) -> T:
        """What `function` makes of something that the site sent; of a spider of many answers, in a reader process."""
        return function(*args)

    def cached_robots(self, origin: str) -> bytes | None:  # noqa: ARG002, for those that have a cache
        """The robots.txt of a host as it is remembered from an earlier run; None when it must be asked."""
        return None

    def cache_robots(self, origin: str, text: bytes) -> None:
        """Remember what a host has answered for its robots.txt."""

    def slow_down(self, delay: float) -> None:
        """The site's robots.txt asks for more seconds between two requests than we would leave."""


def spider_of(crawler: Crawler) -> SiteSpider | None:
    """The spider of a crawler; None for one that knows no site, as `scrapy fetch` and `shell` take for other hosts."""
    return crawler.spider if isinstance(crawler.spider, SiteSpider) else None
