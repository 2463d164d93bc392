"""Asks a described site a dozen questions: whether its sources, its pattern and its layout still hold.

Like `explore` a conversation without a network. Only where something is wrong it goes on as an exploration does, and
asks for what took its place; what has been asked is not asked again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from crawler.discover import Discovery, discover, home_feed
from crawler.errors import Refusal, Refused
from crawler.items import Link
from crawler.learn import source_addresses as places
from crawler.learn.asking import Answer, Ask, NotLearned, Why
from crawler.learn.closed import closed, refusal_of
from crawler.learn.exploration import Exploration, explore
from crawler.learn.learned import Learned, learned
from crawler.learn.mending import mended
from crawler.learn.page_links import page_links
from crawler.learn.proof import Coverage, Fault, Finding, Proof, SourceProof, SourceWord
from crawler.learn.samples import sample
from crawler.learn.witnesses import disagreements, is_own, least_agreement, read_by
from crawler.sites import Feed, Listing, Site, Sitemap, Source, UrlVerdict, judge, kind_by_address
from crawler.text import charset, day_of

_SOURCES = 5  # that are asked
_PAGES = 4  # articles that are read
_OLD = timedelta(days=30)  # since the newest item of a feed that is alive
_BEHIND = timedelta(days=7)  # of the newest item behind another source's
_TAKEN = 0.9  # share of the listed articles that a pattern takes which is not too narrow
_FEW = 2  # addresses below which a pattern's mistakes are exceptions
_LABELS = frozenset((Refusal.TOPIC, Refusal.PRINT_EDITION, Refusal.MEDIA, Refusal.DOCUMENT, Refusal.OTHER_SITE))
"""What a source lists beside articles, and a pattern refuses with reason."""
_WORDS: dict[Refusal, SourceWord] = {
    Refusal.NOT_FOUND: "gone", Refusal.GONE: "gone", Refusal.SOFT_404: "gone", Refusal.HTML_FOR_FEED: "html for feed",
    Refusal.EMPTY_SOURCE: "empty", Refusal.CHALLENGE: "walled", Refusal.FORBIDDEN: "walled",
    Refusal.RATE_LIMITED: "walled", Refusal.ROBOTS: "robots", Refusal.UNREACHABLE: "unreachable",
    Refusal.TIMEOUT: "unreachable", Refusal.SERVER_ERROR: "unreachable", Refusal.NOT_SAVED: "not asked",
    Refusal.REDIRECTED: "moved", Refusal.OVER_BUDGET: "not asked",
}  # fmt: skip
_FAULTS: dict[SourceWord, tuple[Fault, str]] = {
    "moved": ("source moved", "redirects to {moved_to}"),
    "gone": ("source gone", "answers that there is no such page"),
    "html for feed": ("html for feed", "answers with a page of HTML"),
    "empty": ("source empty", "lists nothing"),
    "home feed again": ("home feed again", "carries the home feed again"),
    "old items only": ("old items only", "lists nothing newer than {newest:%Y-%m-%d}"),
    "no children": ("no children", "is an index whose sitemaps give no article"),
    "other site": ("other site", "lists another site's articles"),
    "walled": ("source walled", "stands behind a wall"),
    "robots": ("source closed by robots", "is forbidden by robots.txt"),
    "unreachable": ("source unreachable", "gives no answer"),
    "unreadable": ("source unreadable", "cannot be read"),
}
Questions = Generator[Ask, Answer, "Proof"]


@dataclass(slots=True)
class _Known:
    """What the questions have brought."""

    proof: Proof
    now: datetime
    is_today: bool = True
    """The answers are of `now`; saved pages may be of any day."""
    answers: dict[str, Answer] = field(default_factory=dict)
    """By the address that was asked."""
    found: dict[str, Discovery] = field(default_factory=dict)
    """What a source gave, by the address that was asked; with the rules of the site."""
    listed: dict[str, Link] = field(default_factory=dict)
    """All that the sources list of the site's own."""
    unread: dict[str, Refusal] = field(default_factory=dict)
    """Sample pages that could not be read."""


def examine(site: Site, now: datetime, also: Sequence[str] = ()) -> Questions:
    """Ask a described site; what came of it. Raises nothing: a site that cannot be had says so in its findings.

    `also` are addresses of it that have been saved some day; articles among them are read where no listed one can be.
    """
    known = _Known(Proof(site), now, is_today=not also)
    home = yield from _ask(known, site.home, "home page")
    for source in site.sources[:_SOURCES]:
        yield from _source(known, source)
    known.proof.sources += [SourceProof(source, source.url) for source in site.sources[_SOURCES:]]
    _compare(known)
    others = _others(known, home)
    yield from _articles(known, also)
    _judge_sources(known)
    _judge_home(known, home)
    _judge_layout(known)
    nothing = closed(known.proof, home, known.unread, known.answers)
    better = None
    if nothing is None:
        better = yield from _explore(known)
        if isinstance(better, NotLearned) and better.reason == "script-built" and not known.proof.samples:
            nothing = Finding("script-built", "site", better.sentence, site.home)
    if nothing is not None:
        known.proof.findings = [nothing]
        return known.proof
    exploration = better[0] if isinstance(better, tuple) else None
    _judge_addresses(known, others, exploration)
    if known.proof.findings and isinstance(better, tuple):
        known.proof.better = mended(known.proof, better[1], better[0].samples or known.proof.samples)
    return known.proof


def _ask(known: _Known, url: str, why: Why) -> Generator[Ask, Answer, Answer]:
    if url in known.answers:
        return known.answers[url]
    answer = yield Ask(url, why)
    if why != "robots.txt":
        known.proof.requests += answer.refused not in (Refusal.NOT_SAVED, Refusal.ROBOTS)
    known.answers[url] = answer
    return answer


# Sources.


def _source(known: _Known, source: Source) -> Generator[Ask, Answer, None]:
    url = source.shard(day_of(known.now)) if isinstance(source, Sitemap | Listing) else source.url
    told = SourceProof(source, url)
    known.proof.sources.append(told)
    answer = yield from _ask(known, url, "feed" if isinstance(source, Feed) else "sitemap")
    if isinstance(source, Sitemap) and url != source.url and answer.status == 404:
        # The first shard of a month or day comes with its first article.
        url = source.shard(day_of(known.now) - timedelta(days=1))
        answer = yield from _ask(known, url, "sitemap")
        told.url = url
    found = _read(known, answer, source)
    if found.kind == "index" and not found.refused:
        found = yield from _child(known, found, source)
        told.items = len(found.children)
        told.word = "no children" if found.refused else "gives"
    else:
        told.items = len(found.links)
        told.word = _WORDS.get(found.refused, "unreadable") if found.refused else "gives"
        if found.kind == "index":
            told.word = "no children"
    if answer.refused is Refusal.REDIRECTED:
        told.moved_to = answer.url
    if told.word in ("gives", "empty") and _place(answer.url) != _place(url):
        told.word, told.moved_to = "moved", answer.url
    known.found[source.url] = found
    _list(known, told, found)


def _read(known: _Known, answer: Answer, source: Source) -> Discovery:
    if answer.refused is not None or answer.status != 200:
        return Discovery("feed", refused=refusal_of(answer) or Refusal.SERVER_ERROR)
    return discover(
        answer.body, answer.url, declared=charset(answer.content_type), site=known.proof.site, source=source
    )


def _child(known: _Known, index: Discovery, source: Source) -> Generator[Ask, Answer, Discovery]:
    """The index with the links of the newest of its sitemaps that is not empty."""
    children = [(link.url, day_of(link.modified_at) if link.modified_at else None) for link in index.children]
    for child in places.children_to_ask(children)[:2]:
        answer = yield from _ask(known, child, "sitemap")
        inner = _read(known, answer, source)
        if inner.links:
            return Discovery("index", inner.links, index.children)
    return Discovery("index", (), index.children, refused=Refusal.EMPTY_SOURCE)


def _list(known: _Known, told: SourceProof, found: Discovery) -> None:
    """Note what a source lists; of a page that lists nothing by the site's rules, what it links to by shape."""
    site = known.proof.site
    links = found.links
    answer = known.answers[told.url]
    if isinstance(told.source, Listing) and answer.is_good:
        shaped = discover(answer.body, answer.url, declared=charset(answer.content_type)).links
        if told.word == "empty" and shaped:
            told.word, told.items = "gives", len(shaped)
        links = tuple({link.url: link for link in (*links, *shaped)}.values())
    own = [link for link in links if _owned(link.url, site)]
    if told.word == "gives" and links and len(own) * 2 < len(links):
        told.word = "other site"
        return
    times = [
        at for link in own if (at := link.published_at or link.modified_at) and at <= known.now + timedelta(days=1)
    ]
    told.newest = max(times, default=None)
    told.links = tuple(link.url for link in own)
    for link in own:
        before = known.listed.get(link.url)
        known.listed[link.url] = link if before is None or (before.title is None and link.title) else before


def _owned(url: str, site: Site) -> bool:
    return site.owns((urlsplit(url).hostname or "").lower())


def _place(url: str) -> str:
    """An address as far as it matters whether a source has moved."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.lower()}{parts.path.rstrip('/')}?{parts.query}"


def _compare(known: _Known) -> None:
    """Sources held against each other: one that repeats the first, and one that stands still while others go on."""
    told = known.proof.sources
    feeds = [one for one in told if isinstance(one.source, Feed) and one.word == "gives"]
    for one in feeds[1:]:
        if home_feed(known.found[one.source.url], known.found[feeds[0].source.url]):
            one.word = "home feed again"
    newest = max((one.newest for one in told if one.newest), default=None)
    for one in told:
        if (
            one.word == "gives"
            and one.newest is not None
            and newest is not None
            and not isinstance(one.source, Listing)
        ):
            behind = isinstance(one.source, Feed) and one.newest < newest - _BEHIND
            if behind or (known.is_today and one.newest < known.now - _OLD):
                one.word = "old items only"
    # What stands still has articles to read only where nothing else has.
    living = {url for one in told if one.word in ("gives", "moved") for url in one.links}
    if living:
        known.listed = {url: link for url, link in known.listed.items() if url in living}


def _judge_sources(known: _Known) -> None:
    for one in known.proof.sources:
        if one.word in _FAULTS:
            fault, text = _FAULTS[one.word]
            kind = type(one.source).__name__.lower()
            said = text.format(moved_to=one.moved_to, newest=one.newest)
            known.proof.findings.append(Finding(fault, "sources", f"{kind} {one.url} {said}", one.source.url))


def _judge_home(known: _Known, home: Answer) -> None:
    site = known.proof.site
    there, here = urlsplit(home.url), urlsplit(site.home)
    if (there.scheme, there.netloc.lower()) == (here.scheme, here.netloc) or not (
        home.is_good or home.refused is Refusal.REDIRECTED
    ):
        return
    text = f"{site.home} redirects to {there.scheme}://{there.netloc.lower()}/"
    known.proof.findings.append(Finding("home moved", "site", text, home.url))


# Addresses.


def _others(known: _Known, home: Answer) -> list[str]:
    """The addresses of menus and labels, which are no articles."""
    notes = Exploration(home, page_links(home.soup, home.url) if home.is_good else [])
    fed = [one for one in known.proof.sources if isinstance(one.source, Feed) and one.word in ("gives", "moved")]
    notes.fed = {url for one in fed for url in one.links}
    notes.note(notes.links)
    return list(notes.others)


def _judge_addresses(known: _Known, others: Sequence[str], better: Exploration | None) -> None:
    site, proof = known.proof.site, known.proof
    rules = better.rules() if better is not None else None
    strays = set(better.others if better is not None else others)

    def is_wanted(url: str, found: UrlVerdict) -> bool:
        """Whether an address is an article's: the pattern takes it, or what was learned today does."""
        if found.refused in _LABELS or (found.refused and (url in strays or not urlsplit(url).path.strip("/"))):
            return False
        return not found.refused or rules is None or rules.takes(url)

    judged = {url: judge(url, site) for url in known.listed}
    wanted = {url: found for url, found in judged.items() if is_wanted(url, found)}
    taken = {url for url, found in wanted.items() if not found.refused}
    wrong = [url for url in others if url not in taken and not judge(url, site).refused]
    proof.coverage = Coverage(len(wanted), len(taken), len(others), tuple(wrong))
    missed = [url for url in wanted if url not in taken]
    if proof.coverage.share < _TAKEN and len(missed) >= _FEW:
        text = f"{site.article} takes {len(taken)} of {len(wanted)} listed articles; not taken: {', '.join(missed[:3])}"
        proof.findings.append(Finding("pattern too narrow", "addresses", text, missed[0]))
    if len(wrong) >= _FEW:
        text = f"{site.article} takes {len(wrong)} addresses of menus and labels: {', '.join(wrong[:3])}"
        proof.findings.append(Finding("pattern too wide", "addresses", text, wrong[0]))


# Pages.


def _articles(known: _Known, also: Sequence[str]) -> Generator[Ask, Answer, None]:
    site = known.proof.site
    named = [Link(url) for url in also if not judge(url, site).refused and url not in known.listed]
    for link in [*list(_chosen(known))[:_PAGES], *named]:
        if len(known.proof.samples) + len(known.unread) == _PAGES:
            break
        answer = yield from _ask(known, link.url, "article")
        reason = refusal_of(answer)
        if reason is None:
            try:
                known.proof.samples.append(sample(answer, link))
            except Refused as refused:
                reason = refused.reason
        if reason is not None and reason is not Refusal.NOT_SAVED:
            known.unread[link.url] = reason


def _chosen(known: _Known) -> Iterator[Link]:
    """Listed articles, spread over all that is listed; without any that the pattern takes, those of other shape."""
    site = known.proof.site
    links = list(known.listed.values())
    taken = [link for link in links if not judge(link.url, site).refused]
    chosen = taken or [link for link in links if judge(link.url, site).refused not in _LABELS]
    plain = [link for link in chosen if kind_by_address(link.url) == "article"] or chosen
    # A source that gives titles and times is a witness; a sitemap is none.
    plain.sort(key=lambda link: link.title is None)
    told = [link for link in plain if link.title] or plain
    step = max(1, len(told) // _PAGES)
    yield from {link.url: link for link in (*told[::step], *told)}.values()


def _judge_layout(known: _Known) -> None:
    proof, site = known.proof, known.proof.site
    labels = [read_by(one, site)[0] for one in proof.samples]
    proof.layouts = dict(Counter(labels)) | ({"unread": len(known.unread)} if known.unread else {})
    proof.agreement = least_agreement(proof.samples, site)
    strange = [one for one, label in zip(proof.samples, labels, strict=True) if not is_own(label, site)]
    if strange and len(strange) * 2 >= len(labels):
        name = site.layout.name if site.layout else "density"
        text = f"{name} does not match {len(strange)} of {len(labels)} pages; they are read by the fallback"
        proof.findings.append(Finding("layout does not match", "layout", text, strange[0].answer.url))
    if len(known.unread) > len(proof.samples):
        url, reason = next(iter(known.unread.items()))
        text = f"{len(known.unread)} of {len(known.unread) + len(proof.samples)} pages cannot be read ({reason})"
        proof.findings.append(Finding("pages unread", "layout", text, url))
    proof.findings += disagreements(proof.samples, site)


# The whole.


def _explore(known: _Known) -> Generator[Ask, Answer, tuple[Exploration, Learned] | NotLearned | None]:
    """What the site would be described as today, when something is wrong; None when all is well."""
    site = known.proof.site
    if not known.proof.findings and not _pattern_doubtful(known):
        return None
    read = [one.link.url for one in known.proof.samples]
    questions = explore(site.home, known.now, read)
    try:
        ask = next(questions)
        while True:
            answer = yield from _ask(known, ask.url, ask.why)
            ask = questions.send(answer)
    except StopIteration as end:
        exploration: Exploration = end.value
    except NotLearned as refusal:
        return refusal
    try:
        return exploration, learned(exploration, site.name or "site")
    except NotLearned as refusal:
        return refusal


def _pattern_doubtful(known: _Known) -> bool:
    """Whether the pattern refuses some of what the sources list, or takes what the navigation links."""
    site = known.proof.site
    refused = [url for url in known.listed if (judge(url, site).refused or Refusal.TOPIC) not in _LABELS]
    home = known.answers[site.home]
    wrong = [url for url in _others(known, home) if url not in known.listed and judge(url, site).refused is None]
    return len(refused) > (1 - _TAKEN) * len(known.listed) or len(wrong) >= _FEW
