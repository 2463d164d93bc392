"""Asks an unknown site a dozen questions: where it lists its articles, which addresses those are, how some look.

`explore` is a conversation without a network: it yields what it wants to know and is sent the answer, so that the same
code asks a live site, a folder of saved pages, and a test.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from urllib.parse import urljoin, urlsplit

from crawler.discover import Discovery, discover, home_feed
from crawler.errors import Refusal, Refused
from crawler.extract import verdict
from crawler.items import Link
from crawler.learn import source_addresses as places
from crawler.learn.addresses import AddressRules, learn_addresses, shape
from crawler.learn.asking import Answer, Ask, NotLearned, Why
from crawler.learn.moved import redirected
from crawler.learn.page_links import PageLink, bare_host, of_host, page_links
from crawler.learn.samples import Sample, sample
from crawler.learn.unlearned import admit, nothing
from crawler.sites import Feed, Listing, Sitemap, Source, kind_by_address
from crawler.text import charset, day_of

MOST_REQUESTS = 17
"""Of a conversation, robots.txt included."""
_SAMPLES = 6  # articles to learn from
_FEWEST = 2
_LIST = 5  # headlines that make a list
_FEEDS, _SITEMAPS, _SECTIONS, _CALLS = 5, 3, 3, 2  # requests for each
_MISLED = 3  # pages of a sitemap that are no articles, one after the other, by which it lists none
_FORMER = 2  # requests that each former host has cost
_NONE = frozenset((Refusal.NOT_ARTICLE, Refusal.NO_BODY))  # why a page that was asked is no article
Conversation = Generator[Ask, Answer, "Exploration"]


@dataclass(slots=True)
class TriedSource:
    """A source that was asked, and what it gave."""

    source: Source
    found: Discovery
    again: bool = False
    """It carries the home feed again."""

    @property
    def gives(self) -> bool:
        """Whether articles can be found by it."""
        return not self.found.refused and not self.again and bool(self.found.links or self.found.children)


@dataclass(slots=True)
class Exploration:
    """What is known of a site when its questions are answered."""

    home: Answer
    links: list[PageLink]
    """Of the home page."""
    tried: list[TriedSource] = field(default_factory=list)
    unasked: list[Source] = field(default_factory=list)
    """Sources that the site names and that were not asked."""
    listed: dict[str, Link] = field(default_factory=dict)
    """The articles that feeds and sitemaps list; where there are none, those that its pages link to by shape."""
    fed: set[str] = field(default_factory=set)
    """Those of `listed` that a feed names."""
    others: dict[str, None] = field(default_factory=dict)
    """Addresses that are no article's."""
    called: dict[str, str] = field(default_factory=dict)
    """What the site's own pages call the addresses that they link to."""
    sections: dict[str, Answer] = field(default_factory=dict)
    """Section pages that were asked."""
    samples: list[Sample] = field(default_factory=list)
    unread: dict[str, Refusal] = field(default_factory=dict)
    """Articles that were asked and could not be read."""
    also: tuple[str, ...] = ()
    """Pages that somebody named beside the home page."""
    former: tuple[str, ...] = ()
    """Hosts that redirect to this one."""
    requests: int = 0

    def rules(self) -> AddressRules | None:
        """The rules of its addresses as far as they can be told."""
        return learn_addresses(self.listed, self.others)

    def note(self, links: Sequence[PageLink]) -> None:
        """Remember which links of a page lead to no article: menus and labels, and what is too short for a headline.

        A sitemap lists such pages, too; a feed does not.
        """
        for link in links:
            if link.reads_like_headline:
                self.called.setdefault(link.url, link.text)
            if link.reads_like_headline or (link.place == "text" and not link.in_menu):
                continue
            if link.url not in self.fed:
                self.listed.pop(link.url, None)
                self.others[link.url] = None


def explore(url: str, now: datetime, also: Sequence[str] = (), former: Sequence[str] = ()) -> Conversation:
    """Ask a site by the address of its home page; `also` are pages of it that somebody names beside, `former` its
    hosts of before, which redirect to it.

    Raises `NotLearned` when there is nothing to be learned.
    """
    home = yield Ask(url, "home page")
    if home.refused is Refusal.NOT_SAVED:
        home = yield from _in_place_of(home, also)
    if home.refused is Refusal.REDIRECTED and bare_host(home.url) != bare_host(url):
        raise (yield from redirected(url, home.url))
    admit(home)
    known = Exploration(home, page_links(home.soup, home.url), also=tuple(also), former=tuple(former))
    known.requests = 1 + _FORMER * len(former)
    robots = yield from _ask(known, urljoin(home.url, "/robots.txt"), "robots.txt")
    yield from _feeds(known)
    yield from _sitemaps(known, robots.text if robots.is_good else "", now)
    known.note(known.links)
    yield from _sections(known)
    if not known.listed:
        raise _nothing(known)
    yield from _articles(known)
    if misleading := _misleading(known, 1):
        misleading.found = Discovery("sitemap", refused=Refusal.NOT_ARTICLE)
        known.listed.clear()
        yield from _sections(known)
        yield from _articles(known)
    asked = len(known.samples) + len(known.unread)
    if len(known.samples) < min(_FEWEST, max(1, asked)):
        raise _nothing(known)
    return known


def _nothing(known: Exploration) -> NotLearned:
    giving = [tried.source.url for tried in known.tried if tried.gives]
    return nothing(known.home, len(known.listed), known.unread, giving)


def _in_place_of(home: Answer, saved: Sequence[str]) -> Generator[Ask, Answer, Answer]:
    """Of saved pages of a site, whose home page is not among them, the one that lists the most articles."""
    best, most = home, 0
    for url in saved:
        answer = yield Ask(url, "section")
        size = len(_listed_by(answer).links)
        if size > most:
            best, most = answer, size
    return best


def _ask(known: Exploration, url: str, why: Why) -> Generator[Ask, Answer, Answer]:
    answer = yield Ask(url, why)
    known.requests += answer.refused is not Refusal.NOT_SAVED
    return answer


# Sources.


def _read(answer: Answer, source: Source | None = None) -> Discovery:
    if not answer.is_good:
        reason = answer.refused or verdict(answer.status, {}, answer.body) or Refusal.SERVER_ERROR
        return Discovery("feed", refused=reason, detail=f"status {answer.status}")
    return discover(answer.body, answer.url, declared=charset(answer.content_type), source=source)


def _take(known: Exploration, found: Discovery) -> None:
    """Remember what a source lists; of a sitemap, which may hold every page of a site, only what may be an article."""
    shapes, host = {shape(url) for url in known.fed}, bare_host(known.home.url)
    for link in found.links:
        if link.refused or not of_host(link.url, host):
            continue
        if found.kind == "sitemap" and (places.NO_NEWS.search(link.url) or (shapes and shape(link.url) not in shapes)):
            continue
        known.listed.setdefault(link.url, link)


def _feeds(known: Exploration) -> Generator[Ask, Answer, None]:
    """The home feed, and as many sections' as it takes to see whether it holds them."""
    waiting = places.feed_addresses(known.home, known.links)
    usual = places.usual_feeds(known.home.url)
    asked: set[str] = set()
    home: Discovery | None = None
    for _ in range(_FEEDS):
        if not waiting and home is None and usual:
            waiting.append(usual.pop(0))
        if not waiting:
            break
        url = waiting.pop(0)
        asked.add(url)
        answer = yield from _ask(known, url, "feed")
        found = _read(answer, Feed(url))
        if found.refused is Refusal.HTML_FOR_FEED and answer.is_good:
            inside = places.feeds_listed(page_links(answer.soup, answer.url))
            waiting = [one for one in dict.fromkeys((*inside, *waiting)) if one not in asked]
            continue
        tried = TriedSource(Feed(url), found, again=home is not None and not found.refused and home_feed(found, home))
        known.tried.append(tried)
        if tried.gives and found.kind == "feed":
            _take(known, found)
            known.fed.update(link.url for link in found.links)
            if home is None:
                home = found
            elif _covers(home, found):
                tried.again = True
            if tried.again:  # one section tells of all
                break
    known.unasked = [Feed(url) for url in waiting if url not in asked] if home is not None else []
    if any(tried.again for tried in known.tried):
        known.unasked = []


def _covers(home: Discovery, section: Discovery) -> bool:
    """Whether the home feed holds all of a section's that is not older than itself."""
    ours = {link.url for link in home.links}
    times = [link.published_at for link in home.links if link.published_at]
    if not times:
        return False
    recent = [link for link in section.links if link.published_at and link.published_at >= min(times)]
    return len(recent) >= 3 and all(link.url in ours for link in recent)


def _sitemaps(known: Exploration, robots: str, now: datetime) -> Generator[Ask, Answer, None]:
    waiting = places.sitemap_addresses(known.home.url, robots)
    left = _SITEMAPS
    while waiting and left:
        url = waiting.pop(0)
        left -= 1
        answer = yield from _ask(known, url, "sitemap")
        found = _read(answer, Sitemap(url))
        tried = TriedSource(Sitemap(url), found)
        known.tried.append(tried)
        if found.kind == "index" and found.children and not found.refused:
            children = [(link.url, day_of(link.modified_at) if link.modified_at else None) for link in found.children]
            for child in places.children_to_ask(children)[: max(1, left)]:
                left -= 1
                answer = yield from _ask(known, child, "sitemap")
                inner = _read(answer, Sitemap(child))
                if not inner.refused and inner.links:
                    _take(known, inner)
                    if (series := places.series_of([name for name, _ in children], day_of(now))) is not None:
                        tried.source = series
                    break
            else:
                tried.found = Discovery("index", refused=Refusal.EMPTY_SOURCE)
            break
        if tried.gives:
            _take(known, found)
            break


def _listed_by(answer: Answer) -> Discovery:
    """The articles that a page links to: by the shape of their addresses, else by texts that read like headlines."""
    found = _read(answer, Listing(answer.url))
    if len(found.links) >= _LIST or not answer.is_good:
        return found
    headlines = [link for link in page_links(answer.soup, answer.url) if _is_headline(link)]
    if len(headlines) < max(_LIST, len(found.links)):
        return found
    return Discovery("listing", tuple(Link(link.url, title=link.text) for link in headlines), next=found.next)


def _paged(answer: Answer, url: str, found: Discovery) -> Listing:
    """The list at `url`, with the pattern of its pages where a crawl would not find the next by itself."""
    return Listing(url, pages=None if found.next else places.numbered_pages(answer))


def _is_headline(link: PageLink) -> bool:
    return (
        link.place == "text" and not link.in_menu and link.reads_like_headline and not places.NO_NEWS.search(link.url)
    )


def _sections(known: Exploration) -> Generator[Ask, Answer, None]:
    """Section pages: where nothing else lists articles they do; else one shows which links are none."""
    fed = bool(known.listed)
    home = _listed_by(known.home)
    if not home.refused and (not fed or _beyond_sections(known, home)):
        known.tried.append(TriedSource(_paged(known.home, known.home.url, home), home))
    if not fed and not home.refused:
        _take(known, home)
    if not fed:
        yield from _calls(known)
    addresses = [url for url in places.section_addresses(known.links) if url not in known.listed]
    known.others.update(dict.fromkeys(addresses))
    giving: set[tuple[str, ...]] = set()
    for url in addresses[: 1 if fed else _SECTIONS]:
        answer = known.sections.get(url) or (yield from _ask(known, url, "section"))
        known.sections[url] = answer
        if not answer.is_good:
            continue
        found = _listed_by(answer)
        if not fed and not known.fed and not found.refused:
            known.tried.append(TriedSource(_paged(answer, url, found), found))
            _take(known, found)
            giving.add(shape(url))
        known.note(page_links(answer.soup, answer.url))
    if not fed:
        known.unasked += [Listing(url) for url in addresses[_SECTIONS:] if shape(url) in giving]


def _beyond_sections(known: Exploration, home: Discovery) -> bool:
    """Whether nothing but feeds of sections lists the articles, and the home page shows some that none of them has."""
    giving = [tried for tried in known.tried if tried.gives]
    if len(giving) < 2 or not all(tried.found.kind == "feed" for tried in giving):
        return False
    shapes = set(map(shape, known.fed))
    return any(link.url not in known.fed and shape(link.url) in shapes for link in home.links)


def _calls(known: Exploration) -> Generator[Ask, Answer, None]:
    """The calls by which a script fills the home page's lists."""
    for url in places.api_addresses(known.home)[:_CALLS]:
        answer = yield from _ask(known, url, "section")
        source = Listing(url, pages=places.counted_pages(url))
        found = _read(answer, source)
        if not found.refused:
            known.tried.append(TriedSource(source, found))
            # What the page itself links to beside it are players, documents and topics.
            known.listed.clear()
            _take(known, found)
            known.fed.update(known.listed)
            return


# Articles.


def _articles(known: Exploration) -> Generator[Ask, Answer, None]:
    """Read articles until there are enough; what turns out to be none changes which addresses are asked next."""
    asked: set[str] = set()
    while len(known.samples) < _SAMPLES and known.requests < MOST_REQUESTS and not _misleading(known, _MISLED):
        link = next((link for link in _chosen(known) if link.url not in asked), None)
        if link is None:
            break
        asked.add(link.url)
        answer = yield from _ask(known, link.url, "article")
        reason = answer.refused or verdict(answer.status, {"content-type": answer.content_type}, answer.body)
        if reason is Refusal.NOT_SAVED:
            continue
        if reason is None:
            try:
                title = link.title or known.called.get(link.url)
                known.samples.append(sample(answer, replace(link, title=title)))
            except Refused as refused:
                reason = refused.reason
        if reason is None:
            known.note(page_links(answer.soup, answer.url))
            known.listed[link.url] = link  # a page that somebody named and that could be read is an article, too
            continue
        known.unread[link.url] = reason
        if reason in _NONE:
            known.listed.pop(link.url, None)
            known.others[link.url] = None


def _misleading(known: Exploration, least: int) -> TriedSource | None:
    """The sitemap from which alone the articles were taken, where so many of them, and all, were none when asked."""
    if known.samples or known.fed or sum(reason in _NONE for reason in known.unread.values()) < least:
        return None
    return next((tried for tried in known.tried if isinstance(tried.source, Sitemap) and tried.gives), None)


def _chosen(known: Exploration) -> Iterator[Link]:
    """The listed articles spread over all that is listed, plain articles before players and picture stories."""
    rules = known.rules()
    named = [known.listed.get(url, Link(url)) for url in known.also if rules is None or rules.takes(url)]
    links = [link for link in known.listed.values() if rules is None or rules.takes(link.url)]
    plain = [link for link in links if kind_by_address(link.url) == "article"] or links
    step = max(1, len(plain) // _SAMPLES)
    order = [plain[place] for place in dict.fromkeys((*range(0, len(plain), step), *range(len(plain))))]
    doubtful = {kind for url in known.unread for kind in _kinds(url)}
    doubtful -= {kind for one in known.samples for kind in _kinds(one.link.url)}
    order.sort(key=lambda link: sum(kind in doubtful for kind in _kinds(link.url)))
    yield from {link.url: link for link in (*named, *order)}.values()


def _kinds(url: str) -> Iterator[tuple[str, ...]]:
    """What may tell an address of other pages from those of articles: its shape and its folder, where it has them."""
    if any((told := shape(url))[1::2]):
        yield told
    if folder := urlsplit(url).path.rstrip("/").rpartition("/")[0]:
        yield (folder,)
