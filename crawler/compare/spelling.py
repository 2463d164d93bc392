"""Whether two wordings differ in spelling alone: slips of the key and the classic confusions of written Vietnamese."""

from __future__ import annotations

import re

from crawler.text import TONES, is_syllable, nfc, nfd, normal_form, unmarked

_WORD = re.compile(r"[^\W_]+")
_HOOK, _TILDE = TONES[2], TONES[3]
_I_OR_Y = re.compile("(?:qu|[hklmst])[iy]")  # both are written: tỷ and tỉ, kỹ and kĩ, quy and qui
_ONSETS = (("s", "x"), ("tr", "ch"), ("gi", "d"))  # sound alike in the north


def respelt(old: str, new: str) -> bool:
    """Whether `new` has the words of `old` in another spelling; what comes, goes or has a digit is no spelling.

    Of two good syllables the one is a correction of the other only where people are known to confuse them (hook
    and tilde, i and y, onsets that sound alike) and where it is no name; otherwise a letter makes another word.
    """
    if normal_form(old) == normal_form(new):
        return True
    before, after = (_WORD.findall(nfc(text)) for text in (old, new))
    joined = ["".join(map(normal_form, words)) for words in (before, after)]
    if joined[0] == joined[1]:
        return not any(map(str.isdigit, joined[0]))
    return len(before) == len(after) and all(map(_slip, before, after))


def _slip(old: str, new: str) -> bool:
    one, other = normal_form(old), normal_form(new)
    if one == other:
        return True
    if not (one.isalpha() and other.isalpha()) or max(len(one), len(other)) < 2:
        return False
    if is_syllable(one) != is_syllable(other):
        return _bare(one) == _bare(other) or _one_key(one, other)
    return is_syllable(one) and not (old[0].isupper() and new[0].isupper()) and _confused(one, other)


def _bare(word: str) -> str:
    return unmarked(word.replace("đ", "d"))


def _one_key(one: str, other: str) -> bool:
    """Whether one letter is missing, too many or another, or two neighbours have changed places (Damerau 1964)."""
    if len(one) > len(other):
        one, other = other, one
    start = next((n for n, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), len(one))
    if len(one) < len(other):
        return one[start:] == other[start + 1 :]
    swapped = one[start + 1 : start + 2] + one[start : start + 1] + one[start + 2 :]
    return one[start + 1 :] == other[start + 1 :] or swapped == other[start:]


def _confused(one: str, other: str) -> bool:
    tones, toneless = zip(*map(_tone_of, (one, other)), strict=True)
    if toneless[0] == toneless[1]:
        return set(tones) == {_HOOK, _TILDE}
    if tones[0] != tones[1]:
        return False
    if all(map(_I_OR_Y.fullmatch, toneless)):
        return bool(toneless[0][:-1] == toneless[1][:-1])
    return any(
        {toneless[0], toneless[1]} == {a + rest, b + rest}
        for a, b in _ONSETS
        for rest in [next((word.removeprefix(a) for word in toneless if word.startswith(a)), "")]
    )


def _tone_of(syllable: str) -> tuple[str, str]:
    letters = nfd(syllable)
    tone = "".join(letter for letter in letters if letter in TONES)
    return tone, nfc("".join(letter for letter in letters if letter not in TONES))
