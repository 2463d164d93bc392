"""A fetched page as a WARC record, each record a gzip member of its own, and what a reader makes of it.

Bodies are kept decoded, as the extractor saw them, so that any reader can show them: Transfer-Encoding and, where it
was undone, Content-Encoding are left out, and Content-Length is that of the body kept. All other headers are as
received, their names in Scrapy's spelling. Requests are not kept: they differ in nothing but the address, and the
`warcinfo` record names the user agent.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from http.client import responses
from io import BytesIO
from typing import Any, BinaryIO, NamedTuple

from warcio.bufferedreaders import BufferedReader
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecordLoader
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler.errors import ThoisuError

_SITE, _LINK = "Thoisu-Site", "Thoisu-Link"  # extension fields: ISO 28500:2017, section 5.20, lets a reader pass over
_LEVEL = 4
"""Of gzip: on real pages a third less work than level 6 and files 5 % larger."""
_PIECE = 1 << 18
BROKEN = (EOFError, zlib.error, ArchiveLoadFailed, ValueError, KeyError)
"""What reading a damaged record raises."""
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # a token: RFC 9110, section 5.6.2
_REFRAMED = frozenset({"content-length", "transfer-encoding"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetch:
    """One answer of a site."""

    url: str
    """The address that answered, after redirects."""
    site: str
    """The spider's name."""
    link: str | None
    """For an article's page, the canonical address under which it was pending; None for a source."""
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    at: datetime
    ip: str | None = None


class Damaged(ThoisuError):
    """A record that cannot be read, or whose body is not the one that was written."""


class Packed(NamedTuple):
    """A record as it stands in a file."""

    where: str
    """File and byte, for a person."""
    member: bytes
    """Empty when the file is gone."""


class PackedPage(NamedTuple):
    """A page of the archive as its files have it, to be read elsewhere."""

    own: Packed
    body: Packed | None
    """For a revisit, the record that holds its body; None when that is gone, or for any other record."""


class Original(NamedTuple):
    """The record that holds a body already."""

    url: str
    at: datetime


class Parsed(NamedTuple):
    """A record as read back: its own fields, and the answer when it is one."""

    fields: dict[str, str]
    """Names in lower case."""
    fetch: Fetch | None
    """None for `warcinfo` and the like; of a revisit, with an empty body."""
    sound: bool
    """Whether the body is the one whose digest was written down."""

    @property
    def digest(self) -> str:
        """Of the body."""
        return self.fields.get("warc-payload-digest", "")

    @property
    def revisit(self) -> bool:
        """Whether the body stands in an earlier record."""
        return self.fields["warc-type"] == "revisit"


class Maker:
    """Makes the records of one file: `info` first, then one for each answer."""

    def __init__(self) -> None:
        self._info_id = ""

    def info(self, filename: str, values: Mapping[str, str]) -> bytes:
        """The `warcinfo` record that opens a file."""
        builder = _builder()
        record = builder.create_warcinfo_record(filename, values)
        self._info_id = record.rec_headers.get_header("WARC-Record-ID")
        return _packed(builder, record)

    def response(self, fetch: Fetch, digest: str, original: Original | None) -> bytes:
        """A `response`, or a `revisit` (identical-payload-digest) when `original` holds the same body."""
        builder = _builder()
        fields = {"WARC-Date": stamp(fetch.at), "WARC-Warcinfo-ID": self._info_id, _SITE: fetch.site}
        if fetch.link is not None:
            fields[_LINK] = _line(fetch.link)
        if fetch.ip is not None:
            fields["WARC-IP-Address"] = fetch.ip
        kept = [
            (name, _line(value))
            for name, value in fetch.headers
            if name.lower() not in _REFRAMED and _NAME.fullmatch(name)
        ]
        kept.append(("Content-Length", str(len(fetch.body))))
        status = f"{fetch.status} {responses.get(fetch.status, '')}".strip()
        http = StatusAndHeaders(status, kept, protocol="HTTP/1.1")
        if original is not None:
            record = builder.create_revisit_record(
                fetch.url, digest, original.url, stamp(original.at), http_headers=http, warc_headers_dict=fields
            )
        else:
            record = builder.create_warc_record(
                fetch.url,
                "response",
                payload=BytesIO(fetch.body),
                length=len(fetch.body),
                http_headers=http,
                warc_headers_dict={**fields, "WARC-Payload-Digest": digest},
            )
        return _packed(builder, record)


def stamp(at: datetime) -> str:
    """A time as a WARC-Date, to the microsecond."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def walk(file: BinaryIO) -> Iterator[tuple[int, int, bytes]]:
    """From the file's position on, for each whole record its offset, its length in the file, and its text.

    EOFError when the last one is cut off, `zlib.error` where no record begins; the file's position is then anywhere.
    """
    offset, rest = file.tell(), b""
    while rest or (rest := file.read(_PIECE)):
        unpacker, parts, length = zlib.decompressobj(wbits=31), [], 0
        while not unpacker.eof:
            if not rest and not (rest := file.read(_PIECE)):
                raise EOFError("the last record is cut off")
            parts.append(unpacker.decompress(rest))
            length += len(rest) - len(unpacker.unused_data)
            rest = unpacker.unused_data
        yield offset, length, b"".join(parts)
        offset += length


def parse(text: bytes) -> Parsed:
    """The record of this text; raises what warcio raises (ArchiveLoadFailed, ValueError) when it is none."""
    record = ArcWarcRecordLoader().parse_record_stream(BufferedReader(BytesIO(text)), check_digests=True)
    fields = {name.lower(): value for name, value in record.rec_headers.headers}
    http, body = record.http_headers, record.raw_stream.read()
    fetch = None
    if http is not None and fields["warc-type"] in ("response", "revisit"):
        fetch = Fetch(
            url=fields["warc-target-uri"],
            site=fields.get(_SITE.lower(), ""),
            link=fields.get(_LINK.lower()),
            status=int(http.get_statuscode()),
            headers=tuple(http.headers),
            body=body,
            at=datetime.fromisoformat(fields["warc-date"]),
            ip=fields.get("warc-ip-address"),
        )
    return Parsed(fields, fetch, record.digest_checker.passed is not False)


def load(page: PackedPage) -> Fetch:
    """The answer with its body; raises `Damaged`."""
    own = _sound(page.own)
    if own.fetch is None:
        raise Damaged(f"{page.own.where}: no answer of a site")
    if not own.revisit:
        return own.fetch
    if page.body is None:
        raise Damaged(f"{page.own.where}: the record that it refers to is gone")
    body = _sound(page.body)
    if body.fetch is None or body.digest != own.digest:
        raise Damaged(f"{page.body.where}: not the body that {page.own.where} refers to")
    return replace(own.fetch, body=body.fetch.body)


def _sound(record: Packed) -> Parsed:
    if not record.member:
        raise Damaged(f"{record.where}: the file is gone")
    try:
        _, _, text = next(walk(BytesIO(record.member)))
        parsed = parse(text)
    except (*BROKEN, StopIteration) as error:
        raise Damaged(f"{record.where}: {error or type(error).__name__}") from None
    if not parsed.sound:
        raise Damaged(f"{record.where}: the body does not match its digest")
    return parsed


def _builder() -> Any:
    # Packed here and not by warcio, which knows the highest level alone: one buffer, one write, one record.
    return WARCWriter(BytesIO(), gzip=False, warc_version="WARC/1.1")


def _packed(builder: Any, record: Any) -> bytes:
    builder.write_record(record)
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, 31)
    return packer.compress(builder.out.getvalue()) + packer.flush()


def _line(value: str) -> str:
    """A header's value on one line, whatever it holds."""
    return " ".join(value.split()) if not value.isprintable() else value
