"""The command: what it prints, where, and its exit codes."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.cli import read
from crawler.items import FIELDS
from crawler.newsroom import Newsroom
from crawler.process import shown
from crawler.store import Store
from crawler.text import VIETNAM
from tests.support import GOLDEN, ROOT, Run, Thoisu, article, at

CASE = GOLDEN / "tuoitre" / "article"
PAGE = CASE / "page.html"
URL = json.loads((CASE / "origin.json").read_text("utf-8"))["url"]
FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>Tin</title>
<item><title>Bài một</title><link>https://tuoitre.vn/bai-mot-20260810101500123.htm</link>
<pubDate>Mon, 10 Aug 2026 10:15:00 +0700</pubDate></item>
<item><title>Chuyên mục</title><link>https://tuoitre.vn/thoi-su.htm</link></item></channel></rss>"""


def python(code: str, *arguments: str) -> list[str]:
    return [sys.executable, "-c", code, *arguments]


# Usage and errors


def test_bad_usage_is_one_line_and_says_where_help_is(thoisu: Thoisu) -> None:
    assert thoisu("crawl", "--foo") == Run(2, "", "thoisu: No such option: --foo; see thoisu crawl --help\n")
    assert thoisu("extract").err.startswith("thoisu: name a page")
    assert thoisu("crawl", "nhandn").err == (
        "thoisu: no site is called 'nhandn'; did you mean nhandan or daibieunhandan or cand?\n"
    )
    assert thoisu("extrct").code == 2
    assert thoisu("articles", "--limit", "abc").err == (
        "thoisu: Invalid value for '--limit': write a whole number; see thoisu articles --help\n"
    )


@pytest.mark.parametrize("group", [(), ("alerts",), ("token",)])
def test_a_group_alone_shows_its_help(thoisu: Thoisu, group: tuple[str, ...]) -> None:
    shown = thoisu(*group)
    assert (shown.code, shown.err) == (2, "")
    assert shown.out == thoisu(*group, "--help").out


def test_a_mistake_of_the_program_is_one_line(thoisu: Thoisu, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read, "read_page", lambda *_: {}["no such key"])
    failed = thoisu("extract", PAGE)
    assert failed == Run(1, "", "thoisu: this is a mistake of the program: KeyError: 'no such key'\n")


@pytest.mark.parametrize(
    ("commands", "slow"),
    [
        ([["--version"], ["--help"], ["crawl", "--help"]], {"bs4", "lxml", "rapidfuzz", "sqlalchemy"}),
        ([["sites"], ["sites", "--json"], ["which", "https://vtv.vn/a-1.htm"]], {"bs4", "lxml", "sqlalchemy"}),
        ([["extract", "--jsonl"]], {"sqlalchemy"}),
        ([["status", "--store", "sqlite:///store.db"], ["pace", "--store", "sqlite:///store.db"]], set()),
    ],
    ids=lambda value: value[0][0] if isinstance(value, list) else "",
)
def test_what_does_not_crawl_loads_no_crawler(commands: list[list[str]], slow: set[str], tmp_path: Path) -> None:
    """Also with sites of one's own."""
    Store.open(f"sqlite:///{tmp_path / 'store.db'}").close()
    own = tmp_path / "own"
    own.mkdir()
    text = (ROOT / "spiders" / "vtv.py").read_text("utf-8").replace("vtv", "vtw").replace("Vtv", "Vtw")
    (own / "vtw.py").write_text(text, "utf-8")
    code = f"""
import os, sys
from crawler.cli.main import main
for command in {commands!r}:
    try:
        main(command)
    except SystemExit as end:
        assert not end.code
loaded = {slow | {"scrapy", "twisted"}!r} & set(sys.modules)
os.write(2, str(sorted(loaded)).encode())
"""
    environ = {**os.environ, "THOISU_SITES": str(own)}
    done = subprocess.run(
        python(code), cwd=tmp_path, env=environ, capture_output=True, text=True, check=False, input="{}\n"
    )
    assert (done.returncode, done.stderr[-2:]) == (0, "[]"), done.stderr
    assert ("vtw" in done.stdout) is (commands[0] == ["sites"])


def test_a_closed_pipe_is_silent() -> None:
    command = python("from crawler.cli.main import main; main()", "which", "--json", "-")
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.communicate(b"https://nhandan.vn/\n" * 100)[1] == b""


@given(st.text())
def test_what_is_shown_cannot_steer_a_terminal(text: str) -> None:
    assert not any((ord(letter) < 32 and letter not in "\t\n") or 127 <= ord(letter) < 160 for letter in shown(text))


# extract


def test_extract_prints_the_article_with_its_field_names(thoisu: Thoisu) -> None:
    (article,) = thoisu("extract", PAGE, "--url", URL).rows
    assert tuple(article) == FIELDS
    assert article["site"] == "tuoitre"
    assert article["title"] == json.loads((CASE / "article.json").read_text("utf-8"))["title"]


def test_extract_reads_gzip_and_standard_input_and_finds_the_address_itself(thoisu: Thoisu, tmp_path: Path) -> None:
    page = PAGE.read_bytes().replace(b"<head>", b'<head><link rel="canonical" href="%s">' % URL.encode(), 1)
    packed = tmp_path / "page.html.gz"
    packed.write_bytes(gzip.compress(page))
    plain = thoisu("extract", "-", stdin=page)
    assert plain.code == 0
    assert plain.rows[0]["url"] == URL
    assert thoisu("extract", packed).out == plain.out


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"hello", "soft_404"),
        (b"%PDF-1.7 \x00" + b"x" * 2000, "not_html"),
        (gzip.compress(b"<p>" * 500, mtime=0)[:-9], "unreadable"),
        (gzip.compress(b" " * 30_000_000, mtime=0), "too_large"),
        (b"<html><head><title>404 Not Found</title></head><body>" + b"<p>x</p>" * 200, "soft_404"),
    ],
)
def test_extract_names_why_a_page_is_refused(thoisu: Thoisu, body: bytes, reason: str) -> None:
    refused = thoisu("extract", "-", stdin=body)
    assert (refused.code, refused.out) == (1, "")
    assert refused.err.startswith(f"thoisu: {reason}")
    assert refused.err.count("\n") == 1


def test_extract_asks_no_inner_address(thoisu: Thoisu) -> None:
    for url in ("http://127.0.0.1:1/x.html", "http://169.254.169.254/latest", "https://[::1]/"):
        assert thoisu("extract", url).err.startswith("thoisu: private_address"), url


def test_explain_shows_each_dropped_block_with_its_rule(thoisu: Thoisu) -> None:
    page = PAGE.read_text("utf-8")
    told = thoisu("extract", "-", "--url", URL, "--explain", stdin=page.encode())
    (row,) = thoisu("extract", "-", "--url", URL, "--explain", "--json", stdin=page.encode()).rows
    assert row["dropped"]
    assert set(row) == {*FIELDS, "dropped"}
    for block in row["dropped"]:
        assert block["rule"] in told.out.replace("\n", " ")
        assert block["text"].split()[0] in told.out


def test_jsonl_answers_every_line_and_goes_on_after_a_bad_one(thoisu: Thoisu, tmp_path: Path) -> None:
    (tmp_path / "short.html").write_text("hello", "utf-8")
    good = {"id": "a", "file": str(PAGE), "url": URL}
    lines = [
        json.dumps(good).encode(),
        b"not json",
        b"[1]",
        b"\xff\xfe{",
        b"[" * 100_000,
        b'{"id": 5}',
        b'{"id": 6, "file": "/no/such/file"}',
        b'{"id": "\\ud800", "file": "a\\u0000b", "url": "http://x/"}',
        json.dumps({**good, "id": 7, "url": 8}).encode(),
        json.dumps({**good, "id": 8, "file": "short.html"}).encode(),
        b"",
        json.dumps({**good, "id": {"n": 1}}).encode(),
    ]
    done = thoisu("extract", "--jsonl", stdin=b"\n".join(lines))
    assert (done.code, done.err) == (0, "")
    assert [row["id"] for row in done.rows] == ["a", None, None, None, None, 5, 6, "\ud800", 7, 8, {"n": 1}]
    assert all(set(row) == {"id", "error"} and row["error"] for row in done.rows[1:-1])
    assert done.rows[-2]["error"] == "soft_404"
    for row in (done.rows[0], done.rows[-1]):
        assert tuple(row) == ("id", *FIELDS)
        assert row["site"] == "tuoitre"


def test_jsonl_survives_a_mistake_of_the_program(thoisu: Thoisu, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read, "read_answer", lambda *_: 1 / 0)
    done = thoisu("extract", "--jsonl", stdin=json.dumps({"id": 1, "file": str(PAGE), "url": URL}).encode())
    assert done.rows == [{"id": 1, "error": "unreadable"}]
    assert "ZeroDivisionError" in done.err


# clean

TEXT = """Xã vùng cao có thêm trạm y tế

Sáng 10/8, trạm y tế mới của xã được đưa vào sử dụng sau tám tháng xây dựng.

Trạm có sáu phòng, phục vụ bốn nghìn người dân trong vùng.

Lễ khánh thành trạm y tế. Ảnh: Minh Anh

Có thể bạn quan tâm

Một tin khác không thuộc bài này
"""


def test_clean_gives_paragraphs_or_parts(thoisu: Thoisu) -> None:
    plain = thoisu("clean", "-", stdin=TEXT.encode())
    assert plain.out.split("\n\n")[0] == "Xã vùng cao có thêm trạm y tế"
    assert "Ảnh:" not in plain.out
    assert "Một tin khác" not in plain.out
    (parts,) = thoisu("clean", "-", "--json", stdin=TEXT.encode()).rows
    assert set(parts) == {"title", "lead", "body", "captions", "authors", "dropped"}
    assert parts["body"] == "Trạm có sáu phòng, phục vụ bốn nghìn người dân trong vùng."
    assert parts["captions"] == ["Lễ khánh thành trạm y tế. Ảnh: Minh Anh"]
    assert [block["text"] for block in parts["dropped"]] == ["Có thể bạn quan tâm", "Một tin khác không thuộc bài này"]
    assert "heading: Có thể bạn quan tâm" in thoisu("clean", "-", "--explain", stdin=TEXT.encode()).out


# discover, which, sites


def test_discover_lists_links_with_times_and_refusals(thoisu: Thoisu, tmp_path: Path) -> None:
    (tmp_path / "home.rss").write_text(FEED, "utf-8")
    found = thoisu("discover", "home.rss", "--url", "https://tuoitre.vn/rss/home.rss", "--json")
    assert found.code == 0
    assert found.rows == [
        {
            "url": "https://tuoitre.vn/bai-mot-20260810101500123.htm",
            "title": "Bài một",
            "published_at": "2026-08-10T10:15:00+07:00",
            "refused": None,
        },
        {
            "url": "https://tuoitre.vn/thoi-su.htm",
            "title": "Chuyên mục",
            "published_at": None,
            "refused": found.rows[1]["refused"],
        },
    ]
    assert found.rows[1]["refused"]
    assert "feed: 1 to be taken, 1 refused" in thoisu("discover", "home.rss", "--site", "tuoitre").err


def test_discover_names_a_source_that_is_none(thoisu: Thoisu, tmp_path: Path) -> None:
    (tmp_path / "home.rss").write_text("<html><title>Lỗi</title><body><p>Trang không có</p></body></html>", "utf-8")
    (tmp_path / "page.html").write_text("<html><body><p>Không có gì</p></body></html>", "utf-8")
    for file, url, reason in (
        ("home.rss", "https://tuoitre.vn/tin.htm", "html_for_feed"),
        ("home.rss", None, "html_for_feed"),
        ("page.html", "https://tuoitre.vn/rss/home.rss", "html_for_feed"),
        ("page.html", "https://tuoitre.vn/thoi-su.htm", "empty_source"),
    ):
        found = thoisu("discover", file, "--json", *(("--url", url) if url else ()))
        assert found.code == 1
        assert [row["refused"] for row in found.rows] == [reason]
        assert found.rows[0]["url"] == (url or "file:///home.rss")
    assert thoisu("discover", "http://127.0.0.1/rss", "--json").rows[0]["refused"] == "private_address"


def test_which_says_whose_an_address_is(thoisu: Thoisu) -> None:
    lines = [
        f"{URL}?utm_source=zalo".encode(),
        b"https://tuoitre.vn/",
        b"https://example.com/x",
        b"\xff\xfe",
        b"http://[::1",
        b"https://nhandan.vn\x00/",
    ]
    asked = thoisu("which", "--json", "-", stdin=b"\n".join(lines) + b"\n\n")
    assert [tuple(row) for row in asked.rows] == [("url", "site", "canonical_url", "kind", "refused")] * len(lines)
    assert asked.rows[0] | {"url": ""} == {
        "url": "", "site": "tuoitre", "canonical_url": URL, "kind": "article", "refused": None,
    }  # fmt: skip
    assert [row["refused"] for row in asked.rows] == [None, "section", "no_site", "bad_url", "bad_url", "bad_url"]
    assert thoisu("which", URL).out == f"{URL}\ttuoitre\tarticle\t\t{URL}\n"


@pytest.mark.parametrize(
    "text",
    [
        f"\ufeff{URL}\r\n{URL}\r\n",
        f"{URL}\u200b\n{URL}%20",
        f"<{URL}>\u2028\u00ad{URL}",
        URL.partition("//")[2] + "\n" + URL,
    ],
)
def test_which_takes_a_list_as_it_was_copied(thoisu: Thoisu, text: str) -> None:
    for encoding in ("utf-8", "utf-16"):
        rows = thoisu("which", "--json", "-", stdin=text.encode(encoding)).rows
        assert [row["canonical_url"] for row in rows] == [URL, URL]


def test_sites_are_listed(thoisu: Thoisu) -> None:
    rows = thoisu("sites", "--json").rows
    assert "nhandan" in [row["site"] for row in rows]
    listed = thoisu("sites")
    assert listed.err == f"{len(rows)} sites, {sum(row['proven'] for row in rows)} proven\n"
    assert [line.split("\t")[0] for line in listed.out.splitlines()] == [row["site"] for row in rows]


# capture


def test_capture_makes_a_golden_case_and_keeps_an_old_one(thoisu: Thoisu, tmp_path: Path) -> None:
    saved = thoisu("capture", "tuoitre", PAGE, "--url", URL, "--to", "golden", "--case", "bai")
    case = tmp_path / "golden" / "tuoitre" / "bai"
    assert (saved.code, "pytest -k tuoitre" in saved.out) == (0, True)
    assert (case / "page.html").read_bytes() == PAGE.read_bytes()
    derived = {"url", "site", "content_hash", "layout", "published_raw"}
    assert set(json.loads((case / "article.json").read_text("utf-8"))) == set(FIELDS) - derived
    origin = json.loads((case / "origin.json").read_text("utf-8"))
    assert (origin["url"], origin["origin"]) == (URL, "captured")
    again = ("capture", "tuoitre", PAGE, "--url", URL, "--to", "golden", "--case", "bai")
    assert thoisu(*again).code == 2
    assert thoisu(*again, "--force").code == 0
    assert thoisu("capture", "tuoitre", PAGE, "--url", URL, "--case", "../../x").code == 2


# crawl, articles, show, changes


def test_a_crawl_fills_the_store_that_the_other_commands_read(
    thoisu: Thoisu, newsroom: Newsroom, tmp_path: Path
) -> None:
    store = f"sqlite:///{tmp_path / 'news.db'}"
    crawl = ("crawl", "--newsroom", newsroom.url, "--store", store)
    first = thoisu(*crawl)
    assert first.code == 0
    assert "2 sites" in first.out
    assert max(map(len, first.out.splitlines())) <= 80
    second = thoisu(*crawl, "songda", "--json").rows
    assert [(row["site"], row["sources"], row["not_modified"], row["created"]) for row in second] == [
        ("songda", 2, 2, 0)
    ]

    everything = thoisu("articles", "--store", store, "--limit", 100, "--json").rows
    record = [row for rows in newsroom.world.record().values() for row in rows]
    assert {row["canonical_url"] for row in everything} < {row["url"] for row in record}
    assert len(everything) == sum(row["copy_of"] is None for row in record) < len(record)
    stories = thoisu("stories", "--store", store, "--pages", 2, "--limit", 100, "--json")
    assert stories.err == "", "a crawl compares what it brings"
    assert sum(len(row["pages"]) - 1 for row in stories.rows) == sum(row["copy_of"] is not None for row in record)
    one = everything[0]
    table = thoisu("articles", "--store", store, "--site", one["site"], "--limit", 3).out
    assert str(one["id"]) in table
    tomorrow = datetime.now(VIETNAM).date() + timedelta(days=1)
    assert thoisu("articles", "--store", store, "--since", tomorrow).err == "no article matches\n"
    assert thoisu("articles", "--store", store, "--since", "hôm qua").code == 2

    changes = thoisu("changes", "--store", store, "--since", 2, "--limit", 3, "--json").rows
    assert [row["seq"] for row in changes] == [3, 4, 5]
    assert thoisu("changes", "--store", store, "--since", 10_000).err == "no change after 10000\n"

    stored = thoisu("show", one["id"], "--store", store, "--json").rows[0]
    assert tuple(stored["article"]) == FIELDS
    assert [row["number"] for row in stored["revisions"]] == [1]
    assert thoisu("show", 4321, "--store", store).code == 2


def test_an_edit_is_shown_as_a_difference(thoisu: Thoisu, newsroom: Newsroom) -> None:
    crawl = ("crawl", "songda", "--newsroom", newsroom.url, "--store", "sqlite:///news.db", "--json")
    assert thoisu(*crawl).rows[0]["created"] == 20
    (url,) = newsroom.misbehave("songda", edit=1)
    assert thoisu(*crawl, "--revisit").rows[0]["revised"] == 1
    (row,) = [
        row for row in thoisu("articles", "--store", "sqlite:///news.db", "--json").rows if row["canonical_url"] == url
    ]
    assert row["revision"] == 2
    told = thoisu("show", row["id"], "--store", "sqlite:///news.db").out
    assert "revision 2 against the one before" in told
    assert "{+" in told.partition("against the one before")[2]
    assert "[-" not in told
    told = thoisu("diff", row["id"], "--store", "sqlite:///news.db").out
    assert "{+" in told
    assert "unchanged" in told


def test_a_site_that_fails_altogether_gives_exit_code_1(thoisu: Thoisu, newsroom: Newsroom) -> None:
    newsroom.misbehave("hongha", status=404)
    failed = thoisu("crawl", "--newsroom", newsroom.url, "--store", "sqlite:///news.db", "--limit", 1)
    assert failed.code == 1
    assert "hongha failed: no source gave anything: not_found" in failed.out


def test_a_replay_crawls_saved_pages(thoisu: Thoisu, tmp_path: Path) -> None:
    listing = "https://tuoitre.vn/kinh-doanh.htm"
    other = "https://tuoitre.vn/mot-bai-khong-duoc-luu-lai-o-day-20260810101500123.htm"
    items = "".join(f'<li><h3><a href="{url}">Một đầu đề có đủ số từ cần thiết</a></h3></li>' for url in (URL, other))
    (tmp_path / "list.html").write_text(f"<html><body><ul>{items}</ul></body></html>" + " " * 600, "utf-8")
    (tmp_path / "page.html").write_bytes(PAGE.read_bytes())
    (tmp_path / "replay.tsv").write_text(f"url\tfile\n{listing}\tlist.html\n{URL}\tpage.html\n", "utf-8")
    crawl = ("crawl", "--replay", ".", "--source", listing, "--store", "sqlite:///news.db", "--json")
    (report,) = thoisu(*crawl).rows
    assert (report["site"], report["created"], report["refused"]) == ("tuoitre", 1, {"not_saved": 1})
    (report,) = thoisu(*crawl).rows
    assert (report["created"], report["unchanged"]) == (0, 0)
    assert thoisu("crawl", "--source", "https://example.com/rss").err.startswith(
        "thoisu: no site takes https://example"
    )


def test_reading_makes_no_store(thoisu: Thoisu, tmp_path: Path) -> None:
    missing = thoisu("articles", "--store", "sqlite:///none.db")
    assert (missing.code, missing.out) == (2, "")
    assert "thoisu crawl" in missing.err
    assert not (tmp_path / "none.db").exists()
    assert thoisu("articles", "--store", "nonsense").code == 2


def test_web_page_is_not_cleaned_as_text(thoisu: Thoisu) -> None:
    run = thoisu("clean", "-", stdin=b"<!doctype html><p>x")
    assert (run.code, run.out) == (2, "")
    assert "thoisu extract" in run.err


def test_page_of_another_site_is_not_captured(thoisu: Thoisu, tmp_path: Path) -> None:
    saved = tmp_path / "page.html"
    saved.write_text("<h1>Tin</h1>", "utf-8")
    run = thoisu(
        "capture", "vov", str(saved), "--url", "https://nhandan.vn/mot-tin-post1234.html", "--to", str(tmp_path)
    )
    assert run.code == 2
    assert "other_site" in run.err
    assert not (tmp_path / "vov").exists()


def test_the_stated_source_is_shown_of_an_article_and_of_each_page_of_a_story(thoisu: Thoisu, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/store.db"
    with Store.open(url) as store:
        store.save(article(1, credit="TTXVN"), at(0))
        store.save(article(2, credit="VOV", site="dai"), at(1))  # the same text: a copy
        store.save(article(1, credit="Reuters"), at(2))
    assert "source: TTXVN" in thoisu("show", 1, "--store", url).out, "a change of it alone is no revision"
    story = thoisu("story", 1, "--store", url)
    assert "source: TTXVN" in story.out
    assert "source: VOV" in story.out
    (row,) = thoisu("story", 1, "--store", url, "--json").rows
    assert [member["credit"] for member in row["members"]] == ["TTXVN", "VOV"]


def test_a_saved_page_without_an_address_of_its_own_asks_for_one(thoisu: Thoisu, tmp_path: Path) -> None:
    text = "Sáng nay, tỉnh khởi công cây cầu thứ ba bắc qua sông, nối hai huyện phía đông với quốc lộ. " * 3
    page = f"<html><head><title>Khởi công cầu mới</title></head><body><h1>Khởi công cầu mới</h1><p>{text}</p></body>"
    (tmp_path / "page.html").write_text(page, "utf-8")
    done = thoisu("extract", "page.html")
    assert (done.code, "does not name its own address; say with --url" in done.err) == (2, True)
    assert thoisu("extract", "page.html", "--url", "https://bao.example.vn/a-1.html").code == 0
    (row,) = thoisu("extract", "--jsonl", stdin=b'{"id": 1, "file": "page.html"}\n').rows
    assert "or url in a line" in row["error"]


def test_a_bare_word_of_refusal_is_explained(thoisu: Thoisu, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_bytes(b"%PDF-1.7 \x00\x01")
    assert thoisu("extract", "page.html").err.startswith("thoisu: not_html: ")
    assert len(thoisu("extract", "page.html").err) > len("thoisu: not_html: \n")


def test_what_is_no_text_is_not_cleaned(thoisu: Thoisu, tmp_path: Path) -> None:
    (tmp_path / "week.xlsx").write_bytes(b"PK\x03\x04\x14\x00\x00\x00" * 50)
    done = thoisu("clean", "week.xlsx")
    assert (done.code, done.out, "week.xlsx is no plain text" in done.err) == (2, "", True)
    (tmp_path / "wide.txt").write_text("Khởi công cầu mới\n\nSáng nay, tỉnh khởi công cây cầu.", "utf-16")
    assert "tỉnh khởi công" in thoisu("clean", "wide.txt").out
