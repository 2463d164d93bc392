"""Thời báo Tài chính Việt Nam: the paper of the Ministry of Finance."""

from crawler.crawl import NewsSpider
from crawler.sites import MASTERCMS, Feed, Listing, Site


class Thoibaotaichinh(NewsSpider):
    name = "thoibaotaichinh"
    site = Site(
        publisher="Thời báo Tài chính Việt Nam", home="https://thoibaotaichinhvietnam.vn/", tier="ministry",
        sources=(
            Feed("https://thoibaotaichinhvietnam.vn/rss_feed/"),
            Listing("https://thoibaotaichinhvietnam.vn/thoi-su",
                    pages="https://thoibaotaichinhvietnam.vn/thoi-su&s_cond=&BRSR={n}0", first=1),
        ),
        article=r"-\d{4,8}\.html$",
        layout=MASTERCMS, names=("TBTCO", "TBTCVN"),
    )  # fmt: skip
