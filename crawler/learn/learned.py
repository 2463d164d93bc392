"""From what a site answered to the definition of its spider, with what is sure of it and what is not."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from bs4 import BeautifulSoup

from crawler.errors import BadSite
from crawler.items import Link
from crawler.learn.addresses import AddressRules
from crawler.learn.asking import NotLearned
from crawler.learn.exploration import Exploration, TriedSource
from crawler.learn.layouts import agreement, family_of, learn_layout
from crawler.learn.page_links import bare_host, of_host, without_suffix
from crawler.learn.samples import Sample, squeezed
from crawler.sites import Layout, Site, Sitemap, Source, Tier

_TAIL = re.compile(r"\s+[|–—-]\s+|\s*::\s*|\s*»\s*")
_MINISTRY = re.compile(r"^(?:mo[a-z]{1,4}|mard|mic|mpi|most|sbv|mst|mae|moh|bo[a-z]+)\.gov\.vn$")
_MARK = re.compile(r"\(([^\W\d][\w .-]{1,40})\)\s*[-–]\s")
_MOST_SOURCES = 12  # of a spider; a site with more section feeds has a home feed
_SURE = 0.99  # agreement of two readings of a text

Part = Literal["sources", "addresses", "layout", "title", "time", "text", "publisher"]


@dataclass(frozen=True, slots=True)
class Statement:
    """What is said of one part of a definition, and whether witnesses agree on it."""

    part: Part
    sure: bool
    text: str


@dataclass(frozen=True, slots=True)
class Learned:
    """A site as it was learned."""

    site: Site
    own_layout: bool
    """Its layout is no family's."""
    report: tuple[Statement, ...]
    requests: int


def learned(known: Exploration, name: str) -> Learned:
    """The definition of an explored site, called `name`; raises `NotLearned` when there is none to be written."""
    rules = known.rules()
    host = urlsplit(known.home.url).hostname
    if rules is None:
        raise NotLearned("no-articles", f"the addresses that {host} lists have nothing in common")
    layout, own = _layout(known.samples, name)
    sources = _sources(known, rules)
    if not sources:
        raise NotLearned("no-articles", f"no source of {host} lists articles")
    home = urlsplit(known.home.url)
    publisher = _publisher(known)
    try:
        site = Site(
            name=name,
            publisher=publisher,
            home=f"{home.scheme}://{home.netloc.lower()}/",
            tier=_tier(bare_host(known.home.url), publisher),
            sources=tuple(sources),
            article=rules.article,
            exclude=rules.exclude,
            keep_query=rules.keep_query,
            keep_slash=rules.keep_slash,
            names=_marks(known.samples),
            hosts=tuple(host for host in known.former if not of_host(f"//{host}", bare_host(known.home.url))),
            layout=layout,
        )
    except BadSite as error:
        raise NotLearned("no-articles", f"what was learned of {host} contradicts itself: {error}") from None
    report = (*_on_sources(known, site), *_on_addresses(known, rules), *_on_layout(known, site, own))
    return Learned(site, own, report, known.requests)


def name_for(url: str) -> str:
    """The name of a spider for a site, made of its host: "baomau" for www.baomau.example.vn."""
    host = without_suffix(bare_host(url)).removesuffix(".example")
    name = re.sub(r"\W+", "_", host).strip("_").lower()
    return name if name[:1].isalpha() else f"site_{name}"


def _layout(samples: Sequence[Sample], name: str) -> tuple[Layout | None, bool]:
    if (family := family_of(samples)) is not None:
        return family, False
    layout = learn_layout(samples, name)
    return layout, layout is not None


# Sources.


def _sources(known: Exploration, rules: AddressRules) -> list[Source]:
    """The sources that give articles, the quickest first: feeds, sitemaps, lists."""
    giving = [_timed(tried, known) for tried in known.tried if tried.gives and _share(tried, rules) > 0]
    # A feed's sections are taken unasked, where its home feed does not hold them; so are sections in the menu.
    return list(dict.fromkeys((*giving, *known.unasked)))[:_MOST_SOURCES]


def _share(tried: TriedSource, rules: AddressRules) -> float:
    """How much of what a source lists the pattern takes; 1 for an index, whose children were looked into."""
    links = [link for link in tried.found.links if not link.refused]
    if tried.found.kind == "index":
        return 1.0
    return sum(rules.takes(link.url) for link in links) / len(links) if links else 0.0


def _timed(tried: TriedSource, known: Exploration) -> Source:
    """The source; of a sitemap with what its lastmod means, as far as the articles that were read tell."""
    if not isinstance(tried.source, Sitemap):
        return tried.source
    meanings: Counter[str] = Counter()
    for one in known.samples:
        said = one.link.modified_at
        if said is None or one.article.published_at is None:
            continue
        if abs((said - one.article.published_at).total_seconds()) < 60:
            meanings["published"] += 1
        elif one.article.modified_at is not None and abs((said - one.article.modified_at).total_seconds()) < 60:
            meanings["modified"] += 1
        else:
            meanings["unknown"] += 1
    if meanings["unknown"]:
        return tried.source
    if meanings["modified"]:
        return Sitemap(tried.source.url, lastmod="modified")
    return Sitemap(tried.source.url, lastmod="published") if meanings["published"] >= 2 else tried.source


# Who publishes.


def _publisher(known: Exploration) -> str:
    """The name by which the site calls itself, as its pages' titles end in it or its metadata say."""
    home = known.home.soup
    title = home.title.get_text(" ", strip=True) if home.title else ""
    names = [
        *_stated_names(home),
        *(name for one in known.samples for name in _stated_names(one.soup)),
        *_common_tails(known.samples),
        *(part.strip() for part in _TAIL.split(title)),
    ]
    told = [name for name in names if 2 < len(name) <= 100]
    # The name of a host is what stands there when nobody thought of a name.
    return next((name for name in told if " " in name), None) or next(iter(told), bare_host(known.home.url))


def _stated_names(soup: BeautifulSoup) -> Iterator[str]:
    for css in ('meta[property="og:site_name"]', 'meta[name="application-name"]', 'meta[name="author"]'):
        if (tag := soup.select_one(f"{css}[content]")) is not None:
            yield " ".join(str(tag["content"]).split())


def _common_tails(samples: Sequence[Sample]) -> Iterator[str]:
    """What stands behind the headline in the titles of more pages than one."""
    tails: Counter[str] = Counter()
    for one in samples:
        title = one.soup.title.get_text(" ", strip=True) if one.soup.title else ""
        parts = _TAIL.split(title)
        if len(parts) > 1 and squeezed(one.article.title) in squeezed(title):
            tails[parts[-1].strip()] += 1
    yield from (tail for tail, count in tails.most_common() if count > 1)


def _tier(host: str, publisher: str) -> Tier:
    """By the host's name: a ministry's, a province's, or the press; for a person to mend."""
    if _MINISTRY.match(host) or re.match(r"bộ\b", publisher, re.I):
        return "ministry"
    if host.endswith(".gov.vn"):
        return "province"
    return "press"


def _marks(samples: Sequence[Sample]) -> tuple[str, ...]:
    """How the paper signs the beginning of its texts: what stands there, before a dash, on more pages than one."""
    marks: Counter[str] = Counter()
    for one in samples:
        opening = one.article.lead or one.article.body
        if found := _MARK.match(opening):
            marks[found[1]] += 1
    return tuple(mark for mark, count in marks.items() if count > 1)


# The report.


def _on_sources(known: Exploration, site: Site) -> Iterator[Statement]:
    for tried in known.tried:
        kind, found = type(tried.source).__name__.lower(), tried.found
        if tried.again:
            yield Statement("sources", True, f"{kind} {tried.source.url}: the home feed again")
        elif found.refused:
            yield Statement("sources", True, f"{kind} {tried.source.url}: {found.refused}")
        elif found.kind == "index":
            yield Statement("sources", True, f"{kind} {tried.source.url}: an index of {len(found.children)} sitemaps")
        else:
            yield Statement("sources", True, f"{kind} {tried.source.url}: {_span(found.links)}")
    unasked = [source for source in known.unasked if source in site.sources]
    if unasked:
        named = ", ".join(source.url for source in unasked)
        yield Statement("sources", False, f"{len(unasked)} more of the same kind were not asked: {named}")


def _span(links: Sequence[Link]) -> str:
    times = sorted(link.published_at for link in links if link.published_at)
    days = f", from {times[0]:%Y-%m-%d %H:%M} to {times[-1]:%Y-%m-%d %H:%M}" if times else ""
    return f"{len(links)} items{days}"


def _on_addresses(known: Exploration, rules: AddressRules) -> Iterator[Statement]:
    taken = sum(rules.takes(url) for url in known.listed)
    refused = sum(not rules.takes(url) for url in known.others)
    sure = taken == len(known.listed) and not rules.doubtful
    counted = f"takes {taken} of {len(known.listed)} articles and refuses {refused} of {len(known.others)} others"
    yield Statement("addresses", sure, f"{rules.article} {counted}")
    if rules.missed:
        yield Statement("addresses", False, f"not taken: {', '.join(rules.missed[:5])}")
    if rules.doubtful:
        yield Statement("addresses", False, f"taken, and perhaps no articles: {', '.join(rules.doubtful[:5])}")


def _on_layout(known: Exploration, site: Site, own: bool) -> Iterator[Statement]:
    samples = known.samples
    if site.layout is None:
        yield Statement("layout", False, "no name in the markup tells title and text; read by density")
    else:
        yield from _on_reading(site.layout, own, [agreement(one, site.layout) for one in samples])
    yield from _witnesses("title", samples, [_titles(one, site) for one in samples])
    yield from _witnesses("time", samples, [_times(one, site) for one in samples])
    unread = ", ".join(f"{url} ({reason})" for url, reason in known.unread.items())
    if unread:
        yield Statement("layout", False, f"not read: {unread}")


def _on_reading(layout: Layout, own: bool, agreed: Sequence[float]) -> Iterator[Statement]:
    origin, read = "learned" if own else "a family's", sum(map(bool, agreed))
    yield Statement("layout", read == len(agreed), f"{layout.name}, {origin}, read {read} of {len(agreed)} pages")
    yield Statement("text", min(agreed) >= _SURE, f"by layout and by density {min(agreed):.3f} the same at the least")


def _witnesses(part: Part, samples: Sequence[Sample], told: Iterable[tuple[str, str] | None]) -> Iterator[Statement]:
    pairs = list(told)
    known = [pair for pair in pairs if pair is not None]
    wrong = [(one.answer.url, pair) for one, pair in zip(samples, pairs, strict=True) if pair and pair[0] != pair[1]]
    if not known:
        yield Statement(part, False, "no source says it, so that the page is the only witness")
    elif wrong:
        url, (ours, theirs) = wrong[0]
        yield Statement(
            part, False, f"{len(wrong)} of {len(known)} disagree: {url} reads {ours!r}, its source {theirs!r}"
        )
    else:
        yield Statement(part, True, f"page and source agree on {len(known)} of {len(samples)} pages")


def _titles(one: Sample, site: Site) -> tuple[str, str] | None:
    read = one.read(site)
    if read is None or not one.link.title:
        return None
    ours, theirs = squeezed(read.title), squeezed(one.link.title)
    return (ours, ours if theirs.rstrip("…").rstrip(".") in ours else theirs)


def _times(one: Sample, site: Site) -> tuple[str, str] | None:
    read = one.read(site)
    if read is None or read.published_at is None or one.link.published_at is None:
        return None
    ours, theirs = read.published_at, one.link.published_at
    near = abs((ours - theirs).total_seconds()) < 90 or (
        read.published_precision == "day" and ours.date() == theirs.astimezone(ours.tzinfo).date()
    )
    return (f"{ours:%Y-%m-%d %H:%M %z}", f"{ours:%Y-%m-%d %H:%M %z}" if near else f"{theirs:%Y-%m-%d %H:%M %z}")
