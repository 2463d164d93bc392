"""Tòa án nhân dân tối cao: the portal of the Supreme People's Court."""

from crawler.crawl import NewsSpider
from crawler.sites import Layout, Listing, Site

LAYOUT = Layout(
    name="webcenter", title=("h1", ".title-detail", "h2.title"),
    body=(".bnc-content", ".content-detail", ".detail-content"), lead=(".sapo", ".summary"),
    time=("span.time", ".date"),
)  # fmt: skip


class Toaan(NewsSpider):
    name = "toaan"
    site = Site(
        publisher="Tòa án nhân dân tối cao", home="https://www.toaan.gov.vn/", tier="body",
        sources=(Listing("https://www.toaan.gov.vn/webcenter/portal/tatc/home"),),
        article=r"/chi-tiet-tin(?:-xet-xu)?\?dDocName=",
        layout=LAYOUT, keep_query=("dDocName",), names=("TANDTC",),
    )  # fmt: skip
