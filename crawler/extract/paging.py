"""An article on several pages: the address of its next page, and its pages as one article.

A page says that it goes on by a link with rel=next (HTML standard, 4.6.7.13) or by a row of numbers. Both are also used
for the next story and for lists, so only an address counts that is the page's own with the next number in it.
"""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import parse_qsl, unquote, urlsplit

from selectolax.lexbor import LexborNode

from crawler.extract.page import Page, tidy
from crawler.items import Article
from crawler.text import content_hash, documents

MOST_PAGES = 20
"""Pages of one article that are read; real ones have a handful."""
_LINKS = "a[rel~=next], link[rel~=next], [class*=pag i] a, [class*=phan-trang i] a, [class*=phantrang i] a"
_MOST_LINKS = 60  # that are looked at
_ABOVE = 5  # containers above a link that may say whose pages it leads to
_PARAMETERS = frozenset(("page", "trang", "p", "pg", "paged", "pageindex", "pageno"))
_IN_PATH = re.compile(r"[-_/](?:page|trang|p)[-_/]?(\d{1,2})(?=(?:\.\w{2,5})?/?$)|/(\d{1,2})/?$", re.I)
_OTHERS = re.compile(r"comment|binh-?luan|relat|lien-?quan|gallery|slide", re.I)
_SHORT = 40  # characters; a shorter line may stand in an article twice


def page_number(url: str) -> tuple[str, int]:
    """An address without the number of its page, and that number: ("…/a.htm", 2) for "…/a.htm?page=2"."""
    parts = urlsplit(url)
    number, query = 1, []
    for name, value in parse_qsl(parts.query, keep_blank_values=True):
        if name.lower() in _PARAMETERS and value.isdecimal() and len(value) < 3:
            number = int(value)
        else:
            query.append((name, value))
    path = parts.path
    if number == 1 and (found := _IN_PATH.search(path)):
        number = int(found[1] or found[2])
        path = path[: found.start()] + path[found.end() :].rstrip("/")
    return f"{(parts.hostname or '').removeprefix('www.')}{path.rstrip('/')}?{sorted(query)}", number


def next_page(page: Page) -> str | None:
    """The address of the next page of the article on `page`; None when it does not go on."""
    links = page.tree.css(_LINKS)[:_MOST_LINKS]
    if not links:
        return None
    own, number = page_number(page.url)
    following, stem = str(number + 1), _stem(own)
    for link in links:
        written = link.attributes.get("href") or ""
        # Most links are of other stories, and are known for that before they are taken apart.
        if following not in written or not (stem in unquote(written) or written.lstrip().startswith("?")):
            continue
        address = page.absolute(written)
        if address and page_number(address) == (own, number + 1) and not _is_of_others(link):
            return address
    return None


def _stem(own: str) -> str:
    """The words of the last segment of an address, which every page of the article has in its own."""
    path = own.partition("?")[0]
    return unquote(path.rpartition("/")[2].partition(".")[0])


def _is_of_others(link: LexborNode) -> bool:
    """Whether a link turns the pages of comments or pictures."""
    above = link.parent
    for _ in range(_ABOVE):
        if above is None:
            return False
        attributes = above.attributes
        if _OTHERS.search(f"{attributes.get('class') or ''} {attributes.get('id') or ''}"):
            return True
        above = above.parent
    return False


def join(first: Article, following: Article) -> Article | None:
    """`first` with the text, pictures, authors and credit of the page that follows; None when that adds no text.

    What the head of the next page repeats stands once.
    """
    have = {tidy(line) for line in (first.title, first.lead or "", *first.body.split("\n"))}
    lines = [following.lead, *following.body.split("\n")] if following.lead else following.body.split("\n")
    new = [line for line in lines if line not in have or (len(line) < _SHORT and line != first.title)]
    if not any(len(line) >= _SHORT for line in new):
        return None
    body = "\n".join((first.body, *new))
    images = {image.url: image for image in (*following.images, *first.images)}
    own = dict.fromkeys(image.url for image in (*first.images, *following.images))
    return replace(
        first,
        body=body,
        authors=first.authors or following.authors,
        credit=first.credit or following.credit,
        images=tuple(images[url] for url in own),
        documents=documents("\n".join(filter(None, (first.lead, body)))),
        content_hash=content_hash(first.lead, body),
    )
