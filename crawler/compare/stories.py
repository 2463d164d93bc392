"""A story: the texts that are verified copies of each other, who was first, and what each of the others made of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import NamedTuple

from crawler.compare.align import matches
from crawler.compare.copies import RelationKind, compare
from crawler.compare.facts import ComparedText
from crawler.compare.minhash import shingles, syllables
from crawler.text import normal_form

_ALIKE = 0.5  # share of the shorter paragraph's shingles from which it is the other one, changed
COPIES: frozenset[RelationKind] = frozenset(("copy", "abridged", "extended"))
"""The relations that make a story."""
VERIFIED: frozenset[RelationKind] = COPIES | {"update"}
"""Those by which a page belongs to a story, or tells what came of it."""
_FIRST, _LAST = 16, 48  # earlier pages that a page is compared with
_TRIED = 4  # of these, the nearest, until one is a copy


class Edge(NamedTuple):
    """What a later text is to an earlier one, verified."""

    later: int
    earlier: int
    relation: RelationKind


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryPage:
    """One page of a story."""

    url: str
    site: str | None
    title: str
    dateline: str | None
    credit: str | None = None
    """The source that the page states."""
    at: datetime
    """Published or, where that is unknown, first read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageText(StoryPage):
    """A page with its text, to be compared."""

    paragraphs: tuple[str, ...]
    """Lead and body."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearest:
    """The earlier page of its story that a page has most in common with, and what the page is to it."""

    url: str
    relation: RelationKind
    jaccard: float
    containment: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Member(StoryPage):
    """A page against the first one of its story."""

    nearest: Nearest | None = None
    """None for the first."""

    added: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    changed: tuple[tuple[str, str], ...] = ()
    """Paragraphs before and after."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Everyone who published a text."""

    wire: str | None
    """The dateline that two sites or more have in common, else that of the first publisher."""
    first: str
    """Address of the page that was published first."""
    members: tuple[Member, ...]
    """In the order of publication, the first one included."""


def clusters(texts: Iterable[int], edges: Iterable[Edge]) -> list[set[int]]:
    """The stories that verified edges make of `texts`, each in no particular order, the one with the least first.

    A digest holds several earlier texts that have nothing to do with each other; it is a story of its own and does
    not make one of them. Nor does news that its own paper puts in front of what it had told.
    """
    roots = {text: text for text in texts}

    def root(text: int) -> int:
        while roots[text] != text:
            roots[text] = text = roots[roots[text]]
        return text

    parts: dict[int, set[int]] = defaultdict(set)
    updates = set[int]()
    for edge in edges:
        if edge.relation == "extended":
            parts[edge.later].add(edge.earlier)
        elif edge.relation == "update":
            updates.add(edge.later)
        elif edge.relation in COPIES:
            roots[root(edge.later)] = root(edge.earlier)
    joined = {
        later: next(iter(groups))
        for later, found in parts.items()
        if later not in updates and len(groups := set(map(root, found))) == 1
    }
    for later, group in joined.items():
        roots[root(later)] = root(group)
    found: dict[int, set[int]] = defaultdict(set)
    for text in roots:
        found[root(text)].add(text)
    return sorted(found.values(), key=min)


def build_story(pages: Iterable[PageText]) -> Story:
    """The story of these pages; ValueError when there are none."""
    ordered = sorted(pages, key=lambda page: (page.at, page.url))
    if not ordered:
        raise ValueError("a story without pages")
    first = ordered[0]
    texts = [ComparedText(None, "\n".join(page.paragraphs)) for page in ordered]
    others = (
        replace(against(first, other), nearest=_nearest(ordered, texts, number))
        for number, other in enumerate(ordered[1:], 1)
    )
    return Story(wire=_wire(ordered), first=first.url, members=(_member(first), *others))


def _nearest(pages: Sequence[PageText], texts: Sequence[ComparedText], number: int) -> Nearest:
    """Of the earlier pages; of a long story only the first and the last of them are looked at."""
    own, page = texts[number], pages[number]
    alike = {
        other: _shared(own, texts[other])
        for other in {*range(min(number, _FIRST)), *range(max(number - _LAST, 0), number)}
    }
    best: Nearest | None = None
    for other in sorted(alike, key=lambda other: (-alike[other], other))[:_TRIED]:
        one_paper = page.site is not None and page.site == pages[other].site
        found = compare(texts[other], own, page.at - pages[other].at, one_paper=one_paper)
        nearest = Nearest(
            url=pages[other].url, relation=found.kind, jaccard=round(found.jaccard, 4),
            containment=round(found.containment, 4),
        )  # fmt: skip
        if found.kind in VERIFIED:
            return nearest
        best = best or nearest
    assert best is not None  # noqa: S101 - there is an earlier page
    return best


def _shared(a: ComparedText, b: ComparedText) -> float:
    both = len(a.shingles & b.shingles)
    return both / max(len(a.shingles) + len(b.shingles) - both, 1)


def against(first: PageText, other: PageText) -> Member:
    """What another page added to the first one, left out and changed, by paragraph; spelling does not count."""
    before, after = first.paragraphs, other.paragraphs
    same = matches(*([normal_form(line) for line in side] for side in (before, after)))
    gone = {n: _shingles(before[n]) for n in set(range(len(before))) - {i for i, _ in same}}
    come = {n: _shingles(after[n]) for n in set(range(len(after))) - {j for _, j in same}}
    changed: list[tuple[int, int]] = []
    for i in sorted(gone):
        alike = {j: _alike(gone[i], come[j]) for j in come}
        best = max(alike, key=lambda j: (alike[j], -j), default=None)
        if best is not None and alike[best] >= _ALIKE:
            changed.append((i, best))
            del come[best], gone[i]
    return replace(
        _member(other),
        added=tuple(after[j] for j in sorted(come)),
        dropped=tuple(before[i] for i in sorted(gone)),
        changed=tuple((before[i], after[j]) for i, j in changed),
    )


def _member(page: StoryPage) -> Member:
    return Member(**{field.name: getattr(page, field.name) for field in fields(StoryPage)})


def _shingles(text: str) -> set[int]:
    return set(shingles(syllables(text)))


def _alike(a: set[int], b: set[int]) -> float:
    return len(a & b) / min(len(a), len(b)) if a and b else 0.0


def _wire(pages: list[PageText]) -> str | None:
    sites_of: dict[str, set[str]] = defaultdict(set)
    written: dict[str, str] = {}
    for page in pages:
        if page.dateline and (name := normal_form(page.dateline)):
            sites_of[name].add(page.site or page.url)
            written.setdefault(name, page.dateline.strip("()[] –-"))
    if not sites_of:
        return None
    counts = Counter({name: len(sites) for name, sites in sites_of.items()})
    name, sites = max(counts.items(), key=lambda item: item[1])
    if sites < 2 and pages[0].dateline:
        name = normal_form(pages[0].dateline) or name
    return written[name]
