"""One poll of a source: what is asked, whether its validators are believed, which pages and children follow, and what
the schedule learns from it about the pace of the source."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit

from crawler.discover import Discovery
from crawler.errors import Refusal
from crawler.items import Link
from crawler.schedule import PollResult
from crawler.sites import Feed, Listing, Sitemap, Source
from crawler.store import SourceSaved, SourceState
from crawler.store.schema import ANSWERED
from crawler.text import day_of, not_ahead, parse_date, validator

_FIRST = timedelta(days=10)  # how far back the first poll of an index goes
_LATER = timedelta(days=5)  # how late an article may still appear under its own day
_CHILDREN = 12


@dataclass(slots=True, kw_only=True)
class Poll:
    """The state of one poll, from the first request to the one transaction that ends it."""

    url: str
    """Of the source: its first page, the sitemap, one shard of a series."""
    source: Source | None
    """What the site says of it; None when the address alone is known."""
    state: SourceState
    audit: bool = False
    parent: Poll | None = None
    """The poll of the index that named this sitemap."""
    page: int = 1
    links: dict[str, Link] = field(default_factory=dict)
    """What was found so far, by canonical address."""
    pages: set[str] = field(default_factory=set)
    """Addresses of the pages that were asked."""
    first: bool = False
    """The source has never answered before."""
    waiting: int = 0
    """Children that have not answered yet."""
    incomplete: bool = False
    """A child failed: the index must be asked again without its validators."""
    closed: bool = False
    """Its end is in the store."""
    closing: bool = False
    """It is the last poll of a shard whose time is over."""
    paged: bool = False
    """A further page follows the first, so that nothing scrolls away unseen."""
    unmatched: list[str] = field(default_factory=list)
    """Addresses of the site that its pattern refuses."""
    saved: list[SourceSaved] = field(default_factory=list)
    """What the store took of it, and of its children."""

    @property
    def window(self) -> bool:
        """Whether it shows the newest items only, so that what it has shown before must still be there in part."""
        return self.parent is None and not (isinstance(self.source, Sitemap) and self.source.url != self.url)

    def validators(self) -> dict[str, str]:
        """Headers of a conditional request; none for an audit or a site that lied."""
        return {} if self.audit or not self.state.trusted else conditions(self.state)


def conditions(state: SourceState) -> dict[str, str]:
    """The headers that ask for a source only if it has changed (RFC 9110, section 13.1)."""
    named = {"If-None-Match": state.etag, "If-Modified-Since": state.last_modified}
    return {name: value for name, value in named.items() if value}


def open_poll(url: str, source: Source | None, state: SourceState, every: int, parent: Poll | None = None) -> Poll:
    """A poll of `url`; each `every`-th goes without validators, to see whether they tell the truth."""
    audit = bool(state.trusted and (state.etag or state.last_modified) and (state.polls + 1) % every == 0)
    state = replace(state, route=source.url if source else None)
    return Poll(
        url=url, source=source, state=state, first=state.body_hash is None, audit=audit, parent=parent, pages={url}
    )


def shards(source: Source, now: datetime) -> list[tuple[str, date | None]]:
    """The addresses to poll, each with the day from which a poll of it is late enough.

    A series gives today's shard and, on the first day of a window, the one that has just been closed: that is polled
    once more after its end.
    """
    if not isinstance(source, Sitemap):
        return [(source.url, None)]
    today = day_of(now)
    current, last = source.shard(today), source.shard(today - timedelta(days=1))
    return [(current, None)] if last == current else [(current, None), (last, today)]


def is_due(state: SourceState, since: date | None) -> bool:
    """Whether a shard must be polled: always while it is open, once after it was closed on the day `since`, today."""
    # A later day is that of a clock that was ahead.
    return since is None or state.checked_at is None or day_of(state.checked_at) != since


def answered(poll: Poll, headers: Mapping[str, str | None], found: Discovery, now: datetime) -> SourceState:
    """The source's state after an answer; a changed source behind unchanged validators is never believed again."""
    old, listed = poll.state, digest((*found.links, *found.children))
    etag, modified = validator(headers.get("etag")), _past(validator(headers.get("last-modified")), now)
    state = replace(
        old,
        etag=etag,
        last_modified=modified,
        body_hash=listed,
        checked_at=now,
        polls=old.polls + 1,
        audits=old.audits + poll.audit,
        last_status="200",
        failures=0,
        failing_since=None,
        whole_at=old.whole_at if found.cut else now,
    )
    lied = poll.audit and (etag, modified) == (old.etag, old.last_modified) and listed != old.body_hash
    return distrusted(state) if lied else state


def _past(modified: str | None, now: datetime) -> str | None:
    """A Last-Modified of the past: one of the future, which RFC 9110, 8.8.2.1 forbids, would bring a 304 until then."""
    said = parse_date(modified)
    return None if said is not None and not_ahead(said.at, now) is None else modified


def needs_probe(poll: Poll, state: SourceState) -> bool:
    """Whether an audit found the source changed under new validators: then the old ones must not give a 304."""
    return poll.audit and state.trusted and state.body_hash != poll.state.body_hash


def distrusted(state: SourceState) -> SourceState:
    """The source's state after a lie."""
    return replace(state, trusted=False, lies=state.lies + 1)


def unchanged(state: SourceState, now: datetime) -> SourceState:
    """The source's state after a 304."""
    return replace(state, checked_at=now, polls=state.polls + 1, last_status="304", failures=0, failing_since=None)


def failed(state: SourceState, reason: str, now: datetime) -> SourceState:
    """The source's state after a poll that gave nothing; what the last good answer said stays."""
    since = (state.failures and state.failing_since) or now
    return replace(
        state,
        checked_at=now,
        polls=state.polls + 1,
        last_status=reason,
        failures=state.failures + 1,
        failing_since=since,
    )


def without_validators(state: SourceState) -> SourceState:
    """The same, to be asked in full the next time."""
    return replace(state, etag=None, last_modified=None)


def digest(links: Iterable[Link]) -> str:
    """A hash of what a source lists; its bytes may differ at every poll (clocks, counters, advertisements)."""
    lines = (f"{link.url}\t{link.modified_at or ''}\t{link.title or ''}\n" for link in links)
    return hashlib.sha256("".join(lines).encode("utf-8", "replace")).hexdigest()


def recent_children(children: Iterable[Link], poll: Poll, now: datetime) -> list[Link]:
    """The sitemaps of an index in which news may be, newest first: by lastmod, else by name, a dozen at most.

    The newest lastmod is the measure, not the clock: an index that has been quiet for a month still has a newest part.
    """
    every = list(children)
    dated = sorted((link for link in every if not_ahead(link.modified_at, now)), key=_modified, reverse=True)
    if dated:
        oldest = _modified(dated[0]) - (_FIRST if poll.first else _LATER)
        return [link for link in dated if _modified(link) >= oldest][:_CHILDREN]
    today = day_of(now)
    month = re.compile(rf"{today.year}[-_/]?0?{today.month}(?!\d)|news|latest|tin-moi", re.I)
    named = [link for link in every if month.search(urlsplit(link.url).path)]
    # Numbered parts grow at one end, and nothing says at which.
    return named[:_CHILDREN] or [every[0], *every[1:][-1:]]


def _modified(link: Link) -> datetime:
    return link.modified_at or datetime.min.replace(tzinfo=UTC)


def poll_result(poll: Poll, state: SourceState, window: int | None, now: datetime) -> PollResult | None:
    """What `crawler.schedule.pace` learns from a poll, all parts of it saved; None from one that failed.

    `window` is the number of items that the source showed the last time it showed any.
    """
    source = poll.source
    if state.last_status not in ANSWERED:
        # The shard of a new day, month or year is not there before its first article.
        young = isinstance(source, Sitemap) and source.url != poll.url
        return PollResult(now) if young and state.last_status == Refusal.NOT_FOUND else None
    first = [link for part in poll.saved for link in part.first]
    times = [at for link in first if (at := _time(link))]
    scrolls = isinstance(source, Feed) or (isinstance(source, Listing) and not poll.paged)
    return PollResult(
        now,
        items=times,
        undated=len(first) - len(times),
        new=sum(part.new for part in poll.saved),
        shown=len(poll.links) or window if scrolls else None,
        oldest=min((at for link in poll.links.values() if (at := not_ahead(link.published_at, now))), default=None),
        overlap=not any(part.gap for part in poll.saved),
    )


def _time(link: Link) -> datetime | None:
    """When the source says that an article came; of one that it has just listed, its last change will do."""
    return link.published_at or link.modified_at
