"""What makes two texts the same text: the normal form, its hash, and the legal instruments that a text names."""

from __future__ import annotations

import hashlib
import re

from crawler.text.normalization import nfc

VERSION = "v1"
"""Of the normal form. It stands in every hash, so that hashes of two versions are never taken for each other."""
INVISIBLE_SIGNS = (
    "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2062\u2063\u2064\ufeff"
)
"""Soft hyphen, zero-width spaces and joiners, direction marks, byte order mark: they stand inside words too."""
INVISIBLE = re.compile(f"[{INVISIBLE_SIGNS}]")
# A mark that did not compose belongs to its letter.
_WORD = re.compile(r"\w+(?:[\u0300-\u036f]+\w*)*")
_TONED = {nfc(base + tone): (base, tone) for base in "aăâeêioôơuưy" for tone in "\u0300\u0301\u0303\u0309\u0323"}


def _toned(bases: str) -> str:
    return "".join(vowel for vowel, (base, _) in _TONED.items() if base in bases)


# Two vowels of which one bears the tone, where spellings differ on which; the second only at the end of a word.
_PAIR = re.compile(f"(?:[oiuư][{_toned('aey')}](?![^\\W\\d_])|[{_toned('oiuyư')}][aeiouyăâêôơư])(?![\u0300-\u036f])")
_OPEN = {"oa", "oe", "uy", "ua", "ia", "ưa"}  # at the end of a syllable the first bears it: hòa, thúy, của, mía
_CLOSED = {"oa", "oe", "uy"}  # before another letter the second: hoàn, ngoéo, huỳnh
_OLDER = re.compile("(?<!q)(?:([òóỏõọ])([ae])|([ùúủũụ])(y))(?![^\\W\\d_])")  # hòa, khóe, thủy, in lower case
_ONSETS = {"qu", "gi"}  # here u and i belong to the onset: quý, già
_MANY = 1 << 16  # stretches that are remembered
_ROUNDS = 8  # no syllable has more than three vowels; along a row of made-up ones a tone would wander for hours
_LONG = 40  # characters; a longer one is no word and will not come again
_CAPITALS = "A-ZÂĂĐÐƉÊÔƠƯ"
_BODY = f"[{_CAPITALS}]{{2,}}(?:[gir](?![a-zà-ỹ]))?"  # an abbreviation of type or issuer: NĐ, UBND, TTg, TTr, NQi
DOCUMENT = re.compile(
    rf"""
    \d(?<![\w/.,-]\d)\d{{0,4}}[a-zA-ZĐđ]?  # the number; a decree of 2008 was 30a
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


def normal_form(text: str) -> str:
    """The form in which two spellings of one text are equal, and two texts are not.

    NFC, lower case; the tone mark on the vowel where the older of the two school rules puts it (hòa, thúy, quý);
    Ð and Ɖ, which look like Đ, are Đ; words parted by single spaces, whatever spaces and punctuation stood between
    them. Digits and diacritics stay: 85/NQ-CP is not 86/NQ-CP, 1,5 is not 15, and Bá is not Bà.
    """
    return " ".join(filter(None, map(_SETTLED.__getitem__, text.split())))


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
    return tuple(dict.fromkeys(DOCUMENT.findall(text)))


def _settled(token: str) -> str:
    """The words in a stretch without white space, in normal form, parted by blanks."""
    if not token.isprintable():  # as none of the invisible signs is
        token = INVISIBLE.sub("", token)
    token = nfc(token).casefold()
    if not token.isascii():
        token = nfc(token).replace("ð", "đ").replace("ɖ", "đ")
        for _ in range(_ROUNDS):  # a tone that was two vowels away comes nearer with each
            if not _PAIR.search(token) or (placed := _PAIR.sub(_place_tone, token)) == token:
                break
            token = placed
    return token if token.isalpha() else " ".join(_WORD.findall(token.replace("_", " ")))


class _Memory(dict[str, str]):
    """What `_settled` made of a stretch: the syllables of the language, and the names and numbers of some days."""

    def __missing__(self, token: str) -> str:
        if len(self) >= _MANY:
            self.clear()
        words = _settled(token)
        if len(token) < _LONG:
            self[token] = words
        return words


_SETTLED = _Memory()


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
