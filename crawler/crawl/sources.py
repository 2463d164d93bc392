"""The sources of one run: looks at each, follows pages and child sitemaps, and puts the links into the store."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from functools import lru_cache, partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http import Response
from sqlalchemy import Connection

from crawler.crawl import poll as polls
from crawler.crawl.poll import Poll, seen
from crawler.discover.discovery import Discovery, discover, home_feed
from crawler.errors import Refusal, StoreFailed
from crawler.extract.limits import Overdue, deadline
from crawler.extract.verdict import is_wall, verdict
from crawler.items import Link
from crawler.sites.site import Feed, Listing, Sitemap, Source
from crawler.sites.urls import canonical
from crawler.store import SourceSaved, SourceState
from crawler.text.charset import charset

if TYPE_CHECKING:
    from crawler.crawl.spider import NewsSpider


class Gathering:
    """The links of one run; sources overlap."""

    def __init__(self, spider: NewsSpider) -> None:
        self._spider = spider
        self._refused: set[str] = set()  # links whose refusal is counted
        self._new: set[str] = set()  # addresses that this run made known
        self.canonical = lru_cache(maxsize=None)(partial(canonical, site=spider.site))
        """The one address of an article of this site; raises Discard."""

    def take(self, poll: Poll, links: Iterable[Link]) -> bool:
        """Add a page's links to the look; whether the next page may hold more that nobody knows.

        What another source made known in this run counts as new here, and so does everything when the source has never
        been looked at.
        """
        spider = self._spider
        taken: dict[str, Link] = {}
        for link in links:
            if link.refused is None:
                taken.setdefault(self.canonical(link.url), link)
            elif link.url not in self._refused:
                self._refused.add(link.url)
                spider.report.refused[link.refused] += 1
        fresh = taken.keys() - poll.links.keys()
        poll.links.update((url, taken[url]) for url in taken if url in fresh)
        unknown = fresh - spider.store.seen(fresh)
        self._new |= unknown
        return bool(fresh if poll.first else unknown | (fresh & self._new))


logger = logging.getLogger(__name__)
_SILENT = 2  # sources without any answer after which a site counts as down


class Sources:
    """Walks the sources; a look ends in one transaction that holds its validators and all of its links."""

    def __init__(self, spider: NewsSpider) -> None:
        self._spider = spider
        self._gathering = Gathering(spider)
        self._home: tuple[str, Discovery] | None = None  # the site's first feed
        self.answered = 0
        """Looks that gave an answer, 304 included."""
        self.errors: list[str] = []

    def start(self, only: Collection[str] | None) -> Iterator[Request]:
        """A request for each source of the site, or for each in `only`; as many as the day's budget pays for."""
        spider = self._spider
        named = {source.url: source for source in spider.site.sources}
        asked: list[tuple[str, Source | None]] = (
            list(named.items()) if only is None else [(url, named.get(url)) for url in only]
        )
        # Listings first: a page that a feed has just made known would end their paging too early.
        asked.sort(key=lambda entry: not isinstance(entry[1], Listing))
        opened = []
        for url, source in asked:
            for address, since in polls.shards(source, spider.now()) if source else [(url, None)]:
                if polls.is_due(spider.store.source(address), since):
                    poll = self._open(address, source)
                    poll.closing = since is not None
                    opened.append(poll)
        granted = spider.account.draw(len(opened), "look")
        if granted < len(opened):
            spider.report.refused[Refusal.OVER_BUDGET] += len(opened) - granted
        for poll in opened[:granted]:
            spider.report.sources += 1
            yield self._request(poll, poll.url)

    def _open(self, url: str, source: Source | None, parent: Poll | None = None) -> Poll:
        spider = self._spider
        every = spider.settings.getint("AUDIT_EVERY")
        return polls.open_look(url, source, spider.store.source(url), every, parent)

    def _request(self, poll: Poll, url: str) -> Request:
        request = self._spider.request(url, "source", "look", self.parse, poll=poll)
        if poll.page == 1:
            request.headers.update(poll.validators())
        return request

    def parse(self, response: Response, poll: Poll) -> Iterable[Request]:
        """One answer of a source: what to ask next."""
        try:
            return list(self._parse(response, poll))
        except StoreFailed as failure:
            self._spider.end(str(failure))
        except Exception as error:
            # A hostile source must neither vanish as a success nor leave its index waiting for ever.
            logger.exception("%s could not be read", poll.url)
            if not poll.closed:
                poll.links.clear()  # they may be what no store takes
                self.failed(poll, Refusal.UNREADABLE, f"{type(error).__name__} at {poll.url}")
        return ()

    def _parse(self, response: Response, poll: Poll) -> Iterator[Request]:
        spider = self._spider
        if response.status == 304:
            self.answered += 1
            spider.report.not_modified += 1
            self._close(poll, polls.unchanged(poll.state, spider.now()))
            return
        if response.status != 200 or is_wall(response.body):
            reason = verdict(response.status, {}, response.body) or Refusal.SERVER_ERROR
            self.failed(poll, reason, f"{response.status} from {response.url}")
            return
        declared = charset((response.headers.get("Content-Type") or b"").decode("latin-1"))
        try:
            with deadline(spider.settings.getfloat("READ_SECONDS")):
                found = discover(response.body, response.url, declared=declared, site=spider.site, source=poll.source)
        except Overdue as late:
            self.failed(poll, late.reason, late.detail)
            return
        if found.kind == "feed" and self._is_home_feed(poll, found):
            found = replace(found, refused=Refusal.HOME_FEED, detail="carries the home feed")
        if found.refused and not (poll.page > 1 and found.refused is Refusal.EMPTY_SOURCE):
            self.failed(poll, found.refused, found.detail or poll.url)
            return
        if poll.page == 1:
            self.answered += 1
            headers = {name: _header(response, name) for name in ("etag", "last-modified")}
            state = polls.answered(poll, headers, found, spider.now())
            spider.report.refused.update([Refusal.CUT_OFF] if found.cut else ())
            spider.report.distrusted += poll.state.trusted and not state.trusted
            if polls.needs_probe(poll, state):
                probe = spider.request(poll.url, "source", "audit", self.probed, audited=poll)
                probe.headers.update(polls.conditions(poll.state))
                yield probe
            poll.state = state
        if found.kind == "index":
            yield from self._children(poll, found.children)
            return
        fresh = self._gathering.take(poll, found.links)
        poll.paged = poll.paged or found.next is not None
        following = found.next if fresh else None
        if following and self._may_follow(poll, following):
            poll.page += 1
            poll.pages.add(following)
            yield self._request(poll, following)
        else:
            self._close(poll, poll.state)

    def probed(self, response: Response, audited: Poll) -> None:
        """The answer to validators that are known to be out of date: a 304 is a lie."""
        if response.status != 304:
            return
        spider = self._spider
        spider.report.distrusted += 1
        audited.state = polls.distrusted(audited.state)
        try:
            spider.store.save_source(audited.state, (), spider.name)
        except StoreFailed as failure:
            spider.end(str(failure))

    def failed(self, poll: Poll, reason: Refusal, detail: str) -> None:
        """A look, or one page or child of it, that gave nothing; what earlier pages gave is kept."""
        spider = self._spider
        try:
            if poll.page > 1:
                if reason is not Refusal.NOT_SAVED:
                    spider.report.refused[reason] += 1
                self._close(poll, polls.without_validators(poll.state))
                return
            spider.report.refused[reason] += 1
            self.errors.append(f"{reason} ({detail})" if detail else reason)
            if poll.parent:
                poll.parent.incomplete = True
            self._give_up(reason, detail)
            # A replay says nothing about the source itself.
            state = None if reason is Refusal.NOT_SAVED else polls.failed(poll.state, reason, spider.now())
            self._close(poll, state)
        except StoreFailed as failure:
            spider.end(str(failure))
        finally:
            spider.progress()

    def postponed(self, poll: Poll) -> None:
        """A look, or one page or child of it, that the day's budget does not pay for; it says nothing of the source."""
        try:
            if poll.parent:
                poll.parent.incomplete = True
            self._close(poll, polls.without_validators(poll.state) if poll.page > 1 else None)
        except StoreFailed as failure:
            self._spider.end(str(failure))

    def _give_up(self, reason: Refusal, detail: str) -> None:
        # A site that is down must not cost a minute for each of its sources and pages.
        if self.answered == 0 and reason in (Refusal.UNREACHABLE, Refusal.TIMEOUT) and len(self.errors) >= _SILENT:
            self._spider.end(f"{reason}: {detail}")

    def _is_home_feed(self, poll: Poll, found: Discovery) -> bool:
        home = next((source.url for source in self._spider.site.sources if isinstance(source, Feed)), None)
        if poll.url == home:
            self._home = (home, found)
        if home is None or home == poll.url:
            return False
        if self._home is not None:
            return home_feed(found, self._home[1])
        # It was not modified, or is not looked at in this run: what it last said tells as well.
        return len(found.links) > 4 and self._spider.store.source(home).body_hash == polls.digest(found.links)

    def _may_follow(self, poll: Poll, url: str) -> bool:
        spider = self._spider
        enough = spider.limit is not None and len(poll.links) >= spider.limit
        within = poll.page < spider.settings.getint("LISTING_PAGES") and url not in poll.pages
        return within and not enough and self._owned(url)

    def _owned(self, url: str) -> bool:
        return self._spider.site.owns(urlsplit(url).hostname or "")

    def _children(self, poll: Poll, children: Iterable[Link]) -> Iterator[Request]:
        spider = self._spider
        owned = [link for link in children if self._owned(link.url)]
        if poll.parent is not None or not owned:
            # An index inside an index does not occur in the field; following it would have no end.
            self.failed(poll, Refusal.EMPTY_SOURCE, "an index of nothing that can be followed")
            return
        chosen = polls.recent_children(owned, poll, spider.now())
        poll.incomplete = not all(link.modified_at for link in chosen)
        poll.waiting = len(chosen)
        for link in chosen:
            source = poll.source if isinstance(poll.source, Sitemap) else Sitemap(link.url)
            yield self._request(self._open(link.url, source, poll), link.url)

    def _noted(self, poll: Poll, state: SourceState, connection: Connection, kept: SourceSaved) -> None:
        """What the agenda learns of a look, or of a part of one, in the transaction that saves it."""
        (poll.parent or poll).kept.append(kept)
        agenda, source = self._spider.agenda, poll.source.url if poll.source else ""
        if agenda is None or poll.parent is not None or poll.closing or source not in agenda.entries:
            return
        found = seen(poll, state, agenda.window(source), self._spider.now())
        came = sum(part.new for part in poll.kept)
        agenda.note(connection, source, found, state.last_status, came, first=poll.first)

    def _close(self, poll: Poll, state: SourceState | None) -> None:
        """End a look in one transaction; without a state, nothing is remembered of it."""
        spider = self._spider
        if state is None:
            poll.closed = True
        else:
            lastmod = poll.source.lastmod if isinstance(poll.source, Sitemap) else None
            new = spider.store.save_source(
                state,
                poll.links.values(),
                spider.name,
                revisit=lastmod == "modified",
                window=poll.window,
                canonical=self._gathering.canonical,
                also=partial(self._noted, poll, state),
            )
            poll.closed = True
            spider.report.links += len(poll.links)
            spider.report.new += new
            spider.progress()
        if poll.parent is not None:
            poll.parent.waiting -= 1
            if poll.parent.waiting == 0:
                whole = poll.parent.state
                self._close(poll.parent, polls.without_validators(whole) if poll.parent.incomplete else whole)


def _header(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1") if value else None
