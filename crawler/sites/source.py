"""Where a site lists its articles: feeds, sitemaps, section pages, and numbers that rise."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
SHARD_FIELDS = {"Y", "m", "mm", "d", "dd", "d1", "d2"}
"""The placeholders of `Sitemap`."""


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
        return _on(self.url, day)


@dataclass(frozen=True, slots=True)
class Listing:
    """A section page that lists articles, newest first, or the call behind its "more news" button.

    Among a site's `archives` the placeholders of `Sitemap` make it a list for each day.
    """

    url: str
    links: str | None = None
    """CSS of the anchors of the page's own list; None takes every article link of the page."""
    pages: str | None = None
    """Address of the n-th page with {n}, and {zone} where the page's #hdZoneId belongs; None follows rel=next."""
    first: int = 2
    """The n of the first further page."""

    def shard(self, day: date) -> str:
        """The address of the list of that day; `url` itself when it has no placeholder."""
        return _on(self.url, day)

    def on(self, day: date) -> Listing:
        """The list of that day."""
        return replace(self, url=_on(self.url, day), pages=self.pages and _on(self.pages, day))


@dataclass(frozen=True, slots=True)
class Numbers:
    """Articles whose addresses count upwards: an archive that can be asked number by number."""

    url: str
    """Address of an article with {id} where its number stands."""
    known: tuple[tuple[date, int], ...]
    """Two numbers or more with the days of their publication, oldest first; stored articles add to them."""


Source = Feed | Sitemap | Listing
Archive = Sitemap | Listing | Numbers


def _on(pattern: str, day: date) -> str:
    first = min((day.day - 1) // 5 * 5 + 1, 26)
    month_end = (date(day.year + day.month // 12, day.month % 12 + 1, 1) - date(day.year, day.month, 1)).days
    last = first + 4 if first < 26 else month_end
    values = {
        "Y": day.year,
        "m": day.month,
        "mm": f"{day.month:02}",
        "d": day.day,
        "dd": f"{day.day:02}",
        "d1": first,
        "d2": last,
    }
    return _PLACEHOLDER.sub(lambda match: str(values.get(match[1], match[0])), pattern)
