"""Whether a share has shifted against its own past: how many pages lack a field, are read by no layout, are refused.

Page's cumulative sum of log-likelihood ratios (E. S. Page, Biometrika 41, 1954) of Bernoulli trials, the usual share
against the one that a person would want to hear of. By Lorden's inequality (Ann. Math. Statist. 42, 1971) a threshold
of ln N gives a false alarm at most once in N trials on average, however the trials are cut into days; and the sum was
last at zero where the shift began.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from math import log, sqrt

RARE = 1_000_000
"""Trials at the usual share in which one false finding is to be expected at most."""
LEARN = 50
"""Trials from which the usual share is learned before anything is judged."""
PAST = 28
"""Days of which the usual share is that."""
MOST = 0.5
"""A share that is usually greater says too little to be judged."""
CALM = 17
"""Good trials after which a finding is over; a bad one between them sets that back by as much as it weighs."""
_SURE = 3.0  # standard deviations by which the usual share is taken for greater than it was counted
_LOST = 1 / 3  # of what is usually good: a loss that a person would want to hear of
_EDGE = 0.025  # of the past, at either end, that a measure's usual range leaves out

Trials = Sequence[tuple[int, int]]
"""Of one day, in order: a class, and how many in a row had it. For a yes or no, 1 is the bad one."""
Judge = Callable[[Counter[int]], Callable[[int], bool]]
"""From the classes of the past to what is bad."""


@dataclass(frozen=True, slots=True)
class Shift:
    """A share that has left its past behind."""

    since: date
    bad: int
    """Of the trials since then."""
    of: int
    usual_bad: int
    """Of the trials in the past."""
    usual_of: int


@dataclass(frozen=True, slots=True)
class FindingSpan:
    """The days of an earlier finding of the same kind, or of the one that is open."""

    since: date
    opened: date
    closed: date | None


def flagged(_: Counter[int]) -> Callable[[int], bool]:
    """Class 1 is bad."""
    return bool


def unusual(past: Counter[int]) -> Callable[[int], bool]:
    """Classes outside the range that all but the outermost twentieth of the past has are bad."""
    low, high = _quantile(past, _EDGE), _quantile(past, 1 - _EDGE)
    return lambda value: not low <= value <= high


def above(floor: int) -> Judge:
    """Classes above the past's, and above `floor`, are bad."""

    def judge(past: Counter[int]) -> Callable[[int], bool]:
        high = max(floor, _quantile(past, 1 - _EDGE))
        return lambda value: value > high

    return judge


def shift(
    days: Iterable[tuple[date, Trials]], spans: Collection[FindingSpan] = (), judge: Judge = flagged
) -> Shift | None:
    """What is wrong at the end of `days`, which come in order; None when all is as usual, or as usual again.

    The days of closed `spans` are left out; while one is open the past stays what it was when it began, and it ends
    after `CALM` good trials on later days, or when nothing bad is left since it began.
    """
    over = [span for span in spans if span.closed]
    still = next((span for span in spans if span.closed is None), None)
    cusum, reached = _Cusum(judge), False
    for day, trials in days:
        if any(span.since <= day <= (span.closed or day) for span in over):
            continue
        reached = reached or bool(still and day >= still.since)
        if still and day >= still.since and cusum.alarmed is None and not cusum.over and cusum.knows:
            cusum.alarm(still.since)
        cusum.day(day, trials, ending=still is None or day > still.opened)
    if still and not reached and cusum.knows:
        return Shift(still.since, 0, 0, 0, 0)
    return cusum.found()


def upper(bad: int, of: int) -> float:
    """Wilson's upper bound of a share (E. B. Wilson, JASA 22, 1927) at three standard deviations."""
    share, square = bad / of, _SURE**2 / of
    return (share + square / 2 + _SURE * sqrt(share * (1 - share) / of + square / of / 4)) / (1 + square)


class _Cusum:
    """The sum, day by day; the past grows by days on which nothing was wrong."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._past: deque[Counter[int]] = deque(maxlen=PAST)
        self._usual: Counter[int] = Counter()
        self._waiting: list[tuple[date, Trials]] = []  # since the sum was last at zero
        self._sum = self._calm = 0.0
        self.alarmed: date | None = None
        self.over = False

    @property
    def knows(self) -> bool:
        """Whether the past is long enough to judge by."""
        return self._usual.total() >= LEARN

    def alarm(self, since: date) -> None:
        """A finding is open that began then."""
        self.alarmed, self._waiting, self._calm = since, [], 0.0

    def day(self, day: date, trials: Trials, *, ending: bool) -> None:
        """One day more; `ending` when good trials may end an open finding on it."""
        if not trials:
            return
        self._waiting.append((day, trials))
        known = self._usual.total()
        is_bad = self._judge(self._usual)
        usual = upper(sum(count for value, count in self._usual.items() if is_bad(value)), known) if known else 1.0
        if self.alarmed is None and (not self.knows or usual > MOST):
            self._settle()
            return
        usual = min(usual, MOST)
        worse, better = log((usual + (1 - usual) * _LOST) / usual), log(1 - _LOST)
        for value, count in trials:
            step = count * (worse if is_bad(value) else better)
            if self.alarmed is not None:
                self._calm = max(0.0, self._calm - step) if ending else 0.0
            elif step > 0:
                self._sum += step
                if self._sum >= log(RARE):
                    self.alarmed, ending = self._waiting[0][0], False  # it does not end on the day of its beginning
            elif self._sum:
                self._sum = max(0.0, self._sum + step)
                if not self._sum:
                    today = self._waiting.pop()
                    self._settle()
                    self._waiting = [today]
        if self.alarmed is None:
            if self._sum == 0.0:
                self._settle()
        elif self._calm >= -CALM * better or not self._bad():
            self.alarmed, self._waiting, self._sum, self._calm, self.over = None, [], 0.0, 0.0, True

    def found(self) -> Shift | None:
        """The alarm, if one is on."""
        if self.alarmed is None:
            return None
        is_bad = self._judge(self._usual)
        usual_bad = sum(count for value, count in self._usual.items() if is_bad(value))
        of = sum(count for _, trials in self._waiting for _, count in trials)
        return Shift(self.alarmed, self._bad(), of, usual_bad, self._usual.total())

    def _bad(self) -> int:
        is_bad = self._judge(self._usual)
        return sum(count for _, trials in self._waiting for value, count in trials if is_bad(value))

    def _settle(self) -> None:
        """The days that waited were as usual."""
        for _, trials in self._waiting:
            counts: Counter[int] = Counter()
            for value, count in trials:
                counts[value] += count
            if len(self._past) == PAST:
                self._usual -= self._past[0]
            self._past.append(counts)
            self._usual += counts
        self._waiting = []


def _quantile(past: Counter[int], part: float) -> int:
    wanted, seen = part * past.total(), 0
    for value in sorted(past):
        seen += past[value]
        if seen >= wanted:
            return value
    return 0
