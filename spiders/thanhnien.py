"""Thanh Niên: the daily of the Vietnam Youth Federation."""

from crawler.crawl import NewsSpider
from crawler.sites import VCCORP, Feed, Site, Sitemap


class Thanhnien(NewsSpider):
    name = "thanhnien"
    site = Site(
        publisher="Báo Thanh Niên", home="https://thanhnien.vn/", tier="press",
        sources=(
            Feed("https://thanhnien.vn/rss/home.rss"),
            Sitemap("https://thanhnien.vn/sitemaps/sitemaps-{Y}-{m}-{d1}-{d2}.xml"),
        ),
        article=r"-\d{6,20}\.html?$|-post\d+\.html$", exclude="^/(?:chu-de|dong-su-kien|tag)/",
        layout=VCCORP, names=("TNO", "Thanh Niên"),
    )  # fmt: skip
