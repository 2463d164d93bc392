"""Đảng Cộng sản Việt Nam: the portal of the Party."""

from crawler.crawl import NewsSpider
from crawler.sites import Layout, Listing, Site

LAYOUT = Layout(
    name="dangcongsan", title=("h1#contenttitle", "h1.post-title", "h1"),
    body=(".noidungtt", "div.post-content", "[itemprop=articleBody]", ".article-content", ".detail-content"),
    lead=("#description", ".post-summary", ".sapo"), time=("#ngaytao", ".post-date", "time[datetime]"),
    authors=("#tacgia", ".author"),
)  # fmt: skip


class Dangcongsan(NewsSpider):
    name = "dangcongsan"
    site = Site(
        publisher="Báo điện tử Đảng Cộng sản Việt Nam", home="https://dangcongsan.vn/", tier="central",
        sources=(Listing("https://dangcongsan.vn/"), Listing("https://dangcongsan.vn/tin-hoat-dong")),
        article=r"^/(?:[\w-]+/)+(?:[^/-]+-){4,}[^/-]+\.html$|-\d{5,}(?:\.html)?$", exclude=r"^/(?:cate|tag|chu-de)\b",
        layout=LAYOUT, names=("ĐCSVN", "Cổng TTĐT Đảng Cộng sản Việt Nam"),
    )  # fmt: skip
