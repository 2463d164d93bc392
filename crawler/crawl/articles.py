"""The articles of one run: which are asked, what each answer is, and when a page is given up."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from scrapy import Request
from scrapy.http import Response

from crawler.crawl.own_address import under_its_address
from crawler.crawl.quarantine import QuarantineFolder
from crawler.errors import Discard, Quarantine, Refusal, StoreFailed
from crawler.extract.article import extract
from crawler.extract.limits import deadline
from crawler.extract.verdict import verdict
from crawler.items import Fetched, PendingLink
from crawler.store.budget import Purpose
from crawler.text.charset import charset

if TYPE_CHECKING:
    from crawler.crawl.spider import NewsSpider

logger = logging.getLogger(__name__)
BATCH = 50  # links taken from the store at a time
_ROUND_BATCH = 10  # by a round, which looks at the clock in between and, when it is killed, has reserved less
# What a site says that is down, blocks or is overloaded: no reason to give up the single page.
_OF_THE_SITE = frozenset(
    {
        Refusal.UNREACHABLE, Refusal.TIMEOUT, Refusal.CHALLENGE, Refusal.FORBIDDEN, Refusal.SERVER_ERROR,
        Refusal.PRIVATE_ADDRESS,
    }
)  # fmt: skip
_FOR_GOOD = frozenset({Refusal.GONE, Refusal.TOO_LARGE})


class Articles:
    """Takes links from the store, and gives it what became of them."""

    def __init__(self, spider: NewsSpider) -> None:
        self._spider = spider
        self._asked: set[str] = set()
        self._counted: set[str] = set()  # their try is in the store already
        self._keeper = QuarantineFolder(spider)
        self._over = False  # the day's budget is spent
        self.cut = False
        """The run has had its time, and articles may wait still."""
        self._kept = 0  # asked in this run and still pending
        self._failing: list[tuple[PendingLink, Refusal]] = []  # since the site last gave a page

    def next_batch(self) -> Iterator[Request]:
        """Requests for the next articles, untried ones first, then by age; none when all have been asked."""
        spider = self._spider
        purpose, links = self._links()
        links.sort(key=lambda link: link.tries)  # pages that fail again and again must not hold up the others
        batch: list[PendingLink] = []
        for link in links:
            if link.canonical_url not in self._asked and (spider.limit is None or len(self._asked) < spider.limit):
                self._asked.add(link.canonical_url)
                batch.append(link)
        if batch:
            batch = self._begin(batch, purpose)
        for link in batch:
            spider.report.pages += 1
            yield spider.request(link.url, "article", purpose, self.parse, link=link)

    def _links(self) -> tuple[Purpose, list[PendingLink]]:
        spider = self._spider
        if self._over:
            return "article", []
        if spider.due and spider.agenda and spider.agenda.late():
            self.cut = True
            return "article", []
        if spider.revisit:
            spider.revisit = False
            if known := self._known():
                return "revisit", known
        size = _ROUND_BATCH if spider.due else BATCH
        links = spider.store.pending(spider.name, limit=size + self._kept)
        if spider.due and spider.agenda and all(link.canonical_url in self._asked for link in links):
            return "revisit", spider.agenda.known(spider.store)
        return "article", links

    def _begin(self, batch: list[PendingLink], purpose: Purpose) -> list[PendingLink]:
        """As many of the batch as the day's budget pays for; the newest come first, and the others stay pending."""
        spider = self._spider
        urls = [link.canonical_url for link in batch]
        if spider.due and spider.agenda:
            urls = urls[: spider.agenda.room(spider.store, purpose)]
        granted = spider.store.begin(urls, partial(spider.account.reserve, purpose=purpose))
        if granted < len(batch):
            self._over = True
            spider.report.refused[Refusal.OVER_BUDGET] += len(batch) - granted
        return batch[:granted]

    def postponed(self, link: PendingLink) -> None:
        """A page that was begun and that the day's budget does not pay for after all: this was no try."""
        self._over = True
        self._kept += 1
        try:
            self._spider.store.refuse(link.canonical_url, Refusal.OVER_BUDGET, final=False, counted=True)
        except StoreFailed as failure:
            self._spider.end(str(failure))

    def _known(self) -> list[PendingLink]:
        since = self._spider.now() - timedelta(days=self._spider.settings.getint("REVISIT_DAYS"))
        return self._spider.store.revisit(self._spider.name, since)

    def parse(self, response: Response, link: PendingLink) -> Iterator[Fetched]:
        """Read one page, or refuse it by its word."""
        spider = self._spider
        kind = (response.headers.get("Content-Type") or b"").decode("latin-1")
        reason = verdict(response.status, {"content-type": kind}, response.body)
        if reason is not None:
            self.refused(link, reason)
            return
        try:
            self._count_first(link)
            with deadline(spider.settings.getfloat("READ_SECONDS")):
                article = extract(response.body, response.url, site=spider.site, declared=charset(kind))
            if article.canonical_url != link.canonical_url:
                article = under_its_address(article, link.canonical_url, spider.site, spider.store.may_lead)
            self._keeper.read(article, response.body)
        except StoreFailed as failure:
            spider.end(str(failure))
        except Quarantine as refused:
            self._keeper.unread(link, response.body, refused)
            self.refused(link, refused.reason)
        except Discard as refused:
            self.refused(link, refused.reason)
        except Exception:
            # One hostile page must not hold the site up; the traceback is what its repair needs.
            logger.exception("%s could not be read", response.url)
            self.refused(link, Refusal.UNREADABLE)
        else:
            self._settle()
            yield Fetched(article, link, spider.now())

    def _count_first(self, link: PendingLink) -> None:
        """Count the try before the page is read when a run died over it, or over another of its batch.

        So a page that kills the process is given up in the end, and all others cost one transaction a batch.
        """
        if link.reason is not Refusal.UNFINISHED:
            return
        if link.tries >= self._spider.settings.getint("TRIES_MAX"):
            raise Discard(Refusal.UNREADABLE, "never read to its end")
        self._spider.store.refuse(link.canonical_url, Refusal.UNFINISHED, final=False)
        self._counted.add(link.canonical_url)

    def refused(self, link: PendingLink, reason: Refusal) -> None:
        """Count a page that is not taken; its link is given up for good by some words, else after so many runs."""
        spider = self._spider
        try:
            if reason in (Refusal.NOT_FOUND, Refusal.GONE) and spider.store.withdraw(link.canonical_url, spider.now()):
                spider.report.count("withdrawn")
                return
            spider.report.refused[reason] += 1
            if reason is Refusal.NOT_SAVED:
                self._kept += 1
            elif reason in _OF_THE_SITE:
                self._kept += 1
                self._failing.append((link, reason))
                if len(self._failing) >= spider.settings.getint("FAILURES_MAX"):
                    spider.end(f"{reason}: {len(self._failing)} pages in a row")
                    self.close()
            else:
                self._settle()
                self._store(link, reason, final=reason in _FOR_GOOD)
        except StoreFailed as failure:
            spider.end(str(failure))
        finally:
            spider.progress()

    def close(self) -> None:
        """The end of the run: pages that failed last count as tries when the site gave a source in this run."""
        if self._spider.sources.answered:
            self._settle()
        self._failing.clear()

    def _settle(self) -> None:
        # The site works, so what failed before was the single page's fault.
        for link, reason in self._failing:
            self._kept -= 1
            self._store(link, reason)
        self._failing.clear()

    def _store(self, link: PendingLink, reason: Refusal, *, final: bool = False) -> None:
        counted = link.canonical_url in self._counted
        final = final or link.tries + 1 >= self._spider.settings.getint("TRIES_MAX")
        self._kept += not final
        try:
            self._spider.store.refuse(link.canonical_url, reason, final=final, counted=counted)
        except StoreFailed as failure:
            self._spider.end(str(failure))
