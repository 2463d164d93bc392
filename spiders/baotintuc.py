"""Báo Tin tức: the daily of the Vietnam News Agency (TTXVN)."""

from crawler.crawl import NewsSpider
from crawler.sites import Feed, Layout, Listing, Site, Sitemap

LAYOUT = Layout(
    name="baotintuc", title=("h1.detail-title", "h1.title"), body=(".boxdetail .contents", "div.contents"),
    lead=("h2.sapo",), time=(".action-link .date span.txt", "div.date span.txt"),
    authors=("div.author strong", "div.author"), section=(".date h4 a", "h4.cate a"), tags=(".keysword a",),
    drop=(".gliaplayer-container", "ul.list-concern", ".widget", ".share"),
)  # fmt: skip


class Baotintuc(NewsSpider):
    name = "baotintuc"
    site = Site(
        publisher="Báo Tin tức", home="https://baotintuc.vn/", tier="central",
        sources=(
            Feed("https://baotintuc.vn/tin-moi-nhat.rss"),
            Listing("https://baotintuc.vn/thoi-su-472ct0.htm",
                    pages="https://baotintuc.vn/thoi-su-472ct0/trang-{n}.htm"),
        ),
        article=r"-\d{12,17}\.htm$", archives=(Sitemap("https://baotintuc.vn/sitemap.xml"),),
        layout=LAYOUT, names=("Báo Tin tức và Dân tộc", "TTXVN", "Tin tức", "baotintuc.vn"), proven=True,
    )  # fmt: skip
