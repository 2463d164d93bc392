"""One answer of an article's address, its first page or a further one: what it is, and the article on it."""

from __future__ import annotations

import logging

from scrapy.http import Response

from crawler.crawl.context import RunContext
from crawler.errors import Discard, Refusal, Refused
from crawler.extract import verdict
from crawler.fetch import header
from crawler.readers import PageRead, packed
from crawler.readers import read_page as in_reader
from crawler.text import charset

logger = logging.getLogger(__name__)


def page_refusal(response: Response) -> Refusal | None:
    """The reason why an answer is no page to be read; None for one that is."""
    return verdict(response.status, {"content-type": header(response, "Content-Type") or ""}, response.body)


async def read_page(run: RunContext, response: Response) -> PageRead:
    """The article on a page, and the address of the page on which it goes on.

    Raises `Discard` and `Quarantine` as `extract` does, and `Discard` for what a reader could not bear or what breaks
    our code: one hostile page must not hold the site up, and the log has what its repair needs.
    """
    declared = charset(header(response, "Content-Type") or "")
    try:
        return await run.read(in_reader, response.body, response.url, declared, packed(run.site))
    except Refused:
        raise
    except Exception as error:
        logger.exception("%s could not be read", response.url)
        raise Discard(Refusal.UNREADABLE, f"{type(error).__name__} in the reader") from error
