"""Lao Động: the daily of the Vietnam General Confederation of Labour."""

from crawler.crawl import NewsSpider
from crawler.sites import Feed, Layout, Listing, Site

LAYOUT = Layout(
    name="laodong", title=("h1.title",), body=("div.art-body", "#gallery-ctt", ".article-content"),
    lead=("div.chappeau", "p.abs"), time=("span.time", ".time time"), authors=(".art-author", ".author .name"),
    section=("a.main-cat-lnk", ".breadcrumb a"), tags=(".keywords a",),
    drop=(".related-news", ".box-tag", ".art-author", ".relate-news", ".news-relate", ".tin-lien-quan"),
)  # fmt: skip


class Laodong(NewsSpider):
    name = "laodong"
    site = Site(
        publisher="Báo Lao Động", home="https://laodong.vn/", tier="body",
        sources=(
            Feed("https://laodong.vn/rss/home.rss"),
            Listing("https://laodong.vn/thoi-su", pages="https://laodong.vn/thoi-su?page={n}"),
        ),
        article=r"-\d{5,8}\.ldo$",
        layout=LAYOUT, names=("LĐO", "Lao Động", "laodong.vn"),
    )  # fmt: skip
