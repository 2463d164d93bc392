"""What a search takes for the same: case, width, invisible marks, the place of the tone, the look-alikes of Đ.

`search_form` is for texts that are taken apart into words, `search_pattern` for those that a database searches whole.
Words without any diacritics find words with them; words with some find exactly these.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from crawler.text.fingerprint import INVISIBLE, normal_form
from crawler.text.normalization import nfc, nfd, unmarked

_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " "}
"""The full-width forms of ASCII (Unicode, Halfwidth and Fullwidth Forms), and the space of that width."""
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_EITHER = frozenset({"oa", "oe", "uy", "ua", "ia", "ưa"})
"""Pairs of vowels of which writers put the tone on the one or on the other: hòa and hoà, thủy and thuỷ."""
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


def search_pattern(text: str) -> str:
    """A regular expression that finds `text` anywhere, in the dialect that Python and PostgreSQL share.

    Case is spelled out, since what PostgreSQL takes for the capital of "đ" depends on the server's locale.
    """
    wanted = " ".join(INVISIBLE.sub("", narrow(text)).lower().split())
    if without_marks(wanted) == wanted:
        return "".join(_one(letter, _FAMILIES.get(letter, letter)) for letter in wanted)
    return "".join(_marked(wanted))


def _marked(wanted: str) -> Iterator[str]:
    """The pattern of a text with diacritics, piece by piece."""
    place = 0
    while place < len(wanted):
        (first, tone), (second, other) = map(_split, (wanted[place], wanted[place + 1 : place + 2]))
        if first + second in _EITHER and bool(tone) != bool(other):
            pairs = ((first + tone + other, second), (first, second + tone + other))
            forms = ("".join(_one(letter, letter) for letter in map(_composed, pair)) for pair in pairs)
            yield f"(?:{'|'.join(forms)})"
            place += 2
        else:
            yield _one(wanted[place], wanted[place])
            place += 1


def _split(letter: str) -> tuple[str, str]:
    """A letter without its tone, and the tone."""
    marks = nfd(letter)
    tone = "".join(mark for mark in marks if mark in _TONES)
    return _composed("".join(mark for mark in marks if mark not in _TONES)), tone


def _composed(letter: str) -> str:
    return nfc(letter)


def _one(letter: str, forms: str) -> str:
    """The pattern of one character that may be written in these `forms`, which are in lower case."""
    if letter == " ":
        return r"\s+"
    if letter in _STROKED:
        forms = _STROKED
    every = dict.fromkeys(forms + "".join(form.upper() for form in forms if len(form.upper()) == 1))
    wide = dict.fromkeys(chr(ord(form) + 0xFEE0) for form in every if "!" <= form <= "~")
    if len(every) + len(wide) == 1:
        return re.escape(letter)
    return f"[{''.join(map(re.escape, (*every, *wide)))}]"


def _family(letter: str) -> str:
    """The forms of a letter of Vietnamese with its quality and tone marks, as one character each."""
    qualities, tones = ("", "\u0302", "\u0306", "\u031b"), ("", *_TONES)
    forms = (_composed(letter + quality + tone) for quality in qualities for tone in tones)
    return "".join(form for form in forms if len(form) == 1)


_FAMILIES = {letter: _family(letter) for letter in "aeiouy"} | {"d": "d" + _STROKED}
