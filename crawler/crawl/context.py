"""What the parts of one run share, so that none of them holds the spider or reaches into another.

The spider makes a `RunContext` and hands it to its sources, its articles and the quarantine. What they ask goes out
through `RunContext.request`, with the one who asks as its `Receiver`, who hears what came of it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeVar

from scrapy import Request
from scrapy.http import Response
from scrapy.settings import BaseSettings
from twisted.python.failure import Failure

from crawler.crawl.report import SiteReport
from crawler.errors import Interrupted, NoReader, Refusal, Refused, StoreFailed
from crawler.fetch import HostClosed, RequestBudget, SiteBusy, reason_of
from crawler.items import Asked, Fetched
from crawler.readers import Readers
from crawler.schedule import SiteAgenda
from crawler.sites import Site
from crawler.store import Store

logger = logging.getLogger(__name__)
T = TypeVar("T")
T_contra = TypeVar("T_contra", contravariant=True)


class Receiver(Protocol[T_contra]):
    """Who has asked for something, and hears by one of these calls what came of it; `about` is what he gave along."""

    def parse(self, response: Response, about: T_contra, /) -> Awaitable[Iterable[Fetched | Request]]:
        """It was answered, with whatever status; gives what is to be stored and asked next."""

    def failed(self, about: T_contra, reason: Refusal, detail: str, /) -> Any:
        """It was refused, by the site or on the way; returns what an errback of Scrapy's may."""

    def postponed(self, about: T_contra, reason: Refusal, /) -> None:
        """It was not sent, since the day's budget does not pay for it, or not read, since the run is being ended.

        This says nothing of what was asked.
        """


class SourceReader(Receiver[T_contra], Protocol[T_contra]):
    """The sources of one run: those of a crawl are polled, those of a backfill are its steps."""

    answered: int
    """How many gave an answer, "not modified" included."""
    errors: list[str]
    """Why the others gave none."""

    def start(self, only: Collection[str] | None, /) -> Iterator[Request]:
        """The first requests of the run: of these sources only, or of all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSettings:
    """The settings that a run reads (`crawler.configuration` explains them)."""

    article_maxsize: int
    """Bytes."""
    read_seconds: float
    """Of processor time, for one page or source."""
    tries_max: int
    failures_max: int
    audit_every: int
    listing_pages: int
    revisit_days: int

    @classmethod
    def of(cls, settings: BaseSettings) -> RunSettings:
        """As Scrapy holds them for a spider."""
        return cls(
            article_maxsize=settings.getint("THOISU_ARTICLE_MAXSIZE"),
            read_seconds=settings.getfloat("THOISU_READ_SECONDS"),
            tries_max=settings.getint("THOISU_TRIES_MAX"),
            failures_max=settings.getint("THOISU_FAILURES_MAX"),
            audit_every=settings.getint("THOISU_AUDIT_EVERY"),
            listing_pages=settings.getint("THOISU_LISTING_PAGES"),
            revisit_days=settings.getint("THOISU_REVISIT_DAYS"),
        )


@dataclass(slots=True, kw_only=True)
class RunContext:
    """One run at one site: where it reads and writes, what it may ask, and how it is ended."""

    site: Site
    store: Store
    report: SiteReport
    """Whatever is done or refused is counted here."""
    budget: RequestBudget
    agenda: SiteAgenda | None
    """Where a crawl of a scheduled site notes what it has learned; None for another site, a replay and a backfill."""
    settings: RunSettings
    now: Callable[[], datetime]
    end: Callable[[str], None]
    """End the run for this error; what is pending stays so. The first error counts."""
    progress: Callable[[], None]
    """Tell whoever follows the run that the report has changed."""
    readers: Readers
    """Where what the site sends is read."""
    due: bool = False
    """Only what the agenda says is due is to be done."""
    limit: int | None = None
    """The most articles that may be asked."""
    retry_after: float | None = None
    """Seconds for which the site has asked to be left alone, when that has ended the run."""
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def read(self, function: Callable[..., T], *args: Any) -> T:
        """What `function` gives in a reader, within the limits of one answer; raises as `Readers.run`.

        Where there is no reader the run ends: what has been asked is read by another.
        """
        try:
            return await self.readers.run(self.settings.read_seconds, function, *args)
        except NoReader as failure:
            self.end(str(failure))
            raise

    def request(self, url: str, asked: Asked, receiver: Receiver[T], about: T) -> Request:
        """A request of this run, whose outcome `receiver` hears together with `about`."""
        meta: dict[str, Any] = {"asked": asked}
        if asked.what != "source":
            meta["download_maxsize"] = self.settings.article_maxsize

        async def answered(response: Response) -> AsyncIterator[Fetched | Request]:
            # One answer is read and stored before the next is begun: on their order depends who had a text first, and
            # a page over which this process dies must not cost the one before it.
            async with self._turn:
                try:
                    found = await receiver.parse(response, about)
                except Interrupted:
                    receiver.postponed(about, Refusal.UNFINISHED)
                    return
                for one in found:
                    yield one

        def refused(failure: Failure) -> Any:
            return self._refused(failure, receiver, about)

        return Request(url, callback=answered, errback=refused, meta=meta)

    def _refused(self, failure: Failure, receiver: Receiver[T], about: T) -> Any:
        error, request = failure.value, failure.request  # type: ignore[attr-defined]  # Scrapy sets it
        if isinstance(error, StoreFailed):
            self.end(str(error))
            return None
        reason = reason_of(error)
        if reason is None:
            logger.error("%s failed", request.url, exc_info=error)
            reason = Refusal.UNREADABLE
        detail = error.detail if isinstance(error, Refused) else str(error)
        if isinstance(error, SiteBusy):
            self.retry_after = error.seconds
        closed = isinstance(error, HostClosed) and request.url.startswith(self.site.home)
        if reason is Refusal.UNFINISHED:
            receiver.postponed(about, reason)
        elif reason is Refusal.OVER_BUDGET:
            self.report.refused[reason] += 1
            receiver.postponed(about, reason)
        elif reason is Refusal.RATE_LIMITED or closed:
            self.report.refused[reason] += 1
            self.end(f"{reason}: {detail}")
        else:
            return receiver.failed(about, reason, detail)
        return None
