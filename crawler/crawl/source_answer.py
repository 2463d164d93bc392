"""One answer of a source, in a crawl or a backfill: what it lists, or why it gives nothing."""

from __future__ import annotations

from scrapy.http import Response

from crawler.discover import Discovery, discover
from crawler.errors import Refusal
from crawler.extract import Overdue, deadline, verdict
from crawler.fetch import header
from crawler.sites import Site, Source
from crawler.text import charset


def read_source(response: Response, *, site: Site, source: Source | None, seconds: float) -> Discovery:
    """What an answer to a request for `source` lists; `refused` when it gives nothing, or not within `seconds`.

    `source` is None when the site names no source of that address. What the answer is, a wall among others, `discover`
    decides, except where its status says so.
    """
    if response.status != 200:
        reason = verdict(response.status, {}, response.body) or Refusal.SERVER_ERROR
        return Discovery("listing", refused=reason, detail=f"{response.status} from {response.url}")
    declared = charset(header(response, "Content-Type") or "")
    try:
        with deadline(seconds):
            return discover(response.body, response.url, declared=declared, site=site, source=source)
    except Overdue as late:
        return Discovery("listing", refused=late.reason, detail=late.detail)
