"""Thủ tướng Chính phủ: the Prime Minister's pages of the Government portal."""

from crawler.crawl import NewsSpider
from crawler.sites import VCCORP, Feed, Listing, Site, Sitemap


class Thutuong(NewsSpider):
    name = "thutuong"
    site = Site(
        publisher="Cổng thông tin Thủ tướng Chính phủ", home="https://thutuong.chinhphu.vn/", tier="central",
        sources=(Feed("https://thutuong.chinhphu.vn/rss/home.rss"), Listing("https://thutuong.chinhphu.vn/")),
        article=r"-\d{6,20}\.htm$", exclude="^/(?:chu-de|dong-su-kien|tag)/",
        archives=(Sitemap("https://thutuong.chinhphu.vn/sitemaps/sitemaps-{Y}-{m}-{d1}-{d2}.xml"),),
        layout=VCCORP, names=("Chinhphu.vn",),
    )  # fmt: skip
