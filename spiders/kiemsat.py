"""Tạp chí Kiểm sát: the review of the Supreme People's Procuracy."""

from crawler.layouts import DNN
from crawler.site import Listing, Site
from crawler.spider import NewsSpider


class Kiemsat(NewsSpider):
    name = "kiemsat"
    site = Site(
        publisher="Tạp chí Kiểm sát", home="https://kiemsat.vn/", tier="body",
        sources=(Listing("https://kiemsat.vn/tin-tuc", pages="https://kiemsat.vn/tin-tuc/p/{n}"),),
        article=r"-\d{4,}(?:\.html)?$",
        layout=DNN, names=("kiemsat.vn", "Kiểm sát"),
    )  # fmt: skip
