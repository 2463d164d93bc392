"""Parquet files and the mirror table: exactly the record, whatever comes twice, breaks off or comes again."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, text

from crawler.configuration import Settings
from crawler.deliver import parquet as parquet_module
from crawler.deliver.parquet import Parquet
from crawler.deliver.sink import Poisoned, SinkFailed
from crawler.deliver.sql_mirror import SqlMirror
from crawler.errors import BadInput
from crawler.items import Event
from crawler.store import Store, database
from tests.support import NOON, Fresh, article, delivery, file_limit, sibling, statement

pq = pytest.importorskip("pyarrow.parquet", reason="PARQUET NOT TESTED: pip install 'thoisu[parquet]'")
ds = pytest.importorskip("pyarrow.dataset")


# --- Parquet --------------------------------------------------------------------------------------------------------


def opened(folder: Path) -> Parquet:
    sink = Parquet("lake", f"parquet:{folder}")
    assert sink.open(0) is None
    return sink


def seqs(folder: Path) -> list[int]:
    """What the files hold, day by day, file by file, row by row."""
    paths = sorted(folder.glob("day=*/*.parquet"))
    return [seq for path in paths for seq in pq.read_table(path, partitioning=None).column("seq").to_pylist()]


def test_parquet_is_one_typed_dataset_by_the_days_of_vietnam(tmp_path: Path) -> None:
    import pyarrow as pa

    late = delivery(2, "revised", at=datetime(2026, 3, 2, 17, 30, tzinfo=UTC))
    gone = delivery(3, "copied", at=datetime(2026, 3, 2, 17, 31, tzinfo=UTC), article=None, published_at=None)
    page = replace(article(1, "Phở"), authors=("Lan", "Hà"), documents=("85/NQ-CP",), modified_at=NOON)
    first = delivery(1, article=page.to_dict(), published_at=page.published_at)
    opened(tmp_path / "lake").write([first, late, gone])
    assert sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()) == [
        "lake/day=2026-03-02/000000000001.parquet", "lake/day=2026-03-03/000000000002.parquet",
    ]  # fmt: skip
    table = ds.dataset(tmp_path / "lake", partitioning=ds.partitioning(flavor="hive")).to_table().sort_by("seq")
    assert table.schema.field("published_at").type == pa.timestamp("us", tz="UTC")
    assert table.schema.field("authors").type == pa.list_(pa.string())
    one, two, three = table.to_pylist()
    assert (one["day"], two["day"]) == ("2026-03-02", "2026-03-03")
    assert one["authors"] == ["Lan", "Hà"]
    assert one["documents"] == ["85/NQ-CP"]
    assert (one["published_at"], one["modified_at"], one["changed_at"]) == (page.published_at, NOON, first.at)
    assert (one["title"], one["body"], one["key"]) == (page.title, "Phở", "ab12:1")
    assert (two["event"], two["changed_at"]) == ("revised", late.at)
    assert (three["title"], three["authors"], three["published_at"]) == (None, None, None)


def test_parquet_takes_the_time_that_portals_print_for_unknown(tmp_path: Path) -> None:
    before = datetime.fromisoformat("0001-01-01T00:00:00+07:00")
    opened(tmp_path).write([delivery(1, published_at=before)])
    assert seqs(tmp_path) == [1]


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_parquet_holds_each_change_once_whatever_breaks_off(data: st.DataObject, tmp_path_factory: Any) -> None:
    """Days that come and go, batches of any size, a crash at any file, the batch cut differently after it."""
    folder = tmp_path_factory.mktemp("lake")
    days = data.draw(st.lists(st.integers(0, 3), min_size=1, max_size=30))
    record = [delivery(n, at=NOON + timedelta(days=day)) for n, day in enumerate(days, 1)]
    cursor = 0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parquet_module, "FULL", 4)
        while cursor < len(record):
            batch = record[cursor : cursor + data.draw(st.integers(1, 12))]
            crash = data.draw(st.sampled_from([None, None, 0, 1, 2]))
            try:
                with crashing(crash):
                    opened(folder).write(batch)
                cursor += len(batch)
            except Killed:
                pass
            if data.draw(st.integers(0, 5)) == 5:
                cursor = data.draw(st.integers(0, cursor))  # a rewind
    rows = seqs(folder)
    assert sorted(rows) == [row.seq for row in record]
    for day in folder.iterdir():
        assert seqs_of(day) == sorted(seqs_of(day))


def test_parquet_puts_a_rewind_in_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet_module, "FULL", 3)
    record = [delivery(n) for n in range(1, 11)]
    for begin in range(0, 10, 2):
        opened(tmp_path).write(record[begin : begin + 2])
    assert [path.stem.lstrip("0") for path in sorted(tmp_path.rglob("*.parquet"))] == ["1", "5", "9"]
    revised = [delivery(n, "revised") for n in range(2, 7)]
    opened(tmp_path).write(revised)
    assert seqs(tmp_path) == list(range(1, 11))
    table = ds.dataset(tmp_path).to_table().sort_by("seq")
    assert table.column("event").to_pylist() == ["created", *["revised"] * 5, *["created"] * 4]


class Killed(BaseException):
    pass


@contextmanager
def crashing(after: int | None) -> Iterator[None]:
    """The process ends when it is about to rename a file, after so many of them."""
    left, real = after, Path.replace

    def rename(self: Path, target: Path) -> Path:
        nonlocal left
        if left == 0:
            raise Killed
        if left is not None:
            left -= 1
        return real(self, target)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "replace", rename)
        yield


def seqs_of(day: Path) -> list[int]:
    return [seq for path in sorted(day.glob("*.parquet")) for seq in pq.read_table(path).column("seq").to_pylist()]


def test_parquet_on_a_full_disk_keeps_what_it_had_and_catches_up(tmp_path: Path) -> None:
    sink = opened(tmp_path)
    sink.write([delivery(1)])
    with file_limit(2**10), pytest.raises(SinkFailed) as failure:
        sink.write([delivery(2, words=os.urandom(9000).hex())])
    assert failure.value.reason == "disk_full"
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["000000000001.parquet"]
    sink.open(0)
    sink.write([delivery(2)])
    assert seqs(tmp_path) == [1, 2]


def test_parquet_leaves_the_files_of_another_store_alone(tmp_path: Path) -> None:
    opened(tmp_path).write([delivery(1)])
    with pytest.raises(SinkFailed, match="another store") as failure:
        opened(tmp_path).write([delivery(1, key="ffff:1")])
    assert failure.value.reason == "damaged"
    assert seqs(tmp_path) == [1]


def test_parquet_names_a_file_that_is_torn(tmp_path: Path) -> None:
    opened(tmp_path).write([delivery(1)])
    (path,) = tmp_path.rglob("*.parquet")
    path.write_bytes(path.read_bytes()[:-7])
    with pytest.raises(SinkFailed, match=r"000000000001\.parquet.*rewind the sink to 1") as failure:
        opened(tmp_path).write([delivery(2)])
    assert failure.value.reason == "damaged"


def test_parquet_names_the_record_that_no_column_takes(tmp_path: Path) -> None:
    bad = delivery(2)
    assert bad.article is not None
    with pytest.raises(Poisoned) as poison:
        opened(tmp_path).write([delivery(1), replace(bad, article={**bad.article, "title": "\ud800"}), delivery(3)])
    assert poison.value.seq == 2


# --- the mirror table -----------------------------------------------------------------------------------------------


def mirror(url: str, rewinds: int = 0, **options: Any) -> tuple[SqlMirror, str | None]:
    sink = SqlMirror("mirror", url.replace("postgresql://", "postgresql+psycopg://"), **options)
    return sink, sink.open(rewinds)


def rows(url: str, columns: str = "url, seq, event, body, withdrawn_at IS NOT NULL") -> list[tuple[Any, ...]]:
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection:
        found = [tuple(row) for row in connection.execute(text(f"SELECT {columns} FROM thoisu_articles ORDER BY url"))]  # noqa: S608
    engine.dispose()
    return found


def test_mirror_shows_each_page_as_it_stands(fresh: Fresh) -> None:
    url = fresh()
    sink, last = mirror(url)
    assert last is None
    sink.write([delivery(1, n=1), delivery(2, n=2), delivery(3, "revised", 1, "mới"), delivery(4, "withdrawn", 2)])
    one, two = article(1).canonical_url, article(2).canonical_url
    assert rows(url) == [(one, 3, "revised", "mới", 0), (two, 4, "withdrawn", "Bài 4", 1)]
    sink.write([delivery(5, "restored", 2), delivery(6, "withdrawn", 1, article=None)])
    assert rows(url) == [(one, 6, "withdrawn", "mới", 1), (two, 5, "restored", "Bài 5", 0)]
    sink.close()
    again, last = mirror(url)
    assert last == "ab12:6"
    again.close()


def test_mirror_has_typed_columns(fresh: Fresh) -> None:
    url = fresh()
    sink, _ = mirror(url)
    page = replace(article(1), authors=("Lan", "Hà"))
    sink.write([delivery(1, article=page.to_dict(), published_at=page.published_at)])
    sink.close()
    ((authors, published),) = rows(url, "authors, published_at")
    if url.startswith("postgres"):
        assert (authors, published) == (["Lan", "Hà"], page.published_at)
    else:
        assert (authors, published) == ('["Lan", "Hà"]', "2026-03-02T01:01:00.000000Z")


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_mirror_never_goes_back(data: st.DataObject, tmp_path_factory: Any) -> None:
    """Batches that come twice, from any earlier change on: the table is what it was, or further."""
    url = f"sqlite:///{tmp_path_factory.mktemp('mirror') / 'mirror.db'}"
    pages = data.draw(st.lists(st.integers(1, 3), min_size=1, max_size=20))
    events: Sequence[Event] = ("created", "revised", "withdrawn", "restored")
    record = [delivery(n, data.draw(st.sampled_from(events)), page) for n, page in enumerate(pages, 1)]
    sink, _ = mirror(url)
    reached = 0
    for _ in range(4):
        begin = data.draw(st.integers(0, reached))
        batch = record[begin : begin + data.draw(st.integers(1, 20))]
        if not batch:
            break
        sink.write(batch)
        reached = max(reached, batch[-1].seq)
        latest = {row.url: (row.url, row.seq, row.event) for row in record[:reached]}
        assert rows(url, "url, seq, event") == sorted(latest.values())
    sink.close()


def test_mirror_changes_rows_and_cursor_together(fresh: Fresh, monkeypatch: pytest.MonkeyPatch) -> None:
    url = fresh()
    sink, _ = mirror(url)
    sink.write([delivery(1)])
    before = rows(url)
    with monkeypatch.context() as patch:
        # The last statement fails after the rows are written.
        patch.setattr(sink, "_rewinds", "no number" * 10**6 if url.startswith("postgres") else object())
        with pytest.raises(Exception, match=r"."):
            sink.write([delivery(2)])
    assert rows(url) == before
    assert sink.open(0) == "ab12:1"
    sink.write([delivery(2)])
    assert len(rows(url)) == 2
    sink.close()


def test_mirror_is_wanted_again_by_a_rewind(fresh: Fresh) -> None:
    url = fresh()
    sink, _ = mirror(url)
    sink.write([delivery(1), delivery(2)])
    assert sink.open(1) is None
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM thoisu_articles WHERE seq = 1"))
    engine.dispose()
    sink.write([delivery(1)])
    assert [row[1] for row in rows(url)] == [1, 2]
    assert sink.open(1) == "ab12:1"
    sink.close()


def test_mirror_leaves_the_table_of_another_store_alone(fresh: Fresh) -> None:
    url = fresh()
    sink, _ = mirror(url)
    sink.write([delivery(1)])
    with pytest.raises(SinkFailed, match="another store") as failure:
        sink.write([delivery(1, key="ffff:1", words="fremd")])
    assert failure.value.reason == "damaged"
    assert rows(url)[0][3] == "Bài 1"
    sink.close()


def test_mirror_refuses_the_store(fresh: Fresh, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    url = fresh()
    Store.open(url).close()
    with pytest.raises(SinkFailed, match="it is a store of thoisu"):
        mirror(url)
    with pytest.raises(BadInput, match="the store itself"):
        SqlMirror("m", url).attach(Settings(database_url=url))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BadInput, match="the store itself"):
        SqlMirror("m", "sqlite:///./a.db").attach(Settings(database_url=f"sqlite:///{tmp_path}/a.db"))


@pytest.mark.parametrize("url", ["mysql://u:geheim@h/d", "postgresql://u:geheim@h:port/d"])
def test_mirror_says_what_it_cannot_without_the_password(url: str) -> None:
    with pytest.raises(BadInput, match="postgresql://") as failure:
        SqlMirror("m", url)
    assert "geheim" not in str(failure.value)


def test_mirror_names_the_record_that_its_database_does_not_take(fresh: Fresh) -> None:
    url = fresh()
    sink, _ = mirror(url)
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        connection.execute(text("CREATE UNIQUE INDEX one_title ON thoisu_articles (title)"))
    engine.dispose()
    twin = delivery(3)
    assert twin.article is not None
    twin = replace(twin, article={**twin.article, "title": "Tiêu đề 2"})
    with pytest.raises(Poisoned) as poison:
        sink.write([delivery(1), delivery(2), twin, delivery(4)])
    assert (poison.value.seq, poison.value.through) == (3, 2)
    assert [row[1] for row in rows(url)] == [1, 2]
    sink.close()


def test_mirror_names_the_record_that_jsonb_does_not_take(postgres: str) -> None:
    sink, _ = mirror(postgres, table="poisoned")
    bad = delivery(2)
    assert bad.article is not None
    bad = replace(bad, article={**bad.article, "tags": ["a\0b"]})
    with pytest.raises(Poisoned) as poison:
        sink.write([delivery(1), bad, delivery(3)])
    assert (poison.value.seq, poison.value.through) == (2, 1)
    sink.close()


def test_mirror_that_may_not_write_says_so_and_catches_up(postgres: str) -> None:
    statement(postgres, "CREATE DATABASE kept")
    sink, _ = mirror(sibling(postgres, "kept"))
    sink.write([delivery(1)])
    statement(postgres, "ALTER DATABASE kept SET default_transaction_read_only = on")
    assert sink.open(0) == "ab12:1"
    with pytest.raises(SinkFailed) as failure:
        sink.write([delivery(2)])
    assert failure.value.reason == "read_only"
    statement(postgres, "ALTER DATABASE kept SET default_transaction_read_only = off")
    assert sink.open(0) == "ab12:1"
    sink.write([delivery(2)])
    assert sink.open(0) == "ab12:2"
    sink.close()


def test_mirror_that_cannot_write_says_why_and_catches_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "WAIT", 0.05)
    url = f"sqlite:///{tmp_path / 'mirror.db'}"
    sink, _ = mirror(url)
    engine = create_engine(url)
    with engine.connect() as other:
        other.exec_driver_sql("BEGIN IMMEDIATE")
        with pytest.raises(SinkFailed) as failure:
            sink.write([delivery(1)])
        assert failure.value.reason == "locked"
    engine.dispose()
    with file_limit(os.stat(tmp_path / "mirror.db").st_size), pytest.raises(SinkFailed) as failure:
        sink.write([delivery(1, words=os.urandom(40_000).hex())])
    assert failure.value.reason == "disk_full"
    assert sink.open(0) is None
    sink.write([delivery(1)])
    assert [row[1] for row in rows(url)] == [1]
    sink.close()


def test_mirror_in_a_folder_that_is_missing_is_out_of_reach(tmp_path: Path) -> None:
    sink = SqlMirror("m", f"sqlite:///{tmp_path}/unmounted/mirror.db")
    with pytest.raises(SinkFailed) as failure:
        sink.open(0)
    assert failure.value.reason == "unreachable"
    (tmp_path / "unmounted").mkdir()
    assert sink.open(0) is None
    sink.close()


def test_mirror_survives_the_end_of_its_session(postgres: str) -> None:
    sink, _ = mirror(postgres, table="survivor")
    sink.write([delivery(1)])
    engine = create_engine(postgres.replace("postgresql://", "postgresql+psycopg://"))
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND state = 'idle'"
    with engine.begin() as connection:
        connection.execute(text(others))
    engine.dispose()
    with pytest.raises(SinkFailed) as failure:
        sink.write([delivery(2)])
    assert failure.value.reason == "unreachable"
    assert sink.open(0) == "ab12:1"
    sink.write([delivery(2)])
    assert sink.open(0) == "ab12:2"
    sink.close()


# --- A field that came later ------------------------------------------------------------------------------------------


def test_parquet_takes_files_of_a_version_without_the_column(tmp_path: Path) -> None:
    opened(tmp_path).write([delivery(1)])
    (path,) = tmp_path.glob("day=*/*.parquet")
    pq.write_table(pq.read_table(path, partitioning=None).drop_columns(["credit"]), path)
    opened(tmp_path).write([delivery(2, article=article(2, credit="TTXVN").to_dict())])
    assert pq.read_table(path, partitioning=None).column("credit").to_pylist() == [None, "TTXVN"]


def test_mirror_gets_the_column_that_its_table_lacks(fresh: Fresh) -> None:
    url = fresh()
    sink, _ = mirror(url)
    sink.write([delivery(1, n=1)])
    sink.close()
    statement(url, "ALTER TABLE thoisu_articles DROP COLUMN credit")
    sink, _ = mirror(url)
    sink.write([delivery(2, n=2, article=article(2, credit="TTXVN").to_dict())])
    sink.close()
    assert rows(url, "seq, credit") == [(1, None), (2, "TTXVN")]
