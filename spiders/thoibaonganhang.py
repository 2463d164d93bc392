"""Thời báo Ngân hàng: the paper of the State Bank."""

from crawler.crawl import NewsSpider
from crawler.sites import MASTERCMS, Feed, Listing, Site


class Thoibaonganhang(NewsSpider):
    name = "thoibaonganhang"
    site = Site(
        publisher="Thời báo Ngân hàng", home="https://thoibaonganhang.vn/", tier="ministry",
        sources=(
            Feed("https://thoibaonganhang.vn/rss_feed/"),
            Listing("https://thoibaonganhang.vn/thoi-su",
                    pages="https://thoibaonganhang.vn/thoi-su&s_cond=&BRSR={n}0", first=1),
        ),
        article=r"-\d{4,8}\.html$",
        layout=MASTERCMS, names=("TBNH",),
    )  # fmt: skip
