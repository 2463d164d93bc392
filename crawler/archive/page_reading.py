"""From a record to the article on it. `read_archived` and `read_recorded` run in reader processes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from io import BytesIO

from warcio.bufferedreaders import BufferedReader, ChunkedDataReader
from warcio.recordloader import ArcWarcRecordLoader
from warcio.statusandheaders import StatusAndHeaders, StatusAndHeadersParser

from crawler.archive.records import Fetch, PackedPage, load
from crawler.errors import Discard, Refused, ThoisuError
from crawler.extract import MOST_PAGES, join, verdict
from crawler.items import Article
from crawler.readers import PageRead, read_page
from crawler.sites import written
from crawler.text import FIRST_PAGE, charset
from crawler.text.content_codings import plain

HEAD = 4096
"""Bytes in which a record's own headers stand."""
TARGET = re.compile(rb"^WARC-Target-URI:[ \t]*([^\r\n]{1,2000})", re.I | re.M)
"""The address of a record in its head."""
_ANSWERS = b"response", b"resource"  # as a page was answered, and as it was kept without the answer's headers
_PAGES = ("text/html", "application/xhtml")
_SNIFFED = 100  # bytes of a block that tell whether it begins with markup
_INTERIM = 3  # answers before the answer
_STAMP = 14  # digits: YYYYMMDDhhmmss
_CUT = frozenset(("disconnect", "time", "unspecified"))  # WARC-Truncated; by "length" only what is very long is cut
_DAY = re.compile(r"([0-9]{4})(?:-?([0-9]{2}))?(?:-?([0-9]{2}))?")
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,7})[ \t]*(?:;[^\r\n]{0,100})?\r\n")


class BadRecord(ThoisuError):
    """A record that is none."""


def read_archived(page: PackedPage, site: bytes) -> PageRead:
    """The article on a page of our own archive; raises as `read` and `records.load`."""
    return read(load(page), site)


def read_recorded(text: bytes, limit: int, site: bytes) -> PageRead | None:
    """The article in a record of anybody's, of at most `limit` bytes, None for a record without an answer.

    Raises `BadRecord`, and as `read`.
    """
    try:
        fetch = answer(text, limit)
    except Exception as error:  # a hostile record makes the parser raise whatever it likes
        raise BadRecord(str(error) or type(error).__name__) from None
    return read(fetch, site) if fetch else None


def read(fetch: Fetch, site: bytes) -> PageRead:
    """The article on an archived page, as a crawl reads it; raises `Discard` and `Quarantine`. `site` as `packed`."""
    kind = next((value for name, value in fetch.headers if name.lower() == "content-type"), "")
    if reason := verdict(fetch.status, {"content-type": kind}, fetch.body):
        raise Discard(reason)
    return read_page(fetch.body, fetch.url, charset(kind), site)


def join_pages(first: PageRead, further: Callable[[str], PageRead | None]) -> tuple[Article, str | None]:
    """An article with its further pages, as far as they are there, and the address of the first that is not.

    `further` reads the page at an address; it gives None for a page that is not there, and raises `Refused` for one
    that cannot be read: there the article ends, as it does in a crawl.
    """
    article, following = first
    asked: set[str] = set()
    while following and following not in asked and len(asked) + 1 < MOST_PAGES:
        asked.add(following)
        try:
            page = further(following)
        except Refused:
            break
        if page is None:
            return article, following
        if (joined := join(article, page.article)) is None:
            break
        article, following = joined, page.following
    return article, None


def may_be_answer(text: bytes) -> bool:
    """Whether a record names a kind that may hold a page, which is soon told of one that does not."""
    return any(kind in text[:HEAD] for kind in _ANSWERS)


def answer(text: bytes, limit: int) -> Fetch | None:
    """The answer that a record holds, None for a record of another kind; of a hostile one any exception is raised."""
    if not may_be_answer(text):
        return None
    loader = ArcWarcRecordLoader(verify_http=False)
    record = loader.parse_record_stream(BufferedReader(BytesIO(_addressed(text))), no_record_parse=True)
    fields = {name.lower(): value for name, value in record.rec_headers.headers}
    address = fields.get("warc-target-uri", "")
    if record.rec_type.encode() not in _ANSWERS or not address.startswith(("http:", "https:")):
        return None
    if (cut := fields.get("warc-truncated", "").lower()) in _CUT:
        raise BadRecord(f"cut off when it was fetched ({cut})")
    status, headers, body = _answered(record.raw_stream.read(), record.rec_type, fields.get("content-type", ""))
    if record.rec_type == "resource" and not headers[0][1].startswith(_PAGES):
        return None
    return Fetch(
        url=written(address),  # wget puts it in angle brackets
        site="",
        link=None,
        status=status,
        headers=headers,
        body=_body(body, {name.lower(): value for name, value in headers}, limit),
        at=moment(fields["warc-date"]),
    )


def _answered(block: bytes, kind: str, media_type: str) -> tuple[int, tuple[tuple[str, str], ...], bytes]:
    """Status, headers and body of what a record holds; one that was kept without its answer's headers was well.

    Before the answer itself may stand another: "100 Continue", and a proxy's "200 Connection established".
    """
    bare = block[:_SNIFFED].lstrip().startswith(b"<")
    if kind == "resource" or bare:
        return 200, (("Content-Type", "text/html" if bare and "http" in media_type else media_type),), block
    stream = BufferedReader(BytesIO(block))
    http = _headers(stream)
    for _ in range(_INTERIM):
        if not (http.statusline.startswith("1") or http.statusline.lower().endswith("connection established")):
            break
        http = _headers(stream)
    return int(http.get_statuscode()), tuple(http.headers), stream.read()


def _headers(stream: BufferedReader) -> StatusAndHeaders:
    return StatusAndHeadersParser(["HTTP/"], verify=False).parse(stream)


def _addressed(text: bytes) -> bytes:
    """The record with an address that begins as warcio wants it, which else takes no answer out: without quotes."""
    target = TARGET.search(text, 0, HEAD)
    if target is None or target[1].startswith((b"http:", b"https:")):
        return text
    return text[: target.start(1)] + written(target[1].decode("utf-8", "replace")).encode() + text[target.end(1) :]


def _body(body: bytes, headers: Mapping[str, str], limit: int) -> bytes:
    """The body as a browser would see it; raises as `crawler.text.content_codings.plain`.

    Some archives have chunks and lack the header that tells of them.
    """
    if "chunked" in headers.get("transfer-encoding", "").lower() or _is_chunked(body):
        body = ChunkedDataReader(BytesIO(body)).read()
    return plain(body, headers.get("content-encoding", ""), limit)


def _is_chunked(body: bytes) -> bool:
    """Whether a body begins with a chunk that ends where it says."""
    first = _CHUNK.match(body)
    return first is not None and body.startswith(b"\r\n", first.end() + int(first[1], 16)) and int(first[1], 16) > 0


def moment(text: str) -> datetime:
    """A WARC-Date, with its zone; ValueError for what is none, or lies before there was a web.

    One that names a month or a year alone, as version 1.1 allows, is its beginning.
    """
    if text.isdigit() and len(text) == _STAMP:  # as ARC files write it
        text = f"{text[:8]}T{text[8:]}"
    elif day := _DAY.fullmatch(text):
        text = f"{day[1]}-{day[2] or '01'}-{day[3] or '01'}"
    at = datetime.fromisoformat(text)
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    if at < FIRST_PAGE:
        raise ValueError(f"nothing was fetched at {text}")
    return at
