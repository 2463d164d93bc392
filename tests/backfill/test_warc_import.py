"""Articles out of archive files: every form of them, and whatever is wrong with one."""

from __future__ import annotations

import gzip
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from random import Random

import brotli
import pytest
from backports import zstd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler.alerts import alerts
from crawler.archive.record_stream import MEMBER
from crawler.archive.warc_files import Fault, Record, WarcFile, records, warc_files
from crawler.backfill import warc_import
from crawler.backfill.warc_import import Copied, copy
from crawler.cli.main import main
from crawler.crawl.run import crawl
from crawler.discover import DayRange
from crawler.errors import BadInput
from crawler.monitor.store_checks import verify
from crawler.newsroom import Newsroom, World, newsroom_sites
from crawler.newsroom.pages import page
from crawler.sites import Site, Sites
from crawler.store import Store

FETCHED = datetime(2026, 9, 1, 3, 0, tzinfo=UTC)
EVER = DayRange(date.min, date.max)


class Shelf:
    """A newsroom's pages as archive files."""

    def __init__(self, world: World, folder: Path) -> None:
        self.world, self.folder = world, folder
        world.port = 8080
        self.sites: dict[str, Site] = newsroom_sites("http://127.0.0.1:8080", 2)
        self.stories = [story for story in world.all_stories() if story.paper.name in self.sites]
        self.url = f"sqlite:///{folder / 'store.db'}"

    def record(self, url: str, body: bytes, at: datetime = FETCHED, *, kind: str = "response", **headers: str) -> bytes:
        out = BytesIO()
        writer = WARCWriter(out, gzip=False, warc_version="WARC/1.0")
        fields = {"Content-Type": "text/html; charset=utf-8", **{k.replace("_", "-"): v for k, v in headers.items()}}
        http = StatusAndHeaders("200 OK", list(fields.items()), protocol="HTTP/1.1")
        date_ = {"WARC-Date": at.strftime("%Y-%m-%dT%H:%M:%SZ")}
        payload = {"payload": BytesIO(body), "length": len(body)}
        writer.write_record(writer.create_warc_record(url, kind, **payload, http_headers=http, warc_headers_dict=date_))
        return out.getvalue()

    def texts(self, at: datetime = FETCHED) -> list[bytes]:
        return [self.record(self.world.url(story), page(self.world, story).encode(), at) for story in self.stories]

    def file(self, name: str, texts: list[bytes]) -> Path:
        path = self.folder / name
        data = [gzip.compress(text) for text in texts] if name.endswith(".gz") else texts
        path.write_bytes(b"".join(data))
        return path

    def copy(self, path: Path, span: DayRange = EVER, *, dry: bool = False) -> Copied:
        found, _ = warc_files(path)
        whole, present = Copied(name="", size=0), max(datetime.now(UTC), FETCHED + timedelta(days=30))
        with Store.open(self.url) as store:
            for tape in found:
                one = copy(store, tape, self.sites, span, dry=dry, now=present)
                whole.records += one.records
                whole.what += one.what
                whole.faults += one.faults
            assert verify(store) == []
        return whole

    def stored(self) -> set[str]:
        with Store.open(self.url) as store:
            rows = store.articles(limit=None)
            copies = [copy_.canonical_url for row in rows for copy_ in store.article(row.id).copies]  # type: ignore[union-attr]
            return {row.canonical_url for row in rows} | set(copies)

    def published(self) -> set[str]:
        return {self.world.url(story) for story in self.stories}


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(World(seed=9, sites=2, articles=12), tmp_path)


# --- forms -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["plain.warc", "packed.warc.gz", "whole.wacz", "warc.paths", "warc.paths.gz"])
def test_every_form_gives_every_article_with_the_time_of_its_fetch(shelf: Shelf, form: str) -> None:
    path = shelf.folder / form
    if form.startswith(("plain", "packed")):
        shelf.file(form, shelf.texts())
    else:
        half = shelf.texts()
        shelf.file("a.warc.gz", half[:10])
        shelf.file("b.warc", half[10:])
        if form.endswith("wacz"):
            with zipfile.ZipFile(path, "w") as packed:
                packed.writestr("pages/pages.jsonl", "{}\n" * 5000)
                packed.write(shelf.folder / "a.warc.gz", "archive/a.warc.gz")
                packed.write(shelf.folder / "b.warc", "archive/b.warc")
        else:
            text = b"https://data.example/crawl-data/2026/08/a.warc.gz\n\n# and\ncrawl-data/b.warc\n"
            path.write_bytes(gzip.compress(text) if form.endswith("gz") else text)
    found = shelf.copy(path)
    assert found.faults == []
    assert found.records == 24
    assert found.what["created"] + found.what["copied"] == 24
    assert shelf.stored() == shelf.published()
    with Store.open(shelf.url) as store:
        truth = {row["canonical_url"]: row for rows in shelf.world.record().values() for row in rows}
        for row in store.articles(limit=None):
            held = store.article(row.id)
            assert held is not None
            assert held.article.body == truth[row.canonical_url]["body"]
            assert row.first_seen_at == FETCHED
            assert {change.at for change in held.changes} == {FETCHED}
    # Read to its end, it is not read again.
    assert shelf.copy(path).records == 0


def test_only_the_wanted_days_and_sites_are_stored_and_a_dry_run_stores_nothing(shelf: Shelf) -> None:
    shelf.stories.extend([])
    path = shelf.file("a.warc.gz", [*shelf.texts(), shelf.record("https://elsewhere.example/tin-1.html", b"<p>x</p>")])
    root = shelf.world.root(shelf.world.papers[0])
    with path.open("ab") as file:
        file.write(gzip.compress(shelf.record(f"{root}/chinh-tri/", b"<p>x</p>")))
        file.write(gzip.compress(shelf.record(f"{root}/tin-post999999.html", b"<html><body>404</body></html>")))
    day = shelf.stories[0].published.date()
    dry = shelf.copy(path, DayRange(day, day), dry=True)
    assert (dry.what["readable"], dry.what["no_site"], dry.what["section"]) == (24, 1, 1)
    assert shelf.copy(path, DayRange(date(2020, 1, 1), date(2020, 1, 2))).what["other_days"] == 24
    assert shelf.stored() == set()
    found = shelf.copy(path, DayRange(day, day))
    assert found.what["created"] + found.what["copied"] == 24
    assert found.what.total() == found.records == 27


def test_an_archive_never_goes_over_a_later_fetch(shelf: Shelf) -> None:
    shelf.copy(shelf.file("new.warc.gz", shelf.texts(FETCHED)))
    story = shelf.stories[0]
    now = page(shelf.world, story)
    changed = now.replace(story.blocks[0].lines[0], "Một câu khác hẳn đã được viết vào chỗ này trong bản cũ hơn.")
    assert changed != now
    url = shelf.world.url(story)
    older = shelf.file("old.warc.gz", [shelf.record(url, changed.encode(), FETCHED - timedelta(days=3))])
    assert shelf.copy(older).what == Counter(held=1)
    newer = shelf.file("newer.warc.gz", [shelf.record(url, changed.encode(), FETCHED + timedelta(days=3))])
    assert shelf.copy(newer).what == Counter(revised=1)
    # A crawl has asked since, and found the same text: what lies between is no news.
    with Store.open(shelf.url) as store:
        held = store.page(url)
        assert held is not None
        store.save(held.article, FETCHED + timedelta(days=9))
    between = shelf.file("between.warc.gz", [shelf.record(url, now.encode(), FETCHED + timedelta(days=5))])
    assert shelf.copy(between).what == Counter(held=1)


def test_who_watches_for_words_is_told_of_nothing_that_an_archive_brings(shelf: Shelf) -> None:
    story = shelf.stories[0]
    url, now = shelf.world.url(story), page(shelf.world, story)
    changed = now.replace(story.blocks[0].lines[0], "Một câu khác hẳn đã được viết vào chỗ này.")
    with Store.open(shelf.url) as store:
        alerts.add(store, "và OR có OR một", [], [], FETCHED)
    later = shelf.record(url, changed.encode(), FETCHED + timedelta(days=1))
    assert shelf.copy(shelf.file("a.warc.gz", [*shelf.texts(), later])).what["revised"] == 1
    with Store.open(shelf.url) as store:
        assert alerts.write_messages(store, FETCHED, ["json://127.0.0.1:9/"]) == 0
        article = store.article(1)
        assert article is not None
        store.save(
            replace(article.article, body="Một câu nữa, và có tất cả.", content_hash="v1:" + "1" * 64),
            datetime.now(UTC),
        )
        assert alerts.write_messages(store, FETCHED, ["json://127.0.0.1:9/"]) == 1, "an edit that a crawl sees is news"


def test_what_waits_to_be_asked_is_done_when_an_archive_has_it(tmp_path: Path) -> None:
    with Newsroom(World(seed=9, sites=2, articles=12)) as room:
        sites = newsroom_sites(room.url, 2)
        shelf = Shelf.__new__(Shelf)
        shelf.world, shelf.folder, shelf.sites = room.world, tmp_path, sites
        shelf.url, shelf.stories = f"sqlite:///{tmp_path / 'store.db'}", room.world.all_stories()
        patient = {"THOISU_DELAY": 0, "RETRY_TIMES": 0, "THOISU_BUDGET": 10_000}
        crawl(sites, store_url=shelf.url, newsroom=room.url, settings=patient, limit=1)
        shelf.copy(shelf.file("a.warc.gz", shelf.texts(datetime.now(UTC) - timedelta(days=1))))
        room.forget_requests()
        crawl(sites, store_url=shelf.url, newsroom=room.url, settings=patient)
        assert [request.path for request in room.requests if "post" in request.path] == []
        assert shelf.stored() == shelf.published()


@pytest.mark.parametrize(
    ("headers", "pack"),
    [
        ({"Content_Encoding": "gzip"}, gzip.compress),
        ({"Content_Encoding": "gzip"}, bytes),  # undone, and still said
        ({"Transfer_Encoding": "chunked"}, lambda body: b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)),
    ],
)
def test_a_body_may_be_packed_once_more(shelf: Shelf, headers: dict[str, str], pack: type[bytes]) -> None:
    story = shelf.stories[0]
    body = pack(page(shelf.world, story).encode())
    path = shelf.file("a.warc.gz", [shelf.record(shelf.world.url(story), body, **headers)])
    assert shelf.copy(path).what == Counter(created=1)


# --- what is wrong with files ----------------------------------------------------------------------------------------


def spoiled(shelf: Shelf, how: str) -> Path:
    packed = [gzip.compress(text) for text in shelf.texts()]
    plain = shelf.texts()
    match how:
        case "a torn record":
            packed[5] = packed[5][: len(packed[5]) // 2]
        case "a flipped byte":
            packed[5] = packed[5][:200] + bytes([packed[5][200] ^ 255]) + packed[5][201:]
        case "rubbish between":
            packed.insert(5, Random(1).randbytes(100_000))  # noqa: S311
            packed.append(gzip.compress(shelf.record("http://x.example/", b"")))
        case "a record of zeros":
            packed.insert(5, gzip.compress(b"WARC/1.0\r\n" + bytes(30 * 2**20)))
            packed.append(gzip.compress(shelf.record("http://x.example/", b"")))
        case "a lie about its length":
            text = plain[5]
            number = text.split(b"Content-Length: ")[1].split(b"\r\n")[0]
            plain[5] = text.replace(b"Content-Length: " + number, b"Content-Length: 99999999999999")
            return shelf.file("bad.warc", plain)
        case "too short a length":
            text = plain[5]
            number = text.split(b"Content-Length: ")[1].split(b"\r\n")[0]
            plain[5] = text.replace(b"Content-Length: " + number, b"Content-Length: 7")
            return shelf.file("bad.warc", plain)
    path = shelf.folder / "bad.warc.gz"
    path.write_bytes(b"".join(packed))
    return path


@pytest.mark.parametrize(
    ("how", "fewer"),
    [
        ("a torn record", 1), ("a flipped byte", 1), ("rubbish between", 0), ("a record of zeros", 0),
        ("a lie about its length", 1), ("too short a length", 1),
    ],
)  # fmt: skip
def test_what_is_damaged_is_named_and_all_else_is_read(shelf: Shelf, how: str, fewer: int) -> None:
    path = spoiled(shelf, how)
    found = shelf.copy(path)
    assert found.faults
    assert all(str(path) in fault and "passed over" in fault for fault in found.faults)
    assert len(shelf.stored()) == 24 - fewer


def test_a_file_that_ends_in_the_middle_of_a_record_gives_what_stands_before(shelf: Shelf) -> None:
    path = shelf.file("a.warc.gz", shelf.texts())
    path.write_bytes(path.read_bytes()[:-100])
    found = shelf.copy(path)
    assert found.records == 23
    assert "cut off" in found.faults[0]


def test_a_page_that_unpacks_to_too_much_is_named(shelf: Shelf) -> None:
    bomb = gzip.compress(bytes(12 * 2**20))
    url = shelf.world.url(shelf.stories[0])
    path = shelf.file("a.warc.gz", [shelf.record(url, bomb, Content_Encoding="gzip"), *shelf.texts()[1:]])
    found = shelf.copy(path)
    assert "more than 10 MB" in found.faults[0]
    assert len(shelf.stored()) == 23


def packed_anyhow(data: bytes, size: int) -> bytes:
    """gzip members that hold `size` bytes each, wherever a record ends; one of all with 0."""
    size = size or len(data)
    return b"".join(gzip.compress(data[at : at + size]) for at in range(0, len(data), size))


@pytest.mark.parametrize("size", [0, 300, 65_280, 100_000])
def test_a_file_that_is_not_packed_record_by_record_is_read(shelf: Shelf, size: int) -> None:
    path = shelf.folder / "a.warc.gz"
    path.write_bytes(packed_anyhow(b"\r\n" + b"".join(shelf.texts()), size) + bytes(1024))
    found = shelf.copy(path)
    assert (found.records, found.faults) == (24, [])
    assert shelf.stored() == shelf.published()


def test_what_is_damaged_in_a_file_packed_as_a_whole_is_named_and_what_stands_round_it_is_read(shelf: Shelf) -> None:
    texts = shelf.texts()
    whole = gzip.compress(b"".join(texts[:16]))
    torn = whole[: len(whole) // 2] + b"?" * 40 + whole[len(whole) // 2 + 40 :]
    path = shelf.folder / "a.warc.gz"
    path.write_bytes(torn + gzip.compress(b"".join(texts[16:20])) + gzip.compress(b"".join(texts[20:]))[:-9])
    found = shelf.copy(path)
    assert all("passed over" in fault for fault in found.faults)
    assert any("cut off" in fault for fault in found.faults)
    assert shelf.stored() >= {shelf.world.url(story) for story in shelf.stories[16:]}
    assert 10 < len(shelf.stored()) < 24


def test_rubbish_and_a_record_that_is_too_large_in_a_file_packed_as_a_whole(shelf: Shelf) -> None:
    texts = shelf.texts()
    texts.insert(3, shelf.record("http://x.example/film.mp4", bytes(17 * 2**20)))
    texts.insert(9, b"rubbish\r\n\r\n")
    path = shelf.folder / "a.warc.gz"
    path.write_bytes(gzip.compress(b"".join(texts)))
    found = shelf.copy(path)
    assert [fault.partition(": ")[2] for fault in found.faults] == [
        "a record of more than 16 MB, passed over",
        "no record begins here, passed over",
    ]
    assert shelf.stored() == shelf.published()


def test_a_member_that_holds_no_record_is_named(shelf: Shelf) -> None:
    packed = [gzip.compress(text) for text in shelf.texts()]
    path = shelf.folder / "a.warc.gz"
    path.write_bytes(
        b"".join([*packed[:3], gzip.compress(b"<html>not a record</html>"), gzip.compress(b""), *packed[3:]])
    )
    found = shelf.copy(path)
    assert [fault.partition(": ")[2] for fault in found.faults] == ["no record begins here, passed over"]
    assert shelf.stored() == shelf.published()


def test_a_file_packed_as_a_whole_is_begun_anew_after_a_kill(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.backfill.warc_import._EVERY", 5)
    path = shelf.folder / "a.warc.gz"
    path.write_bytes(gzip.compress(b"".join(shelf.texts())))
    (tape,), _ = warc_files(path)

    def stop(found: Copied) -> None:
        if found.records == 10:
            raise KeyboardInterrupt

    with Store.open(shelf.url) as store:
        with pytest.raises(KeyboardInterrupt):
            copy(store, tape, shelf.sites, EVER, on_progress=stop)
        assert copy(store, tape, shelf.sites, EVER).what["held"] == 10
        assert copy(store, tape, shelf.sites, EVER).records == 0
    assert shelf.stored() == shelf.published()


def bare_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [
        ("br", brotli.compress),
        ("deflate", zlib.compress),
        ("deflate", bare_deflate),
        ("zstd", zstd.compress),
        ("gzip", lambda data: gzip.compress(data[:900]) + gzip.compress(data[900:])),
        ("", gzip.compress),
        ("br", gzip.compress),
        ("BR, gzip", lambda data: gzip.compress(brotli.compress(data))),
        # The header stayed, and the body was undone before it was kept.
        *((name, bytes) for name in ("br", "deflate", "zstd", "gzip", "identity")),
    ],
)
def test_bodies_as_they_were_sent(shelf: Shelf, encoding: str, pack: Callable[[bytes], bytes]) -> None:
    head = {"Content-Encoding": encoding} if encoding else {}
    texts = [
        shelf.record(shelf.world.url(story), pack(page(shelf.world, story).encode()), **head) for story in shelf.stories
    ]
    found = shelf.copy(shelf.file("a.warc.gz", texts))
    assert (found.records, found.faults) == (24, [])
    assert shelf.stored() == shelf.published()


@pytest.mark.parametrize("encoding", ["br", "deflate", "zstd"])
def test_a_body_that_cannot_be_undone_or_is_too_large_is_named(shelf: Shelf, encoding: str) -> None:
    pack = {"br": brotli.compress, "deflate": zlib.compress, "zstd": zstd.compress}[encoding]
    first, second, *others = shelf.stories
    head = {"Content-Encoding": encoding}
    bodies = [(first, b"\xff\x01rubbish" * 20), (second, pack(bytes(12 * 2**20)))]
    texts = [shelf.record(shelf.world.url(story), body, **head) for story, body in bodies]
    found = shelf.copy(shelf.file("a.warc.gz", texts + shelf.texts()[2:]))
    assert f"a body that is not {encoding}" in found.faults[0]
    assert "more than 10 MB" in found.faults[1]
    assert shelf.stored() == {shelf.world.url(story) for story in others}


@pytest.mark.parametrize("form", ["<{}>", " {} ", "<{}> ", "< {} >", '"{}"'])
def test_addresses_as_wget_writes_them(shelf: Shelf, form: str) -> None:
    texts = []
    for story in shelf.stories:
        url = shelf.world.url(story)
        text = shelf.record(url, page(shelf.world, story).encode())
        texts.append(text.replace(f"WARC-Target-URI: {url}".encode(), f"WARC-Target-URI: {form.format(url)}".encode()))
    assert shelf.copy(shelf.file("a.warc.gz", texts)).faults == []
    assert shelf.stored() == shelf.published()


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=3000), st.integers(0, 24), st.booleans())
def test_whatever_stands_between_records_every_whole_one_is_found(
    shelf: Shelf, rubbish: bytes, place: int, packed: bool
) -> None:
    texts = shelf.texts()[:6]
    place = place % (len(texts) + 1)
    data = [gzip.compress(text) for text in texts] if packed else texts
    path = shelf.folder / "some.warc"
    # Behind the rubbish a record begins on a line of its own, as everywhere.
    path.write_bytes(b"".join([*data[:place], rubbish + b"\r\n", *data[place:]]))
    if place == 0:
        return
    found = [one for one in records(WarcFile(path)) if isinstance(one, Record)]
    assert [one.text.strip() for one in found if one.text.strip() in {text.strip() for text in texts}] == [
        text.strip() for text in texts
    ]


def test_reading_goes_on_at_the_record_at_which_it_was(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.backfill.warc_import._EVERY", 5)
    path = shelf.file("a.warc.gz", shelf.texts())
    (tape,), _ = warc_files(path)
    seen: list[int] = []

    def stop(found: Copied) -> None:
        seen.append(found.records)
        if found.records == 10:
            raise KeyboardInterrupt

    with Store.open(shelf.url) as store:
        with pytest.raises(KeyboardInterrupt):
            copy(store, tape, shelf.sites, EVER, on_progress=stop)
        rest = copy(store, tape, shelf.sites, EVER)
    assert rest.records == 24 - 5
    assert rest.what["held"] == 5  # read before the kill, and not noted
    assert shelf.stored() == shelf.published()


def test_faults_and_places_add_up(shelf: Shelf) -> None:
    path = spoiled(shelf, "a torn record")
    found = list(records(WarcFile(path)))
    whole = [one for one in found if isinstance(one, Record)]
    (fault,) = [one for one in found if isinstance(one, Fault)]
    assert whole[4].end == fault.place
    assert whole[-1].end == path.stat().st_size
    again = list(records(WarcFile(path), whole[10].end))
    assert again == found[found.index(whole[10]) + 1 :]


# --- what is made to cost, or to be believed for ever -----------------------------------------------------------------


@pytest.mark.parametrize("junk", [b"WARC/1.0\r\n", b"WARC/", b"WARC/1.0\r\nA: b\r\n", MEMBER])
@pytest.mark.parametrize("form", ["plain.warc", "whole.warc.gz", "packed.warc.gz"])
def test_what_looks_like_records_is_gone_through_once(shelf: Shelf, junk: bytes, form: str) -> None:
    # Looked at to its end from each of its beginnings, each of these took from minutes to days.
    first, *_, last = shelf.texts()
    parts = [first, b"\r\n" + junk * (4_000_000 // len(junk)) + b"\r\n\r\n", last]
    path = shelf.folder / form
    path.write_bytes(gzip.compress(b"".join(parts)) if form.startswith("whole") else b"".join(parts))
    if form.startswith("packed"):
        path.write_bytes(gzip.compress(parts[0]) + parts[1] + gzip.compress(parts[2]))
    found = shelf.copy(path)
    assert len(found.faults) <= 1
    assert found.records >= 1


def test_a_file_that_unfolds_without_end_is_left(shelf: Shelf) -> None:
    first, last = shelf.texts()[:1], shelf.texts()[-1:]
    path = shelf.folder / "a.warc.gz"
    path.write_bytes(gzip.compress(b"".join([*first, bytes(80 * 2**20), *last])))
    found = shelf.copy(path)
    assert found.faults[-1].endswith("what follows unfolds to more than 100 times its size, and is left, passed over")
    assert found.records == 1


def test_of_very_many_faults_the_first_are_kept(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warc_import, "_MOST_NAMED", 3)
    texts = [part for text in shelf.texts() for part in (text, b"rubbish\r\n\r\n")]
    path = shelf.folder / "a.warc"
    path.write_bytes(b"".join(texts))
    with Store.open(shelf.url) as store:
        found = copy(store, WarcFile(path), shelf.sites, EVER)
    assert (len(found.faults), found.passed_over) == (3, 24)


@pytest.mark.parametrize("year", [1, 1989, 2126, 9999])
def test_a_record_that_cannot_have_been_fetched_then_is_passed_over(shelf: Shelf, year: int) -> None:
    story, other = shelf.stories[:2]
    texts = [
        shelf.record(shelf.world.url(one), page(shelf.world, one).encode(), at)
        for one in (story, other)
        for at in (FETCHED, FETCHED.replace(year=year))
    ]
    found = shelf.copy(shelf.file("a.warc.gz", [*texts[:2], texts[3], texts[2]]))
    assert found.what == Counter(created=2)
    assert len(found.faults) == 2
    with Store.open(shelf.url) as store:
        assert {row.first_seen_at for row in store.articles()} == {FETCHED}


def test_the_directory_of_a_wacz_is_read_once(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    path = shelf.folder / "a.wacz"
    with zipfile.ZipFile(path, "w") as packed:
        for number, text in enumerate(shelf.texts()):
            packed.writestr(f"archive/{number:02}.warc", text)
    found, _ = warc_files(path)
    monkeypatch.setattr(zipfile, "ZipFile", None)
    assert sum(isinstance(one, Record) for tape in found for one in records(tape)) == 24


# --- the command -----------------------------------------------------------------------------------------------------


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    def command(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(["backfill", *arguments])
        shown = capsys.readouterr()
        return int(ended.value.code or 0), shown.out, shown.err

    return command


def test_the_command_says_what_came_out_and_what_is_not_here(
    shelf: Shelf, run: Callable[..., tuple[int, str, str]]
) -> None:
    shelf.file("a.warc.gz", shelf.texts())
    listed = shelf.folder / "warc.paths"
    listed.write_text("crawl-data/a.warc.gz\ncrawl-data/missing.warc.gz\n")
    store = ["--store", shelf.url]
    code, out, error = run("--warc", str(listed), *store)
    assert (code, "24  no_site" in out) == (1, True)  # the real sites know no paper of the newsroom
    assert "1 file is not here, the first is crawl-data/missing.warc.gz" in error
    listed.write_text("crawl-data/missing.warc.gz\n")
    code, out, error = run("--warc", str(listed), *store)
    assert (code, out) == (2, "")
    assert "1 file is not here, and no other is listed; the first is crawl-data/missing.warc.gz" in error
    oddly = shelf.folder / "oddly.paths"
    oddly.write_text("# from a crawl\n\ncrawl-data/a.warc.gz\ncrawl-data/a.txt\n")
    other = shelf.folder / "page.html"
    other.write_text("<html>")
    for wrong, words in (
        ([str(other)], "no WARC, no WACZ and no list"),
        ([str(shelf.folder / "none.warc")], "No such file"),
        ([str(oddly)], f"{oddly}, line 4: 'crawl-data/a.txt' is no path of a .warc"),
        ([str(listed), "--gaps"], "--warc asks no site"),
    ):
        code, out, error = run("--warc", *wrong, *store)
        assert (code, out, error.count("\n")) == (2, "", 1)
        assert words in error


def test_what_was_passed_over_is_told_by_the_exit_code_and_a_dry_run_makes_no_store(
    shelf: Shelf, run: Callable[..., tuple[int, str, str]]
) -> None:
    whole = shelf.file("whole.warc", shelf.texts())
    store = ["--store", shelf.url]
    code, out, _ = run("--warc", str(whole), "--dry-run", *store)
    assert (code, "1 file, 24 records" in out) == (0, True)
    assert not (shelf.folder / "store.db").exists()
    spoiled = shelf.file("spoiled.warc", [*shelf.texts(), b"WARC/1.0\r\n"])
    code, out, error = run("--warc", str(spoiled), *store)
    assert (code, "24 records, 1 passed over" in out) == (1, True)
    assert str(spoiled) in error


def test_pages_of_the_other_sites_are_told_from_those_of_none(shelf: Shelf) -> None:
    path = shelf.file("a.warc", [*shelf.texts(), shelf.record("https://nobody.example/a", b"<html>")])
    first, *others = shelf.sites
    with Store.open(shelf.url) as store:
        sites = Sites([shelf.sites[first]])
        found = copy(store, WarcFile(path), sites, EVER, others=Sites(shelf.sites[name] for name in others))
    assert (found.what["other_site"], found.what["no_site"]) == (12, 1)


def test_a_wacz_whose_files_are_packed_twice_is_refused_with_what_to_do(shelf: Shelf) -> None:
    path = shelf.folder / "a.wacz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("archive/a.warc", b"".join(shelf.texts()))
    with pytest.raises(BadInput, match="unzip it first"):
        shelf.copy(path)
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(BadInput, match="cannot read"):
        warc_files(path)


def test_a_page_that_names_another_address_does_not_take_its_place(shelf: Shelf) -> None:
    first, second = shelf.stories[:2]
    body = page(shelf.world, second).replace(shelf.world.url(second), shelf.world.url(first))
    texts = [
        shelf.record(shelf.world.url(first), page(shelf.world, first).encode()),
        shelf.record(shelf.world.url(second), body.encode(), FETCHED + timedelta(hours=1)),
    ]
    found = shelf.copy(shelf.file("a.warc.gz", texts))
    assert found.what == Counter(created=2)
    assert shelf.stored() == {shelf.world.url(first), shelf.world.url(second)}
    assert replace(found).records == 2
