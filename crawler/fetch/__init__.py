"""Fetch: what stands between the spider and the network.

The way of a request and of its answer (`crawler.middlewares` lists them in order).
middlewares.py   one queue a site, back-off, decoding, redirects, and the day's budget for each request
robots.py        robots.txt as RFC 9309 reads it
budget.py        what a run at a site may still ask, counted in the store
cookies.py       cookies as far as some sites need them: few, small, and judged without asking anybody
head_limit.py    a limit on the head of an answer, which Twisted's client does not have
guard.py         no request goes to an address inside a network
scrapy_http.py   Scrapy's handler of HTTP, on which the guard is built
proxy.py         the way through an HTTP proxy, where a network has no other

Beside it.
spider.py        the side of a spider that the downloader middlewares know
replay.py        answers every request from a folder of saved pages, as if from the sites
"""

from __future__ import annotations

from crawler.fetch.budget import RequestBudget
from crawler.fetch.middlewares import LeadsAway, SiteBusy, header, reason_of
from crawler.fetch.robots import HostClosed
from crawler.fetch.spider import SiteSpider, clock

__all__ = ["HostClosed", "LeadsAway", "RequestBudget", "SiteBusy", "SiteSpider", "clock", "header", "reason_of"]
