"""The frontier: sources with their validators, and the links found there until each is stored or refused for good.

`crawler.store.schema` draws what becomes of a link; every change of its fate is made here. The writing functions run
inside one writing transaction that holds the page or the site (`crawler.store.subjects`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Integer, Select, bindparam, case, func, select, update

from crawler.errors import Discard, Refusal
from crawler.items import LONGEST_URL, Article, Link, PendingLink
from crawler.sites import canonical
from crawler.store.numbering import UNKNOWN, last_came_by_backfill
from crawler.store.rows import SourceSaved, SourceState
from crawler.store.schema import ANSWERED, WAITING, Fate, articles, copies, every, links, sites, sources
from crawler.store.sightings import SIGHTED, add_sightings, note_gap, note_poll, sightings
from crawler.store.sql import Prepared, chunks, given, insert_missing, upsert
from crawler.store.subjects import hold
from crawler.store.subjects import site as subject_of_site
from crawler.text import AHEAD, SKEW, not_ahead

_KNOWN = select(
    *(links.c[name] for name in ("id", "canonical_url", "fate", "fetched_at", "modified_at", "backfill_seq")),
    sightings.c.day,
).join(sightings, SIGHTED, isouter=True)
_NOT_OF_A_PENDING_LINK = ("id", "url", "source_id", "fate", "leads_to", "backfill_seq")
LINK = select(
    *(column for column in every(links) if column.name not in _NOT_OF_A_PENDING_LINK),
    func.coalesce(links.c.url, links.c.canonical_url).label("url"),
    sources.c.url.label("source"),
).join_from(links, sources, isouter=True)
"""What a `PendingLink` says, for queries whose rows `as_links` reads."""
_NEW_LINK = {
    dialect: insert_missing(dialect, links, ("canonical_url",)).returning(links.c.id, links.c.canonical_url)
    for dialect in ("sqlite", "postgresql")
}
"""Gives nothing for a link that somebody else has just added."""
_LINK = update(links).where(links.c.canonical_url == bindparam("b_url"))
# All that comes of a link which a backfill reads came by the backfill, unless a source of the crawl has listed it.
_FROM_BACKFILL = case(
    ((links.c.fate == Fate.BACKFILL) & links.c.backfill_seq.is_not(None), UNKNOWN), else_=links.c.backfill_seq
)
_READ = Prepared(_LINK.values(backfill_seq=_FROM_BACKFILL).returning(links.c.backfill_seq))
_READ_TOO = {name: given(links, name) for name in ("fetched_at", "tries", "reason", "fate", "title")}
_REFUSED = _LINK.values(tries=links.c.tries + bindparam("more", type_=Integer), reason=bindparam("refusal"))
# A page that was stored stays so when a later try gives nothing.
_STORED_BEFORE = links.c.fetched_at.is_not(None)
_REFUSED_FOR_GOOD = _REFUSED.values(fate=case((_STORED_BEFORE, Fate.STORED), else_=Fate.REFUSED))


def ensure_site(connection: Connection, name: str, at: datetime) -> None:
    """A row for the site, to which all others refer."""
    upsert(connection, sites, {"name": name}, {"added_at": at}, {})


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
    *,
    revisit: bool,
    window: bool,
) -> SourceSaved:
    """Keep a source's state and the links found there."""
    hold(connection, [subject_of_site(site)])
    source_id = _keep_state(connection, state, site)
    note_poll(connection, source_id, at, None if state.last_status in (None, *ANSWERED) else state.last_status)
    wanted = _believed(by_address(found), at)
    known = _known(connection, source_id, wanted)
    shown = [(link, url in known and known[url].day is not None) for url, link in wanted.items()]
    gap = window and note_gap(connection, source_id, shown, at)
    new = _add_links(connection, source_id, state.url, wanted, known, site, at, Fate.PENDING)
    if revisit:
        _ask_again(connection, [(row, wanted[url]) for url, row in known.items()], at)
    return SourceSaved(tuple(link for link, sighted in shown if not sighted), new, gap)


def save_backfill_page(
    connection: Connection, source_url: str, route: str, wanted: Mapping[str, Link], site: str, at: datetime
) -> tuple[int, dict[str, int]]:
    """Keep what a page or shard of a source lists, for a backfill to read: the links by canonical address.

    Returns how many links are new, and the number of each by address. What the crawl remembers of that source stays as
    it is: its validators say what the crawl has seen, not a backfill.
    """
    hold(connection, [subject_of_site(site)])
    ensure_site(connection, site, at)
    wanted = _believed(wanted, at)
    source_id = _keep_state(connection, replace(source(connection, source_url), route=route), site)
    known = _known(connection, source_id, wanted)
    new = _add_links(connection, source_id, source_url, wanted, known, site, at, Fate.BACKFILL)
    ids: dict[str, int] = {}
    for chunk in chunks(wanted):
        rows = connection.execute(select(links.c.canonical_url, links.c.id).where(links.c.canonical_url.in_(chunk)))
        ids.update((row.canonical_url, row.id) for row in rows)
    return new, ids


def add_guessed(connection: Connection, urls: Iterable[str], site: str, at: datetime) -> int:
    """Leave addresses that no source has named to a backfill; returns how many are new."""
    hold(connection, [subject_of_site(site)])
    ensure_site(connection, site, at)
    every_url = list(urls)
    known = set(seen(connection, every_url))
    about = {"site": site, "found_at": at, "tries": 0, "fate": Fate.BACKFILL, "backfill_seq": 0}
    rows = [{"canonical_url": url, **about} for url in every_url if url not in known]
    return len(connection.execute(_NEW_LINK[connection.dialect.name], rows).all()) if rows else 0


def by_address(found: Iterable[Link]) -> dict[str, Link]:
    """The links to be taken by canonical address, in the order of the source; of two for one page, the first.

    A link that carries no canonical address is taken under the one that it has at any site.
    """
    wanted: dict[str, Link] = {}
    for link in found:
        if link.refused is not None:
            continue
        try:
            url = link.canonical_url or canonical(link.url)
        except Discard:
            continue
        if len(url.encode("utf-8", "replace")) <= LONGEST_URL:
            wanted.setdefault(url, link)
    return wanted


def pending(connection: Connection, site: str, limit: int | None) -> list[PendingLink]:
    """Links of a site not yet read, newest first; those without any time count from when they were found."""
    newest = func.coalesce(links.c.published_at, links.c.modified_at, links.c.found_at).desc()
    query = LINK.where(links.c.site == site, links.c.fate == Fate.PENDING).order_by(newest, links.c.id)
    return as_links(connection, query.limit(limit))


def count_pending(connection: Connection, site: str) -> int:
    """How many links of a site are not yet read."""
    query = select(func.count()).where(links.c.site == site, links.c.fate == Fate.PENDING)
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


def as_links(connection: Connection, query: Select[Any]) -> list[PendingLink]:
    """The rows of a query on `LINK`."""
    rows = connection.execute(query).mappings()
    return [PendingLink(**{**row, "reason": Refusal(row["reason"]) if row["reason"] else None}) for row in rows]


def begin(connection: Connection, urls: Iterable[str]) -> None:
    """Note that the pages are about to be asked; whatever becomes of one takes the note away."""
    for chunk in chunks(urls):
        connection.execute(update(links).where(links.c.canonical_url.in_(chunk)).values(reason=Refusal.UNFINISHED))


def may_lead(connection: Connection, link: str, page: str) -> bool:
    """Whether what `link` gives may be stored under `page`: nobody knows that address, or the link led there before."""
    known = connection.scalar(select(links.c.id).where(links.c.canonical_url == page))
    leads_to = connection.scalar(select(links.c.leads_to).where(links.c.canonical_url == link))
    return known is None or leads_to == page


def mark_stored(connection: Connection, article: Article, at: datetime, link: str | None) -> None:
    """The page is read: its own address, and the pending `link` that led to it, need not be asked again."""
    own = article.canonical_url
    done = {"fetched_at": at, "tries": 0, "reason": None, "fate": Fate.STORED, "title": None}
    backfill_seq = None
    if link is not None and link != own:
        backfill_seq = _READ.run(connection, {"b_url": link, **done, "leads_to": own}).scalar()
        if backfill_seq == UNKNOWN:
            last_came_by_backfill(connection, [link])
    # Nearly every page is listed before it is read, and a change costs half of what an upsert does.
    row = _READ.run(connection, {"b_url": own, **done}).first()
    if row is None:
        url = None if article.url == own else article.url
        hints = {"published_at": article.published_at, "modified_at": article.modified_at}
        others = {"url": url, "site": article.site, "found_at": at, "backfill_seq": backfill_seq, **hints, **done}
        # A source may list it meanwhile: then it is read all the same.
        upsert(connection, links, {"canonical_url": own}, others, _READ_TOO)
    else:
        backfill_seq = row[0]
    if backfill_seq == UNKNOWN:
        last_came_by_backfill(connection, [own])


def mark_withdrawn(connection: Connection, url: str, at: datetime) -> None:
    """The stored page is gone; it is asked again only when a source lists it as changed."""
    gone = {"fetched_at": at, "tries": 0, "reason": Refusal.GONE, "fate": Fate.STORED}
    connection.execute(_LINK, {"b_url": url, **gone})


def refuse(connection: Connection, url: str, reason: Refusal, *, final: bool, tries: int) -> None:
    """Note why the page gave nothing: never asked again when `final`, else still pending with so many more tries."""
    row = {"b_url": url, "refusal": reason, "more": tries}
    connection.execute(_REFUSED_FOR_GOOD if final else _REFUSED, row)


def leave_to_backfill(connection: Connection, ids: Iterable[int]) -> None:
    """Leave these links to a backfill, as if they had never been tried; stored pages stay as they are."""
    fate = case((_STORED_BEFORE, Fate.STORED), else_=Fate.BACKFILL)
    for chunk in chunks(ids):
        connection.execute(update(links).where(links.c.id.in_(chunk)).values(fate=fate, tries=0, reason=None))


def mark_from_backfill(connection: Connection, urls: Collection[str], *, new: bool) -> None:
    """The last change of the page of these addresses came by a backfill; `new` when nobody knew the page."""
    these = links.c.canonical_url.in_(urls)
    where = these if new else these & links.c.backfill_seq.is_not(None)
    marked = update(links).where(where).values(backfill_seq=UNKNOWN).returning(links.c.canonical_url)
    last_came_by_backfill(connection, connection.scalars(marked))


def _keep_state(connection: Connection, state: SourceState, site: str) -> int:
    """Keep what is remembered of a source; returns its number."""
    values: dict[str, Any] = {**asdict(state), "site": site}
    upsert(connection, sources, {"url": values.pop("url")}, values)
    return int(connection.scalars(select(sources.c.id).where(sources.c.url == state.url)).one())


def _known(connection: Connection, source_id: int, wanted: Iterable[str]) -> dict[str, Any]:
    """What is known of each address, and the `day` that the source has it under already, by address."""
    found = {}
    for chunk in chunks(wanted):
        rows = connection.execute(_KNOWN.where(links.c.canonical_url.in_(chunk)), {"b_source": source_id})
        found.update({row.canonical_url: row for row in rows})
    return found


def _add_links(
    connection: Connection,
    source_id: int,
    url: str,
    wanted: Mapping[str, Link],
    known: Mapping[str, Any],
    site: str,
    at: datetime,
    fate: Literal[Fate.PENDING, Fate.BACKFILL],
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
            "backfill_seq": 0 if fate == Fate.BACKFILL else None,
        }
        for address, link in wanted.items()
        if address not in known
    ]
    added: list[tuple[int, str]] = []
    if new:
        added = [(id_, address) for id_, address in connection.execute(_NEW_LINK[connection.dialect.name], new)]
    if len(added) < len(new):
        # The others have been stored, or listed by another site, since it was asked what is known.
        others = wanted.keys() - known.keys() - {address for _, address in added}
        known = {**known, **_known(connection, source_id, others)}
    first = [(row.id, wanted[address]) for address, row in known.items() if row.day is None]
    first += [(id_, wanted[address]) for id_, address in added]
    add_sightings(connection, source_id, url, first, at)
    # What the crawl lists is no longer for a backfill alone, and what somebody wants back need not wait for the crawl.
    for chunk in chunks(row.id for row in known.values() if row.fate in WAITING and row.fate != fate):
        connection.execute(update(links).where(links.c.id.in_(chunk)).values(fate=fate))
    if fate == Fate.PENDING:
        for chunk in chunks(row.id for row in known.values() if row.backfill_seq == 0):
            connection.execute(update(links).where(links.c.id.in_(chunk)).values(backfill_seq=None))
    return len(added)


def _believed(wanted: Mapping[str, Link], at: datetime) -> dict[str, Link]:
    """The links without the times that lie in the future: those would stand above all news, and hide later changes."""
    return {
        url: link
        if not_ahead(link.published_at, at) is link.published_at and not_ahead(link.modified_at, at) is link.modified_at
        else replace(link, published_at=not_ahead(link.published_at, at), modified_at=not_ahead(link.modified_at, at))
        for url, link in wanted.items()
    }


def _ask_again(connection: Connection, known: Iterable[tuple[Any, Link]], at: datetime) -> None:
    # Later than the last fetch alone is not enough: a site whose clock is ahead would be asked at every poll.
    pending_again = {"fate": Fate.PENDING, "tries": 0, "reason": None}
    changed = [
        {"b_url": row.canonical_url, "modified_at": link.modified_at, **pending_again}
        for row, link in known
        if row.fate == Fate.STORED
        and row.fetched_at is not None
        and link.modified_at is not None
        and (link.modified_at > row.fetched_at or row.fetched_at > at + SKEW)
        and (row.modified_at is None or link.modified_at > row.modified_at or row.modified_at > at + AHEAD)
    ]
    if changed:
        connection.execute(_LINK, changed)
