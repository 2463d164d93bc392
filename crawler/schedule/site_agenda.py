"""The agenda of one site in a run: which sources of the site are due, what came of them, when the next poll is.

The agenda follows from the site's pace (`crawler.schedule.pace`); both are written in the transaction that saves a
source, so that a run that is killed leaves due what it had not done. Nobody else writes them meanwhile: a site has
one run at a time.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from zlib import crc32

from sqlalchemy import Connection

from crawler.errors import Refusal
from crawler.items import PendingLink, Purpose
from crawler.schedule import agenda as table
from crawler.schedule.agenda import ARTICLES, AgendaEntry
from crawler.schedule.pace import Pace
from crawler.schedule.rates import DAY, GRACE, day_number, minutes, moment
from crawler.schedule.revisits import DueRevisits, EditRates
from crawler.schedule.source_rates import PollResult
from crawler.schedule.tier_rates import Prior
from crawler.sites import Site
from crawler.store import Store, frontier, robots, subjects
from crawler.store.budget import spent
from crawler.text import day_of

FLOOR = 5
"""Least minutes between two polls of a source."""
SLICE = timedelta(minutes=3)
"""How long a run goes on taking articles when what is due at other sites may wait for it."""
_AGAIN = timedelta(hours=1)
"""When pages that failed are tried again, if no poll comes sooner."""
_TOO_MANY = 1.25
"""Times the polls that the day has left for them, from which the rest of the day is planned anew."""
_JITTER = timedelta(seconds=20)
"""Over which the sites are spread that are due in the same minute."""
_LEARN = 0.1
"""Weight of one run in what a poll is said to cost."""
_MORNING = timedelta(minutes=30)
"""Over which those are spread that wait for the next day."""


class SiteAgenda:
    """Of one run at one site; made by `open`."""

    def __init__(
        self, name: str, pace: Pace, revisits: DueRevisits, entries: dict[str, AgendaEntry], now: Callable[[], datetime]
    ) -> None:
        self.pace = pace
        self.revisits = revisits
        self.entries = entries
        self._name = name
        self._now = now
        self._began = now()
        self._kept: dict[str, AgendaEntry] = {}  # as the store has them
        self._polls = 0
        self._first = False
        self._failed: set[str] = set()
        self._part = crc32(name.encode()) / 2**32

    @classmethod
    def open(cls, store: Store, site: Site, limit: int, now: Callable[[], datetime]) -> SiteAgenda | None:
        """The agenda of a site; None when it is not scheduled."""
        name = site.name
        with store.reading() as connection:
            state = table.pace(connection, name)
            entries = {entry.source: table.healed(entry, now()) for entry in table.entries(connection, name)}
            if state is None or not entries:
                return None
            revisits = DueRevisits(name, EditRates.from_json(table.edits(connection, name)), now)
            agenda = cls(name, read_pace(state), revisits, entries, now)
            agenda.pace.heal(now())
            agenda.pace.budget.limit = limit
            for source in agenda.pace.sources.keys() - entries.keys():  # the definition has it no more
                del agenda.pace.sources[source], agenda.pace.polls[source]
            agenda.sync(connection)
            unplanned = entries.keys() - agenda.pace.sources.keys() - {ARTICLES}
            if unplanned or agenda.pace.day != day_number(minutes(now())):
                due = {source: entries[source] for source in agenda.due()}
                tier = (read_pace(other) for other in table.paces_of(connection, site.tier))
                agenda.pace.prior = Prior.of(source.rate for pace in tier for source in pace.sources.values())
                agenda.pace.day = 0
                agenda._renew()
                entries |= due  # this day's plan begins behind them
        return agenda

    def due(self) -> set[str]:
        """The sources that are to be polled now."""
        now = self._now()
        return {source for source, entry in self.entries.items() if source != ARTICLES and entry.next_at <= now}

    def late(self) -> bool:
        """Whether the run has had its time."""
        # Either way a clock that jumps ends the run no later.
        return abs(self._now() - self._began) > SLICE

    def slow_down(self, delay: float) -> None:
        """Plan for `delay` seconds between two requests, which the site asks for."""
        self.pace.delay = delay

    def cached_robots(self, store: Store, origin: str) -> bytes | None:
        """The robots.txt of a host, if it was asked within a day (RFC 9309, section 2.4)."""
        with store.reading() as connection:
            now = self._now()
            return robots.remembered(connection, origin, now - timedelta(days=1), now)

    def cache_robots(self, store: Store, origin: str, text: bytes) -> None:
        """Remember what a host has answered."""
        with store.writing_beside(subjects.site(self._name)) as connection:
            robots.remember(connection, origin, self._now(), text)

    def sync(self, connection: Connection) -> None:
        """Take over what has been spent today."""
        now = self._now()
        self.pace.budget.day = day_number(minutes(now))
        self.pace.budget.spent = dict(spent(connection, self._name, day_of(now)))

    def room(self, store: Store, purpose: Purpose) -> int:
        """Requests that may be made for something else than polls, without taking from these what they need today."""
        with store.reading() as connection:
            self.sync(connection)
        return self._room(purpose)

    def known(self, store: Store) -> list[PendingLink]:
        """Known articles that are to be asked again now; none when the agenda has no time for articles yet."""
        if self.entries[ARTICLES].next_at > self._now():
            return []
        return self.revisits.links(store, self.pace.budget, self.room(store, "revisit"))

    def window(self, source: str) -> int | None:
        """The number of items that a source showed the last time it showed any."""
        return self.pace.sources[source].window

    def note(
        self,
        connection: Connection,
        source: str,
        found: PollResult | None,
        outcome: str | None,
        came: int,
        *,
        first: bool,
    ) -> None:
        """Learn from a poll of a source that is being saved: what it `found`, None when it failed."""
        now = self._now()
        self._polls += 1
        self._first |= first
        self.pace.asked = minutes(now)
        self.sync(connection)
        if found:
            self.pace.saw(source, found)
        else:
            self._fail(source, None)
        self.entries[source] = replace(self.entries[source], polled_at=now, outcome=outcome, came=came)
        self._renew()
        if came:
            self._call(now, "new articles wait")
        self._write(connection)

    def close(self, store: Store, error: str | None, retry_after: float | None, *, asked: int, cut: bool) -> None:
        """The end of the run, whose polls took `asked` requests; `cut`: articles wait for which there was no time.

        An error that begins with a reason of refusal is the site's fault, and the whole site is left alone for a while.
        """
        reason = error.partition(":")[0] if error else None
        closed = reason in set(Refusal)
        with store.writing_beside(subjects.site(self._name)) as connection:
            self.sync(connection)
            if self._polls and not self._first:  # a first poll goes deeper
                self.pace.budget.pages += _LEARN * (max(asked / self._polls, 1) - self.pace.budget.pages)
            if self.pace.planned > _TOO_MANY * self.pace.budget.polls(self._left_of_day(), self._expected()):
                self.pace.plan(self._now())
            if closed:
                for source in self.entries.keys() - self._failed - {ARTICLES}:
                    self._fail(source, retry_after)
                    if not self._polls:  # nobody got as far as a source: that is what came of the poll of each
                        entry = self.entries[source]
                        self.entries[source] = replace(entry, polled_at=self._now(), outcome=reason, came=0)
            self._renew()
            waiting = frontier.count_pending(connection, self._name)
            self._call(*self._next_reading(waiting, closed=closed, cut=cut))
            self._write(connection)

    def _fail(self, source: str, retry_after: float | None) -> None:
        self._failed.add(source)
        self.pace.asked = minutes(self._now())
        self.pace.failed(source, self._now(), retry_after)

    def _renew(self) -> None:
        """Bring the agenda in line with the pace."""
        for source in self.entries.keys() - {ARTICLES}:
            at, why = upcoming(self.pace, source, self._now(), self._part)
            self.entries[source] = replace(self.entries[source], next_at=at, why=why)

    def _call(self, at: datetime, why: str) -> None:
        self.entries[ARTICLES] = replace(self.entries[ARTICLES], next_at=at, why=why)

    def _next_reading(self, waiting: int, *, closed: bool, cut: bool) -> tuple[datetime, str]:
        now = self._now()
        poll = min(entry.next_at for source, entry in self.entries.items() if source != ARTICLES)
        if closed:
            return poll, "the site is left alone until then"
        if not waiting:
            return self.revisits.following(self.entries[ARTICLES], cut=cut)
        if not self._room("article"):
            return _tomorrow(now) + self._part * _MORNING, f"{waiting} articles wait, and today's budget is spent"
        if cut:
            return now, f"{waiting} articles wait"
        return now + _AGAIN, f"{waiting} articles that failed are tried again"

    def _room(self, purpose: Purpose) -> int:
        return self.pace.budget.room(purpose, self._left_of_day(), self._expected(), self.pace.planned)

    def _left_of_day(self) -> float:
        return 1 - minutes(self._now()) % DAY / DAY

    def _expected(self) -> float:
        return self.pace.items(self._now())

    def _write(self, connection: Connection) -> None:
        changed = [entry for source, entry in self.entries.items() if entry != self._kept.get(source)]
        table.keep(connection, changed)
        self._kept = dict(self.entries)
        table.keep_pace(connection, self._name, write_pace(self.pace), self.revisits.edits.to_json())


def upcoming(pace: Pace, source: str, now: datetime, part: float) -> tuple[datetime, str]:
    """When to poll a source next, and why; `part` (0 to 1) is the site's place among those of the same minute."""
    poll = pace.next_poll(source, now)
    at = poll.at + part * _JITTER
    tomorrow = _tomorrow(now)
    if poll.at >= tomorrow:
        # That day's plan is made when its first poll is due; this day's says when that should be.
        later = (moment(minute + GRACE) for minute in pace.polls[source])
        at = max(at, next((at for at in later if at > tomorrow), tomorrow + part * _MORNING))
    return at, poll.why


def _tomorrow(now: datetime) -> datetime:
    return moment((day_number(minutes(now)) + 1) * DAY)


def read_pace(state: str) -> Pace:
    """A pace as `write_pace` wrote it."""
    return Pace.from_json(json.loads(state))


def write_pace(pace: Pace) -> str:
    """A pace as the store keeps it."""
    return json.dumps(pace.to_json(), separators=(",", ":"))
