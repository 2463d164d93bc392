"""Articles out of anybody's archives: pages that were fetched long ago, read by today's layouts, without asking a site.

What a later fetch has given stays: a page is stored as if it had been fetched at its WARC-Date, and not at all when the
store has asked for it since (`crawler.store.articles`).
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from io import BytesIO

from warcio.bufferedreaders import BufferedReader, ChunkedDataReader
from warcio.recordloader import ArcWarcRecordLoader

from crawler.archive import Fetch
from crawler.archive.content_encoding import plain
from crawler.archive.record_stream import Fault
from crawler.archive.reread import read
from crawler.archive.warc_files import LIMIT, WarcFile, records
from crawler.backfill import backlog
from crawler.backfill import steps as step_table
from crawler.configuration import DEFAULTS, Settings
from crawler.crawl.own_address import under_its_address
from crawler.discover import DayRange
from crawler.errors import Refusal, Refused, StoreFailed
from crawler.extract import deadline, page_number
from crawler.items import Article
from crawler.sites import Sites, canonical, judge, written
from crawler.store import Outcome, Store, frontier
from crawler.store.articles import SAME_FETCH, amend
from crawler.text import day_of

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
    dry: bool = False,
    own: Settings = DEFAULTS,
    on_progress: Callable[[Copied], None] = lambda _: None,
) -> Copied:
    """Store the articles of these sites and days that a file holds, from where it was left; `dry` only counts.

    Pages of the `others` are told from those of sites that nobody knows; of `own` the limits of a page hold.
    """
    size = warc.path.stat().st_size
    job, key = job_of(sites, span), f"{warc.name}:{size}"
    with store.reading() as connection:
        place, done = (0, False) if dry else step_table.warc_position(connection, job, key)
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
            found.what[_take(store, fetch, sites, others, span, dry=dry, seconds=own.read_seconds)] += 1
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
    if b"response" not in text[:4096]:
        return
    try:
        record = ArcWarcRecordLoader(verify_http=False).parse_record_stream(BufferedReader(BytesIO(text)))
        fields = {name.lower(): value for name, value in record.rec_headers.headers}
        if record.rec_type != "response" or record.http_headers is None:
            return
        headers = tuple(record.http_headers.headers)
        yield Fetch(
            url=written(fields["warc-target-uri"]),  # wget puts it in angle brackets
            site="",
            link=None,
            status=int(record.http_headers.get_statuscode()),
            headers=headers,
            body=_body(record.raw_stream, {name.lower(): value for name, value in headers}, limit),
            at=_moment(fields["warc-date"]),
        )
    except Exception as error:  # a hostile record makes the parser raise whatever it likes
        found.faults.append(f"{found.name}, before byte {found.place}: {error or type(error).__name__}, passed over")


def _body(stream: BufferedReader, headers: Mapping[str, str], limit: int) -> bytes:
    """The body as a browser would see it; raises as `crawler.archive.content_encoding.plain`."""
    if headers.get("transfer-encoding", "").lower() == "chunked":
        stream = ChunkedDataReader(stream)
    body: bytes = stream.read()
    return plain(body, headers.get("content-encoding", ""), limit)


def _moment(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _take(store: Store, fetch: Fetch, sites: Sites, others: Sites, span: DayRange, *, dry: bool, seconds: float) -> str:
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
        with deadline(seconds):
            article = read(replace(fetch, site=site.name), site)
        if article.published_at is None:
            return "undated"
        day = day_of(article.published_at)
        if not span.first <= day <= span.last:
            return "other_days"
        if dry:
            return "readable"
        article = under_its_address(article, link, site, store, fetch.at)
        outcome = _store(store, article, fetch.at, link, site.name)
    except Refused as refusal:
        return refusal.reason
    except StoreFailed:
        raise
    except Exception:  # one hostile page must not hold up the file; a crawl refuses it by the same word
        return Refusal.UNREADABLE
    return "held" if outcome is None else outcome.event or "unchanged"


def _store(store: Store, article: Article, at: datetime, link: str, site: str) -> Outcome | None:
    with store.writing() as connection:
        frontier.ensure_site(connection, site, at)
        new = not [*frontier.seen(connection, [link])]
        outcome = amend(connection, article, at, link)
        if outcome is not None and outcome.event is not None:
            frontier.mark_from_backfill(connection, {link, article.canonical_url}, new=new)
    return outcome
