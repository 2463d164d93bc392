"""How often a source publishes, minute by minute: learned from the times of its items.

A `Rate` remembers counts over hours observed, forgotten with a half-life, so that rates that move are followed; what
they say of each hour of the week is for `crawler.schedule.tier_rates`. Within an hour items fall evenly, but for the
minutes at which papers release what they have prepared (full hours, the end of an embargo), which stand out by
themselves.

Times are minutes since 1970 on Viet Nam's clock. A minute's items are those that a poll `GRACE` minutes after it sees
first, so that a poll stands right behind what is released at a full minute.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from math import ceil, sqrt
from typing import Any

from crawler.text import VIETNAM, weekday

DAY = 1440
HOURS = 168  # of a week
GRACE = 10 / 60
"""Minutes between a full minute and the poll for it: what is released at 05:00:00 must have reached the feed."""
_EPOCH = date(1970, 1, 1)
_FORGET_RATE = 0.5 ** (1 / 28)
"""Kept of the counts by hour from one day to the next: a half-life of four weeks."""
_FORGET_MINUTE = 0.5 ** (1 / 120)
"""The same of the minutes, whose habits live longer."""
_FORGET_MOST = 7
"""Days that are forgotten at once: time in which nobody watched, or that a clock has jumped over, makes nothing old."""
_CHANCE = 1.5
"""Standard deviations above the hour's other minutes up to which a minute's count is taken for chance."""


def minutes(at: datetime) -> float:
    """Minutes since 1970 on Viet Nam's clock."""
    return at.timestamp() / 60 + 420


def moment(minute: float) -> datetime:
    """The time, on Viet Nam's clock, of minutes since 1970."""
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(minutes=minute - 420)).astimezone(VIETNAM)


def day_number(minute: float) -> int:
    """Days since 1970 on Viet Nam's clock; `crawler.text.dates.day_of` gives the date."""
    return int(minute // DAY)


def kind_of(day: int) -> int:
    """The weekday whose habits a day since 1970 has: 0 for Monday to 6 for Sunday and holidays."""
    return weekday(_EPOCH + timedelta(days=day))


@dataclass(slots=True)
class Rate:
    """What is remembered of a source's items; plain data.

    `counts` and `hours` are items and hours observed for each hour of the week, `spikes` items by minute of the day,
    all weighted by their age; `day` is the day that they were last aged.
    """

    counts: list[float] = field(default_factory=lambda: [0.0] * HOURS)
    hours: list[float] = field(default_factory=lambda: [0.0] * HOURS)
    spikes: dict[int, float] = field(default_factory=dict)
    squares: float = 0.0
    day: int | None = None

    def observe(self, since: float, until: float, items: Iterable[float], undated: int = 0) -> None:
        """Learn that `items` and `undated` more were published from `since` to `until`, and nothing else was."""
        self._age(day_number(until))
        start = since
        span = max(until - since, 1e-9)
        while start < until:
            end = min((start // 60 + 1) * 60, until)
            place = _place(start)
            self.hours[place] += (end - start) / 60
            self.squares += (end - start) / 60
            self.counts[place] += undated * (end - start) / span
            start = end
        for item in items:
            minute = ceil(item - GRACE)
            self.counts[_place(minute)] += 1
            self.spikes[minute % DAY] = self.spikes.get(minute % DAY, 0.0) + 1

    def _age(self, day: int) -> None:
        days = 0 if self.day is None else min(max(day - self.day, 0), _FORGET_MOST)
        if days:
            keep, keep_minute = _FORGET_RATE**days, _FORGET_MINUTE**days
            self.squares *= keep**2
            self.counts = [value * keep for value in self.counts]
            self.hours = [value * keep for value in self.hours]
            self.spikes = {minute: value * keep_minute for minute, value in self.spikes.items()}
        self.day = day if self.day is None else max(day, self.day)

    @property
    def noise(self) -> float:
        """Variance of a weighted Poisson count over its mean: 1 while all weigh the same, less when many are old."""
        return self.squares / max(sum(self.hours), 1e-9) if self.squares else 1.0

    def to_json(self) -> dict[str, Any]:
        """Plain data that `from_json` reads."""
        return {
            "counts": [round(value, 4) for value in self.counts],
            "hours": [round(value, 4) for value in self.hours],
            "spikes": {str(minute): round(value, 4) for minute, value in sorted(self.spikes.items())},
            "squares": round(self.squares, 4),
            "day": self.day,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Rate:
        """The rate that `to_json` wrote."""
        spikes = {int(minute): value for minute, value in data["spikes"].items()}
        return cls(list(data["counts"]), list(data["hours"]), spikes, data["squares"], data["day"])


def shares(spikes: Mapping[int, float]) -> list[float]:
    """Which part of its hour's items each minute of the day has: even, but for the minutes of release.

    What a minute has more than the others is shrunk by what chance makes of it: the less, the more it stands out (the
    non-negative garrote; L. Breiman, Better subset regression, Technometrics 37, 1995).
    """
    whole: list[float] = []
    for hour in range(24):
        counts = [spikes.get(60 * hour + minute, 0.0) for minute in range(60)]
        middle = sorted(counts)[30]
        usual = sum(min(count, middle + 2 * sqrt(middle + 0.5)) for count in counts) / 60
        chance = _CHANCE * sqrt(usual + 1)
        kept = [usual + max(count - usual - chance**2 / max(count - usual, chance), 0.0) + 1e-3 for count in counts]
        total = sum(kept)
        whole.extend(value / total for value in kept)
    return whole


def expected(rates: Sequence[float], parts: Sequence[float], day: int) -> list[float]:
    """Items to be expected in each minute of a day since 1970; `rates` by hour of the week, `parts` from `shares`."""
    first = 24 * kind_of(day)
    return [rates[first + minute // 60] * part for minute, part in enumerate(parts)]


def _place(minute: float) -> int:
    """The hour of the week, 0 for Monday after midnight."""
    day, rest = divmod(minute, DAY)
    return 24 * kind_of(int(day)) + int(rest // 60)
