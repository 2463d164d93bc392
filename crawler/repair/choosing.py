"""From what a site answered to what stands in for the parts of its definition that give nothing any more."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import chain
from urllib.parse import urlsplit

from crawler.errors import Refusal
from crawler.learn import Exploration, NotLearned, learned
from crawler.learn.addresses import learn_addresses
from crawler.repair.troubles import Trouble
from crawler.sites import AddressForm, Feed, Listing, Site, Sitemap, Source, judge, with_one

Seen = Callable[[Collection[str]], set[str]]
_FEWEST = 3  # articles that a new form of address must take
_TAKEN = 0.5  # share of what a source lists that the pattern takes
_LISTS = 12  # sections whose lists stand in for a feed
_ORDER: dict[type[Source], int] = {Feed: 0, Sitemap: 1, Listing: 2}


@dataclass(frozen=True, slots=True)
class Choice:
    """What stands in for one part."""

    trouble: Trouble
    by: tuple[Source, ...] | AddressForm


def choose(known: Exploration, site: Site, wrong: Sequence[Trouble], seen: Seen) -> list[Choice]:
    """What took the place of what is `wrong` at the site; `seen` tells which addresses the store knows."""
    chosen: list[Choice] = []
    moved = next((one for one in wrong if one.kind == "addresses"), wrong[0])
    form = _form(known, site, seen, asked=moved.kind == "addresses")
    if form is not None and (wider := with_one(site, form)) is not None:
        site = wider
        chosen.append(Choice(moved, form))
    candidates = list(_candidates(known, site))
    for one in wrong:
        if one.kind == "addresses":
            continue
        if one.kind == "stale":
            news = [source for source in candidates if _brings_news(known, source, site, seen)]
            if not news or chosen:
                continue
            candidates = news
        best = min(candidates, key=lambda source: _distance(source, one.route, site), default=None)
        if isinstance(best, Listing):
            # A section's list has the articles of that section only.
            chosen.append(Choice(one, tuple(source for source in candidates if isinstance(source, Listing))[:_LISTS]))
        elif best is not None:
            chosen.append(Choice(one, (best,)))
    return chosen


def mended(site: Site, route: str, by: tuple[Source, ...] | AddressForm) -> Site:
    """The definition with the stand-in in the place of what gives nothing any more."""
    if isinstance(by, AddressForm):
        exclude = "|".join(part for part in (site.exclude, by.exclude) if part) or None
        keep = tuple(dict.fromkeys((*site.keep_query, *by.keep_query)))
        return replace(site, article=f"{site.article}|{by.article}", exclude=exclude, keep_query=keep)
    kept = [by if one.url == route else (one,) for one in site.sources]
    return replace(site, sources=tuple(dict.fromkeys((*chain.from_iterable(kept), *by))))


def _form(known: Exploration, site: Site, seen: Seen, *, asked: bool) -> AddressForm | None:
    """A form of address that articles have and that the site's pattern refuses; one that was read proves it."""
    foreign = [url for url in known.listed if judge(url, site).refused is Refusal.NOT_ARTICLE]
    ours = [url for url in known.listed if judge(url, site).refused is None]
    if len(foreign) < _FEWEST or (not asked and (len(foreign) < len(ours) or _unseen(ours, site, seen) > 0)):
        return None
    read = {one.link.url for one in known.samples}
    rules = learn_addresses([url for url in foreign if url not in known.unread], known.others)
    if rules is None:
        return None
    # What the site calls an address without its slash is searched without it.
    article = rules.article if site.keep_slash else re.sub(r"/\$(?=$|\|)", "/?$", rules.article)
    form = AddressForm(article=article, exclude=rules.exclude, keep_query=rules.keep_query)
    wider = with_one(site, form)
    if wider is None or not any(_takes(url, wider) for url in read & set(foreign)):
        return None
    if sum(_takes(url, wider) for url in foreign) < max(_FEWEST, len(foreign) / 2):
        return None
    # No article that the definition takes may be called otherwise from now on.
    same = all(judge(url, wider).canonical_url == judge(url, site).canonical_url for url in ours)
    return form if same else None


def _takes(url: str, site: Site) -> bool:
    return judge(url, site).refused is None


def _unseen(urls: Sequence[str], site: Site, seen: Seen) -> int:
    wanted = {address for url in urls if (address := judge(url, site).canonical_url)}
    return len(wanted - seen(wanted))


def _candidates(known: Exploration, site: Site) -> Iterator[Source]:
    """Sources that give articles and that the definition does not have."""
    have = {source.url for source in site.sources}
    try:
        sources = learned(known, site.name or "site").site.sources
    except NotLearned:
        sources = tuple(tried.source for tried in known.tried if tried.gives)
    asked = {tried.source.url: tried for tried in known.tried if tried.gives}
    for source in sources:
        tried = asked.get(source.url)
        if source.url in have or with_one(site, source) is None:
            continue
        if tried is None:
            # A section like those that were asked; of a feed nobody knows whether it gives.
            if isinstance(source, Listing):
                yield source
            continue
        links = [link for link in tried.found.links if not link.refused]
        taken = sum(_takes(link.url, site) for link in links)
        if tried.found.kind == "index" or (taken and (isinstance(source, Listing) or taken >= _TAKEN * len(links))):
            yield source


def _brings_news(known: Exploration, source: Source, site: Site, seen: Seen) -> bool:
    found = next((tried.found.links for tried in known.tried if tried.source.url == source.url), ())
    # What an index lists stands in its children.
    urls = [link.url for link in found if _takes(link.url, site)] or [url for url in known.listed if _takes(url, site)]
    return _unseen(urls, site, seen) > 0


def _distance(source: Source, route: str, site: Site) -> tuple[bool, int, float]:
    """How far a source is from the one in whose place it comes: of another kind, slower, called otherwise."""
    kind = next((type(one) for one in site.sources if one.url == route), Feed)
    alike = SequenceMatcher(None, urlsplit(route).path, urlsplit(source.url).path).ratio()
    return type(source) is not kind, _ORDER[type(source)], -alike
