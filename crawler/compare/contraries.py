"""Words of which one in place of another makes another statement: the way something goes, a unit, a time of day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

Pair = tuple[str, str]
CONTRARIES = {
    one: other
    for pair in ("tăng giảm", "thắng thua", "lãi lỗ", "xuất nhập", "khai bế")  # of exports and imports, of a session
    for one, other in (pair.split(), pair.split()[::-1])
}
"""The ways in which something can go, each with the other one."""
# Of each kind the units, with the words for one of them.
_UNITS = {
    word: (kind, number)
    for kind, units in enumerate(
        (
            ("nghìn", "triệu", "tỷ"),
            ("đồng đ vnd vnđ", "usd đô", "euro eur", "yên", "bảng", "won", "baht", "rúp"),
            ("mm", "cm", "mét", "km"),
            ("m2", "ha hécta hecta", "km2"),
            ("g gam gram", "kg kilôgam kilogam", "tạ", "tấn"),
        )
    )
    for number, words in enumerate(units)
    for word in words.split()
}
_TODAY, _TOMORROW = frozenset(("nay",)), frozenset("mai kia".split())
_MORNING, _LATER = frozenset(("sáng",)), frozenset("chiều tối đêm".split())
_PARTS = _MORNING | _LATER
_OF_DAYS = _TODAY | _TOMORROW | _MORNING | _LATER | {"ngày", "hôm", "trưa"}


def other_way(ours: Sequence[str], theirs: Sequence[str]) -> Pair | None:
    """The first of the ways of one side whose contrary only the other has."""
    left, right = Counter(ours) - Counter(theirs), Counter(theirs) - Counter(ours)
    return next(((way, CONTRARIES[way]) for way in left if CONTRARIES[way] in right), None)


def is_unit(word: str) -> bool:
    """Whether a number counts in it."""
    return word in _UNITS


def other_unit(ours: Sequence[str], theirs: Sequence[str]) -> Pair | None:
    """Units of one kind, of which the two sides have none in common: triệu and tỷ, USD and đồng."""
    for one in filter(is_unit, ours):
        same_kind = [other for other in filter(is_unit, theirs) if _UNITS[other][0] == _UNITS[one][0]]
        if same_kind and all(_UNITS[other] != _UNITS[word] for other in same_kind for word in filter(is_unit, ours)):
            return one, same_kind[0]
    return None


def other_time(ours: Sequence[str], theirs: Sequence[str], *, dated: bool) -> Pair | None:
    """Times of day where nothing else differs: today and tomorrow, unless a date behind it says which day it is
    (`dated`); in the morning and later where the day is said in the same words. Papers write "trưa" for both."""
    if not ours or not theirs or not _OF_DAYS.issuperset(ours) or not _OF_DAYS.issuperset(theirs):
        return None
    contraries = [] if dated else [(_TODAY, _TOMORROW)]
    if [word for word in ours if word not in _PARTS] == [word for word in theirs if word not in _PARTS]:
        contraries.append((_MORNING, _LATER))
    for early, late in contraries:
        for first, second in ((early, late), (late, early)):
            one, other = first.intersection(ours), second.intersection(theirs)
            if one and other and second.isdisjoint(ours) and first.isdisjoint(theirs):
                return min(one), min(other)
    return None
