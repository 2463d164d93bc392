"""The rules that `thoisu simulate` compares ours with: when each would look at the sources of a trace.

A trace holds the times of each source's items in minutes, sorted. Every rule gives the looks at each source over a span
of whole days and one day more, since items of the last hours are seen only then. Rules whose looks are spaced by a
density can begin at any `phase` (0 to 1) of a look.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from math import sqrt

from crawler.schedule.rates import DAY, HOURS

Trace = Mapping[str, Sequence[float]]
Looks = dict[str, list[float]]
HIT, MISS = 0.8, 1.5
"""Factors of the multiplicative rule (news-crawl): after a look that found something, and after any other."""
_FIRST, _LEAST, _MOST = 60.0, 2.0, 2880.0
"""Its first, least and greatest interval in minutes, which are scaled together to meet the budget."""


def uniform(trace: Trace, budget: float, since: int, until: int, phase: float) -> Looks:
    """Every source at the same interval."""
    return {
        name: _spread([budget / 24] * 24, since, until, _turned(phase, number)) for number, name in enumerate(trace)
    }


def proportional(trace: Trace, budget: float, since: int, until: int, phase: float) -> Looks:
    """Every source at an interval of its own, in proportion to its true rate over the span."""
    counts = {name: bisect_left(items, until) - bisect_left(items, since) for name, items in trace.items()}
    whole = max(sum(counts.values()), 1)
    return {
        name: _spread([budget * len(trace) * count / whole / 24] * 24, since, until, _turned(phase, number))
        for number, (name, count) in enumerate(counts.items())
    }


def oracle(trace: Trace, budget: float, since: int, until: int, phase: float) -> Looks:
    """Density √λ(t), with rates by hour of the week fitted on the span itself: no rule that has to learn knows them."""
    places = [hour % HOURS for hour in range(since // 60, until // 60)]
    roots: dict[str, list[float]] = {}
    for name, items in trace.items():
        counts = [0] * HOURS
        for item in items[bisect_left(items, since) : bisect_left(items, until)]:
            counts[int(item // 60) % HOURS] += 1
        roots[name] = [sqrt(count / max(places.count(place), 1)) for place, count in enumerate(counts)]
    total = sum(root[place] for root in roots.values() for place in places)
    share = budget * len(trace) * (until - since) / DAY / max(total, 1e-9)
    first = since // 60 % HOURS
    return {
        name: _spread([share * value for value in root[first:] + root[:first]], since, until, _turned(phase, number))
        for number, (name, root) in enumerate(roots.items())
    }


def multiplicative(trace: Trace, budget: float, since: int, until: int) -> Looks:
    """Production's rule: shorter intervals after a look that found something, longer ones after another.

    Its intervals are scaled until it spends the budget; where it cannot, it comes as near as it can.
    """
    low, high = 0.01, 60.0
    most = budget * len(trace) * (until - since) / DAY
    kept: Looks = {name: [until + DAY] for name in trace}
    for _ in range(22):
        scale = sqrt(low * high)
        looks = {name: _adapting(items, since, until + DAY, scale) for name, items in trace.items()}
        if sum(bisect_left(minutes, until) for minutes in looks.values()) > most:
            low = scale
        else:
            high, kept = scale, looks
    return kept


def _turned(phase: float, number: int) -> float:
    """Sources begin at different phases, spread evenly by the golden ratio."""
    return (phase + number * 0.6180339887) % 1


def _spread(hourly: Sequence[float], since: int, until: int, phase: float) -> list[float]:
    """Looks at a density that repeats itself, given in looks an hour, over the span and a day more."""
    looks = []
    passed, wanted = 0.0, phase
    for hour in range((until + DAY - since) // 60):
        density = hourly[hour % len(hourly)]
        while density and wanted < passed + density:
            looks.append(since + 60 * (hour + (wanted - passed) / density))
            wanted += 1
        passed += density
    return looks


def _adapting(items: Sequence[float], since: int, until: int, scale: float) -> list[float]:
    looks = []
    now, interval = float(since), _FIRST * scale
    known = bisect_left(items, since)
    while now < until:
        looks.append(now)
        found = bisect_right(items, now, known)
        interval = min(max(interval * (HIT if found > known else MISS), _LEAST * scale), _MOST * scale)
        known, now = found, now + interval
    return looks
