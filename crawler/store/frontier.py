"""The frontier: sources with their validators, and the links found there until each is stored or refused for good.

The writing functions run inside one transaction that holds the pen (`crawler.store.database`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any, Literal, TypeVar

from sqlalchemy import Connection, Integer, Select, bindparam, case, func, insert, select, update

from crawler.errors import Discard, Refusal
from crawler.items import LONGEST_URL, Article, Link, PendingLink
from crawler.store.rows import SourceSaved, SourceState
from crawler.store.schema import articles, changes, copies, every, links, sources
from crawler.store.sightings import CLAIMED, claim, note_look, raise_gap, sightings

T = TypeVar("T")
_GOOD = (None, "200", "304")
_WAITING = ("pending", "backfill")
_CHUNK = 500
"""Addresses asked for in one statement; SQLite allows 32,766 values (sqlite.org/limits.html), plans grow with it."""

_KNOWN = select(
    *(links.c[name] for name in ("id", "canonical_url", "fate", "fetched_at", "modified_at", "past")), sightings.c.day
).join(sightings, CLAIMED, isouter=True)
LINK = select(
    *(column for column in every(links) if column.name not in ("id", "url", "source_id", "fate", "leads_to", "past")),
    func.coalesce(links.c.url, links.c.canonical_url).label("url"),
    sources.c.url.label("source"),
).join_from(links, sources, isouter=True)
_NEW_LINK = insert(links)
_FOUND_LINK = _NEW_LINK.returning(links.c.id, links.c.canonical_url)
_STORED = update(links).where(links.c.canonical_url == bindparam("b_url"))
# What a backfill reads is of the past with all that it has changed, unless a source of the watch has shown it.
_OF_BACKFILL = (links.c.fate == "backfill") & links.c.past.is_not(None)
_LAST = select(func.max(changes.c.seq)).scalar_subquery()
_DONE = _STORED.values(past=case((_OF_BACKFILL, _LAST), else_=links.c.past))
_REFUSED = _STORED.values(tries=links.c.tries + bindparam("more", type_=Integer), reason=bindparam("refusal"))
# A page that was stored stays so when a later look at it gives nothing.
_REFUSED_FOR_GOOD = _REFUSED.values(fate=case((links.c.fetched_at.is_not(None), "stored"), else_="refused"))


def source(connection: Connection, url: str) -> SourceState:
    """What is remembered of a source; a fresh state when it is new."""
    row = connection.execute(select(*every(sources)).where(sources.c.url == url)).mappings().first()
    return SourceState(**{name: value for name, value in row.items() if name != "id"}) if row else SourceState(url=url)


def save_source(
    connection: Connection,
    state: SourceState,
    found: Iterable[Link],
    site: str,
    at: datetime,
    canonical: Callable[[str], str],
    *,
    revisit: bool,
    window: bool,
) -> SourceSaved:
    """Keep a source's state and the links found there."""
    source_id = keep_state(connection, state, site)
    note_look(connection, source_id, at, None if state.last_status in _GOOD else state.last_status)
    wanted = by_address(found, canonical)
    known = known_of(connection, source_id, wanted)
    shown = [(link, url in known and known[url].day is not None) for url, link in wanted.items()]
    gap = window and raise_gap(connection, source_id, shown, at)
    new = take(connection, source_id, state.url, wanted, known, site, at, "pending")
    if revisit:
        _ask_again(connection, [(row, wanted[url]) for url, row in known.items()])
    return SourceSaved(tuple(link for link, claimed in shown if not claimed), new, gap)


def known_of(connection: Connection, source_id: int, wanted: Iterable[str]) -> dict[str, Any]:
    """What is known of each address, and the `day` that the source claims for it already, by address."""
    found = {}
    for chunk in chunks(wanted):
        rows = connection.execute(_KNOWN.where(links.c.canonical_url.in_(chunk)), {"b_source": source_id})
        found.update({row.canonical_url: row for row in rows})
    return found


def take(
    connection: Connection,
    source_id: int,
    url: str,
    wanted: Mapping[str, Link],
    known: Mapping[str, Any],
    site: str,
    at: datetime,
    fate: Literal["pending", "backfill"],
) -> int:
    """Keep the links that a source at `url` lists, new ones to be read by `fate`; returns how many are new."""
    new = [
        {
            "canonical_url": address,
            "url": None if link.url == address else link.url,
            "site": site,
            "source_id": source_id,
            "title": link.title,
            "published_at": link.published_at,
            "modified_at": link.modified_at,
            "found_at": at,
            "tries": 0,
            "fate": fate,
            "past": 0 if fate == "backfill" else None,
        }
        for address, link in wanted.items()
        if address not in known
    ]
    claimed = [(row.id, wanted[address]) for address, row in known.items() if row.day is None]
    if new:
        claimed += [(id_, wanted[address]) for id_, address in connection.execute(_FOUND_LINK, new)]
    claim(connection, source_id, url, claimed, at)
    _hand_over(connection, [row.id for row in known.values() if row.fate in _WAITING and row.fate != fate], fate)
    if fate == "pending":
        for chunk in chunks(row.id for row in known.values() if row.past == 0):
            connection.execute(update(links).where(links.c.id.in_(chunk)).values(past=None))
    return len(new)


def pending(connection: Connection, site: str, limit: int | None) -> list[PendingLink]:
    """Links of a site not yet read, newest first; those without any time count from when they were found."""
    newest = func.coalesce(links.c.published_at, links.c.modified_at, links.c.found_at).desc()
    query = LINK.where(links.c.site == site, links.c.fate == "pending").order_by(newest, links.c.id)
    return as_links(connection, query.limit(limit))


def count_pending(connection: Connection, site: str) -> int:
    """How many links of a site are not yet read."""
    query = select(func.count()).where(links.c.site == site, links.c.fate == "pending")
    return connection.scalar(query) or 0


def revisit(connection: Connection, site: str, since: datetime) -> list[PendingLink]:
    """Links of the stored pages of a site, newest first: articles, withdrawn ones too, and then copies."""
    found = []
    for page, first_seen in ((articles, articles.c.first_seen_at), (copies, copies.c.fetched_at)):
        newest = func.coalesce(page.c.published_at, first_seen)
        query = LINK.join(page, page.c.canonical_url == links.c.canonical_url)
        found += as_links(connection, query.where(page.c.site == site, newest >= since).order_by(newest.desc()))
    return found


def seen(connection: Connection, urls: Iterable[str]) -> Iterator[str]:
    """Those of the canonical addresses that are known; every stored page has its row in `links`."""
    for chunk in chunks(urls):
        yield from connection.scalars(select(links.c.canonical_url).where(links.c.canonical_url.in_(chunk)))


def mark_stored(connection: Connection, article: Article, at: datetime, link: str | None) -> None:
    """The page is read: its own address, and the pending `link` that led to it, need not be asked again."""
    own = article.canonical_url
    done = {"fetched_at": at, "tries": 0, "reason": None, "fate": "stored", "title": None}
    past = None
    if link is not None and link != own:
        connection.execute(_DONE, {"b_url": link, **done, "leads_to": own})
        past = connection.scalar(select(links.c.past).where(links.c.canonical_url == link))
    if connection.execute(_DONE, {"b_url": own, **done}).rowcount == 0:
        url = None if article.url == own else article.url
        hints = {"published_at": article.published_at, "modified_at": article.modified_at}
        row = {"canonical_url": own, "url": url, "site": article.site, "found_at": at, "past": past, **hints, **done}
        connection.execute(_NEW_LINK, row)


def mark_withdrawn(connection: Connection, url: str, at: datetime) -> None:
    """The stored page is gone; it is asked again only when a source lists it as changed."""
    connection.execute(_STORED, {"b_url": url, "fetched_at": at, "tries": 0, "reason": Refusal.GONE, "fate": "stored"})


def refuse(connection: Connection, url: str, reason: Refusal, *, final: bool, counted: bool) -> None:
    """Note why the page gave nothing: never asked again when `final`, else still pending with one more try."""
    row = {"b_url": url, "refusal": reason, "more": int(not counted)}
    connection.execute(_REFUSED_FOR_GOOD if final else _REFUSED, row)


def begin(connection: Connection, urls: Iterable[str]) -> None:
    """Note that the pages are about to be asked; whatever becomes of one takes the note away."""
    for chunk in chunks(urls):
        connection.execute(update(links).where(links.c.canonical_url.in_(chunk)).values(reason=Refusal.UNFINISHED))


def may_lead(connection: Connection, link: str, page: str) -> bool:
    """Whether what `link` gives may be stored under `page`: nobody knows that address, or the link led there before."""
    known = connection.scalar(select(links.c.id).where(links.c.canonical_url == page))
    leads_to = connection.scalar(select(links.c.leads_to).where(links.c.canonical_url == link))
    return known is None or leads_to == page


def as_links(connection: Connection, query: Select[Any]) -> list[PendingLink]:
    """The rows of a query on `LINK`."""
    rows = connection.execute(query).mappings()
    return [PendingLink(**{**row, "reason": Refusal(row["reason"]) if row["reason"] else None}) for row in rows]


def chunks(keys: Iterable[T]) -> Iterator[list[T]]:
    """The keys in pieces that a statement can take."""
    every = list(keys)
    return (every[start : start + _CHUNK] for start in range(0, len(every), _CHUNK))


def _hand_over(connection: Connection, ids: Iterable[int], fate: str) -> None:
    # What the watch sees is no longer for a backfill alone, and what somebody wants back need not wait for the watch.
    for chunk in chunks(ids):
        connection.execute(update(links).where(links.c.id.in_(chunk)).values(fate=fate))


def keep_state(connection: Connection, state: SourceState, site: str) -> int:
    """Keep what is remembered of a source; returns its number."""
    values: dict[str, Any] = {**asdict(state), "site": site}
    source_id = connection.scalar(select(sources.c.id).where(sources.c.url == state.url))
    if source_id is not None:
        connection.execute(update(sources).where(sources.c.id == source_id).values(values))
        return int(source_id)
    key = connection.execute(insert(sources).values(values)).inserted_primary_key
    assert key is not None  # noqa: S101 - for the type checker
    return int(key[0])


def by_address(found: Iterable[Link], canonical: Callable[[str], str]) -> dict[str, Link]:
    """The links to be taken by canonical address, in the order of the source; of two for one page, the first."""
    wanted: dict[str, Link] = {}
    for link in found:
        if link.refused is not None:
            continue
        try:
            url = canonical(link.url)
        except Discard:
            continue
        if len(url.encode("utf-8", "replace")) <= LONGEST_URL:
            wanted.setdefault(url, link)
    return wanted


def _ask_again(connection: Connection, known: Iterable[tuple[Any, Link]]) -> None:
    # Later than the last fetch alone is not enough: a site whose clock is ahead would be asked at every look.
    changed = [
        {"b_url": row.canonical_url, "fate": "pending", "tries": 0, "reason": None, "modified_at": link.modified_at}
        for row, link in known
        if row.fate == "stored"
        and row.fetched_at is not None
        and link.modified_at is not None
        and link.modified_at > row.fetched_at
        and (row.modified_at is None or link.modified_at > row.modified_at)
    ]
    if changed:
        connection.execute(_STORED, changed)
