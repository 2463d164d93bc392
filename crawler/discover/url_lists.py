"""Sitemaps that are plain text: an address a line (sitemaps.org, "Sitemap file formats")."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from crawler.discover.xml import LIMIT
from crawler.errors import Refusal
from crawler.items import Link
from crawler.sites import absolute, is_web, written

_LOOKED_AT = 20  # lines that tell what the text is
_LONGEST = 4096  # characters of a line that may have columns
# What parts an address from another or from columns behind it: a date, a number, a word of the protocol.
_COLUMN = re.compile(
    r"\t+|[\"']?(?: {1,9}| {0,9}[,;|] {0,9})[\"']?(?=https?://|[0-9]{4}-[0-9]{2}|[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}|[01]?\.[0-9]"
    r"|(?:priority|lastmod|changefreq)\b|(?:always|hourly|daily|weekly|monthly|yearly|never)\b)",
    re.IGNORECASE,
)


def is_list(text: str) -> bool:
    """Whether the first lines of `text` are addresses of the web, but for comments, what is left blank and fewer
    others: the name of a column, a slip. Markup is none."""
    head = list(islice(_lines(text[:65536]), _LOOKED_AT))
    found = sum(is_web(line) and " " not in line for line in head)
    return len(head) < 2 * found and not any("<" in line for line in head)


def links(text: str, url: str, *, https: bool = False) -> Iterator[Link]:
    """The lines in their order, what is no address refused; behind `LIMIT` lines nothing is read."""
    for line in islice(_lines(text), LIMIT):
        address = absolute(line, url, https=https) if is_web(line) else None
        yield Link(address or line, refused=None if address else Refusal.BAD_URL)


def _lines(text: str) -> Iterator[str]:
    for line in text.splitlines():
        first, *further = _COLUMN.split(line.strip()) if len(line) <= _LONGEST else (line,)
        address = written(first.strip("\"'"))
        if not is_web(address):
            address, further = written(line), []
        if address and not address.startswith("#"):
            yield address
            yield from (other for part in further if is_web(other := written(part.strip("\"'"))))
