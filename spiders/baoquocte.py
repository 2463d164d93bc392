"""Thế giới và Việt Nam: the paper of the Ministry of Foreign Affairs."""

from crawler.crawl import NewsSpider
from crawler.sites import MASTERCMS, Feed, Listing, Site


class Baoquocte(NewsSpider):
    name = "baoquocte"
    site = Site(
        publisher="Báo Thế giới và Việt Nam", home="https://baoquocte.vn/", tier="ministry",
        sources=(
            Feed("https://baoquocte.vn/rss_feed/"),
            Listing("https://baoquocte.vn/thoi-su", pages="https://baoquocte.vn/thoi-su&s_cond=&BRSR={n}0", first=1),
        ),
        article=r"-\d{4,8}\.html$",
        layout=MASTERCMS, names=("TG&VN", "Báo Quốc tế", "baoquocte.vn"),
    )  # fmt: skip
