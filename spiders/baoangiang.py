"""Báo An Giang: the paper of the Party committee of An Giang."""

from crawler.layouts import NEWSCONTENTS
from crawler.site import Listing, Site
from crawler.spider import NewsSpider


class Baoangiang(NewsSpider):
    name = "baoangiang"
    site = Site(
        publisher="Báo An Giang", home="https://baoangiang.com.vn/", tier="province",
        sources=(Listing("https://baoangiang.com.vn/"),),
        article=r"-a\d+\.html$",
        layout=NEWSCONTENTS,
    )  # fmt: skip
