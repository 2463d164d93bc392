"""Every address of a stranger: which page, feed, sitemap or list answers it."""

from __future__ import annotations

import re
from base64 import b64decode
from urllib.parse import urlsplit

from crawler.newsroom.markup import BLANK
from crawler.newsroom.papers import slugify
from crawler.newsroom.resource import TEXT, XML, Resource, page_of
from crawler.newsroom.story import PaperStory
from crawler.newsroom.strangers import closed, feeds, lists, maps
from crawler.newsroom.strangers.addresses import find
from crawler.newsroom.strangers.charsets import encoded
from crawler.newsroom.strangers.chrome import DEAD_FEED, author_path, library, statics, topics
from crawler.newsroom.strangers.pages import page, print_page
from crawler.newsroom.strangers.stranger import Start, Stranger
from crawler.newsroom.world import World

_PIXEL = b64decode(BLANK.partition(",")[2])


def resource(world: World, stranger: Stranger, target: str) -> Resource | None:
    """What the stranger has at `target` (path and query) now; None for 404."""
    path = urlsplit(target).path
    if stranger.closed:
        return closed.resource(world, stranger, stranger.closed, target)
    if path.startswith("/images/"):
        return Resource(_PIXEL, "image/gif")
    if target == "/" and stranger.start:
        return _led(world.root(stranger) + stranger.start[0], stranger.start[1])
    if path == "/robots.txt":
        return Resource(_robots(world, stranger).encode(), TEXT)
    if (found := _outlet(world, stranger, target, path)) is not None:
        return found
    story, view = story_at(world, stranger, target)
    if story is None:
        html = _other_page(world, stranger, target)
    elif story.gone:
        return Resource(b"", gone=story.gone)
    else:
        html = print_page(world, stranger, story) if view == "print" else page(world, stranger, story)
    return encoded(html, stranger.charset) if html is not None else None


def story_at(world: World, stranger: Stranger, target: str) -> tuple[PaperStory | None, str]:
    """The story whose page stands at a path with query, if its time has come, and which view of it that is:
    "" for its own page, "print" or "amp" for a twin."""
    match = re.match(r"/(print|amp)(?=/)", target)
    view = match[1] if match else ""
    story = find(
        world.stories[stranger.name], target.removeprefix(f"/{view}") if view else target, stranger.scheme.named_by
    )
    return (story if story and story.visible_from <= world.now else None), view


def _outlet(world: World, stranger: Stranger, target: str, path: str) -> Resource | None:
    """A feed, sitemap or JSON list."""
    own = stranger.feeds
    if path == DEAD_FEED and "dead-feed" in stranger.decoys:
        return encoded(lists.plain(world, stranger, stranger.title, {}, []), stranger.charset)
    if path == "/sitemap.xml" and "pages-map" in stranger.decoys:
        return Resource(maps.decoy(world, stranger), XML)
    if own:
        if (body := feeds.feed(world, stranger, own, path)) is not None:
            kind = "application/atom+xml" if own.form.startswith("atom") else "text/xml"
            return Resource(body, f"{kind}; charset=utf-8")
        if own.announced == "page" and path == own.page:
            links = feeds.listed(stranger, own)
            return encoded(lists.plain(world, stranger, "Kênh RSS", links, []), stranger.charset)
    if stranger.maps and (body := maps.sitemap(world, stranger, stranger.maps, path)) is not None:
        return Resource(body, XML)
    if stranger.lists.api:
        call = re.escape(stranger.lists.api.replace("{n}", "\0")).replace("\0", r"(\d{1,6})").replace(r"\(", "(")
        if match := re.fullmatch(call, target):
            return Resource(lists.answer(world, stranger, int(match[1])), "application/json")
    return None


def _other_page(world: World, stranger: Stranger, target: str) -> str | None:
    if target in (stranger.start[0] if stranger.start else "/", "/index.html"):
        return lists.home(world, stranger)
    if html := lists.section_page(world, stranger, target):
        return html
    named = statics(stranger) | library(stranger)
    if target in named:
        return lists.plain(world, stranger, named[target], {}, [])
    hidden = stranger.lists.empty or stranger.lists.api
    stories = [] if hidden else world.visible(stranger)
    if (title := topics(stranger).get(target)) is not None:
        about = [
            story for story in stories if title.lower() in story.tags or slugify(title).find(story.section.slug) >= 0
        ]
        return lists.plain(world, stranger, title, {}, about)
    for story in stories:
        for name in story.authors:
            if target == author_path(stranger, name):
                written = [other for other in stories if name in other.authors]
                return lists.plain(world, stranger, name, {}, written)
    return None


def _robots(world: World, stranger: Stranger) -> str:
    own = stranger.maps
    paths = ["/sitemap-cu.xml"] if "dead-map" in stranger.decoys else []
    paths += [own.path] if own and own.in_robots else []
    paths += ["/sitemap.xml"] if "pages-map" in stranger.decoys else []
    lines = "".join(f"\nSitemap: {world.root(stranger)}{path}" for path in paths)
    return f"User-agent: *\nDisallow: /admin/\nDisallow: /tim-kiem\nDisallow: /print/\n{lines}\n"


def _led(address: str, how: Start) -> Resource:
    """What stands at "/" and leads to the home page."""
    match how:
        case "redirect":
            return Resource(b"", status=302, headers=(("Location", address),))
        case "refresh":
            head = f'<meta http-equiv="refresh" content="0;url={address}">'
        case _:
            head = f'<script>window.location.href = "{address}";</script>'
    return page_of(f"<html><head><title></title>{head}</head><body></body></html>")
