"""What makes two texts the same text: the normal form, its hash, and the legal instruments that a text names."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

from crawler.text.memory import Memory
from crawler.text.normalization import nfc

VERSION = "v1"
"""Of the normal form. It stands in every hash, so that hashes of two versions are never taken for each other."""
INVISIBLE_SIGNS = (
    "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2062\u2063\u2064"
    "\u2066\u2067\u2068\u2069\ufeff"
)
"""Soft hyphen, zero-width spaces and joiners, direction marks, byte order mark: they stand inside words too."""
INVISIBLE = re.compile(f"[{INVISIBLE_SIGNS}]")
# What stands between words, on lines of their own; a mark that did not compose belongs to its letter.
_BETWEEN = re.compile(r"[^\w\n](?:(?<![\u0300-\u036f])|(?<=\n.))[^\w\n]*")
_COMMON = '.,:;-/()"“”'  # nearly all of it: with these gone, "năm," and "(năm)" are a word that has been met
_TONED = {nfc(base + tone): (base, tone) for base in "aăâeêioôơuưy" for tone in "\u0300\u0301\u0303\u0309\u0323"}


def _toned(bases: str) -> str:
    return "".join(vowel for vowel, (base, _) in _TONED.items() if base in bases)


# Two vowels of which one bears the tone, where spellings differ on which; the second only at the end of a word. All
# begin with one class of letters, for which a text is searched much faster than for two patterns.
_PAIR = re.compile(
    f"[oiuư{_toned('oiuyư')}](?:(?<=[oiuư])[{_toned('aey')}](?![^\\W\\d_])|(?<![oiuư])[aeiouyăâêôơư])(?![\u0300-\u036f])"
)
_OPEN = {"oa", "oe", "uy", "ua", "ia", "ưa"}  # at the end of a syllable the first bears it: hòa, thúy, của, mía
_CLOSED = {"oa", "oe", "uy"}  # before another letter the second: hoàn, ngoéo, huỳnh
_OLDER = re.compile("(?<!q)(?:([òóỏõọ])([ae])|([ùúủũụ])(y))(?![^\\W\\d_])")  # hòa, khóe, thủy, in lower case
_ONSETS = {"qu", "gi"}  # here u and i belong to the onset: quý, già
_ROUNDS = 8  # no syllable has more than three vowels; along a row of made-up ones a tone would wander for hours
_CAPITALS = "A-ZÂĂĐÐƉÊÔƠƯ"
# An abbreviation of type or issuer: NĐ, UBND, TTg, TTr, NQi, GDTrH, and the National Assembly with its number.
_BODY = f"[{_CAPITALS}]{{2,}}(?:(?<=QH)\\d{{1,2}}(?!\\w)|[gir][{_CAPITALS}]{{0,3}}(?![a-zà-ỹ]))?"
DOCUMENT = re.compile(
    rf"""
    \d(?<![\w/.,-]\d)(?<!/[ ]\d)\d{{0,4}}[a-zA-ZĐđ]?  # the number; a decree of 2008 was 30a
    (?:
        /(?:(?:19|20)\d\d/)?{_BODY}(?:[-‑–&]{_BODY})+  # 357/2025/NĐ-CP, 85/NQ-CP, 05/2024/TTLT-BCA-BQP
      | /(?:19|20)\d\d/L-CTN                         # an order of the President
      | /(?:19|20)\d\d/(?:UBTV)?QH\d{{1,2}}(?!\w)      # 54/2019/QH14, of the National Assembly
      | [-‑–]{_BODY}/{_BODY}                           # 12-NQ/TW, of the Party
    )
    """,
    re.VERBOSE,
)
"""The number of a legal instrument as written; to be compiled with re.VERBOSE where it is part of another pattern."""
_MARK = re.compile(f"/(?:[{_CAPITALS}]{{2}}|L-)")  # every number has one; dates and units, the other slashes, do not


def normal_form(text: str) -> str:
    """The form in which two spellings of one text are equal, and two texts are not.

    NFC, lower case; the tone mark on the vowel where the older of the two school rules puts it (hòa, thúy, quý);
    Ð and Ɖ, which look like Đ, are Đ; words parted by single spaces, whatever spaces and punctuation stood between
    them. Digits and diacritics stay: 85/NQ-CP is not 86/NQ-CP, 1,5 is not 15, and Bá is not Bà.
    """
    for sign in _COMMON:
        text = text.replace(sign, " ")
    return _known.joined(text.split())[1:]


def normal_forms(stretches: Sequence[str]) -> list[str]:
    """The normal form of each stretch, which has no white space: its words, each behind a blank.

    All are brought into it as one text, which takes a third of the time of one after the other.
    """
    text = " ".join(stretches)
    if not text.isprintable():  # as none of the invisible signs is
        text = INVISIBLE.sub("", text)
    text = nfc(text).casefold()
    if not text.isascii():
        text = nfc(text).replace("ð", "đ").replace("ɖ", "đ")
        for _ in range(_ROUNDS):  # a tone that was two vowels away comes nearer with each
            if (placed := _PAIR.sub(_place_tone, text)) == text:
                break
            text = placed
    # On lines of their own: first without blanks at their ends, and then with one before all that are not empty.
    lines = "\n{}\n".format(text.replace(" ", "\n").replace("_", " "))
    lines = _BETWEEN.sub(" ", lines).replace(" \n", "\n").replace("\n ", "\n")
    return lines.replace("\n", "\n ").replace(" \n", "\n")[1:-2].split("\n")


def newer_tones(text: str) -> str:
    """Lower-case `text` in NFC with the tone mark where the newer school rule puts it: "từ khóa" → "từ khoá"."""
    return _OLDER.sub(_newer, text)


def either_tones(pattern: str) -> str:
    """A regular expression in lower case that takes both spellings: "khóa" → "kh(?:óa|oá)"."""
    return _OLDER.sub(lambda found: f"(?:{found[0]}|{_newer(found)})", pattern)


def content_hash(lead: str | None, body: str) -> str:
    """`v1:` and the SHA-256, in hex, of the normal form of lead and body."""
    text = f"{lead}\n{body}" if lead else body
    return f"{VERSION}:{hashlib.sha256(normal_form(text).encode()).hexdigest()}"


def documents(text: str) -> tuple[str, ...]:
    """The numbers of the legal instruments that `text` names, as written, each once, in order of first mention.

    The forms are those of Decree 30/2020/NĐ-CP, annex I (state) and Guideline 05-HD/VPTW (Party).
    """
    lines = (line for line in text.split("\n") if "/" in line and _MARK.search(line))
    return tuple(dict.fromkeys(number for line in lines for number in DOCUMENT.findall(line)))


_known = Memory(lambda stretches: [normal_forms(stretches)])


def _newer(found: re.Match[str]) -> str:
    base, tone = _TONED[found[1] or found[3]]
    return base + nfc((found[2] or found[4]) + tone)


def _place_tone(found: re.Match[str]) -> str:
    first, second = found[0][0], found[0][1]
    before, after = found.string[found.start() - 1 : found.start()], found.string[found.end() : found.end() + 1]
    if second in _TONED:
        base, tone = _TONED[second]
        if first + base in _OPEN and before + first not in _ONSETS:
            return nfc(first + tone) + base
        return found[0]
    base, tone = _TONED[first]
    if second in "ăâêôơ" or before + base in _ONSETS or (base + second in _CLOSED and after.isalpha()):
        return base + nfc(second + tone)
    return found[0]
