"""Báo Cần Thơ: the paper of the Party committee of Cần Thơ."""

from crawler.crawl import NewsSpider
from crawler.sites import NEWSCONTENTS, Listing, Site


class Baocantho(NewsSpider):
    name = "baocantho"
    site = Site(
        publisher="Báo Cần Thơ", home="https://baocantho.com.vn/", tier="province",
        sources=(Listing("https://baocantho.com.vn/"),),
        article=r"-a\d+\.html$",
        layout=NEWSCONTENTS,
    )  # fmt: skip
