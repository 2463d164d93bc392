"""What a page or shard gives to a backfill: the links that may be of the wanted days, and how far back it reaches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from statistics import median_low

from crawler.model import Link
from crawler.spans import Span, day_in, made_on, published_in


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

    @property
    def oldest(self) -> date | None:
        """The oldest day; None when most links tell none."""
        return self.days[0] if 2 * len(self.days) > self.listed else None

    @property
    def middle(self) -> date | None:
        """The day in the middle, which neither a pinned story nor a box of the newest moves; None as for `oldest`."""
        return median_low(self.days) if 2 * len(self.days) > self.listed else None


def harvest(listed: Mapping[str, Link], span: Span, shard: Span | None, *, exact: bool) -> Harvest:
    """Sort the links of an answer by the wanted days; `shard` are the days that its address names.

    `exact` says that lastmod is the time of publication on this site.
    """
    told = {url: _day(link, exact=exact) for url, link in listed.items()}
    wanted = {
        url: link
        for url, link in listed.items()
        if (days := published_in(link, shard, exact=exact)) is None or days.meets(span)
    }
    undated = tuple(url for url in wanted if told[url] is None)
    return Harvest(len(listed), wanted, undated, tuple(sorted(day for day in told.values() if day is not None)))


def _day(link: Link, *, exact: bool) -> date | None:
    moment = link.published_at or (link.modified_at if exact else None)
    return day_in(moment) if moment else made_on(link.url)
