"""Công an Nhân dân: the daily of the Ministry of Public Security."""

from crawler.crawl import NewsSpider
from crawler.sites import EPI, EPI_PAST, Feed, Site, Sitemap


class Cand(NewsSpider):
    name = "cand"
    site = Site(
        publisher="Báo Công an Nhân dân", home="https://cand.vn/", tier="ministry",
        sources=(
            Feed("https://cand.vn/rss/home.rss"),
            Sitemap("https://cand.vn/sitemaps/news-{Y}-{m}.xml", lastmod="modified"),
        ),
        article=r"-post\d+\.html$|-i\d+/?$",
        layout=EPI, past=(EPI_PAST,), hosts=("cand.com.vn",), keep_slash=True,
        names=("Công an Nhân dân", "CAND", "Báo CAND"),
    )  # fmt: skip
