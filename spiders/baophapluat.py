"""Báo Pháp luật Việt Nam: the paper of the Ministry of Justice."""

from crawler.crawl import NewsSpider
from crawler.sites import EPI, Feed, Site, Sitemap


class Baophapluat(NewsSpider):
    name = "baophapluat"
    site = Site(
        publisher="Báo Pháp luật Việt Nam", home="https://baophapluat.vn/", tier="ministry",
        sources=(
            Feed("https://baophapluat.vn/rss/home.rss"),
            Sitemap("https://baophapluat.vn/sitemaps/news-{Y}-{m}.xml", lastmod="modified"),
        ),
        article=r"-post\d+\.html$|^/(?:[\w-]+/)?(?:[a-z0-9]+-){5,}[a-z0-9]+\.html$",
        exclude=r"^/(?:chu-de|tag|print)\b",
        layout=EPI, names=("PLVN", "Pháp luật Việt Nam"),
    )  # fmt: skip
