"""VnExpress: the online paper of FPT, under the Ministry of Science and Technology."""

from crawler.crawl import NewsSpider
from crawler.sites import Feed, Layout, Listing, Site

LAYOUT = Layout(
    name="vnexpress", title=("h1.title-detail", "h1.title_news_detail", ".title_news h1", "h1.title_post"),
    body=("article.fck_detail", ".fck_detail"), lead=("p.description", ".short_intro", ".lead_post_detail"),
    time=(".header-content span.date", "span.date", ".block_timer", "div.author span"), section=("ul.breadcrumb li a",),
    authors=("p.author_mail strong", ".block_header div.author"), caption=("p.Image",),
    drop=(".list_link", "ul.list-news", "[data-component-type=tin_xemthem]"),
)  # fmt: skip


class Vnexpress(NewsSpider):
    name = "vnexpress"
    site = Site(
        publisher="VnExpress", home="https://vnexpress.net/", tier="press",
        sources=(
            Feed("https://vnexpress.net/rss/tin-moi-nhat.rss"),
            Listing("https://vnexpress.net/kinh-doanh", pages="https://vnexpress.net/kinh-doanh-p{n}"),
        ),
        article=r"-\d{5,8}(?:-p\d+)?\.html$|^/[\w-]+/[\w-]+/(?:[^/-]+-){2,}\d+$|^/interactive/\d{4}/[\w-]+",
        exclude=r"^/(?:topic|tag|tac-gia)/|/topic-\d+\.html$|/v-car/(?:dong|hang)-xe/",
        layout=LAYOUT, names=("VnExpress.net",), proven=True,
    )  # fmt: skip
