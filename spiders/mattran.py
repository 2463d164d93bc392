"""Mặt trận: the review of the Vietnam Fatherland Front."""

from crawler.crawl import NewsSpider
from crawler.sites import EPI, Feed, Site, Sitemap


class Mattran(NewsSpider):
    name = "mattran"
    site = Site(
        publisher="Tạp chí Mặt trận", home="https://mattran.org.vn/", tier="body",
        sources=(
            Feed("https://mattran.org.vn/rss/home.rss"),
            Sitemap("https://mattran.org.vn/sitemaps/news-{Y}-{m}.xml", lastmod="modified"),
        ),
        article=r"-(?:post)?\d{4,}\.html$",
        layout=EPI, names=("Mặt trận",),
    )  # fmt: skip
