"""Under which address a page is stored: the one that it names as its own, if that cannot be another article's, or the
one under which the article with its number is stored already."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import Connection

from crawler.items import Article
from crawler.sites import Site, article_number, canonical, same_article
from crawler.store import subjects
from crawler.store.articles import numbered
from crawler.store.frontier import may_lead
from crawler.store.subjects import hold

_NUMBER = re.compile(r"(\d{4,})(?:\.\w+)?/?$", re.A)


def number(url: str) -> str | None:
    """The number at the end of an article's address, by which every family of sites knows its articles."""
    match = _NUMBER.search(urlsplit(url).path)
    return match[1] if match else None


def subjects_of_addresses(article: Article, link: str, site: Site) -> Iterator[int]:
    """What is decided about by `under_its_address`: the addresses that may be the article's, and its number."""
    for url in (article.canonical_url, link, canonical(article.url, site)):
        yield subjects.page(url)
        if (own := article_number(url, site)) is not None:
            yield subjects.number(site.name, own)


def under_its_address(connection: Connection, article: Article, link: str, site: Site, at: datetime) -> Article:
    """The article, fetched at `at`, under the address that it names as its own, or else under that which answered.

    Asked within the transaction that stores it, which holds `subjects_of_addresses`.

    Pages of some sites all name one address, and would be taken for edits of the first of them. So the address must
    end in the same number as `link`, the one that was asked (only the words before it were edited), or be the one where
    the server led us, or be one that no source and no other page has named: `may_lead` knows.

    Where the number names the article (`article_number`), what is stored under another address with the same number,
    and was published at the same time, is this article before its headline was edited, and keeps its address.
    """
    hold(connection, subjects_of_addresses(article, link, site))
    named = article.canonical_url
    if named != link and named != (asked := canonical(article.url, site)):
        alike = number(named) in {number(asked), number(link)} - {None}
        if not (alike or may_lead(connection, link, named)):
            named = asked
    if (own := article_number(named, site)) is not None:
        others = numbered(connection, article, own, at)
        if named not in others:
            named = next((other for other in others if same_article(other, named, site)), named)
    return article if named == article.canonical_url else replace(article, canonical_url=named)
