"""Where a picture's address stands, and what frames it: lazy loading hides both in many attributes.

What a page shows until the picture is there (a data: address, a transparent pixel, a spinner) is no picture.
"""

from __future__ import annotations

import re

from selectolax.lexbor import LexborNode

from crawler.extract.page import Page, tidy

PICTURES = frozenset(("img", "amp-img", "amp-anim"))
_LAZY = (
    "data-original", "data-src", "data-lazy-src", "data-lazy", "data-original-src", "data-full", "data-large_image",
    "data-image", "data-img", "data-url",
)  # fmt: skip
_SETS = ("data-srcset", "data-lazy-srcset", "srcset")
_TEXTS = frozenset(("src", "alt", "title", "class", "style", "id"))
_PLACEHOLDER = re.compile(
    r"(?:^|[/_.-])(?:1x1|1?px|blank|spacer|pixel|placeholder|transparent|loading|loader|spinner|lazy(?:load)?|empty|dot"
    r"|gr[ae]y|white|trans|no-?(?:image|img|photo|thumb)|default(?:-(?:image|img|thumb))?)[\w-]{0,12}\.(?:gif|png|svg|jpe?g|webp)\b",
    re.I,
)
_IMAGE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif)(?:$|[?#\s])", re.I)
_FIGURE = re.compile(r"[^\w]*\d[\d.,]*\s*(?:%|\S{1,8})?")  # a cell of a table: 91%, 9.500, 12 tỷ
_ICON = re.compile(r"[1-3]?\d(?:px)?")  # pixels of a side
_POINT = re.compile(r"[01](?:px)?")
_SHORT_TABLE = 400  # characters; a table that frames pictures holds no more
_MOST_ROWS = 60  # of a table, that are looked at


def address(page: Page, node: LexborNode) -> str | None:
    """The absolute address of the picture that an element stands for, None where it only holds a place.

    The attributes of lazy loaders come before `src`, and `src` before the sets of sizes; of a set the largest is taken.
    """
    attributes = node.attributes
    for name in (*_LAZY, "src"):
        if (url := attributes.get(name)) and not _PLACEHOLDER.search(url) and (found := page.absolute(url)):
            return found
    sources = [attributes]
    if node.parent is not None and node.parent.tag == "picture":
        offered = [source.attributes for source in node.parent.css("source")]
        sources += sorted(offered, key=lambda source: "max-width" in (source.get("media") or ""))  # small screens last
    for source in sources:
        for name in _SETS:
            if (listed := source.get(name)) and (found := page.absolute(_largest(listed))):
                return found
    for name, value in attributes.items():
        if name not in _TEXTS and value and _IMAGE.search(value) and not _PLACEHOLDER.search(value):
            return page.absolute(_largest(value))
    return None


def is_icon(node: LexborNode) -> bool:
    """A picture by its stated size too small to show anything: a flag, an arrow, or a point that counts visits."""
    # Those of AMP may say no more than how wide it is to how high.
    small, attributes = _POINT if node.tag == "amp-img" else _ICON, node.attributes
    return any(small.fullmatch(attributes.get(side) or "") for side in ("width", "height"))


def _largest(listed: str) -> str | None:
    """Of a `srcset` the address with the largest width or density, the first of equals."""
    best, most = None, -1.0
    for candidate in re.split(r",\s+|,(?=https?:|/)", listed):
        url, _, size = candidate.strip().partition(" ")
        number = re.match(r"[\d.]+", size.strip())
        try:
            weight = float(number[0]) if number else 0.0
        except ValueError:
            weight = 0.0
        if url and weight > most and not _PLACEHOLDER.search(url):
            best, most = url, weight
    return best


def frames_pictures(table: LexborNode) -> bool:
    """Whether a table frames pictures and their captions, and shows no data beside icons.

    Several pictures with a text beside each show persons or places that the text tells of.
    """
    pictures = sum(not is_icon(picture) for picture in table.css("img, amp-img"))
    rows = table.css("tr")
    if not 0 < len(rows) <= 2 * pictures + 1 or len(tidy(table.text(separator=" "))) >= _SHORT_TABLE:
        return False
    return not holds_data(rows) and sum(map(_is_beside, rows)) < 2


def holds_data(rows: list[LexborNode]) -> bool:
    """Whether table rows set texts beside one another: headings, figures, or a text beside one with an icon."""
    for row in rows[:_MOST_ROWS]:
        filled = _filled(row)
        if len(filled) < 2:
            continue
        if any(cell.tag == "th" or _FIGURE.fullmatch(text) for cell, text in filled):
            return True
        if 0 < sum(_has_picture(cell) for cell, _ in filled) < len(filled):
            return True
    return False


def _is_beside(row: LexborNode) -> bool:
    """Whether a row sets one text beside a picture, each in a cell."""
    filled = _filled(row)
    return len(filled) == 1 and _has_picture(row) and not _has_picture(filled[0][0])


def _filled(row: LexborNode) -> list[tuple[LexborNode, str]]:
    """The cells that hold text, with it."""
    cells = [(cell, tidy(cell.text(separator=" "))) for cell in row.css("td, th")]
    return [(cell, text) for cell, text in cells if text]


def _has_picture(node: LexborNode) -> bool:
    return node.css_first("img, amp-img") is not None
