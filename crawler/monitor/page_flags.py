"""What the monitor notes of each page when it is first read: what it lacks, and what is odd about it.

A row for each site and day holds the flags of its pages, in the order in which they were read (`page_flags`). The
writing functions run inside one writing transaction that holds the job `monitor` (`crawler.store.subjects`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import log2

from sqlalchemy import Column, ColumnElement, Connection, Date, PrimaryKeyConstraint, Table, func, select

from crawler.items import FALLBACK, Article
from crawler.store.schema import Plain, metadata
from crawler.store.sql import upsert
from crawler.text import VIETNAM, day_of

page_flags = Table(
    "marks",
    metadata,
    Column("site", Plain, nullable=False),
    Column("day", Date, nullable=False),  # on Viet Nam's clock
    Column("pages", Plain, nullable=False),  # JSON of `dump`
    PrimaryKeyConstraint("site", "day"),
)

FIELDS = {
    "title": "t",
    "lead": "l",
    "authors": "a",
    "published_at": "p",
    "section": "s",
    "tags": "g",
    "images": "i",
}
"""The fields whose coverage is checked, each with the letter that stands for its lack."""
BY_FALLBACK, REPEATS, OWN_COPY, AHEAD = "f", "r", "c", "h"
OLD = timedelta(days=7)
"""A page older than this when it is first read tells nothing of the site's news, unless a live source named it."""
_AHEAD = timedelta(minutes=15)  # clocks differ by minutes, and some papers date forward by a few
_LINE = 30  # characters of a line that no two articles have by chance
_TWICE = 2  # earlier pages on which it makes a line boilerplate


@dataclass(frozen=True, slots=True)
class PageFlags:
    """One page as the monitor remembers it."""

    id: int
    """Of the article; 0 for a copy."""
    minute: int
    """When it was published or, where that is unknown or later, first read: minutes after the day's first."""
    read: int
    """When it was first read."""
    flags: str
    """Letters for what it lacks and what is odd."""
    size: int
    """Two for each doubling of the letters in lead and body."""
    lag: int | None
    """Of the first page that a poll made known, how long it had been out: `lag_class`."""


@dataclass(frozen=True, slots=True)
class EarlierPage:
    """A page of the same site that was read before."""

    title: str
    lines: frozenset[str]


def lines(article: Article) -> frozenset[str]:
    """The lines by which boilerplate is recognised."""
    return frozenset(line for line in article.body.split("\n") if len(line) >= _LINE)


def flags_of(article: Article, before: Iterable[EarlierPage]) -> str:
    """The letters for a page, beside those that depend on when it was found; `before` are the last pages of its site.

    A title that the page before had too is none: it is the site's.
    """
    earlier = list(before)
    lacking = {name for name in FIELDS if name != "title" and not getattr(article, name)}
    if any(page.title == article.title for page in earlier):
        lacking.add("title")
    seen = [line for page in earlier for line in page.lines]
    repeats = any(seen.count(line) >= _TWICE for line in lines(article))
    letters = [letter for name, letter in FIELDS.items() if name in lacking]
    return "".join(letters + [BY_FALLBACK] * (article.layout == FALLBACK) + [REPEATS] * repeats)


def page(
    article: Article, id_: int, read_at: datetime, before: Iterable[EarlierPage], found_at: datetime | None
) -> PageFlags:
    """The page as it is remembered; `found_at` is given for the first that a poll made known."""
    published = article.published_at
    late = published is not None and published - read_at > _AHEAD
    start = datetime.combine(day_of(read_at), datetime.min.time(), VIETNAM)
    out, read = ((at - start) // timedelta(minutes=1) for at in (min(published or read_at, read_at), read_at))
    lag = lag_class(found_at - published) if found_at and published else None
    letters = flags_of(article, before) + AHEAD * late
    return PageFlags(id_, out, read, letters, size(article), lag)


def size(article: Article) -> int:
    """Two for each doubling of the letters in lead and body."""
    return int(2 * log2(len(article.lead or "") + len(article.body) + 1))


def lag_class(lag: timedelta) -> int:
    """0 for less than an hour, and one more for each doubling from there."""
    hours = lag.total_seconds() / 3600
    return 0 if hours < 1 else 1 + int(log2(hours))


def dump(pages: Iterable[PageFlags]) -> str:
    """As it is stored."""
    rows = [[one.id, one.minute, one.read, one.flags, one.size, one.lag] for one in pages]
    return json.dumps(rows, separators=(",", ":"))


def load(text: str) -> list[PageFlags]:
    """The inverse of `dump`."""
    return [PageFlags(*row) for row in json.loads(text)]


def of_days(connection: Connection, site: str, since: date) -> dict[date, list[PageFlags]]:
    """The pages of a site by day, in order."""
    query = select(page_flags.c.day, page_flags.c.pages).where(page_flags.c.site == site, page_flags.c.day >= since)
    return {row.day: load(row.pages) for row in connection.execute(query.order_by(page_flags.c.day))}


def first_day(connection: Connection, site: str) -> date | None:
    """The first day of which pages are stored."""
    first: date | None = connection.scalar(select(func.min(page_flags.c.day)).where(page_flags.c.site == site))
    return first


def keep(connection: Connection, site: str, day: date, pages: Iterable[PageFlags]) -> None:
    """Store the pages of a day instead of those that are there."""
    upsert(connection, page_flags, {"site": site, "day": day}, {"pages": dump(pages)})


def of_days_before(before: date) -> ColumnElement[bool]:
    """The pages of earlier days."""
    return page_flags.c.day < before
