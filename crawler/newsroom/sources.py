"""Every address of a paper: which page, feed, sitemap or list answers it."""

from __future__ import annotations

from base64 import b64decode
from urllib.parse import urlsplit

from crawler.newsroom.families import family_of
from crawler.newsroom.feeds import feed
from crawler.newsroom.listings import EVERYTHING, listing
from crawler.newsroom.markup import BLANK, footer, menu, story_links
from crawler.newsroom.pages import page, redesigned
from crawler.newsroom.papers import Paper
from crawler.newsroom.resource import TEXT, XML, Resource
from crawler.newsroom.sitemaps import INDEX, sitemap
from crawler.newsroom.strangers import routes
from crawler.newsroom.strangers.stranger import Stranger
from crawler.newsroom.world import World

PIXEL = b64decode(BLANK.partition(",")[2])


def resource(world: World, paper: Paper, target: str, *, endless: bool = False) -> Resource | None:
    """What the paper has at `target` (path and query) now; None for 404."""
    if isinstance(paper, Stranger):
        return routes.resource(world, paper, target)
    path = urlsplit(target).path
    if story := world.at(paper, path):
        return Resource(b"", gone=story.gone) if story.gone else Resource(page(world, story).encode())
    if path == "/robots.txt":
        return Resource(robots(world, paper).encode(), TEXT)
    if path.startswith("/images/"):
        return Resource(PIXEL, "image/gif")
    if (rss := section_feed(world, paper, path)) is not None:
        # An UTF-16 body under a header that says UTF-8 would be a lie; the paper that sends it names no charset.
        return Resource(rss, "application/rss+xml" if paper.dialect == "gmt7" else "application/rss+xml; charset=utf-8")
    if path.endswith(".xml") and (body := sitemap(world, paper, path)) is not None:
        return Resource(body, XML)
    html = listing(world, paper, target, endless=endless) or home(world, paper, path)
    if html is None:
        return None
    design = world.design(paper)
    return Resource((redesigned(html, design) if design else html).encode())


def section_feed(world: World, paper: Paper, path: str) -> bytes | None:
    """The home feed or a section's; None when the path is no feed's."""
    for section in paper.sections:
        if path == family_of(paper).section_feed.format(slug=section.slug, zone=section.zone):
            return feed(world, paper, world.visible(paper, section.slug), section.name)
    if path == paper.feed or (family_of(paper).any_feed and path.startswith("/rss/")):
        return feed(world, paper, world.visible(paper))
    return None


def section_feed_path(paper: Paper, number: int = 0) -> str:
    """Path of the feed of a section, by its number in the table."""
    section = paper.sections[number]
    return family_of(paper).section_feed.format(slug=section.slug, zone=section.zone)


def robots(world: World, paper: Paper) -> str:
    """The robots.txt: search, print pages and API are closed."""
    return (
        "User-agent: *\nDisallow: /api/\nDisallow: /tim-kiem\nDisallow: /print\nAllow: /\n\n"
        f"Sitemap: {world.root(paper)}{INDEX[paper.shards]}\n"
    )


def home(world: World, paper: Paper, path: str) -> str | None:
    """The home page: the newest of each section."""
    if path not in ("/", "/index.html"):
        return None
    style = family_of(paper).listing
    boxes = "".join(
        f'<section><h2><a href="/{section.slug}">{section.name}</a></h2>'
        f"{story_links(world, world.visible(paper, section.slug)[:5], style.item)}</section>\n"
        for section in paper.sections
    )
    top = style.top.format(slug=EVERYTHING.slug)
    return (
        f'<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>{paper.title}</title></head><body>'
        f'{menu(paper, "menu-top")}<h1>{paper.title}</h1><p><a href="{top}">Tin mới</a>'
        f"</p>{boxes}{footer(paper, 'footer')}</body></html>\n"
    )
