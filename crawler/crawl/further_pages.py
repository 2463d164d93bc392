"""The further pages of articles that go on: each is asked when the one before it is read, and all become one article.

What is lacking when a further page does not come is asked again with the article, from its first page on. Only what the
site says is not there, or cannot be read, ends the article where it ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from scrapy import Request
from scrapy.http import Response

from crawler.crawl.context import RunContext
from crawler.crawl.page_answer import page_refusal, read_page
from crawler.errors import Discard, Refusal, Refused
from crawler.extract import MOST_PAGES, join
from crawler.items import Article, Asked, Fetched, PendingLink, Purpose


@dataclass(slots=True)
class Unfinished:
    """An article of which a further page is asked."""

    article: Article
    """As far as it is read."""
    link: PendingLink
    purpose: Purpose
    at: datetime
    """When its first page was read."""
    asked: set[str] = field(default_factory=set)


class Owner(Protocol):
    """Whose articles they are; he hears of those that are not to be had in this run."""

    def failed(self, link: PendingLink, reason: Refusal, detail: str = "") -> None:
        """The site gave no further page, and may later."""

    def postponed(self, link: PendingLink, reason: Refusal) -> None:
        """It is left to another run."""


class FurtherPages:
    """Asks page after page, and gives the whole article."""

    def __init__(self, run: RunContext, owner: Owner) -> None:
        self._run = run
        self._owner = owner

    def ask(self, reading: Unfinished, address: str) -> Request:
        """The request for the next page."""
        reading.asked.add(address)
        return self._run.request(address, Asked("page", reading.purpose), self, reading)

    async def parse(self, response: Response, reading: Unfinished) -> Sequence[Fetched | Request]:
        """Join one page to what is read, and go on or end there."""
        try:
            if reason := page_refusal(response):
                raise Discard(reason)
            page, following = await read_page(self._run, response)
        except Refused as refused:
            return self.failed(reading, refused.reason)
        joined = join(reading.article, page)
        reading.article = joined or reading.article
        if joined and following and following not in reading.asked and len(reading.asked) + 1 < MOST_PAGES:
            return [self.ask(reading, following)]
        return [Fetched(reading.article, reading.link, reading.at)]

    def failed(self, reading: Unfinished, reason: Refusal, detail: str = "") -> list[Fetched]:
        """Leave the article for another run if its page may come yet, else end it here."""
        link = reading.link
        if reason.of_the_site and link.tries + 1 < self._run.settings.tries_max:
            self._owner.failed(link, reason, detail)
            return []
        return [Fetched(reading.article, link, reading.at)]

    def postponed(self, reading: Unfinished, reason: Refusal) -> None:
        """The article has to wait for another run as a whole."""
        self._owner.postponed(reading.link, reason)
