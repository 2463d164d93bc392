"""Puts what was learned of a site today in the place of what is wrong with its definition, and of nothing else."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from crawler.errors import BadSite
from crawler.learn.layouts import family_of, field_selector, learn_layout
from crawler.learn.learned import Learned
from crawler.learn.proof import Finding, Proof
from crawler.learn.samples import Sample
from crawler.learn.witnesses import disagreements, is_own, read_by
from crawler.sites import FAMILIES, Feed, Layout, Site, Sitemap, Source, judge
from crawler.sites.article_numbers import alternatives

_PASSING = frozenset(("source walled", "source closed by robots", "source unreachable"))
"""Faults of a source that may be over tomorrow, or are the site's own will; none other is put in its place."""
_FIELDS = {
    "title disagrees": "title", "text disagrees": "body", "lead lost": "lead", "authors lost": "authors",
    "section lost": "section", "tags lost": "tags", "time lost": "time", "time disagrees": "time",
    "lead selector does not match": "lead", "time selector does not match": "time",
    "section selector does not match": "section", "tags selector does not match": "tags",
}  # fmt: skip
"""The field of a layout that a fault of the pages speaks of."""


def mended(proof: Proof, better: Learned, samples: Sequence[Sample]) -> Site | None:
    """The definition with a better answer for each fault that has one; None when there is none.

    What is put in is tried first: sources that gave articles, a pattern that takes what the sources list and nothing
    that it must not, a layout by which the pages are read without a fault.
    """
    site = proof.site
    faults = {one.fault for one in proof.findings}
    changes: dict[str, Any] = {}
    if home := _home(proof):
        changes |= home
    if (sources := _sources(proof, better)) != site.sources and sources:
        changes["sources"] = sources
    if faults & {"pattern too narrow", "pattern too wide"}:
        changes |= _addresses(proof, better)
    if (layout := _layout(proof, better, samples)) is not None:
        changes["layout"] = layout
    if not changes:
        return None
    try:
        return dataclasses.replace(site, **changes)
    except BadSite:
        return None


def _home(proof: Proof) -> dict[str, Any]:
    """The home page where it has moved to, if it is still one of the site's own hosts."""
    moved = next((one for one in proof.findings if one.fault == "home moved"), None)
    if moved is None or moved.url is None or not proof.site.owns(urlsplit(moved.url).hostname or ""):
        return {}
    there = urlsplit(moved.url)
    former = proof.site.host.removeprefix("www.")
    kept = (*proof.site.hosts, former) if not (there.hostname or "").endswith(former) else proof.site.hosts
    return {"home": f"{there.scheme}://{there.netloc.lower()}/", "hosts": tuple(dict.fromkeys(kept))}


def _sources(proof: Proof, better: Learned) -> tuple[Source, ...]:
    """The sources, each faulty one replaced by where it has moved, by another of its kind, or by nothing."""
    faulty = {one.url: one for one in proof.findings if one.part == "sources" and one.fault not in _PASSING}
    given = {one.source.url: one for one in proof.sources}
    fresh = [
        source
        for source in better.site.sources
        if source not in proof.site.sources and judge(source.url, proof.site).refused
    ]
    sources: list[Source] = []
    for source in proof.site.sources:
        fault = faulty.get(source.url)
        if fault is None:
            sources.append(source)
        elif (there := given[source.url].moved_to) and _may_stand(there, source, proof.site):
            sources.append(dataclasses.replace(source, url=there))
        elif fault.fault != "home feed again":
            same = next((one for one in fresh if type(one) is type(source)), None)
            if same is not None:
                fresh.remove(same)
                sources.append(same)
    if not any(given[one.url].word == "gives" for one in sources if one.url in given) and not any(
        isinstance(one, Feed | Sitemap) for one in sources if one.url not in given
    ):
        sources += fresh  # nothing of the old gives anything
    return tuple(dict.fromkeys(sources))


def _may_stand(there: str, source: Source, site: Site) -> bool:
    return site.owns(urlsplit(there).hostname or "") and "{" not in source.url


def _addresses(proof: Proof, better: Learned) -> dict[str, Any]:
    """The learned pattern beside those alternatives of the old that are not at fault: they may name older articles."""
    site, learned = proof.site, better.site
    seen = [url for one in proof.sources for url in one.links]
    wrong = proof.coverage.wrong
    kept = []
    for part in alternatives(site.article):
        try:
            alone = dataclasses.replace(site, article=part, archives=())
        except BadSite:
            continue
        takes = [url for url in seen if not judge(url, alone).refused]
        if not takes and not any(not judge(url, alone).refused for url in wrong):
            kept.append(part)
    article = "|".join(dict.fromkeys((*alternatives(learned.article), *kept)))
    exclude = _exclude(site, learned, proof)
    return {
        "article": article,
        "exclude": exclude,
        "keep_query": tuple(dict.fromkeys((*site.keep_query, *learned.keep_query))),
        "keep_slash": learned.keep_slash,
    }


def _exclude(site: Site, learned: Site, proof: Proof) -> str | None:
    """What was excluded, unless it refuses what the sources list, with what is to be excluded beside."""
    parts = [site.exclude, learned.exclude]
    if site.exclude is not None:
        free = dataclasses.replace(site, exclude=None)
        listed = {url for one in proof.sources for url in one.links if not judge(url, free).refused}
        refused = [url for url in listed if judge(url, site).refused]
        if len(refused) * 2 > len(listed):
            parts = [learned.exclude]
    return "|".join(dict.fromkeys(part for part in parts if part)) or None


def _layout(proof: Proof, better: Learned, samples: Sequence[Sample]) -> Layout | None:
    """The layout by which the pages are read with the fewest faults, none of them the old one's; None without one."""
    old = proof.site.layout
    faults = [one for one in proof.findings if one.fault in _FIELDS or one.fault == "layout does not match"]
    if not faults or not samples:
        return None
    best: tuple[int, Layout] | None = None
    for candidate in _candidates(old, _layouts(proof, better, samples), faults):
        try:
            site = dataclasses.replace(proof.site, layout=candidate)
        except BadSite:
            continue
        if candidate != old and all(is_own(read_by(one, site)[0], site) for one in samples):
            left = {one.fault for one in disagreements(samples, site)}
            if not left & {one.fault for one in faults} and (best is None or len(left) < best[0]):
                best = len(left), candidate
            if not left:
                break
    if best is None:
        return None
    layout = _filled(best[1], proof)
    # A layout that has become the site's own is no family's any more.
    of_family = layout not in FAMILIES and layout.name in {family.name for family in FAMILIES}
    return layout.replace(name=proof.site.name or "site") if of_family else layout


def _filled(layout: Layout, proof: Proof) -> Layout:
    """The layout with what it still lacks by the pages of the proof, of which an exploration has read some alone."""
    site = dataclasses.replace(proof.site, layout=layout)
    for found in list(disagreements(proof.samples, site)):
        if found.fault.endswith("selector does not match"):
            css = (*field_selector(proof.samples, found.part), *getattr(layout, found.part))
            layout = layout.replace(**{found.part: tuple(dict.fromkeys(css))})
    return layout


def _layouts(proof: Proof, better: Learned, samples: Sequence[Sample]) -> Iterator[Layout]:
    """Where mended fields may come from: what was learned today, a family, and last what takes the longest."""
    family = family_of(samples)
    yield from (layout for layout in dict.fromkeys((better.site.layout, family)) if layout is not None)
    if not better.own_layout:
        name = proof.site.layout.name if proof.site.layout else proof.site.name
        if (layout := learn_layout(samples, name)) is not None:
            yield layout


def _candidates(old: Layout | None, sources: Iterable[Layout], faults: Sequence[Finding]) -> Iterator[Layout]:
    """Layouts to try: of each source first the old one with single fields mended, then the whole."""
    fields = {_FIELDS[one.fault] for one in faults if one.fault in _FIELDS}
    groups = [(*fields,)] if fields else [("body",), ("title",), ("title", "body")]
    for new in sources:
        if old is not None:
            for names in groups:
                # What reads wrong goes; what merely matches nothing may still match older pages.
                kept = {name: () if fields else getattr(old, name) for name in names}
                mended = {name: tuple(dict.fromkeys((*getattr(new, name), *kept[name]))) for name in names}
                yield old.replace(**{name: value for name, value in mended.items() if value})
            if new not in FAMILIES:
                yield _both(new, old)
        yield new


def _both(new: Layout, old: Layout) -> Layout:
    """The old layout with the selectors of a new one before its own, which may still match older pages."""
    fields = [field.name for field in dataclasses.fields(Layout) if field.name not in ("name", "marks")]
    return old.replace(**{name: tuple(dict.fromkeys((*getattr(new, name), *getattr(old, name)))) for name in fields})
