"""Tạp chí Cộng sản: the political review of the Party's Central Committee."""

from crawler.crawl import NewsSpider
from crawler.sites import LIFERAY, Listing, Site


class Tapchicongsan(NewsSpider):
    name = "tapchicongsan"
    site = Site(
        publisher="Tạp chí Cộng sản", home="https://www.tapchicongsan.org.vn/", tier="central",
        sources=(
            Listing("https://www.tapchicongsan.org.vn/web/guest/tin-tuc"),
            Listing("https://www.tapchicongsan.org.vn/web/guest/chinh-tri-xay-dung-dang"),
        ),
        article=r"/-/2018/\d+/[^/]+$|/-/asset_publisher/\w+/content/[^/]+$|-\d{4,}\.html$",
        layout=LIFERAY, names=("TCCS", "TCCSĐT"),
    )  # fmt: skip
