"""Báo Lào Cai: the paper of the Party committee of Lào Cai province."""

from crawler.crawl import NewsSpider
from crawler.sites import EPI, Feed, Site, Sitemap


class Baolaocai(NewsSpider):
    name = "baolaocai"
    site = Site(
        publisher="Báo Lào Cai", home="https://baolaocai.vn/", tier="province",
        sources=(
            Feed("https://baolaocai.vn/rss/home.rss"),
            Sitemap("https://baolaocai.vn/sitemaps/news-{Y}-{m}.xml", lastmod="modified"),
        ),
        article=r"-post\d+\.html$",
        layout=EPI, names=("BLC",),
    )  # fmt: skip
