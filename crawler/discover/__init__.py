"""From the bytes of a source to the links of its articles.

discovery.py      `discover`: what a source yields, or what it is instead
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

from crawler.discover.days import DayRange, claimed_day, made_on, published_in, span_of
from crawler.discover.discovery import MAX_BYTES, Discovery, discover, home_feed
from crawler.discover.overlap import WindowItem, overlaps, window_end, window_reach

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
