"""Tổ Quốc: the paper of the Ministry of Culture, Sports and Tourism."""

from crawler.crawl import NewsSpider
from crawler.sites import VCCORP, Feed, Site, Sitemap


class Toquoc(NewsSpider):
    name = "toquoc"
    site = Site(
        publisher="Báo điện tử Tổ Quốc", home="https://toquoc.vn/", tier="ministry",
        sources=(
            Feed("https://toquoc.vn/rss/home.rss"),
            Sitemap("https://toquoc.vn/sitemaps/sitemaps-{Y}-{m}-{d1}-{d2}.xml"),
        ),
        article=r"-\d{6,20}\.htm$", exclude="^/(?:chu-de|dong-su-kien|tag)/",
        layout=VCCORP, names=("Tổ Quốc",),
    )  # fmt: skip
