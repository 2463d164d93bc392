"""Tiền Phong: the daily of the Hồ Chí Minh Communist Youth Union."""

from crawler.crawl import NewsSpider
from crawler.sites import EPI, Feed, Site, Sitemap


class Tienphong(NewsSpider):
    name = "tienphong"
    site = Site(
        publisher="Báo Tiền Phong", home="https://tienphong.vn/", tier="press",
        sources=(
            Feed("https://tienphong.vn/rss/home.rss"),
            Sitemap("https://tienphong.vn/sitemaps/news-{Y}-{m}.xml", lastmod="modified"),
        ),
        article=r"-(?:post)?\d{4,}\.tpo$|-post\d+\.html$",
        layout=EPI, names=("TPO", "Tiền Phong", "TP"), proven=True,
    )  # fmt: skip
