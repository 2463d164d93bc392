"""Crawls of a site whose server means harm."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
import requests
from scrapy import Request
from scrapy.http import Response

from crawler.crawl import page_answer, quarantine, source_answer
from crawler.crawl.single import fetch
from crawler.errors import StoreFailed
from crawler.extract import Overdue, deadline, limits
from crawler.fetch.cookies import COOKIES_MAX, HEADER_MAX, CookieLimitMiddleware
from crawler.fetch.head_limit import HEAD_MAX
from crawler.readers import list_source, read_page
from crawler.sites import Sitemap
from crawler.store import Store
from crawler.store.frontier import may_lead
from tests.crawl.served_paper import HTML, Answer, Paper, page, served
from tests.support import LONG


@pytest.fixture
def paper(tmp_path: Path) -> Iterator[Paper]:
    with served(tmp_path) as site:
        yield site


ALL = {f"de-post{number}.html": 1 for number in range(1, 5)}


def without(number: int) -> dict[str, int]:
    return {url: revision for url, revision in ALL.items() if url != f"de-post{number}.html"}


@pytest.mark.parametrize("line", [b"X-Line: %s\r\n" % (b"x" * 8000), b"HTTP/1.1 100 Continue\r\n\r\n" * 300])
def test_a_head_without_end_is_too_large(paper: Paper, line: bytes) -> None:
    sent = 0

    def flood(handler: BaseHTTPRequestHandler) -> None:
        nonlocal sent
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n" if line.startswith(b"X") else b"")
        try:
            while sent < 200 * HEAD_MAX:
                sent += handler.wfile.write(line)
        except OSError:
            pass

    paper.answers["/de-post2.html"] = flood
    report = paper.crawl()
    assert (report.refused, report.created) == ({"too_large": 1}, 3)
    assert sent < 100 * HEAD_MAX  # what the sockets hold, not all of it
    assert paper.articles() == without(2)


def test_cookies_of_a_domain_are_judged_without_asking_anybody(paper: Paper, monkeypatch: pytest.MonkeyPatch) -> None:
    def fetch(*_: Any, **__: Any) -> Any:
        raise AssertionError("the list of public suffixes was asked for")

    monkeypatch.setattr(requests.Session, "request", fetch)
    for name in ("/de-post1.html", "/feed.rss"):
        status, headers, body = paper.usual(name)
        paper.answers[name] = (status, {**headers, "Set-Cookie": "a=b; Domain=bendo.localhost\nc=d"}, body)
    assert paper.crawl().created == 4
    assert paper.asked[-1][1]["cookie"] in ("a=b; c=d", "c=d; a=b")


def jar_after(*lines: str, url: str = "https://tin.bendo.gov.vn/a") -> str:
    middleware = CookieLimitMiddleware()
    for line in lines:
        middleware.process_response(Request(url), Response(url, headers={"Set-Cookie": line}))
    request = Request(url)
    middleware.process_request(request)
    return (request.headers.get("Cookie") or b"").decode()


def test_a_cookie_for_a_whole_public_suffix_is_not_kept() -> None:
    assert jar_after("a=1; Domain=gov.vn", "b=2; Domain=bendo.gov.vn", "c=3; Domain=nhandan.vn") == "b=2"


def test_cookies_are_few_and_their_header_short() -> None:
    many = jar_after(*(f"c{number}=1" for number in range(400)), "c0=2").split("; ")
    assert len(many) == COOKIES_MAX
    assert "c0=2" in many
    long = jar_after(*(f"c{number}={'x' * 3000}" for number in range(10)))
    assert HEADER_MAX - 3100 < len(long) <= HEADER_MAX
    assert all(len(pair.partition("=")[2]) == 3000 for pair in long.split("; "))
    assert jar_after("c=" + "x" * 9000) == ""


def robots(text: bytes, status: int = 200) -> Answer:
    return status, {"Content-Type": "text/plain"}, text


def test_a_long_robots_txt_is_obeyed_as_far_as_it_is_read(paper: Paper) -> None:
    rules = b"User-agent: *\nDisallow: /de-post1\nDisallow: /de-post2"
    paper.answers["/robots.txt"] = robots(rules.replace(b"\n", b"\n" + b"#" * 200_000 + b"\n"))
    assert paper.crawl(THOISU_ROBOTS_MAXSIZE=500_000).refused == {"robots": 2}
    cut = b"User-agent: *\nDisallow: /de-post1\n" + b"#" * 500_000 + b"\nDisallow: /de-post2\n" + b"#" * 100_000
    paper.answers["/robots.txt"] = robots(cut)
    assert paper.crawl(THOISU_ROBOTS_MAXSIZE=500_000).refused == {"robots": 1}


def test_what_robots_txt_says_to_us_by_name_is_obeyed(paper: Paper) -> None:
    paper.answers["/robots.txt"] = robots(b"User-agent: *\nDisallow:\n\nUser-agent: thoisu\nDisallow: /de-post2\n")
    assert paper.crawl().refused == {"robots": 1}


def test_a_robots_txt_without_end_is_obeyed(paper: Paper) -> None:
    def endless(handler: BaseHTTPRequestHandler) -> None:
        with contextlib.suppress(OSError):
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nUser-agent: *\nDisallow: /de\n")
            while True:
                handler.wfile.write(b"#" * 10_000 + b"\n")

    paper.answers["/robots.txt"] = endless
    assert paper.crawl().refused == {"robots": 4}


def test_a_line_that_the_limit_cuts_is_no_rule(paper: Paper) -> None:
    paper.answers["/robots.txt"] = robots(b"User-agent: *\nDisallow: /de-post1.html-and-much-more\n")
    assert paper.crawl(THOISU_ROBOTS_MAXSIZE=len(b"User-agent: *\nDisallow: /de-post")).created == 4


@pytest.mark.parametrize("status", [500, 503, 502])
def test_a_robots_txt_that_cannot_be_had_closes_the_site(paper: Paper, status: int) -> None:
    paper.answers["/robots.txt"] = robots(b"", status)
    report = paper.crawl(THOISU_BACKOFF_MAX=0.01)
    assert {path for path, _ in paper.asked} == {"/robots.txt"}
    assert "robots.txt" in (report.error or "") or (report.error or "").startswith("rate_limited")
    paper.answers.clear()
    assert paper.crawl().created == 4


def test_a_robots_txt_that_never_comes_closes_the_site(paper: Paper) -> None:
    over = threading.Event()
    paper.answers["/robots.txt"] = lambda _: bool(over.wait())
    report = paper.crawl(DOWNLOAD_TIMEOUT=2)
    over.set()
    assert {path for path, _ in paper.asked} == {"/robots.txt"}
    assert (report.error or "").startswith("timeout: ")


@pytest.mark.parametrize("status", [400, 403, 404, 410])
def test_a_robots_txt_that_is_not_there_allows_all(paper: Paper, status: int) -> None:
    paper.answers["/robots.txt"] = robots(b"User-agent: *\nDisallow: /\n" + b"#" * 600, status)
    assert paper.crawl().created == 4


def test_a_source_that_breaks_its_reader_is_a_failure(paper: Paper, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(source_answer, "list_source", broken)
        report = paper.crawl()
    assert report.refused == {"unreadable": 1}
    assert (report.error or "").startswith("no source gave anything: unreadable")
    with Store.open(paper.store_url) as store:
        assert store.source(f"{paper.base}/feed.rss").failures == 1
    assert paper.crawl().created == 4


def broken(*_: Any) -> Any:
    raise ValueError("Invalid IPv6 URL")


def broken_part(body: bytes, url: str, *about: Any) -> Any:
    if url.endswith("part-1.xml"):
        raise ValueError("Invalid IPv6 URL")
    return list_source(body, url, *about)


def test_an_index_does_not_wait_for_a_child_that_breaks_its_reader(
    paper: Paper, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper.sources = (Sitemap(f"{paper.base}/index.xml"),)
    index = "".join(f"<sitemap><loc>{paper.base}/part-{n}.xml</loc></sitemap>" for n in (1, 2))
    urls = "".join(f"<url><loc>{paper.base}/de-post{n}.html</loc></url>" for n in range(1, 5))
    xml = {"Content-Type": "application/xml", "ETag": '"1"'}
    paper.answers["/index.xml"] = 200, xml, f"<sitemapindex>{index}</sitemapindex>".encode()
    for number in (1, 2):
        paper.answers[f"/part-{number}.xml"] = 200, xml, f"<urlset>{urls}</urlset>".encode()
    monkeypatch.setattr(source_answer, "list_source", broken_part)
    report = paper.crawl()
    assert (report.refused, report.created) == ({"unreadable": 1}, 4)
    with Store.open(paper.store_url) as store:
        whole = store.source(f"{paper.base}/index.xml")
        # Looked at, and to be asked in full again.
        assert (whole.last_status, whole.etag) == ("200", None)


def canonical(url: str) -> str:
    return f'<link rel="canonical" href="{url}">'


def test_pages_that_all_name_one_address_stay_articles_of_their_own(paper: Paper) -> None:
    for number in range(1, 5):
        head = canonical(f"{paper.base}/de-post1.html")
        paper.answers[f"/de-post{number}.html"] = 200, HTML, page(number, head)
    assert paper.crawl().created == 4
    assert paper.articles() == ALL


def test_of_pages_that_name_an_unknown_address_one_gets_it_and_keeps_it(paper: Paper) -> None:
    for number in range(1, 5):
        head = canonical(f"{paper.base}/khac-post9.html")
        paper.answers[f"/de-post{number}.html"] = 200, HTML, page(number, head)
    assert paper.crawl().created == 4
    first = paper.articles()
    assert "khac-post9.html" in first
    assert set(first.values()) == {1}
    with Store.open(paper.store_url) as store, store.reading() as connection:
        (owner,) = set(ALL) - set(first)
        assert may_lead(connection, f"{paper.base}/{owner}", f"{paper.base}/khac-post9.html")


def test_an_address_whose_words_were_edited_is_the_same_article(paper: Paper) -> None:
    status, headers, body = paper.usual("/feed.rss")
    names = {b"de-post1.": b"de-cu-post100001.", b"de-post2.": b"de-moi-post100001."}
    for old, new in names.items():
        body = body.replace(old, new)
        head = canonical(f"{paper.base}/de-moi-post100001.html")
        paper.answers[f"/{new.decode()}html"] = 200, HTML, page(1, head)
    paper.answers["/feed.rss"] = status, headers, body
    report = paper.crawl()
    assert (report.created, report.unchanged, report.copied) == (3, 1, 0)
    assert paper.articles().keys() == {"de-moi-post100001.html", "de-post3.html", "de-post4.html"}


@pytest.mark.parametrize("name", ["gzip", "br", "zstd", "deflate"])
def test_an_encoding_that_lies_has_its_word_and_no_traceback(
    paper: Paper, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    paper.answers["/de-post2.html"] = 200, {**HTML, "Content-Encoding": name}, page(2)
    report = paper.crawl()
    assert (report.refused, report.created) == ({"unreadable": 1}, 3)
    assert [record for record in caplog.records if record.exc_info] == []


def test_pages_that_cannot_be_kept_for_repair_cost_one_line(
    paper: Paper, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise StoreFailed("disk_full", "database or disk is full")

    monkeypatch.setattr(quarantine, "keep", full)
    empty = b"<html><body><h1 class='article__title'>Con \xc4\x91\xc3\xaa</h1><div class='article__body'></div>"
    for number in (1, 2):
        paper.answers[f"/de-post{number}.html"] = 200, HTML, empty + b" " * 900
    report = paper.crawl()
    assert (report.refused, report.created) == ({"no_body": 2}, 2)
    assert [record.getMessage() for record in caplog.records if record.name == "crawler.crawl.quarantine"] == [
        "pages cannot be kept for repair: disk_full: database or disk is full"
    ]


def busy(*_: Any, **__: Any) -> Any:
    while True:
        pass


def test_a_block_that_takes_too_long_is_left() -> None:
    with pytest.raises(Overdue, match=r"unreadable: not read within 0\.05 s"), deadline(0.05):
        busy()
    assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0)
    limits._ring(0, None)  # an alarm that arrives late is nothing


def test_an_alarm_that_is_caught_rings_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "_AGAIN", 0.05)

    def careless() -> None:
        with contextlib.suppress(Exception):
            busy()
        busy()

    with pytest.raises(Overdue), deadline(0.05):
        careless()


def slow_page(body: bytes, url: str, *about: Any) -> Any:
    return busy() if url.endswith("post2.html") else read_page(body, url, *about)


def test_a_page_and_a_source_that_take_too_long_are_unreadable(paper: Paper, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(source_answer, "list_source", busy)
        assert paper.crawl(THOISU_READ_SECONDS=0.2).refused == {"unreadable": 1}
    monkeypatch.setattr(page_answer, "in_reader", slow_page)
    report = paper.crawl(THOISU_READ_SECONDS=0.5)
    assert (report.refused, report.created) == ({"unreadable": 1}, 3)


_POISONED = """
import os, sys
def frame():
    return sys._getframe(2)
from crawler.crawl import page_answer
from crawler.sites.layouts import EPI
from crawler.sites.registry import Sites
from crawler.crawl.run import crawl
from crawler.process import stops
from crawler.sites.site import Feed, Site
stops._AGAIN = 60.0  # it ends by itself, however busy the machine is
base, port, store, what = sys.argv[1:]
usual = page_answer.charset
def charset(declared):
    if what == "dies" and frame().f_locals["response"].url.endswith("post1.html"):
        os._exit(9)
    if what == "hangs" and "response" in frame().f_locals:
        print("reading", flush=True)
        while True:
            pass
    return usual(declared)
page_answer.charset = charset
site = Site(name="bendo", publisher="B", home=base + "/", tier="press", sources=(Feed(base + "/feed.rss"),),
            article=r"-post\\d+\\.html$", layout=EPI, delay=0)
crawl(Sites([site]), store_url=store, newsroom="http://127.0.0.1:" + port, settings={"THOISU_TRIES_MAX": 2})
"""


def poisoned(paper: Paper, what: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", _POISONED, paper.base, str(paper.port), paper.store_url, what]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.slow
def test_a_page_that_kills_the_process_is_asked_last_and_given_up(paper: Paper) -> None:
    codes = []
    for _ in range(4):
        with poisoned(paper, "dies") as run:
            run.communicate()
        codes.append(run.returncode)
        if len(codes) == 3:
            assert paper.articles() == without(1)
    assert codes == [9, 9, 9, 0]  # met unawares, counted twice, given up
    with Store.open(paper.store_url) as store:
        assert store.counts()["bendo"]["refused"] == 1


def test_a_second_interrupt_ends_a_run_that_holds_the_loop(paper: Paper) -> None:
    with poisoned(paper, "hangs") as run:
        assert run.stdout is not None
        assert run.stdout.readline() == "reading\n"
        for number in (signal.SIGINT, signal.SIGTERM):  # two of a kind at once are one to the system
            os.kill(run.pid, number)
        _, errors = run.communicate(timeout=LONG)
    assert "KeyboardInterrupt" in errors
    assert run.returncode not in (0, 9)


def test_a_host_that_no_site_takes_can_be_asked(paper: Paper) -> None:
    newsroom = f"http://127.0.0.1:{paper.port}"
    answer = fetch(f"http://khac.localhost:{paper.port}/de-post1.html", maxsize=2**20, newsroom=newsroom)
    assert (answer.status, answer.body) == (200, page(1))
