"""Báo Điện tử Chính phủ: the Government's online paper."""

from crawler.crawl import NewsSpider
from crawler.sites import VCCORP, VCCORP_PAST, Feed, Listing, Site, Sitemap


class Baochinhphu(NewsSpider):
    name = "baochinhphu"
    site = Site(
        publisher="Báo Điện tử Chính phủ", home="https://baochinhphu.vn/", tier="central",
        sources=(
            Feed("https://baochinhphu.vn/home.rss"),
            Listing("https://baochinhphu.vn/chinh-sach-va-cuoc-song/chinh-sach-moi.htm",
                    pages="https://baochinhphu.vn/timelinelist/{zone}/{n}.htm"),
        ),
        article=r"-\d{6,20}\.htm$", exclude="^/(?:chu-de|dong-su-kien|tag)/",
        archives=(Sitemap("https://baochinhphu.vn/sitemaps/sitemaps-{Y}-{m}-{d1}-{d2}.xml"),),
        layout=VCCORP, past=(VCCORP_PAST,), names=("Chinhphu.vn", "baochinhphu.vn", "Cổng TTĐT Chính phủ"), proven=True,
    )  # fmt: skip
