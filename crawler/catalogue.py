"""What is said to a person, in English and in Vietnamese: the one catalogue of the pages and the commands.

A text stands in the code in English and is looked up by it; `{name}` in it is filled in after. What has no entry is
said in English. Vietnamese nouns have no plural: both forms of an English text share one entry, that of the plural.
"""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, get_args

Language = Literal["vi", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
_FILE = Path(__file__).with_name("catalogue.toml")
_NAME = re.compile(r"\\\{(\w+)\\\}")
_LONGEST = 400  # characters of what is compared with patterns
_DECIMAL = re.compile(r"\d+\.\d+")
_ABOUT = re.compile(r"(?:edit|error|event|gap|kind|refusal|relation|sink|tier): ")


def said(text: str, language: Language, **values: Any) -> str:
    """A text of ours in this language, with the values filled in.

    A text in two parts, "tier: province", is a word and what it is about; what has no entry is the word alone.
    """
    english, vietnamese = _texts().get(text, (text, text))
    found = vietnamese if language == "vi" else english
    if found is text and (about := _ABOUT.match(text)):
        found = text[about.end() :]
    return found.format(**values) if values else found


def said_of_many(one: str, many: str, n: int, language: Language, **values: Any) -> str:
    """The same of a text that has a number in it, `{n}`: `one` for 1, `many` for all others."""
    return said(one if n == 1 and language == "en" else many, language, n=n, **values)


def retold(text: str, language: Language) -> str:
    """What the program has written in English and kept, with numbers in it, in this language; as it is where no pattern
    knows it."""
    if language == "en" or len(text) > _LONGEST:
        return text
    if _DECIMAL.fullmatch(text):
        return text.replace(".", ",")
    for pattern, vietnamese in _patterns():
        if found := pattern.fullmatch(text):
            return vietnamese.format(**{name: retold(value, language) for name, value in found.groupdict().items()})
    return text


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


def entries() -> frozenset[str]:
    """The texts that have an entry, as they stand in the code."""
    return frozenset(_texts())


@lru_cache
def _sections() -> dict[str, dict[str, Any]]:
    return tomllib.loads(_FILE.read_text("utf-8"))


@lru_cache
def _texts() -> dict[str, tuple[str, str]]:
    """English and Vietnamese by what stands in the code."""
    found: dict[str, tuple[str, str]] = {}
    for name, section in _sections().items():
        if name != "patterns":
            for text, said in section.items():
                found[text] = (text, said) if isinstance(said, str) else (said[0], said[1])
    return found


@lru_cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    # Each name stands for what has no end of its own; what follows in the pattern ends it.
    return [
        (re.compile(_NAME.sub(r"(?P<\1>.+?)", re.escape(text))), said) for text, said in _sections()["patterns"].items()
    ]
