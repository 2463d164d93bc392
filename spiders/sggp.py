"""Sài Gòn Giải Phóng: the daily of the Party committee of Hồ Chí Minh City."""

from crawler.crawl import NewsSpider
from crawler.sites import EPI, Feed, Listing, Site, Sitemap


class Sggp(NewsSpider):
    name = "sggp"
    site = Site(
        publisher="Sài Gòn Giải Phóng", home="https://www.sggp.org.vn/", tier="province",
        sources=(
            Feed("https://www.sggp.org.vn/rss/home.rss"),
            Sitemap("https://www.sggp.org.vn/sitemaps/news-{Y}-{m}.xml", lastmod="modified"),
        ),
        article=r"-post\d+\.html$|-\d{5,}\.html$", exclude=r"^/(?:topic|event|tag|print)\b",
        archives=(Listing("https://api.sggp.org.vn/api/morenews-latest-0-1.html?show_author=1",
                  pages="https://api.sggp.org.vn/api/morenews-latest-0-{n}.html?show_author=1"),),
        layout=EPI, names=("SGGPO", "SGGP", "Báo Sài Gòn Giải Phóng"),
    )  # fmt: skip
