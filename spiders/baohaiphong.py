"""Báo Hải Phòng: the paper of the Party committee of Hải Phòng."""

from crawler.crawl import NewsSpider
from crawler.sites import ONECMS, Listing, Site, Sitemap


class Baohaiphong(NewsSpider):
    name = "baohaiphong"
    site = Site(
        publisher="Báo Hải Phòng", home="https://baohaiphong.vn/", tier="province",
        sources=(
            Listing("https://baohaiphong.vn/"),
            Sitemap("https://baohaiphong.vn/sitemap-article-{Y}-{mm}-{dd}.xml", lastmod="published"),
        ),
        article=r"-\d{4,9}\.html$", exclude=r"-event\d+\.html$|^/(?:print|tag)/",
        layout=ONECMS, names=("HPĐT", "baohaiphong.vn"),
    )  # fmt: skip
