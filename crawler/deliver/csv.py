"""The sink `csv`: RFC 4180 in UTF-8, a header in each file.

Texts stand in quotes and come back as they were, line ends and leading "=" included; an empty text is `""`, nothing
is null. Lists are JSON. A file goes on in the columns with which it was begun, so that a header holds for all below it.
Whoever opens it in a spreadsheet must import the columns as text: the data is not changed to suit a program that would
calculate with it.
"""

from __future__ import annotations

import csv
import json
from io import BufferedReader, BytesIO, FileIO
from typing import Any

from crawler.deliver.row_files import RowFiles, Tail
from crawler.deliver.sink import OF_SITE, Delivery
from crawler.items import FIELDS

_OF_CHANGE = ("key", "seq", "event", "article_id", "revision", "url", "site", "content_hash", "at", "published_at")
_OF_ARTICLE = tuple(name for name in FIELDS if name not in {*_OF_CHANGE, "canonical_url"})
COLUMNS = (*_OF_CHANGE, *_OF_ARTICLE, *OF_SITE)
"""`url` is the canonical one."""


class Csv(RowFiles):
    """`csv:feed/` for a folder, `csv:feed.csv` for a file."""

    SUFFIX = ".csv"
    HEADER = (",".join(COLUMNS) + "\r\n").encode()
    START = b"key,seq,event,"
    _columns = COLUMNS  # of the open file

    def encode(self, row: Delivery) -> bytes:
        """As `RowFiles.encode`."""
        values = (row.article or {}) | row.to_dict()
        return (",".join(_cell(values.get(name)) for name in self._columns) + "\r\n").encode()

    def tail(self, file: FileIO | BytesIO) -> Tail:
        """As `RowFiles.tail`, read from the beginning: only the quotes before it say whether a line end is a row's."""
        file.seek(0)
        quotes = end = at = 0
        row = line = b""
        # Not closed with the reader: the file is gone on with.
        reader = BufferedReader(file)
        for part in reader:
            at += len(part)
            quotes += part.count(b'"')
            line += part
            if quotes % 2 == 0 and part.endswith(b"\r\n"):
                if end:
                    row = line
                else:
                    self._columns = _columns_of(line)
                end, line = at, b""
        reader.detach()
        return Tail(end, row)

    def key_of(self, row: bytes) -> str:
        """As `RowFiles.key_of`."""
        (cells,) = csv.reader([row.decode()], strict=True)
        return dict(zip(self._columns, cells, strict=True))["key"]

    def _begin(self, seq: int, day: str) -> None:
        super()._begin(seq, day)
        self._columns = COLUMNS


def _columns_of(header: bytes) -> tuple[str, ...]:
    """The columns of a file that this version or an older one began; ValueError for another's."""
    columns = tuple(header.decode().rstrip("\r\n").split(","))
    if not set(columns) <= set(COLUMNS) or "key" not in columns:
        raise ValueError("not our columns")
    return columns


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        value = json.dumps(value, ensure_ascii=False)
    return '"' + value.replace('"', '""') + '"' if isinstance(value, str) else str(value)
