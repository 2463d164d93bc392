"""Replays a trace of publication times under each rule, at the same number of requests, and measures the delays."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import sqrt

from crawler.errors import BadInput
from crawler.schedule.budget import Budget
from crawler.schedule.pace import Pace
from crawler.schedule.rates import DAY, HOURS, minutes, moment
from crawler.schedule.source_rates import PollResult, SourceRate
from crawler.schedule.tier_rates import Prior

Trace = Mapping[str, Sequence[float]]
Polls = dict[str, list[float]]
HIT, MISS = 0.8, 1.5
"""Factors of the multiplicative rule (news-crawl): after a poll that found something, and after any other."""
_FIRST, _LEAST, _MOST = 60.0, 2.0, 2880.0
"""Its first, least and greatest interval in minutes, which are scaled together to meet the budget."""


def uniform(trace: Trace, budget: float, since: int, until: int, phase: float) -> Polls:
    """Every source at the same interval."""
    return {
        name: _spread([budget / 24] * 24, since, until, _turned(phase, number)) for number, name in enumerate(trace)
    }


def proportional(trace: Trace, budget: float, since: int, until: int, phase: float) -> Polls:
    """Every source at an interval of its own, in proportion to its true rate over the span."""
    counts = {name: bisect_left(items, until) - bisect_left(items, since) for name, items in trace.items()}
    whole = max(sum(counts.values()), 1)
    return {
        name: _spread([budget * len(trace) * count / whole / 24] * 24, since, until, _turned(phase, number))
        for number, (name, count) in enumerate(counts.items())
    }


def oracle(trace: Trace, budget: float, since: int, until: int, phase: float) -> Polls:
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


def multiplicative(trace: Trace, budget: float, since: int, until: int) -> Polls:
    """Production's rule: shorter intervals after a poll that found something, longer ones after another.

    Its intervals are scaled until it spends the budget; where it cannot, it comes as near as it can.
    """
    low, high = 0.01, 60.0
    most = budget * len(trace) * (until - since) / DAY
    kept: Polls = {name: [until + DAY] for name in trace}
    for _ in range(22):
        scale = sqrt(low * high)
        polls = {name: _adapting(items, since, until + DAY, scale) for name, items in trace.items()}
        if sum(bisect_left(minutes, until) for minutes in polls.values()) > most:
            low = scale
        else:
            high, kept = scale, polls
    return kept


def _turned(phase: float, number: int) -> float:
    """Sources begin at different phases, spread evenly by the golden ratio."""
    return (phase + number * 0.6180339887) % 1


def _spread(hourly: Sequence[float], since: int, until: int, phase: float) -> list[float]:
    """Polls at a density that repeats itself, given in polls an hour, over the span and a day more."""
    polls = []
    passed, wanted = 0.0, phase
    for hour in range((until + DAY - since) // 60):
        density = hourly[hour % len(hourly)]
        while density and wanted < passed + density:
            polls.append(since + 60 * (hour + (wanted - passed) / density))
            wanted += 1
        passed += density
    return polls


def _adapting(items: Sequence[float], since: int, until: int, scale: float) -> list[float]:
    polls = []
    now, interval = float(since), _FIRST * scale
    known = bisect_left(items, since)
    while now < until:
        polls.append(now)
        found = bisect_right(items, now, known)
        interval = min(max(interval * (HIT if found > known else MISS), _LEAST * scale), _MOST * scale)
        known, now = found, now + interval
    return polls


BUDGET = 1440
"""Requests a source and day: one a minute."""
_LOOKS = 10_000_000
"""In one replay: about a gigabyte of memory."""
_PHASES = 8
"""How many beginnings the rules that can begin anywhere are averaged over."""
_PERCENTILE = 0.95


@dataclass(frozen=True, slots=True)
class Score:
    """Mean and 95th percentile of the delay from publication to the poll, in minutes; requests a source and day."""

    mean: float
    p95: float
    requests: float


def simulate(
    trace: Trace, budget: float, learn: int, on_day: Callable[[int, int], None] = lambda _day, _days: None
) -> Iterator[tuple[str, Score]]:
    """Each rule's name and score, ours first, over the days after the first `learn`.

    The sources share one purse of `budget` requests a source and day, as those of one site do; ours keeps to it on
    every single day, the others on average. `on_day` hears how many days of how many ours has lived through. Raises
    `BadInput` when nothing is left to score or to spend, or when it is more than a machine can hold.
    """
    if not 0 < budget <= BUDGET:
        raise BadInput(f"{budget:g} requests a source and day: it must be more than 0, and {BUDGET:,} at most")
    first = int(min(items[0] for items in trace.values()) // DAY)
    end = int(max(items[-1] for items in trace.values()) // DAY) + 1
    if first + learn >= end:
        days = "one day" if end - first == 1 else f"{end - first} days"
        raise BadInput(f"the trace has {days}: --learn {learn} leaves nothing to score; take fewer")
    requests = int(budget * len(trace) + 1e-9)
    if requests < 1:
        raise BadInput(f"{budget:g} requests a source and day for {len(trace)} sources is not one a day; give more")
    if requests * (end - first) > _LOOKS:
        raise BadInput(f"that makes {requests * (end - first):,} polls; take fewer days, sources or requests")
    budget = requests / len(trace)
    since, until = (first + learn) * DAY, end * DAY
    yield "ours", score(trace, ours(trace, requests, first, end, on_day), since, until)
    for name, rule in (("uniform", uniform), ("proportional", proportional)):
        yield (
            name,
            averaged([score(trace, rule(trace, budget, since, until, phase), since, until) for phase in phases()]),
        )
    yield "multiplicative", score(trace, multiplicative(trace, budget, since, until), since, until)
    yield (
        "oracle",
        averaged([score(trace, oracle(trace, budget, since, until, phase), since, until) for phase in phases()]),
    )


def ours(
    trace: Trace, requests: int, first: int, end: int, on_day: Callable[[int, int], None] = lambda _day, _days: None
) -> Polls:
    """The polls of `Pace` from day `first` to the day after `end`, which knows only what its polls have found."""
    pace = Pace(Budget(requests, revisit=0.0, audit=0.0, fetches=0.0), {name: SourceRate() for name in trace})
    polls: Polls = {name: [] for name in trace}
    known = dict.fromkeys(trace, 0)
    now = moment(first * DAY)
    while True:
        name, at = pace.next_source(now)
        if pace.day != int(minutes(at) // DAY):
            now = moment((pace.day + 1) * DAY)
            if pace.day >= end:
                return polls
            on_day(pace.day + 1 - first, end - first)
            pace.prior = Prior.of(source.rate for source in pace.sources.values())
            pace.plan(now)
            continue
        now = at
        pace.take("look", now)
        items, minute = trace[name], minutes(now)
        found = bisect_right(items, minute, known[name])
        new = [moment(item) for item in items[known[name] : found]]
        pace.saw(name, PollResult(now, new, oldest=new[0] if new else None))
        known[name] = found
        polls[name].append(minute)


def score(trace: Trace, polls: Mapping[str, list[float]], since: int, until: int) -> Score:
    """How late the items published in a span were seen, and what that cost; `BadInput` when none was."""
    delays: list[float] = []
    requests = 0
    for name, items in trace.items():
        minutes_ = polls[name]
        requests += bisect_left(minutes_, until) - bisect_left(minutes_, since)
        for item in items[bisect_left(items, since) : bisect_left(items, until)]:
            place = bisect_left(minutes_, item)
            if place < len(minutes_):
                delays.append(minutes_[place] - item)
    if not delays:
        raise BadInput("at so few requests no item is seen by the day after the last; give more")
    delays.sort()
    days = (until - since) / DAY
    return Score(sum(delays) / len(delays), _percentile(delays), requests / days / len(trace))


def _percentile(values: list[float]) -> float:
    """Linear between the two nearest ranks; `values` are sorted."""
    place = _PERCENTILE * (len(values) - 1)
    low = int(place)
    high = min(low + 1, len(values) - 1)
    return values[low] + (values[high] - values[low]) * (place - low)


def phases() -> list[float]:
    """Where in the first interval the rules that can begin anywhere do so."""
    return [(number + 0.5) / _PHASES for number in range(_PHASES)]


def averaged(scores: list[Score]) -> Score:
    """The mean of each figure."""
    columns = zip(*(asdict(score).values() for score in scores), strict=True)
    return Score(*(sum(column) / len(scores) for column in columns))
