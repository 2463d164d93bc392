"""The steps of a backfill, in the place that `crawler.crawl.sources.Sources` has in a crawl.

One step at a time: a shard or a page is asked, its links and the steps that follow from it are kept in one
transaction, and its articles are read before the next. So a list that says no times is known to have passed the
wanted days by what its articles say.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import date
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http import Response

from crawler.backfill import routes
from crawler.backfill import steps as step_table
from crawler.backfill.harvest import harvest
from crawler.backfill.job import Job
from crawler.backfill.step_queue import StepQueue
from crawler.backfill.steps import Step
from crawler.crawl import RunContext
from crawler.crawl import poll as polls
from crawler.crawl.source_answer import read_source
from crawler.discover import Discovery, span_of
from crawler.errors import Refusal, StoreFailed
from crawler.items import Asked
from crawler.sites import Listing, Numbers, Sitemap, Source
from crawler.store import frontier, subjects
from crawler.store.frontier import by_address
from crawler.text import day_of

logger = logging.getLogger(__name__)
_DEPTH = 3  # of indexes within indexes
_PAGES = 10_000  # of one list; more has no end
_SAMPLE = 200  # links of a page whose days are looked up
_ENOUGH = 5  # shards of a series that are not there
_SILENT = 2  # steps without any answer after which a site counts as down


class BackfillSources:
    """Asks the steps of one job; `advance` is called whenever no article is left to be read."""

    def __init__(self, run: RunContext, job: Job) -> None:
        self._run = run
        self._job = job
        self._queue = StepQueue(run.store, run.site, job, run.now)
        self._over_budget = False
        self._silent = 0  # steps in a row without any answer
        self.answered = 0
        """Steps that gave an answer."""
        self.errors: list[str] = []

    def start(self, only: Collection[str] | None) -> Iterator[Request]:  # noqa: ARG002, the interface's
        """Nothing: what waits in the store comes first."""
        return iter(())

    @property
    def missing(self) -> list[date]:
        """Days that no route has given, as far as is known by now."""
        return self._queue.missing

    def advance(self) -> list[Request] | None:
        """The request of the next step, none for a step that needs none, None when all is done or must wait."""
        step = None if self._over_budget else self._queue.next()
        if step is None:
            return None
        self._run.report.sources += 1
        if step.state == "done":
            return []
        return [self._run.request(step.address, Asked("source", "backfill"), self, step)]

    async def parse(self, response: Response, step: Step) -> tuple[()]:
        """One answer; what it lists is kept with the steps that follow."""
        try:
            await self._parse(response, step)
        except StoreFailed as failure:
            self._run.end(str(failure))
        except Exception as error:
            logger.exception("%s could not be read", step.address)
            self.failed(step, Refusal.UNREADABLE, f"{type(error).__name__} at {step.address}")
        finally:
            self._run.progress()
        return ()

    async def _parse(self, response: Response, step: Step) -> None:
        run, route = self._run, self._queue.route(step)
        assert not isinstance(route, Numbers)  # noqa: S101 - these are asked of nobody
        found = await read_source(run, response, route)
        if found.refused and not (step.page > 1 and found.refused is Refusal.EMPTY_SOURCE):
            self.failed(step, found.refused, found.detail or step.address)
            return
        self.answered += 1
        self._silent = 0
        if found.kind == "index":
            self._index(step, found)
        else:
            self._page(step, found, route)

    def failed(self, step: Step, reason: Refusal, detail: str) -> None:
        """A step that gave nothing; a list's further page that is not there is its end."""
        run = self._run
        end = step.page > 1 and step.stage == routes.PAGED and reason is Refusal.NOT_FOUND
        try:
            self._queue.finish(
                replace(step, state="done" if end else "failed", reason=reason, tries=step.tries + 1, at=run.now())
            )
        except StoreFailed as failure:
            run.end(str(failure))
            return
        if end:
            return
        if step.stage == routes.SERIES and reason.is_absence:
            self._doubt(step, reason)
        run.report.refused[reason] += 1
        self.errors.append(f"{reason} ({detail})" if detail else reason)
        self._silent = self._silent + 1 if reason.is_silence else 0
        if self._silent >= _SILENT:
            run.end(f"{reason}: {detail}")

    def _doubt(self, step: Step, reason: Refusal) -> None:
        """Give up a series of which nothing has ever been there: it may be a guess, or of another age of the site."""
        with self._run.store.writing_beside(subjects.site(self._run.site.name)) as connection:
            if step_table.none_of(connection, step, _ENOUGH):
                step_table.give_up(connection, step, reason)

    def postponed(self, step: Step, reason: Refusal) -> None:  # noqa: ARG002, the interface's
        """The day's budget does not pay for the step, or the run is being ended; it stays open."""
        self._over_budget = self._over_budget or reason is Refusal.OVER_BUDGET

    def _index(self, step: Step, found: Discovery) -> None:
        run, job = self._run, self._job
        owned = [link for link in found.children if self._owned(link.url)]
        if not owned or step.page >= _DEPTH:
            self.failed(step, Refusal.EMPTY_SOURCE, "an index of nothing that can be followed")
            return
        spans = [span for link in owned if (span := span_of(link.url))]
        parts = [part._replace(route=step.route) for part in routes.children(owned, job.span, day_of(run.now()))]
        # An index that names days knows its own: between its first and last there is none that it does not list.
        first, last = (min(span.first for span in spans), max(span.last for span in spans)) if spans else (None, None)
        with run.store.writing_beside(subjects.site(run.site.name)) as connection:
            self._queue.add(connection, parts, step.stage, step.page + 1)
            step_table.keep(connection, replace(step, state="done", first=first, last=last, at=run.now()))

    def _page(self, step: Step, found: Discovery, route: Source | None) -> None:
        run, now = self._run, self._run.now()
        run.report.refused.update(link.refused for link in found.links if link.refused)
        shard = span_of(step.address) if isinstance(route, Sitemap) else None
        exact = isinstance(route, Sitemap) and route.lastmod == "published"
        listed = by_address(found.links)
        harvested = harvest(listed, self._job.span, shard, exact=exact)
        paged = step.stage == routes.PAGED
        following = found.next if listed and step.page < _PAGES else None
        if following and (
            not self._owned(following) or (paged and harvested.middle and harvested.middle < self._job.span.first)
        ):
            following = None
        done = replace(step, state="done", links=len(harvested.wanted), digest=polls.digest(listed.values()), at=now)
        if found.cut:
            done = replace(done, state="failed", reason=Refusal.CUT_OFF, tries=step.tries + 1)
        source = route.url if isinstance(route, Listing) else step.address
        with run.store.writing_beside(subjects.site(run.site.name)) as connection:
            new, ids = frontier.save_backfill_page(connection, source, step.route, harvested.wanted, run.site.name, now)
            if following and not step_table.repeats(connection, done):
                step_table.add(connection, [replace(step, id=0, address=following, page=step.page + 1)])
            if shard is None and step.stage != routes.BY_DAY:
                behind = " ".join(str(ids[url]) for url in harvested.undated[-_SAMPLE:])
                reached = harvested.middle if paged else harvested.whole
                done = replace(done, first=reached, behind=behind)
            step_table.keep(connection, done)
        run.report.links += len(harvested.wanted)
        run.report.new += new

    def _owned(self, url: str) -> bool:
        return self._run.site.owns(urlsplit(url).hostname or "")
