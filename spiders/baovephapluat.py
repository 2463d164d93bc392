"""Bảo vệ pháp luật: the paper of the Supreme People's Procuracy."""

from crawler.crawl import NewsSpider
from crawler.sites import DNN, Listing, Site


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
