"""What becomes of text from outside before anybody sees it: controls and signs of direction stand there as text.

`crawler.process.shown` drops format characters, as a terminal wants it; who reads a page shall see that they are there.
"""

from __future__ import annotations

import re
from typing import Any

_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0"
    "\ufff0-\ufffb\ufffe\uffff\ud800-\udfff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""Controls but for tab and line feed, and Unicode's default ignorable and format characters, lone surrogates."""
_JOINED = re.compile("(?<=[\u2600-\u27bf\ufe0f\U0001f000-\U0001faff])\u200d(?=[\u2600-\u27bf\U0001f000-\U0001faff])")
_MARKS = re.compile("([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{4})"
                    "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+")  # fmt: skip
_KEEP = "\ue000"  # stands for a joiner of pictures while the others are shown; a private one, which nobody sees either
_RUNS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What a spreadsheet takes for the beginning of a formula or a command (OWASP, CSV Injection), in either width."""


def visible(text: str) -> str:
    """`text` with each character that cannot be seen as its number, ⟦U+202E⟧, and no tower of marks on a letter."""
    if text.isascii() and text.isprintable():
        return text
    text = _JOINED.sub(_KEEP, _MARKS.sub(r"\1", text))
    return _UNSEEN.sub(lambda found: f"⟦U+{ord(found[0]):04X}⟧", text).replace(_KEEP, "\u200d")


def cut(text: str | None, length: int) -> str:
    """The beginning of a text, "…" behind it where it goes on."""
    text = text or ""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def cell(value: Any) -> str:
    """A value as a cell of CSV in quotes (RFC 4180) that no spreadsheet calculates with."""
    text = visible("" if value is None else str(value))
    if text.lstrip(" \u00a0\u3000").startswith(_RUNS) or text.startswith(_RUNS):
        text = "'" + text
    return '"' + text.replace('"', '""') + '"'


def web_address(url: str | None) -> str | None:
    """The address if a browser may be led there; None for any other scheme, and for what is no address."""
    if url is None or len(url) > 4000 or any(ord(sign) <= 0x20 for sign in url):
        return None
    return url if url.lower().startswith(("https://", "http://")) else None
