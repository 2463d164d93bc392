"""What a stranger is: a paper whose content management system no layout knows, and all that was drawn for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from crawler.newsroom.papers import Paper, Section
from crawler.newsroom.story import KIND_SECTIONS
from crawler.newsroom.strangers.addresses import Scheme

Start = Literal["redirect", "refresh", "script"]
Decoy = Literal["dead-feed", "dead-map", "pages-map"]
Announced = Literal["alternate", "page", "usual"]
FeedForm = Literal["rss", "rss-full", "atom", "atom-full", "rdf"]
MapForm = Literal["flat", "monthly", "daily", "news", "news-and-monthly"]
Charset = Literal["utf-8", "windows-1258", "latin-1"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Feeds:
    """Which feeds there are, and how a reader comes to know of them."""

    form: FeedForm
    announced: Announced
    """By `rel=alternate`, on a page that lists them, or only by standing at a usual address."""
    home: str | None
    section: str | None
    """Path with {slug} and {zone}."""
    page: str = "/rss"
    """Where the list of feeds stands."""
    same: bool = False
    """The sections' feeds all carry the home feed."""
    tracked: bool = False
    """Their links carry parameters that say where a reader came from."""
    documents: str | None = None
    """Path of one more feed, which carries no articles but documents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Maps:
    """Which sitemaps there are."""

    form: MapForm
    path: str
    in_robots: bool
    everything: bool = False
    """Sections, topics, videos and documents stand among the articles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lists:
    """How sections list their stories."""

    paging: str
    """A form of `Scheme.paging`."""
    pager: Literal["rel", "numbers", "words", "more"]
    """How a list leads on: by rel=next, by the numbers of the pages, by words, by a "more" button's address."""
    length: int
    """Stories of a page."""
    api: str | None = None
    """Path of a JSON list with {n}; the pages themselves then list nothing."""
    empty: bool = False
    """The pages list nothing: a script fills them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stranger(Paper):
    """A paper of no family, or one that has to be refused: its `closed` says why."""

    seed: int
    scheme: Scheme
    feeds: Feeds | None
    maps: Maps | None
    lists: Lists
    www: bool
    """Its own host begins with "www."; the one without leads there."""
    former: str | None
    """A host that it had before, which leads to the present one."""
    charset: Charset = "utf-8"
    pinned: bool = False
    """Its oldest story is a year older than the others and stands on top of every list."""
    start: tuple[str, Start] | None = None
    """Where the home page stands, and how "/" leads there."""
    decoys: frozenset[Decoy] = frozenset()
    """What is announced and of no use: a feed that answers with a page, a sitemap that is gone or has no article."""
    variant: int = 0
    """Which of the forms of being closed."""

    @property
    def shelves(self) -> tuple[Section, ...]:
        """Every section, those of photo stories and videos too."""
        return (*self.sections, *(KIND_SECTIONS[kind] for kind in self.kinds))

    @property
    def host(self) -> str:
        """Host without port."""
        return f"{'www.' if self.www else ''}{self.name}.localhost"

    @property
    def redirects(self) -> tuple[str, ...]:
        """Hosts whose addresses all lead on to the same ones at `host`."""
        other = f"{'' if self.www else 'www.'}{self.name}.localhost"
        return (other, *((f"{self.former}.localhost",) if self.former else ()))
