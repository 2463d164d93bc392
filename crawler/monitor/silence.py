"""How unlikely a silence is: against the site's own rate by hour of the week, holidays included."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil, exp

from crawler.schedule import Prior, Rate
from crawler.schedule.rates import DAY, day_number, kind_of, minutes
from crawler.schedule.tier_rates import hourly

CHANCE = 0.001
"""Of a quarter in which the site works, to have a silence so long."""
_WEEKS = 13  # of a quarter
LEARN_DAYS = 14
"""From which the rate is learned before a silence is judged."""
_LEAST = 20  # articles in the weeks that are learned from
YOUNG = timedelta(days=10)
"""The shortest silence that is judged by the newest articles alone; the holidays of the lunar year are shorter."""
NEWEST = 10
"""Articles by which it is judged, half of them at least."""
_INTERVALS = 20  # of theirs that it lasts


@dataclass(frozen=True, slots=True)
class Silence:
    """No article where there should have been some."""

    since: datetime
    """Of the last article."""
    expected: float
    """Articles that the site usually publishes from then on."""
    chance: float
    """Of a quarter, to have a silence so long."""


def silence(times: Sequence[datetime], begin: datetime, last: datetime, until: datetime) -> Silence | None:
    """The silence from `last` to `until`, if a quarter has one so long with less than `CHANCE`; None when it is usual.

    The rate is learned from `times`, when articles were published after `begin`, in order.

    Of a Poisson process the gap that is expected to hold n items comes with e^-n, and each item of the quarter may be
    the one before it. News comes in bursts, so n counts in units of how much more than Poisson's the same hours of
    other days differ (the index of dispersion; D. R. Cox, P. A. W. Lewis, Statistical Analysis of Series of Events).
    """
    if not is_learned(times, begin, last) or until <= last:
        return None
    rate = Rate()
    clock = [minutes(at) for at in times]
    _learn(rate, clock, minutes(begin), minutes(last))
    rates = hourly(rate, Prior())
    expected = _between(rates, minutes(last), minutes(until))
    weekly = sum(rates)
    scaled = expected / _dispersion(clock, rates, minutes(last), minutes(until))
    chance = min(1.0, max(_WEEKS * weekly, 1.0) * exp(-scaled))
    return Silence(last, expected, chance) if chance < CHANCE else None


def is_learned(times: Sequence[datetime], begin: datetime, last: datetime) -> bool:
    """Whether there is enough to learn a rate from."""
    return len(times) >= _LEAST and last - begin >= timedelta(days=LEARN_DAYS)


def young_silence(newest: Sequence[datetime], last: datetime, until: datetime) -> bool:
    """Whether a site is silent whose rate was never learned, as one whose sources stand still from the first day.

    `newest` are the times of its newest `NEWEST` articles, in order; where a source stands still they have their times
    all the same.
    """
    if len(newest) < NEWEST / 2:
        return False
    interval = (newest[-1] - newest[0]) / (len(newest) - 1)
    return until - last >= max(YOUNG, _INTERVALS * interval)


def _learn(rate: Rate, clock: Sequence[float], start: float, end: float) -> None:
    place = 0
    while start < end:
        until = min((start // DAY + 1) * DAY, end)
        first = place
        while place < len(clock) and clock[place] <= until:
            place += 1
        rate.observe(start, until, clock[first:place])
        start = until


def _between(rates: Sequence[float], start: float, end: float) -> float:
    total = 0.0
    while start < end:
        until = min((start // 60 + 1) * 60, end)
        total += rates[24 * kind_of(day_number(start)) + int(start % DAY // 60)] * (until - start) / 60
        start = until
    return total


def _dispersion(clock: Sequence[float], rates: Sequence[float], start: float, end: float) -> float:
    """Of the counts between the same times of day on the days before, around what the rate expects; at least 1."""
    terms = []
    for back in range(ceil((end - start) / DAY), int((start - clock[0]) // DAY) + 1):
        since, until = start - back * DAY, end - back * DAY
        wanted = _between(rates, since, until)
        count = bisect_right(clock, until) - bisect_right(clock, since)
        if wanted > 0:
            terms.append((count - wanted) ** 2 / wanted)
    return max(1.0, sum(terms) / max(len(terms) - 1, 1))
