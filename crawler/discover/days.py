"""Days that stand in addresses: of the shard of a sitemap, and of the making of an article.

Pure text work; the shapes are those of `docs/sites.md`: `news-2026-8.xml`, `sitemaps-2026-6-21-25.xml`,
`sitemap-article-2026-08-03.xml`, `/2026/8/article.xml`, `/sitemaps/0/2026.xml`; `-102260808153107034.htm` (three digits
of the site, YYMMDDHHMMSS, milliseconds), `-20240115130400123.htm`, `-1761234567` (Unix seconds).
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from urllib.parse import urlsplit

from crawler.items import Link
from crawler.text import day_of

_YEAR = r"(?<![0-9])(20[0-9]{2})"
_END = r"(?![0-9])"
_WINDOW = re.compile(rf"{_YEAR}[-_/]([0-9]{{1,2}})[-_/]([0-9]{{1,2}})[-_]([0-9]{{1,2}}){_END}")
_DAY = re.compile(
    rf"{_YEAR}([-_/]?)([0-9]{{2}})\2([0-9]{{2}}){_END}|{_YEAR}[-_/]([0-9]{{1,2}})[-_/]([0-9]{{1,2}}){_END}"
)
_MONTH = re.compile(rf"{_YEAR}(?:[-_/]([0-9]{{1,2}})|([0-9]{{2}})){_END}")
_WHOLE_YEAR = re.compile(rf"{_YEAR}{_END}")
_FOLDER = re.compile(r"/(20[0-9]{2})(0[1-9]|1[0-2])/")  # of the month, in the addresses of some provincial papers
_STAMP = re.compile(
    r"-(?:(?P<full>20[0-9]{2}[01][0-9][0-3][0-9][0-2][0-9][0-5][0-9][0-5][0-9])[0-9]{2,3}"
    r"|[0-9]{3}(?P<short>[0-9]{2}[01][0-9][0-3][0-9][0-2][0-9][0-5][0-9][0-5][0-9])[0-9]{1,3}"
    r"|(?P<unix>1[0-9]{9}))(?:\.\w+)?$",
    re.ASCII,
)
WRITTEN_BEFORE = timedelta(days=7)
"""How long before its publication an article may have been made; the stamp is that of the draft."""


class DayRange(NamedTuple):
    """Whole days of Viet Nam's calendar, both included."""

    first: date
    last: date

    def meets(self, other: DayRange) -> bool:
        """Whether they have a day in common."""
        return self.first <= other.last and other.first <= self.last

    def days(self) -> list[date]:
        """Every day of it."""
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]


def span_of(url: str) -> DayRange | None:
    """The days that the address of a shard names; None when it names none."""
    path = urlsplit(url).path
    try:
        if found := _WINDOW.search(path):
            year, month, first, last = map(int, found.groups())
            return DayRange(date(year, month, first), date(year, month, last)) if first <= last else None
        if found := _DAY.search(path):
            numbers = [text for text in found.groups() if text and text.isdigit()]
            only = date(*map(int, numbers))
            return DayRange(only, only)
        if found := _MONTH.search(path):
            return _month(int(found[1]), int(found[2] or found[3]))
        if found := _WHOLE_YEAR.search(path):
            return DayRange(date(int(found[1]), 1, 1), date(int(found[1]), 12, 31))
    except ValueError:
        return None  # no such day: the numbers mean something else
    return None


def made_on(url: str) -> date | None:
    """The day on which the article was made, where its address bears a stamp; it may be published days later."""
    found = _STAMP.search(urlsplit(url).path)
    if not found:
        return None
    if found["unix"]:
        return day_of(datetime.fromtimestamp(int(found["unix"]), UTC))
    try:
        return datetime.strptime(found["full"] or f"20{found['short']}", "%Y%m%d%H%M%S").date()  # noqa: DTZ007, +07:00
    except ValueError:
        return None


def published_in(link: Link, shard: DayRange | None, *, exact: bool) -> DayRange | None:
    """The days on which the article can have been published, by what its link and the shard say; None for any.

    `exact` says that the site's lastmod is the time of publication and not of the last change.
    """
    if link.published_at is not None:
        day = day_of(link.published_at)
        return DayRange(day, day)
    shard = shard or _folder(link.url)
    changed = day_of(link.modified_at) if link.modified_at is not None else None
    if exact and changed is not None:
        return DayRange(changed, changed)
    made = made_on(link.url)
    first = made or (shard.first if shard else None)
    last = min(filter(None, (changed, shard.last if shard else None)), default=None)
    if made is not None:
        last = min(filter(None, (last, made + WRITTEN_BEFORE)))
    if first is None and last is None:
        return None
    return DayRange(first or date.min, max(last or date.max, first or date.min))


def claimed_day(link: Link, shard: DayRange | None, found_at: datetime) -> date:
    """The day that a source claims for an article: of publication, else of its making, else of its last change.

    The last is no more than a bound, and lies within the shard's days.
    """
    made, shard = made_on(link.url), shard or _folder(link.url)
    best = day_of(link.published_at) if link.published_at else made
    if best is None:
        best = day_of(link.modified_at or found_at)
        if shard is not None:
            best = min(max(best, shard.first), shard.last)
    return best


def _folder(url: str) -> DayRange | None:
    found = _FOLDER.search(urlsplit(url).path)
    return _month(int(found[1]), int(found[2])) if found else None


def _month(year: int, month: int) -> DayRange:
    return DayRange(date(year, month, 1), date(year, month, monthrange(year, month)[1]))
