"""Sitemaps sharded as the families do: by month, by five days, by day, by year, in folders, or not at all."""

from __future__ import annotations

import re
from datetime import date

from crawler.newsroom.markup import esc
from crawler.newsroom.papers import Paper, Shards
from crawler.newsroom.story import PaperStory
from crawler.newsroom.world import World
from crawler.sites import Sitemap

INDEX: dict[Shards, str] = {
    "month": "/sitemap.xml",
    "five-days": "/sitemap.xml",
    "flat": "/sitemap.xml",
    "day": "/sitemap.xml",
    "year": "/sitemaps/pid/feed-0.xml",
    "month-folder": "/sitemap.xml",
}
"""Path of each scheme's index; of "flat" the one sitemap."""
_SHARD: dict[Shards, str] = {
    "month": "/sitemaps/news-{Y}-{m}.xml",
    "five-days": "/sitemaps/sitemaps-{Y}-{m}-{d1}-{d2}.xml",
    "day": "/sitemap-article-{Y}-{mm}-{dd}.xml",
    "year": "/sitemaps/0/{Y}.xml",
    "month-folder": "/sitemaps/{Y}/{m}/article.xml",
}
_NEWS: dict[Shards, str] = {"month": "/sitemaps/google-news.xml", "five-days": "/google-news-sitemap.xml"}
_LATEST: dict[Shards, str] = {"five-days": "/latest-news-sitemap.xml"}
_CATEGORIES: dict[Shards, str] = {"month": "/sitemaps/categories.xml"}
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
_NEWS_SPACE = 'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
_RECENT = 60  # entries of the sitemaps of the newest


def shard(paper: Paper, day: date) -> str | None:
    """Path of the sitemap that holds the stories of a day; None for a flat one."""
    pattern = _SHARD.get(paper.shards)
    return Sitemap(pattern).shard(day) if pattern else None


def sitemap(world: World, paper: Paper, path: str) -> bytes | None:
    """The sitemap or index at a path; None when there is none."""
    scheme, stories = paper.shards, world.visible(paper)
    if path == INDEX[scheme]:
        return _entries(world, stories) if scheme == "flat" else _index(world, paper, stories)
    if path == _NEWS.get(scheme):
        return _news(world, paper, stories[:_RECENT])
    if path == _LATEST.get(scheme):
        return _entries(world, stories[:_RECENT])
    if path == _CATEGORIES.get(scheme):
        links = "".join(f"<url><loc>{world.root(paper)}/{section.slug}/</loc></url>" for section in paper.sections)
        return f"{_HEAD}<urlset {_SPACE}>{links}</urlset>".encode()
    held = [story for story in stories if shard(paper, story.published.date()) == path]
    if not held:
        return None
    home = f"<url><loc>{world.root(paper)}/</loc><changefreq>always</changefreq></url>\n" if scheme == "month" else ""
    return _entries(world, held, home)


def _index(world: World, paper: Paper, stories: list[PaperStory]) -> bytes:
    fixed = [table[paper.shards] for table in (_CATEGORIES, _LATEST, _NEWS) if paper.shards in table]
    newest: dict[str, str] = {}
    for story in stories:
        newest.setdefault(shard(paper, story.published.date()) or "", story.modified.isoformat())
    rows = "".join(f"<sitemap><loc>{world.root(paper)}{path}</loc></sitemap>\n" for path in fixed)
    rows += "".join(
        f"<sitemap><loc>{world.root(paper)}{path}</loc><lastmod>{at}</lastmod></sitemap>\n"
        for path, at in newest.items()
    )
    return f"{_HEAD}<sitemapindex {_SPACE}>\n{rows}</sitemapindex>\n".encode()


def _entries(world: World, stories: list[PaperStory], first: str = "") -> bytes:
    rows = "".join(
        f"<url><loc>{world.url(story)}</loc><lastmod>{_lastmod(story)}</lastmod></url>\n" for story in stories
    )
    return f"{_HEAD}<urlset {_SPACE}>\n{first}{rows}</urlset>\n".encode()


def _lastmod(story: PaperStory) -> str:
    """The time of change on the papers that say it; by the day the time of publication; by the year the day alone."""
    match story.paper.shards:
        case "day":
            return story.published.isoformat()
        case "year":
            return f"{story.modified:%Y-%m-%d}"
        case "month":
            return re.sub(r":(\d\d)$", r"\1", story.modified.isoformat())  # +0700
    return story.modified.isoformat()


def _news(world: World, paper: Paper, stories: list[PaperStory]) -> bytes:
    rows = "".join(
        f"<url><loc>{world.url(story)}</loc><news:news><news:publication><news:name>{paper.title}</news:name>"
        "<news:language>vi</news:language></news:publication>"
        f"<news:publication_date>{story.published.isoformat()}</news:publication_date>"
        f"<news:title>{esc(story.title)}</news:title><news:keywords>{esc(', '.join(story.tags))}</news:keywords>"
        "</news:news></url>\n"
        for story in stories
    )
    return f"{_HEAD}<urlset {_SPACE} {_NEWS_SPACE}>\n{rows}</urlset>\n".encode()
