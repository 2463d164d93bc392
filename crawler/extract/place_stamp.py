"""The place that a page sets before the first sentence in an element of its own, as newspapers print a dateline.

VnExpress: <p class="description"><span class="location-stamp">Hà Nội</span>Sáng nay, …</p>
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from selectolax.lexbor import LexborNode

from crawler.extract.page import tidy
from crawler.extract.reader import TextBlock

_STAMPS = "[class*=stamp], [class*=dateline], [class*=dia-danh], [class*=diadanh]"
_LONGEST = 60  # characters of a place
_EDGE = " -–—:|,."
_QUOTES = "\"“”‘’'("
_HEAD = 8  # blocks at the start of a body among which its first paragraph is
_CANDIDATES = 50  # stamps; lists of other stories have them as well


def split_stamp(root: LexborNode, lead: str, blocks: list[TextBlock]) -> tuple[str | None, str]:
    """The stamp that opens the `lead`, or the first paragraph where there is no lead, and the lead without it.

    `root` holds the body; the lead stands near it. The paragraph among the `blocks` is mended in place. None when there
    is no stamp.
    """
    first = next((block for block in blocks[:_HEAD] if block.role == "text" and len(block.text) > _LONGEST), None)
    opening = lead or (first.text if first else "")
    if not _may_begin_with_a_place(opening):
        return None, lead
    for node in _around(root).css(_STAMPS)[:_CANDIDATES]:
        text = tidy(node.text())
        place = text.strip(_EDGE)
        rest = opening[len(text) :].lstrip(_EDGE)
        if 0 < len(place) <= _LONGEST and opening.startswith(text) and rest and _opens(node, opening):
            if lead:
                return place, rest
            if first:
                blocks[blocks.index(first)] = replace(first, text=rest)
            return place, lead
    return None, lead


def _around(root: LexborNode) -> LexborNode:
    """What holds the body and the lead: two elements up, as far as there are any below `body`."""
    node = root
    for _ in range(2):
        if node.parent is not None and node.parent.tag not in ("body", "html", "-document"):
            node = node.parent
    return node


def _may_begin_with_a_place(opening: str) -> bool:
    """Whether a place may stand before the sentence, which spares most pages the search.

    A place and what follows it begin with capitals: "Hà Nội Sáng nay", "Huế - Sáng nay", "HuếSáng nay".
    """
    first, _, rest = opening[: 2 * _LONGEST].partition(" ")
    second = rest.lstrip(_EDGE + _QUOTES)
    return second[:1].isupper() or any(one.islower() and other.isupper() for one, other in pairwise(first))


def _opens(stamp: LexborNode, opening: str) -> bool:
    """Whether it stands in the element whose text is the `opening`: another story may come from the same place."""
    around = "".join(tidy(stamp.parent.text()).split()) if stamp.parent is not None else ""
    return around.startswith("".join(opening[:_LONGEST].split()))
