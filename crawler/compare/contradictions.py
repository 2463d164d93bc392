"""Whether two texts that are much alike contradict each other in a fact.

A gap in which one text says 85 and the other 86 makes two bulletins of one template. A paragraph that only one of them
has is a cut, an addition or something of the page that was left over, and may state what it likes; so may a clause that
was added, and a lead that was written anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

from crawler.compare.contraries import is_unit, other_time, other_unit, other_way
from crawler.compare.facts import FIGURES, ComparedText, Kind, Words
from crawler.compare.gaps import WordGap
from crawler.compare.numbers import MULTIPLES, Place, one_number
from crawler.compare.renderings import bare, one_name

_REWRITTEN = 12  # words on both sides of a gap from which it is writing, not filling in
_FILLED = 3  # words that are filled in; more are a clause
_BESIDE = 3  # times as long as what stands in its place: it stands beside it
_DENSE = 6  # one number in so many words is a table
_ROWS = 4  # numbers of a table that is longer than what stands in its place
_OWN_FIGURES = 5  # numbers that only one text has, and their share of all of the shorter text's,
_OWN_SHARE = 0.6  # from which a text is another on the same template
_OPENING = 120  # words in which a text says of what day it is
_OF_PLACES = frozenset("tp thành phố tỉnh huyện quận thị xã phường".split())  # "tại TP.HCM" in place of "tại Hà Nội"
_CREDITED = frozenset("ảnh clip video nguồn".split())
_COUNTED = 4  # words behind a number that can say what is counted
_CASUALTIES = {
    "chết": "chết",
    "vong": "chết",
    "mạng": "chết",
    "thương": "thương",
    "tích": "tích",
    "nhiễm": "nhiễm",
    "mắc": "nhiễm",
    "kẹt": "kẹt",
    "cứu": "cứu",
    "cuốn": "cuốn",
    "sập": "sập",
    "bắt": "bắt",
}
_FIGURES: frozenset[Kind] = FIGURES | {"year"}
_NUMBERS: frozenset[Kind] = _FIGURES | {"count"}
_COUNTS: frozenset[Kind] = frozenset(("number", "fraction", "count"))
_YEAR: frozenset[Kind] = frozenset(("year",))
_WAY: frozenset[Kind] = frozenset(("way",))
_SYMBOL: frozenset[Kind] = frozenset(("symbol",))
_NAME: frozenset[Kind] = frozenset(("name",))
_BINDING: frozenset[Kind] = frozenset(("date", "document"))
_PLAIN: frozenset[Kind] = frozenset(("",))


class Contradiction(NamedTuple):
    """What two texts say differently."""

    first: str
    second: str
    state: bool = False
    """Whether it is how many were killed, hurt or found so far, which the next report of the same event corrects."""


def contradiction(shorter: ComparedText, longer: ComparedText, found: Iterable[WordGap]) -> Contradiction | None:
    """The first facts by which two texts that are much alike are two; None when they can be one.

    `found` are the gaps between their words. A state is the answer only where nothing else contradicts.
    """
    if whole := _other_days(shorter.words, longer.words) or _other_figures(shorter, longer):
        return whole
    state = None
    for gap in found:
        if facts := in_gap(shorter, longer, gap):
            if not facts.state:
                return facts
            state = state or facts
    return state


def _other_days(a: Words, b: Words) -> Contradiction | None:
    """The dates that two texts give to their own day, where both open with it: a column or a forecast of two days."""
    days = _own_day(a), _own_day(b)
    return Contradiction(*days) if all(days) and days[0] != days[1] else None


def _other_figures(shorter: ComparedText, longer: ComparedText) -> Contradiction | None:
    """Numbers of both, where most of the shorter text's and as many of the longer's are not in the other."""
    ours, theirs = shorter.figures, longer.figures
    left = [place for form, place in ours.items() if form not in longer.known]
    right = [place for form, place in theirs.items() if form not in shorter.known]
    if min(len(left), len(right)) < _OWN_FIGURES or len(left) < _OWN_SHARE * len(ours):
        return None
    return Contradiction(shorter.words.written[left[0]], longer.words.written[right[0]])


def _own_day(words: Words) -> str:
    for place in range(1, min(len(words.forms) - 1, _OPENING)):
        if words.kinds[place] == words.kinds[place + 1] == "date" and "nay" in words.forms[max(place - 2, 0) : place]:
            return "/".join(words.forms[place : place + 2])
    return ""


class _Side:
    """What one text has in a gap."""

    def __init__(self, text: ComparedText, start: int, end: int) -> None:
        words = text.words
        self.forms, self.kinds = words.forms[start:end], words.kinds[start:end]
        self.text, self.start = text, start

    def place_of(self, form: str) -> int:
        """Where the whole text has a word of this side."""
        return self.start + self.forms.index(form)

    def written(self, form: str) -> str:
        """A word of this side as it is shown."""
        return self.text.words.written[self.place_of(form)] if form in self.forms else form

    def is_named_in(self, other: ComparedText) -> bool:
        """Whether the other text has the names of this side too, each beside the same names."""
        words, start, end = self.text.words, self.start, self.start + len(self.forms)
        start -= start > 0 and words.kinds[start - 1] == "name"
        end += end < len(words.kinds) and words.kinds[end] == "name"
        names = words.forms[start:end]
        return other.known.issuperset(names) and other.pairs.issuperset(pairwise(names))

    @property
    def clause(self) -> list[str]:
        """Its words but facts and what belongs to a number: "tỷ"."""
        return [form for form in self.stating(_PLAIN) if form not in MULTIPLES]

    @property
    def names(self) -> list[str]:
        """Its names, without who took a picture: those behind "Ảnh:" or "Video:"."""
        found: list[str] = []
        credited = False
        for form, kind in zip(self.forms, self.kinds, strict=True):
            credited = form in _CREDITED or (credited and kind == "name")
            if kind == "name" and not credited:
                found.append(form)
        return found

    @property
    def before(self) -> str:
        """The word in front."""
        return self.text.words.forms[self.start - 1] if self.start else ""

    @property
    def is_dated(self) -> bool:
        """Whether a date stands behind it."""
        end = self.start + len(self.forms)
        return self.text.words.kinds[end : end + 1] == ["date"]

    @property
    def is_last_line(self) -> bool:
        """Whether it is the whole of the last line."""
        lines = self.text.words.lines
        return self.start + len(self.forms) == len(lines) and lines[self.start - 1 : self.start] != lines[-1:]

    def stating(self, kinds: frozenset[Kind]) -> list[str]:
        """The words of these kinds."""
        return [form for form, kind in zip(self.forms, self.kinds, strict=True) if kind in kinds]

    def only_here(self, other: ComparedText, kinds: frozenset[Kind]) -> list[str]:
        """Those of them that the whole of the other text does not have."""
        return [form for form in self.stating(kinds) if form not in other.known]


def in_gap(shorter: ComparedText, longer: ComparedText, gap: WordGap) -> Contradiction | None:
    """Facts of one kind that differ on the two sides of a gap, as they are written."""
    a, b = _Side(shorter, gap.i, gap.i_end), _Side(longer, gap.j, gap.j_end)
    found = _between(a, b, opens=gap.i == gap.j == 0) if a.forms and b.forms else None
    if found is None:
        return None
    first, second = a.written(found.first), b.written(found.second)
    return found._replace(first=first, second=second) if first != second else found


def _between(a: _Side, b: _Side, *, opens: bool) -> Contradiction | None:
    least, most = sorted((len(a.forms), len(b.forms)))
    if most >= _REWRITTEN and most > _BESIDE * least:
        found = _at_an_end(a, b) if least == len(a.forms) else _at_an_end(b, a)
        return found or (_tables(a, b) if min(len(side.stating(_FIGURES)) for side in (a, b)) >= _ROWS else None)
    if least < _REWRITTEN:
        return _numbers(a, b) or _contraries(a, b) or _symbols(a, b) or _names(a, b)
    # Both were written anew, or one was cut where the other has something of its own.
    if found := _tables(a, b) or _states(a, b):
        return found
    for kind in sorted(_BINDING) if opens else ():
        of_kind = frozenset((kind,))
        if found := _differ(a.only_here(b.text, of_kind), b.only_here(a.text, of_kind)):
            return found
    return None


def _at_an_end(few: _Side, many: _Side) -> Contradiction | None:
    """What was filled in differently where more was written in front of it or behind."""
    size = len(few.forms)
    for end in (slice(size), slice(-size, None)):
        pairs = list(zip(few.forms, few.kinds, many.forms[end], many.kinds[end], strict=True))
        other = [(ours, theirs) for ours, kind, theirs, as_kind in pairs if ours != theirs and kind and kind == as_kind]
        if other and all(ours == theirs or (kind and kind == as_kind) for ours, kind, theirs, as_kind in pairs):
            named, stated = set(few.kinds) == _NAME, many.stating(_FIGURES)
            new = [
                (ours, theirs)
                for ours, theirs in other
                if ours not in (many.text.known if named else stated) and not (named and theirs in few.text.known)
            ]
            return Contradiction(*new[0]) if new and not one_name(*zip(*new, strict=True)) else None
    return None


def _tables(a: _Side, b: _Side) -> Contradiction | None:
    """Numbers that only one text has, where both are full of numbers."""
    if not all(_DENSE * len(side.stating(_FIGURES)) >= len(side.forms) for side in (a, b)):
        return None
    for kind in sorted(_FIGURES):
        of_kind = frozenset((kind,))
        if found := _differ(a.only_here(b.text, of_kind), b.only_here(a.text, of_kind)):
            return found
    return None


def _states(a: _Side, b: _Side) -> Contradiction | None:
    """How many were killed, hurt or found, where each side of a stretch written anew has one number of them."""
    ours, theirs = _casualties(a), _casualties(b)
    for what in ours:
        if len(ours[what]) == len(theirs.get(what, ())) == 1:
            (one,), (other,) = ours[what], theirs[what]
            if one not in b.text.known and other not in a.text.known:
                return Contradiction(one, other, state=True)
    return None


def _casualties(side: _Side) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for place, kind in enumerate(side.kinds):
        if kind in _COUNTS and (what := _casualty(side.text.words, side.start + place)):
            found.setdefault(what, set()).add(side.forms[place])
    return found


def _casualty(words: Words, place: int) -> str:
    """What became of those whom a number counts; empty where it counts something else."""
    behind = slice(place + 1, place + 1 + _COUNTED)
    for form, kind in zip(words.forms[behind], words.kinds[behind], strict=True):
        if kind:
            break
        if form in _CASUALTIES:
            return _CASUALTIES[form]
    return ""


def _numbers(a: _Side, b: _Side) -> Contradiction | None:
    """Numbers that differ; where a clause does too, of those that the other text states nowhere."""
    if max(len(a.forms), len(b.forms)) > _FILLED and a.clause != b.clause:
        tried = [
            _other_numbers(a, b, a.only_here(b.text, kinds), b.only_here(a.text, kinds))
            for kinds in (_COUNTS | _BINDING, _YEAR)
        ]
    else:
        ours, theirs = a.stating(_NUMBERS), b.stating(_NUMBERS)
        if len(a.forms) == len(b.forms) == 1 and all(map(str.isdigit, (*a.forms, *b.forms))):
            ours, theirs = a.forms, b.forms  # "một" as well
        if ours != theirs and sorted(ours) == sorted(theirs) and a.stating(_PLAIN) == b.stating(_PLAIN):
            return Contradiction(" ".join(ours), " ".join(theirs))
        tried = [_other_numbers(a, b, ours, theirs)]
    found = next(filter(None, tried), None)
    return found and _of_a_count(a, b, found)


def _other_numbers(a: _Side, b: _Side, ours: list[str], theirs: list[str]) -> Contradiction | None:
    """The first two that are left when those are gone that say the same."""
    left, right = (list((Counter(x) - Counter(y)).elements()) for x, y in ((ours, theirs), (theirs, ours)))
    for number in tuple(left):
        place = Place(a.text.words, a.place_of(number))
        same = (other for other in right if one_number(place, Place(b.text.words, b.place_of(other))))
        if (other := next(same, None)) is not None:
            left.remove(number)
            right.remove(other)
    return Contradiction(left[0], right[0]) if left and right else None


def _of_a_count(a: _Side, b: _Side, found: Contradiction) -> Contradiction:
    """Marked as a state where both numbers count the same casualties."""
    ours, theirs = (
        _casualty(side.text.words, side.place_of(form)) for side, form in zip((a, b), found[:2], strict=True)
    )
    return found._replace(state=bool(ours) and ours == theirs)


def _contraries(a: _Side, b: _Side) -> Contradiction | None:
    """Another way or time of day; another unit where the number in front is the same."""
    found = other_way(a.stating(_WAY), b.stating(_WAY))
    if not found and {*a.kinds, *b.kinds} == _PLAIN:
        counts = all(side.before.isdigit() or is_unit(side.before) for side in (a, b))
        found = other_unit(a.forms, b.forms) if counts else other_time(a.forms, b.forms, dated=a.is_dated or b.is_dated)
    return found and Contradiction(*found)


def _differ(a: list[str], b: list[str]) -> Contradiction | None:
    ours, theirs = Counter(a), Counter(b)
    if not (left := ours - theirs) or not (right := theirs - ours):
        return None
    return Contradiction(next(iter(left)), next(iter(right)))


def _symbols(a: _Side, b: _Side) -> Contradiction | None:
    """Type or issuer of a document, unless misspelt (QDD for QĐ) or parted otherwise (BGD&ĐT, BGDĐT)."""
    ours, theirs = a.stating(_SYMBOL), b.stating(_SYMBOL)
    found = _differ(ours, theirs)
    if found is None or _key(found[0]) == _key(found[1]) or _key("".join(ours)) == _key("".join(theirs)):
        return None
    return found


def _key(symbol: str) -> str:
    letters = bare(symbol).replace("tw", "tu")  # of the Party's centre: TW, TƯ
    return "".join(letter for n, letter in enumerate(letters) if letter != letters[n - 1 : n])


def _names(a: _Side, b: _Side) -> Contradiction | None:
    """Names that differ and are not one in two renderings.

    One of them the other text must state nowhere where nothing but names differs, both where words do too, and then
    one has to stand for the other. Bylines and credits of pictures are no part of the text.
    """
    ours, theirs = Counter(a.names), Counter(b.names)
    left, right = list((ours - theirs).elements()), list((theirs - ours).elements())
    if not left or not right or _credits(a, b):
        return None
    only_names = {kind for side in (a, b) for form, kind in zip(side.forms, side.kinds, strict=True)
                  if form not in _OF_PLACES} == _NAME  # fmt: skip
    least, most = sorted((len(a.forms), len(b.forms)))
    if not only_names and most > 2 * least + 1:
        return None
    if only_names:
        known = a.is_named_in(b.text) and b.is_named_in(a.text)
    else:
        known = not all(
            any(name not in other.known for name in side) for side, other in ((left, b.text), (right, a.text))
        )
    return None if known or one_name(left, right) else Contradiction(left[0], right[0])


def _credits(a: _Side, b: _Side) -> bool:
    """Whether this is who took a picture, or the last line of both texts."""
    if all(side.before in _CREDITED for side in (a, b)):
        return True
    return all(side.is_last_line for side in (a, b))
