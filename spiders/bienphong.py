"""Biên phòng: the paper of the Border Guard."""

from crawler.crawl import NewsSpider
from crawler.sites import Feed, Layout, Listing, Site

LAYOUT = Layout(
    name="bienphong", title=("article.article-main h2.title--big", ".ft-info-media h1"),
    body=(".article-content-main",), lead=(".article-content-intro",),
    time=(".article-main .article-date", ".ft-time-media"),
)  # fmt: skip


class Bienphong(NewsSpider):
    name = "bienphong"
    site = Site(
        publisher="Báo Biên phòng", home="https://www.bienphong.com.vn/", tier="ministry",
        sources=(Feed("https://www.bienphong.com.vn/rss/kinh-te.rss"), Listing("https://www.bienphong.com.vn/")),
        article=r"-post\d+\.html$",
        layout=LAYOUT, names=("Biên phòng", "BP"),
    )  # fmt: skip
