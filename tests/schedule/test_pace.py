"""When to look: what is learned of a source, the timetable of a day, budgets, and the replay of traces."""

from __future__ import annotations

import gzip
import io
import json
import sys
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from itertools import accumulate, combinations, pairwise
from math import ceil, inf, sqrt
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.cli.main import main
from crawler.errors import BadInput
from crawler.items import Purpose
from crawler.newsroom import World
from crawler.newsroom.grammar import die
from crawler.newsroom.tempo import tempos
from crawler.schedule import traces
from crawler.schedule.budget import Budget
from crawler.schedule.pace import Pace
from crawler.schedule.rates import DAY, GRACE, HOURS, Rate, day_number, expected, kind_of, minutes, moment, shares
from crawler.schedule.simulate import Trace, oracle, ours, score, simulate, uniform
from crawler.schedule.source_rates import PollResult, SourceRate
from crawler.schedule.tier_rates import Prior, hourly
from crawler.schedule.timetable import Demand, rebalance, timetable
from crawler.schedule.traces import read_trace
from crawler.text import LONGEST_WAIT, SUNDAY, VIETNAM, holidays, weekday

MONDAY = datetime(2026, 8, 3, tzinfo=VIETNAM)
START = int(minutes(MONDAY))


def at(day: int, hour: float = 0.0) -> datetime:
    return MONDAY + timedelta(days=day, hours=hour)


# --- holidays -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "last"),
    [  # as announced by the government
        ("2023-01-20", "2023-01-26"),
        ("2024-02-08", "2024-02-14"),
        ("2025-01-27", "2025-01-31"),
        ("2026-02-16", "2026-02-20"),
        ("2023-01-02", "2023-01-02"),  # 1 January was a Sunday
        ("2024-04-18", "2024-04-18"),
        ("2025-04-07", "2025-04-07"),
        ("2026-04-27", "2026-04-27"),  # the Hùng Kings' day was a Sunday
        ("2025-04-30", "2025-05-01"),
        ("2025-09-01", "2025-09-02"),
    ],
)
def test_days_that_were_off(first: str, last: str) -> None:
    day = date.fromisoformat(first)
    while day <= date.fromisoformat(last):
        assert weekday(day) == SUNDAY, day
        day += timedelta(days=1)


def test_days_that_were_worked() -> None:
    for day in ("2024-02-07", "2024-02-15", "2025-04-08", "2025-09-03", "2026-02-13", "2026-02-23", "2026-01-05"):
        assert weekday(date.fromisoformat(day)) == date.fromisoformat(day).weekday() < 5


def test_the_lunar_year_begins_at_a_new_moon_and_the_kings_day_two_months_and_nine_days_later() -> None:
    """Mean new moons: one was on 6 January 2000, 18:14 UTC; the true ones are at most 14 hours away (Meeus, chapter 49)."""
    for year in range(2020, 2044):
        off = sorted(holidays(year))
        tet = next(day for day in off if (day.month, day.day) > (1, 10)) + timedelta(days=2)
        age = (datetime.combine(tet, time(12), VIETNAM) - datetime(2000, 1, 7, 1, 14, tzinfo=VIETNAM)) / timedelta(
            days=1
        )
        assert min(age % 29.530589, -age % 29.530589) < 1.2, year
        kings = [day for day in off if tet + timedelta(days=60) < day < date(year, 4, 30)]
        assert any((day - tet).days in (67, 68, 69, 96, 97, 98) for day in kings), year


# --- rates ----------------------------------------------------------------------------------------------------------


def regular(days: int, hours: dict[int, int], *, minute: int | None = None, first: int = 0) -> list[float]:
    """Items of some days: so many in each hour of workdays and weekends alike, evenly or all at one minute."""
    return sorted(
        START + (first + day) * DAY + 60 * hour + (minute if minute is not None else 60 * (number + 0.5) / count)
        for day in range(days)
        for hour, count in hours.items()
        for number in range(count)
    )


def learned(items: list[float], days: int) -> Rate:
    rate = Rate()
    for day in range(days):
        since, until = START + day * DAY, START + (day + 1) * DAY
        rate.observe(since, until, [item for item in items if since < item <= until])
    return rate


def test_a_rate_that_has_moved_is_followed() -> None:
    items = regular(28, {9: 2}) + regular(56, {9: 6}, first=28)
    rates = [learned(items, days) for days in (28, 84)]
    before, after = (hourly(rate, Prior.of([rate]))[9] for rate in rates)
    assert before == pytest.approx(2, rel=0.15)
    assert 5 < after < 6.1


def test_half_a_day_teaches_nothing_about_the_other_half() -> None:
    rate = Rate()
    rate.observe(START, START + 12 * 60, [START + 9 * 60 + 1.0])
    assert sum(rate.hours) == pytest.approx(12)
    assert rate.hours[11] == pytest.approx(1)
    assert rate.hours[12] == 0
    assert rate.counts[9] == 1


def test_items_without_a_time_are_spread_over_the_time_since_the_last_look() -> None:
    rate = Rate()
    rate.observe(START + 60, START + 240, [], undated=6)
    assert rate.counts[:5] == pytest.approx([0, 2, 2, 2, 0])


def test_minutes_of_release_stand_out_and_others_do_not() -> None:
    even = poisson(die(6), 30, {9: 20.0})
    assert max(shares(learned(even, 30).spikes)[540:600]) < 0.05
    mixed = learned(even + regular(30, {9: 5}, minute=30), 30)
    parts = shares(mixed.spikes)
    assert parts[570] == max(parts[540:600])
    assert 0.15 < parts[570] < 0.3
    assert sum(parts[540:600]) == pytest.approx(1)


def test_a_holiday_is_a_sunday() -> None:
    day = day_number(minutes(datetime(2026, 9, 2, tzinfo=VIETNAM)))
    assert kind_of(day) == SUNDAY
    rates = [float(place // 24) for place in range(HOURS)]
    assert sum(expected(rates, shares({}), day)) == pytest.approx(24 * SUNDAY)


@given(st.lists(st.floats(0, 5 * DAY), max_size=60), st.floats(0, 3))
def test_a_rate_survives_json(offsets: list[float], undated: float) -> None:
    rate = learned(sorted(START + offset for offset in offsets), 5)
    rate.observe(START + 5 * DAY, START + 5 * DAY + 90, [], int(undated))
    again = Rate.from_json(json.loads(json.dumps(rate.to_json())))
    assert hourly(again, Prior()) == pytest.approx(hourly(rate, Prior()), abs=1e-2)
    assert again.day == rate.day


# --- tiers ----------------------------------------------------------------------------------------------------------


def poisson(rng: Random, days: int, hours: dict[int, float]) -> list[float]:
    items = []
    for day in range(days):
        for hour, rate in hours.items():
            passed = rng.expovariate(rate)
            while passed < 1:
                items.append(START + day * DAY + 60 * (hour + passed))
                passed += rng.expovariate(rate)
    return sorted(items)


def test_a_source_nobody_has_seen_is_taken_for_the_tier() -> None:
    prior = Prior.of([learned(poisson(die(1), 14, {9: 4.0, 15: 2.0}), 14)])
    rates = hourly(Rate(), prior)
    assert sum(rates) / HOURS == pytest.approx(prior.rate)
    assert rates[9] > rates[15] > 3 * rates[3]


def test_sources_that_are_alike_share_what_is_seen_of_any() -> None:
    rng = die(2)
    sources = [learned(poisson(rng, 14, {8: size, 20: size}), 14) for size in (4, 3, 5, 2, 4, 3)]
    few = learned(poisson(rng, 14, {8: 0.2}), 14)  # never seen in the evening
    prior = Prior.of([*sources, few])
    assert prior.hours > 20
    rates = hourly(few, prior)
    assert rates[20] == pytest.approx(rates[8], rel=0.4)


def test_sources_that_differ_are_believed_each_for_itself() -> None:
    rng = die(3)
    sources = [learned(poisson(rng, 14, {hour: 4.0}), 14) for hour in (1, 5, 9, 13, 17, 21)]
    prior = Prior.of(sources)
    assert prior.hours < 2
    rates = hourly(sources[0], prior)
    assert rates[1] == pytest.approx(4, rel=0.3)
    assert rates[21] < 0.4


# --- the timetable --------------------------------------------------------------------------------------------------


def cost(demand: Demand, polls: list[float]) -> float:
    """Item-minutes of waiting until the next look, or until the end."""
    total, last = 0.0, -1.0
    for poll in [*polls, len(demand.expected) - 1.0]:
        for minute, items in enumerate(demand.expected):
            if last < minute <= poll:
                total += items * (poll - minute)
        if last < 0:
            total += demand.waiting * poll
        last = poll
    return total


@settings(max_examples=60)
@given(st.lists(st.sampled_from([0.0, 0.1, 0.5, 3.0]), min_size=12, max_size=12), st.floats(0, 3), st.integers(1, 3))
def test_the_timetable_is_about_the_best_of_all(items: list[float], waiting: float, requests: int) -> None:
    demand = Demand(items, waiting)
    polls, _ = timetable({"a": demand}, requests, 12)
    assert len(polls["a"]) == requests
    best = min(cost(demand, [float(m) for m in some]) for some in combinations(range(12), requests))
    assert cost(demand, [float(int(poll)) for poll in polls["a"]]) <= 1.25 * best + 1


sources = st.dictionaries(
    st.sampled_from("abcde"),
    st.builds(
        Demand,
        expected=st.lists(st.floats(0, 2), min_size=40, max_size=40),
        waiting=st.floats(0, 5),
        idle=st.floats(1, 30),
        most=st.sampled_from([inf, 4.0, 10.0]),
        floor=st.integers(1, 4),
        ceiling=st.sampled_from([15, 1440]),
    ),
    min_size=1,
)


@settings(max_examples=150)
@given(sources, st.integers(0, 40), st.integers(1, 40))
def test_a_timetable_spends_what_it_may_and_never_more(demands: dict[str, Demand], requests: int, span: int) -> None:
    polls, _ = timetable(demands, requests, span)
    within = [poll for times in polls.values() for poll in times if poll < span]
    assert len(within) <= requests
    # A look right behind the span forbids those that its floor reaches.
    firsts = {name: max(0, ceil(demand.floor - demand.idle)) for name, demand in demands.items()}
    room = sum(len(range(firsts[name], span - demand.floor + 1, demand.floor)) for name, demand in demands.items())
    if len(within) < requests:
        assert len(within) >= room // 3
    for name, times in polls.items():
        assert times == sorted(times)
        assert all(later - sooner >= demands[name].floor - 1e-9 for sooner, later in pairwise(times))
        assert all(0 <= poll < 40 for poll in times)


@settings(max_examples=100)
@given(sources)
def test_bounds_are_kept_where_the_budget_allows(demands: dict[str, Demand]) -> None:
    polls, _ = timetable(demands, sum(40 // demand.floor for demand in demands.values()), 40)
    for name, demand in demands.items():
        come = [0.0, *accumulate(demand.expected)]
        last, mass = -1, demand.waiting
        for poll in map(int, [*polls[name], 39]):
            found = come[poll + 1] - come[last + 1] + (mass if last < 0 else 0)
            least = max(demand.expected) * (2 * demand.floor + 1) + (demand.waiting if last < 0 else 0)
            assert found <= max(demand.most, least) + 1e-6
            assert poll - last <= max(demand.ceiling, 2 * demand.floor) + 1
            last = poll


def test_more_polls_where_four_times_as_much_comes_but_only_twice_as_many() -> None:
    demands = {"small": Demand([0.01] * 1440), "large": Demand([0.04] * 1440)}
    polls, _ = timetable(demands, 90, 1440)
    assert len(polls["large"]) / len(polls["small"]) == pytest.approx(2, rel=0.1)


def test_density_goes_with_the_square_root_of_the_rate() -> None:
    rates = [0.01] * 720 + [0.09] * 720
    polls, _ = timetable({"a": Demand(rates)}, 80, 1440)
    night = sum(poll < 720 for poll in polls["a"])
    assert (80 - night) / night == pytest.approx(sqrt(9), rel=0.12)


def test_a_look_stands_right_behind_what_is_released_at_once() -> None:
    rates = [0.01] * 600
    for minute in (100, 250, 420):
        rates[minute] = 3.0
    polls, _ = timetable({"a": Demand(rates)}, 6, 600)
    assert {100, 250, 420} <= {int(poll) for poll in polls["a"]}


def test_what_a_burst_takes_is_given_up_where_it_is_least_missed() -> None:
    demands = {name: Demand([rate] * 600) for name, rate in (("a", 0.05), ("b", 0.05))}
    before, _ = timetable(demands, 40, 600)
    after = rebalance(demands | {"a": Demand([0.2] * 600)}, before, 30, 600)
    assert sum(map(len, after.values())) == 30
    assert len(after["a"]) > len(after["b"])


# --- budgets --------------------------------------------------------------------------------------------------------

KINDS: tuple[Purpose, ...] = ("look", "article", "revisit", "audit", "backfill")


@given(
    st.integers(1, 60),
    st.lists(st.tuples(st.sampled_from(KINDS), st.floats(0, 71), st.integers(1, 9)), max_size=120),
)
def test_no_day_passes_its_limit_whatever_is_asked(limit: int, asked: list[tuple[Purpose, float, int]]) -> None:
    pace = Pace(Budget(limit), {"feed": SourceRate()})
    spent: Counter[int] = Counter()
    for kind, hour, requests in sorted(asked, key=lambda one: one[1]):
        if pace.take(kind, at(0, hour), requests):
            spent[int(hour // 24)] += requests
    assert all(number <= limit for number in spent.values())


def test_backfill_leaves_to_the_watch_what_it_will_need() -> None:
    pace = Pace(Budget(200), {"feed": SourceRate()})
    pace.plan(at(0))
    planned = pace.planned
    taken = sum(pace.take("backfill", at(0, 1)) for _ in range(300))
    assert 0 < taken <= 200 - planned
    assert all(pace.take("look", at(0, 2)) for _ in range(planned))


def test_articles_cannot_take_all_polls_away() -> None:
    pace = Pace(Budget(100), {"feed": SourceRate()})
    pace.plan(at(0))
    while pace.take("article", at(0, 6)):
        pass
    assert pace.budget.left >= 100 * 0.2 * 0.7
    assert pace.take("look", at(0, 7))


def test_clocks_that_go_back_begin_no_new_day() -> None:
    pace = Pace(Budget(5), {"feed": SourceRate()})
    assert pace.take("look", at(1), 5)
    assert not pace.take("look", at(0, 23))


# --- what a look teaches --------------------------------------------------------------------------------------------


def test_a_burst_is_noticed_and_forgotten() -> None:
    source = SourceRate(last=START)
    source.saw(PollResult(at(0, 0.5), [at(0, 0.1)]), expected=1.0)
    assert source.burst < 1.2
    source.saw(PollResult(at(0, 1), [at(0, 0.6 + number / 60) for number in range(16)]), expected=1.0)
    assert source.burst > 3
    assert source.rising(600) < 1.1
    source.saw(PollResult(at(0, 8)), expected=8.0)
    assert source.burst < 1.2


def test_a_clock_that_goes_back_in_a_burst_which_is_certain_stops_no_polls() -> None:
    for healed in (True, False):
        source = SourceRate(last=START)
        source.saw(PollResult(at(0, 1), undated=80), expected=0.1)
        assert source.bursting == 1
        if healed:
            source.heal(minutes(at(0, 0.5)))
        source.saw(PollResult(at(0, 0.6)), expected=0.1)
        assert source.last == minutes(at(0, 0.6))


def test_failures_back_off_and_retry_after_is_kept() -> None:
    source = SourceRate(last=START)
    waits = []
    for _ in range(9):
        source.failed(at(0, 1))
        waits.append(source.not_before - minutes(at(0, 1)))
    assert waits[:3] == [15, 30, 60]
    assert max(waits) == 12 * 60
    source.failed(at(0, 1), retry_after=86_400 * 2)
    assert source.not_before == minutes(at(2, 1))
    source.failed(at(0, 1), retry_after=86_400 * 365)  # a header that nobody can mean
    assert source.not_before == minutes(at(0, 1)) + LONGEST_WAIT / 60
    source.saw(PollResult(at(2, 2)), 0)
    assert (source.failures, source.not_before) == (0, 0)


def test_what_was_lost_from_a_window_is_not_taken_for_silence() -> None:
    seen = PollResult(at(1), [at(0, 23.9)], shown=20, oldest=at(0, 23.5), overlap=False)
    lost, kept = SourceRate(last=START), SourceRate(last=START)
    lost.saw(seen, 0)
    kept.saw(PollResult(seen.at, seen.items, shown=20, oldest=seen.oldest), 0)
    assert sum(lost.rate.hours) == pytest.approx(0.5)
    assert sum(kept.rate.hours) == pytest.approx(24)


def test_a_first_look_learns_from_the_age_of_what_it_sees() -> None:
    source = SourceRate()
    source.saw(PollResult(at(2), [at(0, 12 + number) for number in range(36)], shown=36, oldest=at(0, 12)), 0)
    assert sum(source.rate.hours) == pytest.approx(36)
    assert sum(source.rate.counts) == pytest.approx(36)


def test_items_from_the_future_come_from_a_clock_that_is_wrong() -> None:
    source = SourceRate(last=START)
    source.saw(PollResult(at(0, 2), [at(3), at(0, 1)]), 0)
    assert sum(source.rate.counts) == pytest.approx(2)
    assert not any(minute >= 120 for minute in source.rate.spikes)


def test_a_source_whose_items_others_bring_first_is_worth_few_polls() -> None:
    sources = {name: SourceRate() for name in ("feed", "copy")}
    for number in range(48):
        items = [at(0, number / 2 + 0.2), at(0, number / 2 + 0.4)]
        for name, new in (("feed", 2), ("copy", 0)):
            sources[name].saw(PollResult(at(0, number / 2 + 0.5), items, new=new), 1)
    pace = Pace(Budget(60, fetches=0), sources)
    pace.plan(at(1))
    assert len(pace.polls["feed"]) > 2.5 * len(pace.polls["copy"])


def test_what_a_source_brought_first_long_ago_counts_for_less_and_less() -> None:
    source = SourceRate(last=START)
    for new in (60, 0):  # first it is the only one, then another always precedes it
        for _ in range(20):
            source.saw(PollResult(at(1), undated=60, new=new), 1)
    assert source.weight < 0.25


# --- the pace of a site ---------------------------------------------------------------------------------------------


def lived(days: int, budget: int = 60, window: int | None = 20, **more: Any) -> tuple[Pace, dict[str, list[datetime]]]:
    """A site of two feeds, polled as its pace says, and the polls."""
    rng = die(5)
    items = {
        name: [moment(item) for item in poisson(rng, days, dict.fromkeys(range(6, 20), rate))]
        for name, rate in (("busy", 3.0), ("quiet", 0.3))
    }
    pace = Pace(Budget(budget, fetches=0), {name: SourceRate() for name in items}, **more)
    polls: dict[str, list[datetime]] = {name: [] for name in items}
    now = at(0)
    while True:
        name, now = pace.next_source(now)
        if now >= at(days):
            return pace, polls
        if day_number(minutes(now)) != pace.day:
            pace.plan(now)
            continue
        assert pace.take("look", now)
        last = polls[name][-1] if polls[name] else at(0)
        new = [item for item in items[name] if last < item <= now]
        shown = [item for item in items[name] if item <= now][-20:]
        pace.saw(name, PollResult(now, new, shown=window, oldest=shown[0] if shown else None))
        polls[name].append(now)


def test_a_site_is_looked_at_as_often_as_its_budget_says_and_no_more() -> None:
    pace, polls = lived(10)
    days = Counter((poll - at(0)).days for times in polls.values() for poll in times)
    kept = pace.budget.revisit + pace.budget.audit
    assert all(60 * (1 - kept) - 1 <= number <= 60 for number in days.values())
    assert set(days) == set(range(10))
    by_day = [poll for poll in polls["busy"] if 6 <= poll.hour < 20 and poll > at(5)]
    assert len(by_day) > 0.7 * sum(poll > at(5) for poll in polls["busy"])


def test_polls_keep_floor_and_ceiling() -> None:
    _, polls = lived(6, floor=7, ceiling=240)
    for times in polls.values():
        gaps = [(later - sooner).total_seconds() / 60 for sooner, later in pairwise(times)]
        assert min(gaps) >= 7 - 1e-6
        assert max(gaps) <= 240 + 1


def test_a_window_bounds_what_may_come_between_two_polls() -> None:
    pace, _ = lived(10, budget=90, window=10)
    most = pace.sources["busy"].most
    pace.plan(at(10))
    polls = [minutes(at(9, 23.9)), *(poll + GRACE for poll in pace.polls["busy"] if poll < minutes(at(11)))]
    for sooner, later in pairwise(polls):
        assert pace._mass("busy", sooner, later) <= most + 0.2


def test_the_same_past_gives_the_same_plan() -> None:
    assert lived(4)[1] == lived(4)[1]


def test_a_pace_survives_json() -> None:
    pace, _ = lived(8)
    again = Pace.from_json(json.loads(json.dumps(pace.to_json())))
    for name in pace.sources:
        assert again.next_poll(name, at(7, 12)) == pace.next_poll(name, at(7, 12))
    again.plan(at(8))
    pace.plan(at(8))
    assert {name: len(polls) for name, polls in again.polls.items()} == {
        name: len(polls) for name, polls in pace.polls.items()
    }


def test_retry_after_crawl_delay_and_a_spent_budget_are_kept_and_said() -> None:
    pace, _ = lived(5)
    pace.failed("busy", at(5), retry_after=7200)
    poll = pace.next_poll("busy", at(5, 0.1))
    assert poll.at >= at(5, 2)
    assert "failed" in poll.why
    pace.delay = 30
    assert pace.take("look", at(5, 3))
    assert pace.next_poll("quiet", at(5, 3)).at >= at(5, 3) + timedelta(seconds=30)
    assert pace.take("look", at(5, 4), pace.budget.left)
    poll = pace.next_poll("quiet", at(5, 4))
    assert poll.at >= at(6)
    assert "budget" in poll.why


def test_a_look_that_is_overdue_is_due_now_and_once() -> None:
    pace, _ = lived(5)
    pace.plan(at(5))
    late = at(5, 15)
    assert pace.next_poll("busy", late).at == late
    pace.saw("busy", PollResult(late))
    assert pace.next_poll("busy", late).at > late


def test_a_burst_brings_the_next_look_forward_within_the_same_budget() -> None:
    pace, _ = lived(8)
    pace.plan(at(8))
    now = at(8, 9)
    calm = Pace.from_json(pace.to_json())
    burst = [now - timedelta(minutes=number) for number in range(1, 12)]
    for one, items in ((pace, burst), (calm, [])):
        one.saw("busy", PollResult(now, shown=20))
        one.saw("quiet", PollResult(now, items, shown=20))
    poll = pace.next_poll("quiet", now)
    assert "times its usual rate" in poll.why
    soon = [sum(minute < minutes(at(8, 13)) for minute in one.polls["quiet"]) for one in (pace, calm)]
    assert soon[0] > soon[1]
    assert pace.planned <= pace.budget.left


def test_a_source_that_is_new_to_the_site_is_planned_for() -> None:
    pace, _ = lived(3)
    poll = pace.next_poll("other", at(3, 10))
    assert at(3, 10) <= poll.at < at(4)
    assert "never been polled" in poll.why


# --- traces ---------------------------------------------------------------------------------------------------------


def trace_of(days: int, seed: int = 1) -> dict[str, list[float]]:
    rng = die(seed)
    daytime = dict.fromkeys(range(6, 21), 1.0)
    return {
        name: sorted(
            poisson(rng, days, {hour: rate * size for hour, rate in daytime.items()}) + regular(days, {17: 3}, minute=0)
        )
        for name, size in (("a", 6.0), ("b", 1.0), ("c", 0.2))
    }


def test_ours_is_between_uniform_and_the_clairvoyant_and_pays_the_same() -> None:
    scores = dict(simulate(trace_of(35), 24, 14))
    assert list(scores) == ["ours", "uniform", "proportional", "multiplicative", "oracle"]
    for rule in ("ours", "uniform", "proportional", "oracle"):
        assert scores[rule].requests == pytest.approx(24, rel=0.01)
    assert scores["multiplicative"].requests <= 24.01
    assert scores["ours"].mean < 0.7 * scores["uniform"].mean
    assert scores["ours"].mean < scores["oracle"].mean  # which knows no minutes
    assert scores["uniform"].mean == pytest.approx(30, rel=0.1)
    assert scores["proportional"].mean == pytest.approx(scores["uniform"].mean, rel=0.1)


def test_no_day_of_a_replay_takes_more_than_its_part() -> None:
    polls = ours(trace_of(21), 20, START // DAY, START // DAY + 21)
    days = Counter(int(minute // DAY) for times in polls.values() for minute in times)
    assert set(days.values()) == {20}


def test_a_replay_knows_nothing_of_the_future() -> None:
    past, other = trace_of(20), trace_of(20, seed=9)
    until = START + 12 * DAY + 700
    changed = {
        name: [item for item in items if item <= until] + [item for item in other[name] if item > until]
        for name, items in past.items()
    }
    first = START // DAY
    before, after = (ours(trace, 30, first, first + 20) for trace in (past, changed))
    for name in past:
        known = [minute for minute in before[name] if minute <= until]
        assert known
        assert [minute for minute in after[name] if minute <= until] == pytest.approx(known)


def test_scores_count_delays_and_requests_of_the_span_alone() -> None:
    trace: Trace = {"a": [START + 1.0, START + DAY + 10.0, START + DAY + 30.0]}
    polls = {"a": [START + 5.0, START + DAY + 20.0, START + 2 * DAY + 30.0]}
    result = score(trace, polls, START + DAY, START + 2 * DAY)
    assert result.mean == pytest.approx((10 + DAY) / 2)
    assert result.requests == 1


def test_the_oracle_polls_with_the_root_of_the_rate() -> None:
    trace: Trace = {
        "a": regular(14, {9: 9, 21: 1}),
        "b": regular(14, {9: 1, 21: 1}),
    }
    polls = oracle(trace, 24, START, START + 14 * DAY, 0.5)
    count = Counter((name, int(minute % DAY // 60)) for name, times in polls.items() for minute in times)
    assert count["a", 9] / count["b", 9] == pytest.approx(3, rel=0.1)
    assert sum(count.values()) == pytest.approx(2 * 24 * 15, rel=0.01)
    assert len(uniform(trace, 24, START, START + 14 * DAY, 0.5)["a"]) == 24 * 15


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("source,when\na,2026-01-01T00:00:00+07:00\n", "lacks published_at"),
        ("", "lacks source and published_at"),
        ("source,published_at\n", "empty"),
        ("source,published_at\na,yesterday\n", "line 2: 'yesterday' is no time"),
        ("source,published_at\na\n", "line 2 has 1 of 2 columns"),
        ("source,published_at\n\n,2026-01-01\n", "line 3 names no source"),
        ("source,published_at\na,0001-01-01\n", "line 2: '0001-01-01' lies outside the years 2000 to 2100"),
        ("source,published_at\na,1999-12-31T23:59\n", "lies outside"),
        ("source,published_at\na,2101-01-01\n", "lies outside"),
        ("source,published_at\na,9999-12-31T23:59:59-11:00\n", "lies outside"),
        (f"source,published_at\n{'a' * 200_000},2026-01-01\n", "line 2 is longer than 64 kB"),
        ('source,published_at\na,2026-01-01\n"' + "a\n" * 80_000, "line 3 is not CSV: field larger"),
        ("source,published_at\na,2010-01-01\nb,2026-01-01\n", "reaches over 5,844 days; take 3,653 at most"),
        ("source,published_at\na,2026-01-01\n", "has one day: --learn 14 leaves nothing"),
    ],
)
def test_a_trace_that_cannot_be_read_is_named_by_its_line(
    text: str, words: str, thoisu: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    file = tmp_path / "trace.csv"
    file.write_text(text, encoding="utf-8")
    code, out, err = thoisu("simulate", file, "--budget", 8)
    assert (code, out) == (2, "")
    assert words in err
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (gzip.compress(b"source,published_at\n" + b"\n" * 9999)[:-20], "is a damaged gzip file"),
        (gzip.compress(b"source,published_at\n" + b"\n" * 9999)[:20] + b"x" * 99, "is a damaged gzip file"),
        (gzip.compress(b"source,published_at\n") + b"\x1f\x8bxx", "is a damaged gzip file"),
        (gzip.compress(b"source,published_at\na,2026-01-01\n" + b" " * 2**22), "line 3 is longer than 64 kB"),
        (b"source,published_at\n\xff,2026-01-01\n", "line 2 is not written in UTF-8"),
        (b"source,published_at\n" + b"a,2026-01-01\n" * 6, "more than 5 items or 3 sources"),
        (b"source,published_at\na,2026-01-01\nb,2026-01-01\nc,2026-01-01\nd,2026-01-01\n", "5 items or 3 sources"),
        (b"source,published_at\n" + b"\n" * 2**21, "holds more than 1 MB"),
    ],
    ids=["cut", "garbled", "garbled-behind", "long-line", "not-utf-8", "items", "sources", "large"],
)
def test_a_file_that_is_damaged_or_too_large_is_refused_as_it_is_read(
    data: bytes,
    words: str,
    thoisu: Callable[..., tuple[int, str, str]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, bound in (("SIZE", 2**20), ("ROWS", 5), ("SOURCES", 3)):
        monkeypatch.setattr(traces, name, bound)
    file = tmp_path / "trace.csv.gz"
    file.write_bytes(data)
    for arguments, name in (((file,), str(file)), (("-",), "standard input")):
        code, out, err = thoisu("simulate", *arguments, "--budget", 8, stdin=data)
        assert (code, out, err.count("\n")) == (2, "", 1)
        assert name in err
        assert words in err


def test_a_replay_that_no_machine_holds_is_refused_and_one_that_sees_nothing_says_so() -> None:
    days = {name: [float(START), float(START + 3000 * DAY)] for name in "abcd"}
    with pytest.raises(BadInput, match=r"17,285,760 polls; take fewer"):
        next(simulate(days, 1440, 14))
    with pytest.raises(BadInput, match="no item is seen"):
        score({"a": [START + 1.0]}, {"a": []}, START, START + DAY)


def test_days_are_told_as_they_are_lived_through() -> None:
    told: list[tuple[int, int]] = []
    dict(simulate({"a": regular(3, {9: 1})}, 4, 1, lambda *day: told.append(day)))
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_times_without_a_zone_are_viet_nams() -> None:
    text = b"published_at,source,more\n2026-08-03T00:00:00Z,a,x\n2026-08-03 07:00:00,a,y\n"
    trace = read_trace(io.BufferedReader(io.BytesIO(text)), "-")  # type: ignore[type-var,unused-ignore]
    assert trace == {"a": [START + 420.0, START + 420.0]}


@pytest.fixture
def thoisu(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, str, str]]:
    def run(*arguments: object, stdin: bytes = b"") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(stdin))))
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return int(ended.value.code or 0), captured.out, captured.err

    return run


def csv_of(trace: Trace) -> bytes:
    rows = [f"{name},{moment(item).isoformat()}" for name, items in trace.items() for item in items]
    return "\n".join(("source,published_at", *rows)).encode()


def test_simulate_prints_one_object_or_a_table(thoisu: Callable[..., tuple[int, str, str]], tmp_path: Path) -> None:
    file = tmp_path / "trace.csv.gz"
    file.write_bytes(gzip.compress(csv_of(trace_of(18))))
    code, out, _ = thoisu("simulate", file, "--budget", 12, "--json")
    scores = json.loads(out)
    assert code == 0
    assert list(scores) == ["ours", "uniform", "proportional", "multiplicative", "oracle"]
    assert all(set(one) == {"mean", "p95", "requests"} for one in scores.values())
    code, out, _ = thoisu("simulate", "-", "--budget", 12, "--learn", 7, stdin=csv_of(trace_of(10)))
    assert code == 0
    assert max(map(len, out.splitlines())) <= 80
    assert all(out.count(f"\n{rule} ") == 2 for rule in scores)  # its row, and what it does
    assert len(out.splitlines()) == 14
    code, out, _ = thoisu("simulate", "-", "--budget", 12, "--learn", 7, stdin=csv_of({"a": regular(8, {9: 1})}))
    assert "items of 1 source;" in out


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--budget", 0), "more than 0"),
        (("--budget", -3), "more than 0"),
        (("--budget", "nan"), "more than 0"),
        (("--budget", 1441), "1,440 at most"),
        (("--budget", 0.1, "--learn", 3), "not one a day"),
        (("--budget", 8, "--learn", 10), "--learn"),
        ((), "budget"),
    ],
)
def test_options_that_make_no_sense_are_refused(
    options: tuple[object, ...], words: str, thoisu: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    file = tmp_path / "trace.csv"
    file.write_bytes(csv_of(trace_of(10)))
    code, out, err = thoisu("simulate", file, *options)
    assert (code, out) == (2, "")
    assert words in err


# --- the newsroom's tempo -------------------------------------------------------------------------------------------


def test_papers_publish_at_the_rates_that_are_told_of_them() -> None:
    told = tempos(3, ["songda", "hongha"], MONDAY.date(), 35)
    assert told == tempos(3, ["songda", "hongha"], MONDAY.date(), 35)
    for name, tempo in told.items():
        items = len(tempo.times(MONDAY.date(), die(3, name)))
        assert abs(items - sum(tempo.rates)) < 4 * sqrt(sum(tempo.rates))
        holiday, usual = (sum(tempo.rates[day * DAY : (day + 1) * DAY]) for day in (30, 28))
        assert holiday < 0.75 * usual


def test_a_world_publishes_at_given_times_and_finds_its_newest_at_once() -> None:
    times = {"songda": [at(0, 1.5 + number / 10) for number in range(60)], "hongha": [at(0, 3)]}
    world = World(seed=4, sites=2, articles=0, start=at(0), times=times, now=at(0, 4))
    paper = world.paper("songda")
    world.withdraw(world.stories["songda"][20])
    assert [story.published for story in world.stories["songda"]] == times["songda"]
    for hour in (1, 2, 4, 5.05, 9):
        world.now = at(0, hour)
        assert world.newest(paper, 10) == world.visible(paper)[:10]
