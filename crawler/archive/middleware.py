"""The hook of the archive in Scrapy: sees each answer as the spider will see it.

What writes an archive is imported where one is kept.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Headers, Response

from crawler.items import Asked, PendingLink

if TYPE_CHECKING:
    from crawler.archive.records import Fetch
    from crawler.archive.writer import Writer

_GONE = (404, 410)


class ArchiveMiddleware:
    """Keeps the pages and sources that answered 200, and that a known article answered 404 or 410."""

    def __init__(self, crawler: Crawler, writer: Writer) -> None:
        self._site: str = crawler.spidercls.name
        self._stats = crawler.stats
        self._writer = writer

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ArchiveMiddleware:
        """Raises NotConfigured without THOISU_ARCHIVE, and for saved pages, which no site has sent."""
        settings = crawler.settings
        if not settings.get("THOISU_ARCHIVE") or settings.get("THOISU_REPLAY"):
            raise NotConfigured
        from crawler.archive.writer import borrow, give_back

        folder = Path(settings["THOISU_ARCHIVE"])
        size = int(settings.getfloat("THOISU_ARCHIVE_MB") * 1e6)
        about = settings["USER_AGENT"], settings["THOISU_CONTACT"]
        writer = borrow(folder, size, *about, settings.get("THOISU_ARCHIVE_URL"))

        async def stopped() -> None:
            if moved := give_back(folder):
                await asyncio.wrap_future(moved)  # the run waits for it, its other sites do not

        crawler.signals.connect(stopped, signal=signals.engine_stopped, weak=False)
        return cls(crawler, writer)

    def process_response(self, request: Request, response: Response) -> Response:
        """Keep it, and pass it on untouched."""
        asked: Asked | None = request.meta.get("asked")
        if asked is not None and self._writer.stopped is None:  # without it: robots.txt
            link = asked.link
            known = link is not None and link.fetched_at is not None
            if response.status == 200 or (known and response.status in _GONE):
                kept = self._writer.keep(self._fetch(response, link))
                self._count("archive/kept" if kept else f"archive/stopped/{self._writer.stopped}")
        return response

    def _fetch(self, response: Response, link: PendingLink | None) -> Fetch:
        from crawler.archive.records import Fetch

        return Fetch(
            url=response.url,
            site=self._site,
            # As the store keeps it, which takes no lone surrogate.
            link=link.canonical_url.encode("utf-8", "replace").decode() if link else None,
            status=response.status,
            headers=_lines(response.headers),
            body=response.body,
            at=datetime.now(UTC),
            ip=str(response.ip_address) if response.ip_address else None,
        )

    def _count(self, name: str) -> None:
        if self._stats is not None:
            self._stats.inc_value(name)


def _lines(headers: Headers) -> tuple[tuple[str, str], ...]:
    return tuple((_text(name), _text(value)) for name, values in headers.items() for value in values)


def _text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")
