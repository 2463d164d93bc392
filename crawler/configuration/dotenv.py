"""A `.env` file as people write it: quotes, comments, `export`, a byte order mark, the line ends of any system.

Follows what the shell and python-dotenv agree on (saurabh-kumar.com/python-dotenv/reference): quotes round a value are
not part of it, ` #` after it begins a comment, and of two lines with one name the last counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from crawler.errors import BadInput

_LINE = re.compile(r"\s*(?:export\s+)?([A-Za-z_][\w.-]*)\s*=\s*(.*?)\s*", re.DOTALL | re.ASCII)
_QUOTED = re.compile(r"""'([^']*)'\s*(?:\#.*)?|"((?:[^"\\]|\\.)*)"\s*(?:\#.*)?""", re.DOTALL)
_ESCAPE = re.compile(r'\\(["\\$`])')
_COMMENT = re.compile(r"(?:^|\s)#.*", re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_OURS = "thoisu"


@dataclass(frozen=True, slots=True)
class Entry:
    """A value and where it stands."""

    value: str
    line: int
    """From 1."""


def read(path: Path) -> dict[str, list[Entry]]:
    """What a file sets, each name with its values in their order; nothing where there is no file.

    Raises `BadInput` with the line for one of ours that cannot be meant, and for a file that is no text in UTF-8; lines
    of other programs may be as they like.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        more = "; save it as UTF-8" if isinstance(error, UnicodeDecodeError) else ""
        raise BadInput(f"cannot read {path}: {error}{more}") from None
    found: dict[str, list[Entry]] = {}
    for number, line in _lines(text):
        try:
            name, value = _pair(line)
        except ValueError as error:
            if line.strip().removeprefix("export").strip().lower().startswith(_OURS):
                raise BadInput(f"{path}, line {number}: {error}") from None
            continue
        found.setdefault(name, []).append(Entry(value, number))
    return found


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(re.split(r"\r\n|\n|\r", text), 1):
        if line.strip() and not line.lstrip().startswith("#"):
            yield number, line


def _pair(line: str) -> tuple[str, str]:
    """Name and value; raises ValueError with what is wrong."""
    found = _LINE.fullmatch(line)
    if found is None:
        raise ValueError("write it as NAME=value")
    name, value = found.groups()
    if _CONTROL.search(value):
        raise ValueError(f"the value of {name} has a control character in it; write it anew")
    if not value.startswith(("'", '"')):
        return name, _COMMENT.sub("", value)
    quoted = _QUOTED.fullmatch(value)
    if quoted is None:
        raise ValueError(f"the quotes round the value of {name} do not fit; write one at each end")
    single, double = quoted.groups()
    return name, single if double is None else _ESCAPE.sub(r"\1", double)
