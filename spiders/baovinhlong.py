"""Báo Vĩnh Long: the paper of the Party committee of Vĩnh Long."""

from crawler.crawl import NewsSpider
from crawler.sites import NEWSCONTENTS, Listing, Site


class Baovinhlong(NewsSpider):
    name = "baovinhlong"
    site = Site(
        publisher="Báo Vĩnh Long", home="https://baovinhlong.vn/", tier="province",
        sources=(Listing("https://baovinhlong.vn/"),),
        article=r"-a\d+\.html$",
        layout=NEWSCONTENTS,
    )  # fmt: skip
