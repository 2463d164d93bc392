"""Báo Nghệ An: the paper of the Party committee of Nghệ An province."""

from crawler.crawl import NewsSpider
from crawler.sites import ONECMS, Listing, Site, Sitemap


class Baonghean(NewsSpider):
    name = "baonghean"
    site = Site(
        publisher="Báo Nghệ An", home="https://baonghean.vn/", tier="province",
        sources=(
            Listing("https://baonghean.vn/"),
            Sitemap("https://baonghean.vn/sitemap-article-{Y}-{mm}-{dd}.xml", lastmod="published"),
        ),
        article=r"-\d{4,9}\.html$", exclude=r"-event\d+\.html$|^/(?:print|tag)/",
        layout=ONECMS, names=("Baonghean.vn",),
    )  # fmt: skip
