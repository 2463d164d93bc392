"""Báo Vĩnh Long: the paper of the Party committee of Vĩnh Long."""

from crawler.layouts import NEWSCONTENTS
from crawler.site import Listing, Site
from crawler.spider import NewsSpider


class Baovinhlong(NewsSpider):
    name = "baovinhlong"
    site = Site(
        publisher="Báo Vĩnh Long", home="https://baovinhlong.vn/", tier="province",
        sources=(Listing("https://baovinhlong.vn/"),),
        article=r"-a\d+\.html$",
        layout=NEWSCONTENTS,
    )  # fmt: skip
