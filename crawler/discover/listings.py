"""Articles of a listing page: each once, in page order, with the title and the time that its item shows.

Elements hold one another's text, so that reading each one's may take the square of the page: what is known to be too
long is not read again, and a page has a limit of what is read in all (`Texts`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.discover import article_links
from crawler.errors import Discard
from crawler.items import Link
from crawler.sites import Listing, Site, absolute, canonical, judge
from crawler.text import nfc, parse_date

_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_MENUS = (
    "nav", "footer", ".nav", ".navbar", ".menu", "#menu", ".main-menu", ".mega-menu", ".megamenu", ".dropdown-menu",
    ".breadcrumb",
)  # fmt: skip
_IN_MENUS = ", ".join(f"{menu} a[href]" for menu in _MENUS)
_MOST_ANCHORS = 10_000  # of a page; the longest home pages have a thousand
_FILE_NAME = re.compile(r"\S+\.(?:jpe?g|png|gif|webp)", re.IGNORECASE)
_TIMES = "time, [datetime], [data-publishtime], [data-time], [class*=time], [class*=date]"
_TIME_ATTRIBUTES = ("datetime", "data-publishtime", "data-time", "title")
_DAY = re.compile(r"[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{4}|[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LONGEST_TIME = 60  # characters; a date in a longer text is part of what the text tells
_ITEM_DEPTH = 6  # elements between a time and the item that it belongs to
_ITEM_LENGTH = 1500  # characters of the longest item; what is longer is an article or a whole list
_MOST_TIMES = 1000  # of a page; no list shows more
MOST_TEXT = 20_000_000
"""Characters read of one page, each as often as it is read; real pages stay below a million."""


@dataclass(slots=True)
class Candidate:
    """An address of the page with all the anchors that lead to it."""

    url: str
    """As the first of them writes it."""
    canonical_url: str
    anchors: list[LexborNode] = field(default_factory=list)
    headline: str = ""
    """Longest text of an anchor that is or holds a heading."""
    text: str = ""
    """Longest text of any anchor."""
    label: str = ""
    """Longest title attribute, or alternative text of the picture that is linked."""
    in_menu: bool = True
    """Every anchor stands in a menu or footer."""

    @property
    def title(self) -> str:
        """What a reader would take for the headline; empty when there is no text at all."""
        if len(self.headline.split()) > 1 or (self.headline and not self.label):
            return self.headline
        return self.label if len(self.label.split()) > 2 else self.text or self.label


@dataclass(frozen=True, slots=True)
class ListingPage:
    """A listing page once parsed."""

    url: str
    tree: LexborHTMLParser
    text: str
    """Its source, scripts included."""
    base: str
    """What relative addresses are resolved against."""
    links: tuple[Link, ...]
    addresses: frozenset[str]
    """Those of `links`."""


class Texts:
    """The texts of one page's elements, up to `MOST_TEXT` in all."""

    def __init__(self) -> None:
        self._left = MOST_TEXT

    def of(self, node: LexborNode, separator: str = "") -> str | None:
        """All text under `node`; None when the page has taken too much reading already."""
        if self._left <= 0:
            return None
        text = node.text(separator=separator)
        self._left -= len(text)
        return text


def read(text: str, url: str, site: Site | None, source: Listing | None) -> ListingPage:
    """The articles of a page or fragment. With `site`, its rules say which links are articles, and `source.links` where
    to look; without, `crawler.discover.article_links` infers them. Links without any text do not count."""
    tree = LexborHTMLParser(text)
    tree.strip_tags(["script", "style", "template", "noscript"])
    node = tree.css_first("base[href]")
    base = absolute(node.attributes.get("href") if node else None, url) or url
    texts = Texts()
    candidates = [item for item in _candidates(tree, base, site, source, texts) if item.title]
    if site is None:
        candidates = article_links.articles(candidates, url)
    owners = {anchor.mem_id: item.url for item in candidates for anchor in item.anchors}
    shown = _times(tree, owners, texts)
    links = (
        Link(item.url, title=item.title, published_at=shown.get(item.url), canonical_url=item.canonical_url)
        for item in candidates
    )
    return ListingPage(url, tree, text, base, tuple(links), frozenset(owners.values()))


def _candidates(
    tree: LexborHTMLParser, base: str, site: Site | None, source: Listing | None, texts: Texts
) -> Iterable[Candidate]:
    menu = {anchor.mem_id for anchor in tree.css(_IN_MENUS)}
    found: dict[str, Candidate] = {}
    keys: dict[str, str | None] = {}
    for anchor in islice(_anchors(tree, source), _MOST_ANCHORS):
        href = anchor.attributes.get("href") or ""
        if href not in keys:
            keys[href] = _key(href, base, site)
        if not (key := keys[href]):
            continue
        if key not in found:
            found[key] = Candidate(absolute(href, base) or href, key)
        item = found[key]
        item.anchors.append(anchor)
        item.in_menu = item.in_menu and anchor.mem_id in menu
        words, heading = _words(anchor, texts)
        item.text = max(item.text, words, key=len)
        if heading:
            item.headline = max(item.headline, words, key=len)
        item.label = max(item.label, _label(anchor), key=len)
    return found.values()


def _anchors(tree: LexborHTMLParser, source: Listing | None) -> Iterator[LexborNode]:
    for node in tree.css((source and source.links) or "a[href]"):
        yield from [node] if node.tag == "a" else node.css("a[href]")


def _key(href: str, base: str, site: Site | None) -> str | None:
    """What is the same for all links to one article; None for a link that is none."""
    address = absolute(href, base)
    if address is None:
        return None
    if site is not None:
        verdict = judge(address, site)
        return None if verdict.refused else verdict.canonical_url
    try:
        return canonical(address)
    except Discard:
        return None


def _words(anchor: LexborNode, texts: Texts) -> tuple[str, bool]:
    """The text of an anchor and whether it is a headline: inside a heading, around one, or called a title."""
    if inner := anchor.css_first("h1, h2, h3, h4, h5, h6"):
        return _plain(texts.of(inner)), True
    # Inline parts split words, block parts separate them.
    text = _plain(texts.of(anchor, " " if anchor.css_first("p, div, br, li") else ""))
    node: LexborNode | None = anchor
    for _ in range(3):
        if node is None or node.tag == "body":
            break
        if node.tag in _HEADINGS or "title" in (node.attributes.get("class") or ""):
            return text, True
        node = node.parent
    return text, False


def _label(anchor: LexborNode) -> str:
    picture = anchor.css_first("img[alt], img[title]")
    attributes = picture.attributes if picture else {}
    label = anchor.attributes.get("title") or attributes.get("alt") or attributes.get("title")
    return "" if not label or _FILE_NAME.fullmatch(label) else _plain(label)


def _plain(text: str | None) -> str:
    return nfc(" ".join((text or "").split()))


def _times(tree: LexborHTMLParser, owners: Mapping[int, str], texts: Texts) -> dict[str, datetime]:
    """Times by address; `owners` has the address of each article's anchors by their `mem_id`.

    A time belongs to the smallest element around it that leads to articles, if to one only.
    """
    found: dict[str, datetime] = {}
    led: dict[int, tuple[str, ...] | None] = {}
    for node, at in islice(_shown(tree, texts), _MOST_TIMES):
        scope: LexborNode | None = node
        for depth in range(_ITEM_DEPTH):
            if scope is None or scope.tag == "body":
                break
            if scope.mem_id not in led:
                led[scope.mem_id] = _led_to(scope, owners, texts)
            urls = led[scope.mem_id]
            if urls and (len(urls) == 1 or depth == 0):
                found.setdefault(urls[0], at)
            if urls is None or urls:
                break
            scope = scope.parent
    return found


def _led_to(scope: LexborNode, owners: Mapping[int, str], texts: Texts) -> tuple[str, ...] | None:
    """The addresses of the articles that `scope` leads to, each once; None when it is too long for an item."""
    text = texts.of(scope)
    if text is None or len(text) > _ITEM_LENGTH:
        return None
    return tuple({owners[a.mem_id]: None for a in (scope, *scope.css("a[href]")) if a.mem_id in owners})


def _shown(tree: LexborHTMLParser, texts: Texts) -> Iterator[tuple[LexborNode, datetime]]:
    for node in tree.css(_TIMES):
        written = [node.attributes.get(name) for name in _TIME_ATTRIBUTES]
        if not node.css_first("a[href]"):
            written.append(texts.of(node))
        moments = (parse_date(text) for text in written if text and len(text) <= _LONGEST_TIME)
        if moment := next(filter(None, moments), None):
            yield node, moment.at
    if tree.body is None:
        return
    for node in tree.body.traverse(include_text=True):
        if node.tag != "-text" or node.parent is None or node.parent.tag == "a":
            continue
        text = node.text()
        if len(text) <= _LONGEST_TIME and _DAY.search(text) and (moment := parse_date(text)):
            yield node.parent, moment.at
