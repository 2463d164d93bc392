"""Tuổi Trẻ: the daily of the Youth Union of Hồ Chí Minh City."""

from crawler.crawl import NewsSpider
from crawler.sites import VCCORP, Feed, Listing, Site, Sitemap


class Tuoitre(NewsSpider):
    name = "tuoitre"
    site = Site(
        publisher="Báo Tuổi Trẻ", home="https://tuoitre.vn/", tier="press",
        sources=(Feed("https://tuoitre.vn/rss/tin-moi-nhat.rss"), Listing("https://tuoitre.vn/kinh-doanh.htm")),
        # Until 2017: /tin/<section>/<day>/<slug>/<number>.html, on dulich.tuoitre.vn without a section.
        article=r"-\d{6,20}\.htm$|^/tin/(?:[\w-]+/)+\d{5,8}\.html$", exclude="^/(?:chu-de|dong-su-kien|tag)/",
        archives=(Sitemap("https://tuoitre.vn/StaticSitemaps/sitemaps-{Y}-{m}.xml"),
                  Listing("https://tuoitre.vn/timeline-xem-theo-ngay/0/{d}-{m}-{Y}/trang-1.htm",
                  pages="https://tuoitre.vn/timeline-xem-theo-ngay/0/{d}-{m}-{Y}/trang-{n}.htm"),),
        layout=VCCORP, names=("TTO", "TT", "Tuổi Trẻ Online", "Tuổi Trẻ"), proven=True,
    )  # fmt: skip
