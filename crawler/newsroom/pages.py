"""A story's page in the markup of its paper's family, after a redesign with other names for everything."""

from __future__ import annotations

import re
from collections.abc import Callable

from crawler.newsroom import render_dnn, render_epi, render_mastercms, render_onecms, render_vccorp, render_vov
from crawler.newsroom.papers import Family
from crawler.newsroom.story import PaperStory
from crawler.newsroom.world import World

_RENDERERS: dict[Family, Callable[[World, PaperStory], str]] = {
    "epi": render_epi.render,
    "vccorp": render_vccorp.render,
    "mastercms": render_mastercms.render,
    "onecms": render_onecms.render,
    "dnn": render_dnn.render,
    "vov": render_vov.render,
}
_HOOK = re.compile(r' (class|id|type|itemprop|data-role|data-source)="([^"]*)"')


def page(world: World, story: PaperStory) -> str:
    """The page as the paper serves it today."""
    html = _RENDERERS[story.paper.family](world, story)
    design = world.designs[story.paper.name]
    return redesigned(html, design) if design else html


def redesigned(html: str, design: int) -> str:
    """The same page with every hook renamed: what a layout knew of it is gone, what a reader sees is not."""

    def rename(match: re.Match[str]) -> str:
        name, value = match.groups()
        if "/" in value or name == "type":
            return match[0] if "/" in value else ""
        return f' {name}="' + " ".join(f"v{design}-{sum(map(ord, word)) % 9973:x}" for word in value.split()) + '"'

    return _HOOK.sub(rename, html)
