"""Pages in other character sets than UTF-8: the Vietnamese one of Windows, and Latin-1 with references."""

from __future__ import annotations

from crawler.newsroom.resource import Resource, page_of
from crawler.newsroom.strangers.stranger import Charset
from crawler.text import nfc, nfd

_TONES = "\u0300\u0301\u0303\u0309\u0323"


def encoded(html: str, charset: Charset) -> Resource:
    """The page in a character set, under a header that leaves it to the page to say so."""
    if charset == "utf-8":
        return page_of(html)
    if charset == "latin-1":
        return Resource(html.encode("latin-1", "xmlcharrefreplace"), "text/html")
    return Resource("".join(map(_parted, html)).encode("windows-1258", "xmlcharrefreplace"), "text/html")


def _parted(letter: str) -> str:
    """A letter as Windows-1258 has it: what bears a tone is two characters, base and tone."""
    if letter.isascii():
        return letter
    parts = nfd(letter)
    tones = "".join(part for part in parts if part in _TONES)
    return nfc("".join(part for part in parts if part not in _TONES)) + tones
