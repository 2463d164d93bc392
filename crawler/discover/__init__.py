"""From the bytes of a source to the links of its articles.

discovery.py      `discover`: what a source yields, or what it is instead
result.py         `Discovery`, in which it says so
feeds.py          RSS and Atom          sitemaps.py   sitemaps and their indexes
json_feeds.py     JSON Feed             url_lists.py  sitemaps that are plain text
xml.py            XML as it really comes
listings.py       section pages         json_lists.py  the calls behind a "more news" button
article_links.py  which links of an unknown site's page are articles
pagination.py     the next page of a listing
overlap.py        whether a window of the newest items overlaps the one before it
days.py           days that stand in addresses
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.discover.days import DayRange, claimed_day, made_on, published_in, span_of
from crawler.discover.overlap import WindowItem, overlaps, window_end, window_reach
from crawler.discover.result import Discovery, home_feed
from crawler.process.later import load_later

if TYPE_CHECKING:
    from crawler.discover.discovery import MAX_BYTES, discover

__all__ = [
    "MAX_BYTES",
    "DayRange",
    "Discovery",
    "WindowItem",
    "claimed_day",
    "discover",
    "home_feed",
    "made_on",
    "overlaps",
    "published_in",
    "span_of",
    "window_end",
    "window_reach",
]

# What reads sources is loaded when it is asked for: a crawl has them read in other processes.
__getattr__ = load_later(__name__, {"MAX_BYTES": "discovery", "discover": "discovery"})
