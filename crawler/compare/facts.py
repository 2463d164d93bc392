"""The words of a text with those marked that state a fact: numbers, dates, documents, names, up or down.

Two bulletins written on one template differ in such words; two copies of one text do not.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Literal

from crawler.compare.minhash import shingles, syllables
from crawler.text import DOCUMENT, INVISIBLE, normal_form

Kind = Literal["", "number", "count", "date", "year", "document", "name", "way"]

_WORD = re.compile(
    rf"""
      (?P<document>{DOCUMENT.pattern})
    | (?<![\d/])(?P<day>[0-3]?\d)(?:[/-]|\s+tháng\s+)(?P<month>1[0-2]|0?\d)
      (?:(?:[/-]|\s+năm\s+)(?P<year>(?:19|20)\d\d))?(?![\d/])
    | (?P<number>\d+(?:[.,]\d+)*)(?!\w)
    | (?P<word>\w+(?:[\u0300-\u036f]+\w*)*)
    | (?P<line>\n)
    | (?P<stop>[.!?…:;“"•])
    """,
    re.VERBOSE,
)
_THOUSANDS = re.compile(r"\d{1,3}(?:[.,]\d{3})+")
_YEAR = re.compile(r"(?:19|20)\d\d")
_NUMERALS = {word: str(value) for value, word in enumerate("một hai ba bốn năm sáu bảy tám chín mười".split(), 1)}
_WAYS = frozenset("tăng giảm".split())
# Words that open a sentence in front of a name and are none themselves.
_OPENERS = frozenset(
    "anh bà bởi chị cho chiều cô còn cùng của cũng dù do dưới để đến đó đây đồng được giữa hiện hôm khi không "
    "kể là mới mặt mỗi một nay này năm ngay ngoài ngày người nhiều như nhưng nếu ở ông phía qua ra riêng sang "
    "sau sáng song số tại tháng theo thêm thì tối tới trên trong trưa trước từ tuy và vào vì việc vừa về với "
    "vụ các những".split()
)


@dataclass(frozen=True, slots=True)
class Words:
    """A text word by word; the three sequences run in step."""

    forms: list[str]
    """In normal form; a date is "28/9", a number has no thousands' points, a document is one word."""
    kinds: list[Kind]
    lines: list[int]
    """The number of the line in which each stands."""


class ComparedText:
    """A text that is compared with others; what costs something is found out when it is first asked for."""

    def __init__(self, lead: str | None, body: str) -> None:
        self.raw = f"{lead}\n{body}" if lead else body

    @cached_property
    def hashes(self) -> list[int]:
        """Its shingles in order (`crawler.compare.minhash`)."""
        return shingles(syllables(self.raw))

    @cached_property
    def shingles(self) -> frozenset[int]:
        """Its different shingles."""
        return frozenset(self.hashes)

    @cached_property
    def words(self) -> Words:
        """Its words with their marks."""
        forms: list[str] = []
        kinds: list[Kind] = []
        lines: list[int] = []
        for form, kind, line in _read(unicodedata.normalize("NFC", INVISIBLE.sub("", self.raw))):
            forms.append(form)
            kinds.append(kind)
            lines.append(line)
        return Words(forms, kinds, lines)

    @cached_property
    def known(self) -> frozenset[str]:
        """Its different words."""
        return frozenset(self.words.forms)


def _read(text: str) -> Iterator[tuple[str, Kind, int]]:
    line, opens = 0, True
    for found in _WORD.finditer(text):
        match found.lastgroup:
            case "word":
                named = not opens or text[found.end() + 1 : found.end() + 2].isupper()
                for form, kind in _word(found[0], opens, named):
                    yield form, kind, line
            case "line":
                line, opens = line + 1, True
                continue
            case "stop":
                opens = True
                continue
            case "number":
                yield _number(found[0]), "year" if _YEAR.fullmatch(found[0]) else "number", line
            case "document":
                yield normal_form(found[0]).replace(" ", "/"), "document", line
            case _:
                yield f"{int(found['day'])}/{int(found['month'])}", "date", line
                if found["year"]:
                    yield found["year"], "year", line
        opens = False


@lru_cache(maxsize=1 << 15)
def _word(word: str, opens: bool, named: bool) -> tuple[tuple[str, Kind], ...]:
    """Its forms with their kinds; a capital that `opens` a sentence makes no name unless `named` by one behind it."""
    capital = named and word[0].isupper() and (word[1:].islower() or len(word) == 1)
    return tuple((_NUMERALS.get(form, form), _kind(form, capital, opens)) for form in normal_form(word).split())


def _kind(form: str, capital: bool, opens: bool) -> Kind:
    if any(map(str.isdigit, form)):
        return "number"
    if form in _WAYS:
        return "way"
    if capital and not (opens and form in _OPENERS):
        return "name"
    return "count" if form in _NUMERALS else ""


def _number(digits: str) -> str:
    whole = re.sub(r"[.,]", "", digits) if _THOUSANDS.fullmatch(digits) else digits.replace(".", ",")
    return whole.lstrip("0") or "0"
