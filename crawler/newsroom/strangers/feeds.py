"""The feeds of strangers: RSS 2.0, Atom and RDF, with or without the whole text, and the page that lists them."""

from __future__ import annotations

from collections.abc import Callable

from crawler.newsroom.feeds import feed_date
from crawler.newsroom.markup import esc
from crawler.newsroom.story import PaperStory
from crawler.newsroom.strangers.chrome import library
from crawler.newsroom.strangers.stranger import Feeds, Stranger
from crawler.newsroom.world import World

HOME_LENGTH = 60
"""Entries of a feed."""
_DECLARATION = '<?xml version="1.0" encoding="utf-8"?>\n'


def feed(world: World, stranger: Stranger, feeds: Feeds, path: str) -> bytes | None:
    """The feed at a path; None when there is none."""
    if path == feeds.home:
        return _written(world, stranger, feeds, world.newest(stranger, HOME_LENGTH), "Trang chủ")
    if path == feeds.documents:
        return _documents(world, stranger)
    for section in stranger.shelves:
        if path == section_feed(feeds, section.slug, section.zone):
            stories = world.newest(stranger, HOME_LENGTH) if feeds.same else world.visible(stranger, section.slug)
            return _written(world, stranger, feeds, stories[:HOME_LENGTH], section.name)
    return None


def section_feed(feeds: Feeds, slug: str, zone: int) -> str | None:
    """Path of a section's feed."""
    return feeds.section.format(slug=slug, zone=zone) if feeds.section else None


def listed(stranger: Stranger, feeds: Feeds) -> dict[str, str]:
    """Every feed by its path, with its name; the one of documents is no source of articles."""
    paths = {feeds.home: "Trang chủ"} if feeds.home else {}
    for section in stranger.shelves:
        if path := section_feed(feeds, section.slug, section.zone):
            paths[path] = section.name
    if feeds.documents:
        paths[feeds.documents] = "Văn bản mới"
    return paths


def _written(world: World, stranger: Stranger, feeds: Feeds, stories: list[PaperStory], name: str) -> bytes:
    write = _FORMS[feeds.form.removesuffix("-full")]
    return (_DECLARATION + write(world, stranger, stories, name, feeds.form.endswith("-full"))).encode()


def _text(story: PaperStory) -> str:
    """The article as markup, as a content management system without scruples gives it away."""
    return "".join(f"<p>{esc(line)}</p>" for line in (story.lead, *story.lines))


def _link(world: World, stranger: Stranger, story: PaperStory) -> str:
    url = world.url(story)
    if stranger.feeds and stranger.feeds.tracked:
        url += f"{'&' if '?' in url else '?'}utm_source=rss&utm_medium=feed"
    return esc(url)


def _documents(world: World, stranger: Stranger) -> bytes:
    """A feed of what the library of documents holds."""
    items = "".join(
        f"<item><title>{esc(title)}</title><link>{world.root(stranger)}{esc(path)}</link></item>\n"
        for path, title in library(stranger).items()
    )
    return f'{_DECLARATION}<rss version="2.0"><channel><title>Văn bản</title>\n{items}</channel></rss>\n'.encode()


def _rss(world: World, stranger: Stranger, stories: list[PaperStory], name: str, whole: bool) -> str:
    items = "".join(
        f"<item><title>{_cdata(story.title)}</title><link>{_link(world, stranger, story)}</link>"
        f'<guid isPermaLink="false">{stranger.name}-{story.number}</guid>'
        f"<pubDate>{feed_date(story.published, stranger.dialect)}</pubDate>"
        f"<description>{_cdata(story.lead)}</description>"
        f"{f'<content:encoded>{_cdata(_text(story))}</content:encoded>' if whole else ''}</item>\n"
        for story in stories
    )
    return (
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
        f"<title>{esc(stranger.title)} - {name}</title><link>{world.root(stranger)}/</link>"
        f"<description>{esc(stranger.title)}</description>\n{items}</channel></rss>\n"
    )


def _atom(world: World, stranger: Stranger, stories: list[PaperStory], name: str, whole: bool) -> str:
    entries = "".join(
        f'<entry><title type="html">{esc(esc(story.title))}</title>'
        f'<link rel="alternate" type="text/html" href="{_link(world, stranger, story)}"/>'
        f"<id>tag:{stranger.name},{story.number}</id>"
        f"<published>{story.published.isoformat()}</published><updated>{story.modified.isoformat()}</updated>"
        f"<summary>{esc(story.lead)}</summary>"
        f"{_atom_text(story) if whole else ''}</entry>\n"
        for story in stories
    )
    return (
        f'<feed xmlns="http://www.w3.org/2005/Atom"><title>{esc(stranger.title)} - {name}</title>'
        f"<id>{world.root(stranger)}/</id>\n{entries}</feed>\n"
    )


def _atom_text(story: PaperStory) -> str:
    return f'<content type="html">{esc(_text(story))}</content>'


def _rdf(world: World, stranger: Stranger, stories: list[PaperStory], name: str, whole: bool) -> str:  # noqa: ARG001
    items = "".join(
        f'<item rdf:about="{esc(world.url(story))}"><title>{esc(story.title)}</title>'
        f"<link>{_link(world, stranger, story)}</link><description>{esc(story.lead)}</description>"
        f"<dc:date>{story.published.isoformat()}</dc:date></item>\n"
        for story in stories
    )
    return (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="{world.root(stranger)}/">'
        f"<title>{esc(stranger.title)} - {name}</title></channel>\n{items}</rdf:RDF>\n"
    )


def _cdata(text: str) -> str:
    return f"<![CDATA[{text}]]>"


_FORMS: dict[str, Callable[[World, Stranger, list[PaperStory], str, bool], str]] = {
    "rss": _rss,
    "atom": _atom,
    "rdf": _rdf,
}
