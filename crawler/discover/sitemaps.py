"""Sitemaps and their indexes (sitemaps.org, version 0.9), with the fields of Google News."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urlsplit

from lxml import etree

from crawler.discover import xml
from crawler.discover.xml import LIMIT, local, text_of
from crawler.errors import Refusal
from crawler.items import Link
from crawler.sites import absolute, written
from crawler.text import nfc, parse_date, unescape

_XML_FILE = re.compile(r"\.xml(?:\.gz)?$", re.IGNORECASE)


class Entry(NamedTuple):
    """A line of a sitemap or of an index."""

    link: Link
    is_sitemap: bool
    """It leads to a sitemap, by its element or, since sites mix these up, by its address."""


def entries(root: etree._Element, url: str, *, https: bool = False) -> Iterator[Entry]:
    """The entries of a sitemap or of an index, in order; addresses of pictures and videos under an entry do not count.

    `lastmod` becomes `modified_at` and never `published_at`: some sites write there when the file was built.
    """
    count = 0
    for entry in root.iter():
        space, name = local(entry)
        if name not in ("url", "sitemap"):
            continue
        fields = {local(child)[1]: child for child in entry if _own(child, space)}
        if "loc" not in fields or not (href := written(xml.address(str(fields["loc"].xpath("string()"))))):
            continue
        count += 1
        if count > LIMIT:
            return
        news = {local(child)[1]: text_of(child) for child in _news(entry)}
        address = absolute(href, url, https=https)
        published, modified = parse_date(news.get("publication_date")), parse_date(text_of(fields.get("lastmod")))
        link = Link(
            address or href,
            title=nfc(" ".join(unescape(xml.plain(news.get("title", ""))).split())) or None,
            published_at=published.at if published else None,
            modified_at=modified.at if modified else None,
            refused=None if address else Refusal.BAD_URL,
        )
        yield Entry(link, name == "sitemap" or (address is not None and bool(_XML_FILE.search(urlsplit(address).path))))


def _own(element: etree._Element, space: str) -> bool:
    """Whether a child belongs to its entry, whose namespace is `space`: some have one of their own invention."""
    own = local(element)[0]
    return not own or own == space or "/sitemap/" in own


def _news(entry: etree._Element) -> Iterator[etree._Element]:
    """The fields of Google News, under their element or, as some write them, beside it."""
    for child in entry:
        space, name = local(child)
        if name == "news":
            yield from child.iter()
        elif space.lower() == "news" or "sitemap-news" in space.lower():
            yield child
