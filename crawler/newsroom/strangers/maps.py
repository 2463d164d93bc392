"""The sitemaps of strangers: flat, an index of months or days, and Google's form for news."""

from __future__ import annotations

from datetime import timedelta

from crawler.newsroom.markup import esc
from crawler.newsroom.story import PaperStory
from crawler.newsroom.strangers.chrome import library, section_path, statics, topics
from crawler.newsroom.strangers.stranger import Maps, Stranger
from crawler.newsroom.world import World

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
_NEWS_SPACE = 'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
NEWS = "/sitemap-news.xml"
"""Google's sitemap, where there is an index beside it."""
PAGES = "/sitemap-pages.xml"
"""Sections and pages about the office."""
_SHARDS = {"monthly": "/sitemap-{at:%Y-%m}.xml", "daily": "/sitemaps/{at:%Y/%m/%d}.xml"}


def sitemap(world: World, stranger: Stranger, maps: Maps, path: str) -> bytes | None:
    """The sitemap or index at a path; None when there is none."""
    stories = world.visible(stranger)
    shards = _shards(maps, stories)
    if path == maps.path:
        if maps.form == "flat":
            return _entries(world, stories, _pages(world, stranger))
        return _news(world, stranger, stories) if maps.form == "news" else _index(world, stranger, maps, shards)
    if path == NEWS and maps.form == "news-and-monthly":
        recent = [story for story in stories if story.published > world.now - timedelta(days=2)]
        return _news(world, stranger, recent)
    if path == PAGES and shards:
        return _entries(world, [], _pages(world, stranger))
    return _entries(world, shards[path], "") if path in shards else None


def decoy(world: World, stranger: Stranger) -> bytes:
    """A sitemap that holds every page but the articles."""
    return _entries(world, [], _pages(world, stranger))


def _shards(maps: Maps, stories: list[PaperStory]) -> dict[str, list[PaperStory]]:
    pattern = _SHARDS.get(maps.form.removeprefix("news-and-"))
    found: dict[str, list[PaperStory]] = {}
    for story in stories if pattern else ():
        found.setdefault((pattern or "").format(at=story.published), []).append(story)
    return found


def _index(world: World, stranger: Stranger, maps: Maps, shards: dict[str, list[PaperStory]]) -> bytes:
    fixed = [PAGES, *([NEWS] if maps.form == "news-and-monthly" else [])]
    rows = "".join(f"<sitemap><loc>{world.root(stranger)}{path}</loc></sitemap>\n" for path in fixed)
    for path, stories in shards.items():
        last = max(story.modified for story in stories).isoformat()
        rows += f"<sitemap><loc>{world.root(stranger)}{path}</loc><lastmod>{last}</lastmod></sitemap>\n"
    return f"{_HEAD}<sitemapindex {_SPACE}>\n{rows}</sitemapindex>\n".encode()


def _pages(world: World, stranger: Stranger) -> str:
    paths = ["/", *(section_path(stranger, section) for section in stranger.shelves), *statics(stranger)]
    if stranger.maps is None or stranger.maps.everything:
        paths += [*topics(stranger), *library(stranger)]
    return "".join(
        f"<url><loc>{world.root(stranger)}{esc(path)}</loc><changefreq>daily</changefreq></url>\n" for path in paths
    )


def _entries(world: World, stories: list[PaperStory], first: str) -> bytes:
    rows = "".join(
        f"<url><loc>{esc(world.url(story))}</loc><lastmod>{story.modified.isoformat()}</lastmod></url>\n"
        for story in stories
    )
    return f"{_HEAD}<urlset {_SPACE}>\n{first}{rows}</urlset>\n".encode()


def _news(world: World, stranger: Stranger, stories: list[PaperStory]) -> bytes:
    rows = "".join(
        f"<url><loc>{esc(world.url(story))}</loc><news:news><news:publication><news:name>{esc(stranger.title)}</news:name>"
        f"<news:language>vi</news:language></news:publication>"
        f"<news:publication_date>{story.published.isoformat()}</news:publication_date>"
        f"<news:title>{esc(story.title)}</news:title></news:news></url>\n"
        for story in stories
    )
    return f"{_HEAD}<urlset {_SPACE} {_NEWS_SPACE}>\n{rows}</urlset>\n".encode()
