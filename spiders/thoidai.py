"""Thời Đại: the review of the Union of Friendship Organizations."""

from crawler.crawl import NewsSpider
from crawler.sites import MASTERCMS, Feed, Listing, Site


class Thoidai(NewsSpider):
    name = "thoidai"
    site = Site(
        publisher="Tạp chí Thời Đại", home="https://thoidai.com.vn/", tier="body",
        sources=(
            Feed("https://thoidai.com.vn/rss_feed/"),
            Listing("https://thoidai.com.vn/thoi-su",
                    pages="https://thoidai.com.vn/thoi-su&s_cond=&BRSR={n}0", first=1),
        ),
        article=r"-\d{4,8}\.html$",
        layout=MASTERCMS, names=("Thời Đại",),
    )  # fmt: skip
