"""Bảo vệ pháp luật: the paper of the Supreme People's Procuracy."""

from crawler.layouts import DNN
from crawler.site import Listing, Site
from crawler.spider import NewsSpider


class Baovephapluat(NewsSpider):
    name = "baovephapluat"
    site = Site(
        publisher="Báo Bảo vệ pháp luật", home="https://baovephapluat.vn/", tier="body",
        sources=(
            Listing("https://baovephapluat.vn/kiem-sat-24h", pages="https://baovephapluat.vn/kiem-sat-24h/p/{n}"),
        ),
        article=r"-\d{4,}(?:\.html)?$",
        layout=DNN, names=("BVPL",),
    )  # fmt: skip
