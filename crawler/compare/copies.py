"""Whether two texts are one: what they share, exactly, and whether what differs is a fact.

The words that both have hold them together, in runs of three and more; between these lie gaps. A gap in which one text
says 85 and the other 86 makes two bulletins of one template. A paragraph that only one of them has is a cut, an
addition or something of the page that was left over, and may state what it likes; so may a lead that was written anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, NamedTuple

from crawler.compare.align import Match, matches
from crawler.compare.facts import ComparedText, Kind, Words
from crawler.text import is_syllable

RelationKind = Literal["copy", "abridged", "extended", "template", "none"]
WINDOW = timedelta(days=3)
"""Copies are published within so many days of each other; the same words later are news of another day."""
SHARED = 0.6
"""Share of the shorter text's shingles that stand in the longer: a lead of a third written anew leaves so many."""
ENOUGH = 12
"""Shingles in common; fewer are a phrase."""
SAME_LENGTH = 0.75
"""Size of the shorter to the longer, in shingles, from which neither is cut nor extended."""
_RUN = 3
"""Words in a row that hold two texts together; single words match by chance."""
_REWRITTEN = 12  # words on both sides of a gap from which it is writing, not filling in
_BESIDE = 3  # times as long as what stands in its place: it stands beside it
_DENSE = 6  # one number in so many words is a table
_LEFT_OVER = 12  # words that stand within a line of one text alone, from which they are none of its sentence
_FIGURES: frozenset[Kind] = frozenset(("number", "date", "year", "document"))
_NUMBERS: frozenset[Kind] = _FIGURES | {"count"}
_WAY: frozenset[Kind] = frozenset(("way",))
_NAME: frozenset[Kind] = frozenset(("name",))
_BINDING: frozenset[Kind] = frozenset(("date", "document"))
_LACKING: frozenset[Kind] = frozenset(("number", "document"))
_NOTHING: frozenset[Kind] = frozenset()


@dataclass(frozen=True, slots=True)
class Relation:
    """What a second text is to a first."""

    kind: RelationKind
    jaccard: float = 0.0
    containment: float = 0.0
    """Share of the shorter text's shingles that stand in the longer."""
    because: tuple[str, str] | None = None
    """For `template`, the words that contradict each other; the second is empty for a number that the longer lacks."""


_NONE = Relation("none")


class WordGap(NamedTuple):
    """Words i to i_end of one text stand where the other has j to j_end."""

    i: int
    i_end: int
    j: int
    j_end: int


def compare(first: ComparedText, second: ComparedText, apart: timedelta) -> Relation:
    """What `second` is to `first`, which was published `apart` earlier (or later, when negative).

    `copy` when neither is cut, `abridged` or `extended` when it is the shorter or the longer, `template` when they
    share as much and contradict each other in a number, a date, a document or a name, `none` otherwise.
    """
    a, b = first.shingles, second.shingles
    if abs(apart) > WINDOW or not a or not b:
        return _NONE
    both, least = len(a & b), min(len(a), len(b))
    jaccard, containment = both / (len(a) + len(b) - both), both / least
    if containment < SHARED or (both < ENOUGH and jaccard < 1):
        return Relation("none", jaccard, containment)
    shorter, longer = (first, second) if len(a) <= len(b) else (second, first)
    if because := contradiction(shorter, longer):
        return Relation("template", jaccard, containment, because)
    relation: RelationKind = "copy"
    if least < SAME_LENGTH * max(len(a), len(b)):
        relation = "abridged" if shorter is second else "extended"
    return Relation(relation, jaccard, containment)


def contradiction(shorter: ComparedText, longer: ComparedText) -> tuple[str, str] | None:
    """The first facts by which two texts that are much alike are two; None when they can be one."""
    a, b = shorter.words, longer.words
    if a.forms == b.forms:
        return None
    found = gaps(a.forms, b.forms)
    own = _lines_of_its_own(a, found)
    for gap in found:
        left, right = _Side(shorter, slice(gap.i, gap.i_end)), _Side(longer, slice(gap.j, gap.j_end))
        if facts := _contradict(left, right, opens=gap.i == 0 and gap.j == 0):
            return facts
        if len(left.forms) < _LEFT_OVER and not own.issuperset(a.lines[gap.i : gap.i_end]):
            for form in left.only_here(longer, _LACKING):
                return form, ""
    return None


def _lines_of_its_own(words: Words, found: list[WordGap]) -> set[int]:
    """The lines of a text of which the other has less than half."""
    whole = Counter(words.lines)
    apart = Counter(line for gap in found for line in words.lines[gap.i : gap.i_end])
    return {
        line
        for line, count in apart.items()
        if count == whole[line] or (count >= _LEFT_OVER and 2 * count >= whole[line])
    }


class _Side:
    """What one text has in a gap."""

    def __init__(self, text: ComparedText, place: slice) -> None:
        words = text.words
        self.forms, self.kinds = words.forms[place], words.kinds[place]
        self.text = text

    def stating(self, kinds: frozenset[Kind]) -> list[str]:
        """The words of these kinds."""
        return [form for form, kind in zip(self.forms, self.kinds, strict=True) if kind in kinds]

    def only_here(self, other: ComparedText, kinds: frozenset[Kind]) -> list[str]:
        """Those of them that the whole of the other text does not have."""
        return [form for form in self.stating(kinds) if form not in other.known]


def _contradict(a: _Side, b: _Side, *, opens: bool) -> tuple[str, str] | None:
    """Facts of one kind that differ on the two sides of a gap."""
    if not a.forms or not b.forms:
        return None
    least, most = sorted((len(a.forms), len(b.forms)))
    if most >= _REWRITTEN and most > _BESIDE * least:
        return _at_an_end(a, b) if least == len(a.forms) else _at_an_end(b, a)
    if least < _REWRITTEN:
        for kinds in (_NUMBERS, _WAY):
            if found := _differ(a.stating(kinds), b.stating(kinds)):
                return found
        return _names(a, b)
    # Both were written anew, or one was cut where the other has something of its own.
    tables = [_DENSE * len(side.stating(_FIGURES)) >= len(side.forms) for side in (a, b)]
    kinds = _FIGURES if all(tables) else _BINDING if opens else _NOTHING
    for kind in sorted(kinds):
        of_kind = frozenset((kind,))
        if found := _differ(a.only_here(b.text, of_kind), b.only_here(a.text, of_kind)):
            return found
    return None


def _at_an_end(few: _Side, many: _Side) -> tuple[str, str] | None:
    """What was filled in differently where more was written in front of it or behind."""
    size = len(few.forms)
    for end in (slice(size), slice(-size, None)):
        pairs = list(zip(few.forms, few.kinds, many.forms[end], many.kinds[end], strict=True))
        other = [(ours, theirs) for ours, kind, theirs, as_kind in pairs if ours != theirs and kind and kind == as_kind]
        if other and all(ours == theirs or (kind and kind == as_kind) for ours, kind, theirs, as_kind in pairs):
            return other[0]
    return None


def _differ(a: list[str], b: list[str]) -> tuple[str, str] | None:
    ours, theirs = Counter(a), Counter(b)
    if not (left := ours - theirs) or not (right := theirs - ours):
        return None
    return next(iter(left)), next(iter(right))


def _names(a: _Side, b: _Side) -> tuple[str, str] | None:
    """Names that differ, where nothing but a name does or where neither text knows the other's."""
    found = _differ(a.stating(_NAME), b.stating(_NAME))
    if found is None or _foreign(a) != _foreign(b):  # Xin-ga-po is Singapore
        return None
    if {*a.kinds, *b.kinds} == _NAME:
        return found
    return _differ(a.only_here(b.text, _NAME), b.only_here(a.text, _NAME))


def _foreign(side: _Side) -> bool:
    return not all(map(is_syllable, side.stating(_NAME)))


def gaps(a: Sequence[str], b: Sequence[str]) -> list[WordGap]:
    """Where two sequences of words differ, in order, held together by runs of three words and more.

    A run that is no longer than the gaps on either side of it is a phrase that both happen to use; it is part of them
    (the semantic clean-up of Fraser's diff-match-patch).
    """
    found: list[WordGap] = []
    for gap in _between(a, b):
        while found and gap.i - found[-1].i_end <= min(_size(found[-1]), _size(gap)):
            before = found.pop()
            gap = WordGap(before.i, gap.i_end, before.j, gap.j_end)
        found.append(gap)
    return found


def _size(gap: WordGap) -> int:
    return max(gap.i_end - gap.i, gap.j_end - gap.j)


def _between(a: Sequence[str], b: Sequence[str]) -> Iterator[WordGap]:
    i = j = 0
    for p, q in [*_shared_runs(a, b), (len(a), len(b))]:
        if (p < i or q < j) and p - i != q - j:
            continue  # another place of the same three words
        if p > i or q > j:
            yield from _trimmed(a, b, WordGap(i, p, j, q))
        i, j = max(i, p + _RUN), max(j, q + _RUN)


def _shared_runs(a: Sequence[str], b: Sequence[str]) -> Iterator[Match]:
    """Places of `_RUN` words in a row that stand in both, in order.

    Aligned from the end, so that of several places of the same words the first is taken, as `_between` reads them.
    """
    backwards = [list(zip(side[::-1], side[-2::-1], side[-3::-1], strict=False)) for side in (a, b)]
    for p, q in reversed(matches(*backwards)):
        yield len(a) - _RUN - p, len(b) - _RUN - q


def _trimmed(a: Sequence[str], b: Sequence[str], gap: WordGap) -> Iterator[WordGap]:
    i, i_end, j, j_end = gap
    while i < i_end and j < j_end and a[i] == b[j]:
        i, j = i + 1, j + 1
    while i < i_end and j < j_end and a[i_end - 1] == b[j_end - 1]:
        i_end, j_end = i_end - 1, j_end - 1
    if i < i_end or j < j_end:
        yield WordGap(i, i_end, j, j_end)
