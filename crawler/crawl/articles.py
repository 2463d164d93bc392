"""The articles of one run: which are asked, what each answer is, and when a page is given up.

A link in a run, from the batch in which its turn comes:

    asked ─┬─ read ──────────────── handed, with its further pages if it has any, to the pipeline, which stores it
           ├─ withdrawn ─────────── a stored page that answers 404 or 410
           ├─ refused ───────────── one more try is counted: it is pending for another run, or, for good or after
           │                        too many tries, given up
           ├─ failed by the site ── in doubt: refused as soon as the site gives another page, or at the end of a run in
           │                        which it gave a source; else as if it had not been asked
           ├─ told to wait ──────── a 429 or 503 that lasts: the run ends, the link is pending, no try is counted
           └─ postponed, not saved  as if it had not been asked
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Never

from scrapy import Request
from scrapy.http import Response

from crawler.crawl.context import RunContext, SourceReader
from crawler.crawl.further_pages import FurtherPages, Unfinished
from crawler.crawl.link_queue import LinkQueue
from crawler.crawl.page_answer import page_refusal, read_page
from crawler.crawl.quarantine import QuarantineWriter
from crawler.errors import Discard, Quarantine, Refusal, StoreFailed
from crawler.items import Asked, Fetched, PendingLink, Purpose


class Articles:
    """Takes links from a queue, asks their pages, and notes in the store what became of them."""

    def __init__(self, run: RunContext, queue: LinkQueue, sources: SourceReader[Never]) -> None:
        self._run = run
        self._queue = queue
        self._sources = sources
        self._further = FurtherPages(run, self)
        self._quarantine = QuarantineWriter(run)
        self._asked: set[str] = set()
        self._pending: set[str] = set()  # asked, and pending in the store after all
        self._in_doubt: list[tuple[PendingLink, Refusal]] = []  # failed by the site since it last gave a page
        self._counted: set[str] = set()  # their try was counted before they were read
        self._over_budget = False  # the day's requests are spent

    @property
    def cut(self) -> bool:
        """Whether the run has had its time, while articles may wait still."""
        return self._queue.cut

    def next_batch(self) -> Iterator[Request]:
        """Requests for the next articles, untried ones first, then in the order of the queue; none at the end."""
        run = self._run
        if self._over_budget:
            return
        purpose, links = self._queue.next(self._asked, len(self._pending))
        links.sort(key=lambda link: link.tries)  # pages that fail again and again must not hold up the others
        batch: list[PendingLink] = []
        for link in links:
            if link.canonical_url not in self._asked and (run.limit is None or len(self._asked) < run.limit):
                self._asked.add(link.canonical_url)
                batch.append(link)
        if batch:
            batch = self._begin(batch, purpose)
        for link in batch:
            run.report.pages += 1
            yield run.request(link.url, Asked("article", purpose, link), self, link)

    def _begin(self, batch: list[PendingLink], purpose: Purpose) -> list[PendingLink]:
        """As many of the batch as the day's budget pays for; the newest come first, and the others stay pending."""
        run = self._run
        urls = [link.canonical_url for link in batch][: self._queue.room(purpose)]
        granted = run.store.begin(urls, partial(run.budget.reserve, purpose=purpose, spare=self._queue.spare))
        if granted < len(batch):
            self._over_budget = True
            run.report.refused[Refusal.OVER_BUDGET] += len(batch) - granted
        return batch[:granted]

    async def parse(self, response: Response, link: PendingLink) -> list[Fetched | Request]:
        """Read one page, or refuse it for a reason; an article that goes on is given with its last page."""
        run = self._run
        if reason := page_refusal(response):
            self.failed(link, reason)
            return []
        try:
            self._count_first(link)
            article, following = await read_page(run, response)
            self._quarantine.read(article, response.body)
        except StoreFailed as failure:
            run.end(str(failure))
        except Quarantine as refused:
            self._quarantine.unread(link, response.body, refused)
            self.failed(link, refused.reason)
        except Discard as refused:
            self.failed(link, refused.reason)
        else:
            self._blame_pages()
            if following:
                asked: Asked = response.meta["asked"]
                reading = Unfinished(article, link, asked.purpose, run.now())
                return [self._further.ask(reading, following)]
            return [Fetched(article, link, run.now())]
        return []

    def _count_first(self, link: PendingLink) -> None:
        """Count the try before the page is read when a run died over it, or over another of its batch.

        So a page that kills the process is given up in the end, and all others cost one transaction a batch.
        """
        if link.reason is not Refusal.UNFINISHED:
            return
        if link.tries >= self._run.settings.tries_max:
            raise Discard(Refusal.UNREADABLE, "never read to its end")
        self._run.store.refuse(link.canonical_url, Refusal.UNFINISHED, final=False)
        self._counted.add(link.canonical_url)

    def failed(self, link: PendingLink, reason: Refusal, detail: str = "") -> None:  # noqa: ARG002, the interface's
        """Count a page that is not taken; the reason decides what becomes of its link."""
        run = self._run
        try:
            if reason.withdraws and run.store.withdraw(link.canonical_url, run.now()):
                run.report.count("withdrawn")
                return
            run.report.refused[reason] += 1
            if reason is Refusal.NOT_SAVED:
                self._pending.add(link.canonical_url)
            elif reason.of_the_site:
                self._pending.add(link.canonical_url)
                self._in_doubt.append((link, reason))
                if len(self._in_doubt) >= run.settings.failures_max:
                    run.end(f"{reason}: {len(self._in_doubt)} pages in a row")
                    self.close()
            else:
                self._blame_pages()
                self._refuse(link, reason)
        except StoreFailed as failure:
            run.end(str(failure))
        finally:
            run.progress()

    def postponed(self, link: PendingLink, reason: Refusal) -> None:
        """A page that was begun, and is not paid for by the day's budget after all or not read: this was no try."""
        self._over_budget = self._over_budget or reason is Refusal.OVER_BUDGET
        self._pending.add(link.canonical_url)
        url = link.canonical_url
        try:
            self._run.store.refuse(url, reason, final=False, tries=-1 if url in self._counted else 0)
        except StoreFailed as failure:
            self._run.end(str(failure))

    def close(self) -> None:
        """The end of the run: pages that failed last count as tries when the site gave a source in this run."""
        if self._sources.answered:
            self._blame_pages()
        self._in_doubt.clear()

    def _blame_pages(self) -> None:
        """The site works, so what failed before was the single page's fault."""
        for link, reason in self._in_doubt:
            self._refuse(link, reason)
        self._in_doubt.clear()

    def _refuse(self, link: PendingLink, reason: Refusal) -> None:
        url = link.canonical_url
        final = reason.is_final or link.tries + 1 >= self._run.settings.tries_max
        if final:
            self._pending.discard(url)
        else:
            self._pending.add(url)
        try:
            self._run.store.refuse(url, reason, final=final, tries=0 if url in self._counted else 1)
        except StoreFailed as failure:
            self._run.end(str(failure))
