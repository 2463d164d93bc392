"""RSS 0.9x to 2.0, RDF and Atom, as their publishers write them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import datetime
from html import unescape
from itertools import islice

from lxml import etree

from crawler.discover.xml import LIMIT, local, text_of
from crawler.errors import Refusal
from crawler.items import Link
from crawler.sites import absolute
from crawler.text import parse_date

_FEED_SPACES = {
    "",
    "http://purl.org/rss/1.0/",
    "http://my.netscape.com/rdf/simple/0.9/",
    "http://channel.netscape.com/rdf/simple/0.9/",
}
_ATOM_SPACES = {"http://www.w3.org/2005/atom", "http://purl.org/atom/ns#", "atom", "a10"}
_PUBLISHED = ("pubdate", "published", "issued", "date", "created")
_MODIFIED = ("updated", "modified")
_MARKUP = re.compile(r"</?[A-Za-z][^<>]*>")
_AMERICAN = re.compile(r"\s*(?:0?[1-9]|1[0-2])/(?:1[3-9]|2[0-9]|3[01])/[0-9]{4}\b")
_XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"


def links(root: etree._Element, url: str, *, https: bool = False) -> Iterator[Link]:
    """The entries in the order of the feed; `https` says that the publisher's host speaks it.

    An entry without a usable address comes as BAD_URL; one without any address is left out. A title loses its markup
    and its entities, also when they were escaped twice. What stands behind `LIMIT` entries is not read.
    """
    base = absolute(root.get(_XML_BASE), url) or url
    elements = (element for element in root.iter() if local(element)[1] in ("item", "entry"))
    entries = [_children(element) for element in islice(elements, LIMIT)]
    # One date that can only be month first tells the order of all: 8/22/2026 beside 9/5/2026.
    us = any(_AMERICAN.match(text) for fields in entries for name in _PUBLISHED for text in _texts(fields, name))
    for fields in entries:
        for href in _addresses(fields):
            if address := absolute(href, base, https=https):
                break
        else:
            if not (href := next(_addresses(fields), "")):
                continue
            address = None
        yield Link(
            address or href,
            title=_title(fields),
            published_at=_time(fields, _PUBLISHED, us),
            modified_at=_time(fields, _MODIFIED, us),
            refused=None if address else Refusal.BAD_URL,
        )


_Fields = dict[str, list[etree._Element]]


def _children(entry: etree._Element) -> _Fields:
    """The entry's own fields by local name: those of RSS and Atom, and the dates of Dublin Core."""
    fields: _Fields = {}
    for child in entry:
        space, name = local(child)
        space = space.lower()
        own = space in _FEED_SPACES or space in _ATOM_SPACES
        if own or (name in (*_PUBLISHED, *_MODIFIED) and ("purl.org/dc" in space or space in ("dc", "dcterms"))):
            fields.setdefault(name, []).append(child)
    return fields


def _texts(fields: _Fields, name: str) -> Iterator[str]:
    return filter(None, map(text_of, fields.get(name, ())))


def _addresses(fields: _Fields) -> Iterator[str]:
    """Candidates in order of trust: the link's text, Atom's alternate, then the entry's identity when an address."""
    elements = fields.get("link", [])
    # An <link/> that a tool wrote as in HTML leaves its address behind itself.
    texts = [text_of(element) or (element.tail or "").strip() for element in elements if not element.get("href")]
    hrefs = [
        (element.get("rel", "alternate"), element.get("type", ""), element.get("href", "")) for element in elements
    ]
    alternates = [(kind != "text/html", href) for rel, kind, href in hrefs if rel == "alternate" and href]
    yield from (unescape("".join(text.split())) for text in texts if text)
    yield from (unescape(href) for _, href in sorted(alternates, key=lambda pair: pair[0]))
    for name in ("guid", "id"):
        yield from (text for text in _texts(fields, name) if text.startswith(("http://", "https://")))


def _title(fields: _Fields) -> str | None:
    text = next(_texts(fields, "title"), "")
    for _ in range(3):
        plain = unescape(_MARKUP.sub("", text))
        if plain == text:
            break
        text = plain
    return unicodedata.normalize("NFC", " ".join(text.split())) or None


def _time(fields: _Fields, names: tuple[str, ...], us: bool) -> datetime | None:
    for name in names:
        for text in _texts(fields, name):
            if moment := parse_date(text, us=us):
                return moment.at
    return None
