"""What is said to a person, in English and in Vietnamese: the one catalogue of the pages and the commands.

A text stands in the code in English and is looked up by it; `{name}` in it is filled in after. What has no entry is
said in English. Vietnamese nouns have no plural: both forms of an English text share one entry, that of the plural.

shared.toml    what pages and commands share
commands.toml  what commands print
errors.toml, reports.toml  the patterns of what the packages say
help.toml      what `--help` says
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, get_args

Language = Literal["vi", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
_NAME = re.compile(r"\{(\w+)\}")
_CLAUSE = "; "
_LONGEST = 400  # characters of what is compared with patterns
_DECIMAL = re.compile(r"\d+\.\d+%?")
_Pattern = tuple[str, list[str], list[str], str]
"""The longest of its own pieces, by which most are told at once; all that stand around its names; the names; its
Vietnamese."""
_ABOUT = re.compile(r"(?:edit|error|event|fault|gap|kind|refusal|relation|sink|tier): ")


def said(text: str, language: Language, **values: Any) -> str:
    """A text of ours in this language, with the values filled in.

    A text in two parts, "tier: province", is a word and what it is about; what has no entry is the word alone.
    """
    about = _ABOUT.match(text)
    if language == "en" and about is None:
        return text.format(**values) if values else text  # no file is read for it
    english, vietnamese = _texts().get(text, (text, text))
    found = vietnamese if language == "vi" else english
    if found is text and about is not None:
        found = text[about.end() :]
    if not values:
        return found
    if language == "vi":
        values = {name: _as_number(value) if isinstance(value, str) else value for name, value in values.items()}
    return found.format(**values)


def said_of_many(one: str, many: str, n: int, language: Language, **values: Any) -> str:
    """The same of a text that has a number in it, `{n}`: `one` for 1, `many` for all others."""
    return said(one if n == 1 and language == "en" else many, language, n=n, **values)


def retold(text: str, language: Language) -> str:
    """What the program has written in English and kept, with numbers in it, in this language; as it is where no pattern
    knows it."""
    if language == "en" or len(text) > _LONGEST:
        return text
    exact, simple, compound = _patterns()
    if found := exact.get(text):
        return found
    for longest, own, names, pattern in compound if _CLAUSE in text else simple:
        if longest in text and (values := _values(text, own)) and _fit(names, values):
            told = (retold(value, language) for value in values)
            return pattern.format(**dict(zip(names, told, strict=True)))
    return _as_number(text)


def _as_number(text: str) -> str:
    """A decimal with the comma of Vietnamese; any other text as it is."""
    return text.replace(".", ",") if _DECIMAL.fullmatch(text) else text


def _fit(names: Sequence[str], values: Sequence[str]) -> bool:
    """Whether what stands for `n` is a number, perhaps with a sign of its own; words are none."""
    counted = [value for name, value in zip(names, values, strict=True) if name == "n"]
    return all(" " not in value.strip() and any(map(str.isdigit, value)) for value in counted)


def _values(text: str, own: Sequence[str]) -> list[str]:
    """What stands in a text in place of the names of a pattern, each up to where the next of its own pieces begins;
    none when it does not fit. In linear time: there may be anything in it."""
    head, *between, tail = own
    if not (text.startswith(head) and text.endswith(tail)):
        return []
    values, at, end = [], len(head), len(text) - len(tail)
    for piece in between:
        found = text.find(piece, at + 1, end)
        if found < 0:
            return []
        values.append(text[at:found])
        at = found + len(piece)
    return [*values, text[at:end]] if at < end else []


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
def entries() -> frozenset[str]:
    """The texts that have an entry, as they stand in the code."""
    return frozenset(_texts())


@lru_cache
def _sections() -> list[tuple[str, dict[str, Any]]]:
    """Name and texts of each section of each file."""
    import tomllib

    files = sorted(Path(__file__).parent.glob("*.toml"))
    return [section for file in files for section in tomllib.loads(file.read_text("utf-8")).items()]


@lru_cache
def _texts() -> dict[str, tuple[str, str]]:
    """English and Vietnamese by what stands in the code."""
    found: dict[str, tuple[str, str]] = {}
    for name, section in _sections():
        if name != "patterns":
            for text, said in section.items():
                found[text] = (text, said) if isinstance(said, str) else (said[0], said[1])
    return found


@lru_cache
def _patterns() -> tuple[dict[str, str], list[_Pattern], list[_Pattern]]:
    """Those without a name; those of one clause, which fit no text of several; those of several.

    The one with the most of its own comes first.
    """
    exact: dict[str, str] = {}
    others: tuple[list[_Pattern], list[_Pattern]] = ([], [])
    for text, said in (pair for name, section in _sections() if name == "patterns" for pair in section.items()):
        own = _NAME.split(text)
        if len(own) == 1:
            exact[text] = said
        else:
            others[_CLAUSE in text].append((max(own[::2], key=len), own[::2], own[1::2], said))
    for some in others:
        some.sort(key=lambda one: -len("".join(one[1])))
    return exact, *others
