"""By which ways the past of a site can be reached, in the order in which they are worth a request.

What lists whole days comes first: series of sitemaps, sitemaps and their indexes, lists for each day. Then lists that
are paged through from the newest, numbers that rise, and feeds, which reach back a few days.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple
from urllib.parse import urlsplit

from crawler.discover import DayRange, span_of
from crawler.items import Link
from crawler.sites import Archive, Feed, Listing, Numbers, Site, Sitemap, Source
from crawler.text import day_of

Route = Source | Archive
SERIES, SITEMAP, BY_DAY, PAGED, NUMBERED, FEED = range(6)
WHOLE = BY_DAY
"""Up to this stage an address holds whole days; what comes after reaches down to a day."""
_NEWEST = ("news", "latest", "daily", "tin-moi")  # in the name of a sitemap that shows the last days
_RECENT = timedelta(days=4)
"""What is younger may stand in such a sitemap only: shards are often built some time after the news."""


class Part(NamedTuple):
    """One address to ask, and the days that are wanted of it."""

    route: str
    address: str
    span: DayRange


def stage_of(route: Route) -> int:
    """The place of a route in the order."""
    series = "{" in route.url
    match route:
        case Sitemap():
            return SERIES if series else SITEMAP
        case Listing():
            return BY_DAY if series else PAGED
        case Numbers():
            return NUMBERED
        case Feed():
            return FEED


def stages(site: Site) -> list[int]:
    """The stages that a site has, in order."""
    return sorted({stage_of(route) for route in all_routes(site)})


def all_routes(site: Site) -> tuple[Route, ...]:
    """Every way to a site's articles."""
    return (*site.sources, *site.archives)


def named(site: Site, url: str) -> Route | None:
    """The route of this address; None when the definition has it no more."""
    return next((route for route in all_routes(site) if route.url == url), None)


def parts(site: Site, stage: int, days: Sequence[date]) -> list[Part]:
    """What a stage asks for these days, oldest first; a list that names no day is asked from its beginning."""
    whole = DayRange(min(days), max(days))
    found: dict[str, Part] = {}
    for route in all_routes(site):
        if stage_of(route) != stage:
            continue
        if not isinstance(route, Sitemap | Listing) or "{" not in route.url:
            found.setdefault(route.url, Part(route.url, route.url, whole))
            continue
        for day in sorted(days):
            address = route.shard(day)
            held = span_of(address) if isinstance(route, Sitemap) else None
            known = found.get(address)
            first = known.span.first if known else day
            found[address] = Part(route.url, address, held or DayRange(first, day))
    return list(found.values())


def children(index: Iterable[Link], span: DayRange, today: date) -> Iterator[Part]:
    """The sitemaps of an index that may hold these days: by the days in their names, else by their lastmod.

    Those without either are taken when nothing in the index has a day in its name, and those of the newest when the
    newest days are wanted.
    """
    listed = [(link, span_of(link.url)) for link in index]
    dated = any(held for _, held in listed)
    for link, held in listed:
        if held is not None:
            wanted = held.meets(span)
        elif any(name in urlsplit(link.url).path.rpartition("/")[2].lower() for name in _NEWEST):
            wanted = span.last >= today - _RECENT
        else:
            wanted = not dated and (link.modified_at is None or day_of(link.modified_at) >= span.first)
        if wanted:
            yield Part("", link.url, held or span)


def numbers(route: Numbers, more: Iterable[tuple[datetime, int]], span: DayRange) -> range:
    """The numbers that articles of these days can have, between the nearest that are known; newest last.

    `more` are numbers of stored articles with their times. One day and a twentieth of the stretch are added at both
    ends, since numbers are given to drafts. Beyond what is known the rate of the whole goes on.
    """
    marks = sorted({(day.toordinal(), number) for day, number in route.known} | {
        (day_of(at).toordinal(), number) for at, number in more
    })  # fmt: skip
    low = _number_on(marks, span.first.toordinal() - 1)
    high = _number_on(marks, span.last.toordinal() + 2)
    slack = (high - low) // 20 + 1
    return range(max(int(low - slack), 1), int(high + slack) + 1)


def _number_on(marks: Sequence[tuple[int, int]], day: int) -> float:
    before = [mark for mark in marks if mark[0] <= day]
    after = [mark for mark in marks if mark[0] > day]
    if before and after:
        (day_a, low), (day_b, high) = before[-1], after[0]
    else:
        (day_a, low), (day_b, high) = marks[0], marks[-1]
    return low + (high - low) * (day - day_a) / max(day_b - day_a, 1)
