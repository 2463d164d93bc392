"""What the commands say, in the language of THOISU_LANG: English by default, Vietnamese by the one catalogue."""

from __future__ import annotations

import os
from typing import Any, cast

from crawler.catalogue import LANGUAGES, Language, entries, retold, said, said_of_many
from crawler.cli.common import configured
from crawler.errors import BadInput


def spoken(text: str, **values: Any) -> str:
    """A text of ours, as it stands in the code, with the values filled in."""
    return said(text, language(), **values)


def spoken_of_many(one: str, many: str, n: int, **values: Any) -> str:
    """The same of a text that has a number in it, `{n}`: `one` for 1, `many` for all others."""
    return said_of_many(one, many, n, language(), **values)


def respoken(text: str) -> str:
    """A text that is written already, with its values: by its entry, or by a pattern; else as it is."""
    wanted = language()
    if wanted == "en":
        return text
    return said(text, wanted) if text in entries() else retold(text, wanted)


def word_of(about: str, word: str) -> str:
    """A word of the program, "created", as it is in English, in Vietnamese by the entry "event: created"."""
    wanted = language()
    return word if wanted == "en" else said(f"{about}: {word}", wanted)


def meaning_of(about: str, word: str) -> str:
    """What the entry of a word says in the reader's language, in English too."""
    return said(f"{about}: {word}", language())


def language() -> Language:
    """The language of THOISU_LANG."""
    try:
        return cast("Language", configured().lang)
    except BadInput:  # perhaps of another setting, which whoever needs it tells
        asked = os.environ.get("THOISU_LANG", "en")
        if asked in LANGUAGES:
            return asked
        raise
