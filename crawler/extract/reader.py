"""Reads the article's own subtree: lines of text in page order, and pictures with their captions.

The walk is over lexbor's nodes and touches each once. Inline elements are joined without white space (editors split
words over spans), unless one word ends and another begins where they meet; a block's end and `br` end a line. What it
yields are `TextBlock`s, which carry all that the cleaning passes ask of a line, and `Picture`s. A caption is told by
its element, or as `captions.py` says.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from selectolax.lexbor import LexborNode

from crawler.extract.captions import is_below, is_credit, is_of_video, names_caption
from crawler.extract.containers import explained, foreign, left_out
from crawler.extract.page import Page, tidy
from crawler.extract.pictures import PICTURES, address, frames_pictures, holds_data, is_icon
from crawler.items import Image
from crawler.sites import CAPTIONS, Layout, any_of

Role = Literal["text", "heading", "item", "row", "caption"]
INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark nobr o:p picture q rb rt ruby s"
    " samp small source span st1:place strike strong sub sup time tt u var wbr".split()
)
SKIPPED = frozenset(
    "-comment audio button canvas dialog embed form head iframe input link map meta nav noscript object script select"
    " style svg template textarea video zone".split()
)
MEDIA = frozenset(("video", "iframe", "object", "embed"))
HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
ROLES: dict[str, Role] = {"li": "item", "dd": "item", "tr": "row", **dict.fromkeys(HEADINGS, "heading")}
_BOXES = frozenset("div section aside ul ol blockquote center".split())
_STYLED = frozenset(("p", "li", "dt", "dd", *HEADINGS, *_BOXES))
_NONE: dict[str, str | None] = {}
_BLOCKS = frozenset(("p", "div", "center", "table", "ul", "ol", "dl", "figure", "section", "article", *HEADINGS))
_ANY_BLOCK = ", ".join(sorted(_BLOCKS))
_ENLARGES = re.compile(r"^(?:#|javascript:)|\.(?:jpe?g|png|gif|webp|avif)\b", re.I)
_DEEPEST = 100  # elements within elements below which the text is taken as it comes: markup to break a reader
_SHARING = 20  # pictures that one caption can be for
_RIGHT = re.compile(r"text-align:\s*right|(?<![\w:-])(?:text-|align-?)?right(?![\w:-])", re.I)
_CELL = "\x1f"  # before each cell of a row: white space, which `tidy` takes away
_EDGE = ' >»•-–—:."“”|*#!…?'
_WORD_END = re.compile(r"[^\W\d_]*[aeiouyà-ỹ][^\W\d_]*$", re.I)
_LABEL_END = re.compile(r"[a-zà-ỹ\d)”\"%][.:!?;…]$")


@dataclass(slots=True)
class TextBlock:
    """A line of text with what the cleaning passes ask of it."""

    text: str
    role: Role = "text"
    tag: str = "p"
    links: float = 0.0
    """Share of its characters that stand in anchors, 0 to 1."""
    strong: bool = False
    italic: bool = False
    right: bool = False
    boxes: tuple[int, ...] = ()
    """The containers between the article's root and the line, outermost first."""
    cells: tuple[str, ...] = ()
    """Of a row of a table, the text of each cell."""
    anchors: tuple[tuple[str, str], ...] = ()
    """Text and address of each link in it, in reading order, as the page writes them."""
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

    blocks: list[TextBlock] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    dropped: list[tuple[str, str]] = field(default_factory=list)

    def images(self) -> tuple[Image, ...]:
        """The article's own pictures, each address once."""
        own = {p.url: p.caption for p in reversed(self.pictures) if p.caption or not p.leads_away}
        return tuple(Image(url, caption) for url, caption in reversed(own.items()))


def read(page: Page, roots: list[LexborNode], layout: Layout | None = None, *, explain: bool = False) -> Reading:
    """Read `roots` one after the other; with `explain` the dropped containers are named in `Reading.dropped`."""
    reading = Reading()
    captions = _captions(layout)
    for root in roots:
        dropped = left_out(root, layout)
        if explain:
            reading.dropped += explained(dropped, root, layout)
        walker = _Walker(page, root, reading, frozenset(dropped), frozenset(n.mem_id for n in root.css(captions)))
        walker.walk(root, (), False)
        walker.flush("p", ())
    return reading


def line_of(page: Page, node: LexborNode | None) -> str:
    """The text of one element as one line, its blocks joined by blanks; "" for None."""
    if node is None:
        return ""
    reading = Reading()
    walker = _Walker(page, node, reading, frozenset(), frozenset())
    walker.walk(node, (), False)
    walker.flush("p", ())
    return " ".join(block.text for block in reading.blocks)


def fold_line(text: str) -> str:
    """The form in which headings are compared: case-folded, no bullets, colons or quotes around it."""
    return text.casefold().strip(_EDGE)


@lru_cache(maxsize=256)
def _captions(layout: Layout | None) -> str:
    return any_of((*CAPTIONS, *(layout.caption if layout else ())))


class _Walker:
    """The state of one walk: the open line, and where in the page it stands."""

    def __init__(
        self, page: Page, root: LexborNode, reading: Reading, dropped: frozenset[int], captions: frozenset[int]
    ) -> None:
        self.page, self.root, self.reading, self.dropped, self.captions = page, root, reading, dropped, captions
        self.line: list[str] = []
        self.anchors: list[tuple[str, str]] = []  # in the open line
        self.linked = self.bold = self.slanted = 0
        self.in_link = self.in_bold = self.in_italic = self.in_caption = self.in_figure = self.in_pre = 0
        self.right = self.leads_away = False
        self.style = ""  # of the open line's element: class, style and align
        self.named = False  # a container below a picture is called its caption
        self.in_data = False  # a table's pictures are icons
        self.lacking = False  # the last picture's element only held its place
        self.after_media = False  # a player was the last thing before the open line
        self.depth = 0
        self.open_pictures = 0  # index of the first picture since the last line of text

    def walk(self, node: LexborNode, boxes: tuple[int, ...], in_row: bool) -> None:
        """Read what is in a node; `boxes` are its containers, `in_row` whether all of it is one line, as of a table."""
        if self.depth > _DEEPEST:
            self.line.append(node.text(separator=" "))
            return
        self.depth += 1
        child = node.first_child
        while child is not None:
            tag = child.tag or ""
            if tag == "-text":
                text = child.text_content or ""
                if self.in_pre and "\n" in text:
                    *whole, text = text.split("\n")
                    for part in whole:
                        self.line.append(part)
                        self.flush("p", boxes)
                if self.line or not text.isspace():  # blanks between blocks begin no line
                    self.line.append(text)
                if self.in_link or self.in_bold or self.in_italic:
                    size = len(text.strip())
                    self.linked += size if self.in_link else 0
                    self.bold += size if self.in_bold else 0
                    self.slanted += size if self.in_italic else 0
            elif tag in SKIPPED:
                if tag in MEDIA:
                    self.after_media = True
                elif tag == "noscript" and (self.lacking or self.open_pictures == len(self.reading.pictures)):
                    self.of_noscript(child)
            elif child.mem_id in self.dropped:
                pass
            elif tag in INLINE:
                self.inline(child, tag, boxes, in_row)
            elif tag == "br":
                if in_row:
                    self.line.append(" ")
                else:
                    self.flush(node.tag or "p", boxes)
            elif tag in PICTURES:
                self.picture(child)
            else:
                self.block(child, tag, boxes, in_row)
            child = child.next
        self.depth -= 1

    def inline(self, node: LexborNode, tag: str, boxes: tuple[int, ...], in_row: bool) -> None:
        """Read an element that goes on in the open line, and note how much of it is linked, bold or slanted."""
        if tag == "a":
            outer, self.leads_away = self.leads_away, _leads_away(node.attributes.get("href"))
            self.in_link += 1
            begun = len(self.line)
            self.walk(node, boxes, in_row)
            self.in_link -= 1
            if href := node.attributes.get("href"):
                self.anchors.append(("".join(self.line[begun:]), href))
            self.leads_away = outer
        elif node.mem_id in self.captions:
            self.caption(node, boxes)
        else:
            bold, italic = tag in ("b", "strong"), tag in ("i", "em")
            if tag in ("span", "small") and self.open_pictures < len(self.reading.pictures):
                italic = tag == "small" or "italic" in (node.attributes.get("style") or "")
            self.in_bold += bold
            self.in_italic += italic
            self.walk(node, boxes, in_row)
            self.in_bold -= bold
            self.in_italic -= italic

    def block(self, node: LexborNode, tag: str, boxes: tuple[int, ...], in_row: bool) -> None:
        """Read an element that begins and ends lines, or leave it out as what others have put there."""
        if in_row and tag not in ("table", "figure"):
            self.line.append(_CELL if tag in ("td", "th") else " ")
            self.walk(node, boxes, True)
            self.line.append(" ")
            return
        self.flush("p", boxes)
        attributes = node.attributes if tag in _STYLED else _NONE
        if tag in _BOXES and (attributes or tag == "blockquote") and (kind := foreign(node, attributes, self.root)):
            self.reading.dropped.append((tidy(node.text(separator=" ")), kind))
            return
        if tag == "table" and node.css_first("img, amp-img") is not None:
            self.table(node, boxes)
        elif node.mem_id in self.captions:
            self.caption(node, boxes)
        elif tag == "pre":
            self.in_pre += 1
            self.walk(node, boxes, False)
            self.flush("p", boxes)
            self.in_pre -= 1
        elif tag == "tr" and not _has_paragraphs(node):
            self.walk(node, boxes, True)
            self.flush("tr", boxes)
        elif tag == "figure":
            outer, self.in_figure = self.in_figure, node.mem_id
            self.walk(node, boxes, False)
            self.flush("p", boxes)
            self.in_figure = outer
        elif tag == "p" or tag in HEADINGS or tag in ("li", "dt", "dd") or _is_line(node, tag):
            if attributes:
                get = attributes.get
                self.style = f"{get('class') or ''} {get('style') or ''} {get('align') or ''}"
                self.right = "right" in self.style and bool(_RIGHT.search(self.style))
            elif tag == "center":
                self.style = tag
            inner = (*boxes, node.mem_id) if tag in ("div", "center") else boxes
            self.walk(node, inner, False)
            self.flush("p" if tag in ("div", "center") else tag, inner)
            self.style, self.right = "", False
        else:
            outer_named = self.named
            if attributes and self.open_pictures < len(self.reading.pictures):
                self.named = self.named or names_caption(attributes.get("class") or "")
            self.walk(node, (*boxes, node.mem_id), False)
            self.flush("p", (*boxes, node.mem_id))
            self.named = outer_named

    def table(self, node: LexborNode, boxes: tuple[int, ...]) -> None:
        """A table with pictures in it: of pictures and captions, or of data, where they are icons."""
        if frames_pictures(node):
            self.caption(node, boxes)
            return
        outer, self.in_data = self.in_data, self.in_data or holds_data(node.css("tr"))
        self.walk(node, (*boxes, node.mem_id), False)
        self.flush("p", (*boxes, node.mem_id))
        self.in_data = outer

    def caption(self, node: LexborNode, boxes: tuple[int, ...]) -> None:
        """Read an element whose text is the caption of the pictures before it."""
        self.in_caption += 1
        self.walk(node, boxes, True)
        self.flush("figcaption", boxes)
        self.in_caption -= 1

    def flush(self, tag: str, boxes: tuple[int, ...]) -> None:
        """End the open line; it becomes a block or a caption."""
        if not self.line:
            return
        whole = _joined(self.line) if len(self.line) > 1 else self.line[0]
        text, anchors = tidy(whole), tuple(self.anchors)
        self.anchors.clear()
        links, strong, italic = 0.0, False, False
        if self.linked or self.bold or self.slanted:
            size = sum(len(part.strip()) for part in self.line) or 1
            links, strong, italic = self.linked / size, self.bold >= 0.9 * size, self.slanted >= 0.9 * size
            self.linked = self.bold = self.slanted = 0
        self.line.clear()
        if not text:
            return
        role = ROLES.get(tag, "text")
        waits = self.open_pictures < len(self.reading.pictures) or self.after_media
        if self.in_caption or (waits and self.is_caption(text, role, links, strong=strong, italic=italic)):
            self.set_caption(text)
            self.reading.blocks.append(TextBlock(text, "caption", tag, boxes=boxes))
            return
        cells = tuple(tidy(cell) for cell in whole.split(_CELL)[1:]) if role == "row" else ()
        self.reading.blocks.append(TextBlock(text, role, tag, links, strong, italic, self.right, boxes, cells, anchors))
        self.open_pictures = len(self.reading.pictures)
        self.after_media = False

    def is_caption(self, text: str, role: Role, links: float, *, strong: bool, italic: bool) -> bool:
        """Whether a line belongs to the picture above it, by a credit, by its style, or by its place in one block."""
        if self.after_media and is_of_video(text):
            return True
        if self.open_pictures >= len(self.reading.pictures):
            return False
        waiting = self.last_pictures(self.open_pictures)
        if all(picture.caption is not None for picture in waiting):
            return False
        if is_credit(text):
            return True
        if self.right:
            return False
        framed = bool(self.in_figure) and waiting[-1].figure == self.in_figure
        linked = links >= 0.5 or waiting[-1].leads_away
        return is_below(
            text, role, self.style, framed=framed or self.named, linked=linked, strong=strong, italic=italic
        )

    def set_caption(self, text: str) -> None:
        own = [p for p in self.last_pictures(0) if self.in_figure and p.figure == self.in_figure]
        for picture in own or self.last_pictures(self.open_pictures):
            if picture.caption is None:
                picture.caption = text
            elif own and text not in picture.caption:
                picture.caption += " " + text

    def last_pictures(self, first: int) -> list[Picture]:
        """The pictures from `first` on that a caption can belong to; a page of thousands must not cost their square."""
        pictures = self.reading.pictures
        return pictures[max(first, len(pictures) - _SHARING) :]

    def picture(self, node: LexborNode) -> None:
        if self.in_data or is_icon(node):
            return
        url = address(self.page, node)
        self.lacking = url is None
        if url is not None:
            self.reading.pictures.append(Picture(url, None, self.in_figure, self.leads_away))

    def of_noscript(self, node: LexborNode) -> None:
        """The picture that a page shows without scripts, where its lazy element does not name it."""
        picture = node.css_first("img")
        if picture is not None:
            self.picture(picture)


def _is_line(node: LexborNode, tag: str) -> bool:
    """A `div` that an editor wrote in place of a `p`."""
    if tag not in ("div", "center") or any(child.tag in _BLOCKS for child in node.iter()):
        return False  # as most show that are none, without a search
    return all(child.mem_id == node.mem_id for child in node.css(_ANY_BLOCK))


def _leads_away(href: str | None) -> bool:
    return bool(href) and not _ENLARGES.search(href or "")


def _joined(parts: list[str]) -> str:
    """The text of a line, a blank where two inline elements meet and their words would be one: "Hà Giang" + "Hơn"."""
    for index in range(1, len(parts)):
        after = parts[index]
        if after[:1].isupper() and after[1:2].islower():
            before = parts[index - 1]
            if before[-1:].islower():
                word = _WORD_END.search(before[-8:])
                glued = word is not None and len(word[0]) > 1
            else:
                glued = bool(_LABEL_END.search(before[-2:]))
            if glued:
                parts[index] = " " + after
    return "".join(parts)


def _has_paragraphs(row: LexborNode) -> bool:
    """A table row that lays out running text rather than data."""
    return len(row.css("p, li, div")) > 2 * len(row.css("td, th"))
