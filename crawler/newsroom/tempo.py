"""How often the papers publish: log-normal rates, a newsroom's day and week, bursts, holidays; and when.

The rates are known at every minute, so that a rule of looking can be measured against one that knows them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import exp
from random import Random

from crawler.newsroom.grammar import die
from crawler.text import VIETNAM, holidays

_DAY = 1440
_MEDIAN, _SPREAD, _MOST = 8.0, 1.4, 300.0
"""Items a day: median and logarithmic deviation of the papers, and the most that one can do."""
_HOURS = (0.15,) * 5 + (0.6,) + (1.6,) * 6 + (1.0,) * 2 + (1.7,) * 4 + (0.9,) * 4 + (0.15,) * 2
_WEEKEND, _HOLIDAY = 0.6, 0.4
_HABIT = 0.1
"""Logarithmic deviation of a paper's own hours and weekends from the common ones."""
_BURSTS = 0.1
"""Bursts of a paper a day; one lasts one to four hours, at two to five times the rate."""


@dataclass(frozen=True, slots=True)
class Tempo:
    """The items a minute of one paper, minute by minute from midnight of the first day on."""

    rates: tuple[float, ...]

    def times(self, start: date, rng: Random) -> list[datetime]:
        """Times of publication: a Poisson process of these rates."""
        midnight = datetime.combine(start, time(), VIETNAM)
        moments = []
        passed, wanted = 0.0, rng.expovariate(1)
        for minute, rate in enumerate(self.rates):
            while rate and wanted < passed + rate:
                moments.append(midnight + timedelta(minutes=minute + (wanted - passed) / rate))
                wanted += rng.expovariate(1)
            passed += rate
        return moments


def tempos(seed: int, names: Iterable[str], start: date, days: int) -> dict[str, Tempo]:
    """The tempo of each paper over some days."""
    return {name: _tempo(die(seed, name, "tempo"), start, days) for name in names}


def _tempo(rng: Random, start: date, days: int) -> Tempo:
    level = min(_MEDIAN * exp(rng.gauss(0, _SPREAD)), _MOST)
    hours = [value * exp(rng.gauss(0, _HABIT)) for value in _HOURS]
    weekend = _WEEKEND * exp(rng.gauss(0, _HABIT))
    minutes = [level / _DAY * hours[minute // 60] * 24 / sum(hours) for minute in range(_DAY)]
    rates: list[float] = []
    for number in range(days):
        day = start + timedelta(days=number)
        factor = _HOLIDAY if day in holidays(day.year) else weekend if day.weekday() >= 5 else 1.0
        rates.extend(factor * rate for rate in minutes)
    for number in range(days):
        if rng.random() < _BURSTS:
            begins = number * _DAY + rng.randrange(6 * 60, 21 * 60)
            ends, factor = begins + rng.randrange(60, 240), rng.uniform(2, 5)
            rates[begins:ends] = [factor * rate for rate in rates[begins:ends]]
    return Tempo(tuple(rates))
