"""The words of a text with those marked that state a fact: numbers, dates, documents, names, up or down.

Two bulletins written on one template differ in such words; two copies of one text do not. Papers write the same number
with other signs (6.2, 6/2, 06/02/2017), with a unit written on (6h, 50m, km105) and as a range with or without blanks
(13-16oC, 13 - 16 độ C). What they do not change is its digits: a number is read group by group, without its signs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Literal

from crawler.compare.contraries import CONTRARIES
from crawler.compare.minhash import shingles, syllables
from crawler.text import DOCUMENT, INVISIBLE, nfc, normal_form

Kind = Literal["", "number", "fraction", "count", "date", "year", "document", "symbol", "name", "way"]
"""`fraction` is what stands behind a decimal point, `count` a number in words, `symbol` an abbreviation in a document's
number, `way` one of two words of which each says the contrary of the other."""
FIGURES: frozenset[Kind] = frozenset(("number", "fraction", "date", "document"))

_BEFORE_YEAR: frozenset[Kind] = frozenset(("number", "count", "date"))
_WORD = re.compile(
    rf"""
      (?P<unit>[kcdm]?m[23²³])(?!\w)
    | (?P<word>[^\W\d]+(?:[\u0300-\u036f]+[^\W\d]*)*(?:-[^\W\d_]+)*)
    | (?P<document>{DOCUMENT.pattern})
    | (?P<day>(?<!\d)[0-3]?\d)\s+tháng\s+(?P<month>1[0-2]|0?\d)(?![\d/.-])
    | (?P<thousands>(?<![\d.,/])\d{{1,3}}(?:[ \xa0]\d{{3}})+(?![\d.,/]))
    | (?P<figure>\d+(?:[./,:–-]\d+)*)
    | (?P<line>\n)
    | (?P<stop>[!?…:;“"•]|(?<!\b[^\W\d_])\.)  # the point behind an initial is none
    """,
    re.VERBOSE,
)
_PARTS = re.compile(r"[/:–-]")
_THOUSANDS = re.compile(r"\d{1,3}(?:(?:\.\d{3})+(?:,\d+)?|(?:,\d{3})+(?:\.\d+)?)")
_YEAR = re.compile(r"(?:19|20)\d\d")
_SHORT_YEAR = re.compile(r"\d\d?/\d\d?/\d\d")
_NUMERALS = {word: value for value, word in enumerate("một hai ba bốn năm sáu bảy tám chín mười".split(), 1)}
_UNITS = _NUMERALS | {"mốt": 1, "tư": 4, "lăm": 5, "nhăm": 5}  # behind the tens
# "một" is an article as well, "năm" a year.
_NO_FACTS = frozenset(("một", "năm"))
_ABBREVIATED = {"h": "giờ", "m": "mét", "p": "phút", "tỉ": "tỷ", "ngàn": "nghìn"}  # behind a number
_ROMAN = {word: value for value, word in enumerate("i ii iii iv v vi vii viii ix x xi xii xiii xiv xv xvi".split(), 1)}
_BEFORE_ROMAN = frozenset("quý khóa thứ kỳ kỷ đợt".split())  # behind others it may be an initial
_OF_NUMBERS = _UNITS.keys() | _ABBREVIATED.keys() | _ROMAN.keys() | {"mươi"}
_BEFORE_FOUR = frozenset(("tháng", "thứ"))  # the fourth of these is "tư"
_IN_FULL = {
    "HCM": ("hồ", "chí", "minh"), "TPHCM": ("tp", "hồ", "chí", "minh"), "VN": ("việt", "nam"), "HN": ("hà", "nội"),
}  # fmt: skip  # places that are abbreviated
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
        return _read(nfc(INVISIBLE.sub("", self.raw)))

    @cached_property
    def known(self) -> frozenset[str]:
        """Its different words."""
        return frozenset(self.words.forms)

    @cached_property
    def figures(self) -> dict[str, int]:
        """Its numbers of two digits and more, years aside, and where each stands first."""
        found: dict[str, int] = {}
        for place, kind in enumerate(self.words.kinds):
            if kind and kind in FIGURES and len(form := self.words.forms[place]) > 1:
                found.setdefault(form, place)
        return found

    @cached_property
    def pairs(self) -> frozenset[tuple[str, str]]:
        """Its different words with the one behind each."""
        return frozenset(pairwise(self.words.forms))


def _read(text: str) -> Words:
    words = Words([], [], [], [])
    forms, kinds, lines, written = words.forms, words.kinds, words.lines, words.written
    line, opens = 0, True
    for found in _WORD.finditer(text):
        word, group = found[0], found.lastgroup
        if group == "word":
            end = found.end() + 1
            named = not opens or text[end : end + 1].isupper()
            for form, kind in _word(word, opens, named):
                if form in _OF_NUMBERS and _add_to_number(words, form, kind, line):
                    continue
                forms.append(form)
                kinds.append(kind)
                lines.append(line)
                written.append(form)
        elif group == "line":
            line, opens = line + 1, True
            continue
        elif group == "stop":
            opens = True
            continue
        else:
            before = forms[-1] if lines[-1:] == [line] else ""
            parts = _figures(found, before)
            if parts[0][1] == "year" and words.written[-1:] == ["năm"] and kinds[-2:-1] and kinds[-2] in _BEFORE_YEAR:
                for part_of in (forms, kinds, lines, written):
                    part_of.pop()  # "quý 4 năm 2017" is "quý 4/2017"
            forms += [form for form, _ in parts]
            kinds += [kind for _, kind in parts]
            lines += [line] * len(parts)
            written += [word] * len(parts)
        opens = False
    return words


def _figures(found: re.Match[str], before: str) -> tuple[tuple[str, Kind], ...]:
    """What is written with digits, by groups of them."""
    match found.lastgroup:
        case "document":
            return _document(found[0])
        case "thousands":
            return ((_group("".join(filter(str.isdigit, found[0]))), "number"),)
        case "figure":
            return _figure(found[0], before)
        case "unit":
            return ((normal_form(found[0]), ""),)
        case _:
            return (_group(found["day"]), "date"), (_group(found["month"]), "date")


def _add_to_number(words: Words, form: str, kind: Kind, line: int) -> bool:
    """Add a word that belongs to a number, a numeral up to 99 as digits, a unit in full; False for any other word."""
    forms, value = words.forms, _NUMERALS.get(form)
    before, as_written = (forms[-1], words.written[-1]) if forms else ("", "")
    tens = as_written.endswith(("mười", "mươi"))
    if form in ("mốt", "lăm", "nhăm") and as_written in _NUMERALS:  # hai mốt, ba lăm
        forms[-1] = str(10 * _NUMERALS[as_written] + _UNITS[form])
    elif tens and before.endswith("0") and form in _UNITS and form not in ("năm", "mười"):
        forms[-1] = str(int(before) + _UNITS[form])
    elif form == "mươi" and as_written in _NUMERALS:
        forms[-1] = str(10 * _NUMERALS[as_written])
    elif form == "tư" and before in _BEFORE_FOUR:
        return _add(words, "4", "count", line, form)
    elif form in _ROMAN and before in _BEFORE_ROMAN:
        return _add(words, str(_ROMAN[form]), "count", line, form)
    elif value is not None:
        return _add(words, str(value), kind, line, form)
    elif form in _ABBREVIATED and before.isdigit():
        return _add(words, _ABBREVIATED[form], kind, line, form)
    else:
        return False
    words.kinds[-1], words.written[-1] = "count", f"{as_written} {form}"
    return True


def _add(words: Words, form: str, kind: Kind, line: int, written: str) -> bool:
    words.forms.append(form)
    words.kinds.append(kind)
    words.lines.append(line)
    words.written.append(written)
    return True


def _parts(written: str) -> list[str]:
    """The words between hyphens; a foreign name by syllables (Mát-xcơ-va) is one."""
    first, *rest = written.split("-")
    return [first + "".join(rest)] if first[0].isupper() and all(map(str.islower, rest)) else [first, *rest]


@lru_cache(maxsize=1 << 15)
def _word(word: str, opens: bool, named: bool) -> tuple[tuple[str, Kind], ...]:
    """Its forms with their kinds; a capital that `opens` a sentence makes no name unless `named` by one behind it."""
    return tuple(
        found
        for number, part in enumerate(_parts(word) if "-" in word else [word])
        for form in normal_form(part).split()
        for found in _marked(form, part, _is_name(part, named or bool(number)), opens and not number)
    )


def _marked(form: str, written: str, capital: bool, opens: bool) -> tuple[tuple[str, Kind], ...]:
    """A word in normal form with its kind, an abbreviated place in full."""
    if written in _IN_FULL:
        return tuple((word, "" if word == "tp" else "name") for word in _IN_FULL[written])
    return ((form, _kind(form, capital, opens)),)


def _is_name(word: str, named: bool) -> bool:
    return named and word[0].isupper() and (word[1:].islower() or len(word) == 1)


def _kind(form: str, capital: bool, opens: bool) -> Kind:
    if form in CONTRARIES and (opens or not capital):
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
    if len(groups) == 3 and _SHORT_YEAR.fullmatch(written):
        groups[2], kinds[2] = f"20{groups[2]}", "year"
    if 2 <= len(groups) <= 3 and _is_date(written, groups, before):
        kinds[:2] = ["date", "date"]
    return tuple(
        (group if kind == "fraction" else _group(group), kind) for group, kind in zip(groups, kinds, strict=True)
    )


def _is_date(written: str, groups: list[str], before: str) -> bool:
    if not (len(groups[0]) <= 2 and len(groups[1]) <= 2 and 1 <= int(groups[0]) <= 31 and 1 <= int(groups[1]) <= 12):
        return False
    if len(groups) == 3:
        return _YEAR.fullmatch(groups[2]) is not None
    return before in _DAY_WORDS if "/" not in written else before not in _RANGE_WORDS


def _group(digits: str) -> str:
    return digits.lstrip("0") or "0"
