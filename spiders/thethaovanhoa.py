"""Thể thao và Văn hóa: the culture and sports paper of the Vietnam News Agency."""

from crawler.crawl import NewsSpider
from crawler.sites import VCCORP, Feed, Site, Sitemap


class Thethaovanhoa(NewsSpider):
    name = "thethaovanhoa"
    site = Site(
        publisher="Báo Thể thao và Văn hóa", home="https://thethaovanhoa.vn/", tier="press",
        sources=(
            Feed("https://thethaovanhoa.vn/rss/home.rss"),
            Sitemap("https://thethaovanhoa.vn/sitemaps/sitemaps-{Y}-{m}-{d1}-{d2}.xml"),
        ),
        article=r"-\d{6,20}\.htm$", exclude="^/(?:chu-de|dong-su-kien|tag)/",
        layout=VCCORP, names=("Thethaovanhoa.vn", "TT&VH"),
    )  # fmt: skip
