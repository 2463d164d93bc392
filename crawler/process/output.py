"""The only way out to a terminal, which nothing passes that moves it: a console, lines for standard error, and JSON.

At a terminal a line that is too long is broken between words, and goes on below where it began.

`clean_streams` closes the ways that are not ours: what a library, a warning, a traceback or the parser of the command
line writes to `sys.stdout` and `sys.stderr` is cleaned there.
"""

from __future__ import annotations

import io
import json
import os
import re
import sys
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any, TextIO, cast

from crawler.process.terminal import masked, shown

if TYPE_CHECKING:
    from rich.console import Console

_ESCAPED = re.compile("[\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]")


_WORD = re.compile(r"(\S+)\s*")


class _Cleaned:
    """A stream that writes what `shown` leaves, and with `secret` what `masked` leaves of that."""

    def __init__(self, uncleaned: TextIO, *, secret: bool) -> None:
        self.uncleaned = uncleaned
        self._secret = secret

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError("a text stream takes no bytes")  # by which it is told from a binary one
        self.uncleaned.write(shown(masked(text) if self._secret else text))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.uncleaned, name)


def clean_streams() -> None:
    """Let nothing through `sys.stdout` and `sys.stderr` that moves a terminal, from whomever it comes."""
    if sys.stdout is not sys.__stdout__:
        return  # somebody else's, who looks at what we write
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout = cast("TextIO", _Cleaned(sys.stdout, secret=False))
    if isinstance(sys.stderr, io.TextIOWrapper):
        sys.stderr = cast("TextIO", _Cleaned(sys.stderr, secret=True))


def console(*, stderr: bool = False) -> Console:
    """A console that colours on a terminal only and takes texts as `shown` leaves them, markup signs included.

    What is printed with `soft_wrap` is broken by nobody where no terminal is, so that a program finds whole lines.
    """
    from rich.console import Console
    from rich.segment import Segment
    from rich.text import Text

    class Quiet(Console):
        def print(self, *objects: Any, **about: Any) -> None:
            if (
                not self.is_terminal
                or len(objects) != 1
                or "no_wrap" in about
                or not isinstance(objects[0], str | Text)
            ):
                super().print(*objects, **about)
                return
            given = objects[0]
            for line in (Text(shown(given)) if isinstance(given, str) else given).split("\n", allow_blank=True):
                room = len(line.plain) - len(line.plain.lstrip(" "))
                places = line_breaks(line.plain[room:], self.width - room)
                for number, part in enumerate(line.divide([room + place for place in places])):
                    part.rstrip()
                    super().print(Text(" " * room if number else "") + part, **about | {"soft_wrap": True})

        def render_str(self, text: str, **about: Any) -> Any:
            return super().render_str(shown(text), **about)  # before it is measured

        def render(self, *given: Any, **about: Any) -> Iterable[Segment]:
            for segment in super().render(*given, **about):
                if segment.control or segment.text.isprintable() or segment.text == "\n":
                    yield segment
                else:
                    yield Segment(shown(segment.text), segment.style)

        def on_broken_pipe(self) -> None:
            raise BrokenPipeError

    stream = getattr(sys.stderr if stderr else sys.stdout, "uncleaned", None)
    return Quiet(file=stream, stderr=stderr, markup=False, highlight=False, emoji=False, soft_wrap=False)


def line_breaks(text: str, width: int) -> list[int]:
    """Where a new line begins in `text`, so that none has more than `width` cells but for a word that is longer."""
    from rich.cells import cell_len

    found, used = [], 0
    for word in _WORD.finditer(text):
        if used and used + cell_len(word[1]) > width:
            found.append(word.start())
            used = 0
        used += cell_len(word[0])
    return found


def say(text: str) -> None:
    """One line on standard error, sent at once, without what is secret in addresses."""
    line = shown(masked(" ".join(text.split())))
    if sys.stderr.isatty():
        with suppress(OSError):  # a terminal that has no size
            places = line_breaks(line, os.get_terminal_size(sys.stderr.fileno()).columns)
            parts = zip([0, *places], [*places, len(line)], strict=True)
            line = "\n".join(line[start:end].rstrip() for start, end in parts)
    print(line, file=sys.stderr, flush=True)


def write(text: str) -> None:
    """Text on standard output."""
    print(shown(text))


def write_whole(text: str) -> None:
    """Text on standard output with the line ends that it has; who gives it has taken out what moves a terminal."""
    stream = getattr(sys.stdout, "uncleaned", sys.stdout)
    stream.flush()
    stream.buffer.write(text.encode("utf-8", "replace")) if hasattr(stream, "buffer") else stream.write(text)


def print_json(value: Any, *, alone: bool = False) -> None:
    """A line of `json_text` on standard output, sent at once; a value that comes `alone` is indented on a terminal."""
    stream = getattr(sys.stdout, "uncleaned", sys.stdout)
    stream.write(json_text(value, indent=2 if alone and stream.isatty() else None) + "\n")
    stream.flush()


def json_text(value: Any, indent: int | None = None) -> str:
    """A value as JSON, in which what moves a terminal or turns a line round is escaped; times are ISO 8601."""
    line = json.dumps(value, ensure_ascii=False, default=_plain, indent=indent)
    return _ESCAPED.sub(lambda match: json.dumps(match[0])[1:-1], line)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else str(value)
