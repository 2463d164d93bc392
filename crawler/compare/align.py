"""Which elements of two sequences are the same ones, in order: the longest common subsequence where that is cheap.

Greedy forward search of Myers, "An O(ND) Difference Algorithm and Its Variations" (Algorithmica 1986), over what
both sequences have. Where it would need too many steps, elements that stand once in each side hold the sequences
together (Cohen's patience diff) and the search goes on between them. The work is bounded for any input, and the
answer depends on nothing but the two sequences.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Sequence

Match = tuple[int, int]
_ONE_SEARCH = 60_000  # steps; enough for 350 words that changed one by one
_ALL_SEARCHES = 600_000  # some 0.3 s
_DEEPEST = 6  # anchors within anchors within anchors
_WIDTHS = (1, 2, 4)  # elements that make an anchor together
_NOWHERE = -2


def matches(a: Sequence[Hashable], b: Sequence[Hashable]) -> list[Match]:
    """Pairs (i, j) with a[i] == b[j], both growing strictly."""
    numbers: dict[Hashable, int] = {}
    return _Search(*([numbers.setdefault(item, len(numbers)) for item in side] for side in (a, b))).run()


class _Search:
    """One comparison and the steps that it may still take."""

    def __init__(self, a: list[int], b: list[int]) -> None:
        self._a, self._b = a, b
        self._left = _ALL_SEARCHES

    def run(self) -> list[Match]:
        """All matches in order."""
        found: list[Match] = []
        stack = [(0, len(self._a), 0, len(self._b), 0)]
        while stack:
            i, i_end, j, j_end, depth = stack.pop()
            while i < i_end and j < j_end and self._a[i] == self._b[j]:
                found.append((i, j))
                i, j = i + 1, j + 1
            while i < i_end and j < j_end and self._a[i_end - 1] == self._b[j_end - 1]:
                i_end, j_end = i_end - 1, j_end - 1
                found.append((i_end, j_end))
            rows, columns = self._shared(i, i_end, j, j_end)
            if not rows or not columns:
                continue
            if (pairs := self._shortest(rows, columns)) is not None:
                found += pairs
            elif depth < _DEEPEST:
                anchors = _anchors(self._a, self._b, rows, columns)
                found += anchors
                for p, q in anchors:
                    stack.append((i, p, j, q, depth + 1))
                    i, j = p + 1, q + 1
                if anchors:
                    stack.append((i, i_end, j, j_end, depth + 1))
        return sorted(found)

    def _shared(self, i: int, i_end: int, j: int, j_end: int) -> tuple[list[int], list[int]]:
        """Positions in both stretches of what stands in both: nothing else can match."""
        both = set(self._a[i:i_end]) & set(self._b[j:j_end])
        rows = [p for p in range(i, i_end) if self._a[p] in both]
        return rows, [q for q in range(j, j_end) if self._b[q] in both]

    def _shortest(self, rows: list[int], columns: list[int]) -> list[Match] | None:
        """A longest common subsequence; None when it is not found within the steps allowed."""
        a, b = [self._a[p] for p in rows], [self._b[q] for q in columns]
        n, m = len(a), len(b)
        allowed = min(_ONE_SEARCH, self._left)
        steps = 0
        reach = {1: 0}  # on each diagonal x - y the furthest x
        trace: list[dict[int, int]] = []
        for d in range(n + m + 1):
            if steps > allowed:
                break
            trace.append(reach)
            before, reach = reach, {}
            for k in range(-(d - 2 * max(0, d - m)), d - 2 * max(0, d - n) + 1, 2):
                down, right = before.get(k + 1, _NOWHERE), before.get(k - 1, _NOWHERE) + 1
                x = start = down if down >= right else right
                y = x - k
                if x < 0 or x > n or y > m:
                    continue
                while x < n and y < m and a[x] == b[y]:
                    x, y = x + 1, y + 1
                reach[k] = x
                steps += 1 + x - start
                if x == n and y == m:
                    self._left -= steps
                    return [(rows[p], columns[q]) for p, q in _walk(trace, n, m)]
            steps += 1
        self._left -= steps
        return None


def _walk(trace: list[dict[int, int]], x: int, y: int) -> list[Match]:
    """The matches on the path that a search took, backwards."""
    path: list[Match] = []
    for before in reversed(trace):
        k = x - y
        down, right = before.get(k + 1, _NOWHERE), before.get(k - 1, _NOWHERE) + 1
        start = max(down, right)
        while x > start:
            x, y = x - 1, y - 1
            path.append((x, y))
        x, y = (x, y - 1) if down >= right else (x - 1, y)
    return path


def _anchors(a: list[int], b: list[int], rows: list[int], columns: list[int]) -> list[Match]:
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
