"""Báo An Giang: the paper of the Party committee of An Giang."""

from crawler.crawl import NewsSpider
from crawler.sites import NEWSCONTENTS, Listing, Site


class Baoangiang(NewsSpider):
    name = "baoangiang"
    site = Site(
        publisher="Báo An Giang", home="https://baoangiang.com.vn/", tier="province",
        sources=(Listing("https://baoangiang.com.vn/"),),
        article=r"-a\d+\.html$",
        layout=NEWSCONTENTS,
    )  # fmt: skip
