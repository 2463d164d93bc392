"""Tạp chí Kiểm sát: the review of the Supreme People's Procuracy."""

from crawler.crawl import NewsSpider
from crawler.sites import DNN, Listing, Site


class Kiemsat(NewsSpider):
    name = "kiemsat"
    site = Site(
        publisher="Tạp chí Kiểm sát", home="https://kiemsat.vn/", tier="body",
        sources=(Listing("https://kiemsat.vn/tin-tuc", pages="https://kiemsat.vn/tin-tuc/p/{n}"),),
        article=r"-\d{4,}(?:\.html)?$",
        layout=DNN, names=("kiemsat.vn", "Kiểm sát"),
    )  # fmt: skip
