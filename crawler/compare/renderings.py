"""Whether two names are one, written otherwise: misspelt, transliterated in another way, cut to an initial."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from rapidfuzz.distance import DamerauLevenshtein, Indel

from crawler.text import is_syllable, without_marks

_ALIKE = 0.7  # of the consonants of two renderings of a foreign name: Matxcơva and Moskva have four of five
_LONGEST = 40  # letters of a name
_LONG = 5  # letters from which one that is wrong is a slip and not another name
# Letters that renderings of one sound are written with.
_SOUNDS = ((re.compile("ph"), "f"), (re.compile("[ckq]h?"), "k"), (re.compile("[tx]?s[h]?|tx|x|z"), "s"),
           (re.compile("w"), "v"), (re.compile("gi|g(?=[ei])|j|d"), "d"))  # fmt: skip
# Countries, and a city, that the papers call by two names.
_TWO_NAMES = tuple(
    tuple(tuple(name.split()) for name in pair.split(" - "))
    for pair in (
        "úc - australia", "ý - italia", "ý - italy", "pháp - france", "đức - germany", "anh - england", "nga - russia",
        "mỹ - hoa kỳ", "mỹ - mĩ", "thái lan - thailand", "nhật bản - nhật", "triều tiên - bắc triều tiên",
        "hàn quốc - korea", "ấn độ - india", "lào - laos", "campuchia - cam pu chia", "miến điện - myanmar",
        "đài loan - taiwan", "hồng kông - hongkong", "tây ban nha - spain", "thổ nhĩ kỳ - turkey",
        "hồ chí minh - sài gòn", "việt nam - vietnam",
    )
)  # fmt: skip
_VOWELS = re.compile("[aeiouy]")
_INITIALS = frozenset("ch gh gi kh ng ngh nh ph qu th tr".split())
_I_OR_Y = re.compile("((?:qu|[hklmst]))y")  # both are written: Quy and Qui, Mỹ and Mĩ


def one_name(ours: Sequence[str], theirs: Sequence[str]) -> bool:
    """Whether the words in which two names differ, in normal form, can be one name in two renderings.

    In a Vietnamese syllable a missing or other diacritic is a slip and another letter another name (Thành and Thanh,
    but An and Anh). In any other word a letter or two may differ, a foreign name may be rendered by its sound, and one
    word of it is enough.
    """
    left, right = _without_common(ours, theirs)
    return not left or not right or _alike(ours, theirs) or _alike(left, right)


def _alike(ours: Sequence[str], theirs: Sequence[str]) -> bool:
    if len(ours) == len(theirs) and all(map(_one_word, ours, theirs)):
        return True
    foreign = [[word for word in side if not is_syllable(word)] for side in (ours, theirs)]
    if not any(foreign) or max(map(len, (*ours, *theirs))) > _LONGEST:
        return False
    if any(_one_word(one, other) or _one_sound(one, other) for one in foreign[0] for other in foreign[1]):
        return True
    return _one_sound("".join(ours), "".join(theirs))


def _without_common(ours: Sequence[str], theirs: Sequence[str]) -> tuple[list[str], list[str]]:
    """What is left of both where each word is gone that the other has too, and each place by its other name.

    Initials stay: they stand for too much.
    """
    left, right = list(ours), list(theirs)
    for pair in _TWO_NAMES:
        for one, other in (pair, pair[::-1]):
            if set(left).issuperset(one) and set(right).issuperset(other):
                for words, side in ((one, left), (other, right)):
                    for word in words:
                        side.remove(word)
    for word in tuple(left):
        if same := next((other for other in right if min(len(word), len(other)) > 1 and _one_word(word, other)), ""):
            left.remove(word)
            right.remove(same)
    return left, right


def _one_word(one: str, other: str) -> bool:
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    # An initial, of two or three letters too (Ng., Th.), or the plate of a car whose last signs are made unreadable.
    if len(short) < len(long) and (short in _INITIALS or len(short) == 1 or set(long[len(short) :]) <= {"x"}):
        return long.startswith(short)
    if _syllable(one) == _syllable(other):
        return True
    if (is_syllable(one) and is_syllable(other)) or len(long) > _LONGEST:
        return False
    return len(long) >= _LONG and DamerauLevenshtein.distance(bare(one), bare(other)) <= 1 + (len(long) > 2 * _LONG)


def _one_sound(one: str, other: str) -> bool:
    if min(len(one), len(other)) < _LONG - 1:
        return False
    ours, theirs = _consonants(bare(one)), _consonants(bare(other))
    return ours[:1] == theirs[:1] and Indel.normalized_similarity(ours, theirs) >= _ALIKE


bare = lru_cache(maxsize=1 << 12)(without_marks)
"""The letters of a word without diacritics; names and symbols come again and again."""


@lru_cache(maxsize=1 << 12)
def _syllable(word: str) -> str:
    """Its letters without diacritics, those of one sound that are used for each other (Kạn and Cạn) made one."""
    letters = bare(word)
    if found := _I_OR_Y.fullmatch(letters):
        letters = f"{found[1]}i"
    return f"c{letters[1:]}" if letters[:1] == "k" and letters[1:2] not in ("h", "") else letters


def _consonants(name: str) -> str:
    for written, sound in _SOUNDS:
        name = written.sub(sound, name)
    return name[:1] + _VOWELS.sub("", name[1:])
