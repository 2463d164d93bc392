"""The sources of one run: polls each, follows pages and child sitemaps, and puts the links into the store.

Sources overlap: what they have named in this run is kept together (`_NamedLinks`), so that each refused link is counted
once, and so that it is known whether any of a page is news, on which it depends whether the next page is asked.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Collection, Iterable, Iterator
from dataclasses import replace
from functools import partial
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http import Response
from sqlalchemy import Connection

from crawler.crawl import poll as polls
from crawler.crawl.context import RunContext
from crawler.crawl.poll import Poll, poll_result
from crawler.crawl.source_answer import read_source
from crawler.discover import Discovery, home_feed
from crawler.errors import Refusal, StoreFailed
from crawler.fetch import header
from crawler.items import Asked, Link
from crawler.sites import Feed, Listing, Sitemap, Source
from crawler.store import SourceSaved, SourceState, stand_ins

logger = logging.getLogger(__name__)
_SILENT = 2  # sources without any answer after which a site counts as down


class Sources:
    """Polls the sources; a poll ends in one transaction that holds its validators and all of its links."""

    def __init__(self, run: RunContext) -> None:
        self._run = run
        self._named = _NamedLinks(run)
        self._probe = _Probe(run)
        self._home: tuple[str, Discovery] | None = None  # the site's first feed
        self.answered = 0
        """Polls that gave an answer, 304 included."""
        self.errors: list[str] = []

    def start(self, only: Collection[str] | None) -> Iterator[Request]:
        """A request for each source of the site, or for each in `only`; as many as the day's budget pays for."""
        run = self._run
        named = {source.url: source for source in run.site.sources}
        asked: list[tuple[str, Source | None]] = (
            list(named.items()) if only is None else [(url, named.get(url)) for url in only]
        )
        # Listings first: a page that a feed has just made known would end their paging too early.
        asked.sort(key=lambda entry: not isinstance(entry[1], Listing))
        opened = []
        for url, source in asked:
            for address, since in polls.shards(source, run.now()) if source else [(url, None)]:
                if polls.is_due(run.store.source(address), since):
                    poll = self._open(address, source)
                    poll.closing = since is not None
                    opened.append(poll)
        granted = run.budget.draw(len(opened), "look")
        if granted < len(opened):
            run.report.refused[Refusal.OVER_BUDGET] += len(opened) - granted
        for poll in opened[:granted]:
            run.report.sources += 1
            yield self._request(poll, poll.url)

    def _open(self, url: str, source: Source | None, parent: Poll | None = None) -> Poll:
        return polls.open_poll(url, source, self._run.store.source(url), self._run.settings.audit_every, parent)

    def _request(self, poll: Poll, url: str) -> Request:
        request = self._run.request(url, Asked("source"), self, poll)
        if poll.page == 1:
            request.headers.update(poll.validators())
        return request

    async def parse(self, response: Response, poll: Poll) -> list[Request]:
        """One answer of a source: what to ask next."""
        try:
            return [request async for request in self._parse(response, poll)]
        except StoreFailed as failure:
            self._run.end(str(failure))
        except Exception as error:
            # A hostile source must neither vanish as a success nor leave its index waiting for ever.
            logger.exception("%s could not be read", poll.url)
            if not poll.closed:
                poll.links.clear()  # they may be what no store takes
                self.failed(poll, Refusal.UNREADABLE, f"{type(error).__name__} at {poll.url}")
        return []

    async def _parse(self, response: Response, poll: Poll) -> AsyncIterator[Request]:
        run = self._run
        if response.status == 304:
            self.answered += 1
            run.report.not_modified += 1
            self._close(poll, polls.unchanged(poll.state, run.now()))
            return
        found = await read_source(run, response, poll.source)
        if found.kind == "feed" and self._is_home_feed(poll, found):
            found = replace(found, refused=Refusal.HOME_FEED, detail="carries the home feed")
        if found.refused and not (poll.page > 1 and found.refused is Refusal.EMPTY_SOURCE):
            self.failed(poll, found.refused, found.detail or poll.url)
            return
        if poll.page == 1:
            self.answered += 1
            headers = {name: header(response, name) for name in ("etag", "last-modified")}
            state = polls.answered(poll, headers, found, run.now())
            run.report.refused.update([Refusal.CUT_OFF] if found.cut else ())
            run.report.distrusted += poll.state.trusted and not state.trusted
            if polls.needs_probe(poll, state):
                yield self._probe.request(poll)
            poll.state = state
        if found.kind == "index":
            for request in self._children(poll, found.children):
                yield request
            return
        fresh = self._named.take(poll, found.links)
        poll.paged = poll.paged or found.next is not None
        following = found.next if fresh else None
        if following and self._may_follow(poll, following):
            poll.page += 1
            poll.pages.add(following)
            yield self._request(poll, following)
        else:
            self._close(poll, poll.state)

    def failed(self, poll: Poll, reason: Refusal, detail: str) -> None:
        """A poll, or one page or child of it, that gave nothing; what earlier pages gave is kept."""
        run = self._run
        try:
            if poll.page > 1:
                if reason is not Refusal.NOT_SAVED:
                    run.report.refused[reason] += 1
                self._close(poll, polls.without_validators(poll.state))
                return
            run.report.refused[reason] += 1
            self.errors.append(f"{reason} ({detail})" if detail else reason)
            if poll.parent:
                poll.parent.incomplete = True
            # A site that is down must not cost a minute for each of its sources and pages.
            if self.answered == 0 and reason.is_silence and len(self.errors) >= _SILENT:
                run.end(f"{reason}: {detail}")
            # A replay says nothing about the source itself.
            state = None if reason is Refusal.NOT_SAVED else polls.failed(poll.state, reason, run.now())
            self._close(poll, state)
        except StoreFailed as failure:
            run.end(str(failure))
        finally:
            run.progress()

    def postponed(self, poll: Poll, reason: Refusal) -> None:  # noqa: ARG002, the interface's
        """A poll, or one page or child of it, that was not asked or not read; it says nothing of the source."""
        try:
            if poll.parent:
                poll.parent.incomplete = True
            self._close(poll, polls.without_validators(poll.state) if poll.page > 1 else None)
        except StoreFailed as failure:
            self._run.end(str(failure))

    def _is_home_feed(self, poll: Poll, found: Discovery) -> bool:
        home = next((source.url for source in self._run.site.sources if isinstance(source, Feed)), None)
        if poll.url == home:
            self._home = (home, found)
        if home is None or home == poll.url:
            return False
        if self._home is not None:
            return home_feed(found, self._home[1])
        # It was not modified, or is not polled in this run: what it last said tells as well.
        return len(found.links) > 4 and self._run.store.source(home).body_hash == polls.digest(found.links)

    def _may_follow(self, poll: Poll, url: str) -> bool:
        run = self._run
        enough = run.limit is not None and len(poll.links) >= run.limit
        within = poll.page < run.settings.listing_pages and url not in poll.pages
        return within and not enough and self._owned(url)

    def _owned(self, url: str) -> bool:
        return self._run.site.owns(urlsplit(url).hostname or "")

    def _children(self, poll: Poll, children: Iterable[Link]) -> Iterator[Request]:
        owned = [link for link in children if self._owned(link.url)]
        if poll.parent is not None or not owned:
            # An index inside an index does not occur in the field; following it would have no end.
            self.failed(poll, Refusal.EMPTY_SOURCE, "an index of nothing that can be followed")
            return
        chosen = polls.recent_children(owned, poll, self._run.now())
        poll.incomplete = not all(link.modified_at for link in chosen)
        poll.waiting = len(chosen)
        for link in chosen:
            source = poll.source if isinstance(poll.source, Sitemap) else Sitemap(link.url)
            yield self._request(self._open(link.url, source, poll), link.url)

    def _close(self, poll: Poll, state: SourceState | None) -> None:
        """End a poll in one transaction; without a state, nothing is remembered of it."""
        run = self._run
        if state is None:
            poll.closed = True
        else:
            lastmod = poll.source.lastmod if isinstance(poll.source, Sitemap) else None
            new = run.store.save_source(
                state,
                poll.links.values(),
                run.site.name,
                revisit=lastmod == "modified",
                window=poll.window,
                also=partial(self._noted, poll, state),
            )
            poll.closed = True
            run.report.links += len(poll.links)
            run.report.new += new
            run.progress()
        if poll.parent is not None:
            poll.parent.waiting -= 1
            if poll.parent.waiting == 0:
                whole = poll.parent.state
                self._close(poll.parent, polls.without_validators(whole) if poll.parent.incomplete else whole)

    def _noted(self, poll: Poll, state: SourceState, connection: Connection, saved: SourceSaved) -> None:
        """What the agenda learns of a poll, or of a part of one, in the transaction that saves it."""
        (poll.parent or poll).saved.append(saved)
        if poll.unmatched:
            stand_ins.note_unmatched(connection, self._run.site.name, poll.unmatched, self._run.now())
        agenda, source = self._run.agenda, poll.source.url if poll.source else ""
        if agenda is None or poll.parent is not None or poll.closing or source not in agenda.entries:
            return
        found = poll_result(poll, state, agenda.window(source), self._run.now())
        came = sum(part.new for part in poll.saved)
        agenda.note(connection, source, found, state.last_status, came, first=poll.first)


class _NamedLinks:
    """What the sources of one run have named."""

    def __init__(self, run: RunContext) -> None:
        self._run = run
        self._refused: set[str] = set()  # links whose refusal is counted
        self._new: set[str] = set()  # addresses that this run made known

    def take(self, poll: Poll, links: Iterable[Link]) -> bool:
        """Add a page's links to the poll; whether the next page may hold more that nobody knows.

        What another source made known in this run counts as new here, and so does everything when the source has never
        been polled.
        """
        run = self._run
        taken: dict[str, Link] = {}
        for link in links:
            if link.refused is None:
                taken.setdefault(link.canonical_url or link.url, link)
            elif link.url not in self._refused:
                self._refused.add(link.url)
                run.report.refused[link.refused] += 1
                if link.refused is Refusal.NOT_ARTICLE:
                    poll.unmatched.append(link.url)
        fresh = taken.keys() - poll.links.keys()
        poll.links.update((url, taken[url]) for url in taken if url in fresh)
        unknown = fresh - run.store.seen(fresh)
        self._new |= unknown
        return bool(fresh if poll.first else unknown | (fresh & self._new))


class _Probe:
    """Asks a source with validators that are known to be out of date: a 304 is a lie."""

    def __init__(self, run: RunContext) -> None:
        self._run = run

    def request(self, poll: Poll) -> Request:
        """The request, with the validators from before the poll."""
        request = self._run.request(poll.url, Asked("source", "audit"), self, poll)
        request.headers.update(polls.conditions(poll.state))
        return request

    async def parse(self, response: Response, poll: Poll) -> tuple[()]:
        """A source that lied is never believed again."""
        if response.status != 304:
            return ()
        run = self._run
        run.report.distrusted += 1
        poll.state = polls.distrusted(poll.state)
        try:
            run.store.save_source(poll.state, (), run.site.name)
        except StoreFailed as failure:
            run.end(str(failure))
        return ()

    def failed(self, poll: Poll, reason: Refusal, detail: str) -> None:
        """It proves nothing."""

    def postponed(self, poll: Poll, reason: Refusal) -> None:
        """It proves nothing."""
