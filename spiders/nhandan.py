"""Báo Nhân Dân: the daily of the Party's Central Committee."""

from crawler.layouts import EPI_PAST
from crawler.site import Feed, Listing, Site, Sitemap
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
        archives=(Listing("https://api.nhandan.vn/api/morenews-latest-0-1.html",
                  pages="https://api.nhandan.vn/api/morenews-latest-0-{n}.html"),),
        layout=EPI_PAST, hosts=("nhandan.com.vn",), names=("NDO", "Nhân Dân", "Báo Nhân Dân điện tử"), proven=True,
    )  # fmt: skip
