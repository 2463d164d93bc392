"""The processes of a schedule, forked from a server: how they end, what they have loaded, and when that is replaced."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from crawler.archive.records import Fetch
from crawler.archive.writer import Writer
from crawler.cli.jobs import JOBS
from crawler.cli.warm import WarmStart, loaded_state
from crawler.newsroom import Newsroom, World, newsroom_sites
from crawler.process.fork_server import ForkedProcess, ForkServer
from crawler.schedule import enrol
from crawler.schedule.worker import LATER, MORE, Worker
from crawler.store import Store
from crawler.text import VIETNAM
from tests.process import forked
from tests.process.forked import Heard
from tests.schedule import rounds_in_forks
from tests.support import GOLDEN, ROOT


class Start:
    """Begins `forked.hold` and the like, by their names."""

    def __init__(self, out: int) -> None:
        self.server = ForkServer(forked.load)
        self.out = out

    def __call__(self, words: Sequence[str], environ: Mapping[str, str]) -> ForkedProcess:
        function = getattr(forked, words[0])
        return self.server.begin(function, *words[1:], environ=environ, fds=[self.out])


@pytest.fixture
def start(heard: Heard) -> Iterator[Start]:
    one = Start(heard.end)
    yield one
    one.server.close()


def running(worker: Worker, *names: str) -> threading.Thread:
    thread = threading.Thread(target=worker.run, args=(names,))
    thread.start()
    return thread


def test_a_stop_ends_what_is_under_way_gently_and_begins_no_other(
    start: Start, heard: Heard, caplog: pytest.LogCaptureFixture
) -> None:
    worker = Worker(["hold"], begin=start)
    thread = running(worker, "gentle")
    assert heard.lines.readline() == "begun\n"
    worker.stop()
    thread.join()
    assert heard.lines.readline() == "gentle\n"
    worker.run(["gentle"])
    assert caplog.text == ""


def test_what_is_deaf_to_a_stop_is_killed_after_its_grace(start: Start, heard: Heard) -> None:
    worker = Worker(["hold"], begin=start, grace=0.3)
    thread = running(worker, "deaf")
    assert heard.lines.readline() == "begun\n"
    worker.stop()
    thread.join()


def test_a_kill_does_not_wait(start: Start, heard: Heard) -> None:
    worker = Worker(["hold"], begin=start)
    thread = running(worker, "deaf")
    assert heard.lines.readline() == "begun\n"
    worker.kill()
    thread.join()


def test_what_overruns_is_ended_and_its_exit_code_is_told(
    start: Start, heard: Heard, caplog: pytest.LogCaptureFixture
) -> None:
    def begun(*about: Any) -> ForkedProcess:
        process = start(*about)
        assert heard.lines.readline() == "begun\n"
        return process

    Worker(["hold"], "the round of", overrun=0.1, grace=0.1, begin=begun).run(["deaf"])
    assert [record.getMessage() for record in caplog.records] == [
        "the round of deaf takes too long and is ended",
        "the round of deaf ended with exit code -9",
    ]


@pytest.mark.parametrize(("code", "warnings"), [(0, 0), (1, 1), (MORE, 0), (LATER, 0)])
def test_how_a_process_ended_is_told_where_it_failed(
    code: int, warnings: int, caplog: pytest.LogCaptureFixture
) -> None:
    worker = Worker([sys.executable, "-S", "-c", f"import sys; sys.exit({code})"], "the part backfill")
    assert worker.run(["bao", "--gaps"]) == code
    assert [record.getMessage() for record in caplog.records] == [
        f"the part backfill bao --gaps ended with exit code {code}"
    ] * warnings


def test_a_server_that_dies_costs_no_round_but_the_knowledge_of_its_end(
    start: Start, heard: Heard, caplog: pytest.LogCaptureFixture
) -> None:
    worker = Worker(["hold"], begin=start)
    thread = running(worker, "gentle")
    assert heard.lines.readline() == "begun\n"
    assert start.server.pid is not None
    os.kill(start.server.pid, signal.SIGKILL)
    start.server._servers[-1].wait()
    other = running(worker, "gentle")
    assert heard.lines.readline() == "begun\n"
    worker.stop()
    for one in (thread, other):
        one.join()
    assert [heard.lines.readline() for _ in range(2)] == ["gentle\n"] * 2
    assert [record.getMessage() for record in caplog.records] == [
        "the server of processes has ended, and another is begun"
    ]


def test_the_environment_is_ours_and_what_is_added(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OURS", "1")
    seen: list[Mapping[str, str]] = []

    class Server:
        def begin(self, *_: object, environ: Mapping[str, str], **__: object) -> None:
            seen.append(environ)

    begin = WarmStart(None)
    monkeypatch.setattr(begin, "server", Server())
    begin(["crawl"], {"THOISU_DATABASE_URL": "secret"})
    assert seen == [{**os.environ, "THOISU_DATABASE_URL": "secret"}]


def test_a_change_of_a_site_or_of_the_program_is_another_state(tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "bao.py").write_text("one")
    states = [loaded_state(own)]
    os.utime(own / "bao.py", (1, 1))
    states.append(loaded_state(own))
    (own / "khac.py").write_text("another")
    states.append(loaded_state(own))
    (own / "khac.py").unlink()
    (own / "notes.txt").write_text("no site")
    assert loaded_state(own) == states[1]
    assert len(set(map(str, states))) == 3
    files = {path for path, _, _ in loaded_state(None)[-1]}  # type: ignore[attr-defined]
    assert {str(ROOT / "crawler/errors.py"), str(ROOT / "crawler/extract/boilerplate.toml")} <= files
    assert any(path.startswith(str(ROOT / "spiders")) for path in files)


def archive_page(folder: Path) -> None:
    case = GOLDEN / "nhandan" / "article"
    url, at = json.loads((case / "origin.json").read_text("utf-8"))["url"], datetime(2026, 1, 20, 20, tzinfo=UTC)
    writer = Writer(folder, size=10**9, agent="thoisu/0", contact="")
    body = (case / "page.html").read_bytes()
    writer.keep(Fetch(site="nhandan", url=url, link=url, at=at, status=200, headers=(), body=body))
    writer.close()


@pytest.fixture
def warm() -> Iterator[WarmStart]:
    one = WarmStart(None, newsroom=True)
    yield one
    one.server.close()


@pytest.mark.slow
def test_rounds_and_jobs_import_nothing_and_their_server_holds_nothing(
    warm: WarmStart, tmp_path: Path, heard: Heard
) -> None:
    """What they import would be imported anew in each; a thread or a connection would not survive the fork."""
    environ = {**os.environ, "THOISU_DATABASE_URL": f"sqlite:///{tmp_path}/store.db", "THOISU_DELAY": "0"}
    archive_page(tmp_path / "warc")
    imported, codes = {}, {}
    with Newsroom(World(seed=4, sites=1, articles=1)) as newsroom:
        with Store.open(environ["THOISU_DATABASE_URL"]) as store:
            enrol(newsroom_sites(newsroom.url, 1), store, datetime.now(UTC) - timedelta(minutes=1))
        address = ("--newsroom", newsroom.url)
        part = ("backfill", "songda", "--from", f"{datetime.now(VIETNAM) - timedelta(days=1):%Y-%m-%d}", "--child")
        commands = {
            "gives way": (*part, *address),
            "round": ("crawl", "--due", "songda", *address),
            "part": (*part, *address),
            "reading": ("reread", "--site", "nhandan", "--child"),
            **{job.name: ("schedule", "--job", job.name, *address) for job in JOBS},
        }
        for name, words in commands.items():
            about = environ | ({"THOISU_ARCHIVE": str(tmp_path / "warc")} if name == "reading" else {})
            process = warm.server.begin(rounds_in_forks.run, *words, environ=about, fds=[heard.end])
            codes[name] = process.wait()
            imported[name] = heard.lines.readline().split()
    assert codes == dict.fromkeys(commands, 0) | {"gives way": MORE}
    assert {name for name, modules in imported.items() if modules} == {"gives way", "round", "part"}, imported
    for name in ("gives way", "round", "part"):
        assert imported[name] == ["twisted.internet.reactor"]
    assert len(list(Path(f"/proc/{warm.server.pid}/task").iterdir())) == 1
