"""The `Site` value of each simulated paper, as a spider of the real one would hold it."""

from __future__ import annotations

from urllib.parse import urlsplit

from crawler.newsroom.families import FAMILIES, family_of, papers
from crawler.newsroom.listings import EVERYTHING
from crawler.newsroom.papers import Paper
from crawler.newsroom.sitemaps import INDEX
from crawler.sites import Feed, Listing, Site, Sitemap, Sites, Source


def newsroom_sites(base_url: str, count: int = len(FAMILIES)) -> Sites:
    """The sites of a newsroom at `base_url` ("http://127.0.0.1:8080"), in the order of the papers.

    Every paper has its home feed; sitemap and listing where its family says so.
    """
    port = urlsplit(base_url).port
    return Sites(site(paper, port) for paper in papers(count))


def site(paper: Paper, port: int | None) -> Site:
    """The definition of one paper."""
    family = family_of(paper)
    root = f"http://{paper.host}" + (f":{port}" if port else "")
    sources: list[Source] = [Feed(root + paper.feed)]
    if family.has_sitemap:
        sources.append(
            Sitemap(root + INDEX[paper.shards], lastmod="published" if paper.shards == "day" else "modified")
        )
    if family.has_listing:
        style = family.listing
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
        layout=family.layout,
        names=(paper.mark.strip("()"),),
        delay=0.0,
        budget=100_000,
    )
