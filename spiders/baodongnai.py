"""Báo Đồng Nai: the paper of the Party committee of Đồng Nai province."""

from crawler.crawl import NewsSpider
from crawler.sites import TAGDIV, Listing, Site


class Baodongnai(NewsSpider):
    name = "baodongnai"
    site = Site(
        publisher="Báo Đồng Nai", home="https://baodongnai.com.vn/", tier="province",
        sources=(Listing("https://baodongnai.com.vn/"),),
        article=r"/\d{6}/[\w-]+/$",
        layout=TAGDIV, keep_slash=True, names=("Báo Đồng Nai điện tử",),
    )  # fmt: skip
