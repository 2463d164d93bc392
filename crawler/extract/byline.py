"""Who signed: names out of bylines, without the paper or agency behind them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from importlib.resources import files

from crawler.text import is_syllable, newer_tones

VOCABULARY: dict[str, list[str]] = tomllib.loads(
    files("crawler.extract").joinpath("boilerplate.toml").read_text("utf-8")
)
"""The words by which lines are told that are not the article's, those of bylines among them."""
_AGENCY_SET = frozenset(name.casefold() for name in VOCABULARY["agencies"])


def _any(key: str) -> str:
    """An expression for the words of one list of the vocabulary."""
    return f"(?:{'|'.join(VOCABULARY[key])})"


_ROLES = _any("roles")
_GLUED = re.compile(r"(?<=[a-zà-ỹ])(?:TTXVN|VOV|VTV|VGP)$")
_LABEL = re.compile(rf"^{_ROLES}(?:(?:\s*[,/&+.–-]\s*|\s+(?:và\s+)?){_ROLES}){{0,4}}\s*:\s*", re.I)
_INNER = re.compile(rf"(\s[-–—]\s+|[,;/|]\s*){_ROLES}\s*:\s*", re.I)  # a label behind the first name
_BY = re.compile(
    r"^(?:(?:được )?(?:viết|đăng|gửi) bởi|bởi|by"
    r"|(?:ghi chép|phóng sự|bút ký|ký sự|(?:tin|bài(?: viết)?)(?:(?:,| và) (?:bài|ảnh|hình))*) của)\s+",
    re.I,
)
_THEO = re.compile(r"^(?:theo|nguồn)\s+", re.I)
_DOES = r"(?:thực hiện|tổng hợp|ghi|lược dịch|biên dịch|lược ghi|dịch|ghi chép|ghi lại|biên soạn|sưu tầm|lược thuật)"
_TAIL = re.compile(rf"\s+{_DOES}$", re.I)
_DONE = re.compile(rf"\(\s*{_DOES}\b[^()]*\)\s*\.?$|\s{_DOES}$", re.I)
_DEED = re.compile(rf"[(\[]?\s*(?:{_DOES}|t/?h|s/?t)\s*[)\]]?\.?", re.I)
_TAKEN_FROM = re.compile(r"(?<=\w)\s+Theo\s+[^,;]+$")  # two elements in one line: "Lê An Theo Trí thức trẻ"
_PARENTHESES = re.compile(r"\s*[(\[][^()\[\]]*[)\]]?")
_ADDRESS = re.compile(
    r"\S+@\S+|https?://\S+|\b\d{1,2}[/.-]\d{1,2}[/.-]\d{4}\b.*$|\b\d{1,2}\s?(?::|h|giờ)\s?\d{2}\b.*$"
    r"|(?:\b|(?<=[a-zà-ỹ])(?-i:(?=[TC])))(?:thứ (?:hai|ba|tư|năm|sáu|bảy|[2-7])|chủ nhật)\b[\s,|–-]*(?:ngày\b|\d|$).*$"
    r"|\b(?:ngày|lúc)\s+\d.*$|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? \d{1,2},? \d{4}\b.*$",
    re.I,
)
_SPLIT = re.compile(r"\s+[-–—&•+_]\s+|\s*[,;|/\n–—]\s*|\s+và\s+(?=\w)")
_BEHIND_NAME = re.compile(r"\s*,\s*|\s+[-–—]\s+")
_AND_DESK = re.compile(r"\bvà\s+(?:nhóm|các|cộng sự|ctv|cs)\b", re.I)
_DESK = re.compile(r"\b(?:nhóm|p\.?v|pv|btv|ctv|phóng viên|ban |phòng |cục |sở |vụ |trung tâm|báo |tổ |cộng tác)", re.I)
_OF_REPORTER = re.compile(r"^(?:ctv|pv|p\.v|btv|phóng viên|cộng tác viên)\.?\s+(?=\w)", re.I)
_WORK = re.compile(r"^(?:tin|bài|ảnh)\b[^:]{0,20}:", re.I)  # labels that no line of a text begins with
_OF_TEXT = re.compile(
    r"^(?:tin|bài|(?:nhóm )?tác giả|người|viết|phóng viên|pv|ctv|cộng tác viên|by|author)\b[^:]{0,30}:", re.I
)
_CODE = re.compile(r"[A-ZĐ]{4,}\d?")
_OTHERS = re.compile(r"\s+và \d+ tác giả khác$", re.I)
_LINK_TEXT = re.compile(r"\s*xem (?:các|tất cả|thêm)? ?(?:các )?bài (?:viết )?(?:của|cùng) tác giả.*$", re.I)
_RANKS = re.compile(rf"^(?:{_any('ranks')}\b[\s.,]*)+", re.I)
_OFFICE = re.compile(
    rf"(?:kt|tm|tl|tuq)\.\s|(?:q\.\s*|nguyên |quyền )?(?:phó |phụ trách )?(?:tổng )?{_any('offices')}", re.I
)
_NO_PERSON = re.compile(rf"{_any('no_persons')}\b", re.I)
_SIDES = re.compile(r"\s*[/,()&]\s*|\s+[-–—]\s+")
_INSTITUTION = re.compile(_any("institutions"), re.I)
_ADDRESSES = re.compile(rf"{_any('address_labels')}\b", re.I)
_BUTTONS = re.compile(rf"{_any('buttons')}(?:\s+(?:{_any('buttons')}|\d+))*", re.I)
_BULLET = re.compile(r"[-–—•●▪■♦*+►▶]")
_INITIALS = re.compile(r"[^\W\d_]{1,3}(?:\.\s?[^\W\d_]{1,7}){1,3}\.?|[A-ZĐ]{1,4}")
_AVATAR = re.compile(r"^([^\W\d_])\s+(?=\1\w)")  # the letter that stands for a picture of the author: "K Kim Phong"
_DOMAIN = re.compile(r"(?:[\w-]+\.)+(?:vn|com|net|org)", re.I)
_EDGES = " .,:;-–—*_•●▪►▶\"“”'"
_SURNAMES = frozenset(name.casefold() for name in VOCABULARY["surnames"])
_FULL_NAME = 4  # words from which a name begins with the surname; shorter ones may be pen names
_OF_A_LIFE = re.compile(r"\([^()]*(?:\b(?:19|20)\d\d\b|\b(?:tuổi|sinh)\b)", re.I)  # (sinh năm 1985), (30 tuổi)
_MAX_WORDS = 12
_LONGEST = 400  # characters; a longer text signs nothing


_PLACES = [place.casefold() for place in VOCABULARY["places"]]
PLACES = frozenset((*_PLACES, *map(newer_tones, _PLACES)))
"""Countries, provinces and cities in lower case: what a headline or a table ends in, no names."""


def is_agency(name: str, own_names: Iterable[str] = ()) -> bool:
    """Whether `name` is a paper or agency: one of the vocabulary or of `own_names`."""
    folded = name.casefold().strip(" .")
    if folded in _AGENCY_SET or folded.removeprefix("báo ") in _AGENCY_SET or folded.startswith("báo điện tử "):
        return True
    return folded in {own.casefold() for own in own_names}


def are_agencies(line: str, own_names: Iterable[str] = ()) -> bool:
    """Whether a line names papers and agencies alone, with or without the label of a text: "BNEWS (TTXVN)"."""
    own = tuple(own_names)
    named = [side for side in _SIDES.split(_LABEL.sub("", line) if _OF_TEXT.match(line) else line) if side.strip(" .")]
    return bool(named) and all(is_agency(side, own) for side in named)


def names(text: str, own_names: Iterable[str] = ()) -> tuple[str, ...]:
    """Names or desks in a byline, each once, in order; () for a text that is too long to be one.

    "Tâm Hằng (TTXVN)" → ("Tâm Hằng",); "NHẬT XUÂN - NGHI VŨ" → two names; "PV/VOV.VN" → ("PV",);
    "Đại tá LÊ AN, Viện trưởng Viện B" → ("LÊ AN",). An address, a telephone number, opening hours and what
    another label than a byline's precedes name nobody.
    """
    if len(text) > _LONGEST:
        return ()
    own = tuple(own_names)
    if holder := office_holder(text):
        return (holder,)
    found: list[str] = []
    for part in _parts(text):
        name = _GLUED.sub("", _TAIL.sub("", _THEO.sub("", _BY.sub("", _LABEL.sub("", part))))).strip(_EDGES)
        if ":" in name or _ADDRESSES.match(name) or sum(map(str.isdigit, name)) > 1:
            return ()
        name = _without_office(name, found)
        named = any(c.isalpha() for c in name) and len(name.split()) <= _MAX_WORDS
        other = is_agency(name, own) or _BUTTONS.fullmatch(name) or _DOMAIN.fullmatch(name)
        if named and name not in found and not other:
            found.append(name)
    return tuple(found)


def _without_office(name: str, before: list[str]) -> str:
    """The person in "CTV Lê An"; "" for the office, school or station of somebody who stands `before` it."""
    bare = _OF_REPORTER.sub("", name)
    if bare != name and is_person(bare) and bare.casefold() not in PLACES:
        return bare
    told = any(map(is_person, before))
    return "" if told and (_is_institution(name) or (_CODE.fullmatch(name) and not is_syllable(name))) else name


def _is_institution(name: str) -> bool:
    """Whether a name is an office's and no person's, who may be called Trường Sơn."""
    return bool(_INSTITUTION.match(name)) and not is_person(name)


def office_holder(text: str) -> str | None:
    """The name in "Đại tá LÊ AN, Viện trưởng Viện B": in capitals behind a rank, or before an office; with both of
    these also in small letters, "BS Lê An - Bệnh viện B"."""
    core = _LABEL.sub("", text).strip(_EDGES)
    rest = _RANKS.sub("", core)
    name, *behind = _BEHIND_NAME.split(_PARENTHESES.sub("", rest) if "," not in rest else rest, maxsplit=1)
    words, office = name.split(), behind[0] if behind else ""
    ranked = rest != core
    in_office = bool(_OFFICE.match(office) or _INSTITUTION.match(office))
    if not 2 <= len(words) <= 5 or not (ranked or in_office) or (behind and not in_office):
        return None
    if name.isupper() or (in_office and ranked and all(word[0].isupper() for word in words)):
        return name.strip() if all(word.isalpha() for word in words) else None
    return None


def _parts(text: str) -> list[str]:
    text = _AVATAR.sub("", _OTHERS.sub("", _ADDRESS.sub("", _PARENTHESES.sub("", text)).strip()))
    text = _TAKEN_FROM.sub("", _LINK_TEXT.sub("", _BY.sub("", _LABEL.sub("", text))))
    if _AND_DESK.search(text) or (" và " in text and _is_institution(text)):
        return [text]
    if _THEO.match(text) and len(text.split()) <= 4 and not _SPLIT.search(text):
        # "Theo TTXVN", "Theo Hồ Hương": a name stays, an agency is dropped by `names`.
        return [text]
    return [name for part in _SPLIT.split(text) if part for name in _of_pair(part)]


def _of_pair(part: str) -> list[str]:
    """ "TIẾN DŨNG-VĂN CHUNG" are two: each side has a name's two words."""
    if "-" not in part or _is_institution(part):
        return [part]
    sides = part.split("-")
    if is_agency(sides[-1]):
        return sides
    return sides if all(len(side.split()) > 1 for side in sides) else [part]


def signature(line: str) -> str | None:
    """`line` when it reads like a byline standing alone: short, no sentence, capitalised words or a desk.

    An office, a line of a list and a label that no byline has ("Lưu: VT") are none.
    """
    if "(" in line and _OF_A_LIFE.search(line):
        return None
    text = _TAKEN_FROM.sub("", _PARENTHESES.sub("", line).strip())
    words = text.split()
    if not words or len(words) > _MAX_WORDS or text[-1] in "!?…:;" or len(line) > 90:
        return None
    core = _TAIL.sub("", _BY.sub("", _INNER.sub(r"\1", _LABEL.sub("", text)))).rstrip(".")
    if not core or any(character.isdigit() for character in core) or ":" in core or _OFFICE.match(core):
        return None
    if _DESK.search(core) and len(core.split()) <= 8 and not text.endswith("."):
        return line
    if _WORK.match(line) and _INSTITUTION.match(core) and not text.endswith("."):
        return line
    core = _RANKS.sub("", core)
    person, *offices = _SPLIT.split(core)
    if offices and is_person(person) and all(map(_is_institution, offices)):
        return line
    named = [part for part in _SPLIT.split(_THEO.sub("", core)) if part]
    persons = [part for part in named if not (is_agency(part) or _DOMAIN.fullmatch(part))]
    parts = [part.split() for part in persons or named]
    capital = all(word[0].isupper() for part in parts for word in part if word[0].isalpha())
    return line if parts and capital and all(1 <= len(part) <= 5 for part in parts) else None


def is_labelled(line: str) -> bool:
    """Whether a line says of itself that it signs: "Tin, ảnh: …", "… (thực hiện)"."""
    return bool(_LABEL.match(line) or _BY.match(line) or _DONE.search(line))


def signs_by_label(line: str) -> bool:
    """Whether a line says of itself that it signs ("Tin, ảnh: …") and names who did: whoever wrote, else a person or a
    desk; "Ảnh: Internet" and "Thiết kế: Apple" tell of something else."""
    if not (is_labelled(line) and signature(line)):
        return False
    found = names(line)
    if _OF_TEXT.match(line) or not _LABEL.match(line):
        return bool(found)
    return any((is_person(name) and " " in name) or is_desk(name) or _is_institution(name) for name in found)


def is_deed(line: str) -> bool:
    """Whether a line says what the person named above it did: "(tổng hợp)", "thực hiện"."""
    return bool(_DEED.fullmatch(line))


def is_office(line: str) -> bool:
    """Whether a line names an office, as stands above the name of who signed a document."""
    return len(line) < 120 and bool(_OFFICE.match(line.strip(_EDGES + "(")))


def is_listed(line: str) -> bool:
    """Whether a line begins as the lines of a list do that somebody typed."""
    return bool(_BULLET.match(line))


def is_desk(name: str) -> bool:
    """Whether `name` is a desk or group of the paper's, and no person: "Nhóm PV"."""
    return bool(_DESK.match(name))


def is_titled(name: str) -> bool:
    """Whether `name` is a person's behind a rank or a degree: "TS Lê An"."""
    bare = _RANKS.sub("", name)
    return bare != name and is_person(bare)


def is_person(name: str, *, alone: bool = True) -> bool:
    """Whether every word of `name` is a syllable of Vietnamese, as in nearly all names that sign, or it is initials.

    Each begins with a capital: "Nhịp sống doanh nghiệp" is a paper.

    A name that stands `alone`, without a style, has at least two words, and one of four begins with a surname.
    """
    words = name.split()
    if _INITIALS.fullmatch(name):
        return True
    if len(words) >= _FULL_NAME and words[0].casefold() not in _SURNAMES:
        return False
    return (2 if alone else 1) <= len(words) <= 5 and all(word[0].isupper() and is_syllable(word) for word in words)


def is_stated_person(name: str) -> bool:
    """Whether `name` behind "Theo" or "Nguồn:" is a person's and no paper's of two or three syllables: "Kiến Thức"."""
    return is_person(name) and not _NO_PERSON.match(name)
