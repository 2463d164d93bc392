"""When to poll: the timetable of a day that makes the mean delay of new items least for a number of requests.

For one source the delay is Σ∫λ(t)(τ_j − t)dt over its polls τ_j. At a price μ in item-minutes for each poll the best
polls follow from a dynamic programme over the minutes; its costs are lines in τ, so that the lower hull of the lines
already met gives each minute its best predecessor in constant time. The dense limit is the square-root rule
f(t) = √(λ(t)/2μ); unlike that, the programme stands right behind minutes of release. One price for all sources shares
the requests among them in the best way; it is found so that they add up to what may be spent, and what is then left
is put where it saves most.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from itertools import accumulate, pairwise
from math import ceil, inf, sqrt

Polls = dict[str, list[int]]
Times = dict[str, list[float]]
"""Minutes of the polls of each source, in order; the former whole."""
_NEAR = 0.98
"""Part of the requests that a price must spend; the rest is put in one by one."""
_TRIES = 12
_FINE = 12
"""Places to choose from between two polls of average distance."""
_BROKEN = 1e12  # item-minutes that a broken bound counts for


@dataclass(frozen=True, slots=True)
class Demand:
    """What a source asks for, from one minute (number 0) on.

    `expected` are its items in each minute, times its weight, over the span to be planned and some hours more;
    `waiting` those since the last poll, which was `idle` minutes before. Between two polls at most `most` items and
    `ceiling` minutes may pass, and at least `floor` minutes must.
    """

    expected: Sequence[float]
    waiting: float = 0.0
    idle: float = 1.0
    most: float = inf
    floor: int = 1
    ceiling: int = 1440


def timetable(demands: Mapping[str, Demand], requests: int, span: int) -> tuple[Times, float]:
    """The minutes to poll each source, and what price a poll came to in item-minutes.

    Exactly `requests` polls fall into the first `span` minutes, unless floors do not let so many in. When bounds ask
    for more than that, they are broken where it costs least.
    """
    courses = {name: _Course(demand) for name, demand in demands.items()}
    roots = sum(sum(map(sqrt, demand.expected[:span])) for demand in demands.values())
    price = max(roots / max(requests, 1), 1e-9) ** 2 / 2
    low, high = 0.0, inf
    polls: Polls = {}
    spent = 0
    for _ in range(_TRIES):
        polls = {name: course.best(price) for name, course in courses.items()}
        before, spent = spent, _spent(polls, span)
        if _NEAR * requests <= spent <= requests or before == spent > requests:
            break  # by the price, or by bounds that no price can lower
        low, high = (price, high) if spent > requests else (low, price)
        # The number of polls goes with 1/√price.
        price *= min(max((spent / max(requests * (1 + _NEAR) / 2, 0.5)) ** 2, 0.1), 10.0)
        if not low < price < high:
            price = sqrt(low * high)
    _balance(courses, polls, requests, span)
    return {name: course.refined(polls[name], span) for name, course in courses.items()}, price


def rebalance(demands: Mapping[str, Demand], times: Times, requests: int, span: int) -> Times:
    """Other polls than `times`, changed where it costs least or saves most until `requests` fall into the span."""
    courses = {name: _Course(demand) for name, demand in demands.items()}
    before = {name: [int(time) for time in times[name]] for name in demands}
    polls = {name: [*minutes] for name, minutes in before.items()}
    _balance(courses, polls, requests, span)
    return {
        name: course.refined(polls[name], span) if polls[name] != before[name] else times[name]
        for name, course in courses.items()
    }


def best_polls(demand: Demand, price: float) -> list[int]:
    """The polls of one source that are worth `price` item-minutes each, or that its bounds ask for."""
    return _Course(demand).best(price)


class _Course:
    """A source's demand with its running sum; -1 stands for the last poll before the plan."""

    def __init__(self, demand: Demand) -> None:
        self.demand = demand
        self.total = list(accumulate(demand.expected, initial=0.0))
        self.end = len(demand.expected) - 1

    def mass(self, last: int, poll: int) -> float:
        """Items that `poll` would find after `last`."""
        return self.total[poll + 1] - (self.total[last + 1] if last >= 0 else -self.demand.waiting)

    def saved(self, last: int, poll: int, following: int) -> float:
        """Item-minutes that a poll between two others saves."""
        return self.mass(last, poll) * (following - poll)

    def between(self, last: int, low: int, high: int, following: int) -> int:
        """About the best place for a poll between two others, from `low` to `high`."""
        places: list[int] = [*range(low, high, max(1, (high - low) // _FINE)), high]
        return int(max(places, key=lambda place: self.saved(last, place, following)))

    def reach(self, last: int) -> int:
        """The latest minute for the poll after `last` that keeps the bounds."""
        by_mass = bisect_right(self.total, self.total[last + 1] - (0 if last >= 0 else self.demand.waiting)
                               + self.demand.most) - 2  # fmt: skip
        by_time = int(self.demand.ceiling + (last if last >= 0 else -self.demand.idle))
        return max(min(by_mass, by_time), self.soonest(last))

    def soonest(self, last: int) -> int:
        """The first minute for a poll after `last`."""
        return last + self.demand.floor if last >= 0 else max(0, ceil(self.demand.floor - self.demand.idle))

    def best(self, price: float) -> list[int]:
        """The polls of the dynamic programme, those too near to the next left out, those that bounds ask for put in."""
        kept = [self.end]
        for poll in reversed(self._cheapest(price)):
            if self.soonest(-1) <= poll <= kept[-1] - self.demand.floor:
                kept.append(poll)
        polls: list[int] = []
        last = -1
        for poll in reversed(kept):
            while (reach := self.reach(last)) < poll:
                low, high = self.soonest(last), min(reach, poll - self.demand.floor)
                if high < low and poll < self.end:
                    poll = reach  # too near for one more: it comes sooner itself
                    break
                last = self.between(last, low, max(low, high), poll)
                polls.append(last)
            polls.append(poll)
            last = poll
        return polls[:-1]

    def refined(self, polls: Sequence[int], span: int) -> list[float]:
        """The polls moved by less than the places they were chosen from are apart; none leaves or enters the span."""
        times = [-1.0, *polls, float(self.end)]
        for place, poll in enumerate(polls, 1):
            last, following = times[place - 1], times[place + 1]
            shift = max((following - last) / _FINE / 6, 1 / 3)
            low = last + self.demand.floor if place > 1 else self.soonest(-1)
            high = min(following - self.demand.floor, span - 1 if poll < span else self.end)
            base = self._come(last)
            options = [poll + shift * number for number in range(-2, 3) if poll < span or number >= 0]
            times[place] = max(
                (time for time in options if low <= time <= high or time == poll),
                key=lambda time: (self._come(time) - base) * (following - time),
            )
        return times[1:-1]

    def _come(self, time: float) -> float:
        """Items up to a time within a minute; what a minute has more than the one before comes at its end."""
        minute = int(time + 1) - 1
        part = time - minute
        come = self.total[minute + 1]
        return come + part * min(self.demand.expected[max(minute, 0) : minute + 2]) if part else come

    def _cheapest(self, price: float) -> list[int]:
        total, expected, end = self.total, self.demand.expected, self.end
        step = max(1, int(sqrt(2 * price * (end + 1) / max(total[-1], 1e-9)) / _FINE))
        # A line for each minute that can come before: what the polls up to it cost, and the running sum as its slope.
        minutes, heights, slopes, before = [-1], [0.0], [-self.demand.waiting], [0]
        hull, first = [0], 0
        for minute, here in enumerate(expected):
            if minute % step and minute < end and here <= 1.2 * expected[minute + 1]:
                continue
            while first + 1 < len(hull) and (
                heights[first + 1] - heights[first] <= minute * (slopes[first + 1] - slopes[first])
            ):
                first += 1
            slope = total[minute + 1]
            height = price + minute * slope + heights[first] - minute * slopes[first]
            before.append(hull[first])
            while len(hull) - first > 1 and (height - heights[-1]) * (slopes[-1] - slopes[-2]) <= (
                heights[-1] - heights[-2]
            ) * (slope - slopes[-1]):
                hull.pop()
                heights.pop()
                slopes.pop()
            hull.append(len(minutes))
            heights.append(height)
            slopes.append(slope)
            minutes.append(minute)
        polls = []
        place = before[-1]
        while place:
            polls.append(minutes[place])
            place = before[place]
        return polls[::-1]


Choice = tuple[float, str, int, int, int]
"""Cost, source, the poll before, the poll in question, the poll after."""


def _balance(courses: Mapping[str, _Course], polls: Polls, requests: int, span: int) -> None:
    surplus = _spent(polls, span) - requests
    options = _removals if surplus > 0 else _additions
    heap = [
        choice
        for name, course in courses.items()
        for choice in options(name, course, [-1, *polls[name], course.end], span)
    ]
    heapify(heap)
    while surplus and heap:
        _, name, last, poll, following = heappop(heap)
        course, minutes = courses[name], polls[name]
        place = bisect_left(minutes, poll)
        around = [-1, *minutes, course.end][place : place + 3]
        if surplus > 0 and around == [last, poll, following]:
            del minutes[place]
            surplus -= 1
            changed = [-1, *minutes, course.end][max(place - 1, 0) : place + 3]
        elif surplus < 0 and around[:2] == [last, following]:
            minutes.insert(place, poll)
            surplus += 1
            changed = [last, poll, following]
        else:
            continue  # its neighbours have changed
        for choice in options(name, course, changed, span):
            heappush(heap, choice)


def _removals(name: str, course: _Course, polls: Sequence[int], span: int) -> Iterator[Choice]:
    """What each poll but the first and last of `polls` is worth."""
    for last, poll, following in zip(polls, polls[1:], polls[2:], strict=False):
        if poll < span:
            bound = _BROKEN if following > course.reach(last) else 0.0
            yield course.saved(last, poll, following) + bound, name, last, poll, following


def _additions(name: str, course: _Course, polls: Sequence[int], span: int) -> Iterator[Choice]:
    """The best poll between each two of `polls`."""
    for last, following in pairwise(polls):
        low, high = course.soonest(last), min(following - course.demand.floor, span - 1)
        if low <= high:
            poll = course.between(last, low, high, following)
            yield -course.saved(last, poll, following), name, last, poll, following


def _spent(polls: Polls, span: int) -> int:
    return sum(bisect_left(minutes, span) for minutes in polls.values())
