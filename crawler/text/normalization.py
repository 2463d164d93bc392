"""Unicode's normal forms C and D (UAX #15) of text from anywhere, in linear time.

To bring the marks behind one letter into their order takes time that grows with the square of their number, in one
call that nothing interrupts: 160,000 marks take 40 s. So a run of them is cut before it is looked at. UAX #15, section
13 (Stream-Safe Text Format) takes 30 in a row for more than any language writes; Vietnamese needs two.

No other file may ask `unicodedata` for anything; `tests/text/test_normalization.py` sees to it.
"""

from __future__ import annotations

from unicodedata import combining, normalize

MARKS_MAX = 30
"""Combining marks in a row that are kept."""
_STRIDE = MARKS_MAX + 1
_PAIRS = frozenset("\u0f73\u0f75\u0f81")
"""Characters that are no marks and fall apart into two of them."""


def nfc(text: str) -> str:
    """The text in NFC, of each run of combining marks the first `MARKS_MAX`."""
    return text if text.isascii() else normalize("NFC", text if len(text) <= MARKS_MAX else bounded(text))


def nfd(text: str) -> str:
    """The text in NFD, of each run of combining marks the first `MARKS_MAX`."""
    return text if text.isascii() else normalize("NFD", text if len(text) <= MARKS_MAX else bounded(text))


def unmarked(text: str) -> str:
    """The text without its combining marks, those of composed letters among them; đ is a letter of its own."""
    return text if text.isascii() else "".join(letter for letter in nfd(text) if not combining(letter))


def bounded(text: str) -> str:
    """The text without what goes beyond `MARKS_MAX` combining marks in a row."""
    # A run that is too long covers one of these places, whatever its own; letters and blanks are none of it.
    places = text[MARKS_MAX::_STRIDE]
    if places.isascii() or places.replace(" ", "").isalnum():
        return text
    if not (any(map(combining, places)) or not _PAIRS.isdisjoint(places)):
        return text
    kept, run = [], 0
    for char in text:
        run = run + 1 if combining(char) or char in _PAIRS else 0
        if run <= MARKS_MAX:
            kept.append(char)
    return text if len(kept) == len(text) else "".join(kept)
