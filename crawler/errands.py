"""A run's errands: which sources of a watched site are due, what came of them, and what the agenda says next.

The agenda follows from the site's pace (`crawler.pace`); both are written in the transaction that saves a source, so
that a run that is killed leaves due what it had not done. Nobody else writes them meanwhile: a site has one run at a
time.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from zlib import crc32

from sqlalchemy import Connection

from crawler.budget import Kind
from crawler.habits import Seen
from crawler.look import Look
from crawler.model import Link, Refusal
from crawler.pace import Pace
from crawler.rates import DAY, GRACE, day_of, minutes, moment
from crawler.site import Feed, Listing, Site, Sitemap
from crawler.store import Kept, SourceState, Store, frontier
from crawler.store import agenda as table
from crawler.store import rules as robots
from crawler.store.agenda import ARTICLES, Entry
from crawler.store.spending import day_of as date_of
from crawler.store.spending import spent
from crawler.tier import Prior

FLOOR = 5
"""Least minutes between two looks at a source."""
SLICE = timedelta(minutes=3)
"""How long a run goes on taking articles when what is due at other sites may wait for it."""
_AGAIN = timedelta(hours=1)
"""When pages that failed are tried again, if no look comes sooner."""
_JITTER = timedelta(seconds=20)
"""Over which the sites are spread that are due in the same minute."""
_LEARN = 0.1
"""Weight of one run in what a look is said to cost."""
_MORNING = timedelta(minutes=30)
"""Over which those are spread that wait for the next day."""


class Errands:
    """Of one run at one site; made by `open`."""

    def __init__(self, name: str, pace: Pace, entries: dict[str, Entry], now: Callable[[], datetime]) -> None:
        self.pace = pace
        self.entries = entries
        self._name = name
        self._now = now
        self._began = now()
        self._kept: dict[str, Entry] = {}  # as the store has them
        self._looks = 0
        self._failed: set[str] = set()
        self._part = crc32(name.encode()) / 2**32

    @classmethod
    def open(cls, store: Store, name: str, site: Site, limit: int, now: Callable[[], datetime]) -> Errands | None:
        """The errands of a site; None when it is not watched."""
        with store.reading() as connection:
            state = table.pace(connection, name)
            if state is None:
                return None
            entries = {entry.source: entry for entry in table.entries(connection, name)}
            errands = cls(name, read_pace(state), entries, now)
            errands.pace.budget.limit = limit
            for source in errands.pace.habits.keys() - entries.keys():  # the definition has it no more
                del errands.pace.habits[source], errands.pace.looks[source]
            errands.sync(connection)
            unplanned = entries.keys() - errands.pace.habits.keys() - {ARTICLES}
            if unplanned or errands.pace.day != day_of(minutes(now())):
                due = {source: entries[source] for source in errands.due()}
                tier = (read_pace(other) for other in table.paces_of(connection, site.tier))
                errands.pace.prior = Prior.of(habits.rate for pace in tier for habits in pace.habits.values())
                errands.pace.day = 0
                errands._renew()
                entries |= due  # this day's plan begins behind them
        return errands

    def due(self) -> set[str]:
        """The sources that are to be looked at now."""
        now = self._now()
        return {source for source, entry in self.entries.items() if source != ARTICLES and entry.next_at <= now}

    def late(self) -> bool:
        """Whether the run has had its time."""
        return self._now() - self._began > SLICE

    def rules(self, store: Store, origin: str) -> bytes | None:
        """The robots.txt of a host, if it was asked within a day (RFC 9309, section 2.4)."""
        with store.reading() as connection:
            return robots.remembered(connection, origin, self._now() - timedelta(days=1))

    def keep_rules(self, store: Store, origin: str, text: bytes) -> None:
        """Remember what a host has answered."""
        with store.writing() as connection:
            robots.remember(connection, origin, self._now(), text)

    def sync(self, connection: Connection) -> None:
        """Take over what has been spent today."""
        now = self._now()
        self.pace.budget.day = day_of(minutes(now))
        self.pace.budget.spent = dict(spent(connection, self._name, date_of(now)))

    def room(self, store: Store, kind: Kind) -> int:
        """Requests that may be made for something else than looks, without taking from these what they need today."""
        with store.reading() as connection:
            self.sync(connection)
        return self._room(kind)

    def note(self, look: Look, state: SourceState, connection: Connection, kept: Kept) -> None:
        """Learn from a look at one of the site's sources, or at a part of one, that is being saved."""
        (look.parent or look).kept.append(kept)
        source = look.source.url if look.source else ""
        if look.parent is not None or look.closing or source not in self.entries:
            return
        now = self._now()
        self._looks += 1
        self.pace.asked = minutes(now)
        self.sync(connection)
        if seen := self._seen(look, state, now):
            self.pace.saw(source, seen)
        else:
            self._fail(source, None)
        came = sum(part.new for part in look.kept)
        self.entries[source] = replace(self.entries[source], looked_at=now, outcome=state.last_status, came=came)
        self._renew()
        if came:
            self._call(now, "new articles wait")
        self._write(connection)

    def close(self, store: Store, error: str | None, retry_after: float | None, *, asked: int, cut: bool) -> None:
        """The end of the run, whose looks took `asked` requests; `cut`: articles wait for which there was no time.

        An error that is a word of `Refusal` is the site's fault, and the whole site is left alone for a while.
        """
        closed = error is not None and error.partition(":")[0] in set(Refusal)
        with store.writing() as connection:
            self.sync(connection)
            if self._looks:
                self.pace.budget.pages += _LEARN * (max(asked / self._looks, 1) - self.pace.budget.pages)
            if closed:
                for source in self.entries.keys() - self._failed - {ARTICLES}:
                    self._fail(source, retry_after)
            self._renew()
            waiting = frontier.count_pending(connection, self._name)
            self._call(*self._next_reading(waiting, closed=closed, cut=cut))
            self._write(connection)

    def _seen(self, look: Look, state: SourceState, now: datetime) -> Seen | None:
        """What pace learns from; None from a look that failed."""
        source = look.source
        if state.last_status not in ("200", "304"):
            # The shard of a new day, month or year is not there before its first article.
            young = isinstance(source, Sitemap) and source.url != look.url
            return Seen(now) if young and state.last_status == Refusal.NOT_FOUND else None
        first = [link for part in look.kept for link in part.first]
        times = [at for link in first if (at := _time(link))]
        shown = None
        if isinstance(source, Feed) or (isinstance(source, Listing) and not look.paged):
            shown = len(look.links) or self.pace.habits[source.url].window
        return Seen(
            now,
            items=times,
            undated=len(first) - len(times),
            new=sum(part.new for part in look.kept),
            shown=shown,
            oldest=min((at for link in look.links.values() if (at := link.published_at)), default=None),
            overlap=not any(part.gap for part in look.kept),
        )

    def _fail(self, source: str, retry_after: float | None) -> None:
        self._failed.add(source)
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
        look = min(entry.next_at for source, entry in self.entries.items() if source != ARTICLES)
        if not waiting:
            return now + timedelta(days=1), "none waits"
        if closed:
            return look, f"{waiting} wait until the site answers"
        if not self._room("article"):
            return _tomorrow(now) + self._part * _MORNING, f"{waiting} wait, and today's budget is spent"
        if cut:
            return now, f"{waiting} wait"
        return now + _AGAIN, f"{waiting} that failed are tried again"

    def _room(self, kind: Kind) -> int:
        now = self._now()
        left = 1 - minutes(now) % DAY / DAY
        return self.pace.budget.room(kind, left, self.pace.items(now), self.pace.planned)

    def _write(self, connection: Connection) -> None:
        changed = [entry for source, entry in self.entries.items() if entry != self._kept.get(source)]
        table.keep(connection, changed)
        self._kept = dict(self.entries)
        table.keep_pace(connection, self._name, write_pace(self.pace))


def upcoming(pace: Pace, source: str, now: datetime, part: float) -> tuple[datetime, str]:
    """When to look at a source next, and why; `part` (0 to 1) is the site's place among those of the same minute."""
    look = pace.next_look(source, now)
    at = look.at + part * _JITTER
    tomorrow = _tomorrow(now)
    if look.at >= tomorrow:
        # That day's plan is made when its first look is due; this day's says when that should be.
        later = (moment(minute + GRACE) for minute in pace.looks[source])
        at = max(at, next((at for at in later if at > tomorrow), tomorrow + part * _MORNING))
    return at, look.why or f"{pace.rate(source, now):.1f} articles an hour are expected"


def _tomorrow(now: datetime) -> datetime:
    return moment((day_of(minutes(now)) + 1) * DAY)


def read_pace(state: str) -> Pace:
    """A pace as `write_pace` wrote it."""
    return Pace.from_json(json.loads(state))


def write_pace(pace: Pace) -> str:
    """A pace as the store keeps it."""
    return json.dumps(pace.to_json(), separators=(",", ":"))


def _time(link: Link) -> datetime | None:
    """When the source says that an article came; of one that it has just listed, its last change will do."""
    return link.published_at or link.modified_at
