"""What a search takes for the same: case, width, invisible marks, the place of the tone, the look-alikes of Đ.

Words without any diacritics find words with them; words with some find exactly these.
"""

from __future__ import annotations

from crawler.text.fingerprint import normal_form
from crawler.text.normalization import nfc, unmarked

_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " "}
"""The full-width forms of ASCII (Unicode, Halfwidth and Fullwidth Forms), and the space of that width."""
_STROKED = "đðɖ"
"""Đ, and the letters of Iceland and of Ewe that look like it in capitals (U+00D0, U+0189)."""
_UNSTROKED = dict.fromkeys(map(ord, _STROKED), "d")


def narrow(text: str) -> str:
    """The text in NFC with full-width letters, digits and signs in their usual width."""
    return nfc(text.translate(_NARROW))


def search_form(text: str) -> str:
    """The normal form of a text (`normal_form`), full-width characters in their usual width."""
    return normal_form(narrow(text))


def without_marks(text: str) -> str:
    """The text without diacritics, đ as d; lower case is expected."""
    return unmarked(text.translate(_UNSTROKED))
