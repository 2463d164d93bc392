"""Pauses, limits and reasons between the spider and the network, without a network."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import re
import unicodedata
import zlib
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapy import Request
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)
from scrapy.http import Response
from scrapy.robotstxt import ProtegoRobotParser
from scrapy.settings import Settings

from crawler import middlewares, settings
from crawler.errors import BadInput, Refusal
from crawler.extract import is_wall, verdict
from crawler.fetch import replay
from crawler.fetch.guard import Denied
from crawler.fetch.middlewares import (
    BackoffMiddleware,
    DecompressionMiddleware,
    SiteBusy,
    SiteSlotMiddleware,
    reason_of,
)
from crawler.fetch.robots import readable
from crawler.fetch.spider import SiteSpider
from crawler.items import Asked
from crawler.text import retry_after

PARAGRAPH = "<p>Sáng nay, đoàn công tác đã đến thăm các hộ dân ở ven sông và trao đổi về việc sửa lại con đê.</p>"
HTML = {"content-type": "text/html; charset=utf-8"}


def page(title: str, paragraphs: int = 20) -> bytes:
    head = f"<!DOCTYPE html><html><head><title>{title}</title></head><body><h1>{title}</h1>"
    return f"{head}{PARAGRAPH * paragraphs}{' ' * 600}</body></html>".encode()


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (401, "forbidden"), (403, "forbidden"), (404, "not_found"), (410, "gone"), (451, "forbidden"),
        (429, "rate_limited"), (500, "server_error"), (503, "server_error"), (206, "server_error"), (302, "redirected"),
    ],
)  # fmt: skip
def test_every_status_has_its_word(status: int, reason: str) -> None:
    assert verdict(status, HTML, page("Đê đã được sửa")) == reason


@pytest.mark.parametrize(
    "body",
    [
        b'<html><body><script>document.cookie="D1N=0a1b2c3d";window.location.reload(true);</script></body></html>',
        b'<script>window.location.href="%2Fthoi-su%2Fbai.vov"</script>',
        page("Attention Required! | Cloudflare", 2),
        page("Just a moment...", 2),
        b"<html><head><title>x</title></head><body>" + b" " * 700 + b"<form><img src=captcha.png></form></body></html>",
        b'<html><head><meta http-equiv="refresh" content="0"></head></html>',
    ],
)
def test_walls_are_named(body: bytes) -> None:
    assert is_wall(body)
    assert verdict(200, HTML, body) == verdict(403, HTML, body) == Refusal.CHALLENGE


@pytest.mark.parametrize(
    "title",
    [
        "404",
        "Lỗi 404",
        "404 Not Found",
        "Error 404: Page not found",
        "Không tìm thấy trang",
        "Trang bạn tìm không tồn tại",
        "Bài viết đã bị gỡ",
        "Kh&ocirc;ng t&igrave;m thấy trang | Báo Sông Đà",
    ],
)
def test_error_pages_that_say_200_are_soft_404s(title: str) -> None:
    assert verdict(200, HTML, page(title)) == Refusal.SOFT_404


@pytest.mark.parametrize(
    "title",
    [
        "404 hộ dân ven sông được cấp nước sạch trước mùa lũ",
        "Không tìm thấy dấu vết dầu tràn ở cửa sông",
        "Trang trại không tồn tại trên giấy tờ vẫn nhận hỗ trợ",
        "Bài học từ một công trình không ai dùng",
    ],
)
def test_articles_about_missing_things_are_articles(title: str) -> None:
    assert verdict(200, HTML, page(title)) is None
    assert verdict(200, HTML, page(title) + b" " * 60_000) is None


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({"content-type": "application/pdf"}, page("Văn bản")),
        ({"content-type": "image/jpeg"}, b"\xff\xd8\xff" + b"x" * 900),
        (HTML, b"%PDF-1.7" + b"x" * 900),
        ({}, b"PK\x03\x04" + b"x" * 900),
    ],
)
def test_files_are_no_pages(headers: dict[str, str], body: bytes) -> None:
    assert verdict(200, headers, body) == Refusal.NOT_HTML


@pytest.mark.parametrize(
    "declared",
    "html|*/*|(null)|; charset=utf-8|unknown/unknown|application/x-httpd-php|httpd/unix-directory"
    "|content/unknown; charset=utf-8|application/force-download|application/html".split("|"),
)
def test_a_type_that_says_nothing_is_told_by_the_first_bytes(declared: str) -> None:
    headers = {"content-type": declared}
    assert verdict(200, headers, b"\xef\xbb\xbf\n<!-- cms -->" + page("Đê đã được sửa")) is None
    assert verdict(200, headers, b"<?php echo 1; ?>" + page("Đê đã được sửa")) == Refusal.NOT_HTML
    assert verdict(200, headers, b"{" + b" " * 900) == Refusal.NOT_HTML


def test_a_stub_is_no_page_and_a_short_article_is_one() -> None:
    assert verdict(200, HTML, b"<html><body>OK</body></html>" + b" " * 200) == Refusal.SOFT_404
    assert verdict(200, HTML, "<html><h1>Tin nhanh</h1><p>Nước đã rút.</p></html>".encode()) is None


@given(st.binary(max_size=2000), st.integers(100, 599))
def test_a_verdict_never_fails(body: bytes, status: int) -> None:
    reason = verdict(status, HTML, body)
    assert reason is None or isinstance(reason, Refusal)


NOW = datetime(2026, 8, 3, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("120", 120.0),
        (" 0 ", 0.0),
        ("Mon, 03 Aug 2026 12:01:00 GMT", 60.0),
        ("Mon, 03 Aug 2026 11:00:00 GMT", 0.0),
        ("soon", None),
        ("-5", None),
        ("\xb2", None),
        ("1" * 5000, None),
        ("1" * 30, None),
        ("172801", 172800.0),
        ("1763000000", 0.0),  # a Unix time, which is past
        ("1785762000", 3600.0),
        ("4000000000", None),
        ("Fri, 31 Dec 9999 23:59:59 GMT", None),
        ("Mon, 17 Aug 2026 12:00:00 GMT", 172800.0),
        ("Mon, 03 Aug 2026 12:01:00 GMT" + " " * 10_000, 60.0),
        ("Mon, 03 Aug 2026 12:01:00 GMT " + "x" * 10_000, None),
        ("Mon, 01 Jan 99999999999999999999 00:00:00 GMT", None),
        ("Mon, 01 Jan 0001 00:00:00 +2359", 0.0),
        ("Mon, 01 Jan 2026 00:00:00 +999999999999", None),
        ("", None),
        ("120.5", 120.0),
        ("120s", 120.0),
        ("120 seconds", 120.0),
        ("120, 120", 120.0),
        ("60; remark", 60.0),
        ('"120"', 120.0),
        ("2026-08-03T12:01:00Z", 60.0),
        ("1T", None),
        ("5 minutes", None),
    ],
)
def test_retry_after(value: str | None, seconds: float | None) -> None:
    assert retry_after(value, NOW) == seconds


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (Denied(Refusal.PRIVATE_ADDRESS), "private_address"),
        (Denied(Refusal.ROBOTS), "robots"),
        (IgnoreRequest("exceeded DOWNLOAD_MAXSIZE (5 B) during decompression."), "too_large"),
        (DownloadTimeoutError(), "timeout"),
        (DownloadCancelledError(), "too_large"),
        (CannotResolveHostError(), "unreachable"),
        (ResponseDataLossError(), "unreachable"),
        (zlib.error("incorrect header"), "unreadable"),
        (EOFError(), "unreadable"),
        (ZeroDivisionError(), None),
    ],
)
def test_errors_have_words(error: Exception, reason: str | None) -> None:
    assert reason_of(error) == reason


def test_the_page_of_middlewares_tells_of_those_in_use_in_their_order() -> None:
    told = re.findall(r"^- `(\w+)` \((\d+)\)", middlewares.__doc__ or "", re.MULTILINE)
    used = {path: place for path, place in settings.DOWNLOADER_MIDDLEWARES.items() if place is not None}
    assert {f"crawler.middlewares.{name}": int(place) for name, place in told} == used
    assert [int(place) for _, place in told] == sorted(used.values())
    assert sorted(name for name, _ in told) == sorted(middlewares.__all__)
    off = [path for path, place in settings.DOWNLOADER_MIDDLEWARES.items() if place is None]
    for name in (path.rpartition(".")[2].removesuffix("Middleware") for path in off):
        assert re.search(rf"\b{name}\b", middlewares.__doc__ or ""), name


class Site:
    """A crawler whose sleep is only written down."""

    def __init__(self, **own: Any) -> None:
        self.slept: list[float] = []
        self.crawling = True
        self.settings = Settings({"THOISU_BACKOFF_FIRST": 15.0, "THOISU_BACKOFF_MAX": 600.0, **own})
        self.middleware = BackoffMiddleware(self, self.sleep)  # type: ignore[arg-type]

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    def answer(self, status: int, what: Literal["article", "source"] = "article", **headers: str) -> Request | Response:
        request = Request("http://bao.vn/a", meta={"asked": Asked(what)})
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        response = Response("http://bao.vn/a", status=status, headers=named, body=b"x" * 700)
        return asyncio.run(self.middleware.process_response(request, response))


def test_the_site_waits_as_long_as_it_asks_for_and_the_page_is_asked_again() -> None:
    site = Site()
    assert isinstance(site.answer(429, Retry_After="7"), Request)
    assert sum(site.slept) == 7


def test_without_a_wish_each_pause_is_twice_the_last_and_a_good_answer_forgives() -> None:
    site = Site()
    for expected in (15, 45, 105):
        site.answer(503)
        assert sum(site.slept) == expected
    assert isinstance(site.answer(200), Response)
    site.answer(503)
    assert sum(site.slept) == 120


def test_a_good_answer_forgives_the_pauses_so_far() -> None:
    site = Site(THOISU_BACKOFF_MAX=100.0)
    for _ in range(4):  # 45 seconds each time: forgiven, they never come to 100
        assert isinstance(site.answer(503), Request)
        assert isinstance(site.answer(503), Request)
        site.answer(200)
    assert sum(site.slept) == 180
    for _ in range(2):
        site.answer(503)
    with pytest.raises(SiteBusy):
        site.answer(503)


def test_a_site_that_says_at_once_twice_is_not_believed() -> None:
    site = Site()
    for expected in (0, 15, 45):
        site.answer(503, Retry_After="0")
        assert sum(site.slept) == expected


def test_a_site_that_asks_for_too_much_is_left_alone() -> None:
    site = Site()
    with pytest.raises(SiteBusy, match="rate_limited"):
        site.answer(429, Retry_After="86400")
    assert site.slept == []


def test_pauses_of_no_length_come_to_an_end() -> None:
    site = Site()
    answers = 0
    with contextlib.suppress(SiteBusy):
        while answers < 50 and site.answer(503, Retry_After="0"):
            answers += 1
    assert 3 < answers < 12


def test_a_source_that_only_says_503_is_given_up_and_its_site_is_not() -> None:
    site = Site()
    answers = [site.answer(503, "source") for _ in range(8)]
    assert isinstance(answers[-1], Response)
    with pytest.raises(SiteBusy, match="rate_limited"):
        site.answer(503)
    with pytest.raises(SiteBusy, match="rate_limited"):
        site.answer(503, "source", Retry_After="86400")
    with pytest.raises(SiteBusy, match="rate_limited"):
        Site().answer(429, "source", Retry_After="86400")


def test_a_pause_ends_when_the_crawl_is_stopped() -> None:
    site = Site()
    site.crawling = False
    with pytest.raises(Denied, match="stopped"):
        site.answer(503)


def test_a_wall_behind_503_is_not_waited_for() -> None:
    site = Site()
    response = Response("http://bao.vn/a", status=503, body=page("Just a moment...", 2))
    assert asyncio.run(site.middleware.process_response(Request("http://bao.vn/a"), response)) is response


@pytest.mark.parametrize(
    ("robots", "delay"),
    [
        (b"User-agent: *\nCrawl-delay: 7", 7.0),
        (b"User-agent: *\nCrawl-delay: 0.5", 2.0),
        (b"User-agent: *\nCrawl-delay: 86400", 60.0),
        (b"User-agent: other\nCrawl-delay: 7", 2.0),
        (b"", 2.0),
    ],
)
def test_the_delay_of_robots_txt_is_kept_when_it_is_the_longer_one(robots: bytes, delay: float) -> None:
    live = SimpleNamespace(delay=2.0)
    crawler = crawler_of_one_site(live)
    SiteSlotMiddleware(crawler).robots_parsed(ProtegoRobotParser.from_crawler(crawler, robots))
    assert live.delay == delay
    # A slot that was idle for a minute is thrown away, and the next one must be as slow.
    kept = crawler.engine.downloader.per_slot_settings.get("songda", {"delay": 2.0})
    assert kept == {"delay": delay}


def crawler_of_one_site(slot: Any = None) -> Any:
    spider = SiteSpider("songda")
    own = {"DOWNLOAD_DELAY": 2.0, "THOISU_CRAWL_DELAY_MAX": 60.0, "ROBOTSTXT_USER_AGENT": "thoisu"}
    engine = SimpleNamespace(downloader=SimpleNamespace(slots={"songda": slot}, per_slot_settings={}))
    return SimpleNamespace(
        settings=Settings(own), spidercls=SimpleNamespace(name="songda"), spider=spider, engine=engine
    )


def test_all_requests_of_a_site_wait_in_one_queue() -> None:
    middleware = SiteSlotMiddleware(crawler_of_one_site())
    article = Request("https://media.bao.vn/a", meta={"asked": Asked("article"), "download_maxsize": 100})
    robots = Request("https://bao.vn/robots.txt")
    for request in (article, robots):
        middleware.process_request(request)
    assert article.meta["download_slot"] == robots.meta["download_slot"] == "songda"


@pytest.mark.parametrize(
    "url",
    [
        "https://www.bao.vn/tin/bai-1.htm",
        "http://bao.vn/tin/bai-1.htm",
        "https://bao.vn/tin/bai-1.htm/",
        "https://bao.vn/tin/bai-1.htm#phan-2",
    ],
)
def test_a_replay_knows_an_address_in_every_spelling(url: str) -> None:
    assert replay.key(url) == replay.key("https://bao.vn/tin/bai-1.htm")
    assert replay.key(url) != replay.key("https://bao.vn/tin/bai-1.htm?page=2")
    assert replay.key(url) != replay.key("https://bao.vn:8080/tin/bai-1.htm")


def folder(tmp_path: Path, table: str) -> Path:
    (tmp_path / "bai.html").write_bytes(page("Đê đã được sửa"))
    (tmp_path / "replay.tsv").write_text(table, encoding="utf-8")
    return tmp_path


def test_a_replay_answers_what_is_saved_and_refuses_the_rest(tmp_path: Path) -> None:
    saved = folder(tmp_path, "url\tfile\nhttps://bao.vn/bai.html\tbai.html\n")
    crawler = SimpleNamespace(settings=Settings({"THOISU_REPLAY": str(saved)}))
    handler = replay.ReplayHandler(crawler)  # type: ignore[arg-type]
    response = asyncio.run(handler.download_request(Request("http://www.bao.vn/bai.html/")))
    assert (response.status, response.url, response.body) == (
        200,
        "http://www.bao.vn/bai.html/",
        page("Đê đã được sửa"),
    )
    with pytest.raises(Denied) as error:
        asyncio.run(handler.download_request(Request("https://bao.vn/robots.txt")))
    assert error.value.reason is Refusal.NOT_SAVED


@pytest.mark.parametrize(
    "table",
    [
        "https://bao.vn/bai.html\tbai.html\n",
        "url\tfile\nhttps://bao.vn/bai.html\n",
        "url\tfile\nhttps://bao.vn/bai.html\tkhac.html\n",
        "url\tfile\nhttps://bao.vn/bai.html\t../../../../etc/passwd\n",
    ],
)
def test_a_broken_table_is_told_in_one_line(tmp_path: Path, table: str) -> None:
    with pytest.raises(BadInput, match=r"replay\.tsv, line [12]: "):
        replay.load(folder(tmp_path, table))


def test_a_folder_without_a_table_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"no replay\.tsv"):
        replay.load(tmp_path)


TIN = "http://bao.vn/tin/a-1.html"


@pytest.mark.parametrize(
    "text",
    [
        b"\xef\xbb\xbfUser-agent: *\nDisallow: /tin/",
        "User-agent: *\nDisallow: /tin/".encode("utf-16"),
        "\ufeffUser-agent: *\r\nDisallow: /tin/".encode("utf-16-be"),
        b"User-agent: *\nDisallow: tin/",
        b"User-agent: *\nDisallow: http://bao.vn/tin/",
        b"User-agent: *\nDis\0allow: /t\0in/",
        b"User-agent: *\rDisallow: /tin/",
        "\u200bUser-agent: *\nDisallow: /tin/\u200b".encode(),
        b"User-agent: * (all)\nDisallow: /tin/",
        b"User-agent: '*'\nDisallow: /tin/",
        b"User-agent: *\nDisallow: /anh/\nUser-agent: thoisu/1.0 (+https://example.org) # us\nDisallow: /tin/",
    ],
)
def test_robots_txt_is_read_whatever_it_is_written_in(text: bytes) -> None:
    rules = ProtegoRobotParser(readable(text), None)
    assert not rules.allowed(TIN, "thoisu")
    assert rules.allowed("http://bao.vn/anh/a-1.html", "thoisu")


def test_a_reader_that_is_called_something_else_is_another() -> None:
    rules = ProtegoRobotParser(readable(b"User-agent: *bot\nUser-agent: khac/1.0 thoisu\nDisallow: /\n"), None)
    assert rules.allowed(TIN, "thoisu")


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("10", 10.0), ("10s", 10.0), ("10 # giây", 10.0), ("0,5", 0.5), ("1.5 giây", 1.5), ("x", None)],
)
def test_a_delay_with_its_unit(said: str, seconds: float | None) -> None:
    rules = ProtegoRobotParser(readable(f"User-agent: *\nCrawl-delay: {said}\n".encode()), None)
    assert rules.crawl_delay("thoisu") == seconds


@pytest.mark.parametrize("rule", ["", " ", "# /tin/", "/anh/", "*.pdf$", "$"])
def test_what_robots_txt_leaves_open_stays_open(rule: str) -> None:
    text = f"User-agent: *\nDisallow:{rule}\nAllow: /tin/b\n".encode()
    assert readable(text) == text
    assert ProtegoRobotParser(readable(text), None).allowed(TIN, "thoisu")


def test_a_whole_site_that_is_closed_by_its_address_is_closed() -> None:
    rules = ProtegoRobotParser(readable(b"User-agent: *\nDisallow: https://bao.vn\n"), None)
    assert not rules.allowed(TIN, "thoisu")


def test_robots_txt_in_decomposed_letters() -> None:
    path = "/tin-tức/"
    text = f"User-agent: *\nDisallow: {unicodedata.normalize('NFD', path)}".encode()
    assert not ProtegoRobotParser(readable(text), None).allowed("http://bao.vn/tin-t%E1%BB%A9c/a", "thoisu")


@pytest.mark.parametrize(("what", "unpacked"), [("article", True), ("page", True), ("source", False)])
def test_what_no_header_calls_gzip_is_unpacked_unless_it_is_a_source(
    what: Literal["article", "page", "source"], unpacked: bool
) -> None:
    about = SimpleNamespace(connect=lambda *_, **__: None)
    crawler: Any = SimpleNamespace(
        settings=Settings({"COMPRESSION_ENABLED": True}), signals=about, stats=None, spider=None
    )
    request = Request("https://bao.example.vn/a", meta={"asked": Asked(what)})
    packed = Response(request.url, body=gzip.compress(page("Đê đã được sửa")))
    answer = asyncio.run(DecompressionMiddleware.from_crawler(crawler).process_response(request, packed))
    assert isinstance(answer, Response)
    assert answer.body == (page("Đê đã được sửa") if unpacked else packed.body)
