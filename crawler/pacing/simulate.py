"""Replays a trace of publication times under each rule, at the same number of requests, and measures the delays."""

from __future__ import annotations

import csv
import io
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from crawler.dates import VIETNAM
from crawler.model import BadInput
from crawler.pace import Pace
from crawler.pacing.budget import Budget
from crawler.pacing.habits import Habits, Seen
from crawler.pacing.policies import Looks, Trace, multiplicative, oracle, proportional, uniform
from crawler.pacing.rates import DAY, minutes, moment
from crawler.pacing.tier import Prior

_COLUMNS = ("source", "published_at")
_PHASES = 8
"""How many beginnings the rules that can begin anywhere are averaged over."""
_PERCENTILE = 0.95


@dataclass(frozen=True, slots=True)
class Score:
    """Mean and 95th percentile of the delay from publication to the look, in minutes; requests a source and day."""

    mean: float
    p95: float
    requests: float


def read_trace(text: str) -> dict[str, list[float]]:
    """The times of each source's items from a CSV file with the columns source and published_at.

    Times are ISO 8601, on Viet Nam's clock when they name no zone; they become minutes since 1970 on it. Raises
    `BadInput` with the line for anything else.
    """
    rows = csv.DictReader(io.StringIO(text, newline=""))
    missing = [name for name in _COLUMNS if name not in (rows.fieldnames or ())]
    if missing:
        raise BadInput(f"a trace has the columns source,published_at; this one lacks {' and '.join(missing)}")
    trace: dict[str, list[float]] = {}
    try:
        for row in rows:
            if not row["source"]:
                raise BadInput(f"line {rows.line_num} names no source")
            trace.setdefault(row["source"], []).append(_time(row["published_at"], rows.line_num))
    except csv.Error as error:
        raise BadInput(f"line {rows.line_num} is not CSV: {error}") from None
    if not trace:
        raise BadInput("the trace is empty: there is no line after the header")
    return {name: sorted(items) for name, items in trace.items()}


def _time(text: str | None, line: int) -> float:
    try:
        at = datetime.fromisoformat((text or "").strip())
        return minutes(at if at.tzinfo else at.replace(tzinfo=VIETNAM))
    except (ValueError, OverflowError):
        raise BadInput(f"line {line}: {text!r} is no time like 2026-01-31T23:50:49+07:00") from None


def simulate(trace: Trace, budget: float, learn: int) -> Iterator[tuple[str, Score]]:
    """Each rule's name and score, ours first, over the days after the first `learn`.

    The sources share one purse of `budget` requests a source and day, as those of one site do; ours keeps to it on
    every single day, the others on average. Raises `BadInput` when nothing is left to score or to spend.
    """
    first = int(min(items[0] for items in trace.values()) // DAY)
    end = int(max(items[-1] for items in trace.values()) // DAY) + 1
    if first + learn >= end:
        raise BadInput(f"the trace has {end - first} days, and all of them are for learning; take fewer with --learn")
    requests = int(budget * len(trace) + 1e-9)
    if requests < 1:
        raise BadInput(f"{budget:g} requests a source and day for {len(trace)} sources is not one a day; give more")
    budget = requests / len(trace)
    since, until = (first + learn) * DAY, end * DAY
    yield "ours", score(trace, ours(trace, requests, first, end), since, until)
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


def ours(trace: Trace, requests: int, first: int, end: int) -> Looks:
    """The looks of `Pace` from day `first` to the day after `end`, which knows only what its looks have found."""
    pace = Pace(Budget(requests, revisit=0.0, audit=0.0, fetches=0.0), {name: Habits() for name in trace})
    looks: Looks = {name: [] for name in trace}
    known = dict.fromkeys(trace, 0)
    now = moment(first * DAY)
    while True:
        name, at = pace.next_source(now)
        if pace.day != int(minutes(at) // DAY):
            now = moment((pace.day + 1) * DAY)
            if pace.day >= end:
                return looks
            pace.prior = Prior.of(habits.rate for habits in pace.habits.values())
            pace.plan(now)
            continue
        now = at
        pace.take("look", now)
        items, minute = trace[name], minutes(now)
        found = bisect_right(items, minute, known[name])
        new = [moment(item) for item in items[known[name] : found]]
        pace.saw(name, Seen(now, new, oldest=new[0] if new else None))
        known[name] = found
        looks[name].append(minute)


def score(trace: Trace, looks: Mapping[str, list[float]], since: int, until: int) -> Score:
    """How late the items published in a span were seen, and what that cost."""
    delays: list[float] = []
    requests = 0
    for name, items in trace.items():
        minutes_ = looks[name]
        requests += bisect_left(minutes_, until) - bisect_left(minutes_, since)
        for item in items[bisect_left(items, since) : bisect_left(items, until)]:
            place = bisect_left(minutes_, item)
            if place < len(minutes_):
                delays.append(minutes_[place] - item)
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
