"""A store that cannot be used: one sentence says what is wrong and what to do, before anything is written."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from crawler.errors import BadInput, StoreFailed
from crawler.store import Store, migrate
from tests.support import Thoisu, fill, sibling, statement


def live(folder: Path) -> tuple[Store, Path]:
    path = folder / "live.db"
    store = Store.open(f"sqlite:///{path}")
    fill(store, 5)
    return store, path


def refused(path: Path) -> str:
    before = path.read_bytes()
    with pytest.raises(BadInput) as error:
        Store.open(f"sqlite:///{path}")
    assert path.read_bytes() == before
    assert not path.with_name(path.name + "-wal").exists(), "it was not even opened"
    return str(error.value)


@pytest.mark.usefixtures("migrations")
def test_a_copy_without_its_log(tmp_path: Path) -> None:
    store, path = live(tmp_path)
    with store:
        alone, both = tmp_path / "alone.db", tmp_path / "both.db"
        shutil.copy(path, alone)
        shutil.copy(path, both)
        shutil.copy(f"{path}-wal", f"{both}-wal")
    assert "was copied without its log and holds nothing; copy the original together with its -wal" in refused(alone)
    with Store.open(f"sqlite:///{both}") as opened:
        assert opened.last_change() == 5


def test_a_copy_with_half_of_its_log(tmp_path: Path) -> None:
    store, path = live(tmp_path)
    store.close()
    with Store.open(f"sqlite:///{path}") as store:
        fill(store, 5, begin=6)
        for end in ("", "-shm"):
            shutil.copy(f"{path}{end}", f"{tmp_path / 'half.db'}{end}")
    half = tmp_path / "half.db"
    assert "has lost its log half.db-wal; put it back or, if it is gone for ever, remove half.db-shm too" in refused(
        half
    )
    (tmp_path / "half.db-shm").unlink()
    with Store.open(f"sqlite:///{half}") as store:
        assert store.last_change() == 5


@pytest.mark.parametrize("size", [4096, 50_000, 100_001])
def test_a_store_that_is_cut_off(tmp_path: Path, size: int) -> None:
    store, path = live(tmp_path)
    store.close()
    whole = path.stat().st_size
    with path.open("r+b") as file:
        file.truncate(size)
    assert f"is cut off, {size} of {whole} bytes are here" in refused(path)


@pytest.mark.parametrize("content", [b"hello\n" * 100, b"\x89PNG" * 2000, b"SQLite format 3\0" + bytes(5000)])
def test_a_file_that_is_no_database(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.db").write_bytes(content)
    with pytest.raises(BadInput, match=r"\(damaged\); take a copy that is whole"):
        Store.open(f"sqlite:///{tmp_path / 'a.db'}")


def test_a_store_without_a_table(tmp_path: Path) -> None:
    store, path = live(tmp_path)
    store.close()
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TABLE copies")
    connection.close()
    with pytest.raises(BadInput, match="lacks the table 'copies'"):
        Store.open(f"sqlite:///{path}")


@pytest.mark.usefixtures("migrations")
def test_a_store_whose_making_failed_is_made_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    url = f"sqlite:///{tmp_path / 'a.db'}"
    with monkeypatch.context() as patch:
        patch.setattr(migrate, "_run", fail)
        with pytest.raises((BadInput, StoreFailed)):
            Store.open(url)
    with Store.open(url) as store:
        assert store.last_change() == 0


def test_looking_at_an_empty_file_makes_no_store(thoisu: Thoisu, tmp_path: Path) -> None:
    (tmp_path / "a.db").touch()
    done = thoisu("articles", "--store", "sqlite:///a.db")
    assert (done.code, "there is no store at sqlite:///a.db yet" in done.err) == (2, True)
    assert (tmp_path / "a.db").stat().st_size == 0


@pytest.mark.parametrize("command", [("articles",), ("show", 1), ("alerts", "list"), ("relate",), ("prune",)])
def test_looking_at_another_programs_database_leaves_it_alone(
    thoisu: Thoisu, tmp_path: Path, command: tuple[object, ...]
) -> None:
    with sqlite3.connect(tmp_path / "other.db") as connection:
        connection.execute("CREATE TABLE places (name TEXT)")
    connection.close()
    before = (tmp_path / "other.db").read_bytes()
    done = thoisu(*command, "--store", "sqlite:///other.db")
    assert (done.code, "there is no store at sqlite:///other.db yet" in done.err) == (2, True)
    assert (tmp_path / "other.db").read_bytes() == before


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("sqlite://a.db", "sqlite://a.db names no file; write three slashes: sqlite:///a.db"),
        ("postgresql://localhost:abc/x", "is no database address"),
        ("postgresql://127.0.0.1:1/x", "(unreachable); see that --store or THOISU_DATABASE_URL names the right place"),
        ("news.db", "'news.db' is no database address; it reads like sqlite:///news.db"),
        ("sqlite:///.", ". is a folder; name a file in it"),
        ("sqlite:///none/a.db", "the folder none does not exist; make it first"),
    ],
)
def test_an_address_that_leads_nowhere(thoisu: Thoisu, address: str, said: str) -> None:
    done = thoisu("crawl", "nhandan", "--store", address)
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert said in done.err


def test_a_server_that_cannot_be_used(postgres: str) -> None:
    for name, more in (("ascii", "'SQL_ASCII'"), ("latin", "'LATIN1'")):
        statement(postgres, f"CREATE DATABASE {name} ENCODING {more} TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'")
    statement(postgres, "CREATE ROLE small LOGIN")
    statement(postgres, "CREATE DATABASE closed")
    statement(sibling(postgres, "closed"), "REVOKE ALL ON SCHEMA public FROM PUBLIC")
    small: Callable[[str], str] = lambda address: address.replace("://postgres:", "://small:")  # noqa: E731
    for address, said in (
        (sibling(postgres, "ascii"), "in SQL_ASCII, which cannot hold every text; make another"),
        (sibling(postgres, "latin"), "in LATIN1, which cannot hold every text; make another"),
        (sibling(postgres, "none"), "(unreachable); see that --store"),
        (postgres.replace("://postgres:", "://nobody:"), "(unreachable); see that --store"),
        (small(sibling(postgres, "closed")), "(read_only); let this user write"),
    ):
        with pytest.raises(BadInput) as error:
            Store.open(address)
        assert said in str(error.value)
        assert "\n" not in str(error.value)
    for name in ("ascii", "latin", "closed"):
        statement(postgres, f"DROP DATABASE {name} WITH (FORCE)")


def test_the_letters_of_the_client_are_ours(postgres: str, monkeypatch: pytest.MonkeyPatch) -> None:
    statement(postgres, "CREATE DATABASE letters TEMPLATE template")
    with monkeypatch.context() as patch:
        patch.setenv("PGCLIENTENCODING", "SQL_ASCII")
        with Store.open(sibling(postgres, "letters")) as store:
            fill(store, 1)
            assert store.articles()[0].title == "Tiêu đề 1"
    statement(postgres, "DROP DATABASE letters WITH (FORCE)")
