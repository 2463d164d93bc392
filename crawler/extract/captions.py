"""Which lines are captions though no element says so: by a name, by style and place below a picture, or by a credit."""

from __future__ import annotations

import re

from crawler.extract.byline import signature

_SHORT = 200  # characters that a centred or italic line below a picture may have to be its caption
_PLAIN = 150  # the same of a line without any style
# Names and styles of lines below a picture that are its caption.
_NAMED = re.compile(
    r"caption|legend|chu-?thich|(?:ghi-?chu|mo-?ta)-?(?:anh|hinh)|(?:image|img|photo|pic)[\w-]{0,8}(?:desc|note|text|title)",
    re.I,
)
_BELOW = re.compile(rf"center|italic|{_NAMED.pattern}", re.I)
_CREDIT = re.compile(
    r"(?:^|[(.\-–—|…”\"]\s*|\s(?=Ả))(?i:ảnh|minh họa|đồ họa|nguồn ảnh|ảnh tư liệu)\s*(?i:minh họa|tư liệu)?\s*:\s*"
    r"(?=[^a-zà-ỹ])\S+(?:\s+\S+){0,6}$"
)
_OF_VIDEO = re.compile(r"\b(?:video|clip|nguồn(?: video)?)\s*:\s*(?=[^a-zà-ỹ\s])\S+(?:\s+\S+){0,6}$", re.I)
_SIGNS = re.compile(r"(?:theo|nguồn|tin|bài)\b|[-–—•+*(\d]", re.I)  # a stated source, a byline, a line of a list
_PLACEHOLDER = re.compile(r"\(?(?:ảnh|hình|tranh)(?: có tính| mang tính(?: chất)?)? minh (?:họa|hoạ)\)?\.?", re.I)


def is_credit(line: str) -> bool:
    """Whether a line of plain text is a caption: it ends in a credit, or only says that a picture illustrates."""
    return len(line) < 400 and bool(_CREDIT.search(line) or _PLACEHOLDER.fullmatch(line.strip()))


def is_of_video(line: str) -> bool:
    """Whether a line behind a player says whose the video is."""
    return len(line) < _SHORT and bool(_OF_VIDEO.search(line))


def names_caption(style: str) -> bool:
    """Whether the class of an element calls it a caption."""
    return bool(_NAMED.search(style))


def is_below(text: str, role: str, style: str, *, framed: bool, linked: bool, strong: bool, italic: bool) -> bool:
    """Whether a line below a picture is its caption.

    `style` is class, style and align of its element; `framed` says that picture and line share a figure, or that a
    container calls itself a caption; `linked` that line or picture leads to another page.
    """
    if len(text) >= _SHORT:
        return False
    if role != "text":
        return (role == "heading" and italic) or (bool(style) and names_caption(style))
    if strong and not italic and text.isupper():
        return False  # a heading
    if framed or _BELOW.search(style):
        return True
    if text[-1] == ":" or strong or linked or signature(text) or _SIGNS.match(text):
        return False
    return italic or (len(text) <= _PLAIN and text[-1] not in '.!?…”"')
