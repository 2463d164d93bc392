"""The pages that one run keeps for repair: those without a text, and examples of how a layout drifts."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from crawler.crawl import quarantine
from crawler.errors import Quarantine
from crawler.extract.article import FALLBACK
from crawler.items import Article, PendingLink
from crawler.store import findings

if TYPE_CHECKING:
    from crawler.crawl.spider import NewsSpider

logger = logging.getLogger(__name__)


class Keeper:
    """Writes into the quarantine's folder; a disk that takes nothing costs one warning a run, and no article."""

    def __init__(self, spider: NewsSpider) -> None:
        self._spider = spider
        self._examples = 0
        self._warned = False

    def unread(self, link: PendingLink, body: bytes, refused: Quarantine) -> None:
        """Keep the page of an article that lacks a required field."""
        site, now = self._spider.name, self._spider.now()
        self._try(lambda folder: quarantine.keep(folder, site, link, body, refused, now))

    def read(self, article: Article, body: bytes) -> None:
        """Keep the first pages of the run that no layout read or, while the site's layout is in doubt, any."""
        if self._examples >= quarantine.EXAMPLES or not (article.layout == FALLBACK or self._in_doubt):
            return
        self._examples += 1
        site, number, now = self._spider.name, self._examples, self._spider.now()
        self._try(lambda folder: quarantine.keep_example(folder, site, number, article, body, now))

    @cached_property
    def _in_doubt(self) -> bool:
        with self._spider.store.reading() as connection:
            return any(one.name == "layout" for one in findings.opened(connection, [self._spider.name]) if one.site)

    def _try(self, keep: Callable[[Path], Path]) -> None:
        folder = Path(self._spider.settings["THOISU_QUARANTINE"])
        try:
            keep(folder)
        except OSError as error:
            if not self._warned:
                logger.warning("pages cannot be kept in %s: %s", folder, error.strerror or error)
            self._warned = True
