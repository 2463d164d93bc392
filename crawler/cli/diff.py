"""`thoisu diff`: what one text of an article has that another has not."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from crawler.cli.common import StoreOption, local, open_store, stored
from crawler.cli.language import spoken, spoken_of_many, word_of
from crawler.errors import BadInput
from crawler.process import shown
from crawler.process.output import console, print_json

if TYPE_CHECKING:
    from rich.console import Console

    from crawler.compare import Diff
    from crawler.store import RevisionRow, StoredArticle

_STYLES = {"kept": "", "removed": "red strike", "added": "green"}
_SIGNS = {"kept": ("", ""), "removed": ("[-", "-]"), "added": ("{+", "+}")}


def diff(
    id_: Annotated[int, typer.Argument(metavar="ID", help="Number of an article, as `thoisu articles` shows it.")],
    new: Annotated[
        int | None, typer.Argument(metavar="N", help="A revision, against the one before it; none is the last.")
    ] = None,
    other: Annotated[int | None, typer.Argument(metavar="M", help="With this, N is the old and M the new one.")] = None,
    store: StoreOption = None,
    json_: Annotated[bool, typer.Option("--json", help="Kind of change and blocks as one object.")] = False,
) -> None:
    """Show what changed between two revisions of an article.

    By paragraph and by word; paragraphs that were kept are counted. On a terminal
    what went is red and struck through, what came is green; elsewhere they are
    [-gone-] and {+come+}.

    \b
    Examples:
      thoisu diff 12
      thoisu diff 12 3
      thoisu diff 12 1 3 --json
    """
    from crawler.compare import compare

    with open_store(store) as opened:
        found = stored(opened, id_)
        rows = _two(found, new, other)
        difference = compare(*(opened.revision(id_, row.number) for row in rows))
    if json_:
        before, after = ({"revision": row.number, "fetched_at": row.fetched_at} for row in rows)
        head = {"article_id": id_, "url": found.row.canonical_url, "before": before, "after": after}
        print_json(head | asdict(difference), alone=True)
        return
    screen = console()
    screen.print(shown(found.article.title), style="bold")
    for row, text in zip(rows, ("from revision {n}, {at}", "to   revision {n}, {at}"), strict=True):
        screen.print(spoken(text, n=row.number, at=local(row.fetched_at)), style="dim")
    print_diff(difference, screen)


def _two(found: StoredArticle, new: int | None, other: int | None) -> tuple[RevisionRow, RevisionRow]:
    """The revisions that are meant, the old one first."""
    id_, rows = found.row.id, {row.number: row for row in found.revisions}
    if new is None and len(rows) == 1:
        raise BadInput(f"article {id_} has only one revision; nothing has changed in it")
    last = found.row.revision if new is None else new
    old, last = (last - 1, last) if other is None else (last, other)
    if other is None and last == 1:
        raise BadInput(f"revision 1 of article {id_} is the first; there is none before it")
    for number in (last, old):
        if number not in rows:
            raise BadInput(f"article {id_} has no revision {number}; the last is {found.row.revision}")
    return rows[old], rows[last]


def print_diff(difference: Diff, screen: Console) -> None:
    """Kind of change and changed paragraphs; without colours [-gone-] and {+come+}, as `git diff --word-diff`."""
    from rich.text import Text

    plain = screen.color_system is None or screen.no_color
    kinds = ", ".join(word_of("edit", kind) for kind in difference.changed) or spoken("nothing")
    screen.print(spoken("changed: {kinds}", kinds=kinds), style="bold")
    kept = 0
    for block in difference.blocks:
        if block.change == "kept":
            kept += block.count
            continue
        _fold(kept, screen)
        kept = 0
        line = Text("  ")
        if block.part != "body":
            line.append(f"{word_of('edit', block.part)}: ", style="dim")
        for piece in block.pieces:
            opening, closing = _SIGNS[piece.mark] if plain else ("", "")
            line.append(f"{opening}{shown(piece.text)}{closing}", style=_STYLES[piece.mark])
        screen.print(line)
    _fold(kept, screen)


def _fold(kept: int, screen: Console) -> None:
    if kept:
        screen.print(f"  … {spoken_of_many('{n} paragraph unchanged', '{n} paragraphs unchanged', kept)}", style="dim")
