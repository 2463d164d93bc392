"""What of a site gives nothing any more, as far as the store can tell."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Connection, func, select

from crawler.errors import Refusal
from crawler.learn.addresses import shape
from crawler.repair.layouts import drift
from crawler.schedule import Pace
from crawler.sites import AddressForm, Feed, Listing, Site, Sitemap, StandIn, judge, with_stand_ins
from crawler.store import stand_ins
from crawler.store.schema import ANSWERED, links, sites, sources
from crawler.text import local_time

Kind = Literal["gone", "stale", "addresses"]
_GONE = frozenset(
    {
        Refusal.NOT_FOUND,
        Refusal.GONE,
        Refusal.SOFT_404,
        Refusal.HTML_FOR_FEED,
        Refusal.EMPTY_SOURCE,
        Refusal.HOME_FEED,
        Refusal.REDIRECTED,
        Refusal.NOT_HTML,
        Refusal.UNREADABLE,
    }
)
"""Answers by which there is no source where it was. A wall, a ban or a site that is down says nothing of that."""
_IN_A_ROW = 3  # polls that answer so
_LONG = timedelta(hours=22)  # since the first of them: a source may be gone for a night's work
_SHORT = timedelta(hours=8)  # when no other source of the site gives anything
_SHARDS = timedelta(days=3)  # the file of a day without an article is not there
_FEWEST = 4  # addresses of a new form
_EXPECTED = 9.0  # articles by the site's pace, of which none came: by Poisson's law once in 8,000 times
_SILENT = timedelta(hours=12)
_RETURNED = 10  # articles in a row by which the old addresses are back
_LATEST = 40  # links that are looked at for their addresses


@dataclass(frozen=True, slots=True)
class Trouble:
    """One part of a definition that gives nothing any more."""

    kind: Kind
    route: str
    """The source, as the definition has it; "" for the addresses, and for a site whose sources list nothing new."""
    since: datetime
    why: str


def troubles(
    connection: Connection, site: Site, standing: Collection[StandIn], pace: Pace | None, now: datetime
) -> list[Trouble]:
    """What is wrong at a site, but for what something stands in for; `site` with what stands in."""
    # What stands in may go as well; then the same part of the definition is in want again.
    stands_for = {one.by.url: one.route for one in standing if isinstance(one.by, Feed | Sitemap | Listing)}
    gone = list(_gone(connection, site, now))
    lost = {stands_for[one.route] for one in gone if one.route in stands_for}
    known = set(stands_for.values()) - lost
    wanted = (replace(one, route=stands_for.get(one.route, one.route)) for one in gone if one.route not in known)
    found = list({one.route: one for one in wanted}.values())
    if (moved := _addresses(connection, site)) is not None:
        found.append(moved)
    elif not found and pace is not None and (stale := _stale(connection, site, pace, now)) is not None:
        found.append(stale)
    return found


def is_over(connection: Connection, one: StandIn, site: Site, standing: Collection[StandIn], now: datetime) -> bool:
    """Whether what a stand-in stands for gives again, or the definition has been mended; `site` as it is defined."""
    if one.part == "layout":
        return drift(connection, site) is None
    if one.part == "source":
        return _gives_again(connection, one, site)
    if isinstance(one.by, AddressForm):
        return one.by.article in site.article or _needs_none(connection, one, site, now)
    return _addresses(connection, with_stand_ins(site, standing)) is None


def _gives_again(connection: Connection, one: StandIn, site: Site) -> bool:
    own = {source.url for source in site.sources}
    if not one.route:  # no source was gone, but none brought anything
        query = (
            select(func.count())
            .select_from(links.join(sources))
            .where(links.c.site == site.name, links.c.found_at > one.since, sources.c.route.in_(own))
        )
        return bool(connection.execute(query).scalar_one() >= _RETURNED)
    last = max(_rows(connection, site.name).get(one.route, []), key=lambda row: row.checked_at, default=None)
    back = last is not None and last.failures == 0 and last.checked_at > one.since and last.last_status in ANSWERED
    return one.route not in own or back


def _needs_none(connection: Connection, one: StandIn, site: Site, now: datetime) -> bool:
    """Whether the latest articles have the addresses of the definition again."""
    latest = [url for url, at in _latest(connection, site) if one.since < at <= now][:_RETURNED]
    return len(latest) == _RETURNED and not any(judge(url, site).refused for url in latest)


def _latest(connection: Connection, site: Site) -> list[tuple[str, datetime]]:
    """The links that the sources brought last, the newest first."""
    query = (
        select(links.c.canonical_url, links.c.found_at)
        .where(links.c.site == site.name, links.c.backfill_seq.is_(None))
        .order_by(links.c.found_at.desc())
        .limit(_LATEST)
    )
    return [(row.canonical_url, row.found_at) for row in connection.execute(query)]


def _rows(connection: Connection, site: str) -> dict[str, list[Any]]:
    """What is remembered of each source that was polled, its shards and children among them, by its route."""
    found: dict[str, list[Any]] = {}
    query = select(sources).where(sources.c.site == site, sources.c.checked_at.is_not(None))
    for row in connection.execute(query):
        found.setdefault(row.route or row.url, []).append(row)
    return found


def _gone(connection: Connection, site: Site, now: datetime) -> Iterator[Trouble]:
    rows = _rows(connection, site.name)
    last = {route: max(of_route, key=lambda row: row.checked_at) for route, of_route in rows.items()}
    named = [source for source in site.sources if source.url in last]
    alone = all(last[source.url].failures for source in named)
    for source in named:
        row = last[source.url]
        if row.last_status not in _GONE or row.failures < _IN_A_ROW:
            continue
        since = row.failing_since
        patience = _SHORT if alone and row.last_status != Refusal.EMPTY_SOURCE else _LONG
        if row.last_status == Refusal.EMPTY_SOURCE and row.body_hash is None and not alone:
            continue  # a new section need not have any article
        if isinstance(source, Sitemap) and row.url != source.url:  # each of its files has failed for itself
            good = (one.checked_at for one in rows[source.url] if not one.failures)
            since, patience = max(good, default=_enrolled(connection, site)), _SHARDS
        if since is not None and now - since >= patience:
            why = f"{source.url} answers {row.last_status} since {local_time(since)}"
            yield Trouble("gone", source.url, since, why)


def _enrolled(connection: Connection, site: Site) -> datetime:
    added: datetime = connection.execute(select(sites.c.added_at).where(sites.c.name == site.name)).scalar_one()
    return added


def _addresses(connection: Connection, site: Site) -> Trouble | None:
    """Addresses of a form that nobody has seen as long as articles came, which the pattern refuses."""
    latest = _latest(connection, site)
    # A feed all of whose addresses are refused is taken all the same (`crawler.discover`).
    foreign = [(url, at) for url, at in latest if judge(url, site).refused is Refusal.NOT_ARTICLE]
    ours = max((at for url, at in latest if judge(url, site).refused is None), default=None)
    refused = [(url, at) for url, at in stand_ins.unmatched_of(connection, site.name) if judge(url, site).refused]
    old = {shape(url) for url, at in refused if ours is not None and at <= ours}
    fresh = [(url, at) for url, at in (*foreign, *refused) if (ours is None or at > ours) and shape(url) not in old]
    if len({url for url, _ in fresh}) < _FEWEST:
        return None
    since = min(at for _, at in fresh)
    return Trouble(
        "addresses", "", since, f"the last {len(fresh)} listed addresses are none of its pattern's: {fresh[0][0]}"
    )


def _stale(connection: Connection, site: Site, pace: Pace, now: datetime) -> Trouble | None:
    """No new article, although by the site's own pace many should have come."""
    query = select(func.max(links.c.found_at)).where(links.c.site == site.name, links.c.backfill_seq.is_(None))
    last: datetime | None = connection.scalar(query)
    if last is None or now - last < _SILENT:
        return None
    usual = pace.usual(last, now)
    if usual < _EXPECTED:
        return None
    return Trouble("stale", "", last, f"nothing new since {local_time(last)}, where {usual:.0f} articles are usual")


def names(found: Sequence[Trouble]) -> str:
    """What is wrong, in a line."""
    return "; ".join(one.why for one in found)
