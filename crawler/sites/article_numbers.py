"""The number that names an article, on sites whose addresses end in one: the words before it may be edited.

Which sites these are, their own description says: an alternative of `Site.article` that ends in a number, such as
`-post\\d+\\.html$` or `-\\d{6,20}\\.htm$`, is the address of an article that the site knows by that number.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import urlsplit

from crawler.sites.site import Site

_DIGITS = r"\\d(?:\+|\{\d+(?:,\d*)?\})"
# As patterns are written: a number, then at most the mark of a further page and an ending.
_ENDS_IN_NUMBER = re.compile(_DIGITS + r"(?:\(\?:-p\\d\+\)\?)?(?:\\\.[\w\[\]\\?]+|\(\?:\\\.\w+\)\??|/\??)*\$\Z")
_NUMBER = re.compile(r"[-/]([A-Za-z]{0,8})(\d+)(?:\.\w+)?/?\Z", re.ASCII)
_FURTHER_PAGE = re.compile(r"-\d+-p\d+(?:\.\w+)?/?\Z", re.ASCII)  # of an article on several: another text, same number
_LEAST = 5  # digits of a number that no letters mark: a year, which many slugs end in, has four


def article_number(url: str, site: Site) -> str | None:
    """The number by which `site` knows the article at a canonical address, with the letters that mark it ("post901").

    None where the address carries none, or where the pattern that takes it does not end in a number.
    """
    path = urlsplit(url).path
    found = _NUMBER.search(path)
    if found is None or (not found[1] and len(found[2]) < _LEAST) or _FURTHER_PAGE.search(path):
        return None
    if not any(pattern.search(path) for pattern in _numbered(site.article)):
        return None
    return found[1].lower() + found[2]


def same_article(one: str, other: str, site: Site) -> bool:
    """Whether two canonical addresses of a site are those of one article: equal, or alike but for the words before its
    number."""
    if one == other:
        return True
    number = article_number(one, site)
    return number is not None and number == article_number(other, site) and _host(one) == _host(other)


def _host(url: str) -> str | None:
    return urlsplit(url).hostname


@lru_cache(512)
def _numbered(pattern: str) -> tuple[re.Pattern[str], ...]:
    """The alternatives of a site's pattern that end in a number."""
    flags = re.IGNORECASE if pattern.startswith("(?i)") else re.NOFLAG
    parts = alternatives(pattern.removeprefix("(?i)"))
    return tuple(re.compile(part, flags) for part in parts if _ENDS_IN_NUMBER.search(part))


def alternatives(pattern: str) -> list[str]:
    """The alternatives of a regular expression, those inside groups and sets left whole."""
    parts, depth, in_set, begin, at = [], 0, False, 0, 0
    while at < len(pattern):
        sign = pattern[at]
        if sign == "\\":
            at += 1
        elif in_set:
            in_set = sign != "]"
        elif sign == "[":
            in_set = True
        elif sign in "()":
            depth += 1 if sign == "(" else -1
        elif sign == "|" and depth == 0:
            parts.append(pattern[begin:at])
            begin = at + 1
        at += 1
    return [*parts, pattern[begin:]]
