"""Báo Đầu tư: the investment paper under the Ministry of Finance."""

from crawler.crawl import NewsSpider
from crawler.sites import Layout, Listing, Site, Sitemap

LAYOUT = Layout(
    name="baodautu", title=("div.title-detail",), body=("#content_detail_news",), lead=("div.sapo_detail",),
    time=("span.post-time",), authors=(".author-share-top a.author",), section=("div.fs16.text-uppercase a",),
    tags=(".tag_detail a",), caption=("td.media-caption",),
    drop=("table.__MB_ARTICLE_A", ".list_news_relation_top", ".news_relate_one"),
)  # fmt: skip


class Baodautu(NewsSpider):
    name = "baodautu"
    site = Site(
        publisher="Báo Đầu tư", home="https://baodautu.vn/", tier="press",
        sources=(
            Sitemap("https://baodautu.vn/sitemaps/news-{Y}-{m}.xml", lastmod="modified"),
            Listing("https://baodautu.vn/tai-chinh-chung-khoan-d6/",
                    pages="https://baodautu.vn/tai-chinh-chung-khoan-d6/p{n}"),
        ),
        article=r"-d\d+\.html$",
        layout=LAYOUT, names=("baodautu.vn", "Đầu tư"), proven=True,
    )  # fmt: skip
