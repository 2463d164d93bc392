"""Under which address a page is stored: the one that it names as its own, if that cannot be another article's."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlsplit

from crawler.items import Article
from crawler.sites import Site, canonical

_NUMBER = re.compile(r"(\d{4,})(?:\.\w+)?/?$", re.A)


def number(url: str) -> str | None:
    """The number at the end of an article's address, by which every family of sites knows its articles."""
    match = _NUMBER.search(urlsplit(url).path)
    return match[1] if match else None


def under_its_address(article: Article, link: str, site: Site, may_lead: Callable[[str, str], bool]) -> Article:
    """The article under the address that it names as its own, or else under that which answered.

    Pages of some sites all name one address, and would be taken for edits of the first of them. So the address must
    end in the same number as `link`, the one that was asked (only the words before it were edited), or be the one where
    the server led us, or be one that no source and no other page has named: `may_lead` knows.
    """
    asked, named = canonical(article.url, site), article.canonical_url
    if named == asked or number(named) in {number(asked), number(link)} - {None} or may_lead(link, named):
        return article
    return replace(article, canonical_url=asked)
