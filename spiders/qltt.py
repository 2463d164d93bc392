"""Quản lý thị trường: the portal of the domestic-market administration."""

from crawler.crawl import NewsSpider
from crawler.sites import MASTERCMS, Feed, Listing, Site


class Qltt(NewsSpider):
    name = "qltt"
    site = Site(
        publisher="Cục Quản lý và Phát triển thị trường trong nước", home="https://qltt.vn/", tier="ministry",
        sources=(
            Feed("https://qltt.vn/rss_feed/"),
            Listing("https://qltt.vn/tin-tuc", pages="https://qltt.vn/tin-tuc&s_cond=&BRSR={n}0", first=1),
        ),
        article=r"-\d{4,8}\.html$",
        layout=MASTERCMS, names=("QLTT", "Tổng cục Quản lý thị trường"),
    )  # fmt: skip
