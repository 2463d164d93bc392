"""Further pages of articles in WARC files, by their addresses.

Further pages stand anywhere, before the first or in another file. So they are looked for once, when the first article
that goes on is met: all files are gone through, and what may be a further page is put aside on the disk.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from heapq import nsmallest
from tempfile import TemporaryFile
from typing import NamedTuple
from urllib.parse import urlsplit
from weakref import finalize

from crawler.archive.page_reading import HEAD, TARGET, may_be_answer, moment
from crawler.archive.record_stream import Record
from crawler.archive.warc_files import LIMIT, WarcFile, records
from crawler.extract import page_number
from crawler.sites import Sites, written

_MOST = 100_000  # records that are put aside, of about 200 bytes of memory each
_MOST_BYTES = 2 * 2**30  # on the disk
_MOST_OF_ONE = 10  # records of one address, that are read where an article needs it
_DATE = re.compile(rb"^WARC-Date:[ \t]*([^\r\n]{1,40})", re.I | re.M)


class FurtherPages:
    """The pages in these files on which articles of these sites go on."""

    def __init__(self, files: Sequence[WarcFile], sites: Sites) -> None:
        self._files, self._sites = files, sites
        self._places: dict[tuple[str, int], list[tuple[datetime, int, int]]] | None = None
        self._texts = TemporaryFile()  # noqa: SIM115 - closed with this object
        finalize(self, self._texts.close)

    def find(self, address: str, near: datetime) -> Iterator[bytes]:
        """A few records of this address, first that which was fetched nearest to a time."""
        if self._places is None:
            self._places = self._put_aside()
        places = self._places.get(page_number(address), ())
        for _, start, size in nsmallest(_MOST_OF_ONE, places, key=lambda place: abs(place[0] - near)):
            self._texts.seek(start)
            yield self._texts.read(size)

    def _put_aside(self) -> dict[tuple[str, int], list[tuple[datetime, int, int]]]:
        found: dict[tuple[str, int], list[tuple[datetime, int, int]]] = {}
        count = size = 0
        for key, at, text in self._candidates():
            if count == _MOST or size + len(text) > _MOST_BYTES:
                break
            self._texts.write(text)
            found.setdefault(key, []).append((at, size, len(text)))
            count, size = count + 1, size + len(text)
        return found

    def _candidates(self) -> Iterator[tuple[tuple[str, int], datetime, bytes]]:
        for file in self._files:
            for one in records(file, 0, LIMIT):
                if not isinstance(one, Record) or (head := head_of(one.text)) is None:
                    continue
                key = page_number(head.url)
                if key[1] > 1 and self._sites.find(head.url) is not None:
                    yield key, head.at, one.text


class Head(NamedTuple):
    """What a record says of itself."""

    url: str
    at: datetime


def head_of(text: bytes) -> Head | None:
    """The head of a record that may hold an answer; None for another kind, or without address and time."""
    head = text[:HEAD]
    if not may_be_answer(head) or (target := TARGET.search(head)) is None or (date := _DATE.search(head)) is None:
        return None
    try:
        url = written(target[1].decode("utf-8", "replace").strip()).replace(" ", "%20")  # as warcio reads it
        urlsplit(url)
        return Head(url, moment(date[1].decode("latin-1").strip()))
    except ValueError:
        return None
