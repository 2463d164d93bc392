"""Bộ Ngoại giao: the portal of the Ministry of Foreign Affairs."""

from crawler.crawl import NewsSpider
from crawler.sites import LIFERAY, Listing, Site

LAYOUT = LIFERAY.replace(name="mofa", body=("div.article-content", *LIFERAY.body), time=(".news-time", *LIFERAY.time))


class Mofa(NewsSpider):
    name = "mofa"
    site = Site(
        publisher="Bộ Ngoại giao", home="https://mofa.gov.vn/", tier="ministry",
        sources=(
            Listing("https://mofa.gov.vn/hoat-dong-doi-ngoai-cap-cao"),
            Listing("https://mofa.gov.vn/nguoi-phat-ngon"),
        ),
        article=r"/(?:tin-)?chi-tiet/[\w-]+-\d+(?:-\d+)?\.html$",
        layout=LAYOUT, names=("BNG", "mofa.gov.vn"),
    )  # fmt: skip
