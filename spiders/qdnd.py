"""Quân đội nhân dân: the daily of the Central Military Commission and the Ministry of National Defence."""

from crawler.crawl import NewsSpider
from crawler.sites import DNN, Feed, Site, Sitemap

LAYOUT = DNN.replace(name="dnn-qdnd", authors=(".author-top", ".tacgia", ".author"), drop=(*DNN.drop, ".video-wrapper"))


class Qdnd(NewsSpider):
    name = "qdnd"
    site = Site(
        publisher="Báo Quân đội nhân dân", home="https://www.qdnd.vn/", tier="ministry",
        sources=(
            Feed("https://www.qdnd.vn/rss/cate/tin-tuc-moi-nhat.rss"),
            Sitemap("https://www.qdnd.vn/sitemaps/0/top300article.xml"),
        ),
        article=r"^/(?:[\w-]+/)+[\w-]+-\d{5,}$", exclude="^/(?:audio|Lf)/",
        archives=(Sitemap("https://www.qdnd.vn/sitemaps/pid/feed-0.xml"),),
        layout=LAYOUT, names=("QĐND Online", "QĐND", "Quân đội nhân dân"),
    )  # fmt: skip
