"""Articles out of anybody's archives: pages that were fetched long ago, read by today's layouts, without asking a site.

What a later fetch has given stays: a page is stored as if it had been fetched at its WARC-Date, and not at all when the
store has asked for it since (`crawler.store.articles`).
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain
from typing import NamedTuple

from sqlalchemy import Connection

from crawler.archive.page_reading import BadRecord, join_pages, may_be_answer, read_recorded
from crawler.archive.record_stream import Fault, Record
from crawler.archive.warc_files import LIMIT, WarcFile, records
from crawler.backfill import backlog
from crawler.backfill import steps as step_table
from crawler.backfill.warc_pages import FurtherPages, Head, head_of
from crawler.configuration import DEFAULTS, Settings
from crawler.crawl.own_address import subjects_of_addresses, under_its_address
from crawler.discover import DayRange
from crawler.errors import Discard, Refusal, Refused, StoreFailed
from crawler.extract import page_number
from crawler.items import Article
from crawler.readers import PageRead, Readers, packed
from crawler.sites import Site, Sites, canonical, judge
from crawler.store import Outcome, Store, frontier, subjects
from crawler.store.articles import SAME_FETCH, amend, subjects_of
from crawler.text import day_of, not_ahead

_MOST_NAMED = 1000  # faults of a file, and pages that it lacks
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
    or the reason of their refusal."""
    faults: list[str] = field(default_factory=list)
    """What was passed over, a sentence each; of very many, the first."""
    passed_over: int = 0
    """How many there were."""
    missing: list[str] = field(default_factory=list)
    """Addresses on which articles go on and that no file holds: there the articles end."""

    def pass_over(self, what: str) -> None:
        """Note a fault."""
        self.passed_over += 1
        if len(self.faults) < _MOST_NAMED:
            self.faults.append(f"{self.name}, {what}, passed over")


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
    now: datetime | None = None,
) -> Copied:
    """Store the articles of these sites and days that a file holds, from where it was left; `dry` only counts.

    Pages of the `others` are told from those of sites that nobody knows. Pages are read in `own.readers` processes,
    within the limits of one. Where an article goes on, its further pages are taken from `pages`, by default those of
    the same file. `now` is the present, of which no record can be ahead.
    """
    size = warc.path.stat().st_size
    job, key = job_of(sites, span), f"{warc.name}:{size}"
    with store.reading() as connection:
        place, done = (0, False) if dry else step_table.warc_position(connection, job, key)
    found = Copied(name=warc.name, size=size, place=place)
    if done:
        return found
    pages = pages or FurtherPages([warc], sites)
    work = _Import(store, sites, others, span, pages, found, own, now or datetime.now(UTC), dry=dry)
    for known, read in work.readers.each(own.read_seconds, read_recorded, work.calls(records(warc, place, LIMIT))):
        found.records += 1
        found.place = known.end
        if outcome := known.outcome or (work.take(known, read) if read is not None else None):
            found.what[outcome] += 1
        if found.records % _EVERY == 0:
            on_progress(found)
            if not dry:
                _mark(store, job, key, found.place, done=False)
    if not dry:
        _mark(store, job, key, found.place, done=True)
    on_progress(found)
    return found


def _mark(store: Store, job: str, key: str, place: int, *, done: bool) -> None:
    with store.writing_beside(subjects.job(job)) as connection:
        step_table.keep_warc_position(connection, job, key, place, done=done)


class _Known(NamedTuple):
    """What is known of a record before it is read."""

    end: int
    outcome: str | None = None
    """What becomes of it, when it need not be read for that."""
    head: Head | None = None
    site: Site | None = None
    link: str = ""
    fault: str = ""
    """Why nothing of it can be taken."""


class _Import:
    """What becomes of the records of one file."""

    def __init__(
        self,
        store: Store,
        sites: Sites,
        others: Sites,
        span: DayRange,
        pages: FurtherPages,
        found: Copied,
        own: Settings,
        now: datetime,
        *,
        dry: bool,
    ) -> None:
        self._store, self._sites, self._others, self._span = store, sites, others, span
        self._pages, self._found, self._own, self._now, self._dry = pages, found, own, now, dry
        self.readers = Readers(own.readers)

    def calls(self, found: Iterable[Record | Fault]) -> Iterator[tuple[_Known, tuple[bytes, int, bytes] | None]]:
        """Each record, with what a reader needs of it if it is to be read."""
        for one in found:
            if isinstance(one, Fault):
                self._found.pass_over(f"byte {one.place}: {one.why}")
                continue
            known = self._judge(one)
            to_read = known.outcome is None and may_be_answer(one.text)
            yield known, (one.text, self._own.article_maxsize, packed(known.site)) if to_read else None

    def _judge(self, record: Record) -> _Known:
        end, head = record.end, head_of(record.text)
        if head is None:
            return _Known(end)
        if not_ahead(head.at, self._now) is None:
            return _Known(end, fault=f"fetched in the future, at {head.at:%Y-%m-%dT%H:%M:%SZ}")
        if (site := self._sites.find(head.url)) is None:
            return _Known(end, Refusal.OTHER_SITE if self._others.find(head.url) else Refusal.NO_SITE)
        if refused := judge(head.url, site).refused:
            return _Known(end, refused)
        link = canonical(head.url, site)
        if page_number(head.url)[1] > page_number(link)[1]:
            # A further page of the article that has this address, and must not become its text.
            return _Known(end, Refusal.NOT_ARTICLE)
        return _Known(end, "held" if self._is_held(link, head.at) else None, head, site, link)

    def _is_held(self, link: str, at: datetime) -> bool:
        with self._store.reading() as connection:
            last = backlog.fetched_at(connection, link)
        return last is not None and last >= at - SAME_FETCH

    def take(self, known: _Known, read: PageRead | Exception) -> str | None:
        """Store one page that was read; what became of it, or None for a record that was passed over."""
        if isinstance(read, BadRecord) or known.head is None or known.site is None:
            why = known.fault or (read if isinstance(read, Exception) else "a head that cannot be read")
            self._found.pass_over(f"before byte {known.end}: {why}")
            return None
        if self._is_held(known.link, known.head.at):  # by a record that was read meanwhile
            return "held"
        try:
            if isinstance(read, Exception):
                raise read
            outcome = self._take(known.head, known.site, known.link, read)
        except Refused as refusal:
            return refusal.reason
        except StoreFailed:
            raise
        except Exception:  # one hostile page must not hold up the file; a crawl refuses it for the same reason
            return Refusal.UNREADABLE
        return outcome if isinstance(outcome, str) else "held" if outcome is None else outcome.event or "unchanged"

    def _take(self, head: Head, site: Site, link: str, read: PageRead) -> Outcome | str | None:
        article = read.article
        if page_number(head.url)[1] > page_number(article.canonical_url)[1]:
            return Refusal.NOT_ARTICLE  # as in `_judge`, where the page alone says whose it is
        if article.published_at is None:
            return "undated"
        if not self._span.first <= day_of(article.published_at) <= self._span.last:
            return "other_days"
        if self._dry:
            return "readable"
        article, lacking = join_pages(read, lambda address: self._further(address, head.at, site))
        if lacking and len(self._found.missing) < _MOST_NAMED:
            self._found.missing.append(lacking)
        return _store(self._store, article, head.at, link, site)

    def _further(self, address: str, near: datetime, site: Site) -> PageRead | None:
        """A page on which an article goes on, out of the first of its records that holds one; None without any."""
        for text in self._pages.find(address, near):
            try:
                args = text, self._own.article_maxsize, packed(site)
                page = self.readers.wait(self._own.read_seconds, read_recorded, *args)
            except BadRecord:  # what is wrong with it is said where its own record is read
                continue
            except Discard as refused:
                if refused.reason.withdraws or refused.reason.of_the_site:
                    continue  # an error page; an earlier answer may be well
                raise
            except Refused:
                raise
            except Exception as error:  # the article ends before a hostile page, as in a crawl
                raise Discard(Refusal.UNREADABLE, type(error).__name__) from error
            if page is not None:
                return page
        return None


def _store(store: Store, article: Article, at: datetime, link: str, site: Site) -> Outcome | None:
    def work(connection: Connection) -> Outcome | None:
        own = under_its_address(connection, article, link, site, at)
        new = not [*frontier.seen(connection, [link])]
        outcome = amend(connection, own, at, link)
        if outcome is not None and outcome.event is not None:
            frontier.mark_from_backfill(connection, {link, own.canonical_url}, new=new)
        return outcome

    held = chain(subjects_of(article, at, link), subjects_of_addresses(article, link, site))
    return store.write(work, held, site.name, at)
