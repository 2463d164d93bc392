"""Articles out of anybody's archives: pages that were fetched long ago, read by today's layouts, without asking a site.

What a later fetch has given stays: a page is stored as if it had been fetched at its WARC-Date, and not at all when the
store has asked for it since (`crawler.store.articles`).
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from crawler.archive import Fetch
from crawler.archive.record_stream import Fault
from crawler.archive.reread import join_pages, read
from crawler.archive.warc_files import LIMIT, WarcFile, records
from crawler.backfill import backlog
from crawler.backfill import steps as step_table
from crawler.backfill.warc_pages import FurtherPages, answer
from crawler.configuration import DEFAULTS, Settings
from crawler.crawl.own_address import under_its_address
from crawler.discover import DayRange
from crawler.errors import Discard, Refusal, Refused, StoreFailed
from crawler.extract import deadline, page_number
from crawler.items import Article
from crawler.sites import Site, Sites, canonical, judge
from crawler.store import Outcome, Store, frontier
from crawler.store.articles import SAME_FETCH, amend
from crawler.text import day_of

_MOST_MISSING = 1000  # pages that are named
_EVERY = 200  # records between two notes of the place: what is read again after a kill changes nothing


@dataclass(slots=True, kw_only=True)
class Copied:
    """What came out of one file."""

    name: str
    size: int
    """Bytes of the file."""
    place: int = 0
    """Bytes read."""
    records: int = 0
    what: Counter[str] = field(default_factory=Counter)
    """Pages of the sites by what became of them: the events of a crawl, `unchanged`, `held`, `other_days`, `undated`,
    or the word of their refusal."""
    faults: list[str] = field(default_factory=list)
    """What was passed over, a sentence each."""
    missing: list[str] = field(default_factory=list)
    """Addresses on which articles go on and that no file holds: there the articles end."""


_NONE = Sites()


def job_of(sites: Sites, span: DayRange) -> str:
    """The name under which the progress through files is kept: other sites or days begin anew."""
    return f"warc {span.first}..{span.last} {zlib.crc32(' '.join(sorted(sites)).encode()):08x}"


def copy(
    store: Store,
    warc: WarcFile,
    sites: Sites,
    span: DayRange,
    *,
    others: Sites = _NONE,
    pages: FurtherPages | None = None,
    dry: bool = False,
    own: Settings = DEFAULTS,
    on_progress: Callable[[Copied], None] = lambda _: None,
) -> Copied:
    """Store the articles of these sites and days that a file holds, from where it was left; `dry` only counts.

    Pages of the `others` are told from those of sites that nobody knows; of `own` the limits of a page hold. Where
    an article goes on, its further pages are taken from `pages`, by default those of the same file.
    """
    size = warc.path.stat().st_size
    job, key = job_of(sites, span), f"{warc.name}:{size}"
    with store.reading() as connection:
        place, done = (0, False) if dry else step_table.warc_position(connection, job, key)
    pages = pages or FurtherPages([warc], sites)
    found = Copied(name=warc.name, size=size, place=place)
    if done:
        return found
    for one in records(warc, place, LIMIT):
        if isinstance(one, Fault):
            found.faults.append(f"{warc.name}, byte {one.place}: {one.why}, passed over")
            continue
        found.records += 1
        found.place = one.end
        for fetch in _answers(one.text, found, own.article_maxsize):
            found.what[_take(store, fetch, sites, others, span, pages, found.missing, dry=dry, own=own)] += 1
        if found.records % _EVERY == 0:
            on_progress(found)
            if not dry:
                _mark(store, job, key, found.place, done=False)
    if not dry:
        _mark(store, job, key, found.place, done=True)
    on_progress(found)
    return found


def _mark(store: Store, job: str, key: str, place: int, *, done: bool) -> None:
    with store.writing() as connection:
        step_table.keep_warc_position(connection, job, key, place, done=done)


def _answers(text: bytes, found: Copied, limit: int) -> Iterator[Fetch]:
    """The answer that a record holds, if it is one with a body of its own."""
    try:
        if (fetch := answer(text, limit)) is not None:
            yield fetch
    except Exception as error:  # a hostile record makes the parser raise whatever it likes
        found.faults.append(f"{found.name}, before byte {found.place}: {error or type(error).__name__}, passed over")


def _take(
    store: Store,
    fetch: Fetch,
    sites: Sites,
    others: Sites,
    span: DayRange,
    pages: FurtherPages,
    missing: list[str],
    *,
    dry: bool,
    own: Settings,
) -> str:
    """Store one page; the word for what became of it."""
    site = sites.find(fetch.url)
    if site is None:
        return Refusal.OTHER_SITE if others.find(fetch.url) else Refusal.NO_SITE
    if refused := judge(fetch.url, site).refused:
        return refused
    link = canonical(fetch.url, site)
    if page_number(fetch.url)[1] > page_number(link)[1]:
        return Refusal.NOT_ARTICLE  # a further page of the article that has this address, and must not become its text
    with store.reading() as connection:
        last = backlog.fetched_at(connection, link)
    if last is not None and last >= fetch.at - SAME_FETCH:
        return "held"
    try:
        following: list[str] = []
        article = _read(fetch, site, following, own)
        if page_number(fetch.url)[1] > page_number(article.canonical_url)[1]:
            return Refusal.NOT_ARTICLE  # as above, where the page alone says whose it is
        if article.published_at is None:
            return "undated"
        day = day_of(article.published_at)
        if not span.first <= day <= span.last:
            return "other_days"
        if dry:
            return "readable"
        article, lacking = join_pages(
            article, following, lambda url, more: _further(pages, url, more, fetch, site, own)
        )
        if lacking and len(missing) < _MOST_MISSING:
            missing.append(lacking)
        outcome = _store(store, article, fetch.at, link, site)
    except Refused as refusal:
        return refusal.reason
    except StoreFailed:
        raise
    except Exception:  # one hostile page must not hold up the file; a crawl refuses it by the same word
        return Refusal.UNREADABLE
    return "held" if outcome is None else outcome.event or "unchanged"


def _read(fetch: Fetch, site: Site, following: list[str], own: Settings) -> Article:
    with deadline(own.read_seconds):
        return read(replace(fetch, site=site.name), site, following)


def _further(
    pages: FurtherPages, url: str, following: list[str], first: Fetch, site: Site, own: Settings
) -> Article | None:
    """The page on which the article of the `first` goes on; None when no file holds it."""
    fetch = pages.find(url, first.at, own.article_maxsize)
    try:
        return _read(fetch, site, following, own) if fetch else None
    except Refused:
        raise
    except Exception as error:  # the article ends before a hostile page, as in a crawl
        raise Discard(Refusal.UNREADABLE, type(error).__name__) from error


def _store(store: Store, article: Article, at: datetime, link: str, site: Site) -> Outcome | None:
    with store.writing_of(site.name, at) as connection:
        article = under_its_address(connection, article, link, site, at)
        new = not [*frontier.seen(connection, [link])]
        outcome = amend(connection, article, at, link)
        if outcome is not None and outcome.event is not None:
            frontier.mark_from_backfill(connection, {link, article.canonical_url}, new=new)
    return outcome
