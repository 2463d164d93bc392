"""Bộ Công an: the portal of the Ministry of Public Security."""

from crawler.crawl import NewsSpider
from crawler.sites import Layout, Listing, Site, Sitemap

LAYOUT = Layout(
    name="bocongan", title=("h1",), body=("article .prose", ".prose", ".detail-content", "article"),
    lead=("p.text-bca-gray-700.font-medium",), time=("time[datetime]", "time"),
    section=("nav[aria-label=breadcrumb] a",),
)  # fmt: skip


class Bocongan(NewsSpider):
    name = "bocongan"
    site = Site(
        publisher="Bộ Công an", home="https://bocongan.gov.vn/", tier="ministry",
        sources=(
            Sitemap("https://bocongan.gov.vn/sitemap.xml"),
            Listing("https://bocongan.gov.vn/chuyen-muc/tin-tuc-su-kien"),
        ),
        article=r"^/bai-viet/[\w-]+-(?:\d{10}|d\d+-t\d+)$",
        layout=LAYOUT, names=("Cổng TTĐT Bộ Công an", "bocongan.gov.vn"),
    )  # fmt: skip
