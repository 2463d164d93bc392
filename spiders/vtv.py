"""Đài Truyền hình Việt Nam: the national television's online paper."""

from crawler.crawl import NewsSpider
from crawler.sites import VCCORP, VCCORP_PAST, Feed, Listing, Site, Sitemap


class Vtv(NewsSpider):
    name = "vtv"
    site = Site(
        publisher="Báo điện tử VTV", home="https://vtv.vn/", tier="central",
        sources=(
            Feed("https://vtv.vn/rss/home.rss"),
            Sitemap("https://vtv.vn/sitemaps/sitemaps-{Y}-{m}-{d1}-{d2}.xml"),
        ),
        article=r"-\d{6,20}\.htm$|^/video/[\w-]+-\d{4,}\.htm$", exclude="^/(?:chu-de|dong-su-kien|tag)/",
        archives=(Listing("https://vtv.vn/chinh-tri/xem-theo-ngay/{dd}-{mm}-{Y}.htm"),),
        layout=VCCORP, past=(VCCORP_PAST,), names=("VTV.vn", "VTV", "VTV Online", "VTV Times"), proven=True,
    )  # fmt: skip
