"""Crawl: one run at one site.

A run.
run.py             a crawl of many sites in one process
definition.py      what a site's file is written as, which loads no Scrapy
spider.py          the one Scrapy spider: it polls the sources of its site, then reads what is still to be read
components.py      the classes that Scrapy loads by their names, loaded before
context.py         what the parts of one run share, so that none of them holds the spider or reaches into another
report.py          what a crawl did, site by site
single.py          one page, asked as a crawl asks it: robots.txt, one queue, the guard, the limits

Its sources.
sources.py         the sources of one run: what they list goes into the store
poll.py            one poll of a source: what is asked, which pages and children follow
source_answer.py   one answer of a source, in a crawl or a backfill: what it lists, or why it gives nothing

Its articles.
link_queue.py      which links a run reads next, and how many of them the day leaves it
articles.py        the articles of one run: which are asked, what each answer is, and when a page is given up
page_answer.py     one answer of an article's address: what it is, and the article on it
further_pages.py   the further pages of an article, asked one after the other
own_address.py     under which address a page is stored: the one that it names as its own, if it may
quarantine.py      which pages a run keeps for repair
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.crawl.definition import NewsSpider
from crawler.process.later import load_later

if TYPE_CHECKING:
    from crawler.crawl.context import RunContext
    from crawler.crawl.report import SiteReport
    from crawler.crawl.run import crawl
    from crawler.crawl.single import fetch
    from crawler.crawl.spider import RunSpider

__all__ = ["NewsSpider", "RunContext", "RunSpider", "SiteReport", "crawl", "fetch"]

# What runs is loaded when it is asked for: the files of sites need only the class that they are written as.
__getattr__ = load_later(
    __name__,
    {
        "RunContext": "context",
        "RunSpider": "spider",
        "SiteReport": "report",
        "crawl": "run",
        "fetch": "single",
    },
)
