"""A disk that is full, a database that is read-only, a log that grows: a word for it, nothing lost, and on it goes."""

from __future__ import annotations

import sqlite3
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import text

from crawler.cli.main import main
from crawler.compare.relate import Relater
from crawler.errors import StoreFailed
from crawler.monitor.store_checks import verify
from crawler.store import Store, database
from tests.support import T0, article, file_limit, sibling, statement

KB = 1024


def fill(store: Store, first: int = 1) -> int:
    """Save until the disk is full; gives the number of the article that found no room."""
    for n in count(first):
        try:
            store.save(article(n, f"{n} " * 500), T0)
        except StoreFailed as failure:
            if failure.reason != "disk_full":
                raise
            return n
    raise AssertionError


@pytest.mark.parametrize("log", [64 * KB, database.LOG])
def test_full_disk_is_met_in_the_file_and_in_its_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, log: int) -> None:
    monkeypatch.setattr(database, "LOG", log)
    with Store.open(f"sqlite:///{tmp_path}/store.db") as store:
        with file_limit(2048 * KB):
            refused = fill(store)
            assert fill(store, refused) == refused  # still, and again by its name
            assert verify(store) == []
            assert len(store.articles(limit=None)) == refused - 1 > 10
        assert store.save(article(refused, "Có chỗ rồi"), T0).event == "created"
        assert verify(store) == []
        assert [row.seq for row in store.changes(limit=None)] == list(range(1, refused + 1))


def test_relating_on_a_full_disk_writes_nothing_and_goes_on_later(tmp_path: Path) -> None:
    with Store.open(f"sqlite:///{tmp_path}/store.db") as store:
        for n in range(1, 41):
            store.save(article(n, f"{n} " * 200), T0)
        size = (tmp_path / "store.db-wal").stat().st_size
        with file_limit(size + 8 * KB), pytest.raises(StoreFailed) as failure:
            list(Relater(store).relate())
        assert failure.value.reason == "disk_full"
        assert sum(step.articles for step in Relater(store).relate()) == 40
        assert verify(store) == []


def test_the_command_says_in_one_line_that_the_disk_is_full(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    url = f"sqlite:///{tmp_path}/store.db"
    with Store.open(url) as store:
        for n in range(1, 41):
            store.save(article(n, f"{n} " * 200), T0)
    with file_limit(40 * KB), pytest.raises(SystemExit) as ended:
        main(["relate", "--store", url])
    assert ended.value.code == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "disk_full" in line


def test_log_that_a_reader_holds_grows_and_is_cut_when_it_leaves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "LOG", 256 * KB)
    monkeypatch.setattr(database, "_PATIENCE", 1)
    log = tmp_path / "store.db-wal"
    numbers = count(1)

    def grow_to(size: int) -> None:
        while log.stat().st_size < size:
            store.save(article(n := next(numbers), f"{n} " * 500), T0)

    with Store.open(f"sqlite:///{tmp_path}/store.db") as store:
        with sqlite3.connect(tmp_path / "store.db", isolation_level=None) as reader:
            reader.execute("BEGIN")
            seen = reader.execute("SELECT count(*) FROM articles").fetchone()
            grow_to(5 * database.LOG)
            assert reader.execute("SELECT count(*) FROM articles").fetchone() == seen
            reader.execute("COMMIT")
        reader.close()
        sizes = []
        for n in range(1000, 1100):
            store.save(article(n, f"{n} " * 500), T0)
            sizes.append(log.stat().st_size)
        assert min(sizes) < database.LOG / 2
        assert sizes[-1] < 2 * database.LOG
        assert verify(store) == []


def test_full_or_read_only_server_is_named_and_loses_nothing(postgres: str) -> None:
    statement(postgres, "CREATE DATABASE full_disk TEMPLATE template")
    url = sibling(postgres, "full_disk")
    refuse = (
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$"
    )
    with Store.open(url) as store:
        store.save(article(1, "a"), T0)
        statement(url, refuse)
        statement(url, "CREATE TRIGGER refuse BEFORE INSERT ON changes FOR EACH ROW EXECUTE FUNCTION refuse()")
        assert fill(store, 2) == 2
        statement(url, "DROP TRIGGER refuse ON changes")
        assert store.save(article(2, "b"), T0).event == "created"
        statement(url, "ALTER DATABASE full_disk SET default_transaction_read_only = on")
    with Store.open(url) as store:
        with pytest.raises(StoreFailed) as failure:
            store.save(article(3, "c"), T0)
        assert failure.value.reason == "read_only"
        assert len(store.articles()) == 2
        with store.reading() as connection:
            connection.execute(text("SET default_transaction_read_only = off"))
        assert [row.seq for row in store.changes()] == [1, 2]
        assert verify(store) == []
    statement(postgres, "DROP DATABASE full_disk WITH (FORCE)")
