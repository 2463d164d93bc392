"""The steps of a backfill, in the place that `crawler.crawl.sources.Sources` has in a crawl.

One step at a time: a shard or a page is asked, its links and the steps that follow from it are kept in one
transaction, and its articles are read before the next. So a list that says no times is known to have passed the
wanted days by what its articles say.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http import Response

from crawler.backfill import backlog, routes
from crawler.backfill import steps as step_table
from crawler.backfill.harvest import harvest
from crawler.backfill.step_queue import StepQueue
from crawler.backfill.steps import Step
from crawler.crawl import poll as polls
from crawler.discover.days import day_in, span_of
from crawler.discover.discovery import Discovery, discover
from crawler.errors import Discard, Refusal, StoreFailed
from crawler.extract.limits import deadline
from crawler.extract.verdict import is_wall, verdict
from crawler.sites.source import Listing, Numbers, Sitemap, Source
from crawler.store.frontier import by_address
from crawler.text.charset import charset

if TYPE_CHECKING:
    from crawler.backfill.job import Job
    from crawler.backfill.spider import BackfillSpider

logger = logging.getLogger(__name__)
_DEPTH = 3  # of indexes within indexes
_PAGES = 10_000  # of one list; more has no end
_SAMPLE = 200  # links of a page whose days are looked up
_NO_SUCH = (Refusal.NOT_FOUND, Refusal.HTML_FOR_FEED, Refusal.SOFT_404)
_ENOUGH = 5  # shards of a series that are not there
_SILENT = 2  # steps without any answer after which a site counts as down


class BackfillSources:
    """Asks the steps of one job; `advance` is called whenever no article is left to be read."""

    def __init__(self, spider: BackfillSpider, job: Job) -> None:
        self._spider = spider
        self._job = job
        self._itinerary: StepQueue | None = None
        self._over = False
        self._down = 0
        self.answered = 0
        """Steps that gave an answer."""
        self.errors: list[str] = []

    def start(self, only: tuple[str, ...]) -> Iterator[Request]:  # noqa: ARG002, the interface's
        """Nothing: what waits in the store comes first."""
        return iter(())

    @property
    def itinerary(self) -> StepQueue:
        """What is asked next."""
        if self._itinerary is None:  # the spider has no store before it is bound to its crawler
            self._itinerary = StepQueue(self._spider.store, self._spider.site, self._job, self._spider.now)
        return self._itinerary

    def advance(self) -> list[Request] | None:
        """The request of the next step, none for a step that needs none, None when all is done or must wait."""
        step = None if self._over else self.itinerary.next()
        if step is None:
            return None
        self._spider.report.sources += 1
        if step.state == "done":
            return []
        return [self._spider.request(step.address, "source", "backfill", self.parse, poll=step)]

    def parse(self, response: Response, poll: Step) -> None:
        """One answer; what it lists is kept with the steps that follow."""
        try:
            self._parse(response, poll)
        except StoreFailed as failure:
            self._spider.end(str(failure))
        except Exception as error:
            logger.exception("%s could not be read", poll.address)
            self.failed(poll, Refusal.UNREADABLE, f"{type(error).__name__} at {poll.address}")
        finally:
            self._spider.progress()

    def _parse(self, response: Response, step: Step) -> None:
        spider, route = self._spider, self.itinerary.route(step)
        assert not isinstance(route, Numbers)  # noqa: S101 - these are asked of nobody
        if response.status != 200 or is_wall(response.body):
            reason = verdict(response.status, {}, response.body) or Refusal.SERVER_ERROR
            self.failed(step, reason, f"{response.status} from {response.url}")
            return
        declared = charset((response.headers.get("Content-Type") or b"").decode("latin-1"))
        try:
            with deadline(spider.settings.getfloat("READ_SECONDS")):
                found = discover(response.body, response.url, declared=declared, site=spider.site, source=route)
        except Discard as late:
            self.failed(step, late.reason, late.detail)
            return
        if found.refused and not (step.page > 1 and found.refused is Refusal.EMPTY_SOURCE):
            self.failed(step, found.refused, found.detail or step.address)
            return
        self.answered += 1
        self._down = 0
        if found.kind == "index":
            self._index(step, found)
        else:
            self._page(step, found, route)

    def failed(self, poll: Step, reason: Refusal, detail: str) -> None:
        """A step that gave nothing; a list's further page that is not there is its end."""
        spider = self._spider
        end = poll.page > 1 and poll.stage == routes.PAGED and reason is Refusal.NOT_FOUND
        try:
            self.itinerary.finish(
                replace(poll, state="done" if end else "failed", reason=reason, tries=poll.tries + 1, at=spider.now())
            )
        except StoreFailed as failure:
            spider.end(str(failure))
            return
        if end:
            return
        if poll.stage == routes.SERIES and reason in _NO_SUCH:
            self._doubt(poll, reason)
        spider.report.refused[reason] += 1
        self.errors.append(f"{reason} ({detail})" if detail else reason)
        self._down = self._down + 1 if reason in (Refusal.UNREACHABLE, Refusal.TIMEOUT) else 0
        if self._down >= _SILENT:
            spider.end(f"{reason}: {detail}")

    def _doubt(self, step: Step, reason: Refusal) -> None:
        """Give up a series of which nothing has ever been there: it may be a guess, or of another age of the site."""
        with self._spider.store.writing() as connection:
            if step_table.none_of(connection, step, _ENOUGH):
                step_table.give_up(connection, step, reason)

    def postponed(self, poll: Step) -> None:  # noqa: ARG002, the interface's
        """The day's budget does not pay for the step; it stays open."""
        self._over = True

    def _index(self, step: Step, found: Discovery) -> None:
        spider, job = self._spider, self._job
        owned = [link for link in found.children if self._owned(link.url)]
        if not owned or step.page >= _DEPTH:
            self.failed(step, Refusal.EMPTY_SOURCE, "an index of nothing that can be followed")
            return
        spans = [span for link in owned if (span := span_of(link.url))]
        parts = [part._replace(route=step.route) for part in routes.children(owned, job.span, day_in(spider.now()))]
        # An index that names days knows its own: between its first and last there is none that it does not list.
        first, last = (min(span.first for span in spans), max(span.last for span in spans)) if spans else (None, None)
        with spider.store.writing() as connection:
            self.itinerary.add(connection, parts, step.stage, step.page + 1)
            step_table.keep(connection, replace(step, state="done", first=first, last=last, at=spider.now()))

    def _page(self, step: Step, found: Discovery, route: Source | None) -> None:
        spider, now = self._spider, self._spider.now()
        spider.report.refused.update(link.refused for link in found.links if link.refused)
        shard = span_of(step.address) if isinstance(route, Sitemap) else None
        exact = isinstance(route, Sitemap) and route.lastmod == "published"
        listed = by_address(found.links, self.itinerary.canonical)
        crop = harvest(listed, self._job.span, shard, exact=exact)
        paged = step.stage == routes.PAGED
        following = found.next if listed and step.page < _PAGES else None
        if following and (not self._owned(following) or (paged and crop.middle and crop.middle < self._job.span.first)):
            following = None
        done = replace(step, state="done", links=len(crop.wanted), digest=polls.digest(listed.values()), at=now)
        if found.cut:
            done = replace(done, state="failed", reason=Refusal.CUT_OFF, tries=step.tries + 1)
        source = route.url if isinstance(route, Listing) else step.address
        with spider.store.writing() as connection:
            new, ids = backlog.keep_page(connection, source, step.route, crop.wanted, spider.name, now)
            if following and not step_table.repeats(connection, done):
                step_table.add(connection, [replace(step, id=0, address=following, page=step.page + 1)])
            if shard is None and step.stage != routes.BY_DAY:
                behind = " ".join(str(ids[url]) for url in crop.undated[-_SAMPLE:])
                reached = crop.middle if paged else crop.whole
                done = replace(done, first=reached, behind=behind)
            step_table.keep(connection, done)
        spider.report.links += len(crop.wanted)
        spider.report.new += new

    def _owned(self, url: str) -> bool:
        return self._spider.site.owns(urlsplit(url).hostname or "")
