"""The `Site` value of each simulated paper, as a spider of the real one would hold it."""

from __future__ import annotations

from urllib.parse import urlsplit

from crawler.newsroom.listings import EVERYTHING, STYLES
from crawler.newsroom.papers import Family, Paper, papers
from crawler.newsroom.sitemaps import INDEX
from crawler.sites.layouts import DNN, EPI, MASTERCMS, ONECMS, VCCORP, Layout
from crawler.sites.registry import Sites
from crawler.sites.site import Feed, Listing, Site, Sitemap, Source

BROADCASTER = Layout(
    name="vov",
    title=("h1.article-title",),
    body=(".article-content .text-long",),
    lead=(".article-summary h2 > div",),
    time=(".article-date .col-md-4",),
    authors=(".article-author a",),
    section=("li.breadcrumb-item-first a",),
    drop=("article.inner-article",),
)
_LAYOUTS: dict[Family, Layout] = {
    "epi": EPI,
    "vccorp": VCCORP,
    "mastercms": MASTERCMS,
    "onecms": ONECMS,
    "dnn": DNN,
    "vov": BROADCASTER,
}
_LISTED: tuple[Family, ...] = ("vccorp", "mastercms", "vov")


def newsroom_sites(base_url: str, count: int = 6) -> Sites:
    """The sites of a newsroom at `base_url` ("http://127.0.0.1:8080"), in the order of the papers.

    Every paper has its home feed; all but the one of family C a sitemap; three a listing.
    """
    port = urlsplit(base_url).port
    return Sites(site(paper, port) for paper in papers(count))


def site(paper: Paper, port: int | None) -> Site:
    """The definition of one paper."""
    root = f"http://{paper.host}" + (f":{port}" if port else "")
    sources: list[Source] = [Feed(root + paper.feed)]
    if paper.family != "mastercms":
        sources.append(
            Sitemap(root + INDEX[paper.shards], lastmod="published" if paper.shards == "day" else "modified")
        )
    if paper.family in _LISTED:
        style = STYLES[paper.family]
        # Offsets are no page numbers: there the crawler follows rel=next.
        pages = None if "{offset}" in style.page else style.page
        sources.append(
            Listing(
                root + style.top.format(slug=EVERYTHING.slug),
                links=style.links,
                pages=root + pages.replace("{slug}", EVERYTHING.slug) if pages else None,
                first=style.first,
            )
        )
    return Site(
        name=paper.name,
        publisher=paper.title,
        home=f"{root}/",
        tier=paper.tier,
        sources=tuple(sources),
        article=paper.article,
        layout=_LAYOUTS[paper.family],
        names=(paper.mark.strip("()"),),
        delay=0.0,
        budget=100_000,
    )
