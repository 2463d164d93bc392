"""Where two sequences of words differ: the gaps between the runs of words that both have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from crawler.compare.align import Match, matches

_RUN = 3
"""Words in a row that hold two texts together; single words match by chance."""
_HELD = 20
"""Words in a row that are no phrase."""


class WordGap(NamedTuple):
    """Words i to i_end of one text stand where the other has j to j_end."""

    i: int
    i_end: int
    j: int
    j_end: int


def gaps(a: Sequence[str], b: Sequence[str]) -> list[WordGap]:
    """Where two sequences of words differ, in order, held together by runs of three words and more.

    A run that is no longer than the gaps on either side of it is a phrase that both happen to use; it is part of them
    (the semantic clean-up of Fraser's diff-match-patch).
    """
    found: list[WordGap] = []
    for gap in _between(a, b):
        while found and gap.i - found[-1].i_end <= min(_size(found[-1]), _size(gap), _HELD):
            before = found.pop()
            gap = WordGap(before.i, gap.i_end, before.j, gap.j_end)
        found.append(gap)
    return found


def _size(gap: WordGap) -> int:
    return max(gap.i_end - gap.i, gap.j_end - gap.j)


def _between(a: Sequence[str], b: Sequence[str]) -> Iterator[WordGap]:
    i = j = 0
    for p, q in [*_shared_runs(a, b), (len(a), len(b))]:
        if p <= i and p - i == q - j:  # the same run goes on
            i, j = p + _RUN, q + _RUN
            continue
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
