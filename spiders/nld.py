"""Người Lao Động: the daily of the Party committee of Hồ Chí Minh City."""

from crawler.crawl import NewsSpider
from crawler.sites import VCCORP, Feed, Listing, Site


class Nld(NewsSpider):
    name = "nld"
    site = Site(
        publisher="Báo Người Lao Động", home="https://nld.com.vn/", tier="press",
        sources=(
            Feed("https://nld.com.vn/rss/home.rss"),
            Listing("https://nld.com.vn/kinh-te.htm", pages="https://nld.com.vn/timelinelist/{zone}/{n}.htm"),
        ),
        article=r"-\d{6,20}\.htm$", exclude="^/(?:chu-de|dong-su-kien|tag)/",
        layout=VCCORP, names=("NLĐO", "NLĐ", "Người Lao Động"),
    )  # fmt: skip
