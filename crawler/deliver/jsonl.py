"""The sink `jsonl`: one JSON object a line, in files (jsonlines.org)."""

from __future__ import annotations

import json
import os
from io import BytesIO, FileIO

from crawler.deliver.row_files import RowFiles, Tail
from crawler.deliver.sink import Delivery

_BLOCK = 2**16
# JSON takes them as they are, and many a reader of lines takes them for the end of one.
_ENDS = str.maketrans({end: f"\\u{ord(end):04x}" for end in "\x85\u2028\u2029"})


class JsonLines(RowFiles):
    """`jsonl:feed/` for a folder, `jsonl:feed.jsonl` for a file."""

    SUFFIX = ".jsonl"
    START = b'{"key":"'

    def encode(self, row: Delivery) -> bytes:
        """As `RowFiles.encode`."""
        line = json.dumps(row.to_dict(), ensure_ascii=False, separators=(",", ":"))
        return line.translate(_ENDS).encode() + b"\n"

    def tail(self, file: FileIO | BytesIO) -> Tail:
        """As `RowFiles.tail`, read from the end."""
        size, block = file.seek(0, os.SEEK_END), _BLOCK
        while True:
            begin = max(0, size - block)
            file.seek(begin)
            data = file.read(size - begin)
            end = data.rfind(b"\n")
            start = data.rfind(b"\n", 0, max(end, 0)) + 1
            if start or not begin:
                return Tail(begin + end + 1, data[start : end + 1])
            block *= 4

    def key_of(self, row: bytes) -> str:
        """As `RowFiles.key_of`."""
        found = json.loads(row)
        if not isinstance(found, dict):
            raise ValueError("not an object")
        return str(found["key"])
