"""Which pages a run keeps for repair: those of articles that lack a required field, and examples of a drift."""

from __future__ import annotations

import logging
from collections import Counter
from functools import cached_property, partial
from typing import TYPE_CHECKING

from crawler.errors import Quarantine, StoreFailed
from crawler.items import FALLBACK, Article, PendingLink
from crawler.store import findings, subjects
from crawler.store.quarantine import EXAMPLE, PageContent, keep, most

if TYPE_CHECKING:
    from crawler.crawl.context import RunContext

logger = logging.getLogger(__name__)


class QuarantineWriter:
    """Keeps the first pages of a run for each reason; a store that takes none costs one warning, and no article."""

    def __init__(self, run: RunContext) -> None:
        self._run = run
        self._kept = Counter[str]()
        self._failed = False

    def unread(self, link: PendingLink, body: bytes, refused: Quarantine) -> None:
        """Keep the page of an article that lacks a required field, with what its source has said."""
        said = {
            "url": link.url,
            "canonical_url": link.canonical_url,
            "site": self._run.site.name,
            "title": link.title,
            "published_at": link.published_at.isoformat() if link.published_at else None,
        }
        self._keep(link.url, link.canonical_url, PageContent(body, said), refused.reason, refused.detail)

    def read(self, article: Article, body: bytes) -> None:
        """Keep a page that no layout read or, while the site's layout is in doubt, any; with what was read."""
        if self._kept[EXAMPLE] < most(EXAMPLE) and (article.layout == FALLBACK or self._in_doubt):
            content = PageContent(body, article.to_dict())
            self._keep(article.url, article.canonical_url, content, EXAMPLE, article.layout)

    @cached_property
    def _in_doubt(self) -> bool:
        with self._run.store.reading() as connection:
            return any(one.name == "layout" for one in findings.opened(connection, [self._run.site.name]) if one.site)

    def _keep(self, url: str, canonical_url: str, content: PageContent, reason: str, detail: str) -> None:
        if self._failed or self._kept[reason] >= most(reason):
            return
        self._kept[reason] += 1
        site, now = self._run.site.name, self._run.now()
        work = partial(
            keep, site=site, url=url, canonical_url=canonical_url, content=content, at=now, reason=reason, detail=detail
        )
        try:
            self._run.store.write(work, [subjects.site(site)], site, now)
        except StoreFailed as failure:
            logger.warning("pages cannot be kept for repair: %s", failure)
            self._failed = True
