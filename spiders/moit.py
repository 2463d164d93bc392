"""Bộ Công Thương: the portal of the Ministry of Industry and Trade."""

from crawler.crawl import NewsSpider
from crawler.sites import Layout, Listing, Site

LAYOUT = Layout(
    name="moit", title=("h1.title-art", "h1.article-title", "h1"),
    body=("#contentnews", ".article-content", "div.article-body"), lead=(".description", ".article-brief"),
    time=(".more-info", ".article-date"), authors=(".article-author",), section=(".breadcrumb a",),
)  # fmt: skip


class Moit(NewsSpider):
    name = "moit"
    site = Site(
        publisher="Bộ Công Thương", home="https://moit.gov.vn/", tier="ministry",
        sources=(Listing("https://moit.gov.vn/tin-tuc"), Listing("https://moit.gov.vn/tin-tuc/thong-bao")),
        article=r"^/tin-tuc/(?:[\w-]+/)*(?:[^/-]+-){4,}[^/-]+\.html$",
        layout=LAYOUT, names=("moit.gov.vn", "MOIT"),
    )  # fmt: skip
