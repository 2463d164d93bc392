"""The scheduler's jobs, each run once as its process does."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import select

from crawler.alerts import notify
from crawler.alerts.targets import key
from crawler.cli import jobs
from crawler.cli.jobs import BY_NAME, JOBS
from crawler.compare.relate import waiting
from crawler.monitor import page_flags
from crawler.schedule.intervals import Turns
from crawler.sites import EPI, Feed, Site, Sites
from crawler.store import Store, budget, findings, messages, sink_cursors
from tests.http_receiver import SECRET, Receiver, status
from tests.support import LONG, ROOT, T0, Thoisu, article, fill


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
        assert "2 articles are not compared yet; do it with: thoisu relate" in first.err
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


def test_a_sink_that_failed_is_left_alone_until_its_time_has_come(
    tmp_path: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sinks.toml").write_text(f'[hook]\nurl = "{receiver.url}"\nsecret = "{SECRET}"\n')
    receiver.plays = [status(503)]
    with Store.open(f"sqlite:///{tmp_path}/thoisu.db") as store:
        fill(store, 3)
        run(store, "deliver")
        assert "hook: " in caplog.text
        run(store, "deliver")
        assert len(receiver.got) == 1, "a minute later it is not asked"
        monkeypatch.setattr(jobs, "_now", lambda: datetime.now(UTC) + timedelta(hours=1))
        run(store, "deliver")
        with store.reading() as connection:
            assert sink_cursors.state(connection, "hook").delivered == 3


def test_each_site_is_checked_every_half_hour_however_long_its_process_takes_to_begin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the scheduler asks for it, on a store in which nothing changes, with starts that are early and late."""
    home = "https://bao.example/"
    site = Site(
        name="bao", publisher="Báo", home=home, tier="press", sources=(Feed(home + "rss"),), article="-post", layout=EPI
    )
    monkeypatch.chdir(tmp_path)
    turns, job = Turns(), BY_NAME["check"]
    checked = set()
    with Store.open(f"sqlite:///{tmp_path}/thoisu.db") as store:
        for number in range(int(timedelta(hours=3) / job.every)):
            start = T0 + number * job.every
            late = timedelta(seconds=(2.0, 0.2, 1.1)[number % 3])
            if turns.take(job.interval(), start + late / 2, 0):
                monkeypatch.setattr(jobs, "_now", lambda now=start + late: now)
                job.run(store, Sites([site]))
            with store.reading() as connection:
                checked.add(connection.scalar(select(findings.checks.c.at)))
    times = sorted(checked)
    assert all(timedelta(minutes=30) <= later - sooner <= timedelta(minutes=36) for sooner, later in pairwise(times))
    assert len(times) >= 5


def test_who_is_stopped_sends_no_other_message(tmp_path: Path) -> None:
    with Store.open(f"sqlite:///{tmp_path}/thoisu.db") as store:
        with store.writing() as connection:
            messages.put(connection, "digest", [key("json://127.0.0.1:9/")], "", "", T0)
        assert notify.flush(store, T0, ["json://127.0.0.1:9/"], lambda: True) == (0, 0)
        with store.reading() as connection:
            assert [message.failures for message in messages.unsent(connection)] == [0]


def test_a_job_by_hand_runs_without_a_scheduler_or_a_terminal(tmp_path: Path) -> None:
    """As from cron, whose jobs have an input that is at its end; that of a scheduler means that it died."""
    url = f"sqlite:///{tmp_path}/thoisu.db"
    with Store.open(url) as store:
        fill(store, 3)
    command = [sys.executable, "-m", "crawler", "schedule", "--store", url, "--job", "relate"]
    done = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, check=False, timeout=LONG)
    assert done.returncode == 0
    with Store.open(url) as store:
        assert waiting(store) == 0


def test_retention_drops_what_serves_no_more(tmp_path: Path) -> None:
    with Store.open(f"sqlite:///{tmp_path}/thoisu.db") as store:
        with store.writing() as connection:
            messages.put(connection, "digest", ["k"], "cũ", "cũ", T0)
            (old,) = messages.unsent(connection)
            messages.sent(connection, old.id, T0)
            messages.put(connection, "digest", ["k"], "chờ", "chờ", T0)
            page_flags.keep(connection, "bao", T0.date(), [])
            week_ago = datetime.now(UTC) - timedelta(days=7)
            for at in (T0, week_ago):
                budget.reserve(connection, "bao", at, "look", 1, 10)
        run(store, "retention")
        with store.reading() as connection:
            assert [one.title for one in messages.unsent(connection)] == ["chờ"]
            assert messages.last(connection, "digest", datetime.now(UTC)) is not None
            assert page_flags.of_days(connection, "bao", T0.date()) == {}
            assert sum(budget.spent(connection, "bao", T0.date()).values()) == 0
            assert sum(budget.spent(connection, "bao", budget.day_of(week_ago)).values()) == 1


def test_every_job_is_listed_with_its_interval(thoisu: Thoisu) -> None:
    listed = thoisu("schedule", "--jobs").out
    for job in JOBS:
        assert f"\n{job.name} " in listed
        assert job.says in " ".join(listed.split())
    assert thoisu("schedule", "--job", "nope").err.startswith(
        "thoisu: no job is called 'nope'; there are relate, check"
    )
