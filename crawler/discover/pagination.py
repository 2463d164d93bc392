"""The next page of a listing, where the page names it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborNode

from crawler.discover.listings import ListingPage
from crawler.sites import Listing, absolute

_DECLARED = (
    "link[rel=next], a[rel=next], a.next, a.next-page, a.btn-next-page, li.next > a, li.next-page > a,"
    " a[aria-label=Next], .grNextPage a, .pagination .active + li a, .CurrentPage + a"
)
_PAGERS = (
    "[class*=pag], [id*=pag], [class*=Pag], [id*=Pag], [class*=phan-trang], [class*=phantrang], [class*=trang-so],"
    " [class*=so-trang]"
)
_LARGEST = 60  # anchors; what holds more is no pager
_ACTIVE = ".active, .current, .selected, .CurrentPage, [aria-current]"
_NUMBER = re.compile(r"\d{1,6}")
_NEXT_WORDS = re.compile(r"(?:trang (?:sau|tiếp|kế)|tiếp|sau|next|kế tiếp)(?: theo)?\W*|[>›»]{1,2}", re.IGNORECASE)
_MORE_WORDS = re.compile(r"(?:xem|tải) thêm\W*|trang (?:sau|tiếp|kế)(?: theo)?\W*", re.IGNORECASE)


def next_page(page: ListingPage, source: Listing | None) -> str | None:
    """Address of the page that follows, on the same host; None when the list ends or only a script goes on.

    `source.pages` rules; then rel=next and the like, the number after the current one, and the pager's words.
    """
    if source and source.pages:
        node = page.tree.css_first("#hdZoneId[value]")
        return counted(page.url, source, node.attributes.get("value") if node else None) if page.links else None
    declared = (_target(node, page) for node in page.tree.css(_DECLARED))
    return next(filter(None, declared), None) or _numbered(page) or _worded(page)


def counted(url: str, source: Listing, zone: str | None = None) -> str | None:
    """The address that `source.pages` makes of the number after that of `url`, a first page unless the pattern fits.

    `zone` is what the page says of itself; None when the pattern needs one and neither page nor address has it.
    """
    pattern = urljoin(source.url, source.pages)
    number = source.first
    expression = re.escape(pattern).replace(r"\{n\}", "(?P<n>[0-9]{1,6})").replace(r"\{zone\}", "(?P<zone>[^/]+)")
    if (match := re.fullmatch(expression, url)) and url != source.url:
        number, zone = int(match["n"]) + 1, match.groupdict().get("zone")
    if "{zone}" in pattern and not zone:
        return None
    return pattern.replace("{n}", str(number)).replace("{zone}", zone or "")


def _numbered(page: ListingPage) -> str | None:
    """The anchor of a pager that reads one more than the current page: the marked, the unlinked, else the first."""
    for pager, anchors in _pagers(page):
        numbers = {text: anchor for anchor in anchors if _NUMBER.fullmatch(text := _text(anchor))}
        if not numbers:
            continue
        marked = [text for node in pager.css(_ACTIVE) if _NUMBER.fullmatch(text := _text(node))]
        here = [
            text for text, anchor in numbers.items() if absolute(anchor.attributes.get("href"), page.base) == page.url
        ]
        unlinked = [
            text
            for node in pager.css("span, strong, b, li")
            if not node.css_first("a") and _NUMBER.fullmatch(text := _text(node))
        ]
        current = int((marked or here or unlinked or ["1"])[0])
        following = numbers.get(str(current + 1))
        if following and (address := _target(following, page)):
            return address
    return None


def _worded(page: ListingPage) -> str | None:
    """An anchor that says "next" in a pager, or "more" and leads to an address that continues this one."""
    for _, anchors in _pagers(page):
        for anchor in anchors:
            if _NEXT_WORDS.fullmatch(_text(anchor)) and (address := _target(anchor, page)):
                return address
    stem = page.url.partition("?")[0].rstrip("/").rpartition(".htm")[0] or page.url.partition("?")[0].rstrip("/")
    for anchor in page.tree.css("a[href]"):
        if _MORE_WORDS.fullmatch(_text(anchor)) and (address := _target(anchor, page)) and address.startswith(stem):
            return address
    return None


def _pagers(page: ListingPage) -> Iterator[tuple[LexborNode, list[LexborNode]]]:
    for pager in page.tree.css(_PAGERS)[:_LARGEST]:
        anchors = pager.css("a[href]")
        if len(anchors) <= _LARGEST:
            yield pager, anchors


def _text(node: LexborNode) -> str:
    return " ".join(node.text().split())


def _target(node: LexborNode, page: ListingPage) -> str | None:
    address = absolute(node.attributes.get("href"), page.base)
    if not address or address == page.url or urlsplit(address).hostname != urlsplit(page.url).hostname:
        return None
    return None if address in page.addresses else address
