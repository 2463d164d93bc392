"""Whether two texts that are much alike contradict each other in a fact.

A gap in which one text says 85 and the other 86 makes two bulletins of one template. A paragraph that only one of them
has is a cut, an addition or something of the page that was left over, and may state what it likes; so may a clause that
was added, and a lead that was written anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from crawler.compare.facts import ComparedText, Kind, Words
from crawler.compare.gaps import WordGap
from crawler.compare.renderings import bare, one_name

_REWRITTEN = 12  # words on both sides of a gap from which it is writing, not filling in
_BESIDE = 3  # times as long as what stands in its place: it stands beside it
_DENSE = 6  # one number in so many words is a table
_ROWS = 4  # numbers of a table that is longer than what stands in its place
_OPENING = 120  # words in which a text says of what day it is
_COUNTED = 4  # words behind a number that can say what is counted
_CASUALTIES = {"chết": "chết", "vong": "chết", "mạng": "chết", "thương": "thương", "tích": "tích", "nhiễm": "nhiễm",
               "mắc": "nhiễm", "kẹt": "kẹt", "cứu": "cứu"}  # chết, tử vong, thiệt mạng; bị thương; mất tích …
_FIGURES: frozenset[Kind] = frozenset(("number", "date", "year", "document"))
_NUMBERS: frozenset[Kind] = _FIGURES | {"count"}
_COUNTS: frozenset[Kind] = frozenset(("number", "count"))
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
    if days := _other_days(shorter.words, longer.words):
        return days
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


def _own_day(words: Words) -> str:
    for place in range(1, min(len(words.forms) - 1, _OPENING)):
        if words.kinds[place] == words.kinds[place + 1] == "date" and "nay" in words.forms[max(place - 2, 0) : place]:
            return "/".join(words.forms[place : place + 2])
    return ""


class _Side:
    """What one text has in a gap."""

    def __init__(self, text: ComparedText, place: slice) -> None:
        words = text.words
        self.forms, self.kinds = words.forms[place], words.kinds[place]
        self.text, self.start = text, place.start

    def stating(self, kinds: frozenset[Kind]) -> list[str]:
        """The words of these kinds."""
        return [form for form, kind in zip(self.forms, self.kinds, strict=True) if kind in kinds]

    def only_here(self, other: ComparedText, kinds: frozenset[Kind]) -> list[str]:
        """Those of them that the whole of the other text does not have."""
        return [form for form in self.stating(kinds) if form not in other.known]


def in_gap(shorter: ComparedText, longer: ComparedText, gap: WordGap) -> Contradiction | None:
    """Facts of one kind that differ on the two sides of a gap."""
    a, b = _Side(shorter, slice(gap.i, gap.i_end)), _Side(longer, slice(gap.j, gap.j_end))
    if not a.forms or not b.forms:
        return None
    least, most = sorted((len(a.forms), len(b.forms)))
    if most >= _REWRITTEN and most > _BESIDE * least:
        found = _at_an_end(a, b) if least == len(a.forms) else _at_an_end(b, a)
        return found or (_tables(a, b) if min(len(side.stating(_FIGURES)) for side in (a, b)) >= _ROWS else None)
    if least < _REWRITTEN:
        return _numbers(a, b) or _differ(a.stating(_WAY), b.stating(_WAY)) or _symbols(a, b) or _names(a, b)
    # Both were written anew, or one was cut where the other has something of its own.
    if found := _tables(a, b) or _counts(a, b):
        return found
    for kind in sorted(_BINDING) if gap.i == 0 and gap.j == 0 else ():
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
            return None if one_name(*zip(*other, strict=True)) else Contradiction(*other[0])
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


def _counts(a: _Side, b: _Side) -> Contradiction | None:
    """How many of the same: in a stretch that was written anew a number is compared where each side has one of it."""
    ours, theirs = _counted(a), _counted(b)
    for what in ours:
        if len(ours[what]) == len(theirs.get(what, ())) == 1:
            (one,), (other,) = ours[what], theirs[what]
            if one not in b.text.known and other not in a.text.known:
                return Contradiction(one, other, len(what) == 1)
    return None


def _counted(side: _Side) -> dict[tuple[str, ...], set[str]]:
    found: dict[tuple[str, ...], set[str]] = {}
    for place, kind in enumerate(side.kinds):
        if kind in _COUNTS and (what := _what(side.text.words, side.start + place)):
            found.setdefault(what, set()).add(side.forms[place])
    return found


def _what(words: Words, place: int) -> tuple[str, ...]:
    """What a number counts: one word for casualties, else the two behind it; empty where that cannot be told."""
    behind: list[str] = []
    for form, kind in zip(words.forms[place + 1 :][:_COUNTED], words.kinds[place + 1 :], strict=False):
        if kind:
            break
        if form in _CASUALTIES:
            return (_CASUALTIES[form],)
        behind.append(form)
    return tuple(behind[:2]) if len(behind) > 1 else ()


def _numbers(a: _Side, b: _Side) -> Contradiction | None:
    """Numbers that differ; where words do too, of those that the other text states nowhere."""
    if len(a.forms) == len(b.forms) == 1 and all(map(str.isdigit, (*a.forms, *b.forms))):
        return _of_a_count(a, b, Contradiction(a.forms[0], b.forms[0]))  # "một" as well
    if a.stating(_PLAIN) != b.stating(_PLAIN):
        for kinds in (_COUNTS | _BINDING, _YEAR):
            if found := _differ(a.only_here(b.text, kinds), b.only_here(a.text, kinds)):
                return _of_a_count(a, b, found)
        return None
    ours, theirs = a.stating(_NUMBERS), b.stating(_NUMBERS)
    if ours != theirs and sorted(ours) == sorted(theirs):
        return Contradiction(" ".join(ours), " ".join(theirs))
    found = _differ(ours, theirs)
    return found and _of_a_count(a, b, found)


def _of_a_count(a: _Side, b: _Side, found: Contradiction) -> Contradiction:
    """Marked as a state where both numbers count the same casualties."""
    what = [
        _what(side.text.words, side.start + side.forms.index(form))
        for side, form in zip((a, b), found[:2], strict=True)
    ]
    return found._replace(state=len(what[0]) == 1 and what[0] == what[1])


def _differ(a: list[str], b: list[str]) -> Contradiction | None:
    ours, theirs = Counter(a), Counter(b)
    if not (left := ours - theirs) or not (right := theirs - ours):
        return None
    return Contradiction(next(iter(left)), next(iter(right)))


def _symbols(a: _Side, b: _Side) -> Contradiction | None:
    """Type or issuer of a document, unless misspelt (QDD for QĐ)."""
    found = _differ(a.stating(_SYMBOL), b.stating(_SYMBOL))
    return None if found is None or _key(found[0]) == _key(found[1]) else found


def _key(symbol: str) -> str:
    letters = bare(symbol)
    return "".join(letter for n, letter in enumerate(letters) if letter != letters[n - 1 : n])


def _names(a: _Side, b: _Side) -> Contradiction | None:
    """Names that differ and are not one in two renderings.

    One of them the other text must state nowhere where nothing but names differs, both where words do too.
    """
    ours, theirs = Counter(a.stating(_NAME)), Counter(b.stating(_NAME))
    left, right = list((ours - theirs).elements()), list((theirs - ours).elements())
    if not left or not right or one_name(left, right):
        return None
    new = [[name for name in side if name not in other.known] for side, other in ((left, b.text), (right, a.text))]
    needed = any if {*a.kinds, *b.kinds} == _NAME else all
    return Contradiction(left[0], right[0]) if needed(new) else None
