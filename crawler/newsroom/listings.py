"""Section pages, newest first, paged as each family pages."""

from __future__ import annotations

import re
from dataclasses import dataclass

from crawler.newsroom.markup import dead_weight, footer, menu, story_links
from crawler.newsroom.papers import Family, Paper, Section
from crawler.newsroom.world import World

EVERYTHING = Section("Tin mới", "tin-moi", 1021100)
"""The list of all sections together."""
LENGTH = 20
"""Stories of one page."""


@dataclass(frozen=True, slots=True)
class Style:
    """How a family lists: `page` is a page's path with {slug}, {n}, {offset} or {zone}; numbers begin at `first`."""

    item: str
    links: str
    top: str
    page: str
    first: int = 2


STYLES: dict[Family, Style] = {
    "epi": Style(
        '<article class="story"><figure class="story__thumb"><a class="cms-link" href="{url}"><img alt="{title}"></a>'
        '</figure>'
        '<h2 class="story__heading"><a class="cms-link" href="{url}">{title}</a></h2>'
        '<div class="story__summary">{lead}</div>'
        "</article>\n",
        ".timeline.content-list .story__heading a", "/{slug}/", "/{slug}/?page={n}",
    ),
    "vccorp": Style(
        '<div class="box-stream-item" data-id="{id}"><a class="box-stream-link-with-avatar" href="{url}">'
        '<img alt="{title}"></a>'
        '<h2><a class="box-stream-link-title" data-linktype="newsdetail" href="{url}">{title}</a></h2>'
        '<span class="time-ago" title="{us}">{time}</span><p class="box-stream-sapo">{lead}</p></div>\n',
        "a.box-stream-link-title", "/{slug}.htm", "/timelinelist/{zone}/{n}.htm",
    ),
    "mastercms": Style(
        '<div class="article"><h3 class="article-title"><a class="article-link" href="{url}">{title}</a></h3>'
        '<div class="article-desc">{lead}</div></div>\n',
        ".bx-cat-content a.article-link", "/{slug}", "/{slug}&s_cond=&BRSR={offset}",
    ),
    "onecms": Style(
        '<li><div class="b-grid"><h3 class="b-grid__title"><a href="{url}">{title}</a></h3><p>{lead}</p></div></li>\n',
        "ul.onecms__loading h3.b-grid__title a", "/{slug}", "/{slug}?trang={n}",
    ),
    "dnn": Style(
        '<article><h3><a href="{url}" title="{title}">{title}</a></h3><p class="hidden-xs">{lead}</p></article>\n',
        ".list-news-category h3 a", "/{slug}", "/{slug}/p/{n}",
    ),
    "vov": Style(
        '<div class="article-card"><a class="vovvn-title" href="{url}"><h3 class="card-title">{title}</h3></a></div>\n',
        ".taxonomy-content a.vovvn-title", "/{slug}", "/{slug}?page={n}", first=1,
    ),
}  # fmt: skip
_CONTAINERS: dict[Family, str] = {
    "epi": '<div class="timeline content-list">{}</div>',
    "vccorp": '<div class="box-stream timeline_list">{}</div>',
    "mastercms": '<div class="bx-cat-content">{}</div>',
    "onecms": '<ul class="onecms__loading">{}</ul>',
    "dnn": '<div class="list-news-category">{}</div>',
    "vov": '<div class="taxonomy-content">{}</div>',
}


def listing(world: World, paper: Paper, target: str, *, endless: bool = False) -> str | None:
    """The section page at a path with query; None when there is none. An endless one never runs out of pages."""
    style = STYLES[paper.family]
    for section in (EVERYTHING, *paper.sections):
        number = _number(style, section, target)
        if number is not None:
            return _page(world, paper, section, number, endless=endless)
    return None


def _address(style: Style, section: Section, number: int) -> str:
    pattern = style.page if number else style.top
    return pattern.format(slug=section.slug, zone=section.zone, n=number + style.first - 1, offset=number * LENGTH)


def _number(style: Style, section: Section, target: str) -> int | None:
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
    style = STYLES[paper.family]
    stories = world.visible(paper, None if section is EVERYTHING else section.slug)
    pages = max(-(-len(stories) // LENGTH), 1)
    place = number % pages if endless else number
    shown = stories[place * LENGTH : (place + 1) * LENGTH]
    more = endless or number + 1 < pages
    rows = _CONTAINERS[paper.family].format(story_links(world, shown, style.item))
    if paper.family == "vccorp" and number:
        return rows  # the timeline's further pages are fragments
    after = f'<a class="next" rel="next" href="{_address(style, section, number + 1)}">Xem thêm</a>' if more else ""
    aside = story_links(world, stories[:3], '<div class="most-read"><a href="{url}">{title}</a></div>')
    return (
        f'<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>{section.name} - {paper.title}</title>'
        f"{dead_weight(paper)}</head><body>{menu(paper, 'menu-top')}<h1>{section.name}</h1>{rows}"
        f'<div class="pager">{after}</div>'
        f'<aside><h3>Đọc nhiều</h3>{aside}</aside><input type="hidden" id="hdZoneId" value="{section.zone}">'
        f"{footer(paper, 'footer')}</body></html>\n"
    )
