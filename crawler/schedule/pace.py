"""When to poll next at each source of a site, and why: the plan of a day within its budget.

A `Pace` is the state of one site, plain data that a store can keep as JSON. Whoever runs the polls asks `next_poll`,
and tells `saw` or `failed` what came of it. The schedule pays in the store (`crawler.fetch.budget`) and copies what is
spent into `budget`; a replay pays with `take`. Nothing here knows a clock: time is an argument.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from itertools import accumulate
from math import ceil, inf
from typing import Any

from crawler.items import Purpose
from crawler.schedule.budget import Budget
from crawler.schedule.rates import DAY, GRACE, day_number, expected, minutes, moment, shares
from crawler.schedule.reasons import Outlook, why
from crawler.schedule.source_rates import PollResult, SourceRate
from crawler.schedule.tier_rates import Prior, hourly
from crawler.schedule.timetable import Demand, best_polls, rebalance, timetable
from crawler.text import SKEW

_BEYOND = 480
"""Minutes of the next day that a plan has in view, so that its last polls stand where tomorrow wants them."""
_SURPRISE = 0.2
"""Change of a burst's probability from which the rest of the day is planned anew."""
_INSTANT = 1e-3
"""Minutes within which two times are the same."""


@dataclass(frozen=True, slots=True)
class NextPoll:
    """When to poll next, and the reason in a sentence."""

    at: datetime
    why: str


@dataclass(slots=True)
class Pace:
    """When to poll the sources of one site.

    `floor` and `ceiling` are the least and greatest minutes between two polls of a source, `delay` the seconds between
    two requests that the site's robots.txt asks for. `prior` is what the tier has in common; whoever knows the tier's
    other sites renews it with `Prior.of`.
    """

    budget: Budget
    sources: dict[str, SourceRate] = field(default_factory=dict)
    prior: Prior = field(default_factory=Prior)
    floor: int = 1
    ceiling: int = DAY
    delay: float = 0.0
    day: int = 0
    """The day since 1970 that `polls` are planned for."""
    polls: dict[str, list[float]] = field(default_factory=dict)
    """Minutes since 1970 of the polls still to come, by source; they include the first of the next day."""
    price: float = inf
    """Item-minutes that a poll must save to be worth a request."""
    asked: float = 0.0
    """The last request, of any kind."""
    _curves: dict[str, tuple[int, list[float]]] = field(default_factory=dict, repr=False, compare=False)

    def heal(self, now: datetime) -> None:
        """Take back what a clock has told that was ahead; the day is planned anew where it had been another's."""
        at = minutes(now)
        if self.asked > at + SKEW.total_seconds() / 60:
            for source in self.sources.values():
                source.not_before = 0.0
        if self.asked > at:
            self.asked = at
        for source in self.sources.values():
            source.heal(at)
        if self.day > day_number(at):
            self.day, self.polls = 0, {}
        self.budget.day = min(self.budget.day, day_number(at))

    def plan(self, now: datetime) -> None:
        """Plan the rest of the day, for all sources."""
        at = minutes(now)
        self.day = day_number(at)
        self.budget.turn(self.day)
        self._curves.clear()
        start = self._start(at)
        demands = {name: self._demand(name, start) for name in self.sources}
        span = (self.day + 1) * DAY - start
        planned, self.price = timetable(demands, self.budget.polls(span / DAY, self.items(now)), span)
        self.polls = {name: [start + poll for poll in polls] for name, polls in planned.items()}
        for source in self.sources.values():
            source.planned_with = source.bursting

    def next_poll(self, name: str, now: datetime) -> NextPoll:
        """When to poll a source; not before `now`. Plans the day when it has not been planned yet."""
        source = self.sources.get(name)
        if source is None:
            source = self.sources[name] = SourceRate()
            self.day = 0
        if day_number(minutes(now)) != self.day:
            self.plan(now)
        due = next(due for due, source in self._planned() if source == name)
        due = max(due, self.asked + self.delay / 60, minutes(now))
        return NextPoll(moment(due), self._why(name, due))

    def next_source(self, now: datetime) -> tuple[str, datetime]:
        """The source that is to be polled next, and when."""
        if day_number(minutes(now)) != self.day:
            self.plan(now)
        due, name = min(self._planned())
        return name, moment(max(due, self.asked + self.delay / 60, minutes(now)))

    def _planned(self) -> Iterator[tuple[float, str]]:
        """When each source is to be polled as far as it alone is concerned."""
        tomorrow = (self.day + 1) * DAY
        broke = not self.budget.left
        for name, source in self.sources.items():
            polls = self.polls[name]
            poll = tomorrow if broke or not polls or polls[0] > tomorrow else polls[0]
            yield max(poll + GRACE, source.not_before), name

    def take(self, purpose: Purpose, now: datetime, requests: int = 1) -> bool:
        """Ask whether requests may be made now, and count them if so; False when their share of the day is used up."""
        at = minutes(now)
        self.budget.turn(day_number(at))
        left = 1 - at % DAY / DAY
        if purpose != "look" and requests > self.budget.room(purpose, left, self.items(now), self.planned):
            return False
        if not self.budget.take(purpose, requests):
            return False
        self.asked = max(self.asked, at)
        return True

    def saw(self, name: str, seen: PollResult) -> None:
        """Learn from a poll, and plan the rest of the day anew where the source does what nobody expected."""
        at = minutes(seen.at)
        source = self.sources[name]
        usual = 0.0 if source.last is None else self._mass(name, source.last, at)
        first = source.last is None
        source.saw(seen, usual)
        self._forget(name, at)
        if day_number(at) != self.day:
            return
        if first:
            self._curves.pop(name, None)
        if first or abs(source.bursting - source.planned_with) > _SURPRISE:
            self._replan(name, at)

    def failed(self, name: str, now: datetime, retry_after: float | None = None) -> None:
        """A poll failed; `retry_after` in seconds."""
        self.sources[name].failed(now, retry_after)
        self._forget(name, minutes(now))

    def _forget(self, name: str, at: float) -> None:
        polls = self.polls.get(name, [])
        del polls[: bisect_left(polls, self._start(at))]

    def _replan(self, name: str, at: float) -> None:
        start = self._start(at)
        span = (self.day + 1) * DAY - start
        self.sources[name].planned_with = self.sources[name].bursting
        # What is due this minute is as good as done.
        due = {each: polls[:1] for each, polls in self.polls.items() if polls and polls[0] < start}
        demands = {each: self._demand(each, start, polled=each in due) for each in self.sources}
        polls = {each: [poll - start for poll in self.polls.get(each, ()) if poll >= start] for each in self.sources}
        polls[name] = [float(poll) for poll in best_polls(demands[name], self.price)]
        requests = self.budget.polls(span / DAY, self.items(moment(at))) - len(due)
        times = rebalance(demands, polls, max(requests, 0), span)
        self.polls = {each: due.get(each, []) + [start + time for time in times[each]] for each in times}

    @property
    def planned(self) -> int:
        """Polls still to come today."""
        end = (self.day + 1) * DAY
        return sum(poll < end for polls in self.polls.values() for poll in polls)

    def items(self, now: datetime) -> float:
        """New items to be expected in the rest of the day."""
        at = minutes(now)
        end = (day_number(at) + 1) * DAY
        return sum(source.weight * self._mass(name, at, end) for name, source in self.sources.items())

    def usual(self, since: datetime, until: datetime) -> float:
        """New items that usually come between two times; of what lies before the day before the planned one none."""
        begin, end = minutes(since), minutes(until)
        known = (source.weight * self._mass(name, begin, end) for name, source in self.sources.items())
        return sum(known) if self.day else 0.0

    def rate(self, name: str, now: datetime) -> float:
        """Items an hour to be expected from a source now."""
        at = minutes(now)
        return self._mass(name, at, at + 60) * self._rising(name, at)

    def _start(self, at: float) -> int:
        """The first minute that a poll at `at` does not see."""
        return ceil(at - GRACE + _INSTANT)

    def _rising(self, name: str, at: float) -> float:
        source = self.sources[name]
        return source.rising(at - source.last) if source.last is not None else 1.0

    def _curve(self, name: str) -> tuple[int, list[float]]:
        """First minute and running sum of the items expected of a source on the planned day and around it."""
        if name not in self._curves:
            source = self.sources[name]
            by_hour, parts = hourly(source.rate, self.prior), shares(source.rate.spikes)
            days = (self.day - 1, self.day, self.day + 1)
            curve = [items for day in days for items in expected(by_hour, parts, day)]
            self._curves[name] = (days[0] * DAY, list(accumulate(curve, initial=0.0)))
        return self._curves[name]

    def _mass(self, name: str, since: float, until: float) -> float:
        first, total = self._curve(name)
        last = len(total) - 1
        start, end = (min(max(self._start(at) - first, 0), last) for at in (since, until))
        return total[end] - total[start]

    def _demand(self, name: str, start: int, *, polled: bool = False) -> Demand:
        """What a source asks for from `start` on, `polled`: if it is polled right before."""
        source = self.sources[name]
        first, total = self._curve(name)
        weight = source.weight
        end = (self.day + 1) * DAY + _BEYOND - first
        begin = start - first
        coming = [
            (after - here) * weight for here, after in zip(total[begin:end], total[begin + 1 : end + 1], strict=True)
        ]
        last = source.last if source.last is not None else start - self.ceiling
        last = start - 1 + GRACE if polled else last
        if source.bursting > _SURPRISE / 2:
            coming = [items * source.rising(start - last + number) for number, items in enumerate(coming)]
        return Demand(
            expected=coming,
            waiting=self._mass(name, last, start - 1 + GRACE) * weight,
            idle=round(start + GRACE - last, 3),
            most=source.most * weight,
            floor=self.floor,
            ceiling=self.ceiling,
        )

    def _why(self, name: str, due: float) -> str:
        source = self.sources[name]
        waiting = self._mass(name, source.last, due) if source.last is not None else 0.0
        return why(
            source,
            Outlook(
                at=due,
                rate=self._mass(name, due - 30, due + 30),
                waiting=waiting,
                released=self._mass(name, due - 1, due),
                ceiling=self.ceiling,
                tomorrow=(self.day + 1) * DAY,
            ),
        )

    def to_json(self) -> dict[str, Any]:
        """Plain data that `from_json` reads."""
        return {
            "budget": self.budget.to_json(),
            "habits": {name: source.to_json() for name, source in self.sources.items()},
            "prior": asdict(self.prior),
            "looks": {name: list(polls) for name, polls in self.polls.items()},
        } | {name: getattr(self, name) for name in ("floor", "ceiling", "delay", "day", "asked", "price")}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Pace:
        """The pace that `to_json` wrote."""
        read = {
            "budget": Budget.from_json(data["budget"]),
            "sources": {name: SourceRate.from_json(value) for name, value in data["habits"].items()},
            "prior": Prior(**{**data["prior"], "profile": tuple(data["prior"]["profile"])}),
            "polls": data["looks"],
        }
        return cls(**{name: value for name, value in data.items() if name not in ("habits", "looks")} | read)
