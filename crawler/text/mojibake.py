"""UTF-8 that somebody read as Latin-1 or windows-1252 and wrote as UTF-8 again ("Quá»‘c há»™i"), undone."""

from __future__ import annotations

import re

from crawler.text.syllables import spelling

# windows-1252 has characters of its own at 0x80 to 0x9F; both readings of such a byte lead back to it.
_ANSI_BYTES = {ord(char): byte for byte in range(0x80, 0xA0) if (char := bytes([byte]).decode("cp1252", "ignore"))}
_TAIL = "[\x80-\xbf" + "".join(map(chr, _ANSI_BYTES)) + "]"
_BROKEN = re.compile(f"[Â-ß]{_TAIL}|[à-ï]{_TAIL}{{2}}|[ð-ô]{_TAIL}{{3}}")
# What the letters peculiar to Vietnamese become: ạ to ỹ (after one such reading, after two), đ, ơ, ư.
_STRONG = re.compile(f"á[º»]{_TAIL}|Ä[‘\x90\x91]|Æ[\xa0¡¯°]|Ã¡Â[º»]")
_PECULIAR = re.compile("[ạ-ỹẠ-ỸđĐơƠưƯ]")
_PARTS = re.compile('([<>"\n\r])')
_TIMES = 3  # some pages went through it more than once


def suspect(text: str) -> bool:
    """Whether `text` may hold such a reading: microseconds for a page, since » and º are rare and searched first."""
    return any(_follows(text, sign) for sign in "»º")


def _follows(text: str, sign: str) -> bool:
    """Whether `sign` stands anywhere right after á."""
    at = text.find(sign)
    while at >= 0:
        if text[at - 1 : at] == "á":
            return True
        at = text.find(sign, at + 1)
    return False


def bytes_behind(text: str) -> bytes | None:
    """The bytes that were read as Latin-1 or windows-1252 to make `text`; None when it has other characters."""
    try:
        return text.translate(_ANSI_BYTES).encode("latin-1")
    except UnicodeEncodeError:
        return None


def mend(text: str) -> str | None:
    """`text` with what was read wrongly put right, all of it or the parts that need it; None when nothing does."""
    mended = None
    for _ in range(_TIMES):
        if not _STRONG.search(text):
            break
        again = _mend_whole(text) or _mend_parts(text)
        if again == text:
            break
        mended = text = again
    return mended


def _mend_whole(text: str) -> str | None:
    raw = bytes_behind(text)
    if raw is not None:
        try:
            return raw.decode()
        except UnicodeDecodeError:
            pass  # some characters were lost on the way, or were right before
    if _count(_STRONG, text) > _count(_PECULIAR, text):
        mended = _BROKEN.sub(_restore, text)
        return mended if spelling(mended).right > spelling(text).right else None
    return None


def _count(pattern: re.Pattern[str], text: str) -> int:
    return sum(1 for _ in pattern.finditer(text))


def _mend_parts(text: str) -> str:
    """A page that is right but for some titles or blocks: mended where that gives more Vietnamese words."""
    parts = _PARTS.split(text)
    for number, part in enumerate(parts):
        if _STRONG.search(part):
            mended = _BROKEN.sub(_restore, part)
            if spelling(mended).right > spelling(part).right:
                parts[number] = mended
    return "".join(parts)


def _restore(found: re.Match[str]) -> str:
    raw = bytes_behind(found[0])
    return found[0] if raw is None else raw.decode("utf-8", "ignore") or found[0]
