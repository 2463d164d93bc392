"""One answer of an article's address, its first page or a further one: what it is, and the article on it."""

from __future__ import annotations

import logging

from scrapy.http import Response

from crawler.errors import Discard, Refusal, Refused
from crawler.extract import deadline, extract, verdict
from crawler.fetch import header
from crawler.items import Article
from crawler.sites import Site
from crawler.text import charset

logger = logging.getLogger(__name__)


def page_refusal(response: Response) -> Refusal | None:
    """The reason why an answer is no page to be read; None for one that is."""
    return verdict(response.status, {"content-type": header(response, "Content-Type") or ""}, response.body)


def read_page(response: Response, *, site: Site, seconds: float, following: list[str]) -> Article:
    """The article on a page; `following` receives the address of the page on which it goes on.

    Raises `Discard` and `Quarantine` as `extract` does, and `Discard` for what takes longer than `seconds` of processor
    time or breaks the reader: one hostile page must not hold the site up, and the log has what its repair needs.
    """
    declared = charset(header(response, "Content-Type") or "")
    try:
        with deadline(seconds):
            return extract(response.body, response.url, site=site, declared=declared, following=following)
    except Refused:
        raise
    except Exception as error:
        logger.exception("%s could not be read", response.url)
        raise Discard(Refusal.UNREADABLE, f"{type(error).__name__} in the reader") from error
