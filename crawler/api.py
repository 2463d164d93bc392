"""What a program needs of Thời sự, in four functions: `fetch`, `extract`, `crawl`, `articles` (docs/python.md).

The site is chosen by the address; what is set in the environment (docs/settings.md) counts here too. What they raise
is a `crawler.errors.ThoisuError`: `Refused` with the reason, or `BadInput` with a sentence.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, datetime
from itertools import islice

from crawler.cli.common import all_sites, chosen_names, configured, is_url, open_store, period, site_for, site_named
from crawler.crawl import SiteReport
from crawler.crawl import crawl as crawl_sites
from crawler.crawl import fetch as fetch_page
from crawler.errors import BadInput, Discard
from crawler.extract import extract as extract_page
from crawler.extract import verdict
from crawler.items import Article, Download
from crawler.sites import Sites
from crawler.store.queries import article_numbers, current_texts
from crawler.text import charset

__all__ = ["Article", "Download", "SiteReport", "articles", "crawl", "extract", "fetch"]
_AT_ONCE = 50  # articles that are read together


def fetch(url: str) -> Download:
    """Ask for one page as a crawl does: by robots.txt, with a delay, within limits of size, and as who we say we are.

    Raises `Refused` when nothing comes or nothing may be asked; a status other than 200 is an answer.
    """
    own = configured()
    return fetch_page(url, all_sites().find(url), maxsize=own.article_maxsize, own=own)


def extract(page: bytes | str | Download, url: str | None = None, *, site: str | None = None) -> Article:
    """The article on a page.

    `page` is what `fetch` gave, or the page's bytes or text with the `url` from which it comes. The site is that of the
    address, or the one named; a page of none is read by where its running text is dense. Raises `Refused` with the
    reason for a page that is no article, `BadInput` when the address is missing or no site has the name.
    """
    if isinstance(page, Download):
        answer = page
    elif url is None:
        raise BadInput("say with url= where the page comes from")
    else:
        body = page.encode("utf-8", "replace") if isinstance(page, str) else page
        answer = Download(url, 200, "text/html; charset=utf-8" if isinstance(page, str) else "", body)
    if reason := verdict(answer.status, {"content-type": answer.content_type}, answer.body):
        raise Discard(reason, "" if answer.status == 200 else f"status {answer.status}")
    about = site_for(answer.url, site, all_sites())
    return extract_page(answer.body, answer.url, site=about, declared=charset(answer.content_type))


def crawl(*sites: str, store_url: str | None = None, limit: int | None = None) -> list[SiteReport]:
    """Crawl sites into a store, each named or given by any of its addresses; one report a site.

    `limit` is the most articles a site. The store is made when it is not there; the default is THOISU_DATABASE_URL.
    Raises `BadInput` for a site that nobody has described, and for a limit below 1.
    """
    if not sites:
        raise BadInput("name the sites to crawl")
    if limit is not None and limit < 1:
        raise BadInput(f"limit is 1 or more, not {limit}")
    own, known = configured(), all_sites()
    chosen = []
    for name in dict.fromkeys(sites):
        site = known.find(name) if is_url(name) else site_named(name, known)
        if site is None:
            raise BadInput(f"no site has the address {name}; `thoisu adopt` describes one")
        if site not in chosen:
            chosen.append(site)
    return crawl_sites(Sites(chosen), store_url=store_url or own.database_url, limit=limit, own=own)


def articles(
    store_url: str | None = None,
    *,
    sites: str | Collection[str] = (),
    since: datetime | date | str | None = None,
    until: datetime | date | str | None = None,
    text: str | None = None,
    limit: int | None = None,
) -> Iterator[Article]:
    """The stored articles with their current texts, newest first, read as they are asked for.

    `sites` is a name or several, none is all; `since` is the first moment of publication (or, where that is unknown,
    of the first fetch) and `until` the first that is too late or, given as a day, the last day. Both may be written as
    for the command; without a zone they are on Viet Nam's clock. `text` stands in title, lead or body.
    Raises `BadInput` when there is no store, for a site that neither it nor we know, and for what cannot be meant.
    """
    if limit is not None and limit < 0:
        raise BadInput(f"limit is 0 or more, not {limit}")
    begin, end = period(_written(since), _written(until))
    with open_store(store_url) as store:
        names = chosen_names(store, [sites] if isinstance(sites, str) else sites)
        with store.reading() as connection:
            numbers = article_numbers(connection, names, begin, end, [] if text is None else [text])
        newest = reversed(numbers) if limit is None else islice(reversed(numbers), limit)
        while some := list(islice(newest, _AT_ONCE)):
            with store.reading() as connection:
                found = current_texts(connection, some)
            yield from (article for _, article in found)


def _written(at: datetime | date | str | None) -> str | None:
    """A day or a moment as a person would write it."""
    return at if at is None or isinstance(at, str) else at.isoformat()
