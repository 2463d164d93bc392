"""Tells a caption by the credit that ends it."""

from __future__ import annotations

import re

_CREDIT = re.compile(
    r"(?:^|[(.\-–—|…”\"]\s*|\s(?=Ả))(?i:ảnh|minh họa|đồ họa|nguồn ảnh|ảnh tư liệu)\s*(?i:minh họa|tư liệu)?\s*:\s*"
    r"(?=[^a-zà-ỹ])\S+(?:\s+\S+){0,6}$"
)
_PLACEHOLDER = re.compile(r"\(?(?:ảnh|hình|tranh)(?: có tính| mang tính(?: chất)?)? minh (?:họa|hoạ)\)?\.?", re.I)


def is_credit(line: str) -> bool:
    """Whether a line of plain text is a caption: it ends in a credit, or only says that a picture illustrates."""
    return len(line) < 400 and bool(_CREDIT.search(line) or _PLACEHOLDER.fullmatch(line.strip()))
