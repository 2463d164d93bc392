"""Whether two texts are one: what they share, exactly, and whether what differs is a fact.

The words that both have hold them together (`gaps.py`); `contradictions.py` says whether what stands between is another
fact or the same one said otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from crawler.compare.contradictions import contradiction
from crawler.compare.facts import ComparedText

RelationKind = Literal["copy", "abridged", "extended", "template", "none"]
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
    """For `template`, the words that contradict each other; the second is empty for a number that the longer lacks."""


_NONE = Relation("none")


def compare(first: ComparedText, second: ComparedText, apart: timedelta) -> Relation:
    """What `second` is to `first`, which was published `apart` earlier (or later, when negative).

    `copy` when neither is cut, `abridged` or `extended` when it is the shorter or the longer, `template` when they
    share as much and contradict each other in a number, a date, a document or a name, `none` otherwise.
    """
    a, b = first.shingles, second.shingles
    if abs(apart) > WINDOW or not a or not b:
        return _NONE
    both, least = len(a & b), min(len(a), len(b))
    jaccard, containment = both / (len(a) + len(b) - both), both / least
    if containment < SHARED or (both < ENOUGH and jaccard < 1):
        return Relation("none", jaccard, containment)
    shorter, longer = (first, second) if len(a) <= len(b) else (second, first)
    if because := contradiction(shorter, longer):
        return Relation("template", jaccard, containment, because)
    relation: RelationKind = "copy"
    if least < SAME_LENGTH * max(len(a), len(b)):
        relation = "abridged" if shorter is second else "extended"
    return Relation(relation, jaccard, containment)
