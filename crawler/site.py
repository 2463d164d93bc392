"""What a site says of itself: `Site` and its sources, checked when they are built."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args
from urllib.parse import urlsplit

from crawler.layouts import Layout
from crawler.model import BadSite

Tier = Literal["central", "ministry", "province", "press", "body"]
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_SHARD_FIELDS = {"Y", "m", "mm", "d", "dd", "d1", "d2"}


@dataclass(frozen=True, slots=True)
class Feed:
    """An RSS or Atom feed."""

    url: str


@dataclass(frozen=True, slots=True)
class Sitemap:
    """A sitemap, a sitemap index or, with placeholders, one shard of a series.

    Placeholders: {Y} year, {m} {mm} month plain and padded, {d} {dd} day, {d1}-{d2} the first and last day of
    a window of five days (the sixth of a month runs to its end).
    """

    url: str
    lastmod: Literal["published", "modified"] | None = None
    """What this site's lastmod means where that is known; "modified" lets a later one ask the article again."""

    def shard(self, day: date) -> str:
        """The address of the shard that holds `day`; `url` itself when it has no placeholder."""
        first = min((day.day - 1) // 5 * 5 + 1, 26)
        month_end = (date(day.year + day.month // 12, day.month % 12 + 1, 1) - date(day.year, day.month, 1)).days
        last = first + 4 if first < 26 else month_end
        values = {
            "Y": day.year, "m": day.month, "mm": f"{day.month:02}", "d": day.day, "dd": f"{day.day:02}",
            "d1": first, "d2": last,
        }  # fmt: skip
        return _PLACEHOLDER.sub(lambda match: str(values[match[1]]), self.url)


@dataclass(frozen=True, slots=True)
class Listing:
    """A section page that lists articles, newest first."""

    url: str
    links: str | None = None
    """CSS of the anchors of the page's own list; None takes every article link of the page."""
    pages: str | None = None
    """Address of the n-th page with {n}, and {zone} where the page's #hdZoneId belongs; None follows rel=next."""
    first: int = 2
    """The n of the first further page."""


Source = Feed | Sitemap | Listing


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)  # a site is itself: its hash must cost nothing
class Site:
    """One publisher: who, where to look, which addresses are articles, and how its pages are built.

    Raises `BadSite` with a sentence that says what to mend.
    """

    publisher: str
    """The name that a reader knows, in Vietnamese."""
    home: str
    """The home page; its scheme and host are those of every canonical URL."""
    tier: Tier
    sources: tuple[Source, ...]
    article: str
    """Regular expression, searched in path and query ("/…?…") of an address; group `kind` is not needed."""
    layout: Layout
    exclude: str | None = None
    """Regular expression of addresses that look like articles and are none, searched like `article`."""
    hosts: tuple[str, ...] = ()
    """Further hosts of the same publisher: former domains. Sub-domains of all hosts belong to the site."""
    keep_query: tuple[str, ...] = ()
    """Query parameters that name the article ("ItemID"); all others are dropped from the canonical URL."""
    keep_slash: bool = False
    """The site's article addresses end in "/"."""
    names: tuple[str, ...] = ()
    """How the paper signs itself, beyond `publisher`: taken out of authors and closing lines."""
    delay: float = 2.0
    """Seconds between two requests."""
    proven: bool = False
    """A real page of this site has been read right."""

    def __post_init__(self) -> None:
        if not re.fullmatch(r"https?://[a-z0-9.-]+(:\d+)?/", self.home):
            raise BadSite(f"{self.publisher}: home {self.home!r} must read like 'https://host/'")
        if self.tier not in get_args(Tier):
            raise BadSite(f"{self.publisher}: tier {self.tier!r} is none of {', '.join(get_args(Tier))}")
        if not self.sources:
            raise BadSite(f"{self.publisher}: name at least one Feed, Sitemap or Listing in sources")
        for source in self.sources:
            self._check_source(source)
        for name in ("article", "exclude"):
            pattern = getattr(self, name)
            try:
                re.compile(pattern or "")
            except re.error as error:
                raise BadSite(f"{self.publisher}: {name} {pattern!r} is no regular expression: {error}") from None
        if re.search(self.article, "/"):
            raise BadSite(f"{self.publisher}: article {self.article!r} also takes the home page")
        if self.delay < 0:
            raise BadSite(f"{self.publisher}: delay {self.delay} is negative")

    def _check_source(self, source: Source) -> None:
        host = urlsplit(source.url).hostname
        if not host or not self.owns(host):
            raise BadSite(f"{self.publisher}: {source.url} lies outside {', '.join(self.all_hosts)}; add its host")
        allowed = _SHARD_FIELDS if isinstance(source, Sitemap) else set()
        if unknown := set(_PLACEHOLDER.findall(source.url)) - allowed:
            raise BadSite(f"{self.publisher}: {source.url} has the unknown placeholder {{{unknown.pop()}}}")
        if isinstance(source, Listing) and source.pages and "{n}" not in source.pages:
            raise BadSite(f"{self.publisher}: pages {source.pages!r} needs {{n}} where the page number goes")

    @property
    def host(self) -> str:
        """The host of `home`, with its "www." if it has one."""
        return urlsplit(self.home).hostname or ""

    @property
    def all_hosts(self) -> tuple[str, ...]:
        """Every host of the site without "www."."""
        return tuple(host.removeprefix("www.") for host in (self.host, *self.hosts))

    def owns(self, host: str) -> bool:
        """Whether `host` is the site's or a sub-domain of it."""
        host = host.lower()
        return any(host == own or host.endswith("." + own) for own in self.all_hosts)


def load_sites() -> dict[str, Site]:
    """Every site of the `spiders` package by the name of its spider, in alphabetical order."""
    return dict(sorted(_walk()))


def _walk() -> Iterator[tuple[str, Site]]:
    # Imported here: a pure step that is handed a Site must not pay for Scrapy.
    import spiders
    from crawler.spider import NewsSpider

    for info in pkgutil.iter_modules(spiders.__path__, "spiders."):
        module = importlib.import_module(info.name)
        for value in vars(module).values():
            if isinstance(value, type) and issubclass(value, NewsSpider) and value.__module__ == module.__name__:
                yield value.name, value.site
