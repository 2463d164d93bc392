"""A page as lexbor parsed it: the tree, its metadata and its linked data."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.extract.linked_data import Thing, own_article, things
from crawler.sites import Css
from crawler.text import nfc, unescape

# Lone surrogates, which JSON can name, are no characters: no file and no database takes them.
_INVISIBLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ud800-\udfff]"
)


_VALUES = 20  # of a list in the linked data
_PLAIN_URL = re.compile(r"https?://[a-z0-9.-]+/[\w/.-]+", re.ASCII)  # absolute, with nothing to resolve in it
_ENTITY = re.compile(r"&(?:#\d{2,6}|#x[0-9a-f]{2,5}|[a-z]{2,8}\d?);", re.I)
_MARKUP = re.compile(r"</?(?:p|br|b|i|u|em|strong|span|div|a|font|sup|sub)\b[^<>]{0,200}>", re.I)
# Markup at work in a text, and none that an article writes of: round words, or between two lines without a blank.
_AT_WORK = re.compile(r"<(p|b|i|u|em|strong|span|div|a|font)\b[^<>]{0,200}>[^<>\s][^<>]+</\1>|\S<br ?/?>\S", re.I)


def tidy(text: str | None) -> str:
    """`text` in NFC, white space collapsed, invisible characters gone, entities and tags that were escaped twice read.

    "" for None.
    """
    if not text:
        return ""
    if ("&" in text and _is_escaped(text)) or ("<" in text and _AT_WORK.search(text)):
        text = _MARKUP.sub(" ", unescape(unescape(text)))
    text = text.strip()
    if not text.isprintable() or "  " in text:  # more than words with a blank between them
        text = " ".join(text.split())
        if not text.isprintable():
            text = _INVISIBLE.sub("", text).strip()
    return nfc(text)


def _is_escaped(text: str) -> bool:
    """Whether entities stand where characters should; one lone blank may be the writer's slip and stays as written."""
    found = _ENTITY.findall(text)
    return len(found) > 1 or bool(found and found[0].lower() != "&nbsp;")


class Page:
    """One parsed page; `url` resolves its relative addresses."""

    def __init__(self, markup: bytes | str, url: str) -> None:
        self.url = url
        self.tree = LexborHTMLParser(markup)

    def first(self, selectors: Css, scope: LexborNode | None = None) -> LexborNode | None:
        """The first element with text, or with content, among the matches of the first selector that has one."""
        top = scope or self.tree
        for css in selectors:
            node = top.css_first(css)
            if node is not None and not says(node):
                node = next((other for other in top.css(css) if says(other)), None)
            if node is not None:
                return node
        return None

    def text(self, selectors: Css) -> str:
        """Text of `first`, "" when there is none."""
        node = self.first(selectors)
        return tidy(node.text()) if node is not None else ""

    def texts(self, selectors: Css, scope: LexborNode | None = None) -> list[str]:
        """Texts of all matches of the first selector that has any, in the page's body if no `scope` is given."""
        for css in selectors:
            nodes = (scope or self.tree.body or self.tree).css(css)
            found = [text for node in nodes if (text := tidy(node.text(separator=" ")))]
            if found:
                return found
        return []

    @cached_property
    def _stated(self) -> tuple[dict[str, list[str]], list[str]]:
        """Contents of the `meta` elements by what they are of, and the scripts of linked data, found in one walk."""
        found: dict[str, list[str]] = {}
        scripts: list[str] = []
        for node in self.tree.css('meta[content], script[type*="ld+json" i]'):
            if node.tag == "script":
                scripts.append(node.text())
                continue
            attributes = node.attributes
            key = attributes.get("property") or attributes.get("name") or attributes.get("itemprop")
            if key and (content := attributes.get("content")):
                found.setdefault(key.lower(), []).append(content)
        return found, scripts

    def meta(self, *keys: str) -> list[str]:
        """Contents of the `meta` elements whose property, name or itemprop is one of the lower-case `keys`, by key."""
        stated = self._stated[0]
        return [text for key in keys for content in stated.get(key, ()) if (text := tidy(content))]

    def meta_like(self, name: re.Pattern[str]) -> list[str]:
        """Contents of the `meta` elements with a lower-case property, name or itemprop in which `name` is found."""
        return self.meta(*filter(name.search, self._stated[0]))

    def meta_first(self, *keys: str) -> str | None:
        """The first content of the first key that the page has."""
        return next(iter(self.meta(*keys)), None)

    @cached_property
    def linked_data(self) -> list[Thing]:
        """Every JSON-LD object of the page; see `linked_data.things`."""
        return [thing for script in self._stated[1] for thing in things(script)]

    @cached_property
    def news(self) -> Thing:
        """The JSON-LD object that describes the article; {} when there is none."""
        if not self.linked_data:
            return {}
        link = self.tree.css_first("link[rel=canonical]")
        addresses = [self.url, (link.attributes.get("href") if link is not None else "") or "", *self.meta("og:url")]
        return own_article(self.linked_data, addresses, self._titles())

    def _titles(self) -> Iterator[str]:
        """The headlines by which the linked data may be known, which few pages are asked for."""
        titles = [*self.meta("og:title", "twitter:title"), self.text(("title",))]
        yield from [title for title in titles if title] or self.texts(("h1",))

    def absolute(self, address: str | None) -> str | None:
        """`address` resolved against the page; None when it is none of the web."""
        if not address or address.startswith(("data:", "javascript:", "about:", "#")):
            return None
        if _PLAIN_URL.fullmatch(address):
            return address
        try:
            return urljoin(self.url, address.strip())
        except ValueError:
            return None


def says(node: LexborNode) -> bool:
    """Whether an element holds text, or states something in an attribute."""
    return bool(node.text().strip()) or bool(node.attributes.get("content") or node.attributes.get("datetime"))


def plain(value: object) -> str:
    """A JSON-LD string as a reader would see it: however often it was escaped, unescaped.

    Of a list its first string; of an object that tells a language or type, its `@value`.
    """
    if isinstance(value, list):
        return next((text for one in value[:_VALUES] if not isinstance(one, list) and (text := plain(one))), "")
    if isinstance(value, dict):
        value = value.get("@value")
    text = value if isinstance(value, str) else ""
    for _ in range(3):
        if "&" not in text:
            break
        text = unescape(text)
    return tidy(text)
