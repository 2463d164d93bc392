"""What a check is, and what it may read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, select

from crawler.monitor import page_flags
from crawler.monitor.page_flags import PageFlags
from crawler.monitor.shift import PAST, FindingSpan
from crawler.sites import Sites
from crawler.store import Store, tallies
from crawler.store.findings import Finding, Observation
from crawler.store.schema import ANSWERED, articles, sources
from crawler.text import SKEW, day_of, not_after

WINDOW = timedelta(days=2 * PAST)
"""How far back the shares of a site are read; farther while a finding is open that began earlier."""


@dataclass(slots=True)
class View:
    """The store at one moment, for the checks."""

    store: Store
    connection: Connection
    """A transaction that reads."""
    sites: Sites
    """Those that are checked."""
    now: datetime
    folders: Mapping[str, Path] = field(default_factory=dict)
    """Where things are written, by what a person calls it; empty for a store on another machine."""
    open: list[Finding] = field(default_factory=list)
    closed: list[Finding] = field(default_factory=list)
    """Those that ended within the window."""
    broken: dict[str, str] = field(default_factory=dict)
    """The checks before this one that could not be done, with the error."""
    named: tuple[str, ...] = ()
    """The names of sites, where these are all that is known of them."""
    _pages: dict[str, dict[date, list[PageFlags]]] = field(default_factory=dict)
    _tallies: dict[str, dict[date, dict[str, int]]] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """Of the sites that are checked."""
        return self.named or tuple(self.sites)

    @property
    def today(self) -> date:
        """The last day of which anything is believed; later ones were told by a clock that was ahead."""
        return day_of(self.now + SKEW)

    def found(self, name: str, site: str | None, subject: str) -> Finding | None:
        """The open finding of a check on this."""
        about = (name, site, subject)
        return next((one for one in self.open if (one.name, one.site, one.subject) == about), None)

    def spans(self, name: str, site: str, subject: str) -> list[FindingSpan]:
        """The days of what was found on this before, and of what is open."""
        return [
            FindingSpan(
                self._day(one.since), self._day(one.opened_at), self._day(one.closed_at) if one.closed_at else None
            )
            for one in (*self.closed, *self.open)
            if (one.name, one.site, one.subject) == (name, site, subject)
        ]

    def _day(self, at: datetime) -> date:
        return day_of(not_after(at, self.now))

    def since(self, site: str) -> date:
        """The first day that the checks of a site read."""
        begun = [one.since - WINDOW / 2 for one in self.open if one.site == site]
        return day_of(min([self.now - WINDOW, *begun]))

    def pages(self, site: str) -> dict[date, list[PageFlags]]:
        """The flags of a site's pages by day, but for that on which it was first read, which brings the past."""
        if site not in self._pages:
            days = page_flags.of_days(self.connection, site, self.since(site))
            first = page_flags.first_day(self.connection, site)
            self._pages[site] = {day: pages for day, pages in days.items() if day != first and day <= self.today}
        return self._pages[site]

    def tallies(self, site: str) -> dict[date, dict[str, int]]:
        """What the crawl counted of a site, by day."""
        if site not in self._tallies:
            counts = tallies.counted(self.connection, site, self.since(site))
            self._tallies[site] = {day: of_day for day, of_day in counts.items() if day <= self.today}
        return self._tallies[site]

    def url(self, article_id: int) -> str | None:
        """The address of an article."""
        return self.connection.scalar(select(articles.c.canonical_url).where(articles.c.id == article_id))

    def polled_at(self, site: str) -> datetime | None:
        """The last poll of any source of the site that gave an answer."""
        query = select(sources.c.checked_at).where(sources.c.site == site, sources.c.last_status.in_(ANSWERED))
        return max((not_after(at, self.now) for at in self.connection.scalars(query) if at), default=None)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that is checked. The first sentence of `run`'s docstring is what a report says of it."""

    name: str
    reads: str
    """What it judges by."""
    bound: str
    """From where on it is a finding."""
    within: str
    """When it is found at the latest; a check comes at most half an hour later."""
    advice: str
    """What to do."""
    run: Callable[[View], Iterator[Observation]]
    urgent: bool = False
    """Whether people are notified within the hour."""

    @property
    def says(self) -> str:
        """The line of a report."""
        return (self.run.__doc__ or "").split("\n", 1)[0].rstrip(".")
