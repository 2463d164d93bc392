"""A text as the words that a search compares, in two strings that the fastest search of a substring takes.

    'Dự án "nước sạch" (Huế).'   exact   " dự án nước sạch . huế . "
                                 plain   " du an nuoc sach . hue . "

Words are in their normal form (`search_form`) with a blank before and behind each; a full stop stands for whatever
parts two words so that no phrase goes across: a line's end, and every sign but hyphens, slashes and quotation marks.
"""

from __future__ import annotations

import re
from operator import itemgetter
from typing import NamedTuple

from crawler.text.fingerprint import INVISIBLE, INVISIBLE_SIGNS
from crawler.text.normalization import nfc
from crawler.text.search import narrow, search_form, without_marks

WORD = re.compile(r"[^\W_]+(?:[\u0300-\u036f]+[^\W_]*)*")
_UNUSUAL = re.compile(f"[\uff01-\uff5e\u3000{INVISIBLE_SIGNS}]")
BREAK = "."
_WITHIN = re.compile(r"[\s\-‑–/“”\"'’]*")  # what may stand between two syllables of a phrase
_MANY = 1 << 16  # stretches that are remembered
_LONG = 40  # characters; a longer one is no word and will not come again


class Words(NamedTuple):
    """The words of a text."""

    exact: str
    plain: str
    """Without diacritics."""

    def of(self, *, marked: bool) -> str:
        """The string in which a phrase is looked for, by whether it bears diacritics."""
        return self.exact if marked else self.plain


def words_of(text: str) -> Words:
    """The words of a text, a line of it a stretch that no phrase leaves."""
    found: list[Words] = []
    for line in text.split("\n"):
        found += map(_SETTLED.__getitem__, line.split())
        found.append(_END)
    return Words(f"{''.join(map(_EXACT, found))} ", f"{''.join(map(_PLAIN, found))} ")


def clean(text: str) -> str:
    """The text as its words are read: full-width characters in their usual width, no marks that nobody sees."""
    return INVISIBLE.sub("", narrow(text)) if _UNUSUAL.search(text) else nfc(text)


def _settled(stretch: str) -> Words:
    """The words of a stretch without white space, each behind a blank."""
    text, parts, place = clean(stretch), list[str](), 0
    for word in WORD.finditer(text):
        if not _WITHIN.fullmatch(text, place, word.start()):
            parts.append(BREAK)
        parts += search_form(word[0]).split()
        place = word.end()
    if not _WITHIN.fullmatch(text, place):
        parts.append(BREAK)
    exact = "".join(f" {part}" for part in parts)
    return Words(exact, without_marks(exact))


class _Memory(dict[str, Words]):
    """The words in a stretch without white space: the syllables of the language, and the names of some days."""

    def __missing__(self, stretch: str) -> Words:
        words = _settled(stretch)
        if len(stretch) < _LONG:
            if len(self) >= _MANY:
                self.clear()
            self[stretch] = words
        return words


_SETTLED = _Memory()
_END = Words(f" {BREAK}", f" {BREAK}")
_EXACT, _PLAIN = itemgetter(0), itemgetter(1)
