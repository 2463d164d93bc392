"""Báo Nhân Dân: the daily of the Party's Central Committee."""

from crawler.layouts import EPI
from crawler.site import Feed, Site, Sitemap
from crawler.spider import NewsSpider


class Nhandan(NewsSpider):
    name = "nhandan"
    site = Site(
        publisher="Báo Nhân Dân", home="https://nhandan.vn/", tier="central",
        sources=(
            Feed("https://nhandan.vn/rss/home.rss"),
            Sitemap("https://nhandan.vn/sitemaps/news-{Y}-{m}.xml", lastmod="modified"),
        ),
        article=r"-post\d+\.html$|^/(?:special|megastory)/[\w-]+|^/[\w-]+/index\.html$",
        exclude=r"^/(?:bao-nhan-dan|bao-thoi-nay|nhan-dan-\w+-\w+)\b[\w-]*-so-\d",
        layout=EPI, names=("NDO", "Nhân Dân", "Báo Nhân Dân điện tử"), proven=True,
    )  # fmt: skip
