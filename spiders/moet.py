"""Bộ Giáo dục và Đào tạo: the portal of the Ministry of Education and Training."""

from crawler.layouts import SHAREPOINT
from crawler.site import Listing, Site
from crawler.spider import NewsSpider


class Moet(NewsSpider):
    name = "moet"
    site = Site(
        publisher="Bộ Giáo dục và Đào tạo", home="https://moet.gov.vn/", tier="ministry",
        sources=(
            Listing("https://moet.gov.vn/tintuc/Pages/tin-tong-hop.aspx",
                    pages="https://moet.gov.vn/tintuc/Pages/tin-tong-hop.aspx?Page={n}"),
            Listing("https://moet.gov.vn/tintuc/Pages/tin-hoat-dong-cua-bo.aspx"),
        ),
        article=r"(?i)^/tintuc/pages/[\w-]+\.aspx\?ItemID=\d+",
        layout=SHAREPOINT, keep_query=("ItemID",), names=("Bộ GDĐT", "Bộ GD&ĐT"),
    )  # fmt: skip
