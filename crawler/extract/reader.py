"""Reads the article's own subtree: lines of text in page order, and pictures with their captions.

The walk is over lexbor's nodes and touches each once. Inline elements are joined without white space (editors split
words over spans); a block's end and `br` end a line. What it yields are `TextBlock`s, which carry all that the cleaning
passes ask of a line, and `Picture`s. A caption is told by its element, by its place below a picture, or by the credit
that ends it ("Ảnh: TTXVN").
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from selectolax.lexbor import LexborNode

from crawler.extract.page import Page, tidy
from crawler.items import Image
from crawler.sites import CAPTIONS, NOISE, Layout

Role = Literal["text", "heading", "item", "row", "caption"]
INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark nobr o:p picture q rb rt ruby s"
    " samp small source span st1:place strike strong sub sup time tt u var wbr".split()
)
SKIPPED = frozenset(
    "-comment audio button canvas dialog embed form head iframe input link map meta nav noscript object script select"
    " style svg template textarea video zone".split()
)
HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
ROLES: dict[str, Role] = {"li": "item", "dd": "item", "tr": "row", **dict.fromkeys(HEADINGS, "heading")}
_BLOCKS = "p, div, center, table, ul, ol, dl, figure, section, article, h1, h2, h3, h4, h5, h6"
_ENLARGES = re.compile(r"^(?:#|javascript:)|\.(?:jpe?g|png|gif|webp|avif)\b", re.I)
_DEEPEST = 100  # elements within elements below which the text is taken as it comes: markup to break a reader
_SHARING = 20  # pictures that one caption can be for
_SHORT = 200  # characters that a centred line below a picture may have to be its caption
_RIGHT = re.compile(r"text-align:\s*right|\bright\b", re.I)
_EDGE = ' >»•-–—:."“”|*#!…?'
_CREDIT = re.compile(
    r"(?:^|[(.\-–—|…”\"]\s*|\s(?=Ả))(?i:ảnh|minh họa|đồ họa|nguồn ảnh|ảnh tư liệu)\s*(?i:minh họa|tư liệu)?\s*:\s*"
    r"(?=[^a-zà-ỹ])\S+(?:\s+\S+){0,6}$"
)
_PLACEHOLDER = re.compile(r"\(?(?:ảnh|hình|tranh)(?: có tính| mang tính(?: chất)?)? minh (?:họa|hoạ)\)?\.?", re.I)


@dataclass(slots=True)
class TextBlock:
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
    drop_css, caption_css = _css(layout)
    for root in roots:
        dropped = {node.mem_id: node for node in root.css(drop_css)}
        if layout and layout.keep:
            for node in root.css(", ".join(layout.keep)):
                dropped.pop(node.mem_id, None)
        dropped.pop(root.mem_id, None)
        if explain:
            reading.dropped += _explain(root, dict(dropped), layout)
        walker = _Walker(page, reading, frozenset(dropped), frozenset(n.mem_id for n in root.css(caption_css)))
        walker.walk(root, (), False)
        walker.flush("p", ())
    return reading


def line_of(page: Page, node: LexborNode | None) -> str:
    """The text of one element as one line, its blocks joined by blanks; "" for None."""
    if node is None:
        return ""
    reading = Reading()
    walker = _Walker(page, reading, frozenset(), frozenset())
    walker.walk(node, (), False)
    walker.flush("p", ())
    return " ".join(block.text for block in reading.blocks)


def fold_line(text: str) -> str:
    """The form in which headings are compared: case-folded, no bullets, colons or quotes around it."""
    return text.casefold().replace("hoạ", "họa").replace("khoá", "khóa").strip(_EDGE)


def is_credit(line: str) -> bool:
    """Whether a line of plain text is a caption: it ends in a credit, or only says that a picture illustrates."""
    return len(line) < 400 and bool(_CREDIT.search(line) or _PLACEHOLDER.fullmatch(line.strip()))


@lru_cache(maxsize=256)
def _css(layout: Layout | None) -> tuple[str, str]:
    drop, caption = (layout.drop, layout.caption) if layout else ((), ())
    return ", ".join((*NOISE, *drop)), ", ".join((*CAPTIONS, *caption))


def _explain(root: LexborNode, dropped: dict[int, LexborNode], layout: Layout | None) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for css in (*(layout.drop if layout else ()), *NOISE):
        for node in root.css(css):
            if node.mem_id in dropped and (text := tidy(node.text(separator=" "))):
                found.append((text, css))
                del dropped[node.mem_id]
    return found


class _Walker:
    """The state of one walk: the open line, and where in the page it stands."""

    def __init__(self, page: Page, reading: Reading, dropped: frozenset[int], captions: frozenset[int]) -> None:
        self.page, self.reading, self.dropped, self.captions = page, reading, dropped, captions
        self.line: list[str] = []
        self.linked = self.bold = 0
        self.in_link = self.in_bold = self.in_caption = self.in_figure = 0
        self.right = self.centred = self.leads_away = False
        self.depth = 0
        self.open_pictures = 0  # index of the first picture since the last line of text

    def walk(self, node: LexborNode, boxes: tuple[int, ...], in_row: bool) -> None:
        if self.depth > _DEEPEST:
            self.line.append(node.text(separator=" "))
            return
        self.depth += 1
        child = node.first_child
        while child is not None:
            tag = child.tag or ""
            if tag == "-text":
                text = child.text_content or ""
                self.line.append(text)
                if self.in_link or self.in_bold:
                    size = len(text.strip())
                    self.linked += size if self.in_link else 0
                    self.bold += size if self.in_bold else 0
            elif tag in SKIPPED or child.mem_id in self.dropped:
                pass
            elif tag in INLINE:
                self.inline(child, tag, boxes, in_row)
            elif tag == "br":
                if in_row:
                    self.line.append(" ")
                else:
                    self.flush(node.tag or "p", boxes)
            elif tag == "img":
                self.picture(child)
            else:
                self.block(child, tag, boxes, in_row)
            child = child.next
        self.depth -= 1

    def inline(self, node: LexborNode, tag: str, boxes: tuple[int, ...], in_row: bool) -> None:
        if tag == "a":
            outer, self.leads_away = self.leads_away, _leads_away(node.attributes.get("href"))
            self.in_link += 1
            self.walk(node, boxes, in_row)
            self.in_link -= 1
            self.leads_away = outer
        elif node.mem_id in self.captions:
            self.caption(node, boxes)
        else:
            bold = tag in ("b", "strong")
            self.in_bold += bold
            self.walk(node, boxes, in_row)
            self.in_bold -= bold

    def block(self, node: LexborNode, tag: str, boxes: tuple[int, ...], in_row: bool) -> None:
        if in_row and tag not in ("table", "figure"):
            self.line.append(" ")
            self.walk(node, boxes, True)
            self.line.append(" ")
            return
        self.flush("p", boxes)
        if node.mem_id in self.captions or (
            tag == "table" and node.css_first("img") is not None and _is_picture_table(node)
        ):
            self.caption(node, boxes)
        elif tag == "tr" and not _has_paragraphs(node):
            self.walk(node, boxes, True)
            self.flush("tr", boxes)
        elif tag == "figure":
            outer, self.in_figure = self.in_figure, node.mem_id
            self.walk(node, boxes, False)
            self.flush("p", boxes)
            self.in_figure = outer
        elif tag == "p" or tag in HEADINGS or tag in ("li", "dt", "dd") or _is_line(node, tag):
            attributes = node.attributes
            style = f"{attributes.get('style') or ''} {attributes.get('align') or ''}"
            self.right = bool(_RIGHT.search(style))
            self.centred = "center" in style or tag == "center"
            inner = (*boxes, node.mem_id) if tag in ("div", "center") else boxes
            self.walk(node, inner, False)
            self.flush("p" if tag in ("div", "center") else tag, inner)
            self.right = self.centred = False
        else:
            self.walk(node, (*boxes, node.mem_id), False)
            self.flush("p", (*boxes, node.mem_id))

    def caption(self, node: LexborNode, boxes: tuple[int, ...]) -> None:
        self.in_caption += 1
        self.walk(node, boxes, True)
        self.flush("figcaption", boxes)
        self.in_caption -= 1

    def flush(self, tag: str, boxes: tuple[int, ...]) -> None:
        """End the open line; it becomes a block or a caption."""
        if not self.line:
            return
        text = tidy("".join(self.line))
        links, strong = 0.0, False
        if self.linked or self.bold:
            size = sum(len(part.strip()) for part in self.line) or 1
            links, strong = self.linked / size, self.bold >= 0.9 * size
            self.linked = self.bold = 0
        self.line.clear()
        if not text:
            return
        waiting = self.last_pictures(self.open_pictures)
        below_picture = bool(waiting) and any(picture.caption is None for picture in waiting)
        if self.in_caption or (below_picture and (is_credit(text) or (self.centred and len(text) < _SHORT))):
            self.set_caption(text)
            self.reading.blocks.append(TextBlock(text, "caption", tag, boxes=boxes))
            return
        role = ROLES.get(tag, "text")
        self.reading.blocks.append(TextBlock(text, role, tag, links, strong, self.right, boxes))
        self.open_pictures = len(self.reading.pictures)

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
        attributes = node.attributes
        for name in ("data-original", "data-src", "src"):
            if url := self.page.absolute(attributes.get(name)):
                self.reading.pictures.append(Picture(url, None, self.in_figure, self.leads_away))
                return


def _is_line(node: LexborNode, tag: str) -> bool:
    """A `div` that an editor wrote in place of a `p`."""
    return tag in ("div", "center") and all(child.mem_id == node.mem_id for child in node.css(_BLOCKS))


def _leads_away(href: str | None) -> bool:
    return bool(href) and not _ENLARGES.search(href or "")


def _is_picture_table(table: LexborNode) -> bool:
    """A table that frames pictures: at most a short line of text beside them."""
    pictures = len(table.css("img"))
    return 0 < len(table.css("tr")) <= 2 * pictures + 1 and pictures > 0 and len(tidy(table.text(separator=" "))) < 400


def _has_paragraphs(row: LexborNode) -> bool:
    """A table row that lays out running text rather than data."""
    return len(row.css("p, li, div")) > 2 * len(row.css("td, th"))
