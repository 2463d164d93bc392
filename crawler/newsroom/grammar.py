"""Sentences of government news, made up: templates whose gaps are filled from the vocabulary by a seeded die.

Gaps of a story ("office", "place", "theme" …) keep their value through the whole text, so that it speaks of one thing;
all others are drawn anew each time.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from random import Random

from crawler.newsroom import words
from crawler.newsroom.templates import SENTENCES

_GAP = re.compile(r"\{(\w+)\}")
DOCUMENT = re.compile(r"\b\d{1,4}(?:/20\d\d)?/[A-ZĐ]{2}-[A-ZĐ][A-Za-zĐ]+\b")
"""A legal instrument's number, as this grammar writes them."""


def die(*seed: object) -> Random:
    """A generator that gives the same numbers for the same words of `seed` on every machine and run."""
    return Random(":".join(map(str, seed)))  # noqa: S311 - simulation, not cryptography


@cache
def _pieces(template: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    parts = _GAP.split(template)
    return tuple(parts[::2]), tuple(parts[1::2])


def person(rng: Random) -> str:
    """A full name."""
    return f"{rng.choice(words.FAMILY_NAMES)} {rng.choice(words.MIDDLE_NAMES)} {rng.choice(words.GIVEN_NAMES)}"


def byline(rng: Random) -> str:
    """The two-word name with which a reporter signs."""
    return f"{rng.choice(words.MIDDLE_NAMES)} {rng.choice(words.GIVEN_NAMES)}"


def document(rng: Random) -> str:
    """A number such as "85/NQ-CP" or "336/2025/NĐ-CP"."""
    kind = rng.choice(words.KINDS_OF_TEXT)
    year = f"/{rng.randint(2023, 2026)}" if kind[:2] in ("NĐ", "TT") else ""
    return f"{rng.randint(2, 420)}{year}/{kind}"


def _decimal(rng: Random) -> str:
    return f"{rng.randint(1, 98)},{rng.randint(1, 9)}"


def _thousands(rng: Random) -> str:
    return f"{rng.randint(1, 48)}.{rng.randint(100, 999)}"


_DRAWN: dict[str, Callable[[Random], str]] = {
    "someone": person,
    "post2": lambda rng: rng.choice(words.POSTS),
    "office2": lambda rng: rng.choice(words.OFFICES),
    "place2": lambda rng: rng.choice(words.PLACES),
    "place3": lambda rng: rng.choice(words.PLACES),
    "field": lambda rng: rng.choice(words.FIELDS),
    "thing": lambda rng: rng.choice(words.THINGS),
    "thing2": lambda rng: rng.choice(words.THINGS),
    "action": lambda rng: rng.choice(words.ACTIONS),
    "action2": lambda rng: rng.choice(words.ACTIONS),
    "reason": lambda rng: rng.choice(words.REASONS),
    "goal": lambda rng: rng.choice(words.GOALS),
    "n": lambda rng: str(rng.randint(3, 97)),
    "m": lambda rng: str(rng.randint(105, 980)),
    "big": _thousands,
    "pct": _decimal,
    "money": lambda rng: f"{rng.choice((_decimal, _thousands))(rng)} tỷ đồng",
    "date": lambda rng: f"{rng.randint(1, 28)}/{rng.randint(1, 12)}",
    "year": lambda rng: str(rng.randint(2026, 2031)),
    "month": lambda rng: str(rng.randint(1, 12)),
    "doc2": document,
}


class Voice:
    """The die and the fixed gaps of one story."""

    def __init__(self, rng: Random, day: str) -> None:
        self.rng = rng
        self._fixed = {
            "day": day,
            "office": rng.choice(words.OFFICES),
            "place": rng.choice(words.PLACES),
            "theme": rng.choice(words.THEMES),
            "who": person(rng),
            "post": rng.choice(words.POSTS),
            "doc": document(rng),
        }

    def fill(self, template: str) -> str:
        """`template` with every gap filled; it begins with a capital."""
        texts, gaps = _pieces(template)
        fixed, rng = self._fixed, self.rng
        line = [texts[0]]
        for gap, text in zip(gaps, texts[1:], strict=True):
            line += (fixed[gap] if gap in fixed else _DRAWN[gap](rng), text)
        sentence = "".join(line)
        return sentence[0].upper() + sentence[1:]

    def one(self, templates: tuple[str, ...]) -> str:
        """One of `templates`, filled."""
        return self.fill(self.rng.choice(templates))

    def paragraph(self) -> str:
        """Two to four different sentences."""
        return " ".join(self.fill(template) for template in self.rng.sample(SENTENCES, self.rng.randint(2, 4)))
