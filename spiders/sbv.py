"""Ngân hàng Nhà nước Việt Nam: the portal of the State Bank."""

from crawler.crawl import NewsSpider
from crawler.sites import LIFERAY, Listing, Site


class Sbv(NewsSpider):
    name = "sbv"
    site = Site(
        publisher="Ngân hàng Nhà nước Việt Nam", home="https://www.sbv.gov.vn/", tier="ministry",
        sources=(Listing("https://www.sbv.gov.vn/vi/tin-tuc"),),
        article=r"^/(?:vi/)?web/[\w-]+/w/[^/]+$|/-/asset_publisher/\w+/content/[^/]+$|\?dDocName=SBV\d+",
        layout=LIFERAY, keep_query=("dDocName",), names=("NHNN", "SBV"),
    )  # fmt: skip
