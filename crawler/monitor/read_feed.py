"""Works off the change feed into page flags, behind the crawl: each page once, when it is first read.

What is read and what is written stand in two transactions, as `crawler.store.cursors` has it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, select

from crawler.items import Article
from crawler.monitor import page_flags
from crawler.monitor.page_flags import EarlierPage, PageFlags
from crawler.sites import Site, Sites
from crawler.store import FeedItem, Store, changes, cursors, subjects
from crawler.store.articles import unpack
from crawler.store.schema import articles, links, revisions, sources
from crawler.store.schema import changes as changes_table
from crawler.store.sql import chunks
from crawler.text import day_of

READER = "monitor"
KEPT = timedelta(days=120)
"""How long page flags and tallies are kept."""
_BATCH = 500
_RECENT = 20  # pages of the same site with which a new one is compared


@dataclass(frozen=True, slots=True)
class _Lead:
    """Where a page's address came from."""

    found_at: datetime
    source: str | None


def update(store: Store, sites: Sites, now: datetime) -> None:
    """Note every page that has been read since the last time."""
    last = None
    while last is None or last:
        with store.reading() as connection:
            was = cursors.position(connection, READER)
            since = was or _start(connection, now - KEPT)
            items, end = changes.read(connection, since, _BATCH)
            days = _note(connection, items, sites)
        if end == since:
            return
        with store.writing_beside(subjects.job("monitor")) as connection:
            if cursors.advance(connection, READER, was, end):
                for (site, day), pages in days.items():
                    page_flags.keep(connection, site, day, pages)
        last = end


def reread_flagged(connection: Connection, site: str, since: date) -> None:
    """Look again at the flagged pages of a site: a layout that was mended may have read them anew."""
    for day, pages in page_flags.of_days(connection, site, since).items():
        texts = _texts(connection, {one.id for one in pages if one.id and one.flags})
        earlier: deque[EarlierPage] = deque(maxlen=_RECENT)
        anew = list(pages)
        for number, one in enumerate(pages):
            if (article := texts.get(one.id)) is not None:
                stays = "".join(flag for flag in one.flags if flag in (page_flags.AHEAD, page_flags.OWN_COPY))
                flags = page_flags.flags_of(article, earlier) + stays
                anew[number] = replace(one, flags=flags, size=page_flags.size(article))
                earlier.append(EarlierPage(article.title, page_flags.lines(article)))
        if anew != pages:
            page_flags.keep(connection, site, day, anew)


def _note(connection: Connection, items: Iterable[FeedItem], sites: Sites) -> dict[tuple[str, date], list[PageFlags]]:
    """The flags, old and new, of every site and day to which the changes add a page."""
    read = [item for item in items if item.change.event in ("created", "copied") and item.change.site and item.article]
    leads = _leads(connection, [item.change.url for item in read])
    owners = _owners(connection, [item.change.article_id for item in read if item.change.event == "copied"])
    days: dict[tuple[str, date], list[PageFlags]] = {}
    recent: dict[str, deque[EarlierPage]] = {}
    polled: dict[str, datetime] = {}
    for item in read:
        change, article, site = item.change, item.article, item.change.site
        assert article is not None and site is not None  # noqa: S101, PT018 - chosen so
        lead = leads.get(change.url)
        if _is_old(article, change.at, lead, sites.get(site)):
            continue
        key = site, day_of(change.at)
        if key not in days:
            before = page_flags.of_days(connection, site, key[1] - timedelta(days=3))
            days[key] = before.pop(key[1], [])
            if site not in recent:
                ids = [one.id for pages in before.values() for one in pages] + [one.id for one in days[key]]
                recent[site] = _last(connection, [id_ for id_ in ids if id_][-_RECENT:])
        own_copy = change.event == "copied" and owners.get(change.article_id) == site
        found_at = lead.found_at if lead and polled.get(site) != lead.found_at else None
        if lead:
            polled[site] = lead.found_at
        id_ = change.article_id if change.event == "created" else 0
        page = page_flags.page(article, id_, change.at, recent[site], found_at)
        days[key].append(replace(page, flags=page.flags + page_flags.OWN_COPY) if own_copy else page)
        recent[site].append(EarlierPage(article.title, page_flags.lines(article)))
    return days


def _is_old(article: Article, at: datetime, lead: _Lead | None, site: Site | None) -> bool:
    if article.published_at is None or at - article.published_at <= page_flags.OLD:
        return False
    return site is None or lead is None or lead.source not in {source.url for source in site.sources}


def _last(connection: Connection, ids: list[int]) -> deque[EarlierPage]:
    texts = _texts(connection, set(ids))
    pages = [EarlierPage(texts[id_].title, page_flags.lines(texts[id_])) for id_ in ids if id_ in texts]
    return deque(pages, maxlen=_RECENT)


def _texts(connection: Connection, ids: Collection[int]) -> dict[int, Article]:
    """The current texts of articles, by their numbers."""
    query = select(articles.c.id, revisions).join(
        revisions, (revisions.c.article_id == articles.c.id) & (revisions.c.number == articles.c.revision)
    )
    found: dict[int, Article] = {}
    for chunk in chunks(ids):
        rows = connection.execute(query.where(articles.c.id.in_(chunk))).mappings()
        found.update({row[articles.c.id]: unpack(dict(row)) for row in rows})
    return found


def _leads(connection: Connection, urls: Collection[str]) -> dict[str, _Lead]:
    query = select(links.c.canonical_url, links.c.found_at, sources.c.url).join_from(links, sources, isouter=True)
    found: dict[str, _Lead] = {}
    for chunk in chunks(urls):
        rows = connection.execute(query.where(links.c.canonical_url.in_(chunk)))
        found.update({row[0]: _Lead(row[1], row[2]) for row in rows})
    return found


def _owners(connection: Connection, ids: Collection[int]) -> dict[int, str | None]:
    found: dict[int, str | None] = {}
    for chunk in chunks(ids):
        rows = connection.execute(select(articles.c.id, articles.c.site).where(articles.c.id.in_(chunk)))
        found.update({row[0]: row[1] for row in rows})
    return found


def _start(connection: Connection, since: datetime) -> int:
    """The last change before `since`; they are in the order of time."""
    low, high = 0, changes.last_change(connection)
    while low < high:
        middle = (low + high + 1) // 2
        at = connection.scalar(select(changes_table.c.at).where(changes_table.c.seq == middle))
        low, high = (middle, high) if at is not None and at < since else (low, middle - 1)
    return low
