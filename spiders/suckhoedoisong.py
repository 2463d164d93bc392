"""Sức khỏe và Đời sống: the paper of the Ministry of Health."""

from crawler.crawl import NewsSpider
from crawler.sites import VCCORP, Feed, Site, Sitemap


class Suckhoedoisong(NewsSpider):
    name = "suckhoedoisong"
    site = Site(
        publisher="Báo Sức khỏe và Đời sống", home="https://suckhoedoisong.vn/", tier="ministry",
        sources=(
            Feed("https://suckhoedoisong.vn/rss/home.rss"),
            Sitemap("https://suckhoedoisong.vn/sitemaps/sitemaps-{Y}-{m}-{d1}-{d2}.xml"),
        ),
        # Until 2021: -n<number>.html.
        article=r"-\d{6,20}\.htm$|-n\d{4,7}\.html$", exclude="^/(?:chu-de|dong-su-kien|tag)/",
        layout=VCCORP, names=("SKĐS", "Sức khỏe và Đời sống"),
    )  # fmt: skip
