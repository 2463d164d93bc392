"""A story's page in the markup of its paper's family, after a redesign with other names for everything."""

from __future__ import annotations

import re
from hashlib import blake2b

from crawler.newsroom.families import family_of
from crawler.newsroom.story import PaperStory
from crawler.newsroom.world import World

_SYLLABLES = (
    "ban bao bien cau chan chu cot cuc dam dau dien dinh dong duong gach giay gio hang hien hoa khoi khung kieu lang "
    "lop manh mau mien mon muc nen ngan nhan nhip noi phan quang ranh rong sach san song tam tang than thanh the to "
    "trang trong tuyen van vien vung xuong"
).split()
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
        return f' {name}="' + " ".join(_renamed(word, design) for word in value.split()) + '"'

    return _HOOK.sub(rename, html)


def _renamed(word: str, design: int) -> str:
    """What a hook is called in a design: two syllables, as somebody would have named it."""
    picked = blake2b(f"{design} {word}".encode(), digest_size=2).digest()
    return "-".join(_SYLLABLES[byte % len(_SYLLABLES)] for byte in picked) + "-" + _SYLLABLES[design % len(_SYLLABLES)]
