"""Every list of a command: aligned at a terminal, and a line a row with tabs between its cells through a pipe.

At a terminal no word is broken and a column that somebody must type is never cut; where the columns do not fit beside
each other, they stand below each other. Through a pipe every cell is whole, whatever the width, and there is no
heading: `cut -f` and `awk` read it. What is said beside the rows goes to standard error then. The report of what a
command has done is aligned wherever it goes, since a log or a mail shows it to a person.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from crawler.cli.language import respoken, spoken
from crawler.process import shown
from crawler.process.output import console, line_breaks, say, write_whole

if TYPE_CHECKING:
    from rich.console import Console

_GAP = 2
_INDENT = 2
_NARROW = 12  # cells of a column in which a sentence can be read


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a list."""

    name: str
    right: bool = False
    whole: bool = False
    """It stands on one line: a number, a name or an address that somebody types."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a list; a cell for each column, as it is printed through a pipe."""

    cells: Sequence[str]
    style: str = ""
    below: Sequence[str] = field(default=())
    """Lines that a terminal shows below the row; through a pipe they are further cells."""


def piped() -> bool:
    """Whether standard output is read by a program."""
    stream = getattr(sys.stdout, "uncleaned", sys.stdout)
    return not stream.isatty()


def print_rows(columns: Sequence[Column], rows: Iterable[Row], empty: str) -> None:
    """Print a list, or say what stands in its place when it has no row."""
    every = list(rows)
    if piped():
        for row in every:
            print_tabbed((*row.cells, *row.below))
        if not every:
            say(respoken(empty))
    elif not every:
        console().print(respoken(empty), soft_wrap=True)
    else:
        print_aligned(columns, every, console())


def cell(text: str) -> str:
    """What is ours in a cell: in the reader's language at a terminal, in English through a pipe."""
    return text if piped() else respoken(text)


def print_tabbed(cells: Iterable[str]) -> None:
    """A row for a program: white space in a cell is one space, a cell without a value is empty."""
    write_whole("\t".join(" ".join(shown(cell).split()) for cell in cells) + "\n")


def say_more(shown: int, option: str = "--limit", value: object = "N") -> None:
    """Say on standard error that a list ends before its last row, where nobody set a limit, and what goes on."""
    say(spoken("the list ends after {n}; there is more with: {option} {value}", n=shown, option=option, value=value))


def note(text: str, *, style: str = "") -> None:
    """What is said beside a list, already in its language: at a terminal below it, through a pipe on standard error."""
    if piped():
        say(text)
    else:
        remark(text, style=style)


def remark(text: str, *, style: str = "") -> None:
    """What a report says beside its rows, wherever it goes: who reads it through a pager or in a mail must see it."""
    console().print(shown(text), style=style, soft_wrap=True)


def print_aligned(columns: Sequence[Column], rows: Sequence[Row], screen: Console) -> None:
    """Print rows for a person, whether at a terminal or not."""
    from rich.cells import cell_len
    from rich.text import Text

    texts = [[" ".join(shown(cell).split()) for cell in row.cells] for row in rows]
    names = [respoken(column.name) for column in columns]
    full, least = [], []
    for place, column in enumerate(columns):
        cells = [names[place], *(row[place] for row in texts)]
        full.append(max(map(cell_len, cells)))
        words = (word for cell in cells for word in cell.split())
        least.append(full[-1] if column.whole else max(map(cell_len, words), default=0))
    room = screen.width - _GAP * (len(columns) - 1)
    widths = _widths(full, least, room)
    cramped = any(width < _NARROW and most > 2 * _NARROW for width, most in zip(widths, full, strict=True))
    if sum(least) > room or cramped:
        _stacked(columns, texts, rows, screen)
        return
    _line(names, columns, widths, "bold", screen)
    for row, cells in zip(rows, texts, strict=True):
        _line(cells, columns, widths, row.style, screen)
        for line in row.below:
            screen.print(Text(" " * (widths[0] + _GAP) + shown(line), style="dim"), soft_wrap=True)


def _widths(full: Sequence[int], least: Sequence[int], room: int) -> list[int]:
    """What each column gets: its longest word, and of what is left first whoever needs least."""
    widths = list(least)
    left = room - sum(least)
    waiting = sorted(range(len(full)), key=lambda place: full[place] - least[place])
    while waiting:
        place = waiting.pop(0)
        given = min(full[place] - least[place], left // (len(waiting) + 1))
        widths[place] += given
        left -= given
    return widths


def _line(cells: Sequence[str], columns: Sequence[Column], widths: Sequence[int], style: str, screen: Console) -> None:
    from rich.cells import cell_len

    parts = [_wrapped(cell, width) for cell, width in zip(cells, widths, strict=True)]
    for number in range(max(map(len, parts))):
        line = ""
        for place, (part, column) in enumerate(zip(parts, columns, strict=True)):
            text = part[number] if number < len(part) else ""
            room = " " * (widths[place] - cell_len(text))
            line += (room + text if column.right else text + room) + " " * _GAP
        screen.print(line.rstrip(), style=style, soft_wrap=True)


def _stacked(columns: Sequence[Column], texts: Sequence[Sequence[str]], rows: Sequence[Row], screen: Console) -> None:
    """A row as a block: the first cell, then each other under it with its name."""
    for row, cells in zip(rows, texts, strict=True):
        screen.print(cells[0], style=row.style or "bold", soft_wrap=True)
        for column, cell in zip(columns[1:], cells[1:], strict=True):
            if cell and cell != "-":
                for line in _wrapped(f"{respoken(column.name)}: {cell}", max(1, screen.width - _INDENT)):
                    screen.print(" " * _INDENT + line, style=row.style, soft_wrap=True)
        for line in row.below:
            for part in _wrapped(line.strip(), max(1, screen.width - _INDENT)):
                screen.print(" " * _INDENT + part, style="dim", soft_wrap=True)


def _wrapped(text: str, width: int) -> list[str]:
    """Lines of at most `width` cells, broken between words only."""
    text = " ".join(text.split())
    places = line_breaks(text, width)
    return [text[start:end].rstrip() for start, end in zip([0, *places], [*places, len(text)], strict=True)]
