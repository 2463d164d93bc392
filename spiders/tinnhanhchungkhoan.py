"""Tin nhanh chứng khoán: the stock-market paper of the Ministry of Finance's press."""

from crawler.crawl import NewsSpider
from crawler.sites import EPI, Feed, Site, Sitemap


class Tinnhanhchungkhoan(NewsSpider):
    name = "tinnhanhchungkhoan"
    site = Site(
        publisher="Tin nhanh chứng khoán", home="https://www.tinnhanhchungkhoan.vn/", tier="press",
        sources=(
            Feed("https://www.tinnhanhchungkhoan.vn/rss/home.rss"),
            Sitemap("https://www.tinnhanhchungkhoan.vn/sitemaps/news-{Y}-{m}.xml", lastmod="modified"),
        ),
        article=r"-post\d+\.html$",
        layout=EPI, names=("ĐTCK", "Đầu tư Chứng khoán"),
    )  # fmt: skip
