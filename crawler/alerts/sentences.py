"""The sentence of a text that holds a given place."""

from __future__ import annotations

import re

LONGEST = 300
"""Characters of a sentence that are given; a longer one is cut at both ends."""
# An end is followed by white space and something that can begin a sentence.
_END = re.compile(r"[.!?…]+[”\"')\]]*(?=\s+[“\"'(\[–-]*\s*[A-ZÀ-ỸĐ\d])")
# Titles and forms of address, single letters and numbers are followed by a full stop in the midst of a sentence.
_ABBREVIATED = re.compile(
    r"(?:^|[\s(“\"/.])(?:TP|Tp|T\.Ư|GS|PGS|TS|ThS|Th\.S|BS|CN|KS|LS|NSND|NSƯT|Dr|Mr|Mrs|Ms|St|Co|Ltd|No|tr|[A-ZĐ]|\d{1,3})$"
)


def around(text: str, start: int, end: int) -> str:
    """The sentence in which the characters `start` to `end` stand, on one line."""
    left = text.rfind("\n", 0, start) + 1
    right = text.find("\n", end)
    paragraph = text[left : right if right >= 0 else len(text)]
    first, last = 0, len(paragraph)
    for found in _END.finditer(paragraph):
        if found[0].startswith(".") and _ABBREVIATED.search(paragraph[: found.start()]):
            continue
        if found.end() <= start - left:
            first = found.end()
        elif found.end() >= end - left:
            last = found.end()
            break
    return " ".join(_cut(paragraph, first, last, start - left, end - left).split())


def _cut(paragraph: str, first: int, last: int, start: int, end: int) -> str:
    if last - first <= LONGEST:
        return paragraph[first:last]
    room = max(LONGEST - (end - start), 0) // 2
    begin, finish = max(first, start - room), min(last, end + room)
    if begin > first:
        begin = paragraph.find(" ", begin, start) + 1 or begin
    if finish < last:
        blank = paragraph.rfind(" ", end, finish)
        finish = blank if blank > 0 else finish
    return ("… " if begin > first else "") + paragraph[begin:finish] + (" …" if finish < last else "")
