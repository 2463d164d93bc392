"""Quốc hội: the portal of the National Assembly."""

from datetime import date

from crawler.crawl import NewsSpider
from crawler.sites import SHAREPOINT, Listing, Numbers, Site


class Quochoi(NewsSpider):
    name = "quochoi"
    site = Site(
        publisher="Cổng thông tin điện tử Quốc hội", home="https://quochoi.vn/", tier="central",
        sources=(
            Listing("https://quochoi.vn/tintuc/Pages/tin-hoat-dong-cua-quoc-hoi.aspx"),
            Listing("https://quochoi.vn/tintuc/Pages/tin-tong-hop.aspx"),
        ),
        article=r"(?i)^/(?:[\w-]+/)*pages/[\w-]+\.aspx\?ItemID=\d+", exclude="(?i)van-?ban",
        archives=(Numbers("https://quochoi.vn/tintuc/Pages/tin-hoat-dong-cua-quoc-hoi.aspx?ItemID={id}",
                  known=((date(2023, 2, 15), 73340), (date(2026, 5, 15), 99777))),),
        layout=SHAREPOINT, keep_query=("ItemID",), names=("Quốc hội Việt Nam",),
    )  # fmt: skip
