"""Articles on several pages out of archive files, wherever in them the pages stand."""

from __future__ import annotations

import gzip
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler.archive.warc_files import WarcFile
from crawler.backfill import warc_pages
from crawler.backfill.warc_import import Copied, copy
from crawler.backfill.warc_pages import FurtherPages
from crawler.cli.warcs import copy_files
from crawler.discover import DayRange
from crawler.readers import Readers
from crawler.sites import EPI, Feed, Site, Sites
from crawler.store import Store

HOME = "https://bao.example.vn/"
ARTICLE = f"{HOME}duong-ven-bien-post123456.html"
FETCHED = datetime(2026, 10, 6, 3, 0, tzinfo=UTC)
EVER = DayRange(date.min, date.max)
TEXT = (
    "Sáng nay, tỉnh thông xe tuyến đường ven biển dài hơn bốn mươi cây số, nối bảy xã với khu kinh tế phía nam.",
    "Công trình được khởi công cách đây ba năm, với tổng vốn gần năm nghìn tỷ đồng từ ngân sách của tỉnh.",
    "Người dân hai bên tuyến bày tỏ vui mừng vì thời gian đi lại được rút ngắn một nửa so với trước đây.",
)
SITES = Sites(
    [
        Site(
            name="bao", publisher="Báo", home=HOME, tier="press", article=r"-post\d+(?:/\d+)?(?:\.html)?$", layout=EPI,
            sources=(Feed(f"{HOME}home.rss"),),
        )
    ]
)  # fmt: skip


def record(
    number: int, *, words: str = "", status: str = "200 OK", at: datetime = FETCHED, path: bool = False
) -> bytes:
    """The answer of a page of the article as warcio writes it, in a gzip member of its own."""
    first = ARTICLE.removesuffix(".html") if path else ARTICLE
    url = first if number == 1 else f"{first}/{number}" if path else f"{first}?page={number}"
    following = f"{first}/{number + 1}" if path else f"?page={number + 1}"
    pager = f'<a rel="next" href="{following}">{number + 1}</a>' if number < len(TEXT) else ""
    body = (
        f'<meta charset="utf-8"><link rel="canonical" href="{first}">'
        '<h1 class="article__title cms-title">Thông xe tuyến đường ven biển</h1>'
        '<div class="article__meta"><time class=time datetime="2026-10-05T14:30:00+0700">05/10/2026 14:30</time></div>'
        f'<div class="article__body cms-body"><p>{words or TEXT[number - 1]}</p></div>{pager}'
    ).encode()
    out = BytesIO()
    writer = WARCWriter(out, gzip=True)
    http = StatusAndHeaders(status, [("Content-Type", "text/html; charset=utf-8")], protocol="HTTP/1.1")
    dated = {"WARC-Date": at.strftime("%Y-%m-%dT%H:%M:%SZ")}
    payload = {"payload": BytesIO(body), "length": len(body)}
    writer.write_record(
        writer.create_warc_record(url, "response", **payload, http_headers=http, warc_headers_dict=dated)
    )
    return out.getvalue()


def written(path: Path, records: list[bytes]) -> WarcFile:
    path.write_bytes(b"".join(records))
    return WarcFile(path)


def imported(folder: Path, *files: WarcFile) -> tuple[list[str], list[Copied]]:
    """The bodies that the store holds after an import of these files, and what came out of each."""
    pages = FurtherPages(files, SITES)
    with Store.open(f"sqlite:///{folder}/store.db") as store:
        found = [copy(store, file, SITES, EVER, pages=pages, now=FETCHED + timedelta(days=60)) for file in files]
        return [store.article(row.id).article.body for row in store.articles(limit=None)], found  # type: ignore[union-attr]


@pytest.mark.parametrize("path", [False, True], ids=["query", "path"])
@pytest.mark.parametrize("order", list(permutations((1, 2, 3))))
def test_pages_in_any_order_are_one_article(tmp_path: Path, order: tuple[int, ...], path: bool) -> None:
    bodies, (found,) = imported(
        tmp_path, written(tmp_path / "a.warc.gz", [record(number, path=path) for number in order])
    )
    assert bodies == ["\n".join(TEXT)]
    assert (found.what, found.missing) == ({"created": 1, "not_article": 2}, [])


def test_file_that_is_packed_as_a_whole(tmp_path: Path) -> None:
    unpacked = b"".join(gzip.decompress(record(number)) for number in (3, 1, 2))
    bodies, _ = imported(tmp_path, written(tmp_path / "a.warc.gz", [gzip.compress(unpacked)]))
    assert bodies == ["\n".join(TEXT)]


def test_a_page_in_another_file(tmp_path: Path) -> None:
    files = written(tmp_path / "a.warc.gz", [record(1), record(3)]), written(tmp_path / "b.warc.gz", [record(2)])
    assert imported(tmp_path, *files)[0] == ["\n".join(TEXT)]


def test_what_is_missing_ends_the_article_and_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(tmp_path / "a.warc.gz", [record(1), record(2)])
    bodies, (found,) = imported(tmp_path, file)
    assert bodies == ["\n".join(TEXT[:2])]
    assert (found.missing, found.faults) == ([f"{ARTICLE}?page=3"], [])
    url = f"sqlite:///{tmp_path}/other.db"
    copy_files([file.path], None, SITES, SITES, EVER, url, dry=False, json_=False)
    assert f"an article ends before {ARTICLE}?page=3" in capsys.readouterr().err


def test_a_page_that_cannot_be_read_ends_the_article_as_in_a_crawl(tmp_path: Path) -> None:
    file = written(tmp_path / "a.warc.gz", [record(1), record(2, status="404 Not Found")])
    bodies, (found,) = imported(tmp_path, file)
    assert (bodies, found.missing) == ([TEXT[0]], [f"{ARTICLE}?page=2"])


def test_of_several_answers_the_nearest_in_time_is_taken(tmp_path: Path) -> None:
    other = "Phần này của bài được viết lại một tháng sau khi con đường được đưa vào sử dụng, với nhiều số liệu mới."
    later = record(2, words=other, at=FETCHED + timedelta(days=30))
    file = written(tmp_path / "a.warc.gz", [later, record(1), record(2), record(3)])
    assert imported(tmp_path, file)[0] == ["\n".join(TEXT)]


def test_of_very_many_answers_a_few_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bytes] = []
    usual = Readers.wait

    def wait(self: Readers, seconds: float, function: Any, *args: Any) -> Any:
        asked.append(args[0])
        return usual(self, seconds, function, *args)

    monkeypatch.setattr(Readers, "wait", wait)
    gone = [record(2, status="404 Not Found", at=FETCHED + timedelta(minutes=n)) for n in range(60)]
    bodies, _ = imported(tmp_path, written(tmp_path / "a.warc.gz", [record(1), *gone]))
    assert bodies == [TEXT[0]]
    assert 1 < len(asked) < len(gone)


def test_no_more_is_put_aside_than_there_is_room_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warc_pages, "_MOST", 1)
    file = written(tmp_path / "a.warc.gz", [record(2), record(3), record(1)])
    bodies, (found,) = imported(tmp_path, file)
    assert (bodies, found.missing) == (["\n".join(TEXT[:2])], [f"{ARTICLE}?page=3"])


def test_files_without_such_articles_are_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FurtherPages, "_put_aside", lambda _: pytest.fail("nothing goes on"))
    assert imported(tmp_path, written(tmp_path / "a.warc.gz", [record(3)]))[1][0].what == {"not_article": 1}


@pytest.mark.parametrize(
    "written", ["<https://bao.example.vn/tin so 1-post1.html>", "https://bao.example.vn/tin so 1-post1.html "]
)
def test_an_address_with_blanks_is_read_as_warcio_reads_it(written: str) -> None:
    head = warc_pages.head_of(
        f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {written}\r\nWARC-Date: 2026-10-06T03:00:00Z\r\n".encode()
    )
    assert head is not None
    assert head.url == "https://bao.example.vn/tin%20so%201-post1.html"
