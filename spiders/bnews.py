"""Bnews: the business paper of the Vietnam News Agency (TTXVN)."""

from crawler.crawl import NewsSpider
from crawler.sites import Layout, Site, Sitemap

LAYOUT = Layout(
    name="bnews", title=("h1.post-title", "h1"), body=("div.lr-ct", ".post-content"), lead=(".lr-summary-post",),
    time=(".post-date", ".lr-date"), authors=(".post-author", ".lr-author"), section=(".breadcrumb a",),
)  # fmt: skip


class Bnews(NewsSpider):
    name = "bnews"
    site = Site(
        publisher="Bnews", home="https://bnews.vn/", tier="central",
        sources=(Sitemap("https://bnews.vn/sitemap/news-{Y}-{m}.xml", lastmod="published"),),
        article=r"^/[\w-]+/\d{3,}\.html$",
        layout=LAYOUT, names=("BNEWS", "Bnews/vnanet.vn", "TTXVN", "vnanet.vn"),
    )  # fmt: skip
