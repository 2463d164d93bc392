"""What is known of one source: its rate, how much it shows, how much of that is news, a burst under way, failures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import exp, inf, log, sqrt
from typing import Any

from crawler.schedule.rates import DAY, Rate, day_number, minutes
from crawler.text import LONGEST_WAIT

MEMORY = 56 * DAY
"""Minutes before a first poll that its items still teach something about."""
_LEAST_WINDOW = 10
"""A feed that shows fewer items than this has not filled its window yet."""
_SAFETY = 2.5
"""Standard deviations of a Poisson count that must fit into a window beside the items of a burst."""
_CLUMPS = 2.0
"""Variance of a count over its mean: news comes in batches."""
_BURST = 4.0
"""Times its usual rate at which a source publishes in a burst."""
_BEGINS = 1 / (7 * DAY)
"""Bursts that begin in a minute."""
_FADES = 90.0
"""Half-life, in minutes, of a burst that nothing more is seen of."""
_SURE = 1 - 1e-12
"""The most that a burst's probability is taken for before a poll: of certainty there are no odds."""
_WATCHED = 7 * DAY
"""Minutes without a poll from which what has come since says nothing of how often it comes."""
_NOVELTY_MEMORY = 500.0
BACK_OFF, BACK_OFF_MAX = 15.0, 12 * 60.0
"""Minutes until the next poll after a first failure, doubled with each one more, and their greatest number."""


_LONGEST = max(BACK_OFF_MAX, LONGEST_WAIT / 60)
"""Minutes for which a source may be left alone; what lies farther ahead is the mistake of a header or of a clock."""


@dataclass(frozen=True, slots=True)
class PollResult:
    """What a poll of a source found.

    `items` are the times of those that the source had not shown before, `undated` the number of such without a time;
    `new` how many of both no other source of the site had brought yet (default: all). `shown` is the size of the
    window, None for a source that keeps everything, and `oldest` the earliest time in it. `overlap` is False when
    nothing in the window was known: then items were lost from it, and nothing is learned of the time before.
    """

    at: datetime
    items: Sequence[datetime] = ()
    undated: int = 0
    new: int | None = None
    shown: int | None = None
    oldest: datetime | None = None
    overlap: bool = True


@dataclass(slots=True)
class SourceRate:
    """What was learned of a source; plain data. Times are minutes since 1970 on Viet Nam's clock."""

    rate: Rate = field(default_factory=Rate)
    last: float | None = None
    """The last poll that succeeded."""
    window: int | None = None
    met: float = 0.0
    first: float = 0.0
    """Items met here, and how many of them here first."""
    bursting: float = 0.0
    """Probability of a burst at the last poll."""
    planned_with: float = 0.0
    """The same when the polls to come were planned."""
    failures: int = 0
    not_before: float = 0.0

    def saw(self, seen: PollResult, expected: float) -> None:
        """Learn from a poll at which `expected` items were to be expected."""
        at = minutes(seen.at)
        items = [item for item in map(minutes, seen.items) if at - MEMORY < item <= at]
        undated = seen.undated + sum(minutes(item) > at for item in seen.items)
        since = self.last
        if since is not None and at - since > _WATCHED:
            # Nobody watched, or the clock has jumped: that nothing came in all this time is not known.
            since = max(at - _WATCHED, min(items, default=at))
        if since is None or not seen.overlap:
            oldest = minutes(seen.oldest) if seen.oldest else min(items, default=at)
            since = max(oldest, at - MEMORY, since or 0.0)
        self._notice(len(items) + undated if self.last is not None else 0, expected, at)
        self.rate.observe(since, at, items, undated)
        found = len(items) + undated
        self.met += found
        self.first += found if seen.new is None else seen.new
        if self.met > _NOVELTY_MEMORY:
            self.met, self.first = self.met / 2, self.first / 2
        self.window = None if seen.shown is None else max(seen.shown, _LEAST_WINDOW)
        self.last, self.failures, self.not_before = at, 0, 0.0

    def _notice(self, found: int, expected: float, at: float) -> None:
        """Bayes' rule for two states, the usual rate and a burst, with counts whose variance is that of clumps."""
        since = min(max(at - (self.last or at), 0.0), _WATCHED)  # after a year it would be certain
        before = self.bursting * 0.5 ** (since / _FADES)
        before = min(before + (1 - before) * (1 - exp(-_BEGINS * since)), _SURE)
        likelihood = (found * log(_BURST) - (_BURST - 1) * expected) / _CLUMPS
        odds = before / (1 - before) * exp(min(likelihood, 50.0))
        self.bursting = odds / (1 + odds)

    def failed(self, at: datetime, retry_after: float | None = None) -> None:
        """A poll failed; `retry_after` are the seconds that the server asks to be left alone."""
        self.failures += 1
        wait = min(BACK_OFF * 2.0 ** (min(self.failures, 16) - 1), BACK_OFF_MAX)
        self.not_before = minutes(at) + max(wait, min((retry_after or 0.0) / 60, _LONGEST))

    @property
    def weight(self) -> float:
        """Which part of its items is news when it shows them; one that others always precede is worth few polls."""
        return max((self.first + 1) / (self.met + 1), 0.05)

    @property
    def most(self) -> float:
        """Items expected between two polls at which the window still holds all that may come, a burst included."""
        if self.window is None:
            return inf
        return ((sqrt(_SAFETY**2 + 4 * self.window) - _SAFETY) / 2) ** 2 / _BURST

    @property
    def burst(self) -> float:
        """Times its usual rate, at the last poll."""
        return self.rising(0)

    def rising(self, since: float) -> float:
        """Times its usual rate, `since` minutes after the last poll."""
        return 1 + (_BURST - 1) * self.bursting * float(0.5 ** (max(since, 0.0) / _FADES))

    def heal(self, at: float) -> None:
        """Forget what a clock has told that was ahead, when it is `at`."""
        if self.rate.day is not None and self.rate.day > day_number(at):
            self.rate.day = day_number(at)
            if not any(self.rate.counts):  # all was too old to be learned from, and the time since taken for silence
                self.rate = Rate()
        if self.last is not None and self.last > at:
            self.last, self.not_before = None, 0.0
        if self.not_before > at + _LONGEST:
            self.not_before = 0.0

    def to_json(self) -> dict[str, Any]:
        """Plain data that `from_json` reads."""
        return {name: getattr(self, name) for name in self.__slots__} | {"rate": self.rate.to_json()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> SourceRate:
        """The rates that `to_json` wrote."""
        return cls(**{**data, "rate": Rate.from_json(data["rate"])})
