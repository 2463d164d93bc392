"""What the sources of one run have named: each link once, and whether any of it is news."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from crawler.crawl.look import Look
from crawler.items import Link
from crawler.sites.urls import canonical

if TYPE_CHECKING:
    from crawler.crawl.spider import NewsSpider


class Gathering:
    """The links of one run; sources overlap."""

    def __init__(self, spider: NewsSpider) -> None:
        self._spider = spider
        self._refused: set[str] = set()  # links whose refusal is counted
        self._new: set[str] = set()  # addresses that this run made known
        self.canonical = lru_cache(maxsize=None)(partial(canonical, site=spider.site))
        """The one address of an article of this site; raises Discard."""

    def take(self, look: Look, links: Iterable[Link]) -> bool:
        """Add a page's links to the look; whether the next page may hold more that nobody knows.

        What another source made known in this run counts as new here, and so does everything when the source has never
        been looked at.
        """
        spider = self._spider
        taken: dict[str, Link] = {}
        for link in links:
            if link.refused is None:
                taken.setdefault(self.canonical(link.url), link)
            elif link.url not in self._refused:
                self._refused.add(link.url)
                spider.report.refused[link.refused] += 1
        fresh = taken.keys() - look.links.keys()
        look.links.update((url, taken[url]) for url in taken if url in fresh)
        unknown = fresh - spider.store.seen(fresh)
        self._new |= unknown
        return bool(fresh if look.first else unknown | (fresh & self._new))
