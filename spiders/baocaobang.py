"""Báo Cao Bằng: the paper of the Party committee of Cao Bằng province."""

from crawler.crawl import NewsSpider
from crawler.sites import Layout, Listing, Site

LAYOUT = Layout(
    name="baocaobang", title=("h1.name",), body=("#content-detail",), lead=(".summary",), time=("div.date",),
    authors=(".pseudonym",), section=(".breadcrumb a",),
)  # fmt: skip


class Baocaobang(NewsSpider):
    name = "baocaobang"
    site = Site(
        publisher="Báo Cao Bằng", home="https://baocaobang.vn/", tier="province",
        sources=(Listing("https://baocaobang.vn/"),),
        article=r"^/[^/]+/[^/]+-\d+\.html$|^/[^/]+/[^/]+/\d+\.bcb$",
        layout=LAYOUT, names=("Baocaobang.vn",),
    )  # fmt: skip
