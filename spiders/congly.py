"""Công lý: the review of the Supreme People's Court."""

from crawler.crawl import NewsSpider
from crawler.sites import ONECMS, Listing, Site, Sitemap


class Congly(NewsSpider):
    name = "congly"
    site = Site(
        publisher="Tạp chí Công lý", home="https://congly.vn/", tier="body",
        sources=(
            Listing("https://congly.vn/"),
            Sitemap("https://congly.vn/sitemap-article-{Y}-{mm}-{dd}.xml", lastmod="published"),
        ),
        article=r"-\d{4,9}\.html$", exclude=r"-event\d+\.html$|^/(?:print|tag)/",
        layout=ONECMS, names=("Công lý", "Báo Công lý"),
    )  # fmt: skip
