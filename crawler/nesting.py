"""A limit on how deep markup nests, before a parser pays for it: time grows with the square of the depth."""

from __future__ import annotations

import re

DEEPEST = 1000
"""Open elements; real pages stay below a hundred."""
_SHORT = 100_000  # characters; what nests in fewer is parsed within a second
_HARMLESS = 8_000  # tags in all with which no depth takes longer than a tenth of a second
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9-]*)")
# Void elements, and those that the next of their kind closes (HTML standard, 13.1.2).
_FLAT = {
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr", "p",
    "li", "dt", "dd", "option", "optgroup", "tr", "td", "th", "thead", "tbody", "tfoot", "rt", "rp", "path", "use",
}  # fmt: skip


def too_deep(markup: bytes | str) -> bool:
    """Whether more than `DEEPEST` elements are open at once; scripts count as markup, which errs on the safe side."""
    if len(markup) < _SHORT:
        return False
    tags = markup.count("<") if isinstance(markup, str) else markup.count(b"<")
    if tags < _HARMLESS:
        return False
    text = markup if isinstance(markup, str) else markup.decode("utf-8", "replace")
    depth = 0
    for closing, name in _TAG.findall(text):
        if name.lower() in _FLAT:
            continue
        depth = max(depth - 1, 0) if closing else depth + 1
        if depth > DEEPEST:
            return True
    return False
