"""TP. Hồ Chí Minh: the Government portal's pages on Hồ Chí Minh City."""

from crawler.crawl import NewsSpider
from crawler.sites import VCCORP, Feed, Listing, Site, Sitemap


class Tphcm(NewsSpider):
    name = "tphcm"
    site = Site(
        publisher="Trang TP. Hồ Chí Minh – Cổng TTĐT Chính phủ", home="https://tphcm.chinhphu.vn/", tier="central",
        sources=(Feed("https://tphcm.chinhphu.vn/rss/home.rss"), Listing("https://tphcm.chinhphu.vn/")),
        article=r"-\d{6,20}\.htm$", exclude="^/(?:chu-de|dong-su-kien|tag)/",
        archives=(Sitemap("https://tphcm.chinhphu.vn/sitemaps/sitemaps-{Y}-{m}-{d1}-{d2}.xml"),),
        layout=VCCORP, names=("Chinhphu.vn",),
    )  # fmt: skip
