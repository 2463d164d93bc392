"""Báo Đắk Lắk: the paper of the Party committee of Đắk Lắk province."""

from crawler.crawl import NewsSpider
from crawler.sites import TAGDIV, Listing, Site


class Baodaklak(NewsSpider):
    name = "baodaklak"
    site = Site(
        publisher="Báo Đắk Lắk", home="https://baodaklak.vn/", tier="province",
        sources=(Listing("https://baodaklak.vn/"),),
        article=r"/\d{6}/[\w-]+/$",
        layout=TAGDIV, keep_slash=True, names=("Báo Đắk Lắk điện tử",),
    )  # fmt: skip
