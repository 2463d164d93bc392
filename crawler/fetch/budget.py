"""The budget of one run at a site: no request leaves that is not counted in the store, none beyond the day's limit.

Requests are reserved in transactions that exist anyway, and drawn one by one where they leave; whatever else leaves
(robots.txt, redirects, repetitions) draws as well. What a run has reserved and not asked it gives back at its end, so
that only a killed one counts too much.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from crawler.items import Purpose
from crawler.store import Store, subjects
from crawler.store.budget import give_back, reserve
from crawler.text import day_of

_SLACK = timedelta(minutes=1)
"""How long a request may wait for its turn: one before midnight counts for both days."""


class RequestBudget:
    """What one run may ask of its site."""

    def __init__(self, store: Store, site: str, limit: int | None, now: Callable[[], datetime]) -> None:
        self.limit = limit
        """Requests a day, those of all runs together; None for a run that asks nobody."""
        self._store = store
        self._site = site
        self._now = now
        self._reserved: Counter[tuple[date, Purpose]] = Counter()
        self.used: Counter[Purpose] = Counter()
        """Requests of this run that have left."""

    def reserve(
        self, connection: Connection, n: int, purpose: Purpose, at: datetime | None = None, *, spare: int = 0
    ) -> int:
        """Count up to `n` requests in a writing transaction; returns how many the day's limit less `spare` leaves."""
        if self.limit is None:
            return n
        at = at or self._now()
        granted = reserve(connection, self._site, at, purpose, n, self.limit - spare)
        self._reserved[day_of(at), purpose] += granted
        return granted

    def draw(self, n: int, purpose: Purpose) -> int:
        """The same in a transaction of its own."""
        if self.limit is None:
            return n
        with self._store.writing_beside(subjects.site(self._site)) as connection:
            return self.reserve(connection, n, purpose)

    def take(self, purpose: Purpose) -> bool:
        """Take one request, which leaves now, from what is reserved, or else from the day; False when it must not."""
        if self.limit is None:
            return True
        now = self._now()
        days = {day_of(at): at for at in (now + _SLACK, now)}
        for day, at in days.items():
            if not self._reserved[day, purpose]:
                with self._store.writing_beside(subjects.site(self._site)) as connection:
                    if not self.reserve(connection, 1, purpose, at):
                        return False
        for day in days:
            self._reserved[day, purpose] -= 1
        self.used[purpose] += 1
        return True

    def close(self) -> None:
        """Give back what was reserved and not asked."""
        left = [(day, purpose, number) for (day, purpose), number in self._reserved.items() if number]
        self._reserved.clear()
        if left:
            with self._store.writing_beside(subjects.site(self._site)) as connection:
                for day, purpose, number in left:
                    give_back(connection, self._site, day, purpose, number)
