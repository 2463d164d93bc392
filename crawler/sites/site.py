"""What a site says of itself: `Site`, checked when it is built."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, get_args
from urllib.parse import urlsplit

from crawler.errors import BadSite
from crawler.sites.layouts import Layout, selector_fault
from crawler.sites.source import SHARD_FIELDS, Archive, Feed, Listing, Numbers, Sitemap, Source

Tier = Literal["central", "ministry", "province", "press", "body"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)  # a site is itself: its hash must cost nothing
class Site:
    """One publisher: who, where its articles are listed, which addresses are articles, and how its pages are built.

    Raises `BadSite` with a sentence that says what to mend.
    """

    name: str = ""
    """The name of its spider, which sets it; empty for a site that no spider crawls."""
    publisher: str
    """The name that a reader knows, in Vietnamese."""
    home: str
    """The home page; its scheme and host are those of every canonical URL."""
    tier: Tier
    sources: tuple[Source, ...]
    article: str
    """Regular expression, searched in path and query ("/…?…") of the canonical address.

    An alternative that ends in a number says that the number names the article (`crawler.sites.article_numbers`)."""
    layout: Layout | None
    """How its pages are built; None where no name in their markup tells it, so that the density of the text must."""
    past: tuple[Layout, ...] = ()
    """How pages were built before, for those that `layout` does not match."""
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
    archives: tuple[Archive, ...] = ()
    """What a backfill asks beside `sources` and the schedule does not: former sitemaps, lists by day, numbers."""
    delay: float = 2.0
    """Seconds between two requests."""
    budget: int = 1000
    """Requests a day in all: polls, articles, revisits, backfill."""
    proven: bool = False
    """A real page of this site has been read right."""

    def __post_init__(self) -> None:
        if fault := next(_faults(self), None):
            raise BadSite(f"{self.publisher or 'a site'}: {fault}")

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


def _faults(site: Site) -> Iterator[str]:
    """What is wrong with a definition, a sentence each; the later ones rely on the earlier being right."""
    if not (isinstance(site.publisher, str) and site.publisher):
        yield "publisher must be the name that a reader knows"
    if not re.fullmatch(r"https?://[a-z0-9.-]+(:\d+)?/", str(site.home)):
        yield f"home {site.home!r} must read like 'https://host/'"
    if site.tier not in get_args(Tier):
        yield f"tier {site.tier!r} is none of {', '.join(get_args(Tier))}"
    for name in ("hosts", "keep_query", "names"):
        value = getattr(site, name)
        if not isinstance(value, tuple) or not all(isinstance(item, str) and item for item in value):
            yield f"{name} must be a tuple of words, not {value!r}; a single one needs its comma"
    for host in site.hosts:
        if not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", host):
            yield f"host {host!r} must be a bare host name in lower case"
    for layout in (*([] if site.layout is None else [site.layout]), *site.past):
        if not isinstance(layout, Layout):
            yield f"layout must be a Layout, not {layout!r}"
    if not isinstance(site.delay, int | float) or site.delay < 0:
        yield f"delay {site.delay!r} must be seconds, 0 or more"
    if not isinstance(site.budget, int) or site.budget < 1:
        yield f"budget {site.budget!r} must be a number of requests, 1 or more"
    yield from _pattern_faults(site)
    if not isinstance(site.sources, tuple) or not site.sources:
        yield "sources must be a tuple of at least one Feed, Sitemap or Listing; a single one needs its comma"
    for source in site.sources:
        yield from _source_faults(site, source)
    for archive in site.archives:
        yield from _archive_faults(site, archive)


def _pattern_faults(site: Site) -> Iterator[str]:
    for name, pattern in (("article", site.article), ("exclude", site.exclude)):
        if pattern is None and name == "exclude":
            continue
        if not isinstance(pattern, str) or not pattern:
            yield f"{name} must be a regular expression, not {pattern!r}"
            return
        try:
            re.compile(pattern)
        except re.error as error:
            yield f"{name} {pattern!r} is no regular expression: {error}"
            return
        if re.search(pattern, "/") or re.search(pattern, "/a"):
            yield f"{name} {pattern!r} takes every page; it must tell articles from the home page and sections"
        if re.match(r"\^?https?:", pattern) or re.match(r"\^(?![/(?\\.\[])", pattern):
            yield f"{name} {pattern!r} is searched in path and query: it begins with '/', not with a host or a word"
        if re.search(r"[A-Z][^|]*\\?\.aspx", pattern) and not pattern.startswith("(?i)"):
            yield f"{name} {pattern!r} has capitals, but addresses that end in .aspx are made lower case first"
    for name in re.findall(r"\\?\??[?&](\w+)=", site.article):
        if name.lower() not in {kept.lower() for kept in site.keep_query}:
            yield f"article asks for the parameter {name!r}, which keep_query does not keep"


def _source_faults(site: Site, source: object) -> Iterator[str]:
    if not isinstance(source, Feed | Sitemap | Listing):
        yield f"source {source!r} must be a Feed, a Sitemap or a Listing"
        return
    host = urlsplit(source.url).hostname
    if not host or not site.owns(host):
        yield f"{source.url} lies outside {', '.join(site.all_hosts)}; add its host"
    path = source.url.removeprefix(site.home.rstrip("/"))
    if (
        isinstance(source, Feed)
        and re.search(site.article, path)
        and not (site.exclude and re.search(site.exclude, path))
    ):
        yield f"article {site.article!r} takes the feed {source.url}"
    allowed = SHARD_FIELDS if isinstance(source, Sitemap) or source in site.archives else set()
    if unknown := set(re.findall(r"\{([^}]*)\}", source.url)) - allowed:
        yield f"{source.url} has the unknown placeholder {{{unknown.pop()}}}"
    if isinstance(source, Sitemap) and source.lastmod not in (None, "published", "modified"):
        yield f"lastmod {source.lastmod!r} of {source.url} is neither 'published' nor 'modified'"
    if isinstance(source, Listing):
        if source.links is not None and (fault := selector_fault(source.links)):
            yield f"links of {source.url}: {fault}"
        if source.pages is not None and "{n}" not in source.pages:
            yield f"pages {source.pages!r} needs {{n}} where the page number goes"
        if source.pages is not None and not site.owns(urlsplit(source.pages).hostname or ""):
            yield f"pages {source.pages!r} lies outside {', '.join(site.all_hosts)}"


def _archive_faults(site: Site, archive: object) -> Iterator[str]:
    if not isinstance(archive, Numbers):
        yield from _source_faults(site, archive)
        return
    if not archive.url.endswith("{id}") or not site.owns(urlsplit(archive.url).hostname or ""):
        yield f"numbers {archive.url!r} must be an address of the site that ends in {{id}}"
    elif not re.search(site.article, archive.url.removeprefix(site.home.rstrip("/")).replace("{id}", "12345")):
        yield f"article {site.article!r} does not take the numbers {archive.url!r}"
    if len(archive.known) < 2 or list(archive.known) != sorted(set(archive.known)):
        yield f"numbers {archive.url!r} need the days of two of them at least, oldest first"
