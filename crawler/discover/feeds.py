"""RSS 0.9x to 2.0, RDF and Atom, as their publishers write them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from itertools import chain, islice
from urllib.parse import urlsplit

from lxml import etree

from crawler.discover import xml
from crawler.discover.xml import LIMIT, local, text_of
from crawler.errors import Refusal
from crawler.items import Link
from crawler.sites import absolute, address_in, is_web, written
from crawler.text import nfc, parse_date, unescape

_FEED_SPACES = {
    "",
    "http://purl.org/rss/1.0/",
    "http://my.netscape.com/rdf/simple/0.9/",
    "http://channel.netscape.com/rdf/simple/0.9/",
}
_ATOM_SPACES = {"http://www.w3.org/2005/atom", "http://purl.org/atom/ns#", "atom", "a10"}
_PUBLISHED = ("pubdate", "published", "issued", "date", "created", "publicationdate")
_MODIFIED = ("updated", "modified")
_MARKUP = re.compile(r"</?[A-Za-z][^<>]*>")
_AMERICAN = re.compile(r"\s*(?:[A-Za-z]{3,9},?\s+)?(?:0?[1-9]|1[0-2])/(?:1[3-9]|2[0-9]|3[01])/[0-9]{4}\b")
# A path and not a word: "/a.html", "//host/a", "xa-hoi/a", "a-901.html", "?id=901"; no "N/A", no "-".
_PATH = re.compile(r"(?:\.{0,2}//?|\?)\w|[\w%~-]*\w[-/.?=][\w%~-]{2}")
_HOME = re.compile(r"https?://[^/?#]+/?(?:#.*)?", re.IGNORECASE)  # all entries of some feeds link to it
_HEAD = 50  # elements, behind which no feed names its site
_WORD = 3  # the least trust in what stands in a link
_XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_RDF_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"


def links(root: etree._Element, url: str, *, https: bool = False) -> Iterator[Link]:
    """The entries in the order of the feed; `https` says that the publisher's host speaks it.

    An entry without a usable address comes as BAD_URL; one without any address is left out. A title loses its markup
    and its entities, also when they were escaped twice. What stands behind `LIMIT` entries is not read.
    """
    elements = (element for element in root.iter() if local(element)[1] in ("item", "entry"))
    entries = [_children(element) for element in islice(elements, LIMIT)]
    rebased = bool(root.xpath("boolean(//@xml:base)"))
    url = _home(root, url)
    # One date that can only be month first tells the order of all: 8/22/2026 beside 9/5/2026.
    us = any(_AMERICAN.match(text) for fields in entries for name in _PUBLISHED for text in _texts(fields, name))
    for fields in entries:
        written_so = _addresses(fields, url, rebased=rebased)
        for href, base in written_so:
            if address := absolute(href, base, https=https):
                break
        else:
            if not written_so:
                continue
            href, address = written_so[0][0], None
        yield Link(
            address or href,
            title=_title(fields),
            published_at=_time(fields, _PUBLISHED, us),
            modified_at=_time(fields, _MODIFIED, us),
            refused=None if address else Refusal.BAD_URL,
        )


_Fields = dict[str, list[etree._Element]]


def _children(entry: etree._Element) -> _Fields:
    """The entry's own fields by local name: those of RSS, of Atom and of the entry's own namespace, whatever that is,
    the dates and, as "dc:title", the title of Dublin Core, the date of PRISM, and the address behind FeedBurner's."""
    fields: _Fields = {"about": [entry]} if entry.get(_RDF_ABOUT) else {}
    home = local(entry)[0]
    for child in entry:
        space, name = local(child)
        own = space == home
        space = space.lower()
        own = own or space in _FEED_SPACES or space in _ATOM_SPACES
        dublin = "purl.org/dc" in space or space in ("dc", "dcterms")
        if own or name == "origlink" or (name == "publicationdate" and "prism" in space):
            fields.setdefault(name, []).append(child)
        elif dublin and name in (*_PUBLISHED, *_MODIFIED, "title"):
            fields.setdefault("dc:title" if name == "title" else name, []).append(child)
    return fields


def _home(root: etree._Element, url: str) -> str:
    """What relative addresses belong to: the feed's own address, or that of the site which it names as its own where
    the feed stands on another host."""
    channel = next((child for child in islice(root, _HEAD) if local(child)[1] == "channel"), root)
    named = [child for child in islice(channel, _HEAD) if local(child)[1] == "link"]
    for href, _ in _links({"link": named}):
        if is_web(href):
            here, there = ((urlsplit(one).hostname or "").removeprefix("www.") for one in (url, href))
            return url if here == there else href
    return url


def _texts(fields: _Fields, name: str) -> Iterator[str]:
    return filter(None, map(text_of, fields.get(name, ())))


def _addresses(fields: _Fields, url: str, *, rebased: bool) -> list[tuple[str, str]]:
    """Candidates in order of trust, each with the address that it is relative to.

    First what is an address of the web: the link's text, Atom's alternate; then a link that reads like a path, the
    entry's identity when an address, or a path from the root or by its own word, and last whatever else stands in the
    link: the site's home page, or a word ("N/A"), which is relative to nothing.
    """
    found: list[tuple[int, str, etree._Element]] = []
    for href, element in _links(fields):
        text = written(href)
        if is_web(text) or is_web(text := address_in(href) or text):
            trust = _WORD if text.count("/") < 4 and _HOME.fullmatch(text) else 0
        else:
            trust = 1 if _PATH.match(text) else _WORD
        found.append((trust, text, element))
    certain = any(trust == 0 for trust, _, _ in found)
    for name in () if certain else ("guid", "id", "about"):
        for element in fields.get(name, ()):
            text = written(element.get(_RDF_ABOUT) or "" if name == "about" else xml.plain(text_of(element)))
            stated = element.get("isPermaLink") == "true" and _PATH.match(text)
            if is_web(text) or text.startswith("/") or stated:
                found.append((2, text, element))
    if len(found) > 1:
        found.sort(key=lambda candidate: candidate[0])
    return [(text, "" if trust == _WORD else _base(element, url) if rebased else url) for trust, text, element in found]


def _base(element: etree._Element, url: str) -> str:
    """What an address written at `element` is relative to (XML Base, W3C 2009): `url`, moved by each element above."""
    base = url
    for holder in (*reversed(list(element.iterancestors())), element):
        if own := holder.get(_XML_BASE):
            base = absolute(own, base) or base
    return base


def _links(fields: _Fields) -> Iterator[tuple[str, etree._Element]]:
    """What stands in the links of an entry, with the element that says it."""
    elements = [*fields.get("origlink", ()), *fields.get("link", ())]
    # An <link/> that a tool wrote as in HTML leaves its address behind itself.
    for element in elements:
        text = "" if element.get("href") else str(element.xpath("string()")).strip() or (element.tail or "").strip()
        if text:
            yield xml.address(text), element
    alternates = [item for item in elements if item.get("href") and _is_alternate(item.get("rel"))]
    for element in sorted(alternates, key=lambda item: item.get("type") != "text/html"):
        yield xml.address(element.get("href", "")), element


def _is_alternate(relation: str | None) -> bool:
    """Whether a link leads to the entry's page (RFC 4287, section 4.2.7.2): by a word, the IANA's address of that word,
    or by no word at all."""
    words = (relation or "").lower().split()
    return not words or any(word.rpartition("/")[2] == "alternate" for word in words)


def _title(fields: _Fields) -> str | None:
    text = xml.plain(next(chain(_texts(fields, "title"), _texts(fields, "dc:title")), ""))
    for _ in range(3):
        plain = unescape(_MARKUP.sub("", text))
        if plain == text:
            break
        text = plain
    return nfc(" ".join(text.split())) or None


def _time(fields: _Fields, names: tuple[str, ...], us: bool) -> datetime | None:
    for name in names:
        for text in _texts(fields, name):
            if moment := parse_date(text, us=us):
                return moment.at
    return None
