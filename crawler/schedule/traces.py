"""Traces of publication times, read from files of anybody's as a stream: what is odd is named by its line."""

from __future__ import annotations

import csv
import gzip
import zlib
from collections.abc import Iterator
from datetime import datetime
from io import BufferedReader

from crawler.errors import BadInput
from crawler.schedule.rates import DAY, minutes
from crawler.text import VIETNAM

COLUMNS = ("source", "published_at")
SIZE = 200 * 2**20
"""Bytes of a trace, unpacked."""
ROWS = 5_000_000
SOURCES = 1000
DAYS = 3653
"""From the first to the last item: ten years."""
_LINE = 1 << 16  # bytes
_FIRST, _LAST = (minutes(datetime(year, 1, 1, tzinfo=VIETNAM)) for year in (2000, 2101))
_SHOWN = 40  # letters of a value in a message


def read_trace(file: BufferedReader, name: str) -> dict[str, list[float]]:
    """The times of each source's items from CSV with the columns source and published_at, gzipped or not.

    Times are ISO 8601, on Viet Nam's clock when they name no zone; they become minutes since 1970 on it, sorted.
    Raises `BadInput` with `name` and the line for anything else, and for what is larger than any trace.
    """
    lines = _Lines(file, name)
    rows = _rows(lines)
    _, header = next(rows, (0, []))
    if missing := [column for column in COLUMNS if column not in header]:
        raise BadInput(f"{name}: the columns are source,published_at; this file lacks {' and '.join(missing)}")
    source, published_at = map(header.index, COLUMNS)
    trace: dict[str, list[float]] = {}
    for count, (line, row) in enumerate(rows, 1):
        if len(row) <= max(source, published_at):
            raise BadInput(f"{name}, line {line} has {len(row)} of {len(header)} columns")
        if not row[source]:
            raise BadInput(f"{name}, line {line} names no source")
        trace.setdefault(row[source], []).append(_time(row[published_at].strip(), f"{name}, line {line}"))
        if count > ROWS or len(trace) > SOURCES:
            raise BadInput(f"{name} has more than {ROWS:,} items or {SOURCES:,} sources; take fewer")
    if not trace:
        raise BadInput(f"{name}: the trace is empty: there is no line after the header")
    for items in trace.values():
        items.sort()
    days = (max(items[-1] for items in trace.values()) - min(items[0] for items in trace.values())) / DAY
    if days > DAYS:
        raise BadInput(f"{name} reaches over {days:,.0f} days; take {DAYS:,} at most")
    return trace


def _time(text: str, place: str) -> float:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise BadInput(f"{place}: {text[:_SHOWN]!r} is no time like 2026-01-31T23:50:49+07:00") from None
    # The first and last years of the calendar have instants that no zone but their own can name.
    found = minutes(at.replace(tzinfo=at.tzinfo or VIETNAM)) if at.year in range(1999, 2103) else 0.0
    if not _FIRST <= found < _LAST:
        raise BadInput(f"{place}: {text[:_SHOWN]!r} lies outside the years 2000 to 2100")
    return found


def _rows(lines: _Lines) -> Iterator[tuple[int, list[str]]]:
    """Each row that is not blank, with the line at which it begins."""
    rows = csv.reader(lines)
    while True:
        begin = lines.number + 1
        try:
            row = next(rows, None)
        except csv.Error as error:
            raise BadInput(f"{lines.name}, line {begin} is not CSV: {error}") from None
        if row is None:
            return
        if row:
            yield begin, row


class _Lines:
    """The lines of a file, unpacked, one at a time and bounded."""

    def __init__(self, file: BufferedReader, name: str) -> None:
        self.name, self.number = name, 0
        """Of the line that was given last, from 1."""
        self._size = 0
        self._file = gzip.GzipFile(fileobj=file) if file.peek(2)[:2] == b"\x1f\x8b" else file

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        try:
            line = self._file.readline(_LINE + 1)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise BadInput(f"{self.name} is a damaged gzip file: {error}") from None
        if not line:
            raise StopIteration
        self.number += 1
        self._size += len(line)
        if self._size > SIZE:
            raise BadInput(f"{self.name} holds more than {SIZE // 2**20} MB; take fewer days or sources")
        if len(line) > _LINE:
            raise BadInput(f"{self.name}, line {self.number} is longer than {_LINE // 2**10} kB")
        try:
            return line.decode("utf-8-sig" if self.number == 1 else "utf-8")
        except UnicodeDecodeError:
            raise BadInput(f"{self.name}, line {self.number} is not written in UTF-8") from None
