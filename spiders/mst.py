"""Bộ Khoa học và Công nghệ: the portal of the Ministry of Science and Technology."""

from crawler.crawl import NewsSpider
from crawler.sites import VCCORP, Feed, Site, Sitemap


class Mst(NewsSpider):
    name = "mst"
    site = Site(
        publisher="Bộ Khoa học và Công nghệ", home="https://mst.gov.vn/", tier="ministry",
        sources=(
            Feed("https://mst.gov.vn/rss/home.rss"),
            Sitemap("https://mst.gov.vn/sitemaps/sitemaps-{Y}-{m}-{d1}-{d2}.xml"),
        ),
        article=r"-\d{6,20}\.htm$", exclude="^/(?:chu-de|dong-su-kien|tag)/",
        layout=VCCORP, names=("Cổng TTĐT Bộ KH&CN", "mst.gov.vn"),
    )  # fmt: skip
