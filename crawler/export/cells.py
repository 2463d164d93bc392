"""A value as a cell of a spreadsheet, which calculates with nothing that a site has sent."""

from __future__ import annotations

import re
from datetime import datetime

from crawler.process import stripped

LONGEST = 32_767
"""UTF-16 units in a cell (Microsoft, Excel specifications and limits)."""
_CUT = " […]"
_FIRST_YEAR = 1900
"""Before it a spreadsheet knows no date."""
# What begins a formula (OWASP, CSV Injection), full-width forms among it, which some versions take for the same.
_RUN = re.compile(r"[\s\u3000]*[=+\-@\uff1d\uff0b\uff0d\uff20]")


def text_cell(value: str) -> str:
    """A text that is shown as it is: without control characters, behind an apostrophe when it would be calculated, and
    cut where a cell ends.
    """
    text = stripped(value)
    if value.startswith(("\t", "\r")) or _RUN.match(text):
        text = f"'{text}"
    # No character takes more than two units.
    if 2 * len(text) > LONGEST and len(text.encode("utf-16-le", "replace")) > 2 * LONGEST:
        text = _cut(text)
    return text


def plain(value: object) -> str | int | datetime | None:
    """A value of a row as a cell: a text, a number, a time without its zone, or None; a list as one text."""
    if isinstance(value, datetime):
        local = value.replace(tzinfo=None, microsecond=0)
        return local if local.year >= _FIRST_YEAR else local.isoformat(" ")
    if value is None or isinstance(value, int):
        return value
    return text_cell("; ".join(value) if isinstance(value, tuple) else str(value))


def _cut(text: str) -> str:
    units = text.encode("utf-16-le", "replace")[: 2 * (LONGEST - len(_CUT))]
    return units.decode("utf-16-le", "ignore") + _CUT
