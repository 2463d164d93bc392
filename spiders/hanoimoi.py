"""Hànộimới: the daily of the Party committee of Hà Nội."""

from crawler.crawl import NewsSpider
from crawler.sites import ONECMS, Feed, Site, Sitemap


class Hanoimoi(NewsSpider):
    name = "hanoimoi"
    site = Site(
        publisher="Báo Hànộimới", home="https://hanoimoi.vn/", tier="province", hosts=("hanoimoi.com.vn",),
        sources=(
            Feed("https://hanoimoi.vn/rss/trang-chu"),
            Sitemap("https://hanoimoi.vn/sitemap-article-{Y}-{mm}-{dd}.xml", lastmod="published"),
        ),
        # Until 2022: /Tin-tuc/<section>/<number>/<slug>.
        article=r"-\d{4,9}\.html$|^/Tin-tuc/[\w-]+/\d{5,7}/[\w-]+$", exclude=r"-event\d+\.html$|^/(?:print|tag)/",
        layout=ONECMS, names=("HNMO", "HNM", "Hànộimới", "Hà Nội mới"),
    )  # fmt: skip
