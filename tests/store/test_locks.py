"""Locks of jobs: one holder at a time, of processes and threads, for no longer than it lives."""

from __future__ import annotations

import fcntl
import subprocess
import sys
import threading
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, StaticPool, create_engine

from crawler.errors import StoreFailed
from crawler.store import LockTaken, SourceState, Store, locks
from tests.support import LONG, sibling, statement

ROOT = Path(__file__).parents[2]
HOLDER = """
import sys, time
from crawler.store import Store

with Store.open(sys.argv[1]).lock("job"):
    print("held", flush=True)
    time.sleep(60)
"""


def test_the_lock_dies_with_its_process(store: Store, address: str) -> None:
    command = [sys.executable, "-c", HOLDER, address]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        with pytest.raises(LockTaken), store.lock("job"):
            pass
        process.kill()
        process.wait()
        # The server notices the end of a connection a moment after the process is gone.
        for _ in range(100 * LONG):
            with ExitStack() as stack:
                try:
                    stack.enter_context(store.lock("job"))
                    break
                except LockTaken:
                    threading.Event().wait(0.01)
        else:
            pytest.fail("the lock outlives its process")


def test_a_lost_lock_is_noticed(postgres: str) -> None:
    where = sibling(postgres, "template")
    with Store.open(where) as opened, opened.lock("job") as confirm:
        confirm()
        statement(where, "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1")
        with pytest.raises(StoreFailed) as failure:
            confirm()
    assert failure.value.reason == "unreachable"


@pytest.mark.parametrize("address", ["postgres"], indirect=True)
def test_a_lock_is_given_up_before_the_server_notices_that_its_session_has_ended(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sessions: list[Engine] = []

    def lasting(*args: Any, **options: Any) -> Engine:
        sessions.append(create_engine(*args, **{**options, "poolclass": StaticPool}))
        return sessions[-1]

    with Store.open(address) as store, monkeypatch.context() as patch:
        patch.setattr(locks, "create_engine", lasting)
        patch.setattr(Engine, "dispose", lambda *_: None)
        for _ in range(2):
            with store.lock("job"):
                pass
    for one in sessions:
        one.dispose()


def test_a_folder_without_room_for_the_lock_has_a_name(tmp_path: Path) -> None:
    with Store.open(f"sqlite:///{tmp_path}/store.db") as opened:
        (tmp_path / "store.db-job.lock").mkdir()
        with pytest.raises(StoreFailed, match=r"read_only: .*store\.db-job\.lock"), opened.lock("job"):
            pass


@pytest.mark.parametrize("anew", [False, True])
def test_a_lock_file_that_was_just_removed_is_not_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, anew: bool
) -> None:
    """Between our opening of the file and our locking of it its last holder ends, and perhaps another one begins."""
    file, flock, times = tmp_path / "store.db-job.lock", fcntl.flock, 0

    def late(handle: int, operation: int) -> None:
        nonlocal times
        times += 1
        if times == 1:
            file.unlink()
            if anew:
                file.touch()
        flock(handle, operation)

    with Store.open(f"sqlite:///{tmp_path}/store.db") as opened:
        monkeypatch.setattr("crawler.store.locks.fcntl.flock", late)
        with opened.lock("job"):
            assert times == 2  # the second on the file that has the name
            with pytest.raises(LockTaken), opened.lock("job"):
                pass
    assert not file.exists()


_WRITER = """
import sys
from crawler.store import SourceState, Store

with Store.open(sys.argv[1]) as store:
    store.save_source(SourceState(url="https://bao.example/b.rss"), [], "bao")
"""


def test_a_store_that_is_opened_twice_keeps_what_it_writes_when_another_process_ends(
    store: Store, address: str
) -> None:
    """The second opening must not cost the process its locks on the file: by them SQLite knows who is the last."""
    store.save_source(SourceState(url="https://bao.example/a.rss"), [], "bao")
    with Store.open(address):
        subprocess.run([sys.executable, "-c", _WRITER, address], cwd=ROOT, check=True)
    read = "import sys; from crawler.store import Store; print(Store.open(sys.argv[1]).source(sys.argv[2]).etag)"
    store.save_source(SourceState(url="https://bao.example/d.rss", etag="kept"), [], "bao")
    ran = subprocess.run(
        [sys.executable, "-c", read, address, "https://bao.example/d.rss"], cwd=ROOT, capture_output=True, text=True, check=True
    )  # fmt: skip
    assert ran.stdout == "kept\n"
