"""What the demo picks to show: a page with a box between its paragraphs, plain articles, the delivered feed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from crawler.items import Article
from crawler.sites import Sites

if TYPE_CHECKING:
    from crawler.extract import Dropped
    from crawler.newsroom import Newsroom, World
    from crawler.newsroom.story import PaperStory
    from crawler.schedule import AgendaEntry
    from crawler.store import Store


T = TypeVar("T")


class Missing(Exception):
    """Something that the demo is there to show did not happen."""


def expect(happened: object, otherwise: str) -> None:
    """Raise `Missing` unless it happened."""
    if not happened:
        raise Missing(otherwise)


def need(value: T | None, otherwise: str) -> T:
    """The value; raises `Missing` when there is none."""
    if value is None:
        raise Missing(otherwise)
    return value


@dataclass(frozen=True, slots=True)
class Scene:
    """A place in a page where something that is not the article stood between two of its paragraphs."""

    article: Article
    lines: list[str]
    """The paragraph before, the lines that were dropped, the paragraph after."""
    rule: str


def related_between(room: Newsroom, sites: Sites) -> Scene | None:
    """The longest box that stands between two paragraphs of any page of the newsroom."""
    from crawler.extract import extract

    best: Scene | None = None
    for story in room.world.all_stories():
        body = room.respond(story.paper.host, story.path, {}).body
        dropped: list[Dropped] = []
        article = extract(body, room.world.url(story), site=sites[story.paper.name], explain=dropped)
        kept, page = set(article.body.split("\n")), _lines_of(body)
        for block in dropped:
            lines = _around(page, block.text)
            if len(lines) > (len(best.lines) if best else 2) and {lines[0], lines[-1]} <= kept:
                best = Scene(article, lines, block.rule)
    return best


def plain_stories(world: World) -> list[PaperStory]:
    """Articles that neither are copies nor have any; the newest of each paper comes first."""
    originals = {id(story.copy_of) for story in world.all_stories() if story.copy_of}
    plain = [
        story
        for paper in world.papers
        for story in world.visible(paper)
        if story.kind == "article" and story.copy_of is None and id(story) not in originals
    ]
    newest = {story.paper.name: story for story in reversed(plain)}
    return [*newest.values(), *plain]


def next_polls(store: Store) -> list[AgendaEntry]:
    """Of each scheduled site the source that is polled first."""
    from crawler.schedule import agenda

    with store.reading() as connection:
        entries = [entry for entry in agenda.entries(connection) if entry.source != agenda.ARTICLES]
    return list({entry.site: entry for entry in reversed(entries)}.values())[::-1]


def delivered(store: Store, path: Path) -> list[dict[str, Any]]:
    """The lines of a file to which the change feed is delivered, from where it stopped; none when it cannot be."""
    from crawler.deliver import Deliverer, Route
    from crawler.deliver.jsonl import JsonLines

    sink = Route("demo", "", JsonLines("demo", f"jsonl:{path}"), sites=None, text=None)
    if not Deliverer(store, sink, pause=lambda _: False).once(lambda _: None):
        return []
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def _lines_of(page: bytes) -> list[str]:
    """The text of a page, a line for each of its blocks."""
    from selectolax.lexbor import LexborHTMLParser

    tree = LexborHTMLParser(page.decode())
    texts = [" ".join(node.text().split()) for node in tree.css("h1, h2, h3, h4, p, li, figcaption, .title, a")]
    return list(dict.fromkeys(text for text in texts if text))


def _around(lines: list[str], block: str) -> list[str]:
    """The lines of `block` with one before and one after it; empty when it does not stand together."""
    inside = [index for index, line in enumerate(lines) if line in block]
    if not inside or inside[-1] - inside[0] >= len(inside):
        return []
    return lines[max(inside[0] - 1, 0) : inside[-1] + 2]
