"""The words of a text with those marked that state a fact: numbers, dates, documents, names, up or down.

Two bulletins written on one template differ in such words; two copies of one text do not. Papers write the same number
with other signs (6.2, 6/2, 06/02/2017), with a unit written on (6h, 50m, km105) and as a range with or without blanks
(13-16oC, 13 - 16 độ C). What they do not change is its digits: a number is read group by group, without its signs.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Literal

from crawler.compare.minhash import shingles, syllables
from crawler.text import DOCUMENT, INVISIBLE, normal_form

Kind = Literal["", "number", "fraction", "count", "date", "year", "document", "symbol", "name", "way"]
"""`fraction` is what stands behind a decimal point, `count` a number in words, `symbol` an abbreviation in a document's
number."""
_Token = tuple[str, Kind, int, str]

_WORD = re.compile(
    rf"""
      (?P<document>{DOCUMENT.pattern})
    | (?P<day>(?<!\d)[0-3]?\d)\s+tháng\s+(?P<month>1[0-2]|0?\d)(?![\d/.-])
    | (?P<thousands>(?<![\d.,/])\d{{1,3}}(?:[ \xa0]\d{{3}})+(?![\d.,/]))
    | (?P<figure>\d+(?:[./,:–-]\d+)*)
    | (?P<unit>[kcdm]?m[23²³])(?!\w)
    | (?P<rendered>[^\W\d_]+(?:-[^\W\d_]+)+)
    | (?P<word>[^\W\d]+(?:[\u0300-\u036f]+[^\W\d]*)*)
    | (?P<line>\n)
    | (?P<stop>[!?…:;“"•]|(?<!\b[^\W\d_])\.)  # the point behind an initial is none
    """,
    re.VERBOSE,
)
_PARTS = re.compile(r"[/:–-]")
_THOUSANDS = re.compile(r"\d{1,3}(?:(?:\.\d{3})+(?:,\d+)?|(?:,\d{3})+(?:\.\d+)?)")
_YEAR = re.compile(r"(?:19|20)\d\d")
_NUMERALS = {word: value for value, word in enumerate("một hai ba bốn năm sáu bảy tám chín mười".split(), 1)}
_UNITS = _NUMERALS | {"mốt": 1, "tư": 4, "lăm": 5, "nhăm": 5}  # behind the tens
# "một" is an article as well, "năm" a year.
_NO_FACTS = frozenset(("một", "năm"))
_ABBREVIATED = {"h": "giờ", "m": "mét", "p": "phút", "tỉ": "tỷ", "ngàn": "nghìn"}  # behind a number
_BEFORE_FOUR = frozenset(("tháng", "thứ"))  # the fourth of these is "tư"
_WAYS = frozenset("tăng giảm".split())
_DAY_WORDS = frozenset("ngày sáng trưa chiều tối đêm hôm nay qua mai đến từ".split())
_RANGE_WORDS = frozenset("cấp số bậc lớp tỷ tỉ khóa kỳ lộ điều khoản hạng giải".split())  # in front of what is no date
# Words that open a sentence in front of a name and are none themselves.
_OPENERS = frozenset(
    "anh bà bởi chị cho chiều cô còn cùng của cũng dù do dưới để đến đó đây đồng được giữa hiện hôm khi không "
    "kể là mới mặt mỗi một nay này năm ngay ngoài ngày người nhiều như nhưng nếu ở ông phía qua ra riêng sang "
    "sau sáng song số tại tháng theo thêm thì tối tới trên trong trưa trước từ tuy và vào vì việc vừa về với "
    "vụ các những".split()
)


@dataclass(frozen=True, slots=True)
class Words:
    """A text word by word; the four sequences run in step."""

    forms: list[str]
    """In normal form; each group of digits is a word of its own, without thousands' points and leading zeros."""
    kinds: list[Kind]
    lines: list[int]
    """The number of the line in which each stands."""
    written: list[str]
    """As it is shown: a group of digits with the number, date or document that it is part of."""


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
        found = list(_counted(_read(unicodedata.normalize("NFC", INVISIBLE.sub("", self.raw)))))
        forms, kinds, lines, written = zip(*found, strict=True) if found else ((), (), (), ())
        return Words(list(forms), list(kinds), list(lines), list(written))

    @cached_property
    def known(self) -> frozenset[str]:
        """Its different words."""
        return frozenset(self.words.forms)

    @cached_property
    def joined(self) -> str:
        """Its words, each between blanks."""
        return f" {' '.join(self.words.forms)} "


def _read(text: str) -> Iterator[_Token]:
    line, opens, before = 0, True, ""
    for found in _WORD.finditer(text):
        word = found[0]
        match found.lastgroup:
            case "word" | "rendered":
                named = not opens or text[found.end() + 1 : found.end() + 2].isupper()
                for part in _parts(word):
                    for form, kind in _word(part, opens, named):
                        yield form, kind, line, form
                        before = form
                    opens = False
            case "line":
                line, opens, before = line + 1, True, ""
                continue
            case "stop":
                opens = True
                continue
            case "unit":
                yield normal_form(word), "", line, word
            case "document":
                for form, kind in _document(word):
                    yield form, kind, line, word
            case "thousands":
                yield _group("".join(filter(str.isdigit, word))), "number", line, word
            case "figure":
                for form, kind in _figure(word, before):
                    yield form, kind, line, word
            case _:
                yield _group(found["day"]), "date", line, word
                yield _group(found["month"]), "date", line, word
        opens = False


def _parts(written: str) -> list[str]:
    """The words between hyphens; a foreign name by syllables (Mát-xcơ-va) is one."""
    first, *rest = written.split("-")
    return [first + "".join(rest)] if first[0].isupper() and all(map(str.islower, rest)) else [first, *rest]


def _counted(tokens: Iterable[_Token]) -> Iterator[_Token]:
    """With the numbers in words up to 99 as digits."""
    tens: int | None = None  # that the words before came to, to which units may be added
    held: _Token | None = None
    before = ""
    for form, kind, line, written in tokens:
        raw, value = form, _NUMERALS.get(form)
        if held is not None and tens is not None and form in _UNITS and form not in ("năm", "mười"):
            held, tens = (str(tens + _UNITS[form]), "count", held[2], f"{held[3]} {form}"), None
        elif held is not None and form == "mươi" and held[1] in ("count", "") and held[0].isdigit():
            tens = 10 * int(held[0])
            held = str(tens), "count", held[2], f"{held[3]} {form}"
        else:
            number = held is not None and held[0].isdigit()
            if held is not None:
                yield held
            tens = 10 if value == 10 and kind != "name" else None
            if form == "tư" and before in _BEFORE_FOUR:
                form, kind = "4", "count"
            elif value is not None:
                form = str(value)
            elif number:
                form = _ABBREVIATED.get(form, form)
            held = form, kind, line, written
        before = raw
    if held is not None:
        yield held


@lru_cache(maxsize=1 << 15)
def _word(word: str, opens: bool, named: bool) -> tuple[tuple[str, Kind], ...]:
    """Its forms with their kinds; a capital that `opens` a sentence makes no name unless `named` by one behind it."""
    capital = named and word[0].isupper() and (word[1:].islower() or len(word) == 1)
    return tuple((form, _kind(form, capital, opens)) for form in normal_form(word).split())


def _kind(form: str, capital: bool, opens: bool) -> Kind:
    if form in _WAYS:
        return "way"
    if capital and not (opens and form in _OPENERS):
        return "name"
    return "count" if form in _NUMERALS and form not in _NO_FACTS else ""


@lru_cache(maxsize=1 << 12)
def _document(written: str) -> tuple[tuple[str, Kind], ...]:
    found: list[tuple[str, Kind]] = []
    for part in re.findall(r"\d+|[^\W\d_]+\d*", written):
        if part.isdigit():
            found.append((_group(part), "year" if found and _YEAR.fullmatch(part) else "document"))
        else:
            found.append((normal_form(part), "symbol"))
    return tuple(found)


@lru_cache(maxsize=1 << 14)
def _figure(written: str, before: str) -> tuple[tuple[str, Kind], ...]:
    """The groups of digits of a number, a date, a time or a range; a date only where it cannot be a range."""
    groups: list[str] = []
    kinds: list[Kind] = []
    for part in _PARTS.split(written):
        if _THOUSANDS.fullmatch(part):
            whole, *rest = re.split(r"[.,](?=\d+$)(?!\d{3}$)", part)
            groups += [re.sub(r"[.,]", "", whole), *rest]
        else:
            whole, *rest = re.split(r"[.,]", part)
            groups += [whole, *rest]
        kinds.append("year" if _YEAR.fullmatch(whole) else "number")
        kinds += ["year" if _YEAR.fullmatch(group) else "fraction" for group in rest]
    if 2 <= len(groups) <= 3 and _is_date(written, groups, before):
        kinds[:2] = ["date", "date"]
    return tuple(zip(map(_group, groups), kinds, strict=True))


def _is_date(written: str, groups: list[str], before: str) -> bool:
    if not (len(groups[0]) <= 2 and len(groups[1]) <= 2 and 1 <= int(groups[0]) <= 31 and 1 <= int(groups[1]) <= 12):
        return False
    if len(groups) == 3:
        return _YEAR.fullmatch(groups[2]) is not None
    return before in _DAY_WORDS if "/" not in written else before not in _RANGE_WORDS


def _group(digits: str) -> str:
    return digits.lstrip("0") or "0"
