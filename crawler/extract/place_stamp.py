"""The place that a page sets before the first sentence in an element of its own, as newspapers print a dateline.

VnExpress: <p class="description"><span class="location-stamp">Hà Nội</span>Sáng nay, …</p>
"""

from __future__ import annotations

from dataclasses import replace

from selectolax.lexbor import LexborNode

from crawler.extract.page import Page, tidy
from crawler.extract.reader import TextBlock

_STAMPS = "[class*=stamp], [class*=dateline], [class*=dia-danh], [class*=diadanh]"
_LONGEST = 60  # characters of a place
_EDGE = " -–—:|,."
_HEAD = 8  # blocks at the start of a body among which its first paragraph is
_CANDIDATES = 50  # stamps; lists of other stories have them as well


def split_stamp(page: Page, lead: str, blocks: list[TextBlock]) -> tuple[str | None, str]:
    """The stamp that opens the `lead`, or the first paragraph where there is no lead, and the lead without it.

    The paragraph among the `blocks` is mended in place. None when there is no stamp.
    """
    first = next((block for block in blocks[:_HEAD] if block.role == "text" and len(block.text) > _LONGEST), None)
    opening = lead or (first.text if first else "")
    for node in page.tree.css(_STAMPS)[:_CANDIDATES]:
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


def _opens(stamp: LexborNode, opening: str) -> bool:
    """Whether it stands in the element whose text is the `opening`: another story may come from the same place."""
    around = "".join(tidy(stamp.parent.text()).split()) if stamp.parent is not None else ""
    return around.startswith("".join(opening[:_LONGEST].split()))
