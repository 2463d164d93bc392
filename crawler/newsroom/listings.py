"""Section pages, newest first, paged as each family pages."""

from __future__ import annotations

import re

from crawler.newsroom.families import family_of
from crawler.newsroom.family import ListingStyle
from crawler.newsroom.markup import dead_weight, footer, menu, story_links
from crawler.newsroom.papers import Paper, Section
from crawler.newsroom.world import World

EVERYTHING = Section("Tin mới", "tin-moi", 1021100)
"""The list of all sections together."""
LENGTH = 20
"""Stories of one page."""


def listing(world: World, paper: Paper, target: str, *, endless: bool = False) -> str | None:
    """The section page at a path with query; None when there is none. An endless one never runs out of pages."""
    style = family_of(paper).listing
    for section in (EVERYTHING, *paper.sections):
        number = _number(style, section, target)
        if number is not None:
            return _page(world, paper, section, number, endless=endless)
    return None


def _address(style: ListingStyle, section: Section, number: int) -> str:
    pattern = style.page if number else style.top
    return pattern.format(slug=section.slug, zone=section.zone, n=number + style.first - 1, offset=number * LENGTH)


def _number(style: ListingStyle, section: Section, target: str) -> int | None:
    """Which page of the section the address asks for, from 0; None when it is another section's."""
    if target == _address(style, section, 0):
        return 0
    pattern = re.escape(style.page.format(slug=section.slug, zone=section.zone, n="\0", offset="\0"))
    match = re.fullmatch(pattern.replace("\0", r"(\d{1,6})").replace("\\\0", r"(\d{1,6})"), target)
    if not match:
        return None
    asked = int(match[1])
    number = asked // LENGTH if "{offset}" in style.page else asked - style.first + 1
    return max(number, 0)


def _page(world: World, paper: Paper, section: Section, number: int, *, endless: bool) -> str:
    style = family_of(paper).listing
    stories = world.visible(paper, None if section is EVERYTHING else section.slug)
    pages = max(-(-len(stories) // LENGTH), 1)
    place = number % pages if endless else number
    shown = stories[place * LENGTH : (place + 1) * LENGTH]
    more = endless or number + 1 < pages
    rows = style.container.format(story_links(world, shown, style.item))
    if style.fragments and number:
        return rows
    after = f'<a class="next" rel="next" href="{_address(style, section, number + 1)}">Xem thêm</a>' if more else ""
    aside = story_links(world, stories[:3], '<div class="most-read"><a href="{url}">{title}</a></div>')
    return (
        f'<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>{section.name} - {paper.title}</title>'
        f"{dead_weight(paper)}</head><body>{menu(paper, 'menu-top')}<h1>{section.name}</h1>{rows}"
        f'<div class="pager">{after}</div>'
        f'<aside><h3>Đọc nhiều</h3>{aside}</aside><input type="hidden" id="hdZoneId" value="{section.zone}">'
        f"{footer(paper, 'footer')}</body></html>\n"
    )
