"""A backup is the store at one change, whichever database it is of, and becomes a store again in either."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect

from crawler.maintenance import packed
from crawler.maintenance.backup import backup
from crawler.maintenance.tables import every_table
from crawler.monitor.store_checks import verify
from crawler.store import Store, quarantine, sink_cursors
from tests.support import Thoisu, article, at, fill, keep_page, life, read_jsonl, writer

INDEX = "search_"
OURS = {"thoisu_schema", "unnumbered"}


def record(url: str) -> list[dict[str, Any]]:
    """All that the feed says, with the texts, without what the store is called."""
    with Store.open(url) as store:
        assert verify(store) == []
        items, _ = store.feed(0, 1000)
        return [{"change": item.change, "article": item.article} for item in items]


def test_every_table_of_a_store_is_known_here(store: Store) -> None:
    with store.reading() as connection:
        there = set(inspect(connection).get_table_names())
    assert {table.name for table in every_table()} == {name for name in there - OURS if not name.startswith(INDEX)}


def test_a_file_becomes_an_equal_store(address: str, thoisu: Thoisu, tmp_path: Path) -> None:
    with Store.open(address) as store:
        life(store)
        before = store.identity()
    for name in ("b.db", "b.db.gz", "b.db.zst") if address.startswith("sqlite") else ("b.db.zst",):
        (done,) = thoisu("backup", name, "--store", address, "--json").rows
        assert (done["seq"], done["rows"]["changes"], done["store"]) == (9, 9, before)
        assert done["bytes"] == (tmp_path / name).stat().st_size
        (back,) = thoisu("restore", name, "--store", "sqlite:///back.db", "--json", "--force").rows
        assert (back["seq"], back["faults"]) == (9, [])
        assert record("sqlite:///back.db") == record(address)
    assert [path for path in tmp_path.iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize("fresh", ["postgres"], indirect=True)
def test_a_store_goes_into_the_other_database_and_back(
    address: str, fresh: Callable[[], str], thoisu: Thoisu, tmp_path: Path
) -> None:
    with Store.open(address) as store:
        life(store)
        keep_page(store, 5, body=b"<html>\xff\0")
    thoisu("backup", "b.db", "--store", address)
    url = fresh()
    assert thoisu("restore", "b.db", "--store", url, "--same").code == 0
    assert record(url) == record(address)
    with Store.open(url) as moved, Store.open(address) as store:
        assert moved.identity() == store.identity()
        with moved.reading() as connection:
            (kept,) = quarantine.listed(connection)
            assert getattr(quarantine.content(connection, kept), "body", None) == b"<html>\xff\0"
        assert moved.save(article(77, "mới"), at(77)).event == "created", "the numbers of rows go on"
    again = fresh()
    (done,) = thoisu("backup", again, "--store", url, "--json").rows
    assert done["seq"] == 10
    assert record(again) == record(url)


def test_what_is_there_is_overwritten_by_force_alone(address: str, thoisu: Thoisu, tmp_path: Path) -> None:
    with Store.open(address) as store:
        fill(store, 2)
    thoisu("backup", "b.db", "--store", address)
    assert "is there already" in (no := thoisu("backup", "b.db", "--store", address)).err
    assert no.code == 2
    with Store.open(address) as store:
        fill(store, 1, begin=3)
    no = thoisu("restore", "b.db", "--store", address)
    assert (no.code, "holds 3 articles and changes up to 3; with --force that is lost" in no.err) == (2, True)
    assert len(record(address)) == 3
    assert thoisu("restore", "b.db", "--store", address, "--force").code == 0
    assert len(record(address)) == 2
    assert thoisu("backup", "b.db", "--store", address, "--force").code == 0
    assert "that is the store itself" in thoisu("backup", address, "--store", address, "--force").err or (
        "is the store itself" in thoisu("backup", address, "--store", address, "--force").err
    )


def test_a_target_may_name_a_variable(thoisu: Thoisu, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Store.open("sqlite:///thoisu.db") as store:
        fill(store, 2)
    target = "postgresql://u:${NEW_PASSWORD}@127.0.0.1:9/x?connect_timeout=1"
    assert "${NEW_PASSWORD} is set neither in the environment" in thoisu("backup", target).err
    monkeypatch.setenv("NEW_PASSWORD", "whispered")
    done = thoisu("backup", target)
    assert (done.code, "cannot open the store" in done.err, "whispered" in done.err) == (2, True, False)
    (tmp_path / ".env").write_text("NEW_PLACE=named.db\n")
    assert thoisu("backup", "${NEW_PLACE}").code == 0
    assert len(record("sqlite:///named.db")) == 2


def test_a_backup_of_a_store_that_is_written_is_one_point_of_its_feed(
    address: str, thoisu: Thoisu, tmp_path: Path
) -> None:
    with writer(address, 1, 40) as one, writer(address, 2, 40) as other:
        for process in (one, other):
            assert process.stdout is not None
            process.stdout.readline()
        (done,) = thoisu("backup", "b.db", "--store", address, "--json").rows
        assert (one.wait(), other.wait()) == (0, 0)
    with Store.open(address) as store:  # the writers may have ended before the backup began
        store.save(article(9, "sau cùng"), at(9))
    thoisu("restore", "b.db", "--store", "sqlite:///back.db")
    there, whole = record("sqlite:///back.db"), record(address)
    assert len(there) == done["seq"] < len(whole)
    assert [one["change"] for one in there] == [one["change"] for one in whole[: len(there)]]


def test_what_is_written_between_two_steps_is_not_in_it(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawler.maintenance.backup.PAGES", 1)
    steps = 0
    with Store.open(address) as store:
        life(store)

        def write(_: int) -> None:
            nonlocal steps
            steps += 1
            if steps < 8:
                store.save(article(100 + steps, f"bài {steps}"), at(100 + steps))

        done = backup(address, f"{tmp_path}/b.db", write)
        assert store.last_change() > 9
    assert (done.seq, done.rows["changes"], done.rows["links"]) == (9, 9, 3)


def test_after_a_loss_no_record_is_taken_for_one_that_a_sink_has(thoisu: Thoisu, tmp_path: Path) -> None:
    (tmp_path / "sinks.toml").write_text('[out]\nurl = "jsonl:out.jsonl"\n')
    with Store.open("sqlite:///thoisu.db") as store:
        fill(store, 2)
    assert thoisu("deliver").code == 0
    thoisu("backup", "b.db")
    with Store.open("sqlite:///thoisu.db") as store:
        fill(store, 2, begin=3)
    assert thoisu("deliver").code == 0
    assert thoisu("restore", "b.db", "--force").code == 0
    with Store.open("sqlite:///thoisu.db") as store:
        fill(store, 2, begin=5)  # other articles under the numbers of those that were lost
    assert thoisu("deliver").code == 0
    keys = [row["key"] for path in tmp_path.glob("out*.jsonl") for row in read_jsonl(path)]
    assert len(keys) == len(set(keys)) == 6
    with Store.open("sqlite:///thoisu.db") as store, store.reading() as connection:
        assert sink_cursors.state(connection, "out").cursor == 4


@pytest.mark.parametrize("name", ["b.db", "b.db.gz", "b.db.zst"])
def test_a_damaged_backup_is_refused_and_the_store_stays(thoisu: Thoisu, tmp_path: Path, name: str) -> None:
    with Store.open("sqlite:///thoisu.db") as store:
        fill(store, 60)
    thoisu("backup", name)
    whole = (tmp_path / name).read_bytes()
    middle, torn = len(whole) // 2, bytes(20)
    if name == "b.db":  # of a file that is not packed SQLite knows no sum: what it sees is a page that is none
        with sqlite3.connect("thoisu.db") as base:
            (page,) = base.execute("SELECT rootpage FROM sqlite_master WHERE name = 'changes'").fetchone()
            middle, torn = (page - 1) * base.execute("PRAGMA page_size").fetchone()[0], bytes(4096)
    (tmp_path / "torn.db").write_bytes(whole[:middle] + torn + whole[middle + len(torn) :])
    (tmp_path / "cut.db").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "text.db").write_text("no backup")
    for file, codes in (("torn.db", {1}), ("cut.db", {1, 2}), ("text.db", {2}), ("none.db", {2})):
        done = thoisu("restore", file, "--force")
        assert done.code in codes, (file, done.err)
        assert done.err.count("\n") == 1
        assert done.code == 2 or "damaged" in done.err
    assert len(record("sqlite:///thoisu.db")) == 60


@pytest.mark.usefixtures("migrations")
def test_a_store_that_is_in_use_is_no_backup(thoisu: Thoisu, tmp_path: Path) -> None:
    with Store.open("sqlite:///thoisu.db") as store:
        fill(store, 2)
        for end in ("", "-wal"):
            shutil.copy(f"thoisu.db{end}", f"copy.db{end}")
    with Store.open("sqlite:///thoisu.db") as store:
        assert "is the store itself" in thoisu("restore", "thoisu.db", "--force").err
        assert "has its log beside it" in thoisu("restore", "copy.db", "--force").err
        (tmp_path / "copy.db-wal").unlink()
        done = thoisu("restore", "copy.db", "--force")
        assert (done.code, "was copied without its log" in done.err) == (2, True)
        assert len(store.changes()) == 2


def test_a_backup_that_is_stopped_leaves_nothing(thoisu: Thoisu, monkeypatch: pytest.MonkeyPatch) -> None:
    with Store.open("sqlite:///thoisu.db") as store:
        fill(store, 2)

    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("crawler.maintenance.packed.put_in_place", stopped)
    done = thoisu("backup", "b.db.gz")
    assert done.code == 130
    assert "nothing of it is left" in done.err
    assert [path for path in Path().iterdir() if "b.db" in path.name] == []


def test_nothing_is_left_of_a_backup_for_which_there_is_no_room(
    thoisu: Thoisu, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store.open("sqlite:///thoisu.db") as store:
        fill(store, 2)
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 1000})())
    done = thoisu("backup", "b.db")
    assert (done.code, "disk_full" in done.err) == (1, True)
    assert not [path for path in tmp_path.iterdir() if "b.db" in path.name]


def test_a_scheduler_or_a_worker_that_runs_keeps_its_store(thoisu: Thoisu, monkeypatch: pytest.MonkeyPatch) -> None:
    with Store.open("sqlite:///thoisu.db") as store:
        fill(store, 2)
        thoisu("backup", "b.db")
        with store.lock("schedule"):
            assert "stop it first" in thoisu("restore", "b.db", "--force").err
    monkeypatch.setattr("crawler.schedule.queue_schema.is_there", lambda _: True)
    monkeypatch.setattr("crawler.schedule.queue_state.workers", lambda _: ["one", "two"])
    assert "2 workers are at sqlite:///thoisu.db; stop them first" in thoisu("restore", "b.db", "--force").err


@pytest.mark.parametrize("fresh", ["postgres"], indirect=True)
def test_a_backup_of_an_older_version_is_upgraded(fresh: Callable[[], str], thoisu: Thoisu, tmp_path: Path) -> None:
    with Store.open("sqlite:///old.db") as store:
        life(store)
    thoisu("downgrade", "0001", "--yes", "--store", "sqlite:///old.db")
    with sqlite3.connect(tmp_path / "old.db") as base:
        base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    url = fresh()
    assert thoisu("restore", "old.db", "--store", url).code == 0
    assert len(record(url)) == 9
    with sqlite3.connect(tmp_path / "old.db") as base:
        assert base.execute("SELECT version_num FROM thoisu_schema").fetchone() == ("0001",), "the file is only read"


@pytest.mark.parametrize("name", ["b.db", "b.db.zst", "b.db.gz"])
def test_a_backup_on_what_can_only_be_read_goes_back_into_either_database(
    address: str, thoisu: Thoisu, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    with Store.open(f"sqlite:///{tmp_path / 'own.db'}") as store:
        fill(store, 3)
    place, elsewhere = tmp_path / "backups", tmp_path / "temporary"
    place.mkdir()
    elsewhere.mkdir()
    assert thoisu("backup", place / name, "--store", f"sqlite:///{tmp_path / 'own.db'}").code == 0
    may = os.access
    monkeypatch.setattr("os.access", lambda path, how, **more: Path(path) != place and may(path, how, **more))
    monkeypatch.setattr("tempfile.tempdir", str(elsewhere))
    written: list[Path] = []
    unpack = packed.unpack
    monkeypatch.setattr(packed, "unpack", lambda source, target: (written.append(target), unpack(source, target)))
    done = thoisu("restore", place / name, "--store", address)
    assert (done.code, done.err) == (0, done.err)
    assert not any(target.parent == place for target in written)
    assert [*place.iterdir(), *elsewhere.iterdir()] == [place / name]
    done = thoisu("backup", place / "other.db", "--store", address)
    assert (done.code, "may not write in the folder" in done.err) == (2, True)
