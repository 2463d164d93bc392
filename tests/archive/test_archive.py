"""The archive: what is kept of a crawl, read back, by other programs, after a kill, on a full disk."""

from __future__ import annotations

import errno
import gzip
import logging
import os
import re
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from crawler.archive import Archive, Damaged, Fetch
from crawler.archive.page_reading import read
from crawler.archive.records import Maker, Original, parse, walk
from crawler.archive.writer import Writer
from crawler.errors import BadInput
from crawler.extract import extract
from crawler.newsroom import Newsroom, World
from crawler.readers import packed
from tests.newsroom_bench import Bench

AT = datetime(2026, 8, 3, 6, 30, tzinfo=UTC)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with Newsroom(World(seed=4, sites=1, articles=6)) as newsroom:
        yield Bench(newsroom, tmp_path, archiving=True)


def fields_of(path: Path) -> list[dict[str, str]]:
    with path.open("rb") as file:
        return [dict(record.rec_headers.headers) for record in ArchiveIterator(file)]


def kinds(bench: Bench) -> list[Counter[str]]:
    """The types of the records of each file, as warcio reads them."""
    return [Counter(record["WARC-Type"] for record in fields_of(path)) for path in bench.files()]


def checked(*paths: Path) -> None:
    """`warcio check` finds every digest right and no fault."""
    done = subprocess.run(["warcio", "check", *map(str, paths)], capture_output=True, text=True, env=_env())
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def _env(**more: str) -> dict[str, str]:
    return {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        **more,
    }


def answer(number: int = 1, body: bytes = b"<p>tin</p>", at: datetime = AT, **more: Any) -> Fetch:
    url = f"https://bao.example/{number}"
    return Fetch(
        **{"url": url, "site": "bao", "link": url, "status": 200, "headers": (), "body": body, "at": at, **more}
    )


def writer(folder: Path, size: int = 10**9) -> Writer:
    return Writer(folder, size, "thoisu/0.1 (+mailto:ai@bao.example)", "mailto:ai@bao.example")


def test_a_crawl_is_kept_and_each_page_read_back_is_the_article_that_was_stored(bench: Bench) -> None:
    assert bench.crawl_one().created == 6
    asked = [request for request in bench.newsroom.requests if request.path != "/robots.txt"]
    assert kinds(bench) == [{"warcinfo": 1, "response": len(asked)}]
    checked(*bench.files())
    stored = bench.stored()
    with Archive(bench.archive) as archive:
        assert archive.catch_up() == []
        read_back = [read(archive.load(held), packed(bench.sites["songda"])).article for held in archive.pages()]
    assert {article.canonical_url: article for article in read_back} == stored


def test_the_first_record_says_who_and_all_say_which_and_when(bench: Bench) -> None:
    bench.crawl_one(
        settings={"THOISU_CONTACT": "mailto:ai@bao.example", "USER_AGENT": "thoisu/9 (+mailto:ai@bao.example)"}
    )
    (path,) = bench.files()
    with path.open("rb") as file:
        records = ArchiveIterator(file)
        info = next(records)
        text = info.content_stream().read().decode()
        rest = [dict(record.rec_headers.headers) for record in records]
    assert info.rec_headers.protocol == "WARC/1.1"
    assert info.rec_headers["WARC-Filename"] == path.name
    for line in (
        "software: thoisu/9",
        "operator: mailto:ai@bao.example",
        "robots: obey",
        "format: WARC File Format 1.1",
    ):
        assert f"{line}\r\n" in text
    assert {fields["WARC-Warcinfo-ID"] for fields in rest} == {info.rec_headers["WARC-Record-ID"]}
    for fields in rest:
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", fields["WARC-Date"])
        assert fields["WARC-Payload-Digest"].startswith("sha1:")
        assert fields["WARC-IP-Address"] == "127.0.0.1"
    assert len({fields["WARC-Record-ID"] for fields in rest}) == len(rest)


def test_an_unchanged_page_becomes_a_revisit_of_the_first_and_gives_the_same_article(bench: Bench) -> None:
    bench.crawl_one()
    edited = bench.newsroom.misbehave("songda", edit=1)
    report = bench.crawl_one(revisit=True)
    assert (report.revised, report.unchanged) == (1, 5)
    first, second = bench.files()
    checked(first, second)
    again = [fields for fields in fields_of(second) if "Thoisu-Link" in fields]
    assert Counter(fields["WARC-Type"] for fields in again) == {"revisit": 5, "response": 1}
    assert [fields["WARC-Target-URI"] for fields in again if fields["WARC-Type"] == "response"] == edited
    originals = {fields.get("WARC-Target-URI"): fields for fields in fields_of(first)}
    for fields in again:
        if fields["WARC-Type"] == "revisit":
            original = originals[fields["WARC-Refers-To-Target-URI"]]
            assert fields["WARC-Refers-To-Date"] == original["WARC-Date"]
            assert fields["WARC-Payload-Digest"] == original["WARC-Payload-Digest"]
            assert fields["WARC-Profile"].endswith("/1.1/revisit/identical-payload-digest")
    with Archive(bench.archive) as archive:
        held = list(archive.pages())
        articles = [read(archive.load(page), packed(bench.sites["songda"])).article for page in held]
    assert {page.row.file for page in held} == {second.name}
    assert {article.canonical_url: article for article in articles} == bench.stored()


def test_gone_pages_are_kept_for_known_articles_alone(bench: Bench) -> None:
    bench.newsroom.misbehave("songda", status=404, path="post", times=1)
    bench.crawl_one()
    known = bench.stored()
    gone = bench.newsroom.misbehave("songda", take_down=2)
    bench.crawl_one(revisit=True)
    lost = [fetch for path in bench.files() for fetch in fetches(path) if fetch.status in (404, 410)]
    assert sorted(fetch.url for fetch in lost) == sorted(url for url in gone if url in known)
    assert len(lost) >= 1
    assert all(fetch.link for fetch in lost)


def fetches(path: Path) -> list[Fetch]:
    with path.open("rb") as file:
        return [fetch for _, _, text in walk(file) if (fetch := parse(text).fetch)]


def test_without_the_setting_and_for_saved_pages_nothing_is_kept(bench: Bench, tmp_path: Path) -> None:
    bench.crawl_one(settings={"THOISU_ARCHIVE": None})
    (tmp_path / "saved").mkdir()
    (tmp_path / "saved" / "replay.tsv").write_text("url\tfile\n")
    bench.crawl_one(replay=tmp_path / "saved")
    assert not bench.archive.exists()


def test_files_are_rolled_by_size_and_each_opens_with_its_own_warcinfo(tmp_path: Path) -> None:
    kept = writer(tmp_path, size=4000)
    for number in range(40):
        assert kept.keep(answer(number, os.urandom(1000)))
    kept.close()
    paths = sorted(tmp_path.glob("*.warc.gz"))
    assert len(paths) > 5
    assert all(4000 <= path.stat().st_size < 7000 for path in paths[:-1])
    assert [fields_of(path)[0]["WARC-Type"] for path in paths] == ["warcinfo"] * len(paths)
    checked(*paths)
    with Archive(tmp_path) as archive:
        assert len({archive.load(page).url for page in archive.pages()}) == 40


def test_a_body_seen_before_the_last_one_is_a_revisit_as_well_and_a_lost_original_is_written_anew(
    tmp_path: Path,
) -> None:
    kept = writer(tmp_path)
    for body in (b"<p>a</p>", b"<p>b</p>", b"<p>a</p>"):
        kept.keep(answer(body=body))
    kept.close()
    (path,) = tmp_path.glob("*.warc.gz")
    assert [fields["WARC-Type"] for fields in fields_of(path)] == ["warcinfo", "response", "response", "revisit"]
    path.unlink()
    kept = writer(tmp_path)
    kept.keep(answer(body=b"<p>a</p>"))
    kept.close()
    (path,) = tmp_path.glob("*.warc.gz")
    assert [fields["WARC-Type"] for fields in fields_of(path)] == ["warcinfo", "response"]


@settings(max_examples=60)
@given(
    body=st.binary(max_size=3000),
    link=st.text(max_size=30),
    values=st.lists(st.text(max_size=20).filter(lambda text: text.isprintable()), max_size=3),
)
def test_whatever_came_comes_back(body: bytes, link: str, values: list[str]) -> None:
    headers = tuple((f"X-Ban-Tin-{number}", value) for number, value in enumerate(values))
    given_ = answer(body=body, link=f"https://bao.example/{link}", headers=(*headers, ("Transfer-Encoding", "chunked")))
    maker = Maker()
    member = maker.response(given_, "", None)
    ((_, length, text),) = walk(BytesIO(member))
    parsed = parse(text)
    assert length == len(member)
    assert parsed.sound
    assert parsed.fetch is not None
    assert (parsed.fetch.body, parsed.fetch.at, parsed.fetch.status) == (body, AT, 200)
    names = [name for name, _ in parsed.fetch.headers]
    assert "Transfer-Encoding" not in names
    assert dict(parsed.fetch.headers)["Content-Length"] == str(len(body))


def test_a_header_cannot_end_its_line() -> None:
    evil = "https://bao.example/\r\nWARC-Type: resource\r\n\r\n"
    maker = Maker()
    ((_, _, text),) = walk(
        BytesIO(
            maker.response(
                answer(link=evil, headers=(("X", "a\r\nSet-Cookie: b"), ("Bản tin", "c"), ("Y: z", "d"))), "", None
            )
        )
    )
    parsed = parse(text)
    assert parsed.fetch is not None
    assert parsed.fields["warc-type"] == "response"
    assert [name for name, _ in parsed.fetch.headers] == ["X", "Content-Length"]


KILLED = """
from pathlib import Path
from tests.archive.test_archive import answer, writer
kept = writer(Path({folder!r}))
number = 0
while True:
    number += 1
    kept.keep(answer(number, str(number).encode() * 20000))
    print(number, flush=True)
"""


def test_a_killed_process_leaves_whole_records_and_the_next_begins_another_file(tmp_path: Path) -> None:
    order = [sys.executable, "-c", KILLED.format(folder=str(tmp_path))]
    with subprocess.Popen(order, stdout=subprocess.PIPE, env=_env()) as process:
        assert process.stdout is not None
        said = [int(process.stdout.readline()) for _ in range(20)]
        process.send_signal(signal.SIGKILL)
        said += [int(line) for line in process.stdout]
    kept = writer(tmp_path)
    kept.keep(answer(0))
    kept.close()
    assert len(list(tmp_path.glob("*.warc.gz"))) == 2
    with Archive(tmp_path) as archive:
        faults = archive.catch_up()
        numbers = {int(archive.load(page).url.rpartition("/")[2]) for page in archive.pages()}
    assert len(faults) <= 1
    assert numbers >= {0, *said}


@pytest.mark.parametrize("cut", [1, 30, 400])
def test_a_broken_tail_is_named_and_passed_over(tmp_path: Path, cut: int) -> None:
    kept = writer(tmp_path)
    for number in range(3):
        kept.keep(answer(number, os.urandom(600)))
    kept.close()
    (path,) = tmp_path.glob("*.warc.gz")
    os.truncate(path, path.stat().st_size - cut)
    (tmp_path / "index.db").unlink()
    with Archive(tmp_path) as archive:
        (fault,) = archive.catch_up()
        assert fault.startswith(f"{path.name}: broken from byte ")
        assert [page.row.url[-1] for page in archive.pages()] == ["0", "1"]
        assert archive.catch_up() == [fault]


def test_a_lost_or_unusable_index_is_made_again(tmp_path: Path) -> None:
    kept = writer(tmp_path)
    for number in (1, 2, 1):
        kept.keep(answer(number, at=AT + timedelta(minutes=number)))
    kept.close()
    with Archive(tmp_path) as archive:
        before = [page.row for page in archive.pages()]
    (tmp_path / "index.db").write_bytes(b"this is no database" * 100)
    with Archive(tmp_path) as archive:
        assert archive.catch_up() == []
        after = [page.row for page in archive.pages()]
        bodies = [archive.load(page).body for page in archive.pages()]
    assert {(row.file, row.offset, row.digest, row.at) for row in after} == {
        (row.file, row.offset, row.digest, row.at) for row in before
    }
    assert bodies == [b"<p>tin</p>"] * 2


def test_only_the_unknown_end_of_a_file_is_read_to_catch_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = writer(tmp_path)
    for number in range(5):
        kept.keep(answer(number))
    kept.close()
    with sqlite3.connect(tmp_path / "index.db") as base:
        base.execute("DELETE FROM records WHERE url LIKE '%4'")
    base.close()
    seen: list[bytes] = []
    monkeypatch.setattr("crawler.archive.reader.parse", lambda text: seen.append(text) or parse(text))
    with Archive(tmp_path) as archive:
        assert archive.catch_up() == []
        assert archive.catch_up() == []
        assert len(seen) == 1
        assert len(list(archive.pages())) == 5


def test_a_changed_byte_is_found(tmp_path: Path) -> None:
    kept = writer(tmp_path)
    kept.keep(answer(1, b"<p>lai suat 4,5%</p>"))
    kept.close()
    (path,) = tmp_path.glob("*.warc.gz")
    with path.open("rb") as file:
        members = [text for _, _, text in walk(file)]
    with Archive(tmp_path) as archive:
        (held,) = archive.pages()
        head, page = (gzip.compress(text.replace(b"4,5%", b"9,5%"), 4, mtime=0) for text in members)
        path.write_bytes(head + page)
        with sqlite3.connect(tmp_path / "index.db") as base:
            base.execute("UPDATE records SET offset = ?, length = ?", (len(head), len(page)))
        base.close()
        with pytest.raises(Damaged, match="does not match its digest"):
            archive.load(archive.page(held.id))


def test_a_full_disk_ends_the_archive_by_name_and_nothing_else(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    really, written = os.write, []

    def write(file: int, data: bytes) -> int:
        if os.readlink(f"/proc/self/fd/{file}").endswith(".warc.gz"):
            written.append(len(data))
            if len(written) == 5:
                return really(file, bytes(data)[:100])
            if len(written) == 6:
                raise OSError(errno.ENOSPC, "No space left on device")
        return really(file, data)

    monkeypatch.setattr(os, "write", write)
    with caplog.at_level(logging.WARNING):
        report = bench.crawl_one()
    assert (report.created, report.error) == (6, None)
    said = [record.getMessage() for record in caplog.records if record.name == "crawler.archive.writer"]
    assert len(said) == 1
    assert said[0].startswith("disk_full: ")
    assert len(written) == 6
    (path,) = bench.files()
    checked(path)
    assert kinds(bench) == [{"warcinfo": 1, "response": 3}]
    (bench.archive / "index.db").unlink()
    with Archive(bench.archive) as archive:
        assert archive.catch_up() == []
    monkeypatch.undo()
    bench.newsroom.misbehave("songda", edit=1)
    bench.crawl_one(revisit=True)
    assert len(bench.files()) == 2


@pytest.mark.skipif(os.geteuid() == 0 and not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_folder_that_cannot_be_made_is_no_reason_not_to_crawl(
    bench: Bench, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("")
    with caplog.at_level(logging.WARNING):
        assert bench.crawl_one(settings={"THOISU_ARCHIVE": str(tmp_path / "file" / "warc")}).created == 6
    assert [record.getMessage() for record in caplog.records if record.name == "crawler.archive.writer"]


def test_a_folder_without_files_is_no_archive(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="holds no archive"):
        Archive(tmp_path)


def test_extraction_of_a_kept_page_needs_its_header(bench: Bench) -> None:
    bench.newsroom.misbehave("songda", charset="utf-8")
    bench.crawl_one()
    with Archive(bench.archive) as archive:
        fetch = archive.load(next(iter(archive.pages())))
    assert dict(fetch.headers)["Content-Type"].startswith("text/html")
    own = extract(fetch.body, fetch.url, site=bench.sites["songda"], declared="utf-8")
    assert own == read(fetch, packed(bench.sites["songda"])).article


def test_original_is_named_in_utc() -> None:
    there = datetime.fromisoformat("2026-08-03T13:30:00+07:00")
    ((_, _, text),) = walk(BytesIO(Maker().response(answer(), "sha1:A", Original("https://bao.example/1", there))))
    assert parse(text).fields["warc-refers-to-date"] == "2026-08-03T06:30:00.000000Z"


def test_a_crawl_that_keeps_no_archive_loads_nothing_of_it() -> None:
    code = "import sys, crawler.middlewares\nsys.exit(str({'warcio', 'fsspec'} & set(sys.modules) or ''))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr == "\n"
