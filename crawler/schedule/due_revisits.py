"""The known articles of a watched site that are to be asked again, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from crawler.items import PendingLink
from crawler.schedule.agenda import Entry
from crawler.schedule.budget import Budget
from crawler.schedule.revisits import OLDEST, Edits, due
from crawler.store import Store

_BATCH = 10  # asked without a look at the clock
_LATER = timedelta(hours=1)  # until there may be room


class Again:
    """The revisits of one run; times of articles are those of their links, as their sources gave them."""

    def __init__(self, site: str, edits: Edits, now: Callable[[], datetime]) -> None:
        self.edits = edits
        self._next_at: datetime | None = None  # when the next comes due, once `links` has been asked
        self._without_room = 0
        self._site = site
        self._now = now

    def links(self, store: Store, budget: Budget, room: int) -> list[PendingLink]:
        """Those that are due, newest first: as many as there is room for, and no more than a batch."""
        now = self._now()
        known = [link for link in store.revisit(self._site, now - OLDEST) if link.fetched_at is not None]
        ages = self.edits.ages(budget.revisit * budget.limit / max(len(known) / OLDEST.days, 1))
        wanted, coming = [], [now + timedelta(days=1)]
        for link in known:
            published = link.published_at or link.found_at
            at = due(ages, published, link.fetched_at or now)
            if at is not None and at <= now:
                wanted.append(link)
                at = due(ages, published, now)
            if at is not None:
                coming.append(at)
        self._next_at, self._without_room = min(coming), max(len(wanted) - room, 0)
        return wanted[: min(room, _BATCH)]

    def following(self, before: Entry, *, cut: bool) -> tuple[datetime, str]:
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
