"""The account of a site: no request goes out that is not counted in the store, and none beyond the day's limit.

Requests are reserved in transactions that exist anyway, and drawn one by one where they leave; whatever else leaves
(robots.txt, redirects, repetitions) draws as well. What a run has reserved and not asked it gives back at its end, so
that only a killed one counts too much.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from sqlalchemy import Connection

from crawler.errors import Refusal
from crawler.fetch.guard import Denied
from crawler.store import Store
from crawler.store.budget import Purpose, day_of, give_back, reserve

_SLACK = timedelta(minutes=1)
"""How long a request may wait for its turn: one before midnight counts for both days."""


class Account:
    """What one run may ask of its site; `limit` is the number of requests a day, None for a run that asks nobody."""

    def __init__(self, store: Store, site: str, limit: int | None, now: Callable[[], datetime]) -> None:
        self.limit = limit
        self._store = store
        self._site = site
        self._now = now
        self._reserved: Counter[tuple[date, Purpose]] = Counter()
        self.used: Counter[Purpose] = Counter()
        """Requests of this run that have left."""

    def reserve(self, connection: Connection, n: int, purpose: Purpose, at: datetime | None = None) -> int:
        """Count up to `n` requests in a writing transaction; returns how many the day's limit leaves."""
        if self.limit is None:
            return n
        at = at or self._now()
        granted = reserve(connection, self._site, at, purpose, n, self.limit)
        self._reserved[day_of(at), purpose] += granted
        return granted

    def draw(self, n: int, purpose: Purpose) -> int:
        """The same in a transaction of its own."""
        if self.limit is None:
            return n
        with self._store.writing() as connection:
            return self.reserve(connection, n, purpose)

    def take(self, purpose: Purpose) -> bool:
        """Take one request, which leaves now, from what is reserved, or else from the day; False when it must not."""
        if self.limit is None:
            return True
        now = self._now()
        days = {day_of(at): at for at in (now + _SLACK, now)}
        for day, at in days.items():
            if not self._reserved[day, purpose]:
                with self._store.writing() as connection:
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
            with self._store.writing() as connection:
                for day, purpose, number in left:
                    give_back(connection, self._site, day, purpose, number)


class AccountMiddleware:
    """The last gate before the network: refuses with OVER_BUDGET what the site's account does not give.

    `meta["purpose"]` of a request says what it is for; without one it is part of a look. A spider without an account
    asks a single page for a person.
    """

    def __init__(self, crawler: Crawler) -> None:
        if crawler.settings["THOISU_REPLAY"]:
            raise NotConfigured
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> AccountMiddleware:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Let the request pass, or raise `Denied`."""
        account: Account | None = getattr(self._crawler.spider, "account", None)
        if account is not None and not account.take(request.meta.get("purpose", "look")):
            raise Denied(Refusal.OVER_BUDGET, f"the day's {account.limit} requests are spent")
