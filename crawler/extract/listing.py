"""Pages of a site that list stories and are none: home, sections, topics, results of a search.

Told only where no layout of the site matched: by what the page lists against what it says, and by the absence of
everything that describes one article.
"""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.extract.by_layout import Parts
from crawler.extract.density import ancestors
from crawler.extract.linked_data import describes_article
from crawler.extract.page import Page, tidy

_STORIES = 5  # links to stories that make a list
_WORDS = 5  # of a headline
_LINKS = 2000  # links that are looked at
_SAPO = 300  # characters beside each story of a list
_OPENING = 200  # characters of a heading above a list
_OWN_LINE = 0.7  # of the text around a link that is the link's, where it is no link inside a sentence
_HOME = re.compile(r"/?(?:(?:index|default|home|trang-?chu)(?:\.\w{2,5})?)?/?", re.I)
_STATED = ("article:published_time", "datepublished", "article:published", "pubdate")


def is_listing(page: Page, parts: Parts | None) -> bool:
    """Whether a page lists stories rather than being one; `parts` are what the generic reading took for an article."""
    if _is_described(page):
        return False
    if parts is not None and parts.headline is not None and _leads_away(page, parts.headline):
        return True
    if parts is not None and parts.times and parts.times_certain and not _is_home(page):
        return False
    body = parts.roots[0] if parts else None
    titles = _stories(page, page.tree)
    if len(titles) < _STORIES:
        return False
    if body is None or _is_home(page):
        return True
    running, inside = _running(body), _stories(page, body)
    if sum(map(len, titles)) > running:
        return True
    # A container that begins with a story and holds a sapo for each; a text begins with its own words.
    few = len(inside) < _STORIES or running > _SAPO * len(inside)
    return not few and 0 <= tidy(body.text()).find(inside[0]) < _OPENING


def _is_described(page: Page) -> bool:
    """Whether linked data or metadata say that the page is one article, and when it was published."""
    return describes_article(page.news) or page.meta_first(*_STATED) is not None


def _is_home(page: Page) -> bool:
    parts = urlsplit(page.url)
    return not parts.query and _HOME.fullmatch(parts.path) is not None


def _leads_away(page: Page, headline: LexborNode) -> bool:
    """Whether a headline is the link of another page, as in a card."""
    text = tidy(headline.text())
    if text in (page.meta_first("og:title") or page.text(("title",))):
        return False
    links = [*headline.css("a"), *(holder for holder in ancestors(headline, 2) if holder.tag == "a")]
    return any(_is_elsewhere(page, link) and len(tidy(link.text())) >= _OWN_LINE * len(text) for link in links)


def _is_elsewhere(page: Page, link: LexborNode) -> bool:
    address = page.absolute(link.attributes.get("href"))
    if address is None or not address.startswith("http"):
        return False
    there, here = urlsplit(address), urlsplit(page.url)
    return (there.path.rstrip("/"), there.query) != (here.path.rstrip("/"), here.query) and len(there.path) > 1


def _stories(page: Page, scope: LexborHTMLParser | LexborNode) -> list[str]:
    """The headlines that link to other pages and stand on lines of their own, each address once."""
    found: dict[str, str] = {}
    for link in scope.css("a[href]")[:_LINKS]:
        text = tidy(link.text())
        if len(text.split()) < _WORDS or not _is_elsewhere(page, link):
            continue
        around = link.parent
        if around is not None and around.tag == "p" and len(text) < _OWN_LINE * len(tidy(around.text())):
            continue
        found.setdefault(urljoin(page.url, link.attributes.get("href") or ""), text)
    return list(found.values())


def _running(body: LexborNode) -> int:
    """Characters of a container that are no link's."""
    return len(tidy(body.text())) - sum(len(tidy(link.text())) for link in body.css("a"))
