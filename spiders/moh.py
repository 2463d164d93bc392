"""Bộ Y tế: the portal of the Ministry of Health."""

from crawler.crawl import NewsSpider
from crawler.sites import LIFERAY, Listing, Site


class Moh(NewsSpider):
    name = "moh"
    site = Site(
        publisher="Bộ Y tế", home="https://moh.gov.vn/", tier="ministry",
        sources=(
            Listing("https://moh.gov.vn/web/guest/tin-noi-bat"),
            Listing("https://moh.gov.vn/web/guest/hoat-dong-cua-lanh-dao-bo"),
        ),
        article=r"/-/asset_publisher/\w+/content/[^/]+$|^/index\.jsp\?aid=\d+",
        layout=LIFERAY, keep_query=("aid", "cid", "pageId"), names=("Cổng TTĐT Bộ Y tế",),
    )  # fmt: skip
