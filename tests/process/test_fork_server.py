"""Processes forked from a server: what they are, how they end, and what becomes of them when somebody dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.process import fork_server
from crawler.process.fork_server import LOST, ForkServer
from tests.process import forked
from tests.process.forked import Heard
from tests.support import ROOT

SECRET = "mật-khẩu"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ForkServer]:
    monkeypatch.setenv("THOISU_DATABASE_URL", SECRET)
    one = ForkServer(forked.load, "all")
    yield one
    one.close()


def told(server: ForkServer, heard: Heard, *names: str, environ: dict[str, str] | None = None) -> list[str]:
    """What a fork says of itself."""
    server.begin(forked.tell, *names, environ=environ or {}, fds=[heard.end]).wait()
    return [heard.lines.readline().rstrip("\n") for _ in names]


def test_a_fork_has_what_is_loaded_and_leaves_nothing_to_the_next(server: ForkServer, heard: Heard) -> None:
    for _ in range(2):
        assert told(server, heard, "loaded", "session", "signals") == ["all", "True", "True"]


def test_a_fork_has_the_environment_that_it_is_given_and_nobody_sees_it(server: ForkServer, heard: Heard) -> None:
    names, command = told(server, heard, "environ", "command", environ={"PASSWORD": SECRET})
    assert names == "PASSWORD"
    assert SECRET not in command
    assert server.pid is not None
    assert SECRET.encode() not in Path(f"/proc/{server.pid}/environ").read_bytes()


@pytest.mark.parametrize(
    ("how", "code"),
    [("returns", 0), ("3", 3), ("raises", 1), ("killed", -signal.SIGKILL)],
    ids=lambda value: str(value),
)
def test_it_is_told_how_a_fork_ended(
    server: ForkServer, how: str, code: int, capfd: pytest.CaptureFixture[str]
) -> None:
    process = server.begin(forked.end, how, environ={})
    assert process.wait() == process.poll() == process.returncode == code
    assert ("ValueError: broken" in capfd.readouterr().err) is (how == "raises")


def test_a_fork_that_does_not_end_in_time_is_ended_by_force(server: ForkServer, heard: Heard) -> None:
    process = server.begin(forked.hold, "deaf", environ={}, fds=[heard.end])
    assert heard.lines.readline() == "begun\n"
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0)
    process.terminate()
    assert heard.lines.readline() == "deaf\n"
    assert process.poll() is None
    process.kill()
    assert process.wait() == -signal.SIGKILL
    process.kill()  # what has ended is left alone


def test_who_waits_in_several_threads_hears_the_end_in_each(server: ForkServer, heard: Heard) -> None:
    process = server.begin(forked.hold, "gentle", environ={}, fds=[heard.end])
    codes: list[int] = []
    threads = [threading.Thread(target=lambda: codes.append(process.wait())) for _ in range(3)]
    for thread in threads:
        thread.start()
    assert heard.lines.readline() == "begun\n"
    process.terminate()
    for thread in threads:
        thread.join()
    assert codes == [0, 0, 0]


def test_what_is_ended_before_its_server_has_loaded_never_begins(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "gate")
    server = ForkServer(forked.load, str(tmp_path / "gate"))
    process = server.begin(forked.mark, str(tmp_path / "first"), environ={})
    second = server.begin(forked.mark, str(tmp_path / "second"), environ={})
    process.terminate()
    assert process.wait() == -signal.SIGTERM
    (tmp_path / "gate").write_bytes(b"")  # opens as soon as the server reads it
    assert second.wait() == 0
    server.close()
    assert [(tmp_path / name).exists() for name in ("first", "second")] == [False, True]


def test_a_fork_survives_its_server_and_another_begins_the_next(server: ForkServer, heard: Heard) -> None:
    process = server.begin(forked.hold, "gentle", environ={}, fds=[heard.end])
    assert heard.lines.readline() == "begun\n"
    first = server.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    server._servers[-1].wait()
    assert told(server, heard, "loaded") == ["all"]
    assert server.pid != first
    assert process.poll() is None
    process.terminate()
    assert heard.lines.readline() == "gentle\n"
    assert process.wait() == LOST, "nobody is left who knows"


def test_a_server_that_cannot_load_begins_nothing_and_says_why(capfd: pytest.CaptureFixture[str]) -> None:
    server = ForkServer(forked.end, "raises")
    assert server.begin(forked.end, "returns", environ={}).wait() == LOST
    assert server.begin(forked.end, "returns", environ={}).wait() == LOST
    server.close()
    assert capfd.readouterr().err.count("ValueError: broken") == 2


def test_what_has_changed_is_loaded_anew_and_what_runs_goes_on(heard: Heard) -> None:
    state = ["as it was"]
    server = ForkServer(forked.load, "all", state=lambda: list(state))
    process = server.begin(forked.hold, "gentle", environ={}, fds=[heard.end])
    assert heard.lines.readline() == "begun\n"
    first = server.pid
    assert told(server, heard, "loaded") == ["all"]
    assert server.pid == first
    state[0] = "changed"
    assert told(server, heard, "loaded") == ["all"]
    assert server.pid != first
    process.terminate()
    assert process.wait() == 0, "its server is there as long as it is"
    server.close()


def test_the_input_of_a_fork_ends_with_who_began_it(heard: Heard) -> None:
    code = (
        "import os, signal, sys; from crawler.process.fork_server import ForkServer; from tests.process import forked\n"
        "process = ForkServer(forked.load).begin(forked.wait_for_the_end, environ={}, fds=[int(sys.argv[1])])\n"
        "process.wait()"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(heard.end)], cwd=ROOT, pass_fds=[heard.end]) as holder:
        child = int(heard.lines.readline())
        holder.kill()
    assert heard.lines.readline() == "its input ended\n"
    assert child != holder.pid


@pytest.mark.parametrize(("may_ask", "said"), [(True, "all\n"), (False, "nobody to ask\n")])
def test_a_fork_may_ask_for_another_when_it_is_allowed_to(
    server: ForkServer, heard: Heard, may_ask: bool, said: str
) -> None:
    server.begin(forked.ask, "loaded", environ={}, fds=[heard.end], may_ask=may_ask).wait()
    assert heard.lines.readline() == said


def test_nobody_has_forked_this_process() -> None:
    assert fork_server.sibling(forked.mark, "none", environ={}) is None


def test_what_is_ours_is_no_part_of_a_servers_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THOISU_DATABASE_URL", SECRET)
    assert SECRET not in fork_server.public_environment().values()
    assert fork_server.public_environment()["PATH"] == os.environ["PATH"]
