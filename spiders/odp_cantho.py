"""Cổng dữ liệu mở Cần Thơ: the open-data portal of Cần Thơ city (CKAN)."""

from crawler.crawl import NewsSpider
from crawler.sites import Layout, Listing, Site

LAYOUT = Layout(
    name="ckan", title=("section.module-content h1.page-heading",),
    body=("section.module-content > div", "section.module-content"), time=("section.module-content span.date",),
)  # fmt: skip


class OdpCantho(NewsSpider):
    name = "odp_cantho"
    site = Site(
        publisher="Cổng dữ liệu mở thành phố Cần Thơ", home="https://odp.cantho.gov.vn/", tier="province",
        sources=(Listing("https://odp.cantho.gov.vn/blog"),),
        article="^/blog/[^/]+$",
        layout=LAYOUT, proven=True,
    )  # fmt: skip
