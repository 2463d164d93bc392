"""What a page or shard gives to a backfill: the links that may be of the wanted days, and how far back it reaches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median_low

from crawler.crawl.own_address import number
from crawler.discover import DayRange, WindowItem, made_on, published_in, window_end
from crawler.items import Link
from crawler.text import day_of

_DENSE = 20  # links with a number from which these say something
_EDITED = timedelta(days=3)
"""Of articles with neighbouring numbers, some have not been edited for longer than this."""


@dataclass(frozen=True, slots=True)
class Harvest:
    """The links of one answer by canonical address."""

    listed: int
    """How many there are."""
    wanted: dict[str, Link]
    """Those that may be of the wanted days."""
    undated: tuple[str, ...]
    """Of these, those whose day only their own page tells."""
    days: tuple[date, ...]
    """Days of the links that tell theirs, oldest first."""
    end: date | None
    """The day at which a list from new to old ends, whatever is pinned in it."""

    @property
    def whole(self) -> date | None:
        """The first day of which nothing is cut off; None when most links tell no day."""
        if 2 * len(self.days) <= self.listed:
            return None
        return (self.end or self.days[0]) + timedelta(days=1)

    @property
    def middle(self) -> date | None:
        """The day in the middle, which neither a pinned story nor a box of the newest moves; None as for `whole`."""
        return median_low(self.days) if 2 * len(self.days) > self.listed else None


def harvest(listed: Mapping[str, Link], span: DayRange, shard: DayRange | None, *, exact: bool) -> Harvest:
    """Sort the links of an answer by the wanted days; `shard` are the days that its address names.

    `exact` says that lastmod is the time of publication on this site.
    """
    told = {url: _day(link, exact=exact) for url, link in listed.items()}
    youngest = _by_number(listed)
    wanted = {
        url: link
        for url, link in listed.items()
        if ((days := published_in(link, shard, exact=exact)) is None or days.meets(span))
        and (told[url] or url not in youngest or youngest[url] - span.last <= _EDITED)
    }
    undated = tuple(url for url in wanted if told[url] is None)
    last = window_end([WindowItem(link.published_at, known=False) for link in listed.values()])
    dated = tuple(sorted(day for day in told.values() if day is not None))
    return Harvest(len(listed), wanted, undated, dated, day_of(last.at) if last and last.at else None)


def _by_number(listed: Mapping[str, Link]) -> dict[str, date]:
    """For articles that tell only when they were changed, the day by which their numbers were given.

    Numbers rise, so each was given no later than any above it was last changed. As some of these have not been edited
    for long, that is close to the truth: what was numbered days behind the wanted span was not published in it either.
    Empty where too few have a number and a lastmod.
    """
    rows = [
        (int(number_), day_of(link.modified_at), url)
        for url, link in listed.items()
        if link.modified_at is not None and (number_ := number(url)) is not None
    ]
    if len(rows) < max(_DENSE, 0.9 * len(listed)):
        return {}
    found: dict[str, date] = {}
    youngest = date.max
    for _, day, url in sorted(rows, reverse=True):
        found[url] = youngest = min(youngest, day)
    return found


def _day(link: Link, *, exact: bool) -> date | None:
    moment = link.published_at or (link.modified_at if exact else None)
    return day_of(moment) if moment else made_on(link.url)
