"""At which age a known article is asked again, learned from how often its site edits.

The hazard h(a) is the expected number of edits an hour at age a. What an edit costs is the time until it is seen, as
with new articles (`crawler.schedule.timetable`), and so the best density of revisits is proportional to √h(a): an
article is asked again whenever ∫√h has grown by one step, and the step is what the requests that there are for
revisits allow.

The hazard is Gamma-Poisson by classes of age, and at first a guess: many edits come within hours of publication, few
after days. An edit is only known to lie between two requests; it is counted in the classes between them in proportion
to the edits expected there.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from math import sqrt

from crawler.items import PendingLink
from crawler.schedule.agenda import AgendaEntry
from crawler.schedule.budget import Budget
from crawler.store import Store
from crawler.text import not_after

_BATCH = 10  # asked without a look at the clock
_LATER = timedelta(hours=1)  # until there may be room


class DueRevisits:
    """The revisits of one run; times of articles are those of their links, as their sources gave them."""

    def __init__(self, site: str, edits: EditRates, now: Callable[[], datetime]) -> None:
        self.edits = edits
        self._next_at: datetime | None = None  # when the next comes due, once `links` has been asked
        self._without_room = 0
        self._site = site
        self._now = now

    def links(self, store: Store, budget: Budget, room: int) -> list[PendingLink]:
        """Those that are due, newest first: as many as there is room for, and no more than a batch."""
        now = self._now()
        known = [
            link
            for link in store.revisit(self._site, now - OLDEST)
            # A page may say that it is of a year to come, for years.
            if link.fetched_at is not None and (link.published_at or link.found_at) >= now - OLDEST
        ]
        ages = self.edits.ages(budget.revisit * budget.limit / max(len(known) / OLDEST.days, 1))
        wanted, coming = [], [now + timedelta(days=1)]
        for link in known:
            published = link.published_at or link.found_at
            at = due(ages, published, not_after(link.fetched_at or now, now))
            if at is not None and at <= now:
                wanted.append(link)
                at = due(ages, published, now)
            if at is not None:
                coming.append(at)
        self._next_at, self._without_room = min(coming), max(len(wanted) - room, 0)
        return wanted[: min(room, _BATCH)]

    def following(self, before: AgendaEntry, *, cut: bool) -> tuple[datetime, str]:
        """When to look for them next, and why; `before` is what the agenda had, `cut` that the run's time was over."""
        if cut:
            return self._now(), "known articles are to be asked again"
        if self._next_at is None:
            return before.next_at, before.why
        if self._without_room:
            return (
                self._now() + _LATER,
                f"{self._without_room} known articles are to be asked again, and others go first",
            )
        return self._next_at, "known articles come of age to be asked again"

    def note(self, link: PendingLink, at: datetime, *, changed: bool) -> None:
        """An article that was known has been asked again."""
        if link.fetched_at is not None:
            self.edits.learn(link.published_at or link.found_at, link.fetched_at, at, changed=changed)


EDGES = (0.0, 1.0, 3.0, 12.0, 48.0, 168.0)
"""Hours of age between which the hazard is taken for constant; older articles are not asked again."""
OLDEST = timedelta(hours=EDGES[-1])
"""Age from which on an article is not asked again."""
_AT_FIRST = (0.1, 0.04, 0.01, 0.003, 0.0005)
_TRUST = 2.0
"""Edits that the first guess of a class counts for."""
_FORGET = 200.0
"""Edits after which what was learned counts for half."""
_SOONEST = 0.5
"""Hours from publication to the first revisit, and between two."""


@dataclass(slots=True)
class EditRates:
    """What is known of a site's edits: their number and the hours watched, for each class of age; plain data."""

    counts: list[float] = field(default_factory=lambda: [0.0] * len(_AT_FIRST))
    hours: list[float] = field(default_factory=lambda: [0.0] * len(_AT_FIRST))

    def learn(self, published: datetime, before: datetime, now: datetime, *, changed: bool) -> None:
        """An article that was asked before is asked again, and has changed since then or not."""
        spans = _spans(_age(published, before), _age(published, now))
        weights = [hours * hazard for hours, hazard in zip(spans, self.hazards(), strict=True)]
        total = sum(weights)
        for place, hours in enumerate(spans):
            self.hours[place] += hours
            if changed and total:
                self.counts[place] += weights[place] / total
        if sum(self.counts) > _FORGET:
            self.counts = [count / 2 for count in self.counts]
            self.hours = [hours / 2 for hours in self.hours]

    def hazards(self) -> list[float]:
        """Edits an hour to be expected in each class of age."""
        return [
            (count + _TRUST) / (hours + _TRUST / first)
            for count, hours, first in zip(self.counts, self.hours, _AT_FIRST, strict=True)
        ]

    def ages(self, revisits: float) -> list[float]:
        """The hours of age at which an article is asked again, about so many times; once at least."""
        roots = [sqrt(hazard) for hazard in self.hazards()]
        sums = [0.0]
        for root, (low, high) in zip(roots, pairwise(EDGES), strict=True):
            sums.append(sums[-1] + root * (high - low))
        number = max(round(revisits), 1)
        ages: list[float] = []
        for place in range(number):
            wanted = sums[-1] * (place + 0.5) / number
            of = min(bisect_right(sums, wanted), len(roots)) - 1
            age = max(EDGES[of] + (wanted - sums[of]) / roots[of], _SOONEST)
            if not ages or age >= ages[-1] + _SOONEST:
                ages.append(age)
        return ages

    def to_json(self) -> str:
        """What `from_json` reads."""
        return json.dumps([[round(value, 4) for value in values] for values in (self.counts, self.hours)])

    @classmethod
    def from_json(cls, text: str | None) -> EditRates:
        """What `to_json` wrote; of None, what is known at first."""
        return cls(*json.loads(text)) if text else cls()


def due(ages: Sequence[float], published: datetime, fetched: datetime) -> datetime | None:
    """When an article that was last asked at `fetched` is to be asked again; None when never more."""
    place = bisect_right(ages, _age(published, fetched))
    return published + timedelta(hours=ages[place]) if place < len(ages) else None


def _age(published: datetime, at: datetime) -> float:
    return max((at - published).total_seconds() / 3600, 0.0)


def _spans(since: float, until: float) -> list[float]:
    """Hours of each class between two ages."""
    return [max(min(until, high) - max(since, low), 0.0) for low, high in pairwise(EDGES)]
