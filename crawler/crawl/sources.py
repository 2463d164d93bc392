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

from crawler.crawl import look as looks
from crawler.crawl.look import Look, seen
from crawler.discover.discovery import Discovery, discover, home_feed
from crawler.errors import Refusal, StoreFailed
from crawler.extract.limits import Overdue, deadline
from crawler.extract.verdict import is_wall, verdict
from crawler.items import Link
from crawler.sites.site import Feed, Listing, Sitemap, Source
from crawler.sites.urls import canonical
from crawler.store import Kept, SourceState
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

    def take(self, look: Look, links: Iterable[Link]) -> bool:
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
        fresh = taken.keys() - look.links.keys()
        look.links.update((url, taken[url]) for url in taken if url in fresh)
        unknown = fresh - spider.store.seen(fresh)
        self._new |= unknown
        return bool(fresh if look.first else unknown | (fresh & self._new))


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
            for address, since in looks.shards(source, spider.now()) if source else [(url, None)]:
                if looks.is_due(spider.store.source(address), since):
                    look = self._open(address, source)
                    look.closing = since is not None
                    opened.append(look)
        granted = spider.account.draw(len(opened), "look")
        if granted < len(opened):
            spider.report.refused[Refusal.OVER_BUDGET] += len(opened) - granted
        for look in opened[:granted]:
            spider.report.sources += 1
            yield self._request(look, look.url)

    def _open(self, url: str, source: Source | None, parent: Look | None = None) -> Look:
        spider = self._spider
        every = spider.settings.getint("AUDIT_EVERY")
        return looks.open_look(url, source, spider.store.source(url), every, parent)

    def _request(self, look: Look, url: str) -> Request:
        request = self._spider.request(url, "source", "look", self.parse, look=look)
        if look.page == 1:
            request.headers.update(look.validators())
        return request

    def parse(self, response: Response, look: Look) -> Iterable[Request]:
        """One answer of a source: what to ask next."""
        try:
            return list(self._parse(response, look))
        except StoreFailed as failure:
            self._spider.end(str(failure))
        except Exception as error:
            # A hostile source must neither vanish as a success nor leave its index waiting for ever.
            logger.exception("%s could not be read", look.url)
            if not look.closed:
                look.links.clear()  # they may be what no store takes
                self.failed(look, Refusal.UNREADABLE, f"{type(error).__name__} at {look.url}")
        return ()

    def _parse(self, response: Response, look: Look) -> Iterator[Request]:
        spider = self._spider
        if response.status == 304:
            self.answered += 1
            spider.report.not_modified += 1
            self._close(look, looks.unchanged(look.state, spider.now()))
            return
        if response.status != 200 or is_wall(response.body):
            word = verdict(response.status, {}, response.body) or Refusal.SERVER_ERROR
            self.failed(look, word, f"{response.status} from {response.url}")
            return
        declared = charset((response.headers.get("Content-Type") or b"").decode("latin-1"))
        try:
            with deadline(spider.settings.getfloat("READ_SECONDS")):
                found = discover(response.body, response.url, declared=declared, site=spider.site, source=look.source)
        except Overdue as late:
            self.failed(look, late.word, late.detail)
            return
        if found.kind == "feed" and self._is_home_feed(look, found):
            found = replace(found, refused=Refusal.HOME_FEED, detail="carries the home feed")
        if found.refused and not (look.page > 1 and found.refused is Refusal.EMPTY_SOURCE):
            self.failed(look, found.refused, found.detail or look.url)
            return
        if look.page == 1:
            self.answered += 1
            headers = {name: _header(response, name) for name in ("etag", "last-modified")}
            state = looks.answered(look, headers, found, spider.now())
            spider.report.refused.update([Refusal.CUT_OFF] if found.cut else ())
            spider.report.distrusted += look.state.trusted and not state.trusted
            if looks.needs_probe(look, state):
                probe = spider.request(look.url, "source", "audit", self.probed, audited=look)
                probe.headers.update(looks.conditions(look.state))
                yield probe
            look.state = state
        if found.kind == "index":
            yield from self._children(look, found.children)
            return
        fresh = self._gathering.take(look, found.links)
        look.paged = look.paged or found.next is not None
        following = found.next if fresh else None
        if following and self._may_follow(look, following):
            look.page += 1
            look.pages.add(following)
            yield self._request(look, following)
        else:
            self._close(look, look.state)

    def probed(self, response: Response, audited: Look) -> None:
        """The answer to validators that are known to be out of date: a 304 is a lie."""
        if response.status != 304:
            return
        spider = self._spider
        spider.report.distrusted += 1
        audited.state = looks.distrusted(audited.state)
        try:
            spider.store.save_source(audited.state, (), spider.name)
        except StoreFailed as failure:
            spider.end(str(failure))

    def failed(self, look: Look, word: Refusal, detail: str) -> None:
        """A look, or one page or child of it, that gave nothing; what earlier pages gave is kept."""
        spider = self._spider
        try:
            if look.page > 1:
                if word is not Refusal.NOT_SAVED:
                    spider.report.refused[word] += 1
                self._close(look, looks.without_validators(look.state))
                return
            spider.report.refused[word] += 1
            self.errors.append(f"{word} ({detail})" if detail else word)
            if look.parent:
                look.parent.incomplete = True
            self._give_up(word, detail)
            # A replay says nothing about the source itself.
            state = None if word is Refusal.NOT_SAVED else looks.failed(look.state, word, spider.now())
            self._close(look, state)
        except StoreFailed as failure:
            spider.end(str(failure))
        finally:
            spider.progress()

    def postponed(self, look: Look) -> None:
        """A look, or one page or child of it, that the day's budget does not pay for; it says nothing of the source."""
        try:
            if look.parent:
                look.parent.incomplete = True
            self._close(look, looks.without_validators(look.state) if look.page > 1 else None)
        except StoreFailed as failure:
            self._spider.end(str(failure))

    def _give_up(self, word: Refusal, detail: str) -> None:
        # A site that is down must not cost a minute for each of its sources and pages.
        if self.answered == 0 and word in (Refusal.UNREACHABLE, Refusal.TIMEOUT) and len(self.errors) >= _SILENT:
            self._spider.end(f"{word}: {detail}")

    def _is_home_feed(self, look: Look, found: Discovery) -> bool:
        home = next((source.url for source in self._spider.site.sources if isinstance(source, Feed)), None)
        if look.url == home:
            self._home = (home, found)
        if home is None or home == look.url:
            return False
        if self._home is not None:
            return home_feed(found, self._home[1])
        # It was not modified, or is not looked at in this run: what it last said tells as well.
        return len(found.links) > 4 and self._spider.store.source(home).body_hash == looks.digest(found.links)

    def _may_follow(self, look: Look, url: str) -> bool:
        spider = self._spider
        enough = spider.limit is not None and len(look.links) >= spider.limit
        within = look.page < spider.settings.getint("LISTING_PAGES") and url not in look.pages
        return within and not enough and self._owned(url)

    def _owned(self, url: str) -> bool:
        return self._spider.site.owns(urlsplit(url).hostname or "")

    def _children(self, look: Look, children: Iterable[Link]) -> Iterator[Request]:
        spider = self._spider
        owned = [link for link in children if self._owned(link.url)]
        if look.parent is not None or not owned:
            # An index inside an index does not occur in the field; following it would have no end.
            self.failed(look, Refusal.EMPTY_SOURCE, "an index of nothing that can be followed")
            return
        chosen = looks.recent_children(owned, look, spider.now())
        look.incomplete = not all(link.modified_at for link in chosen)
        look.waiting = len(chosen)
        for link in chosen:
            source = look.source if isinstance(look.source, Sitemap) else Sitemap(link.url)
            yield self._request(self._open(link.url, source, look), link.url)

    def _noted(self, look: Look, state: SourceState, connection: Connection, kept: Kept) -> None:
        """What the agenda learns of a look, or of a part of one, in the transaction that saves it."""
        (look.parent or look).kept.append(kept)
        errands, source = self._spider.errands, look.source.url if look.source else ""
        if errands is None or look.parent is not None or look.closing or source not in errands.entries:
            return
        found = seen(look, state, errands.window(source), self._spider.now())
        came = sum(part.new for part in look.kept)
        errands.note(connection, source, found, state.last_status, came, first=look.first)

    def _close(self, look: Look, state: SourceState | None) -> None:
        """End a look in one transaction; without a state, nothing is remembered of it."""
        spider = self._spider
        if state is None:
            look.closed = True
        else:
            lastmod = look.source.lastmod if isinstance(look.source, Sitemap) else None
            new = spider.store.save_source(
                state,
                look.links.values(),
                spider.name,
                revisit=lastmod == "modified",
                window=look.window,
                canonical=self._gathering.canonical,
                also=partial(self._noted, look, state),
            )
            look.closed = True
            spider.report.links += len(look.links)
            spider.report.new += new
            spider.progress()
        if look.parent is not None:
            look.parent.waiting -= 1
            if look.parent.waiting == 0:
                whole = look.parent.state
                self._close(look.parent, looks.without_validators(whole) if look.parent.incomplete else whole)


def _header(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1") if value else None
