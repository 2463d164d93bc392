"""CafeF: business news."""

from crawler.crawl import NewsSpider
from crawler.sites import VCCORP, Feed, Site, Sitemap


class Cafef(NewsSpider):
    name = "cafef"
    site = Site(
        publisher="CafeF", home="https://cafef.vn/", tier="press",
        sources=(
            Feed("https://cafef.vn/home.rss"),
            Sitemap("https://cafef.vn/sitemaps/sitemaps-{Y}-{m}-{d1}-{d2}.xml"),
        ),
        article=r"-\d{6,20}\.chn$", exclude="^/(?:dong-su-kien|chu-de|du-lieu|tag)/",
        layout=VCCORP, names=("cafef.vn",), proven=True,
    )  # fmt: skip
