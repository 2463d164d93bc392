"""Two texts of an article side by side: changed paragraphs only, with the words that went and came."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Literal

from crawler.commands.common import shown
from crawler.model import Article

if TYPE_CHECKING:
    from rich.console import Console

Mark = Literal[" ", "-", "+"]
Piece = tuple[Mark, str]
_WORDS = re.compile(r"\s+|\w+|[^\w\s]")
_ALIKE = 0.5  # of their words; paragraphs less alike are one gone and one come


def paragraphs(article: Article) -> list[str]:
    """Title, lead and body, a paragraph each."""
    return [article.title, article.lead or "", *article.body.split("\n")]


def compare(before: list[str], after: list[str]) -> Iterator[list[Piece]]:
    """For each paragraph that changed its pieces in order: kept " ", gone "-" or come "+"."""
    for what, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what == "equal":
            continue
        old, new = before[a:b], after[c:d]
        while old and new and _alike(old[0], new[0]):
            yield _pieces(old.pop(0), new.pop(0))
        for text in filter(None, old):
            yield [("-", text)]
        for text in filter(None, new):
            yield [("+", text)]


def _alike(old: str, new: str) -> bool:
    return SequenceMatcher(None, _WORDS.findall(old), _WORDS.findall(new), autojunk=False).ratio() >= _ALIKE


def _pieces(old: str, new: str) -> list[Piece]:
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    pieces: list[Piece] = []
    for what, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what == "equal":
            pieces.append((" ", "".join(before[a:b])))
            continue
        if b > a:
            pieces.append(("-", "".join(before[a:b])))
        if d > c:
            pieces.append(("+", "".join(after[c:d])))
    return pieces


def print_diff(before: Article, after: Article, screen: Console) -> None:
    """Changed paragraphs; without colours [-gone-] and {+come+}, as `git diff --word-diff` writes them."""
    from rich.text import Text

    styles = {" ": "", "-": "red strike", "+": "green"}
    signs = {" ": ("", ""), "-": ("[-", "-]"), "+": ("{+", "+}")}
    plain = screen.color_system is None or screen.no_color
    for pieces in compare(paragraphs(before), paragraphs(after)):
        line = Text("  ")
        for mark, text in pieces:
            opening, closing = signs[mark] if plain else ("", "")
            line.append(f"{opening}{shown(text)}{closing}", style=styles[mark])
        screen.print(line)
