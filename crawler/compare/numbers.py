"""Whether two numbers that are written with other digits say the same."""

from __future__ import annotations

from math import isclose
from typing import NamedTuple

from crawler.compare.facts import Kind, Words

_ABOUT = frozenset("gần hơn khoảng trên chừng xỉ ngót".split())
_ROUNDED = 0.1  # by which a number behind one of these may miss the exact one
MULTIPLES = {
    "trăm": 10**2, "nghìn": 10**3, "triệu": 10**6, "tỷ": 10**9,
    "km": 10**3, "ha": 10**4, "km2": 10**6, "kg": 10**3, "tạ": 10**5, "tấn": 10**6,
}  # fmt: skip
"""What a word behind a number makes of it, in metres, square metres, grams."""
_AFTER_NOON = frozenset("chiều tối đêm".split())
_BORN = frozenset(("sn", "sinh"))
_LONGEST = 15  # digits that are a number
_CODE = 5  # digits from which a number is a plate's or a telephone's, in which points mean nothing


class Place(NamedTuple):
    """A group of digits in a text."""

    words: Words
    at: int

    @property
    def form(self) -> str:
        return self.words.forms[self.at]

    @property
    def kind(self) -> Kind:
        return self.words.kinds[self.at]

    @property
    def has_places(self) -> bool:
        """Whether a fraction stands behind it."""
        return self.words.kinds[self.at + 1 : self.at + 2] == ["fraction"]

    def behind(self, count: int) -> list[str]:
        """So many words behind it."""
        return self.words.forms[self.at + 1 : self.at + 1 + count]


def one_number(one: Place, other: Place) -> bool:
    """Whether one is the other with fewer places, rounded, in larger units, after noon, with points in it, or the year
    in which somebody of so many years was born."""
    if not all(place.form.isdecimal() and len(place.form) <= _LONGEST for place in (one, other)):
        return False
    return (
        _shortened(one, other) or _rounded(one, other) or _one_value(one, other) or _one_hour(one, other)
        or _one_code(one, other) or _one_age(one, other)
    )  # fmt: skip


def _shortened(one: Place, other: Place) -> bool:
    """Whether one fraction is the other with fewer places; 6.05 may also be the day that somebody writes 6/5."""
    if not one.kind == other.kind == "fraction":
        return int(one.form) == int(other.form)
    short, long = sorted((one.form, other.form), key=len)
    unit = 10 ** (len(long) - len(short))  # of the last place of the shorter, in those of the longer
    return unit > 1 and (long.startswith(short) or 2 * abs(int(short) * unit - int(long)) <= unit)


def _rounded(one: Place, other: Place) -> bool:
    about = [_ABOUT.intersection(place.words.forms[max(place.at - 2, 0) : place.at]) for place in (one, other)]
    if about[0] == about[1]:
        return False
    values = _value(one), _value(other)
    if abs(values[0] - values[1]) <= _ROUNDED * max(values):
        return True
    exact, whole = sorted((one, other), key=lambda place: not place.has_places)
    # The next whole number: "gần 6 ha" may be 5,07.
    return exact.has_places and not whole.has_places and int(whole.form) == int(exact.form) + 1


def _value(place: Place) -> float:
    """With the places behind the point and the thousands, millions or thousands of millions in words.

    A fraction is its part of the number ("1,2 triệu" is "1 triệu 200 nghìn"); of a range the word behind it counts.
    """
    forms, kinds, at = place.words.forms, place.words.kinds, place.at + 1
    if place.kind == "fraction":
        value = float(f"0.{place.form}")
    else:
        value = float(place.form)
        if place.has_places:
            value += float(f"0.{forms[at]}")
            at += 1
        end = at + (forms[at : at + 1] == ["đến"])
        if kinds[end : end + 1] == ["number"]:
            at = end + 1
    for word in forms[at : at + 2]:
        if word not in MULTIPLES:
            break
        value *= MULTIPLES[word]
    return value


def _one_value(one: Place, other: Place) -> bool:
    """Whether two numbers are equal; a fraction stands for its whole number where the other is none."""
    values = [
        [
            _value(place),
            *([_value(Place(place.words, place.at - 1))] if place.kind == "fraction" != against.kind else []),
        ]
        for place, against in ((one, other), (other, one))
    ]
    return any(isclose(ours, theirs) for ours in values[0] for theirs in values[1])


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


def _one_age(one: Place, other: Place) -> bool:
    """Whether one is how old somebody is and the other the year of birth, which no two texts can contradict in."""
    age, year = sorted((one, other), key=lambda place: place.kind == "year")
    if year.kind != "year" or age.kind == "year" or age.behind(1) != ["tuổi"]:
        return False
    return not _BORN.isdisjoint(year.words.forms[max(year.at - 2, 0) : year.at])
