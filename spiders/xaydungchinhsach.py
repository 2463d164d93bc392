"""Xây dựng chính sách, pháp luật: the Government portal's pages on new law."""

from crawler.crawl import NewsSpider
from crawler.sites import VCCORP, Feed, Site, Sitemap


class Xaydungchinhsach(NewsSpider):
    name = "xaydungchinhsach"
    site = Site(
        publisher="Xây dựng chính sách, pháp luật", home="https://xaydungchinhsach.chinhphu.vn/", tier="central",
        sources=(
            Feed("https://xaydungchinhsach.chinhphu.vn/rss/home.rss"),
            Sitemap("https://xaydungchinhsach.chinhphu.vn/sitemaps/sitemaps-{Y}-{m}-{d1}-{d2}.xml"),
        ),
        article=r"-\d{6,20}\.htm$", exclude="^/(?:chu-de|dong-su-kien|tag)/",
        layout=VCCORP, names=("Chinhphu.vn",),
    )  # fmt: skip
