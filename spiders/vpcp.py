"""Văn phòng Chính phủ: the Government Office's pages of the Government portal."""

from crawler.crawl import NewsSpider
from crawler.sites import VCCORP, Feed, Listing, Site, Sitemap


class Vpcp(NewsSpider):
    name = "vpcp"
    site = Site(
        publisher="Văn phòng Chính phủ", home="https://vpcp.chinhphu.vn/", tier="central",
        sources=(Feed("https://vpcp.chinhphu.vn/rss/home.rss"), Listing("https://vpcp.chinhphu.vn/tin-noi-bat.htm")),
        article=r"-\d{6,20}\.htm$", exclude="^/(?:chu-de|dong-su-kien|tag)/",
        archives=(Sitemap("https://vpcp.chinhphu.vn/sitemaps/sitemaps-{Y}-{m}-{d1}-{d2}.xml"),),
        layout=VCCORP, names=("Chinhphu.vn",),
    )  # fmt: skip
