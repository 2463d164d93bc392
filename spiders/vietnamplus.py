"""VietnamPlus: the online paper of the Vietnam News Agency (TTXVN)."""

from crawler.crawl import NewsSpider
from crawler.sites import EPI, Feed, Listing, Site, Sitemap


class Vietnamplus(NewsSpider):
    name = "vietnamplus"
    site = Site(
        publisher="VietnamPlus", home="https://www.vietnamplus.vn/", tier="central",
        sources=(
            Feed("https://www.vietnamplus.vn/rss/home.rss"),
            Sitemap("https://www.vietnamplus.vn/sitemaps/news-{Y}-{m}.xml", lastmod="modified"),
        ),
        article=r"-post\d+\.vnp$|^/[^/]+/\d{4,}\.vn[ap]$|^/(?!print-)[\w-]+-\d{3,}\.html$|^/\d{4}/\d\d/\d\d/[\w-]+",
        exclude="^/(?:topic|event|chu-de|tag)/",
        archives=(Listing("https://apiv3.vietnamplus.vn/api/morenews-latest-0-1.html",
                  pages="https://apiv3.vietnamplus.vn/api/morenews-latest-0-{n}.html"),),
        layout=EPI, hosts=("infographics.vn",), names=("Vietnam+", "TTXVN/Vietnam+", "TTXVN"), proven=True,
    )  # fmt: skip
