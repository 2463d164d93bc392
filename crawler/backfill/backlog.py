"""The links that a backfill reads: what its steps have listed, kept apart from the news that the watch reads.

The functions run inside one transaction; those that write, inside one that holds the pen (`crawler.store.database`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import Connection, case, func, insert, select, update

from crawler.discover.days import day_in, made_on
from crawler.items import Link, PendingLink
from crawler.store import frontier
from crawler.store.schema import articles, changes, copies, links, sites

_age = func.coalesce(links.c.published_at, links.c.modified_at, links.c.found_at)
_mine = links.c.fate == "backfill"


def waiting(connection: Connection, site: str, limit: int, *, oldest_first: bool) -> list[PendingLink]:
    """Links of a site left to a backfill, newest or oldest first by what is known of their time."""
    order = (_age, links.c.id) if oldest_first else (_age.desc(), links.c.id)
    query = frontier.LINK.where(links.c.site == site, _mine).order_by(*order)
    return frontier.as_links(connection, query.limit(limit))


def count(connection: Connection, site: str) -> int:
    """How many links of a site are left to a backfill."""
    return connection.scalar(select(func.count()).where(links.c.site == site, _mine)) or 0


def keep_page(
    connection: Connection, source: str, route: str, wanted: Mapping[str, Link], site: str, at: datetime
) -> tuple[int, dict[str, int]]:
    """Keep what a page or shard of a source lists; how many links are new, and the number of each by address.

    What the watch remembers of that source stays as it is: its validators say what the watch has seen, not a backfill.
    """
    ensure_site(connection, site, at)
    source_id = frontier.keep_state(connection, replace(frontier.source(connection, source), route=route), site)
    known = frontier.known_of(connection, source_id, wanted)
    new = frontier.take(connection, source_id, source, wanted, known, site, at, "backfill")
    ids: dict[str, int] = {}
    for chunk in frontier.chunks(wanted):
        rows = connection.execute(select(links.c.canonical_url, links.c.id).where(links.c.canonical_url.in_(chunk)))
        ids.update((row.canonical_url, row.id) for row in rows)
    return new, ids


def guess(connection: Connection, urls: Iterable[str], site: str, at: datetime) -> int:
    """Keep addresses that no source has named; returns how many are new."""
    ensure_site(connection, site, at)
    every = list(urls)
    seen = set(frontier.seen(connection, every))
    rows = [
        {"canonical_url": url, "site": site, "found_at": at, "tries": 0, "fate": "backfill", "past": 0}
        for url in every
        if url not in seen
    ]
    if rows:
        connection.execute(insert(links), rows)
    return len(rows)


def days(connection: Connection, ids: Collection[int]) -> dict[int, date]:
    """The days on which the articles of these links were published, by the link's number, as far as that is known."""
    own = func.coalesce(links.c.leads_to, links.c.canonical_url)
    published = func.coalesce(articles.c.published_at, copies.c.published_at, links.c.published_at)
    query = (
        select(links.c.id, links.c.canonical_url, published)
        .join(articles, articles.c.canonical_url == own, isouter=True)
        .join(copies, copies.c.canonical_url == own, isouter=True)
    )
    found = {}
    for chunk in frontier.chunks(ids):
        for id_, url, at in connection.execute(query.where(links.c.id.in_(chunk))):
            day = day_in(at) if at is not None else made_on(url)
            if day is not None:
                found[id_] = day
    return found


def fetched_at(connection: Connection, url: str) -> datetime | None:
    """When the page of a link was last read into the store; None when it never was."""
    asked = select(links.c.leads_to, links.c.fetched_at).where(links.c.canonical_url == url)
    if (row := connection.execute(asked).first()) is None:
        return None
    own = links.c.canonical_url == (row.leads_to or url)
    return max(filter(None, (row.fetched_at, connection.scalar(select(links.c.fetched_at).where(own)))), default=None)


def brought(connection: Connection, urls: Iterable[str]) -> dict[str, int]:
    """Up to which change backfills have brought what stands at these addresses; without the pages of the watch."""
    query = select(links.c.canonical_url, links.c.past).where(links.c.past.is_not(None))
    found = {}
    for chunk in frontier.chunks(urls):
        found.update({row[0]: row[1] for row in connection.execute(query.where(links.c.canonical_url.in_(chunk)))})
    return found


def note_brought(connection: Connection, urls: Collection[str], *, new: bool) -> None:
    """The last change was brought to the page of these addresses by a backfill; `new` when nobody knew the page."""
    mine = links.c.canonical_url.in_(urls)
    last = select(func.max(changes.c.seq)).scalar_subquery()
    connection.execute(update(links).where(mine if new else mine & links.c.past.is_not(None)).values(past=last))


def numbered(connection: Connection, site: str, shape: str) -> list[tuple[datetime, int]]:
    """Times and numbers of the stored articles of a site whose addresses are like `shape`, which ends in a number."""
    before = re.sub(r"[0-9]+$", "", shape)
    query = select(articles.c.canonical_url, articles.c.published_at).where(
        articles.c.site == site,
        articles.c.published_at.is_not(None),
        func.substr(articles.c.canonical_url, 1, len(before)) == before,
    )
    rows = ((at, url.removeprefix(before)) for url, at in connection.execute(query))
    return [(at, int(number)) for at, number in rows if number.isdecimal()]


def ask_again(connection: Connection, ids: Iterable[int]) -> None:
    """Leave these links to the backfill, as if they had never been tried; stored pages stay as they are."""
    values = {"fate": case((links.c.fetched_at.is_not(None), "stored"), else_="backfill"), "tries": 0, "reason": None}
    for chunk in frontier.chunks(ids):
        connection.execute(update(links).where(links.c.id.in_(chunk)).values(values))


def ensure_site(connection: Connection, name: str, at: datetime) -> None:
    """A row for the site, which all others refer to."""
    if connection.scalar(select(sites.c.name).where(sites.c.name == name)) is None:
        connection.execute(insert(sites).values(name=name, added_at=at))
