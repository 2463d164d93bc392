"""What a reader makes of a subtree: lines of text in page order, and pictures with their captions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from crawler.items import Image

Role = Literal["text", "heading", "item", "row", "caption"]


_EDGE = ' >»•-–—:."“”|*#!…?'


def fold_line(text: str) -> str:
    """The form in which headings are compared: case-folded, no bullets, colons or quotes around it."""
    return text.casefold().replace("hoạ", "họa").replace("khoá", "khóa").strip(_EDGE)


@dataclass(slots=True)
class Block:
    """A line of text with what the cleaning passes ask of it."""

    text: str
    role: Role = "text"
    tag: str = "p"
    links: float = 0.0
    """Share of its characters that stand in anchors, 0 to 1."""
    strong: bool = False
    right: bool = False
    boxes: tuple[int, ...] = ()
    """The containers between the article's root and the line, outermost first."""
    folded: str = field(init=False)
    """Its text as headings are compared."""

    def __post_init__(self) -> None:
        self.folded = fold_line(self.text)


@dataclass(slots=True)
class Picture:
    """An image while its caption is still sought."""

    url: str
    caption: str | None = None
    figure: int = 0
    leads_away: bool = False
    """It is the link of a page, as in a card of another story."""


@dataclass(slots=True)
class Reading:
    """What a subtree holds, and the containers that were left out with the selector that named them."""

    blocks: list[Block] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    dropped: list[tuple[str, str]] = field(default_factory=list)

    def images(self) -> tuple[Image, ...]:
        """The article's own pictures, each address once."""
        own = {p.url: p.caption for p in reversed(self.pictures) if p.caption or not p.leads_away}
        return tuple(Image(url, caption) for url, caption in reversed(own.items()))
