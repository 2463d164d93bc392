"""From a record to the article on it. `read_archived` and `read_recorded` run in reader processes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from io import BytesIO

from warcio.bufferedreaders import BufferedReader, ChunkedDataReader
from warcio.recordloader import ArcWarcRecordLoader

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


def answer(text: bytes, limit: int) -> Fetch | None:
    """The answer that a record holds, None for a record of another kind; of a hostile one any exception is raised."""
    if b"response" not in text[:HEAD]:
        return None
    record = ArcWarcRecordLoader(verify_http=False).parse_record_stream(BufferedReader(BytesIO(_addressed(text))))
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


def _addressed(text: bytes) -> bytes:
    """The record with an address that begins as warcio wants it, which else takes no answer out: without quotes."""
    target = TARGET.search(text, 0, HEAD)
    if target is None or target[1].startswith((b"http:", b"https:")):
        return text
    return text[: target.start(1)] + written(target[1].decode("utf-8", "replace")).encode() + text[target.end(1) :]


def _body(stream: BufferedReader, headers: Mapping[str, str], limit: int) -> bytes:
    """The body as a browser would see it; raises as `crawler.text.content_codings.plain`."""
    if headers.get("transfer-encoding", "").lower() == "chunked":
        stream = ChunkedDataReader(stream)
    body: bytes = stream.read()
    return plain(body, headers.get("content-encoding", ""), limit)


def moment(text: str) -> datetime:
    """A WARC-Date, with its zone; ValueError for what is none, or lies before there was a web."""
    at = datetime.fromisoformat(text)
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    if at < FIRST_PAGE:
        raise ValueError(f"nothing was fetched at {text}")
    return at
