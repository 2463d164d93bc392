"""Whether two names are one, written otherwise: misspelt, transliterated in another way, cut to an initial."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from rapidfuzz.distance import DamerauLevenshtein, Indel

from crawler.text import is_syllable

_ALIKE = 0.7  # of the consonants of two renderings of a foreign name: Matxcơva and Moskva have four of five
_LONG = 5  # letters from which one that is wrong is a slip and not another name
# Letters that renderings of one sound are written with.
_SOUNDS = ((re.compile("ph"), "f"), (re.compile("[ckq]h?"), "k"), (re.compile("[tx]?s[h]?|tx|x|z"), "s"),
           (re.compile("w"), "v"), (re.compile("gi|j|d"), "d"))  # fmt: skip
_VOWELS = re.compile("[aeiouy]")


def one_name(ours: Sequence[str], theirs: Sequence[str]) -> bool:
    """Whether the words in which two names differ, in normal form, can be one name in two renderings.

    Where every word is a Vietnamese syllable, a missing or other diacritic of one of them is a slip and another letter
    another name (Thành and Thanh, but An and Anh). In any other word a letter or two may differ, and a foreign name
    may be rendered by its sound.
    """
    if len(ours) == len(theirs) and all(map(_one_word, ours, theirs)):
        return True
    if all(map(is_syllable, ours)) and all(map(is_syllable, theirs)):
        return False
    return _one_sound(bare("".join(ours)), bare("".join(theirs)))


def _one_word(one: str, other: str) -> bool:
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    if len(short) == 1 or (len(long) > len(short) and set(long[len(short) :]) <= {"x"}):
        return long.startswith(short)
    if bare(one) == bare(other):
        return True
    if is_syllable(one) and is_syllable(other):
        return False
    return len(long) >= _LONG and DamerauLevenshtein.distance(bare(one), bare(other)) <= 1 + (len(long) > 2 * _LONG)


def _one_sound(one: str, other: str) -> bool:
    if min(len(one), len(other)) < _LONG - 1 or one[:1] != other[:1]:
        return False
    return Indel.normalized_similarity(_consonants(one), _consonants(other)) >= _ALIKE


@lru_cache(maxsize=1 << 12)
def bare(word: str) -> str:
    """Its letters without diacritics."""
    letters = unicodedata.normalize("NFD", word.replace("đ", "d"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _consonants(name: str) -> str:
    for written, sound in _SOUNDS:
        name = written.sub(sound, name)
    return name[:1] + _VOWELS.sub("", name[1:])
