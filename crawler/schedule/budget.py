"""How many requests a site gets on a day of Viet Nam's clock, and what they are for.

The schedule pays for everything out of one budget: polls of sources, the articles found, articles asked again, audits,
and backfill. What has been promised to one is kept from the others until the day has passed; backfill gets what
nobody needs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from crawler.items import Purpose

_SPREAD = 2.0
"""Standard deviations of a Poisson count that are kept for articles beyond those expected."""


@dataclass(slots=True)
class Budget:
    """The requests of one site on one day; plain data.

    `revisit` and `audit` are the shares of the limit kept for them, `watch` the share that polls keep whatever comes;
    `fetches` are the requests that a new item costs, `pages` those of a poll of a source: an index has children, a list
    further pages. `spent` is what the store has counted (`crawler.store.budget`), or in a replay what `take` has.
    """

    limit: int
    revisit: float = 0.1
    audit: float = 0.02
    watch: float = 0.2
    fetches: float = 1.0
    pages: float = 1.0
    day: int = 0
    spent: dict[Purpose, int] = field(default_factory=dict)

    def turn(self, day: int) -> None:
        """Begin another day since 1970 with nothing spent; an earlier day than the current one changes nothing."""
        if day > self.day:
            self.day = day
            self.spent = {}

    @property
    def left(self) -> int:
        """Requests that may still be made today."""
        return max(self.limit - sum(self.spent.values()), 0)

    def polls(self, left_of_day: float, items: float) -> int:
        """Polls that may still be made, with `items` more expected in the part of the day that is left (0 to 1)."""
        kept = self._articles(items) + self._share("revisit", left_of_day) + self._share("audit", left_of_day)
        least = min(self.watch * self.limit * left_of_day, self.left)
        return int(max(self.left - kept, least) / self.pages)

    def room(self, purpose: Purpose, left_of_day: float, items: float, planned: int) -> int:
        """Requests that `purpose` may make now, while `planned` polls and `items` more articles are to come."""
        if purpose == "look":
            return self.left
        if purpose == "article":
            return max(self.left - int(self.watch * self.limit * left_of_day), 0)
        kept = planned * self.pages + self._articles(items)
        for other in ("revisit", "audit"):
            if other != purpose:
                kept += self._share(other, left_of_day)
        return max(int(self.left - kept), 0)

    def take(self, purpose: Purpose, requests: int = 1) -> bool:
        """Spend on `purpose`, unless that would pass the limit; whether it may."""
        if requests > self.left:
            return False
        self.spent[purpose] = self.spent.get(purpose, 0) + requests
        return True

    def _articles(self, items: float) -> float:
        return float(self.fetches * (items + _SPREAD * items**0.5))

    def _share(self, purpose: Literal["revisit", "audit"], left_of_day: float) -> float:
        share = self.revisit if purpose == "revisit" else self.audit
        return float(max(share * self.limit - self.spent.get(purpose, 0), 0.0) * left_of_day)

    def to_json(self) -> dict[str, Any]:
        """Plain data that `from_json` reads."""
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Budget:
        """The budget that `to_json` wrote."""
        return cls(**data)
