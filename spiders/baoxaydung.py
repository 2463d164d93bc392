"""Báo Xây dựng: the paper of the Ministry of Construction."""

from crawler.crawl import NewsSpider
from crawler.sites import VCCORP, Feed, Site, Sitemap


class Baoxaydung(NewsSpider):
    name = "baoxaydung"
    site = Site(
        publisher="Báo Xây dựng", home="https://baoxaydung.vn/", tier="ministry",
        sources=(
            Feed("https://baoxaydung.vn/rss/home.rss"),
            Sitemap("https://baoxaydung.vn/sitemaps/sitemaps-{Y}-{m}-{d1}-{d2}.xml"),
        ),
        article=r"-\d{6,20}\.htm$", exclude="^/(?:chu-de|dong-su-kien|tag)/",
        layout=VCCORP, names=("Xây dựng",),
    )  # fmt: skip
