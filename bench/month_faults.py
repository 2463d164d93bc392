"""What can go wrong in the months of `bench/months.py`, and a throw of it: which fault, where, and when.

A fault has the finding by which it must be found, within so many hours, and which must end when it is over. One without
a finding must not be noticed by anybody: the crawl goes on and nothing is said.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

FEEDS, PAGES = r"rss|feed|sitemap|\.xml", r"^/(?!.*(rss|feed|sitemap|\.xml|robots))."


@dataclass(frozen=True, slots=True)
class Kind:
    """One way to go wrong."""

    name: str
    rule: Mapping[str, Any] = field(default_factory=dict)
    """For `Newsroom.misbehave`."""
    finding: tuple[str, str] | None = None
    """The check and the subject."""
    within: float = 0.0
    """Hours."""
    lasts: float | None = 72.0
    """Hours; None for ever."""
    over: float | None = 48.0
    """Hours after its end, in which the finding must have ended; None when that takes longer than a month."""
    past: int = 6
    """Days of the site that the check must have seen."""
    also: tuple[str, ...] = ()
    """Checks that may say something of it as well."""


FIRST_DAY = (
    Kind("no name in DNS", finding=("reach", ""), within=3, lasts=None),
    Kind("robots.txt 5xx", {"status": 503, "path": r"robots\.txt"}, ("reach", ""), 3, lasts=200, also=("refusals",)),
    Kind("every source fails", {"status": 500}, ("reach", ""), 3, lasts=200, also=("refusals",)),
    Kind("sources without an entry", finding=("reach", ""), within=30, lasts=None, also=("refusals",)),
)
"""Of sites that are so from the beginning."""

OF_A_SITE = (
    Kind("503", {"status": 503}, ("refusals", "server_error"), 36, also=("silence", "reach")),
    Kind("403", {"status": 403}, ("refusals", "forbidden"), 36, also=("silence", "reach")),
    Kind("robots.txt 5xx", {"status": 500, "path": r"robots\.txt"}, ("reach", ""), 60, lasts=96,
         also=("silence", "refusals")),
    Kind("Retry-After of a Unix time", {"status": 429, "retry_after": "1763000000"}, ("reach", ""), 120, lasts=144,
         over=72, also=("silence", "refusals", "gaps")),
    Kind("Retry-After of thirty digits", {"status": 429, "retry_after": "9" * 30}, ("reach", ""), 120, lasts=144,
         over=72, also=("silence", "refusals", "gaps")),
    Kind("lying validators", {"validators": "always-304"}, ("validators", ""), 60, lasts=96, over=8 * 24,
         also=("silence", "clocks", "gaps")),
    Kind("clock ahead", {"clock": 9}, ("clocks", "ahead"), 72, lasts=None),
    # It knows the usual from fifty polls that brought something, of which a paper of eight articles gives five a day.
    Kind("clock behind", {"clock": -9}, ("clocks", "behind"), 96, lasts=None, past=14),
    Kind("redesign", {"redesign": True}, ("layout", "fallback"), 72, lasts=None, also=("coverage",), past=8),
    Kind("silence", {"silence": 120}, ("silence", ""), 96, lasts=120, past=16),
    Kind("HTML for feeds", {"html_for_feed": True, "path": FEEDS}, ("refusals", "html_for_feed"), 36,
         also=("silence", "reach")),
    Kind("entity bombs", {"xml": "bomb", "path": FEEDS}, ("refusals", "entity_bomb"), 36, also=("silence", "reach")),
    Kind("feeds packed 21 times", {"hostile": "layers", "path": FEEDS}, ("refusals", "unreadable"), 36,
         also=("silence", "reach")),
    Kind("pages packed 21 times", {"hostile": "layers", "path": PAGES}, ("refusals", "unreadable"), 72, lasts=96,
         also=("silence", "reach")),
    Kind("a bomb in each page", {"gzip_bomb": 200, "path": PAGES}, ("refusals", "too_large"), 72, lasts=96,
         also=("silence", "reach")),
    Kind("pages of 100 MB", {"huge": 100, "path": PAGES}, ("refusals", "too_large"), 72, lasts=96,
         also=("silence", "reach")),
    Kind("unclosed tags", {"hostile": "tags", "path": PAGES}, ("refusals", "unreadable"), 72, lasts=96,
         also=("silence", "layout")),
    Kind("more than the feed shows", {"flood": 90}, ("gaps", ""), 24, lasts=None, also=("clocks",)),
    Kind("combining marks", {"hostile": "marks", "times": 3}),
    Kind("text that never ends a sentence", {"hostile": "quotes", "times": 3}),
    Kind("feeds of 16,000 entries", {"hostile": "entries", "path": FEEDS}),
    Kind("an entry of the year 2082", {"future": 1}, lasts=None),
)  # fmt: skip

OF_THE_MACHINE = (
    Kind("scheduler stopped", finding=("schedule", ""), within=2, lasts=9, over=2),
    Kind("clock 7 h ahead", {"off": 7}, ("clock", ""), 1, lasts=1, over=26),
    Kind("clock a day ahead", {"off": 24}, ("clock", ""), 1, lasts=1, over=26),
    Kind("clock a year ahead", {"off": 366 * 24}, ("clock", ""), 1, lasts=1, over=26),
    Kind("clock an hour back", {"off": -1}, ("clock", ""), 1, lasts=1, over=26),
    Kind("round killed", lasts=0.5),
    Kind("reader killed", lasts=0.5),
)


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault that has been thrown in; `site` is None for the machine."""

    kind: Kind
    site: str | None
    begin: datetime
    end: datetime | None


def thrown(seed: int, sites: list[str], start: datetime, days: int) -> list[Fault]:
    """What goes wrong in these days: a third of the sites is left alone, the machine has a fault every other day."""
    rng = random.Random(seed)  # noqa: S311 - chance, not secrecy
    order = rng.sample(sites, len(sites))
    faults = [_of(kind, order.pop(), start) for kind in FIRST_DAY if len(order) > len(sites) // 2]
    kinds = _endless(rng, OF_A_SITE)
    for site in order[len(sites) // 3 :]:
        since = 0.0
        while (kind := next(kinds)) and (begin := max(since, kind.past) + rng.uniform(0, days / 3)) < days - 1:
            faults.append(_of(kind, site, start + timedelta(days=begin)))
            if kind.lasts is None or kind.over is None:
                break  # what it leaves behind cannot be told from what the next would do
            since = begin + (kind.lasts + kind.over) / 24 + 1
    machine = _endless(rng, OF_THE_MACHINE)
    for day in range(2, days - 1, 2):
        faults.append(_of(next(machine), None, start + timedelta(days=day, hours=rng.uniform(0, 30))))
    return sorted(faults, key=lambda fault: fault.begin)


def _of(kind: Kind, site: str | None, begin: datetime) -> Fault:
    return Fault(kind, site, begin, begin + timedelta(hours=kind.lasts) if kind.lasts is not None else None)


def _endless(rng: random.Random, kinds: tuple[Kind, ...]) -> Iterator[Kind]:
    """All of them in an order of chance, and again."""
    while True:
        yield from rng.sample(kinds, len(kinds))
