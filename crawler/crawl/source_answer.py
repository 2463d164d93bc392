"""One answer of a source, in a crawl or a backfill: what it lists, or why it gives nothing."""

from __future__ import annotations

from scrapy.http import Response

from crawler.crawl.context import RunContext
from crawler.discover import Discovery
from crawler.errors import Discard, Refusal
from crawler.extract import verdict
from crawler.fetch import header
from crawler.readers import list_source, packed
from crawler.sites import Source
from crawler.text import charset


async def read_source(run: RunContext, response: Response, source: Source | None) -> Discovery:
    """What an answer to a request for `source` lists; `refused` when it gives nothing, or a reader could not bear it.

    `source` is None when the site names no source of that address. What the answer is, a wall among others, `discover`
    decides, except where its status says so.
    """
    if response.status != 200:
        reason = verdict(response.status, {}, response.body) or Refusal.SERVER_ERROR
        return Discovery("listing", refused=reason, detail=f"{response.status} from {response.url}")
    declared = charset(header(response, "Content-Type") or "")
    try:
        return await run.read(list_source, response.body, response.url, declared, packed(run.site), source)
    except Discard as refused:
        return Discovery("listing", refused=refused.reason, detail=refused.detail)
