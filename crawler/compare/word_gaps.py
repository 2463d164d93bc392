"""Where two texts that are much alike differ, word by word."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from crawler.compare.align import matches

_RUN = 3
"""Words in a row that hold two texts together; single words match by chance."""


class Gap(NamedTuple):
    """Words i to i_end of one text stand where the other has j to j_end."""

    i: int
    i_end: int
    j: int
    j_end: int


def gaps(a: Sequence[str], b: Sequence[str]) -> list[Gap]:
    """Where two sequences of words differ, in order, held together by runs of three words and more.

    A run that is no longer than the gaps on either side of it is a phrase that both happen to use; it is part of them
    (the semantic clean-up of Fraser's diff-match-patch).
    """
    found: list[Gap] = []
    for gap in _between(a, b):
        while found and gap.i - found[-1].i_end <= min(_size(found[-1]), _size(gap)):
            before = found.pop()
            gap = Gap(before.i, gap.i_end, before.j, gap.j_end)
        found.append(gap)
    return found


def _size(gap: Gap) -> int:
    return max(gap.i_end - gap.i, gap.j_end - gap.j)


def _between(a: Sequence[str], b: Sequence[str]) -> Iterator[Gap]:
    runs = [list(zip(side, side[1:], side[2:], strict=False)) for side in (a, b)]
    i = j = 0
    for p, q in [*matches(*runs), (len(a), len(b))]:
        if (p < i or q < j) and p - i != q - j:
            continue  # another place of the same three words
        if p > i or q > j:
            yield from _trimmed(a, b, Gap(i, p, j, q))
        i, j = max(i, p + _RUN), max(j, q + _RUN)


def _trimmed(a: Sequence[str], b: Sequence[str], gap: Gap) -> Iterator[Gap]:
    i, i_end, j, j_end = gap
    while i < i_end and j < j_end and a[i] == b[j]:
        i, j = i + 1, j + 1
    while i < i_end and j < j_end and a[i_end - 1] == b[j_end - 1]:
        i_end, j_end = i_end - 1, j_end - 1
    if i < i_end or j < j_end:
        yield Gap(i, i_end, j, j_end)
