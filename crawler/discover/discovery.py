"""What a source yields: the links of a feed, a sitemap or a listing, or the reason why it yields none."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Literal
from urllib.parse import urlsplit

from crawler.discover import feeds, json_feeds, listings, sitemaps, url_lists, xml
from crawler.discover import json_lists as timeline
from crawler.discover import pagination as pager
from crawler.discover.result import Discovery, DiscoveryKind
from crawler.errors import Discard, Refusal
from crawler.extract import hostile, is_wall
from crawler.items import Link
from crawler.sites import Feed, Listing, Site, Sitemap, Source, canonical, judge
from crawler.text import decode, gunzip, unescape

MAX_BYTES = 50 * 1024 * 1024
"""Of a source after decompression: the limit that the sitemap protocol sets."""
_SITEMAP_PATH = re.compile(r"sitemap", re.IGNORECASE)
_FEED_PATH = re.compile(r"/(?:rss|feed)|\.(?:rss|xml|atom|rdf)(?:\.gz)?$", re.IGNORECASE)
_TITLE = re.compile(r"<title[^>]{0,200}>(.{0,500}?)</title", re.IGNORECASE | re.DOTALL)
# What makes a script of JSON, or keeps it from being one: callback(…), )]}'
_JSON_CALL = re.compile(r"(?:/\*\*/\s*)?(?:[\w.$]{1,100}\(|\)\]\}',?)\s*(?=[{\[])")
_MARKUP = re.compile(r"<(?:!doctype|html|head|body|title|script|div|p|h[1-6]|table|center|pre|br|a)\b", re.IGNORECASE)


def discover(
    body: bytes, url: str, *, declared: str | None = None, site: Site | None = None, source: Source | None = None
) -> Discovery:
    """Reads what `url` answered; `declared` is the charset of its Content-Type header.

    With the site whose source it is, its rules judge every link; without one, articles of a listing are told by the
    shape of their addresses and texts. Never raises on what a site sends: a source that cannot be used says so in
    `refused`.
    """
    expected = _expected(url, source)
    try:
        body = gunzip(body, MAX_BYTES, whole=False)
        text = decode(body, declared).text
        root = xml.root(text)
        if root in (None, "html") and expected != "listing" and (inner := xml.wrapped(text)):
            text, root = inner, xml.root(inner)
        if root in ("feed", "sitemap", "index"):
            return _read_xml(text, root, url, site)
        if is_wall(body):
            raise Discard(Refusal.CHALLENGE, _title(text))
        return _read_list(text, url, expected, site, source)
    except Discard as refusal:
        return Discovery(expected, refused=refusal.reason, detail=refusal.detail)


def _expected(url: str, source: Source | None) -> DiscoveryKind:
    if isinstance(source, Listing):
        return "listing"
    path = urlsplit(url).path
    if isinstance(source, Sitemap) or (source is None and _SITEMAP_PATH.search(path)):
        return "sitemap"
    return "feed" if isinstance(source, Feed) or _FEED_PATH.search(path) else "listing"


def _https(site: Site | None) -> bool:
    return site is not None and site.home.startswith("https:")


def _read_xml(text: str, root: xml.XmlRoot, url: str, site: Site | None) -> Discovery:
    tree, cut = xml.parse(text), xml.cut_off(text)
    if root == "feed":
        return _entries("feed", feeds.links(tree, url, https=_https(site)), site, cut=cut)
    found = [*sitemaps.entries(tree, url, https=_https(site))]
    children = tuple(entry.link for entry in found if entry.is_sitemap and not entry.link.refused)
    pages = [entry.link for entry in found if not entry.is_sitemap]
    if children and (root == "index" or not pages):
        return Discovery("index", children=children, cut=cut)
    if root == "index" and not pages:
        return Discovery("index", refused=Refusal.EMPTY_SOURCE, cut=cut)
    return _entries("sitemap", (entry.link for entry in found), site, cut=cut)


def _entries(kind: Literal["feed", "sitemap"], found: Iterable[Link], site: Site | None, *, cut: bool) -> Discovery:
    links = tuple(_judged(found, site))
    if kind == "feed" and {link.refused for link in links} == {Refusal.NOT_ARTICLE}:
        # All of a feed in one unknown shape: the site has new addresses, or feeds other things than news.
        links = tuple(replace(link, refused=None) for link in links)
    return Discovery(kind, links, refused=None if links else Refusal.EMPTY_SOURCE, cut=cut)


def _read_list(text: str, url: str, expected: DiscoveryKind, site: Site | None, source: Source | None) -> Discovery:
    text = text.lstrip("\ufeff \t\r\n")
    if not text:
        raise Discard(Refusal.EMPTY_SOURCE, f"an empty answer instead of a {expected}")
    if call := _JSON_CALL.match(text):
        text = text[call.end() :]
    if text[0] in ("{", "["):
        answer = _json(text)
        if json_feeds.is_feed(answer):
            return _entries("feed", json_feeds.links(answer, url, https=_https(site)), site, cut=False)
        base = site.home if site is not None else url
        following = pager.counted(url, source) if isinstance(source, Listing) and source.pages else None
        return _found(
            timeline.links(answer, base, https=_https(site)), site, following if timeline.goes_on(answer) else None
        )
    if url_lists.is_list(text):
        return _entries("sitemap", url_lists.links(text, url, https=_https(site)), site, cut=False)
    if expected != "listing":
        raise Discard(Refusal.HTML_FOR_FEED if _MARKUP.search(text) else Refusal.UNREADABLE, _title(text))
    if reason := hostile(text):
        raise Discard(Refusal.UNREADABLE, reason)
    page = listings.read(text, url, site, source if isinstance(source, Listing) else None)
    return _found(page.links, site, pager.next_page(page, source if isinstance(source, Listing) else None))


def _found(links: Iterable[Link], site: Site | None, following: str | None) -> Discovery:
    taken = tuple(link for link in _judged(links, site) if not link.refused)
    return Discovery("listing", taken, next=following, refused=None if taken else Refusal.EMPTY_SOURCE)


def _judged(links: Iterable[Link], site: Site | None) -> Iterator[Link]:
    """Each article once, with its canonical address and the reason why it is refused."""
    seen: set[str] = set()
    for link in links:
        address, refused = _judge(link, site)
        # The site's rules may drop what tells two foreign addresses apart.
        key = link.url if refused or address is None else address
        if key not in seen:
            seen.add(key)
            yield replace(link, refused=link.refused or refused, canonical_url=address)


def _judge(link: Link, site: Site | None) -> tuple[str | None, Refusal | None]:
    """The canonical address of a link, and why it is refused; those of a list with a site were judged when read."""
    address = link.canonical_url
    if site is not None:
        if address is not None:
            return address, None
        verdict = judge(link.url, site)
        return verdict.canonical_url, verdict.refused
    try:
        address = address or canonical(link.url)
    except Discard as refusal:
        return None, refusal.reason
    return address, Refusal.SECTION if _is_home(link.url) else None


def _is_home(url: str) -> bool:
    parts = urlsplit(url)
    return parts.path in ("", "/") and not parts.query


def _title(text: str) -> str:
    """The page's own words for what it is: its title, else its beginning."""
    match = _TITLE.search(text[:100_000])
    return " ".join(unescape(match[1]).split()) if match else " ".join(text[:200].split())[:80]


def _json(text: str) -> object:
    try:
        answer, end = json.JSONDecoder(strict=False).raw_decode(text)
    except (ValueError, RecursionError) as error:
        raise Discard(Refusal.UNREADABLE, f"broken JSON: {error}") from None
    rest = text[end:].strip()
    if rest not in ("", ")", ");", ";") and not rest.startswith("<!--"):
        raise Discard(Refusal.UNREADABLE, "broken JSON: something stands behind it")
    return answer
