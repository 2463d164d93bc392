"""Cổng Thông tin điện tử Chính phủ: the Government's portal and those of its sub-domains that are no papers."""

from crawler.crawl import NewsSpider
from crawler.sites import VCCORP, Listing, Site


class Chinhphu(NewsSpider):
    name = "chinhphu"
    site = Site(
        publisher="Cổng Thông tin điện tử Chính phủ", home="https://chinhphu.vn/", tier="central",
        sources=(Listing("https://chinhphu.vn/"),),
        article=r"-\d{6,20}\.htm$", exclude="^/(?:chu-de|dong-su-kien|tag)/",
        layout=VCCORP, keep_query=("docid", "pageid"), names=("Chinhphu.vn",),
    )  # fmt: skip
