"""Backfill: the past of a site, and what may be missing of it.

What is missing.
ledger.py           for each site and day what every route has listed, and what became of it
ledger_queries.py   its questions to the store
gaps.py             days of a site in which something may be missing
gap_jobs.py         which backfills close the gaps of a site

A backfill; its spider and its import of WARC files are loaded by the commands alone.
job.py              what is wanted of one site
routes.py           by which ways the past of a site can be reached, in the order in which they are worth a request
forecast.py         what a backfill would ask, without asking
steps.py            how far backfills have come: the pages and shards of each, and the positions in WARC files
step_queue.py       what a backfill asks next: its open steps, and when these are done the next of the site's ways
backlog.py          the links that a backfill reads, kept apart from the news that the crawl reads
harvest.py          what a page or shard gives: links that may be of the wanted days, and how far back it reaches
sources.py          the steps of a backfill, in the place that `crawler.crawl.sources.Sources` has in a crawl
spider.py           the way of an article over the past, by whichever route a site offers
warc_import.py      articles out of anybody's WARC files
warc_pages.py       what a record in these says of itself, and the further pages of an article
"""

from __future__ import annotations

from crawler.backfill.forecast import forecast
from crawler.backfill.gap_jobs import jobs_for
from crawler.backfill.gaps import Gap, doubts, gaps
from crawler.backfill.job import Job
from crawler.backfill.ledger import Completeness, LedgerEntry, completeness, entries, never_asked

__all__ = [
    "Completeness",
    "Gap",
    "Job",
    "LedgerEntry",
    "completeness",
    "doubts",
    "entries",
    "forecast",
    "gaps",
    "jobs_for",
    "never_asked",
]
