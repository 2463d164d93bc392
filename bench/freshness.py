"""Delay from publication to discovery in the embedded newsroom, by the rule of `crawler.schedule.pace` and by others.

Usage:  python bench/freshness.py [SEED] [PAPERS] [DAYS]      (default 7, 60 and 28)

Papers of one newsroom on a simulated clock: log-normal rates, a newsroom's day and week, bursts, National Day.
The rule looks at their feeds, 40 items each, and learns from nothing else; 14 days pass before any is scored. The
papers share one purse, of which no day may take more than its part. A feed is taken from the newsroom as the list of
its stories: writing and reading its XML 300,000 times would measure something else. The oracle looks with density
√λ(t) and knows every rate, bursts and holiday included, and may save requests for another day. The last line is one
JSON list.
"""

from __future__ import annotations

import json
import sys
from datetime import date, datetime, time, timedelta
from itertools import accumulate
from math import sqrt

from crawler.newsroom import World
from crawler.newsroom.families import papers
from crawler.newsroom.feeds import LENGTH
from crawler.newsroom.grammar import die
from crawler.newsroom.story import PaperStory
from crawler.newsroom.tempo import Tempo, tempos
from crawler.schedule.budget import Budget
from crawler.schedule.pace import Pace
from crawler.schedule.rates import DAY, minutes, moment
from crawler.schedule.simulate import Polls, Score, averaged, phases, score, uniform
from crawler.schedule.source_rates import PollResult, SourceRate
from crawler.schedule.tier_rates import Prior
from crawler.text import VIETNAM

LEARN = 14  # days
START = date(2026, 8, 3)
BUDGETS = (8, 24, 48, 96)
MIDNIGHT = datetime.combine(START, time(), VIETNAM)
FIRST = int(minutes(MIDNIGHT)) // DAY
SINCE = (FIRST + LEARN) * DAY


def ours(world: World, budget: int, scored: int) -> tuple[Polls, int]:
    """The looks of `Pace` at every feed, and how many of the scored stories no look found in its feed."""
    names = [paper.name for paper in world.papers]
    pace = Pace(Budget(budget * len(names), revisit=0, audit=0, fetches=0), {name: SourceRate() for name in names})
    polls: Polls = {name: [] for name in names}
    known: dict[str, set[PaperStory]] = {name: set() for name in names}
    at = MIDNIGHT
    for day in range(FIRST, FIRST + LEARN + scored + 1):
        pace.prior = Prior.of(source.rate for source in pace.sources.values())
        pace.plan(moment(day * DAY))
        while (following := pace.next_source(max(at, moment(day * DAY))))[1] < moment((day + 1) * DAY):
            name, at = following
            assert pace.take("look", at), "the day's budget was overspent"
            world.now = at
            feed = world.newest(world.paper(name), LENGTH)
            new = [story for story in feed if story not in known[name]]
            overlap = not polls[name] or len(new) < len(feed) or len(feed) < LENGTH
            pace.saw(
                name,
                PollResult(
                    at,
                    [story.published for story in new],
                    shown=len(feed),
                    oldest=feed[-1].published if feed else None,
                    overlap=overlap,
                ),
            )
            known[name].update(new)
            polls[name].append(minutes(at))
    lost = sum(
        SINCE <= minutes(story.visible_from) < SINCE + scored * DAY and story not in known[story.paper.name]
        for story in world.all_stories()
    )
    return polls, lost


def oracle(tempo: dict[str, Tempo], budget: int, scored: int, phase: float) -> Polls:
    """Polls with density √λ(t), the true rates known."""
    start = LEARN * DAY
    roots = {name: [sqrt(rate) for rate in one.rates[start:]] for name, one in tempo.items()}
    share = budget * len(tempo) * scored / sum(sum(root[: scored * DAY]) for root in roots.values())
    polls: Polls = {}
    for number, (name, root) in enumerate(roots.items()):
        wanted = (phase + number * 0.6180339887) % 1
        polls[name] = []
        passed = 0.0
        for minute, after in enumerate(accumulate(share * value for value in root)):
            while wanted < after:
                polls[name].append(SINCE + minute + (wanted - passed) / (after - passed))
                wanted += 1
            passed = after
    return polls


def main() -> None:
    seed, sites, scored = (int(value) for value in (*sys.argv[1:], *("7", "60", "28")[len(sys.argv) - 1 :]))
    days, until = LEARN + scored + 1, SINCE + scored * DAY
    tempo = tempos(seed, [paper.name for paper in papers(sites)], START, days)
    times = {name: one.times(START, die(seed, name, "times")) for name, one in tempo.items()}
    world = World(seed, sites, 0, MIDNIGHT, times=times, now=MIDNIGHT + timedelta(days=days))
    trace = {name: sorted(minutes(story.visible_from) for story in shelf) for name, shelf in world.stories.items()}
    items = sum(SINCE <= item < until for each in trace.values() for item in each)
    print(f"{sites} papers, {items} items in {scored} days, {items / sites / scored:.1f} a paper and day\n")
    print("requests   rule       mean      p95   of uniform   of oracle   lost")
    rows = []
    for budget in BUDGETS:
        polls, lost = ours(world, budget, scored)
        scores: dict[str, Score] = {
            "ours": score(trace, polls, SINCE, until),
            "uniform": averaged(
                [score(trace, uniform(trace, budget, SINCE, until, at), SINCE, until) for at in phases()]
            ),
            "oracle": averaged([score(trace, oracle(tempo, budget, scored, at), SINCE, until) for at in phases()]),
        }
        for name, one in scores.items():
            ratios = f"{one.mean / scores['uniform'].mean:>13.3f}{one.mean / scores['oracle'].mean:>12.3f}"
            gone = f"{lost:>7}" if name == "ours" else ""
            print(f"{one.requests:>8.2f}   {name:<8}{one.mean:>7.2f}{one.p95:>9.2f}{ratios}{gone}", flush=True)
        rows.append({"budget": budget} | {name: round(one.mean, 3) for name, one in scores.items()})
    print(json.dumps(rows))


if __name__ == "__main__":
    main()
