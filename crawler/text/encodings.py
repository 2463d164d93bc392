"""Bytes of a page to its text, whatever the server and the page say of their encoding.

What can be proved comes first: a byte order mark, the zero bytes of UTF-16, valid UTF-8. Only then does the
declaration count, and only against the evidence of the words: each candidate reads the page's words outside ASCII,
and the reading in which most of them are spelt as Vietnamese syllables wins (`crawler.text.syllables`).
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from crawler.text import legacy_encodings as legacy
from crawler.text import mojibake
from crawler.text.legacy_encodings import encode
from crawler.text.syllables import spelling

__all__ = ["Decoded", "charset", "decode", "encode"]
_WIDE_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Form feed and vertical tab are white space and must part words; the other controls mean nothing in a page.
_CONTROLS = bytes(byte for byte in range(32) if byte not in b"\t\n\v\f\r")
_UNWANTED = (*_CONTROLS, 0x0B, 0x0C)
_SPACES = bytes.maketrans(b"\v\f", b"  ")
_CONTROL_CHARS: dict[int, str | None] = dict.fromkeys(_CONTROLS) | {0x0B: " ", 0x0C: " "}
_CONTROL_CHAR = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_HIGH = bytes(range(0x80, 0x100))
# Bytes that no candidate reads as part of a word.
_BREAKS = bytes(
    byte for byte in range(0x80) if not chr(byte).isalpha() and not (byte < 0x20 and byte not in b"\0\t\n\v\f\r")
)
_TO_BREAK = bytes.maketrans(_BREAKS, b" " * len(_BREAKS))
_PIECE = 8192  # bytes that are decoded at a time, at least
_EVIDENCE = 1 << 20  # bytes read for evidence; no page's text begins later
_WORD = 24  # bytes of the longest word looked at
_WORDS = 4000  # distinct words looked at; a page has about a thousand
# The text encodings that browsers know (WHATWG Encoding Standard), by Python's names; the rest are attacks or errors.
_KNOWN = (
    "utf-8 utf-16 utf-16-le utf-16-be cp866 iso8859-2 iso8859-3 iso8859-4 iso8859-5 iso8859-6 iso8859-7 iso8859-8 "
    "iso8859-10 iso8859-13 iso8859-14 iso8859-15 iso8859-16 koi8-r koi8-u mac-roman mac-cyrillic cp874 cp1250 cp1251 "
    "cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 gb18030 big5hkscs euc_jp iso2022_jp cp932 cp949"
)
_KNOWN_SET = frozenset(_KNOWN.split())
_WIDER = {
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "iso8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "tis-620": "cp874",
    "iso8859-11": "cp874",
}
_DECLARED = re.compile(r"\bcharset ?[=:][\"' ]*([\w.:-]+)", re.I)


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text of a page and how it was read."""

    text: str
    """Without byte order mark and control characters other than white space; not normalised further."""
    encoding: str
    """The encoding it was read in: a name of Python's or of `crawler.text.legacy_encodings.NAMES`."""
    repaired: bool
    """Whether somebody had decoded it wrongly before, and that was undone."""


def decode(body: bytes, declared: str | None = None) -> Decoded:
    """The text of `body`; `declared` is the charset of its Content-Type header. Any bytes give some text."""
    body = body.removeprefix(codecs.BOM_UTF8)
    for mark, name in _WIDE_BOMS:
        if body.startswith(mark):
            return Decoded(_clean(body[len(mark) :].decode(name, "replace")), name, repaired=False)
    if b"\0" in body and (wide := _wide(body)):
        return Decoded(_clean(body.decode(wide, "replace")), wide, repaired=False)
    try:
        # Nearly every page ends here; each search is one memchr, so that it costs little beside the decoding.
        clean = body.translate(_SPACES, _CONTROLS) if any(map(body.__contains__, _UNWANTED)) else body
        text = clean.decode()
    except UnicodeDecodeError:
        text, name = _weigh(body, declared)
        text = _clean(text)
        return _unwrap(text) if name == "utf-8" and mojibake.suspect(text) else Decoded(text, name, repaired=False)
    is_right = _has_letters(body) and not mojibake.suspect(text)
    return Decoded(text, "utf-8", repaired=False) if is_right else _unwrap(text)


def _has_letters(body: bytes) -> bool:
    """Whether UTF-8 has the letters of Vietnamese, or none that an old encoding could be behind."""
    # ạ to ỹ: half of the accented letters of any text.
    return b"\xe1\xba" in body or b"\xe1\xbb" in body or body.isascii()


def is_plain(body: bytes) -> bool:
    """Whether `decode` would find nothing in `body` but UTF-8 and control characters, at half of its cost."""
    if b"\0" in body or body.startswith(codecs.BOM_UTF8) or not _has_letters(body):
        return False
    try:
        return not any(map(mojibake.suspect, _decoded(body)))
    except UnicodeDecodeError:
        return False


def _decoded(body: bytes) -> Iterator[str]:
    """The text of UTF-8 in pieces that begin with markup: most are ASCII alone, which takes a third of the time of a
    text in which letters of three bytes widen every character. Raises `UnicodeDecodeError`."""
    start = 0
    while start < len(body):
        stop = body.find(b"<", start + _PIECE)
        piece = body[start : stop if stop > 0 else None]
        yield piece.decode()
        start += len(piece)


def charset(content_type: str) -> str | None:
    """The charset that a Content-Type header declares."""
    match = _DECLARED.search(content_type)
    return match[1] if match else None


def _clean(text: str) -> str:
    return text.translate(_CONTROL_CHARS) if _CONTROL_CHAR.search(text) else text


def _unwrap(text: str) -> Decoded:
    """Valid UTF-8 in which something else may be wrapped: UTF-8 once more, or an old encoding taken for Latin-1."""
    if mended := mojibake.mend(text):
        return Decoded(_clean(mended.removeprefix("\ufeff")), "utf-8", repaired=True)
    raw = None if text.isascii() else mojibake.bytes_behind(text)
    name = _vietnamese(raw[:_EVIDENCE], []) if raw else None
    if raw and name:
        return Decoded(_clean(legacy.decode(raw, name)), name, repaired=True)
    return Decoded(text, "utf-8", repaired=False)


def _wide(body: bytes) -> str | None:
    """UTF-16 without a mark: in markup every other byte is mostly zero."""
    sample = body[:4096]
    even, odd, half = sample[::2].count(0), sample[1::2].count(0), len(sample) // 2
    if max(even, odd) < 0.25 * half or min(even, odd) > 0.02 * half:
        return None
    return "utf-16-be" if even > odd else "utf-16-le"


def _weigh(body: bytes, declared: str | None) -> tuple[str, str]:
    """Text and encoding of bytes that are not valid UTF-8, by their words and by what is declared."""
    from bs4.dammit import EncodingDetector  # only pages in other encodings pay for loading it

    sample = body[:_EVIDENCE]
    if _damaged_utf8(sample):
        return body.decode("utf-8", "replace"), "utf-8"
    in_page = EncodingDetector.find_declared_encoding(body, is_html=True)
    stated = [name for label in (declared, in_page) if label and (name := _resolve(label)) and name != "utf-8"]
    if name := _vietnamese(sample, stated):
        return legacy.decode(body, name), name
    for name in stated:
        if name in legacy.NAMES:
            return legacy.decode(body, name), name
        try:
            return body.decode(name), name
        except UnicodeDecodeError:
            continue
    if stated:
        return body.decode(stated[0], "replace"), stated[0]
    return legacy.decode(body, "ansi"), "windows-1252"


def _damaged_utf8(sample: bytes) -> bool:
    """UTF-8 with a few bytes broken or cut off: characters of several bytes outweigh what cannot be read."""
    text = sample.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    return len(text) - len(sample.translate(None, _HIGH)) - broken > 4 * broken


def _resolve(label: str) -> str | None:
    """The encoding meant by a declared label; None for one that no browser would follow."""
    label = label.strip(" \t\r\n\"';").lower()
    if label in legacy.LABELS:
        return legacy.LABELS[label]
    try:
        name = codecs.lookup(label).name
    except (LookupError, ValueError):
        return None
    name = _WIDER.get(name, name)
    return name if name in _KNOWN_SET else None


def _vietnamese(sample: bytes, stated: list[str]) -> str | None:
    """The old Vietnamese encoding in which the words make sense; None when they make none or need none."""
    runs = (run for run in sample.translate(_TO_BREAK).split() if len(run) <= _WORD)
    found = (run for run in runs if not run.isascii() or min(run) < 0x20)
    words = b"\n".join(islice(dict.fromkeys(found), _WORDS))
    fits = {name: spelling(legacy.decode(words, name)) for name in ("ansi", *legacy.NAMES)}
    best = max(legacy.NAMES, key=lambda name: fits[name].margin)
    if fits[best].margin <= max(0, fits["ansi"].margin) or fits[best].right <= 2 * fits[best].wrong:
        return None
    family = {"tcvn3", "tcvn5712-1"}
    for label in stated:
        if label in fits and label not in family and fits[label].margin >= 0.9 * fits[best].margin:
            return label
    return best
