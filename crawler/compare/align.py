"""Which elements of two sequences are the same ones, in order: the longest common subsequence where that is cheap.

rapidfuzz finds it bit by bit over the whole table of both sequences, which takes the product of their lengths in time
and memory. Where the table would be too large, elements that stand once in each side hold the sequences together
(Cohen's patience diff) and the search goes on between them. The work is bounded for any input, and the answer depends
on nothing but the two sequences.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Sequence

from rapidfuzz.distance import LCSseq

Match = tuple[int, int]
_ONE_SEARCH = 200_000_000  # cells of a table, a bit each: 25 MB, two sides of 14,000 words that differ
_ALL_SEARCHES = 1_000_000_000  # cells; some 0.2 s
_DEEPEST = 6  # anchors within anchors within anchors
_WIDTHS = (1, 2, 4)  # elements that make an anchor together


def matches(a: Sequence[Hashable], b: Sequence[Hashable]) -> list[Match]:
    """Pairs (i, j) with a[i] == b[j], both growing strictly."""
    # Numbers, since rapidfuzz compares hashes: those of texts differ from run to run, and can be equal by chance.
    numbers: dict[Hashable, int] = {}
    return _Search(*([numbers.setdefault(item, len(numbers)) for item in side] for side in (a, b))).run()


class _Search:
    """One comparison and the cells that it may still fill."""

    def __init__(self, a: list[int], b: list[int]) -> None:
        self._a, self._b = a, b
        self._left = _ALL_SEARCHES

    def run(self) -> list[Match]:
        """All matches in order."""
        found: list[Match] = []
        stack: list[tuple[Sequence[int], Sequence[int], int]] = [(range(len(self._a)), range(len(self._b)), 0)]
        while stack:
            rows, columns, depth = stack.pop()
            rows, columns = self._without_ends(rows, columns, found)
            rows, columns = self._without_ends(*self._shared(rows, columns), found)
            if not rows or not columns:
                continue
            if (pairs := self._longest(rows, columns)) is not None:
                found += pairs
            elif depth < _DEEPEST and (anchors := _anchors(self._a, self._b, rows, columns)):
                found += anchors
                i, j = rows[0], columns[0]
                for p, q in [*anchors, (rows[-1] + 1, columns[-1] + 1)]:
                    stack.append((range(i, p), range(j, q), depth + 1))
                    i, j = p + 1, q + 1
        return sorted(found)

    def _without_ends(
        self, rows: Sequence[int], columns: Sequence[int], found: list[Match]
    ) -> tuple[Sequence[int], Sequence[int]]:
        """The positions between the elements with which both begin and end alike; those are added to `found`."""
        head = self._alike(rows, columns)
        found += zip(rows[:head], columns[:head], strict=True)
        rows, columns = rows[head:], columns[head:]
        tail = self._alike(rows[::-1], columns[::-1])
        n, m = len(rows) - tail, len(columns) - tail
        found += zip(rows[n:], columns[m:], strict=True)
        return rows[:n], columns[:m]

    def _alike(self, rows: Sequence[int], columns: Sequence[int]) -> int:
        """With how many of the same elements the positions begin."""
        pairs = enumerate(zip(rows, columns, strict=False))
        return next((n for n, (p, q) in pairs if self._a[p] != self._b[q]), min(len(rows), len(columns)))

    def _shared(self, rows: Sequence[int], columns: Sequence[int]) -> tuple[Sequence[int], Sequence[int]]:
        """The positions of what stands in both stretches: nothing else can match."""
        both = {self._a[p] for p in rows} & {self._b[q] for q in columns}
        return [p for p in rows if self._a[p] in both], [q for q in columns if self._b[q] in both]

    def _longest(self, rows: Sequence[int], columns: Sequence[int]) -> list[Match] | None:
        """A longest common subsequence of what stands at these positions; None where it would cost too many cells."""
        cells = len(rows) * len(columns)
        if cells > min(_ONE_SEARCH, self._left):
            return None
        self._left -= cells
        same = LCSseq.editops([self._a[p] for p in rows], [self._b[q] for q in columns]).as_matching_blocks()
        return [(rows[p + n], columns[q + n]) for p, q, size in same for n in range(size)]


def _anchors(a: list[int], b: list[int], rows: Sequence[int], columns: Sequence[int]) -> list[Match]:
    """The most elements that stand once in each side and in the same order in both; if none does, runs of some."""
    for width in _WIDTHS:
        runs_a = list(zip(*(map(a.__getitem__, rows[start:]) for start in range(width)), strict=False))
        runs_b = list(zip(*(map(b.__getitem__, columns[start:]) for start in range(width)), strict=False))
        in_a, in_b = Counter(runs_a), Counter(runs_b)
        places = {run: q for run, q in zip(runs_b, columns, strict=False) if in_b[run] == 1}
        once = [(p, places[run]) for run, p in zip(runs_a, rows, strict=False) if in_a[run] == 1 and run in places]
        if once:
            return _in_order(once)
    return []


def _in_order(once: list[Match]) -> list[Match]:
    """The longest chain of pairs that grows on both sides, by patience sorting; the first side grows already."""
    tops: list[int] = []
    piles: list[int] = []
    back: list[int] = []
    for number, (_, q) in enumerate(once):
        pile = bisect_left(tops, q)
        tops[pile : pile + 1] = [q]
        piles[pile : pile + 1] = [number]
        back.append(piles[pile - 1] if pile else -1)
    number, chain = piles[-1], []
    while number >= 0:
        chain.append(once[number])
        number = back[number]
    return chain[::-1]
