"""Works off the change feed into marks, behind the crawl: each page once, when it is first read.

What is read and what is written stand in two transactions, the second with the place reached in the feed: killed
anywhere it goes on from there, and of two at once one writes.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, select

from crawler.compare import fingerprints
from crawler.compare.fingerprints import chunks
from crawler.items import Article
from crawler.monitor import page_marks as marks
from crawler.monitor.page_marks import Before, PageFlags
from crawler.sites.registry import Sites
from crawler.sites.site import Site
from crawler.store import Store, tallies
from crawler.store import changes as feed
from crawler.store.articles import unpack
from crawler.store.changes import FeedItem
from crawler.store.schema import articles, changes, links, revisions, sources

READER = "monitor"
KEPT = timedelta(days=120)
"""How long marks and tallies are kept."""
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
            since = fingerprints.position(connection, READER) or _start(connection, now - KEPT)
            rows, end = feed.read(connection, since, _BATCH)
            days = _note(connection, rows, sites)
        if end == since:
            return
        with store.writing() as connection:
            if (fingerprints.position(connection, READER) or since) == since:
                for (site, day), pages in days.items():
                    tallies.mark(connection, site, day, marks.dump(pages))
                fingerprints.advance(connection, READER, end)
        last = end


def again(connection: Connection, site: str, since: date) -> None:
    """Look again at the odd pages of a site: a layout that was mended may have read them anew."""
    for day, text in tallies.marked(connection, site, since).items():
        pages = marks.load(text)
        held = _texts(connection, {one.id for one in pages if one.id and one.odd})
        earlier: deque[Before] = deque(maxlen=_RECENT)
        for place, one in enumerate(pages):
            if (article := held.get(one.id)) is not None:
                stays = "".join(letter for letter in one.odd if letter in (marks.AHEAD, marks.OWN_COPY))
                pages[place] = replace(one, odd=marks.odd(article, earlier) + stays, size=marks.size(article))
                earlier.append(Before(article.title, marks.lines(article)))
        if (new := marks.dump(pages)) != text:
            tallies.mark(connection, site, day, new)


def _note(connection: Connection, rows: Iterable[FeedItem], sites: Sites) -> dict[tuple[str, date], list[PageFlags]]:
    """The marks, old and new, of every site and day to which the changes add a page."""
    read = [told for told in rows if told.change.event in ("created", "copied") and told.change.site and told.article]
    leads = _leads(connection, [told.change.url for told in read])
    owners = _owners(connection, [told.change.article_id for told in read if told.change.event == "copied"])
    days: dict[tuple[str, date], list[PageFlags]] = {}
    recent: dict[str, deque[Before]] = {}
    looked: dict[str, datetime] = {}
    for told in read:
        change, article, site = told.change, told.article, told.change.site
        assert article is not None and site is not None  # noqa: S101, PT018 - chosen so
        lead = leads.get(change.url)
        if _is_old(article, change.at, lead, sites.get(site)):
            continue
        key = site, marks.day_of(change.at)
        if key not in days:
            held = tallies.marked(connection, site, key[1] - timedelta(days=3))
            days[key] = marks.load(held.pop(key[1], "[]"))
            if site not in recent:
                ids = [one.id for text in held.values() for one in marks.load(text)] + [one.id for one in days[key]]
                recent[site] = _last(connection, [id_ for id_ in ids if id_][-_RECENT:])
        own_copy = change.event == "copied" and owners.get(change.article_id) == site
        found_at = lead.found_at if lead and looked.get(site) != lead.found_at else None
        if lead:
            looked[site] = lead.found_at
        id_ = change.article_id if change.event == "created" else 0
        page = marks.page(article, id_, change.at, recent[site], found_at)
        days[key].append(replace(page, odd=page.odd + marks.OWN_COPY) if own_copy else page)
        recent[site].append(Before(article.title, marks.lines(article)))
    return days


def _is_old(article: Article, at: datetime, lead: _Lead | None, site: Site | None) -> bool:
    if article.published_at is None or at - article.published_at <= marks.OLD:
        return False
    return site is None or lead is None or lead.source not in {source.url for source in site.sources}


def _last(connection: Connection, ids: list[int]) -> deque[Before]:
    held = _texts(connection, set(ids))
    pages = [Before(held[id_].title, marks.lines(held[id_])) for id_ in ids if id_ in held]
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
    for start in range(0, len(urls), _BATCH):
        rows = connection.execute(query.where(links.c.canonical_url.in_(list(urls)[start : start + _BATCH])))
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
    low, high = 0, fingerprints.last_change(connection)
    while low < high:
        middle = (low + high + 1) // 2
        at = connection.scalar(select(changes.c.at).where(changes.c.seq == middle))
        low, high = (middle, high) if at is not None and at < since else (low, middle - 1)
    return low
