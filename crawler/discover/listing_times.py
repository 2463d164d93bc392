"""The times that a listing shows beside its articles.

Elements hold one another's text, so that reading each one's may take the square of the page: what is known to be too
long is not read again, and a page has a limit of what is read in all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import islice

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.text.dates import parse as parse_date

_TIMES = "time, [datetime], [data-publishtime], [data-time], [class*=time], [class*=date]"
_TIME_ATTRIBUTES = ("datetime", "data-publishtime", "data-time", "title")
_DAY = re.compile(r"[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{4}|[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LONGEST_TIME = 60  # characters; a date in a longer text is part of what the text tells
_ITEM_DEPTH = 6  # elements between a time and the item that it belongs to
_ITEM_LENGTH = 1500  # characters of the longest item; what is longer is an article or a whole list
_MOST_TIMES = 1000  # of a page; no list shows more
MOST_TEXT = 20_000_000
"""Characters read of one page, each as often as it is read; real pages stay below a million."""


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


def times(tree: LexborHTMLParser, owners: Mapping[int, str], texts: Texts) -> dict[str, datetime]:
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
