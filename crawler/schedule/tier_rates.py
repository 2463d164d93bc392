"""What the sources of a tier have in common, and what that says of one of them: items for each hour of the week.

A source's rate is a product: its level, the tier's profile of the week, and what it does differently on Saturdays and
Sundays, at an hour of the day, at an hour of the week. Each factor is Gamma distributed around 1, and what was counted
draws it away from there: (count + α)/(expected + α). How far the sources of a tier differ in a factor, which is 1/α, is
learned from all of them (method of moments for the negative binomial), so that ministries of one habit share what is
seen of any of them, and papers of many habits are believed each for itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from crawler.schedule.rates import HOURS, Rate
from crawler.text import SUNDAY

_NIGHT, _DAY = (0.3,) * 5 + (0.8,), (1.5,) * 13 + (0.9,) * 3 + (0.5,) * 2
_LEAST = 0.03
"""Part of the mean rate that no hour of a profile is below: what nobody has published at yet may still come."""
_LEVEL = 2.0
"""Items that the tier's rate counts for beside a source's own."""
_FEW = 0.05
"""Expected items below which a count says nothing about how sources differ."""
_ALIKE = 0.5
"""Squared difference of sources at which counts are weighed as if sampling alone did not matter any more."""
_SAME = 1e-3
"""The least squared difference that is believed."""

Pairs = list[tuple[float, float]]
"""Weighted counts, and what was to be expected in their place."""


@dataclass(frozen=True, slots=True)
class Prior:
    """What a tier's sources have in common; plain data.

    `rate` is in items an hour. `profile` is relative to it, by hour for workdays, Saturday and Sunday, and 1 on average
    over a week. `kinds`, `hours` and `week` are the α of Saturdays and Sundays, of an hour of such a day, and of a
    single hour of the week.
    """

    rate: float = 8 / 24
    profile: tuple[float, ...] = (_NIGHT + _DAY) * 3
    kinds: float = 5.0
    hours: float = 1.0
    week: float = 50.0

    @classmethod
    def of(cls, rates: Iterable[Rate]) -> Prior:
        """Learned from all sources of a tier."""
        sources = [rate for rate in rates if rate.squares]
        prior = cls()
        if not sources:
            return prior
        counts, hours = ([sum(column) for column in zip(*map(_by_kind, rows), strict=True)] for rows in (
            [rate.counts for rate in sources], [rate.hours for rate in sources]
        ))  # fmt: skip
        level = (sum(counts) + prior.rate) / (sum(hours) + 1)
        profile = [
            max((count / level + 2 * usual) / (seen + 2), _LEAST)
            for count, seen, usual in zip(counts, hours, prior.profile, strict=True)
        ]
        mean = (5 * sum(profile[:24]) + sum(profile[24:])) / HOURS
        prior = cls(level, tuple(value / mean for value in profile))
        prior = replace(prior, kinds=_alpha(sources, lambda rate: _kinds(rate, prior)[1], prior.kinds))
        prior = replace(prior, hours=_alpha(sources, lambda rate: _hours(rate, prior)[1], prior.hours))
        return replace(prior, week=_alpha(sources, lambda rate: _week(rate, prior)[1], prior.week))


def hourly(rate: Rate, prior: Prior) -> list[float]:
    """Items an hour that are to be expected of a source, for each hour of the week."""
    guess, pairs = _week(rate, prior)
    return _drawn(guess, pairs, prior.week * rate.noise)


def _kinds(rate: Rate, prior: Prior) -> tuple[list[float], Pairs]:
    """Items an hour by the level alone for workdays, Saturday and Sunday, and what was counted on each."""
    seen = [hours * value * prior.rate for hours, value in zip(_by_kind(rate.hours), prior.profile, strict=True)]
    level = (sum(rate.counts) + _LEVEL) / (sum(seen) + _LEVEL)
    counts = _by_kind(rate.counts)
    pairs = [(sum(counts[at : at + 24]), sum(seen[at : at + 24]) * level) for at in (0, 24, 48)]
    return [prior.rate * level] * 3, pairs


def _hours(rate: Rate, prior: Prior) -> tuple[list[float], Pairs]:
    """The same with the kind of day known, for each of its hours."""
    kinds = _drawn(*_kinds(rate, prior), prior.kinds * rate.noise)
    guess = [kinds[at // 24] * value for at, value in enumerate(prior.profile)]
    expected = [hours * value for hours, value in zip(_by_kind(rate.hours), guess, strict=True)]
    return guess, list(zip(_by_kind(rate.counts), expected, strict=True))


def _week(rate: Rate, prior: Prior) -> tuple[list[float], Pairs]:
    """The same with the hour of the day known, for each hour of the week."""
    hours = _drawn(*_hours(rate, prior), prior.hours * rate.noise)
    guess = [hours[_kind(place)] for place in range(HOURS)]
    expected = [seen * value for seen, value in zip(rate.hours, guess, strict=True)]
    return guess, list(zip(rate.counts, expected, strict=True))


def _drawn(guess: Sequence[float], pairs: Pairs, alpha: float) -> list[float]:
    """The guesses, each times the mean of its factor's Gamma distribution."""
    return [value * (count + alpha) / (expected + alpha) for value, (count, expected) in zip(guess, pairs, strict=True)]


def _alpha(sources: Sequence[Rate], pairs_of: Callable[[Rate], Pairs], guess: float) -> float:
    """1 over the squared difference of the sources, less what chance makes of it; each count by what it can say.

    The `guess` where none says anything.
    """
    total = weights = 0.0
    for rate in sources:
        for count, expected in pairs_of(rate):
            if expected > _FEW:
                weight = (1 / expected + _ALIKE) ** -2
                total += weight * ((count / expected - 1) ** 2 - rate.noise / expected)
                weights += weight
    return 1 / max(total / weights, _SAME) if weights else guess


def _by_kind(week: Sequence[float]) -> list[float]:
    """Sums over the workdays, of Saturday and of Sunday by hour: 72 numbers of 168."""
    return [sum(week[hour + 24 * day] for day in range(SUNDAY - 1)) for hour in range(24)] + list(
        week[24 * (SUNDAY - 1) :]
    )


def _kind(place: int) -> int:
    """Where an hour of the week stands among the 72."""
    day, hour = divmod(place, 24)
    return hour + 24 * max(day - SUNDAY + 2, 0)
