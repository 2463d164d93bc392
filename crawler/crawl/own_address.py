"""Under which address a page is stored: the one that it names as its own, if that cannot be another article's, or the
one under which the article with its number is stored already."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol
from urllib.parse import urlsplit

from crawler.items import Article
from crawler.sites import Site, article_number, canonical, same_article
from crawler.store import Store
from crawler.store.articles import SAME_NEWS

_FEW = 10  # articles of a run that ask the store one by one
_RECENT = timedelta(days=30)
_NUMBER = re.compile(r"(\d{4,})(?:\.\w+)?/?$", re.A)


def number(url: str) -> str | None:
    """The number at the end of an article's address, by which every family of sites knows its articles."""
    match = _NUMBER.search(urlsplit(url).path)
    return match[1] if match else None


class Addresses(Protocol):
    """What the store knows of addresses."""

    def may_lead(self, link: str, page: str) -> bool:
        """Whether what `link` gives may be stored under `page`."""
        ...

    def numbered(self, article: Article, number: str, at: datetime) -> list[str]:
        """Addresses under which articles of the site are stored that may bear this number."""
        ...


class RunAddresses:
    """What the store knows of addresses, for a run at one site that reads many articles.

    The recent ones are read once, since a question for every article costs a twentieth of the run. What another
    process stores meanwhile is seen by the next run.
    """

    def __init__(self, store: Store, site: Site) -> None:
        self.may_lead = store.may_lead
        self._store, self._site = store, site
        self._asked = 0
        self._since: datetime | None = None
        self._recent: dict[str, list[tuple[str, datetime]]] = {}

    def numbered(self, article: Article, number: str, at: datetime) -> list[str]:
        """As `Store.numbered`, what this run has stored before included."""
        when = article.published_at or at
        self._asked += 1
        if self._asked > _FEW and self._since is None:
            self._since = at - _RECENT
            for address, then in self._store.addresses(self._site.name, self._since):
                self._add(address, then)
        if self._since is None or when - SAME_NEWS < self._since:
            return self._store.numbered(article, number, at)
        found = [address for address, then in self._recent.get(number, ()) if abs(then - when) <= SAME_NEWS]
        if not found:
            self._add(article.canonical_url, when)
        return found

    def _add(self, address: str, at: datetime) -> None:
        if (number := article_number(address, self._site)) is not None:
            self._recent.setdefault(number, []).append((address, at))


def under_its_address(article: Article, link: str, site: Site, known: Addresses, at: datetime) -> Article:
    """The article under the address that it names as its own, or else under that which answered.

    Pages of some sites all name one address, and would be taken for edits of the first of them. So the address must
    end in the same number as `link`, the one that was asked (only the words before it were edited), or be the one where
    the server led us, or be one that no source and no other page has named: `known.may_lead` knows.

    Where the number names the article (`article_number`), what is stored under another address with the same number,
    and was published at the same time, is this article before its headline was edited, and keeps its address.
    """
    named = article.canonical_url
    if named != link and named != (asked := canonical(article.url, site)):
        alike = number(named) in {number(asked), number(link)} - {None}
        if not (alike or known.may_lead(link, named)):
            named = asked
    if (own := article_number(named, site)) is not None:
        others = known.numbered(replace(article, canonical_url=named), own, at)
        if named not in others:
            named = next((other for other in others if same_article(other, named, site)), named)
    return article if named == article.canonical_url else replace(article, canonical_url=named)
