"""Bộ Tài chính: the portal of the Ministry of Finance."""

from crawler.crawl import NewsSpider
from crawler.sites import Layout, Listing, Site

LAYOUT = Layout(
    name="mof", title=("h1",), body=(".article-content", ".bnc-content", ".detail-content"),
    lead=(".article-description", ".sapo"), time=(".article-time", "span.time"), section=(".breadcrumb a",),
)  # fmt: skip


class Mof(NewsSpider):
    name = "mof"
    site = Site(
        publisher="Bộ Tài chính", home="https://www.mof.gov.vn/", tier="ministry",
        sources=(Listing("https://www.mof.gov.vn/tin-tuc-tai-chinh/tin-tuc-su-kien-8"),),
        article=r"^/(?:bo-tai-chinh/)?tin-tuc[\w-]*/[\w-]+-\d+/(?:[^/-]+-){3,}[^/-]+$",
        layout=LAYOUT, names=("mof.gov.vn", "Cổng TTĐT Bộ Tài chính"),
    )  # fmt: skip
