"""Which sites are looked at now: the deciding part of the scheduler, which knows neither clock nor process.

What is due stands in the store; nothing of it is remembered here. So whoever begins anew decides the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

GATHER = timedelta(seconds=30)
"""Between two rounds, so that what falls due meanwhile goes together."""
IDLE = timedelta(minutes=1)
"""The longest that nobody asks the store; others may have written to its agenda."""
_PAUSE, _PAUSE_MAX = timedelta(seconds=30), timedelta(hours=1)


@dataclass(slots=True)
class _Strikes:
    """Rounds in a row that left a site as it was: the process died, or another has the site."""

    number: int
    until: datetime


class Rounds:
    """Starts rounds of due sites, none of which is in two at once.

    `times` gives for each site when it is due; `start` begins a round and returns, and `ended` is to be called when it
    is over. Where it raises, that round and those after it have not begun. At most `places` sites are under way; this
    can be changed between two ticks, as can `gather`.
    """

    def __init__(
        self, times: Callable[[], Mapping[str, datetime]], start: Callable[[list[str]], None], places: int
    ) -> None:
        self._times = times
        self._start = start
        self.places = places
        self.gather = GATHER
        """Between two rounds; none where each site goes by itself anyway."""
        self._running: dict[str, datetime | None] = {}  # with the time at which each was due, where that is known
        self._back: dict[str, datetime | None] = {}  # those whose round has ended since
        self._strikes: dict[str, _Strikes] = {}
        self._next_round: datetime | None = None

    def tick(self, now: datetime) -> datetime:
        """Begin a round when one is due; returns when to be called again, if `ended` is not called before."""
        times = self._times()
        self._judge(times, now)
        self._believe(now)
        waiting = {site: self._earliest(site, at) for site, at in times.items() if site not in self._running}
        if self._next_round is None or now >= self._next_round:
            due = [site for at, site in sorted((at, site) for site, at in waiting.items()) if at <= now]
            free = self.places - len(self._running)
            # What found no place goes as soon as one is free.
            self._next_round = now + self.gather if 0 < len(due) <= free else None
            if due := due[:free]:
                for sites in self._apart(due):
                    self._start(sites)
                    self._running |= {site: times[site] for site in sites}  # not before: it may raise
                waiting = {site: at for site, at in waiting.items() if site not in self._running}
        soon = now + IDLE
        if len(self._running) < self.places:
            soon = min(soon, *waiting.values(), soon)
        return max(soon, self._next_round or now)

    def ended(self, sites: Iterable[str]) -> None:
        """A round is over."""
        self._back |= {site: self._running.pop(site) for site in sites if site in self._running}

    def under_way(self, sites: Iterable[str]) -> None:
        """Somebody else has begun a round of these, or the scheduler before this one."""
        for site in sites:
            self._running.setdefault(site, None)

    def withdrawn(self, sites: Iterable[str]) -> None:
        """Nobody has begun the round of these after all."""
        for site in sites:
            self._running.pop(site, None)

    def _judge(self, times: Mapping[str, datetime], now: datetime) -> None:
        """A site that its round left as it was gets a pause, longer each time, and goes alone after it."""
        while self._back:
            site, due = self._back.popitem()
            if due is None or times.get(site) != due:
                self._strikes.pop(site, None)
                continue
            number = self._strikes[site].number + 1 if site in self._strikes else 1
            pause = min(_PAUSE * 2 ** min(number - 1, 16), _PAUSE_MAX)
            self._strikes[site] = _Strikes(number, now + pause)

    def _believe(self, now: datetime) -> None:
        """No pause lasts longer than it may, though the clock has gone back since it began."""
        if self._next_round is not None and self._next_round > now + self.gather:
            self._next_round = None
        for strikes in self._strikes.values():
            strikes.until = min(strikes.until, now + _PAUSE_MAX)

    def _earliest(self, site: str, at: datetime) -> datetime:
        return max(at, self._strikes[site].until) if site in self._strikes else at

    def _apart(self, due: list[str]) -> Iterator[list[str]]:
        """The rounds in which they go: a site that may take its process down goes alone."""
        if together := [site for site in due if site not in self._strikes]:
            yield together
        yield from ([site] for site in due if site in self._strikes)
