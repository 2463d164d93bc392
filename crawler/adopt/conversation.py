"""Asks a site what an exploration wants to know: one question at a time, through the middlewares of a crawl."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Generator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.settings import SETTINGS_PRIORITIES, BaseSettings, Settings
from twisted.python.failure import Failure

from crawler.crawl.run import run_in_loop
from crawler.errors import Refusal
from crawler.extract import Overdue, deadline
from crawler.fetch import LeadsAway, RequestBudget, SiteSpider, header, reason_of
from crawler.items import Asked
from crawler.learn import Answer, Ask, NotLearned
from crawler.sites import Site

logger = logging.getLogger(__name__)
T = TypeVar("T")
_THINKING = 60.0  # seconds of processor time that one answer may take


@dataclass(slots=True)
class Talk(Generic[T]):
    """A conversation with one site, and what came of it."""

    site: Site
    """Whose hosts may be asked, at which delay."""
    questions: Generator[Ask, Answer, T]
    came: T | NotLearned | None = None
    """What the questions led to; None while they last."""
    budget: RequestBudget | None = None
    """What the site may be asked today; None where a person asks, whose requests are not counted."""


def hold(talks: Sequence[Talk[T]], settings: Settings, *, at_once: int) -> None:
    """Hold every conversation, `at_once` sites at a time, one request at a time each; `came` says how it ended."""
    run_in_loop(_all(talks, settings, at_once), settings["LOG_LEVEL"])


async def _all(talks: Sequence[Talk[T]], settings: Settings, at_once: int) -> None:
    places = asyncio.Semaphore(at_once)

    async def one(talk: Talk[T]) -> None:
        async with places:
            kind = type("conversation", (_Asking,), {"name": talk.site.host, "site": talk.site})
            try:
                await Crawler(kind, settings).crawl_async(talk=talk)
            finally:
                if talk.budget is not None:
                    talk.budget.close()
            if talk.came is None:
                talk.came = NotLearned("unreachable", f"the conversation with {talk.site.host} broke off")

    await asyncio.gather(*map(one, talks))


class _Asking(SiteSpider):
    """Turns questions into requests and answers back."""

    def __init__(self, name: str | None = None, *, talk: Talk[Any]) -> None:
        super().__init__(name)
        self._talk = talk
        self.budget = talk.budget
        self._robots: dict[str, bytes] = {}

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        """The site's own delay, unless the run sets one for all."""
        super().update_settings(settings)
        if settings.getpriority("DOWNLOAD_DELAY") != SETTINGS_PRIORITIES["cmdline"]:
            settings.set("DOWNLOAD_DELAY", cls.site.delay, priority="spider")

    async def start(self) -> AsyncIterator[Request]:
        if (request := self._next(None)) is not None:
            yield request

    def parse(self, response: Response, **_: Any) -> Request | None:
        kind = header(response, "Content-Type") or ""
        return self._next(Answer(response.url, response.status, kind, response.body))

    def failed(self, failure: Failure) -> Request | None:
        reason = reason_of(failure.value)
        if reason is None:
            logger.error("%s failed", self._talk.site.host, exc_info=failure.value)
        request = getattr(failure, "request", None)
        url = request.url if request else self._talk.site.home
        if isinstance(failure.value, LeadsAway):
            url = failure.value.target
        return self._next(Answer(url, 0, refused=reason or Refusal.UNREADABLE))

    def cached_robots(self, origin: str) -> bytes | None:
        """The robots.txt that an earlier question has brought."""
        return self._robots.get(origin)

    def cache_robots(self, origin: str, text: bytes) -> None:
        """Remember a robots.txt, which the exploration reads, too."""
        self._robots[origin] = text

    def _next(self, answer: Answer | None) -> Request | None:
        """Hand over an answer and make the next question a request; None when there is none any more."""
        try:
            with deadline(_THINKING):
                ask = next(self._talk.questions) if answer is None else self._talk.questions.send(answer)
                while (
                    ask.why == "robots.txt"
                    and (text := self._robots.get(ask.url.removesuffix("/robots.txt"))) is not None
                ):
                    ask = self._talk.questions.send(Answer(ask.url, 200 if text else 404, "text/plain", text))
        except StopIteration as end:
            self._talk.came = end.value
            return None
        except NotLearned as refusal:
            self._talk.came = refusal
            return None
        except Overdue:
            self._talk.came = NotLearned("no-articles", f"the pages of {self._talk.site.host} take too long to read")
            return None
        if urlsplit(ask.url).scheme not in ("http", "https"):
            return self._next(Answer(ask.url, refused=Refusal.BAD_URL))
        meta = {"asked": Asked("page", "audit")}
        return Request(ask.url, callback=self.parse, errback=self.failed, meta=meta, dont_filter=True)
