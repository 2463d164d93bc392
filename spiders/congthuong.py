"""Báo Công Thương: the paper of the Ministry of Industry and Trade."""

from crawler.crawl import NewsSpider
from crawler.sites import MASTERCMS, Feed, Listing, Site, Sitemap


class Congthuong(NewsSpider):
    name = "congthuong"
    site = Site(
        publisher="Báo Công Thương", home="https://congthuong.vn/", tier="ministry",
        sources=(
            Feed("https://congthuong.vn/rss/tai-chinh.rss"),
            Listing("https://congthuong.vn/thoi-su", pages="https://congthuong.vn/thoi-su&s_cond=&BRSR={n}0"),
        ),
        article=r"-\d{4,8}\.html$",
        archives=(Sitemap("https://congthuong.vn/sitemap.xml"),),
        layout=MASTERCMS, names=("Công Thương",),
    )  # fmt: skip
