"""The answers in WARC files, one by one and the further pages of an article by their addresses.

Further pages stand anywhere, before the first or in another file. So they are looked for once, when the first article
that goes on is met: all files are gone through, and what may be a further page is put aside on the disk.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from io import BytesIO
from tempfile import TemporaryFile
from weakref import finalize

from warcio.bufferedreaders import BufferedReader, ChunkedDataReader
from warcio.recordloader import ArcWarcRecordLoader

from crawler.archive import Fetch
from crawler.archive.record_stream import Record
from crawler.archive.warc_files import LIMIT, WarcFile, records
from crawler.extract import page_number
from crawler.sites import Sites, written
from crawler.text.content_codings import plain

_MOST = 100_000  # records that are put aside, of about 200 bytes of memory each
_MOST_BYTES = 2 * 2**30  # on the disk
_HEAD = 4096  # bytes of a record's own headers
_TARGET = re.compile(rb"^WARC-Target-URI:[ \t]*<?([^\s>]{1,2000})", re.I | re.M)
_DATE = re.compile(rb"^WARC-Date:[ \t]*([0-9A-Z:.+-]{1,40})", re.I | re.M)
_NUMBER = re.compile(rb"\d")


class FurtherPages:
    """The pages in these files on which articles of these sites go on."""

    def __init__(self, files: Sequence[WarcFile], sites: Sites) -> None:
        self._files, self._sites = files, sites
        self._places: dict[tuple[str, int], list[tuple[datetime, int, int]]] | None = None
        self._texts = TemporaryFile()  # noqa: SIM115 - closed with this object
        finalize(self, self._texts.close)

    def find(self, address: str, near: datetime, limit: int) -> Fetch | None:
        """The answer of this address that was fetched nearest to a time; None when no file holds one."""
        if self._places is None:
            self._places = self._put_aside()
        places = self._places.get(page_number(address), ())
        for _, start, size in sorted(places, key=lambda place: abs(place[0] - near)):
            self._texts.seek(start)
            try:
                fetch = answer(self._texts.read(size), limit)
            except Exception:  # noqa: S112 - what is wrong with it is said where its own record is read
                continue
            if fetch is not None and fetch.status == 200:
                return fetch
        return None

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
                if not isinstance(one, Record) or b"response" not in (head := one.text[:_HEAD]):
                    continue
                target, date = _TARGET.search(head), _DATE.search(head)
                if not target or not date or not _NUMBER.search(target[1]):
                    continue
                url = target[1].decode("utf-8", "replace")
                try:
                    key, at = page_number(url), moment(date[1].decode())
                except ValueError:
                    continue
                if key[1] > 1 and self._sites.find(url) is not None:
                    yield key, at, one.text


def answer(text: bytes, limit: int) -> Fetch | None:
    """The answer that a record holds, None for a record of another kind; of a hostile one any exception is raised."""
    if b"response" not in text[:_HEAD]:
        return None
    record = ArcWarcRecordLoader(verify_http=False).parse_record_stream(BufferedReader(BytesIO(text)))
    fields = {name.lower(): value for name, value in record.rec_headers.headers}
    if record.rec_type != "response" or record.http_headers is None:
        return None
    headers = tuple(record.http_headers.headers)
    return Fetch(
        url=written(fields["warc-target-uri"]),  # wget puts it in angle brackets
        site="",
        link=None,
        status=int(record.http_headers.get_statuscode()),
        headers=headers,
        body=_body(record.raw_stream, {name.lower(): value for name, value in headers}, limit),
        at=moment(fields["warc-date"]),
    )


def _body(stream: BufferedReader, headers: Mapping[str, str], limit: int) -> bytes:
    """The body as a browser would see it; raises as `crawler.text.content_codings.plain`."""
    if headers.get("transfer-encoding", "").lower() == "chunked":
        stream = ChunkedDataReader(stream)
    body: bytes = stream.read()
    return plain(body, headers.get("content-encoding", ""), limit)


def moment(text: str) -> datetime:
    """A WARC-Date, with its zone; ValueError for what is none."""
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)
