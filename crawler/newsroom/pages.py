"""A story's page in the markup of its paper's family, after a redesign with other names for everything."""

from __future__ import annotations

import re

from crawler.newsroom.families import family_of
from crawler.newsroom.story import PaperStory
from crawler.newsroom.world import World

_HOOK = re.compile(r' (class|id|type|itemprop|data-role|data-source)="([^"]*)"')


def page(world: World, story: PaperStory) -> str:
    """The page as the paper serves it today."""
    html = family_of(story.paper).render(world, story)
    design = world.design(story.paper)
    return redesigned(html, design) if design else html


def redesigned(html: str, design: int) -> str:
    """The same page with every hook renamed: what a layout knew of it is gone, what a reader sees is not."""

    def rename(match: re.Match[str]) -> str:
        name, value = match.groups()
        if "/" in value or name == "type":
            return match[0] if "/" in value else ""
        return f' {name}="' + " ".join(f"v{design}-{sum(map(ord, word)) % 9973:x}" for word in value.split()) + '"'

    return _HOOK.sub(rename, html)
