"""Báo Đà Nẵng: the paper of the Party committee of Đà Nẵng."""

from crawler.crawl import NewsSpider
from crawler.sites import ONECMS, Listing, Site, Sitemap


class Baodanang(NewsSpider):
    name = "baodanang"
    site = Site(
        publisher="Báo Đà Nẵng", home="https://baodanang.vn/", tier="province",
        sources=(
            Listing("https://baodanang.vn/"),
            Sitemap("https://baodanang.vn/sitemap-article-{Y}-{mm}-{dd}.xml", lastmod="published"),
        ),
        article=r"-\d{4,9}\.html$", exclude=r"-event\d+\.html$|^/(?:print|tag)/",
        layout=ONECMS, names=("ĐNO", "Đà Nẵng"),
    )  # fmt: skip
