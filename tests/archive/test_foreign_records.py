"""Records as other programs write them: what of each is an answer, and what files are none of records."""

from __future__ import annotations

import gzip
import zipfile
import zlib
from pathlib import Path

import pytest
from backports import zstd

from crawler.archive.page_reading import BadRecord, answer, moment, read_recorded
from crawler.archive.warc_files import warc_files
from crawler.errors import BadInput
from crawler.readers import packed

URL = "https://bao.example.vn/de-bien-post1.html"
PAGE = ("<html><h1>Gia cố đê biển</h1>" + "<p>Con đê dài bốn cây số vừa được đắp lại.</p>" * 9 + "</html>").encode()
LIMIT = 2**20
HTTP = "application/http; msgtype=response"


def http(body: bytes = PAGE, *fields: str, status: str = "HTTP/1.1 200 OK") -> bytes:
    return "\r\n".join((status, "Content-Type: text/html", *fields, "", "")).encode() + body


def record(block: bytes, *fields: str, kind: str = "response", url: str = URL, media_type: str = HTTP) -> bytes:
    head = (
        "WARC/1.0",
        f"WARC-Type: {kind}",
        f"WARC-Target-URI: {url}",
        "WARC-Date: 2016-10-05T01:00:00Z",
        f"Content-Type: {media_type}",
        *fields,
        f"Content-Length: {len(block)}",
    )
    return "\r\n".join((*head, "", "")).encode() + block + b"\r\n\r\n"


def chunks(body: bytes) -> bytes:
    parts = [body[at : at + 100] for at in range(0, len(body), 100)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (*parts, b""))


@pytest.mark.parametrize(
    "block",
    [
        http(),
        http(status="HTTP/2 200"),
        http(chunks(PAGE), "Transfer-Encoding: chunked"),
        http(chunks(gzip.compress(PAGE)), "Transfer-Encoding: gzip, chunked"),
        http(chunks(zlib.compress(PAGE)), "Transfer-Encoding: Chunked", "Content-Encoding: deflate"),
        http(chunks(PAGE)),  # the header that told of the chunks was left out
        http(PAGE, "Transfer-Encoding: chunked"),  # and here it was kept when they were undone
        b"HTTP/1.1 100 Continue\r\n\r\n" + http(),
        b"HTTP/1.1 200 Connection established\r\n\r\n" + http(),
        b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n" + http(),
        PAGE,  # kept without what was before it
    ],
)
def test_the_answer_in_a_record(block: bytes) -> None:
    fetch = answer(record(block), LIMIT)
    assert fetch is not None
    assert (fetch.status, fetch.body, fetch.url) == (200, PAGE, URL)


def test_a_page_that_was_kept_as_a_resource_is_one() -> None:
    text = record(PAGE, kind="resource", media_type="text/html; charset=utf-8")
    fetch = answer(text, LIMIT)
    assert fetch is not None
    assert (fetch.status, fetch.headers, fetch.body) == (200, (("Content-Type", "text/html; charset=utf-8"),), PAGE)
    page = read_recorded(text, LIMIT, packed(None))
    assert page is not None
    assert page.article.title == "Gia cố đê biển"


@pytest.mark.parametrize(
    ("kind", "url", "media_type"),
    [
        ("resource", URL, "application/pdf"),
        ("resource", f"urn:text:{URL}", "text/html"),
        ("response", "dns:bao.example.vn", "text/dns"),
        ("metadata", URL, "application/warc-fields"),
        ("conversion", URL, "text/plain"),
        ("request", URL, "application/http; msgtype=request"),
    ],
)
def test_what_holds_no_page(kind: str, url: str, media_type: str) -> None:
    assert answer(record(b"a: response, resource", kind=kind, url=url, media_type=media_type), LIMIT) is None


def test_a_page_that_was_cut_off_when_it_was_fetched_is_told() -> None:
    with pytest.raises(BadRecord, match="cut off"):
        read_recorded(record(http(PAGE[:200]), "WARC-Truncated: disconnect"), LIMIT, packed(None))
    assert answer(record(http(), "WARC-Truncated: length"), LIMIT) is not None


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2016-10-05T01:00:00.123456789Z", "2016-10-05T01:00:00.123456+00:00"),
        ("2016-10-05T08:00+07:00", "2016-10-05T08:00:00+07:00"),
        ("20161005010203", "2016-10-05T01:02:03+00:00"),
        ("2016-10-05", "2016-10-05T00:00:00+00:00"),
        ("2016-10", "2016-10-01T00:00:00+00:00"),
        ("2016", "2016-01-01T00:00:00+00:00"),
    ],
)
def test_dates(written: str, meant: str) -> None:
    assert moment(written).isoformat() == meant


@pytest.mark.parametrize("written", ["", "soon", "2016-13", "201610050102", "99999999999999", "1900"])
def test_what_is_no_date(written: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        moment(written)


def test_what_is_no_file_of_records_is_told_by_what_it_is(tmp_path: Path) -> None:
    arc = b"filedesc://a.arc 0.0.0.0 20050101000000 text/plain 10\n1 0 Archive\n"
    files = {
        "a.arc": (arc, "an ARC file"),
        "a.arc.gz": (gzip.compress(arc), "an ARC file"),
        "a.warc.zst": (zstd.compress(record(http())), "packed by zstd"),
        "b.warc.zst": (b"\x5d\x2a\x4d\x18\x04\0\0\0abcd", "dictionary"),
    }
    for name, (data, word) in files.items():
        (tmp_path / name).write_bytes(data)
        with pytest.raises(BadInput, match=word):
            warc_files(tmp_path / name)


def test_a_wacz_holds_files_of_any_spelling_and_is_refused_without_one(tmp_path: Path) -> None:
    path = tmp_path / "a.wacz"
    with zipfile.ZipFile(path, "w") as wacz:
        wacz.writestr("archive/DATA.WARC.GZ", gzip.compress(record(http())))
    assert [file.entry for file in warc_files(path)[0]] == ["archive/DATA.WARC.GZ"]
    with zipfile.ZipFile(path, "w") as wacz:
        wacz.writestr("inner.wacz", b"")
    with pytest.raises(BadInput, match="holds no"):
        warc_files(path)
