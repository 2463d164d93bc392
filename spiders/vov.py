"""Đài Tiếng nói Việt Nam: the national radio's online paper."""

from crawler.crawl import NewsSpider
from crawler.sites import Feed, Layout, Listing, Site, Sitemap

LAYOUT = Layout(
    name="vov", title=("h1.article-title",), body=(".article-content .text-long",),
    lead=(".article-summary h2", ".article-summary"), time=(".article-date .col-md-4", "div.col-md-4.mb-2"),
    authors=(".article-author a",), section=("li.breadcrumb-item-first a", "a.special-header-title"),
    tags=(".article-tags a",), drop=(".inner-article", ".field-related-article"),
)  # fmt: skip


class Vov(NewsSpider):
    name = "vov"
    site = Site(
        publisher="Báo điện tử VOV", home="https://vov.vn/", tier="central",
        sources=(Feed("https://vov.vn/rss.xml"), Sitemap("https://vov.vn/sitemaps/{Y}/{m}/article.xml")),
        article=r"-(?:post)?\d{4,}\.vov\d?$",
        archives=(
            Listing("https://vov.vn/tin-moi-cap-nhat", pages="https://vov.vn/tin-moi-cap-nhat?page={n}", first=1),
        ),
        layout=LAYOUT, names=("VOV.VN", "VOV"), proven=True,
    )  # fmt: skip
