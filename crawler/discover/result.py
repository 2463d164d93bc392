"""What `discover` gives, and the comparison of two of it, for those that list no source themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from crawler.discover.overlap import longest_rise
from crawler.errors import Refusal
from crawler.items import Link

DiscoveryKind = Literal["feed", "sitemap", "index", "listing"]


@dataclass(frozen=True, slots=True)
class Discovery:
    """What was found at one address of a source."""

    kind: DiscoveryKind
    links: tuple[Link, ...] = ()
    """In the order of the source, each article once, with its canonical address. Feeds and sitemaps keep what is
    refused, with the reason."""
    children: tuple[Link, ...] = ()
    """The sitemaps that an index names, with their `modified_at`."""
    next: str | None = None
    """Address of the next page of a listing; None on the last and where only a script knows it."""
    refused: Refusal | None = None
    """Why the source as a whole is not taken."""
    detail: str = ""
    """For a person: what was there instead."""
    cut: bool = False
    """It ends in its middle: what `links` and `children` lack may be articles."""


def home_feed(section: Discovery, home: Discovery) -> bool:
    """Whether a section's feed carries the home feed: of their first entries nine in ten the same, in the same order.

    Feeds of fewer than five entries prove nothing.
    """
    ours, theirs = ([link.url for link in discovery.links] for discovery in (section, home))
    size = min(len(ours), len(theirs))
    if size < 5:
        return False
    places = {url: place for place, url in enumerate(theirs[:size])}
    return longest_rise(places[url] for url in ours[:size] if url in places) >= 0.9 * size
