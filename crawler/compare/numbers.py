"""Whether two numbers that are written with other digits say the same."""

from __future__ import annotations

from typing import NamedTuple

from crawler.compare.facts import Words

_ABOUT = frozenset("gần hơn khoảng trên chừng xỉ ngót".split())
_ROUNDED = 0.1  # by which a number behind one of these may miss the exact one
_TIMES = {"nghìn": 10**3, "triệu": 10**6, "tỷ": 10**9, "km": 10**3, "tấn": 10**3}  # of metres, of kilograms
_AFTER_NOON = frozenset("chiều tối đêm".split())
_LONGEST = 15  # digits that are a number
_CODE = 5  # digits from which a number is a plate's or a telephone's, in which points mean nothing


class Place(NamedTuple):
    """A group of digits in a text."""

    words: Words
    at: int

    @property
    def form(self) -> str:
        return self.words.forms[self.at]

    def behind(self, count: int) -> list[str]:
        """So many words behind it."""
        return self.words.forms[self.at + 1 : self.at + 1 + count]


def one_number(one: Place, other: Place) -> bool:
    """Whether one is the other with fewer places, rounded, in larger units, after noon, with points in it."""
    if not all(place.form.isdecimal() and len(place.form) <= _LONGEST for place in (one, other)):
        return False
    return (
        _shortened(one, other) or _rounded(one, other) or _value(one) == _value(other) or _one_hour(one, other)
        or _one_code(one, other)
    )  # fmt: skip


def _shortened(one: Place, other: Place) -> bool:
    kinds = {place.words.kinds[place.at] for place in (one, other)}
    short, long = sorted((one.form, other.form), key=len)
    return kinds == {"fraction"} and len(short) < len(long) and long.startswith(short)


def _rounded(one: Place, other: Place) -> bool:
    about = [_ABOUT.intersection(place.words.forms[max(place.at - 2, 0) : place.at]) for place in (one, other)]
    values = _value(one), _value(other)
    return about[0] != about[1] and abs(values[0] - values[1]) <= _ROUNDED * max(values)


def _value(place: Place) -> float:
    """With the places behind the point and the thousands, millions or thousands of millions in words."""
    value, at = float(place.form), place.at + 1
    if place.words.kinds[at : at + 1] == ["fraction"]:
        value += float(f"0.{place.words.forms[at]}")
        at += 1
    for word in place.words.forms[at : at + 2]:
        if word not in _TIMES:
            break
        value *= _TIMES[word]
    return value


def _one_hour(one: Place, other: Place) -> bool:
    if max(len(one.form), len(other.form)) > 2:  # also what is too long to be read as a number
        return False
    early, late = sorted((one, other), key=lambda place: int(place.form))
    return (
        int(late.form) == int(early.form) + 12
        and early.behind(1) == late.behind(1) == ["giờ"]
        and not _AFTER_NOON.isdisjoint(early.behind(4))
    )


def _one_code(one: Place, other: Place) -> bool:
    short, long = sorted((one, other), key=lambda place: len(place.form))
    written = ""
    for form in (short.form, *short.behind(4)):
        if not form.isdigit() or len(written) >= len(long.form):
            break
        written += form
    return len(long.form) >= _CODE and written == long.form
