"""Who signed: names out of bylines, without the paper or agency behind them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from importlib.resources import files

_AGENCIES = tomllib.loads(files("crawler.extract").joinpath("boilerplate.toml").read_text("utf-8"))["agencies"]
_AGENCY_SET = frozenset(name.casefold() for name in _AGENCIES)
_GLUED = re.compile(r"(?<=[a-zà-ỹ])(?:TTXVN|VOV|VTV|VGP)$")
_LABEL = re.compile(
    r"^(?:theo|nguồn|tác giả|người viết|thực hiện|bài|bài viết|bài và ảnh|bài, ảnh|tin|tin, ảnh"
    r"|tin và ảnh|tin ảnh|tin bài|phóng viên|pv|ảnh|clip|video|đồ họa|đồ hoạ|biên tập|biên dịch"
    r"|thiết kế|trình bày|by|author|cập nhật)\s*:\s*",
    re.I,
)
_BY = re.compile(r"^(?:(?:được )?(?:viết|đăng|gửi) bởi|bởi|by)\s+", re.I)
_THEO = re.compile(r"^(?:theo|nguồn)\s+", re.I)
_TAIL = re.compile(r"\s+(?:thực hiện|tổng hợp|ghi|lược dịch|biên dịch|lược ghi|dịch|ghi chép)$", re.I)
_PARENTHESES = re.compile(r"\s*[(\[][^()\[\]]*[)\]]?")
_ADDRESS = re.compile(r"\S+@\S+|https?://\S+|\b\d{1,2}[/.-]\d{1,2}[/.-]\d{4}\b.*$")
_SPLIT = re.compile(r"\s+[-–—&•]\s+|\s*[,;|/\n–—]\s*|\s+và\s+(?=\w)")
_AND_DESK = re.compile(r"\bvà\s+(?:nhóm|các|cộng sự|ctv|cs)\b", re.I)
_DESK = re.compile(r"\b(?:nhóm|p\.?v|pv|btv|ctv|phóng viên|ban |phòng |cục |sở |vụ |trung tâm|báo |tổ |cộng tác)", re.I)
_OTHERS = re.compile(r"\s+và \d+ tác giả khác$", re.I)
_LINK_TEXT = re.compile(r"\s*xem (?:các|tất cả|thêm)? ?(?:các )?bài (?:viết )?(?:của|cùng) tác giả.*$", re.I)
_MAX_WORDS = 12
_LONGEST = 400  # characters; a longer text signs nothing


def is_agency(name: str, own_names: Iterable[str] = ()) -> bool:
    """Whether `name` is a paper or agency: one of the vocabulary or of `own_names`."""
    folded = name.casefold().strip(" .")
    return folded in _AGENCY_SET or folded in {own.casefold() for own in own_names} or folded.startswith("báo điện tử ")


def names(text: str, own_names: Iterable[str] = ()) -> tuple[str, ...]:
    """Names or desks in a byline, each once, in order; () for a text that is too long to be one.

    "Tâm Hằng (TTXVN)" → ("Tâm Hằng",); "NHẬT XUÂN - NGHI VŨ" → two names; "PV/VOV.VN" → ("PV",).
    """
    if len(text) > _LONGEST:
        return ()
    own = tuple(own_names)
    found: list[str] = []
    for part in _parts(text):
        name = _GLUED.sub("", _TAIL.sub("", _THEO.sub("", _BY.sub("", _LABEL.sub("", part))))).strip(" .,:;-–—*_\"“”'")
        named = name and any(c.isalpha() for c in name) and len(name.split()) <= _MAX_WORDS
        if named and name not in found and not is_agency(name, own):
            found.append(name)
    return tuple(found)


def _parts(text: str) -> list[str]:
    text = _OTHERS.sub("", _ADDRESS.sub("", _PARENTHESES.sub("", text)).strip())
    text = _LINK_TEXT.sub("", _LABEL.sub("", text))
    if _AND_DESK.search(text):
        return [text]
    if _THEO.match(text) and len(text.split()) <= 4 and not _SPLIT.search(text):
        # "Theo TTXVN", "Theo Hồ Hương": a name stays, an agency is dropped by `names`.
        return [text]
    return [part for part in _SPLIT.split(text) if part]


def signature(line: str) -> str | None:
    """`line` when it reads like a byline standing alone: short, no sentence, capitalised words or a desk."""
    text = _PARENTHESES.sub("", line).strip()
    words = text.split()
    if not words or len(words) > _MAX_WORDS or text[-1] in "!?…:;" or len(line) > 90:
        return None
    core = _TAIL.sub("", _LABEL.sub("", text)).rstrip(".")
    if any(character.isdigit() for character in core):
        return None
    if _DESK.search(core) and len(core.split()) <= 8 and not text.endswith("."):
        return line
    parts = [part.split() for part in _SPLIT.split(_THEO.sub("", core)) if part]
    capital = all(word[0].isupper() for part in parts for word in part if word[0].isalpha())
    return line if parts and capital and all(1 <= len(part) <= 5 for part in parts) else None
