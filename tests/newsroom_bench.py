"""A simulated newsroom, and a store and an archive that it is crawled into."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from pathlib import Path
from typing import Any

from crawler.crawl.report import SiteReport
from crawler.crawl.run import crawl
from crawler.items import Article
from crawler.monitor.store_checks import verify
from crawler.newsroom import Newsroom, newsroom_sites
from crawler.newsroom.pages import redesigned
from crawler.sites import CAPTIONS, NOISE, Layout
from crawler.store import Store

PATIENT = {"THOISU_DELAY": 0, "THOISU_BACKOFF_FIRST": 0.01, "RETRY_TIMES": 0}


class Bench:
    """All papers of a newsroom, crawled with `settings` into a store of their own.

    With `archiving`, what is fetched is kept in `archive`, and read again page by page at each crawl.
    """

    def __init__(self, newsroom: Newsroom, folder: Path, *, archiving: bool = False) -> None:
        self.newsroom = newsroom
        self.store_url = f"sqlite:///{folder / 'store.db'}"
        self.sites = newsroom_sites(newsroom.url, count=len(newsroom.world.papers))
        self.archive = folder / "warc"
        self.settings: dict[str, Any] = dict(PATIENT)
        if archiving:
            self.settings |= {
                "THOISU_ARCHIVE": str(self.archive),
                "THOISU_REVISIT_DAYS": 10_000,
                "THOISU_AUDIT_EVERY": 1,
            }

    def crawl(self, *names: str, settings: dict[str, Any] | None = None, **options: Any) -> list[SiteReport]:
        """Crawl these sites, or all; `newsroom.requests` are then those of this crawl."""
        self.newsroom.forget_requests()
        sites = {name: self.sites[name] for name in names or self.sites}
        options = {"newsroom": self.newsroom.url, **options}
        return crawl(sites, store_url=self.store_url, settings={**self.settings, **(settings or {})}, **options)

    def crawl_one(self, **options: Any) -> SiteReport:
        """Crawl the newsroom's only paper."""
        (report,) = self.crawl(**options)
        return report

    def stored(self) -> dict[str, Article]:
        """Every page in the store by its address, copies with the text of the first."""
        pages: dict[str, Article] = {}
        with Store.open(self.store_url) as store:
            assert verify(store) == []
            for row in store.articles(limit=None):
                held = store.article(row.id)
                assert held is not None
                pages[row.canonical_url] = held.article
                pages |= {copy.canonical_url: held.article for copy in held.copies}
        return pages

    def published(self) -> dict[str, dict[str, Any]]:
        """The newsroom's own record by address."""
        return {row["canonical_url"]: row for rows in self.newsroom.world.record().values() for row in rows}

    def asked(self) -> Counter[str]:
        return Counter(f"{request.host}{request.path}" for request in self.newsroom.requests)

    def files(self) -> list[Path]:
        """The files of the archive, oldest first."""
        return sorted(self.archive.glob("*.warc.gz"))


def renamed(css: str) -> str:
    """A selector after the newsroom's first redesign."""

    def rename(reason: re.Match[str]) -> str:
        new = re.search(r'"(.*)"', redesigned(f' class="{reason[1]}"', 1))
        assert new is not None
        return f".{new[1]}"

    return re.sub(r"\.([a-zA-Z][\w-]*)", rename, css)


def mended(layout: Layout) -> Layout:
    """The layout, and what all layouts drop, with the names that the redesign has given to the classes."""
    names = [field.name for field in dataclasses.fields(layout) if field.name not in ("name", "marks")]
    fields = {name: tuple(map(renamed, getattr(layout, name))) for name in names}
    fields["drop"] += tuple(renamed(css) for css in (*NOISE, *CAPTIONS) if css.startswith(".") and "[" not in css)
    return layout.replace(**fields, marks=tuple((kind, renamed(css)) for kind, css in layout.marks))
