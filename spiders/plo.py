"""Pháp Luật TP.HCM: the law daily of Hồ Chí Minh City."""

from crawler.crawl import NewsSpider
from crawler.sites import EPI, Feed, Site, Sitemap


class Plo(NewsSpider):
    name = "plo"
    site = Site(
        publisher="Báo Pháp Luật TP.HCM", home="https://plo.vn/", tier="press",
        sources=(
            Feed("https://plo.vn/rss/home.rss"),
            Sitemap("https://plo.vn/sitemaps/news-{Y}-{m}.xml", lastmod="modified"),
        ),
        article=r"-post\d+\.html$",
        layout=EPI, names=("PLO", "Pháp Luật TP.HCM", "(PLO)"),
    )  # fmt: skip
