"""The scheduler's jobs, each run once as its process does."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from crawler.cli.jobs import BY_NAME, JOBS
from crawler.sites.registry import Sites
from crawler.store import Store, messages, tallies
from tests.support import T0, Thoisu, article


def run(store: Store, name: str) -> None:
    BY_NAME[name].run(store, Sites())


def test_reading_stories_writes_nothing_and_the_job_relates(tmp_path: Path, thoisu: Thoisu) -> None:
    words = " ".join(f"từ{n}" for n in range(60))
    with Store.open(f"sqlite:///{tmp_path}/thoisu.db") as store:
        store.save(article(1, words), T0)
        store.save(article(2, words + " thêm"), T0 + timedelta(hours=1))
        before = (tmp_path / "thoisu.db").read_bytes()
        first = thoisu("stories", "--json")
        assert [len(row["pages"]) for row in first.rows] == [1, 1]
        assert "2 changes are not compared yet: thoisu relate" in first.err
        assert (tmp_path / "thoisu.db").read_bytes() == before
        run(store, "relate")
    (row,) = thoisu("stories", "--json").rows
    assert len(row["pages"]) == 2


def test_the_job_delivers_to_configured_sinks_and_does_nothing_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with Store.open(f"sqlite:///{tmp_path}/thoisu.db") as store:
        store.save(article(1, "một"), T0)
        run(store, "deliver")
        assert not (tmp_path / "out.jsonl").exists()
        (tmp_path / "sinks.toml").write_text(f'[out]\nurl = "jsonl:{tmp_path}/out.jsonl"\n')
        run(store, "deliver")
    assert len((tmp_path / "out.jsonl").read_text().splitlines()) == 1


def test_retention_drops_what_serves_no_more(tmp_path: Path) -> None:
    with Store.open(f"sqlite:///{tmp_path}/thoisu.db") as store:
        with store.writing() as connection:
            messages.put(connection, "digest", ["k"], "cũ", "cũ", T0)
            (old,) = messages.unsent(connection)
            messages.sent(connection, old.id, T0)
            messages.put(connection, "digest", ["k"], "chờ", "chờ", T0)
            tallies.mark(connection, "bao", T0.date(), "[]")
        run(store, "retention")
        with store.reading() as connection:
            assert [one.title for one in messages.unsent(connection)] == ["chờ"]
            assert messages.last(connection, "digest") is not None
            assert tallies.marked(connection, "bao", T0.date()) == {}


def test_every_job_is_listed_with_its_interval(thoisu: Thoisu) -> None:
    listed = thoisu("schedule", "--jobs").out
    for job in JOBS:
        assert f"\n{job.name} " in listed
        assert job.says in " ".join(listed.split())
    assert thoisu("schedule", "--job", "nope").err.startswith(
        "thoisu: no job is called 'nope'; there are relate, check"
    )
