"""The ledger's questions to the store: counts by route and day, polls that failed, days that were read whole.

Every function reads, inside one transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Date, Select, and_, case, func, select

from crawler.backfill.steps import Step, steps
from crawler.discover import DayRange, span_of
from crawler.errors import Refusal
from crawler.store.schema import ANSWERED, WAITING, Fate, articles, copies, every, links, sources
from crawler.store.sightings import gaps, poll_days, sightings

_route = func.coalesce(sources.c.route, sources.c.url)
_fate = case((links.c.fate.in_(WAITING), Fate.PENDING), else_=links.c.fate)


class Count(NamedTuple):
    """Articles of one day that a route has listed, by what became of them."""

    route: str
    day: date
    fate: str
    """A `Fate`; what is left to a backfill counts as pending."""
    reason: str | None
    """Why the last try gave nothing."""
    number: int


class DayOfPolls(NamedTuple):
    """The polls of one source on one day."""

    url: str
    route: str
    day: date
    polls: int
    failed: int
    reason: str | None


class Failing(NamedTuple):
    """A source whose last poll gave nothing."""

    url: str
    route: str
    reason: str
    failures: int
    """Polls in a row that have failed."""
    first: date
    """Of its first poll."""
    good: date | None
    """Of its last poll that gave something."""
    last: date
    """Of its last poll."""


class WindowGap(NamedTuple):
    """A window that did not overlap the one before."""

    route: str
    since: datetime
    until: datetime


def by_day(connection: Connection, site: str, span: DayRange) -> list[Count]:
    """What each route has listed for the days of a span; of a stored article the day is that of its page."""
    own = func.coalesce(links.c.leads_to, links.c.canonical_url)
    published = func.coalesce(articles.c.published_at, copies.c.published_at)
    # A route may have an article's day wrong by as much as a draft lies, or a shard is wide.
    day = func.coalesce(_day_of(connection, published), sightings.c.day, type_=Date)
    query = (
        _sightings(site, _route, day, _fate, links.c.reason, func.count(links.c.id.distinct()))
        .join(articles, articles.c.canonical_url == own, isouter=True)
        .join(copies, copies.c.canonical_url == own, isouter=True)
        .where(day.between(span.first, span.last))
        .group_by(_route, day, _fate, links.c.reason)
    )
    return [Count(*row) for row in connection.execute(query)]


def unread(connection: Connection, site: str, span: DayRange) -> list[Count]:
    """Of `by_day` what is not stored, by the day that the route has it under; cheaper."""
    query = (
        _sightings(site, _route, sightings.c.day, _fate, links.c.reason, func.count(links.c.id.distinct()))
        .where(links.c.fate != Fate.STORED, sightings.c.day.between(span.first, span.last))
        .group_by(_route, sightings.c.day, _fate, links.c.reason)
    )
    return [Count(*row) for row in connection.execute(query)]


def unread_links(connection: Connection, site: str, span: DayRange, reasons: Collection[Refusal]) -> list[int]:
    """Numbers of the links that are listed for these days and wait, or were given up for one of the reasons."""
    given_up = and_(links.c.fate == Fate.REFUSED, links.c.reason.in_(reasons))
    query = (
        _sightings(site, links.c.id)
        .distinct()
        .where(sightings.c.day.between(span.first, span.last), given_up | (links.c.fate == Fate.PENDING))
    )
    return list(connection.scalars(query))


def sighted(connection: Connection, site: str, span: DayRange) -> dict[tuple[str, date], int]:
    """How many articles each route has listed for each day."""
    query = (
        _sightings(site, _route, sightings.c.day, func.count(sightings.c.link_id.distinct()))
        .where(sightings.c.day.between(span.first, span.last))
        .group_by(_route, sightings.c.day)
    )
    return {(route, day): number for route, day, number in connection.execute(query)}


def totals(connection: Connection, site: str, span: DayRange) -> dict[tuple[str, str | None], int]:
    """How many articles the routes have listed together for these days, each once, by fate and reason."""
    query = (
        _sightings(site, _fate, links.c.reason, func.count(links.c.id.distinct()))
        .where(sightings.c.day.between(span.first, span.last))
        .group_by(_fate, links.c.reason)
    )
    return {(fate, reason): number for fate, reason, number in connection.execute(query)}


def by_listed_day(connection: Connection, site: str, span: DayRange) -> list[tuple[date, str, str | None, int]]:
    """How many articles were listed for each day, by fate and reason; cheaper than `by_day`, and for all routes."""
    query = (
        _sightings(site, sightings.c.day, _fate, links.c.reason, func.count(links.c.id.distinct()))
        .where(sightings.c.day.between(span.first, span.last))
        .group_by(sightings.c.day, _fate, links.c.reason)
    )
    return [(day, fate, reason, number) for day, fate, reason, number in connection.execute(query)]


def polls(connection: Connection, site: str) -> list[DayOfPolls]:
    """How the polls of each source of a site went, by day, oldest first."""
    query = (
        select(sources.c.url, _route, poll_days.c.day, poll_days.c.polls, poll_days.c.failed, poll_days.c.reason)
        .join(sources, sources.c.id == poll_days.c.source_id)
        .where(sources.c.site == site)
        .order_by(poll_days.c.day)
    )
    return [DayOfPolls(*row) for row in connection.execute(query)]


def failing(connection: Connection, site: str) -> list[Failing]:
    """The sources of a site that give nothing now."""
    good = func.max(case((poll_days.c.polls > poll_days.c.failed, poll_days.c.day)))
    query = (
        select(
            sources.c.url, _route, sources.c.last_status, sources.c.failures,
            func.min(poll_days.c.day), good, func.max(poll_days.c.day),
        )
        .join(poll_days, poll_days.c.source_id == sources.c.id)
        .where(sources.c.site == site, sources.c.last_status.not_in(ANSWERED))
        .group_by(sources.c.id)
        .order_by(sources.c.url)
    )  # fmt: skip
    return [Failing(*row) for row in connection.execute(query)]


def open_windows(connection: Connection, site: str) -> list[WindowGap]:
    """Every window of a site that did not overlap the one before, oldest first."""
    query = select(_route, gaps.c.since, gaps.c.until).join(sources, sources.c.id == gaps.c.source_id)
    return [WindowGap(*row) for row in connection.execute(query.where(sources.c.site == site).order_by(gaps.c.since))]


def shards(connection: Connection, site: str) -> Iterator[tuple[DayRange, datetime]]:
    """The days that shards of sitemaps hold, each with the time of its last whole answer."""
    query = select(sources.c.url, sources.c.whole_at).where(sources.c.site == site, sources.c.whole_at.is_not(None))
    for url, at in connection.execute(query):
        if (span := span_of(url)) is not None:
            yield span, at


def jobs(connection: Connection, site: str) -> dict[str, list[Step]]:
    """The steps of every backfill of a site, by its name."""
    found: dict[str, list[Step]] = {}
    for row in connection.execute(select(*every(steps)).where(steps.c.site == site).order_by(steps.c.id)).mappings():
        found.setdefault(row["job"], []).append(Step(**row))
    return found


def _sightings(site: str, *columns: ColumnElement[Any]) -> Select[Any]:
    joined = sightings.join(sources, sources.c.id == sightings.c.source_id).join(
        links, links.c.id == sightings.c.link_id
    )
    return select(*columns).select_from(joined).where(sources.c.site == site)


def _day_of(connection: Connection, at: ColumnElement[Any]) -> ColumnElement[date]:
    """`crawler.text.dates.day_of` in SQL."""
    if connection.dialect.name == "sqlite":
        return func.date(at, "+7 hours", type_=Date)
    return func.date(func.timezone("Asia/Ho_Chi_Minh", at), type_=Date)
