"""Bộ Giáo dục và Đào tạo: the portal of the Ministry of Education and Training."""

from datetime import date

from crawler.crawl import NewsSpider
from crawler.sites import SHAREPOINT, Listing, Numbers, Site


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
        archives=(Numbers("https://moet.gov.vn/tintuc/Pages/tin-tong-hop.aspx?ItemID={id}",
                  known=((date(2018, 7, 1), 5755), (date(2025, 7, 1), 9865))),),
        layout=SHAREPOINT, keep_query=("ItemID",), names=("Bộ GDĐT", "Bộ GD&ĐT"),
    )  # fmt: skip
