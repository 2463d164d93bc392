"""Đại biểu Nhân dân: the paper of the National Assembly."""

from crawler.crawl import NewsSpider
from crawler.sites import ONECMS, Listing, Site, Sitemap


class Daibieunhandan(NewsSpider):
    name = "daibieunhandan"
    site = Site(
        publisher="Báo Đại biểu Nhân dân", home="https://daibieunhandan.vn/", tier="central",
        sources=(
            Listing("https://daibieunhandan.vn/"),
            Sitemap("https://daibieunhandan.vn/sitemap-article-{Y}-{mm}-{dd}.xml", lastmod="published"),
        ),
        article=r"-(?:post)?\d{5,9}\.html$", exclude=r"-event\d+\.html$|^/(?:print|tag)/",
        layout=ONECMS, names=("ĐBND", "Đại biểu Nhân dân"),
    )  # fmt: skip
