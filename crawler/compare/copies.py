"""Whether two texts are one: what they share, exactly, and whether what differs is a fact.

The words that both have hold them together (`gaps.py`); `contradictions.py` says whether what stands between is another
fact or the same one said otherwise, `openings.py` whether each begins with news of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from crawler.compare.contradictions import contradiction
from crawler.compare.facts import ComparedText
from crawler.compare.gaps import gaps
from crawler.compare.openings import Opening

RelationKind = Literal["copy", "abridged", "extended", "update", "template", "none"]
WINDOW = timedelta(days=3)
"""Copies are published within so many days of each other; the same words later are news of another day."""
SHARED = 0.6
"""Share of the shorter text's shingles that stand in the longer: a lead of a third written anew leaves so many."""
ENOUGH = 12
"""Shingles in common; fewer are a phrase."""
SAME_LENGTH = 0.75
"""Size of the shorter to the longer, in shingles, from which neither is cut nor extended."""


@dataclass(frozen=True, slots=True)
class Relation:
    """What a second text is to a first."""

    kind: RelationKind
    jaccard: float = 0.0
    containment: float = 0.0
    """Share of the shorter text's shingles that stand in the longer."""
    because: tuple[str, str] | None = None
    """For `template`, and `update` where it is by numbers, the words that contradict each other."""


_NONE = Relation("none")


def compare(first: ComparedText, second: ComparedText, apart: timedelta, *, one_paper: bool = False) -> Relation:
    """What `second` is to `first`, which was published `apart` earlier (or later, when negative).

    `copy` when neither is cut, `abridged` or `extended` when it is the shorter or the longer; `update` when the later
    one tells a later state of the same news, by other numbers of casualties or, in `one_paper`, by news of its own in
    front of what the paper had told; `template` when they share as much and contradict each other in a number, a date,
    a document or a name; `none` otherwise, and when each opens with news that the other does not have.
    """
    a, b = first.shingles, second.shingles
    if abs(apart) > WINDOW or not a or not b:
        return _NONE
    both, least = len(a & b), min(len(a), len(b))
    jaccard, containment = both / (len(a) + len(b) - both), both / least
    if containment < SHARED or (both < ENOUGH and jaccard < 1):
        return Relation("none", jaccard, containment)
    shorter, longer = (first, second) if len(a) <= len(b) else (second, first)
    relation: RelationKind = "copy"
    if least < SAME_LENGTH * max(len(a), len(b)):
        relation = "abridged" if shorter is second else "extended"
    if first.hashes == second.hashes or shorter.words.forms == longer.words.forms:
        return Relation(relation, jaccard, containment)
    found = gaps(shorter.words.forms, longer.words.forms)
    if because := contradiction(shorter, longer, found):
        kind: RelationKind = "update" if because.state else "template"
        return Relation(kind, jaccard, containment, (because.first, because.second))
    opening = Opening(shorter, longer, found)
    if opening.parts(both):
        relation = "none"
    elif one_paper and opening.leads_on(second if apart >= timedelta() else first):
        relation = "update"
    return Relation(relation, jaccard, containment)
