"""VietNamNet: the online paper of the Ministry of Ethnic and Religious Affairs."""

from crawler.crawl import NewsSpider
from crawler.sites import Feed, Layout, Listing, Site

LAYOUT = Layout(
    name="vietnamnet", title=("h1.content-detail-title",), body=("#maincontent", ".maincontent"),
    lead=("h2.content-detail-sapo", ".content-detail-sapo"), time=(".bread-crumb-detail__time", ".publish-date"),
    authors=(".article-detail-author__info .name a",),
    section=(".bread-crumb-detail > ul > li > a", ".bread-crumb-detail li a"), tags=(".tag-cotnent a",),
    drop=("article.vnn-template-noneditable", "#vnnid-box-vote", ".collectInfomationBox", ".related-news"),
)  # fmt: skip


class Vietnamnet(NewsSpider):
    name = "vietnamnet"
    site = Site(
        publisher="Báo VietNamNet", home="https://vietnamnet.vn/", tier="press",
        sources=(
            Feed("https://vietnamnet.vn/thoi-su.rss"),
            Listing("https://vietnamnet.vn/kinh-doanh", pages="https://vietnamnet.vn/kinh-doanh-page{n}", first=1),
        ),
        # Until about 2017: /vn/<section>/<number>/<slug>.html.
        article=r"-E?\d{5,8}\.html$|^/vn/(?:[\w-]+/)+\d{5,7}/[\w-]+\.html$", exclude=r"^/(?:su-kien|tag|topic)\b",
        layout=LAYOUT, names=("VietNamNet", "VNN"), proven=True,
    )  # fmt: skip
