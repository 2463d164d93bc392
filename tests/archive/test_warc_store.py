"""An archive whose finished files lie in an object store: moved once they are whole, and read from there."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from crawler.archive import Archive, Damaged, pruning
from crawler.archive.index import Index
from crawler.archive.page_reading import read
from crawler.archive.reread import review
from crawler.archive.warc_store import WarcStore
from crawler.archive.writer import Writer
from crawler.cli.main import main
from crawler.configuration import DEFAULTS
from crawler.errors import ArchiveFailed, BadInput
from crawler.maintenance.room import room
from crawler.newsroom import Newsroom, World
from crawler.readers import packed
from crawler.store import Store
from tests.archive.test_archive import answer, fields_of
from tests.newsroom_bench import Bench
from tests.support import article, at, url_of
from tests.web.asking import Asker

URL = "memory://bucket/warc"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with Newsroom(World(seed=4, sites=1, articles=6)) as newsroom:
        bench = Bench(newsroom, tmp_path, archiving=True)
        bench.settings["THOISU_ARCHIVE_URL"] = f"file://{tmp_path}/far"
        (tmp_path / "far").mkdir()
        yield bench


def writer(folder: Path, size: int = 10**9, url: str | None = URL) -> Writer:
    return Writer(folder, size, "thoisu/0.1", "ai@bao.example", url)


def end(*writers: Writer) -> None:
    """Close them, and wait until what is finished is moved."""
    for one in writers:
        one.close()
        if moved := one.move():
            moved.result()


def names(system: Any) -> list[str]:
    return [path.rpartition("/")[2] for path in sorted(system.ls("/bucket/warc", detail=False))]


def test_what_a_crawl_keeps_is_moved_and_read_from_there(bench: Bench, tmp_path: Path) -> None:
    bench.crawl_one()
    (first,) = (tmp_path / "far").iterdir()
    bench.newsroom.misbehave("songda", edit=1)
    bench.crawl_one(revisit=True)
    assert bench.files() == []
    (second,) = {*(tmp_path / "far").iterdir()} - {first}
    kinds = [fields["WARC-Type"] for fields in fields_of(second) if "Thoisu-Link" in fields]
    assert sorted(kinds) == ["response"] + 5 * ["revisit"], "bodies that were moved are not written again"
    url = bench.settings["THOISU_ARCHIVE_URL"]
    for folder in (bench.archive, tmp_path / "another machine"):
        with Archive(folder, url) as archive, Store.open(bench.store_url) as store:
            assert archive.catch_up() == []
            articles = [read(archive.load(page), packed(bench.sites["songda"])).article for page in archive.pages()]
            assert {one.what for one in review(archive, store, bench.sites)} == {"same"}
        assert {one.canonical_url: one for one in articles} == bench.stored()


def test_a_file_is_moved_when_it_is_full(objects: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept, moved, move = writer(tmp_path, size=1), threading.Event(), WarcStore.move
    monkeypatch.setattr(WarcStore, "move", lambda self: (move(self), moved.set()))
    kept.keep(answer(1))
    kept.keep(answer(2))
    assert moved.wait(60)
    (open_,) = tmp_path.glob("*.warc.gz")
    (full,) = names(objects)
    assert full < open_.name
    end(kept)
    assert names(objects) == [full, open_.name]
    assert list(tmp_path.glob("*.warc.gz")) == []


def test_a_file_that_is_written_is_not_moved_and_one_whose_process_was_killed_is(objects: Any, tmp_path: Path) -> None:
    one, other = writer(tmp_path), writer(tmp_path)
    one.keep(answer(1))
    other.keep(answer(2))
    (tmp_path / "thoisu-just-made.warc.gz").touch()
    end(other)
    assert len(names(objects)) == 1
    one.keep(answer(3))
    end(one)
    assert len(names(objects)) == 2
    dead = writer(tmp_path)
    dead.keep(answer(4))
    dead.close()  # as the system does for a process that is killed
    end(writer(tmp_path))
    assert len(names(objects)) == 3
    with Archive(tmp_path, URL) as archive:
        archive.catch_up()
        assert {page.row.url[-1] for page in archive.pages()} == {"1", "2", "3", "4"}


def test_what_cannot_be_moved_stays_and_is_moved_the_next_time(
    objects: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def away(*_: object, **__: object) -> None:
        raise RuntimeError("EndpointConnectionError: https://key:secret@store.example")

    monkeypatch.setattr(type(objects), "put_file", away)
    kept = writer(tmp_path, size=1)
    with caplog.at_level(logging.WARNING):
        for number in range(3):
            assert kept.keep(answer(number))
        end(kept)
    (said,) = [record.getMessage() for record in caplog.records if record.name == "crawler.archive.writer"]
    assert "stay in" in said
    assert "secret" not in said
    assert len(list(tmp_path.glob("*.warc.gz"))) == 3
    monkeypatch.undo()
    end(writer(tmp_path))
    assert len(names(objects)) == 3


def test_a_store_that_does_not_answer_is_no_damaged_archive(
    objects: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = writer(tmp_path)
    kept.keep(answer(1))
    end(kept)
    with Archive(tmp_path, URL) as archive:
        (page,) = archive.pages()
        for name in ("open", "ls"):
            monkeypatch.setattr(type(objects), name, lambda *_, **__: 1 / 0)
        with pytest.raises(ArchiveFailed, match=r"memory://bucket/…: ZeroDivisionError"):
            archive.load(page)
        with pytest.raises(ArchiveFailed):
            archive.catch_up()
        monkeypatch.undo()
        assert archive.load(page).body == b"<p>tin</p>", "the index has forgotten nothing"


def test_an_object_that_is_gone_damages_what_stood_in_it(objects: Any, tmp_path: Path) -> None:
    for number in (1, 2):
        kept = writer(tmp_path)
        kept.keep(answer(number))
        end(kept)
    with Archive(tmp_path, URL) as archive:
        one, two = archive.pages()
        objects.rm_file(f"/bucket/warc/{one.row.file}")
        with pytest.raises(Damaged, match="the file is gone"):
            archive.load(one)
        assert archive.load(two).url[-1] == "2"
        archive.catch_up()
        assert [page.row for page in archive.pages()] == [two.row]


def test_a_broken_end_of_an_object_is_named_and_passed_over(objects: Any, tmp_path: Path) -> None:
    kept = writer(tmp_path)
    kept.keep(answer(1))
    kept.keep(answer(2))
    end(kept)
    (name,) = names(objects)
    objects.pipe_file(f"/bucket/warc/{name}", objects.cat_file(f"/bucket/warc/{name}")[:-1])
    with Archive(tmp_path / "another", URL) as archive:
        (fault,) = archive.catch_up()
        assert fault.startswith(f"{name}: broken from byte ")
        assert [page.row.url[-1] for page in archive.pages()] == ["1"]


@pytest.mark.parametrize(("days", "most", "left"), [(30, None, 1), (None, 1, 0), (400, 10**9, 2)])
def test_objects_go_by_age_and_size_as_files_do(
    objects: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, days: int | None, most: int | None, left: int
) -> None:
    now = datetime.now(UTC) + timedelta(days=1)
    for number in (1, 2):
        kept = writer(tmp_path)
        kept.keep(answer(number))
        end(kept)
    old = names(objects)[0]
    of = type(objects).modified
    monkeypatch.setattr(
        type(objects), "modified", lambda self, path: of(self, path) - timedelta(days=100 * path.endswith(old))
    )
    files = WarcStore(tmp_path, URL)
    pruning.drop(files, pruning.outdated(files, now, days and timedelta(days=days), most))
    assert len(names(objects)) == left
    index = Index(tmp_path)
    assert len(list(index.pages(None, None))) == left
    index.close()


def test_commands_and_pages_read_from_there(
    objects: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = writer(tmp_path / "warc")
    kept.keep(answer(link=url_of(1), url=url_of(1)))
    end(kept)
    settings = replace(DEFAULTS, archive=tmp_path / "warc", archive_url=URL)
    with Store.open(f"sqlite:///{tmp_path}/store.db") as store:
        store.save(article(1), at(1))
        source = Asker(store, archive=settings.archive, archive_url=URL).get("/articles/1/capture")
        assert (source.status_code, source.text) == (200, "<p>tin</p>")
        with monkeypatch.context() as away:
            away.setattr(type(objects), "open", lambda *_, **__: 1 / 0)
            unread = Asker(store, archive=settings.archive, archive_url=URL).get("/articles/1/capture")
        assert (unread.status_code, "kho lưu trữ không trả lời" in unread.text) == (503, True)
        found = list(room(store, settings, at(2)))
        (told,) = [one for one in found if one.what == "archive"]
        assert not [one for one in found if one.figures.get("name") == "archive"], "the folder does not grow"
        assert told.finding.startswith("1 files, 0.0 MB, finished ones at memory://bucket")
    monkeypatch.setenv("THOISU_ARCHIVE", str(tmp_path / "warc"))
    monkeypatch.setenv("THOISU_ARCHIVE_URL", URL)
    with pytest.raises(SystemExit, match="0"):
        main(["reread", "--store", f"sqlite:///{tmp_path}/store.db"])
    assert "1 page of the archive" in capsys.readouterr().out


@pytest.mark.parametrize("url", ["nowhere://bucket/warc", "memory://", "s3://bucket/warc"])
def test_a_url_that_cannot_be_used_is_told_and_the_pages_are_kept_here(
    tmp_path: Path, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    kept = writer(tmp_path, url=url)
    assert kept.keep(answer(1))
    end(kept)
    assert "stay in" in caplog.text
    with pytest.raises(BadInput, match=r"cannot be used|names no place"), Archive(tmp_path, url) as archive:
        archive.catch_up()
    with Archive(tmp_path) as archive:
        assert len(list(archive.pages())) == 1
