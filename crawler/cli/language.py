"""What the commands say, in the language of THOISU_LANG: English by default, Vietnamese by the one catalogue."""

from __future__ import annotations

from typing import Any, cast

from crawler.catalogue import Language, entries, retold, said
from crawler.cli.common import configured


def spoken(text: str, **values: Any) -> str:
    """A text of ours, as it stands in the code, with the values filled in."""
    return said(text, _language(), **values)


def respoken(text: str) -> str:
    """A text that is written already, with its values: by its entry, or by a pattern; else as it is."""
    language = _language()
    if language == "en":
        return text
    return said(text, language) if text in entries() else retold(text, language)


def _language() -> Language:
    return cast("Language", configured().lang)
