"""Whether two texts that are much alike contradict each other in a fact.

A gap in which one text says 85 and the other 86 makes two bulletins of one template. A paragraph that only one of them
has is a cut, an addition or something of the page that was left over, and may state what it likes; so may a clause that
was added, and a lead that was written anew.
"""

from __future__ import annotations

from collections import Counter

from crawler.compare.facts import ComparedText, Kind
from crawler.compare.gaps import WordGap, gaps
from crawler.compare.renderings import bare, one_name

_REWRITTEN = 12  # words on both sides of a gap from which it is writing, not filling in
_BESIDE = 3  # times as long as what stands in its place: it stands beside it
_DENSE = 6  # one number in so many words is a table
_FIGURES: frozenset[Kind] = frozenset(("number", "date", "year", "document"))
_NUMBERS: frozenset[Kind] = _FIGURES | {"count"}
_WAY: frozenset[Kind] = frozenset(("way",))
_SYMBOL: frozenset[Kind] = frozenset(("symbol",))
_NAME: frozenset[Kind] = frozenset(("name",))
_BINDING: frozenset[Kind] = frozenset(("date", "document"))
_NOTHING: frozenset[Kind] = frozenset()
_PLAIN: frozenset[Kind] = frozenset(("",))


def contradiction(shorter: ComparedText, longer: ComparedText) -> tuple[str, str] | None:
    """The first facts by which two texts that are much alike are two; None when they can be one."""
    a, b = shorter.words, longer.words
    if a.forms == b.forms:
        return None
    for gap in gaps(a.forms, b.forms):
        if found := in_gap(shorter, longer, gap):
            return found
    return None


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


def in_gap(shorter: ComparedText, longer: ComparedText, gap: WordGap) -> tuple[str, str] | None:
    """Facts of one kind that differ on the two sides of a gap."""
    a, b = _Side(shorter, slice(gap.i, gap.i_end)), _Side(longer, slice(gap.j, gap.j_end))
    if not a.forms or not b.forms:
        return None
    least, most = sorted((len(a.forms), len(b.forms)))
    if most >= _REWRITTEN and most > _BESIDE * least:
        return _at_an_end(a, b) if least == len(a.forms) else _at_an_end(b, a)
    if least < _REWRITTEN:
        return _numbers(a, b) or _differ(a.stating(_WAY), b.stating(_WAY)) or _symbols(a, b) or _names(a, b)
    # Both were written anew, or one was cut where the other has something of its own.
    tables = [_DENSE * len(side.stating(_FIGURES)) >= len(side.forms) for side in (a, b)]
    kinds = _FIGURES if all(tables) else _BINDING if gap.i == 0 and gap.j == 0 else _NOTHING
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


def _numbers(a: _Side, b: _Side) -> tuple[str, str] | None:
    """Numbers that differ; where words do too, of those that the other text states nowhere."""
    if len(a.forms) == len(b.forms) == 1 and all(map(str.isdigit, (*a.forms, *b.forms))):
        return a.forms[0], b.forms[0]  # "một" as well
    if a.stating(_PLAIN) != b.stating(_PLAIN):
        return _differ(a.only_here(b.text, _NUMBERS), b.only_here(a.text, _NUMBERS))
    ours, theirs = a.stating(_NUMBERS), b.stating(_NUMBERS)
    if ours != theirs and sorted(ours) == sorted(theirs):
        return " ".join(ours), " ".join(theirs)
    return _differ(ours, theirs)


def _differ(a: list[str], b: list[str]) -> tuple[str, str] | None:
    ours, theirs = Counter(a), Counter(b)
    if not (left := ours - theirs) or not (right := theirs - ours):
        return None
    return next(iter(left)), next(iter(right))


def _symbols(a: _Side, b: _Side) -> tuple[str, str] | None:
    """Type or issuer of a document, unless misspelt (QDD for QĐ)."""
    found = _differ(a.stating(_SYMBOL), b.stating(_SYMBOL))
    return None if found is None or _key(found[0]) == _key(found[1]) else found


def _key(symbol: str) -> str:
    letters = bare(symbol)
    return "".join(letter for n, letter in enumerate(letters) if letter != letters[n - 1 : n])


def _names(a: _Side, b: _Side) -> tuple[str, str] | None:
    """Names that differ and are not one in two renderings.

    One of them the other text must state nowhere where nothing but names differs, both where words do too.
    """
    ours, theirs = Counter(a.stating(_NAME)), Counter(b.stating(_NAME))
    left, right = list((ours - theirs).elements()), list((theirs - ours).elements())
    if not left or not right or one_name(left, right):
        return None
    new = [[name for name in side if name not in other.known] for side, other in ((left, b.text), (right, a.text))]
    needed = any if {*a.kinds, *b.kinds} == _NAME else all
    return (left[0], right[0]) if needed(new) else None
