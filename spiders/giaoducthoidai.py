"""Giáo dục và Thời đại: the paper of the Ministry of Education and Training."""

from crawler.crawl import NewsSpider
from crawler.sites import EPI, Feed, Site, Sitemap


class Giaoducthoidai(NewsSpider):
    name = "giaoducthoidai"
    site = Site(
        publisher="Báo Giáo dục và Thời đại", home="https://giaoducthoidai.vn/", tier="ministry",
        sources=(
            Feed("https://giaoducthoidai.vn/rss/home.rss"),
            Sitemap("https://giaoducthoidai.vn/sitemaps/news-{Y}-{m}.xml", lastmod="modified"),
        ),
        article=r"-post\d+\.html$",
        layout=EPI, names=("GD&TĐ", "Giáo dục và Thời đại"),
    )  # fmt: skip
