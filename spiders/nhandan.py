"""Báo Nhân Dân: the daily of the Party's Central Committee; /item/ stands in its addresses until 2020."""

from crawler.crawl import NewsSpider
from crawler.sites import EPI, EPI_PAST, Feed, Listing, Site, Sitemap


class Nhandan(NewsSpider):
    name = "nhandan"
    site = Site(
        publisher="Báo Nhân Dân", home="https://nhandan.vn/", tier="central", hosts=("nhandan.com.vn",),
        sources=(
            Feed("https://nhandan.vn/rss/home.rss"),
            Sitemap("https://nhandan.vn/sitemaps/news-{Y}-{m}.xml", lastmod="modified"),
        ),
        article=r"-post\d+\.html$|/item/\d{5,8}-[\w-]+\.html$|^/(?:special|megastory)/[\w-]+|^/[\w-]+/index\.html$",
        exclude=r"^/(?:bao-nhan-dan|bao-thoi-nay|nhan-dan-\w+-\w+)\b[\w-]*-so-\d",
        archives=(Listing("https://api.nhandan.vn/api/morenews-latest-0-1.html",
                  pages="https://api.nhandan.vn/api/morenews-latest-0-{n}.html"),),
        layout=EPI, past=(EPI_PAST,), names=("NDO", "Báo Nhân Dân điện tử", "Nhân Dân"), proven=True,
    )  # fmt: skip
