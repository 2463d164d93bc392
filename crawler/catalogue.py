"""What is said to a person, in English and in Vietnamese: the one catalogue of the pages and the commands.

A text stands in the code in English and is looked up by it; `{name}` in it is filled in after. What has no entry is said
in English. Vietnamese nouns have no plural: both forms of an English text share one entry.
"""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, get_args

Language = Literal["vi", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
_FILE = Path(__file__).with_name("catalogue.toml")


def said(text: str, language: Language, **values: Any) -> str:
    """A text of ours in this language, with the values filled in."""
    if language == "vi":
        text = vietnamese().get(text, text)
    return text.format(**values) if values else text


def said_of_many(one: str, many: str, n: int, language: Language, **values: Any) -> str:
    """The same of a text that has a number in it, `{n}`: `one` for 1, `many` for all others."""
    return said(one if n == 1 and language == "en" else many, language, n=n, **values)


def chosen(asked: str) -> Language:
    """The language of an `Accept-Language` or a locale that is asked for most; Vietnamese when neither is named."""
    weights: dict[Language, float] = {}
    for part in asked.split(","):
        name, _, weight = part.strip().partition(";q=")
        code = name.replace("_", "-").partition("-")[0].lower()
        for language in LANGUAGES:
            if code == language and language not in weights:
                try:
                    weights[language] = float(weight or 1)
                except ValueError:
                    continue
    return max(weights, key=lambda language: weights[language], default="vi")


@lru_cache
def vietnamese() -> dict[str, str]:
    """The Vietnamese texts by their English ones."""
    sections = tomllib.loads(_FILE.read_text("utf-8"))
    return {english: text for section in sections.values() for english, text in section.items()}
