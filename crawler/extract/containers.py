"""Which containers inside a text are not the article's: those that a layout or the common list names, with two doubts.

A name like "player" or "banner" counts only for a small part of the text. And what is hidden is mostly no text, but on
some pages the second half of the article is, until a reader asks for more.

A post of a social network that is embedded in the text is left out as a whole, words and names: it is not the paper's
text, its script replaces it in the browser, and the next fetch may find it gone.
"""

from __future__ import annotations

import re
from functools import lru_cache

from selectolax.lexbor import LexborNode

from crawler.extract.page import tidy
from crawler.sites import DOUBTFUL, NOISE, Layout

_LARGE = 400  # characters; what holds more is no notice, player or advertisement
_SHARE = 0.4  # of the whole text; what holds more is the text
_PARAGRAPH = 60  # characters
_MORE = re.compile(r"more|collaps|expand|readm|full|rest\b|toggle|xem-?them|doc-?tiep|con-?lai|noi-?dung|content", re.I)
_NEVER = re.compile(
    r"print|popup|modal|form|comment|relat|copy|share|login|subscri|tooltip|slide|player|caption|menu", re.I
)
_OPENS = re.compile(r"(?:xem|đọc|hiển thị|mở|bấm)\s+(?:thêm|tiếp|toàn|đầy đủ|hết|rộng|tất cả|chi tiết)\b", re.I)
_END = re.compile(r"[.!?…:;][\"”'’)]*$")


@lru_cache(maxsize=256)
def _selectors(layout: Layout | None) -> tuple[str, str]:
    return ", ".join((*NOISE, *(layout.drop if layout else ()))), ", ".join(DOUBTFUL)


def left_out(root: LexborNode, layout: Layout | None) -> dict[int, LexborNode]:
    """The containers in `root` that are passed over, by their `mem_id`."""
    sure, doubtful = _selectors(layout)
    found = {node.mem_id: node for node in root.css(sure)}
    size = 0
    for node in root.css(doubtful):
        if _is_hidden(node):
            if not _reads_on(node):
                found[node.mem_id] = node
            continue
        size = size or len(tidy(root.text()))
        own = len(tidy(node.text()))
        if node.tag == "p" and own >= _PARAGRAPH:
            continue
        if own < min(_LARGE, _SHARE * size):
            found[node.mem_id] = node
    if layout and layout.keep:
        for node in root.css(", ".join(layout.keep)):
            found.pop(node.mem_id, None)
    found.pop(root.mem_id, None)
    return found


def explained(found: dict[int, LexborNode], root: LexborNode, layout: Layout | None) -> list[tuple[str, str]]:
    """The text of each container that was left out, with the selector that named it."""
    left, said = dict(found), []
    for css in (*(layout.drop if layout else ()), *NOISE, *DOUBTFUL):
        for node in root.css(css):
            if node.mem_id in left and (text := tidy(node.text(separator=" "))):
                said.append((text, css))
                del left[node.mem_id]
    return said


def _is_hidden(node: LexborNode) -> bool:
    attributes = node.attributes
    return "hidden" in attributes or "none" in (attributes.get("style") or "").lower()


def _reads_on(node: LexborNode) -> bool:
    """Whether what is hidden is the article's next part: paragraphs, behind a button or under a name that says so."""
    attributes = node.attributes
    name = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
    if _NEVER.search(name) or node.tag in ("form", "dialog"):
        return False
    texts = [tidy(paragraph.text()) for paragraph in node.css("p")] or [tidy(node.text())]
    running = [text for text in texts if len(text) >= _PARAGRAPH and _END.search(text)]
    linked = sum(len(tidy(link.text())) for link in node.css("a"))
    if not running or linked > 0.3 * sum(map(len, texts)):
        return False
    return len(running) > 1 or bool(_MORE.search(name)) or _is_opened(node)


def _is_opened(node: LexborNode) -> bool:
    """Whether a button beside it opens what is hidden."""
    return _button(node.next, forward=True) or _button(node.prev, forward=False)


def _button(beside: LexborNode | None, *, forward: bool) -> bool:
    if beside is not None and beside.tag == "-text" and not (beside.text_content or "").strip():
        beside = beside.next if forward else beside.prev
    return beside is not None and bool(_OPENS.match(tidy(beside.text())[:80]))
