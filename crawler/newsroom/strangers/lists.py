"""The pages of strangers that list stories: home, sections with their paging, topics, and the calls behind a button."""

from __future__ import annotations

import json
import re

from crawler.newsroom.markup import esc
from crawler.newsroom.papers import Section
from crawler.newsroom.story import PaperStory
from crawler.newsroom.strangers.chrome import DEAD_FEED, anchors, document, item, section_path, side
from crawler.newsroom.strangers.design import Design, design_of
from crawler.newsroom.strangers.feeds import listed
from crawler.newsroom.strangers.stranger import Feeds, Stranger
from crawler.newsroom.world import World

_HOME = 5  # stories of a section on the home page


def home(world: World, stranger: Stranger) -> str:
    """The newest of each section below what is pinned."""
    design = design_of(stranger, world.design(stranger))
    boxes = "".join(
        f'<div{design.hooks.attr("box")}><h2><a href="{esc(section_path(stranger, section))}">{esc(section.name)}</a>'
        f"</h2>{_rows(world, _shown(world, stranger, section)[:_HOME], design)}</div>\n"
        for section in stranger.shelves
    )
    feeds, link = stranger.feeds, ""
    if "dead-feed" in stranger.decoys:
        link = f'<link rel="alternate" type="application/rss+xml" title="RSS" href="{DEAD_FEED}">\n'
    if feeds and feeds.announced == "alternate":
        link += "".join(
            f'<link rel="alternate" type="application/{_media(feeds)}+xml" title="{esc(name)}" href="{path}">\n'
            for path, name in listed(stranger, feeds).items()
        )
    head = f"<title>{esc(stranger.title)}</title>\n{link}"
    return _page(world, stranger, design, head, stranger.title, boxes)


def _media(feeds: Feeds) -> str:
    return "atom" if feeds.form.startswith("atom") else "rss"


def section_page(world: World, stranger: Stranger, target: str) -> str | None:
    """The page of a section at a path with query; None when there is none."""
    for section in stranger.shelves:
        if (number := _number(stranger, section, target)) is not None:
            return _section(world, stranger, section, number)
    return None


def _number(stranger: Stranger, section: Section, target: str) -> int | None:
    """Which page of the section the address asks for, from 1; None when it is another's."""
    scheme, form = stranger.scheme, stranger.lists.paging
    if target.lower() == scheme.listing(section.slug, section.zone, form, 1).lower():
        return 1
    pattern = re.escape(scheme.listing(section.slug, section.zone, form.replace("{n}", "\0"), 2))
    match = re.fullmatch(pattern.replace("\0", r"(\d{1,6})").replace("\\(", "("), target, re.I)
    return int(match[1]) if match else None


def _shown(world: World, stranger: Stranger, section: Section) -> list[PaperStory]:
    """What a list of the section holds: nothing where a script fills it."""
    if stranger.lists.empty or stranger.lists.api:
        return []
    stories = world.visible(stranger, section.slug)
    oldest = world.stories[stranger.name][0]
    if stranger.pinned:
        stories = [oldest, *(story for story in stories if story is not oldest)]
    return stories


def _section(world: World, stranger: Stranger, section: Section, number: int) -> str:
    design = design_of(stranger, world.design(stranger))
    stories, length = _shown(world, stranger, section), stranger.lists.length
    pages = max(-(-len(stories) // length), 1)
    rows = _rows(world, stories[(number - 1) * length : number * length], design)
    title = f"{section.name}, trang {number}" if number > 1 else section.name
    head = f"<title>{esc(title)} - {esc(stranger.title)}</title>\n"
    inner = f"{rows}{_pager(stranger, section, design, number, pages)}"
    return _page(world, stranger, design, head, section.name, inner)


def _pager(stranger: Stranger, section: Section, design: Design, number: int, pages: int) -> str:
    def path(page: int) -> str:
        return esc(stranger.scheme.listing(section.slug, section.zone, stranger.lists.paging, page))

    following = number + 1 if number < pages else None
    match stranger.lists.pager:
        case "rel":
            inner = f'<a rel="next" href="{path(following)}">Trang sau</a>' if following else ""
        case "numbers":
            inner = "".join(
                f"<span class='current'>{page}</span> " if page == number else f'<a href="{path(page)}">{page}</a> '
                for page in range(1, pages + 1)
            )
        case "words":
            inner = f'<a href="{path(following)}">Tiếp theo »</a>' if following else ""
        case _:
            inner = f'<a class="next" href="{path(following)}">Xem thêm</a>' if following else ""
    return f"<div{design.hooks.attr('pager')}>{inner}</div>\n"


def _rows(world: World, stories: list[PaperStory], design: Design) -> str:
    rows = "".join(item(world, story, design) for story in stories)
    tag = "ul" if design.frame in ("divs", "nested") else "div"
    return f"<{tag}{design.hooks.attr('list')}>\n{rows}</{tag}>\n"


def _page(world: World, stranger: Stranger, design: Design, head: str, title: str, inner: str) -> str:
    api = stranger.lists.api
    if api:
        call = api.format(n=1)
        inner += f'<script>fetch("{call}").then(function(r){{return r.json()}}).then(show);</script>\n'
    elif stranger.lists.empty:
        inner += '<script src="/static/list.js" defer></script>\n'
    middle = f"<div{design.hooks.attr('main')}><h1>{esc(title)}</h1>\n{inner}</div>\n{side(world, stranger, design)}"
    return document(world, stranger, design, head, middle)


def plain(world: World, stranger: Stranger, title: str, links: dict[str, str], stories: list[PaperStory]) -> str:
    """A page that is no article: about the office, a topic, a video, the list of feeds."""
    design = design_of(stranger, world.design(stranger))
    words = "" if stories else f"<p>{esc(title)}: thông tin đang được cập nhật trên {esc(stranger.title)}.</p>"
    inner = f"{words}<ul>{anchors(links)}</ul>{_rows(world, stories, design) if stories else ''}"
    return _page(world, stranger, design, f"<title>{esc(title)}</title>\n", title, inner)


def answer(world: World, stranger: Stranger, number: int) -> bytes:
    """The page `number` of the JSON list behind a script."""
    stories, length = world.visible(stranger), stranger.lists.length
    shown = stories[(number - 1) * length : number * length]
    contents = [
        {"id": story.number, "title": story.title, "description": story.lead, "url": story.path,
         "date": int(story.published.timestamp()), "zone": story.section.name}
        for story in shown
    ]  # fmt: skip
    more = number * length < len(stories)
    return json.dumps({"error_message": "", "data": {"load_more": more, "contents": contents}}).encode()
