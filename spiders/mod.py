"""Bộ Quốc phòng: the portal of the Ministry of National Defence."""

from crawler.crawl import NewsSpider
from crawler.sites import Layout, Listing, Site

LAYOUT = Layout(
    name="websphere", title=("h1 span", "h1"),
    body=("#layoutContainers .wpthemeInner", "#content_detail", ".detail-content"), lead=(".lead", ".sapo"),
    time=("h2.date", ".date"), authors=("b span",),
)  # fmt: skip


class Mod(NewsSpider):
    name = "mod"
    site = Site(
        publisher="Bộ Quốc phòng", home="https://mod.gov.vn/", tier="ministry",
        sources=(Listing("https://mod.gov.vn/home/news"),),
        article=r"^/(?:vn/)?(?:home/)?detail\?urile=wcm",
        layout=LAYOUT, keep_query=("urile",), names=("mod.gov.vn", "Cổng TTĐT Bộ Quốc phòng"),
    )  # fmt: skip
