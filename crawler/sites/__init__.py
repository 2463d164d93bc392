"""What a site says of itself: who publishes, where it lists its articles, and how addresses and pages are built.

    from crawler.sites import EPI, Feed, Site

site.py          `Site`, checked when it is built
source.py        its feeds, sitemaps, listings and numbers
layouts.py       where a CMS family keeps the parts of an article
urls.py          the one canonical form of an address, and what it leads to
url_kinds.py     what an address says by its words alone
written_urls.py  addresses as people, feeds and copied lists write them
article_numbers.py  the number that names an article, where a site's addresses end in one
registry.py      the sites that somebody has described, by name and by address
plugins.py       those that installed packages bring along
stand_in.py      what takes the place of a part of a definition that gives nothing any more
"""

from __future__ import annotations

from crawler.sites.article_numbers import article_number, same_article
from crawler.sites.layouts import (
    CAPTIONS,
    DNN,
    EPI,
    EPI_PAST,
    FAMILIES,
    HIDDEN,
    LIFERAY,
    MASTERCMS,
    NEWSCONTENTS,
    NOISE,
    ONECMS,
    SHAREPOINT,
    TAGDIV,
    VCCORP,
    VCCORP_PAST,
    Css,
    Layout,
    any_of,
)
from crawler.sites.registry import Sites, load_sites
from crawler.sites.site import Site, Tier
from crawler.sites.source import Archive, Feed, Listing, Numbers, Sitemap, Source
from crawler.sites.stand_in import AddressForm, StandIn, with_one, with_stand_ins
from crawler.sites.url_kinds import kind_by_address
from crawler.sites.urls import UrlVerdict, absolute, canonical, judge
from crawler.sites.written_urls import address_in, is_web, written

__all__ = [
    "CAPTIONS",
    "DNN",
    "EPI",
    "EPI_PAST",
    "FAMILIES",
    "HIDDEN",
    "LIFERAY",
    "MASTERCMS",
    "NEWSCONTENTS",
    "NOISE",
    "ONECMS",
    "SHAREPOINT",
    "TAGDIV",
    "VCCORP",
    "VCCORP_PAST",
    "AddressForm",
    "Archive",
    "Css",
    "Feed",
    "Layout",
    "Listing",
    "Numbers",
    "Site",
    "Sitemap",
    "Sites",
    "Source",
    "StandIn",
    "Tier",
    "UrlVerdict",
    "absolute",
    "address_in",
    "any_of",
    "article_number",
    "canonical",
    "is_web",
    "judge",
    "kind_by_address",
    "load_sites",
    "same_article",
    "with_one",
    "with_stand_ins",
    "written",
]
