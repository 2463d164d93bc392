"""A text as the words that a search compares, in two strings that the fastest search of a substring takes.

    'Dự án "nước sạch" (Huế).'   exact   " dự án nước sạch . huế . "
                                 plain   " du an nuoc sach . hue . "

Words are in their normal form (`search_form`) with a blank before and behind each; a full stop stands for whatever
parts two words so that no phrase goes across: a line's end, and every sign but hyphens, slashes and quotation marks,
what stands inside a number or a name ("21.935", "8:30", "TP.HCM", "R&D") and the full stop of an abbreviation.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple
from zlib import crc32

from crawler.text.fingerprint import INVISIBLE, INVISIBLE_SIGNS, normal_forms
from crawler.text.memory import Memory
from crawler.text.normalization import nfc
from crawler.text.search import narrow, without_marks

WORD = re.compile(r"[^\W_]+(?:[\u0300-\u036f]+[^\W_]*)*")
_UNUSUAL = re.compile(f"[\uff01-\uff5e\u3000{INVISIBLE_SIGNS}]")
BREAK = "."
_BREAK = f" {BREAK}"
ABBREVIATED = r"TP|Tp|T\.Ư|GS|PGS|TS|ThS|Th\.S|BS|CN|KS|LS|NSND|NSƯT|Dr|Mr|Mrs|Ms|St|Co|Ltd|No|tr|[A-ZĐ]"
"""Titles and forms of address, and single letters, behind which a full stop ends no sentence."""
_WITHIN = re.compile(r"[\s\-‑–/“”\"'’]*")  # what may stand between two syllables of a phrase
_INSIDE = re.compile(r"(?<=[^\W_])[.&@](?=[^\W_])|(?<=\d)[,:](?=\d)")  # and without white space beside it
_SHORT = re.compile(rf"(?:{ABBREVIATED})\.")
_UNMARKED = "0"
_SIGNS = "123456789abcdefghijklmnopqrstuvwxyz"


class Words(NamedTuple):
    """The words of a text."""

    exact: str
    plain: str
    """Without diacritics."""


def words_of(text: str) -> Words:
    """The words of a text, a line of it a stretch that no phrase leaves."""
    return Words(words_in(text, marked=True), words_in(text, marked=False))


def words_in(text: str, *, marked: bool) -> str:
    """The one of `words_of` in which a phrase is looked for, by whether it bears diacritics."""
    return f"{_known.joined(_stretches(text), _EXACT if marked else _PLAIN)} "


class SignedWords(NamedTuple):
    """The words of a text as an index holds them."""

    text: str
    """Those without diacritics in the order of `words_of`, each with its `sign`; of several `BREAK` in a row one."""
    marked: set[str]
    """Once each that bears diacritics."""


def signed_words(text: str) -> SignedWords:
    """The words of a text as an index holds them."""
    stretches = _stretches(text)
    signed, end = f"{_known.joined(stretches, _SIGNED)} ", f"{_BREAK}{_UNMARKED}"
    while 2 * end in signed:
        signed = signed.replace(2 * end, end)
    return SignedWords(signed, set(_known.joined(set(stretches), _MARKED).split()))


def sign(word: str, plain: str) -> str:
    """A character for the diacritics of a word that is `plain` without them; some that differ in these alone have the
    same."""
    return _UNMARKED if plain == word else _SIGNS[crc32(word.encode()) % len(_SIGNS)]


def clean(text: str) -> str:
    """The text as its words are read: full-width characters in their usual width, no marks that nobody sees."""
    return INVISIBLE.sub("", narrow(text)) if _UNUSUAL.search(text) else nfc(text)


def _stretches(text: str) -> list[str]:
    """What stands between blanks, and a `BREAK` for each line's end."""
    return f"{text}\n".replace("\n", f"{_BREAK} ").split()


def _settled(stretches: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """In each form the words of every stretch; they are found together, as `normal_forms`."""
    texts = clean("\n".join(stretches)).split("\n")
    words = [list(WORD.finditer(text)) for text in texts]
    forms = iter(normal_forms([word[0] for some in words for word in some]))
    exact = ["".join(_parts(text, some, forms)) for text, some in zip(texts, words, strict=True)]
    return zip(*map(_all_forms, exact, without_marks("\n".join(exact)).split("\n")), strict=True)


def _parts(text: str, words: Iterable[re.Match[str]], forms: Iterator[str]) -> Iterator[str]:
    """The words of a stretch, each in the next form, and what parts them; a blank before each."""
    place = last = 0
    for word in words:
        last = word.start()
        if place < last and not (_WITHIN.fullmatch(text, place, last) or _is_inside(text, place, last)):
            yield _BREAK
        yield next(forms)
        place = word.end()
    if place < len(text) and not (_WITHIN.fullmatch(text, place) or _SHORT.fullmatch(text, last)):
        yield _BREAK


def _all_forms(exact: str, plain: str) -> tuple[str, str, str, str]:
    words = plain.split(" ")[1:]
    if exact == plain:
        return exact, plain, "".join([f" {word}{_UNMARKED}" for word in words]), ""
    both = list(zip(exact.split(" ")[1:], words, strict=True))
    signed = "".join([f" {word}{sign(part, word)}" for part, word in both])
    return exact, plain, signed, "".join([f" {part}" for part, word in both if part != word])


def _is_inside(text: str, place: int, end: int) -> bool:
    """Whether what stands there belongs to a number or a name."""
    found = _INSIDE.match(text, place)
    return found is not None and found.end() == end


_EXACT, _PLAIN, _SIGNED, _MARKED = range(4)
"""Forms of words: as `Words` has them, as `SignedWords.text`, and those alone that bear diacritics."""
_known = Memory(_settled, forms=4)
