"""A process ends when it is asked to, whatever holds its main thread; what is asked once is not forgotten."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from crawler.crawl.run import end_gently
from tests.support import LONG, ROOT, dies

BEGIN = """
import os, signal, sqlite3, sys, threading, time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from crawler.process import stops
NUMBER = int(sys.argv[1])

def signalled():
    signal.raise_signal(NUMBER)

def signalled_at_work():
    main = time.pthread_getcpuclockid(threading.main_thread().ident)
    far = time.clock_gettime(main) + 0.1  # so much is spent nowhere but in the call that does not end
    while time.clock_gettime(main) < far:
        time.sleep(0.01)
    os.kill(os.getpid(), NUMBER)

def endless():
    sqlite3.connect(":memory:").execute(
        "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT max(n) FROM c"
    ).fetchone()

def sleep():
    while True:
        time.sleep(60)
"""
SOON = "stops.GRACE = 0.5\n"
IN_ONE_CALL = f"{SOON}with stops.listening():\n    threading.Thread(target=signalled_at_work).start(); endless()"
CAUGHT = f"""{SOON}
with stops.listening():
    with suppress(BaseException):
        signalled()
    sleep()
"""
UNANSWERED = f"""{SOON}
with stops.listening(), stops.answering(lambda: None, grace=0.5):
    signalled(); sleep()
"""
BEHIND = f"""{SOON}
with ThreadPoolExecutor(1) as pool:
    try:
        with stops.listening(), stops.answering(lambda: None, grace=0.5):
            pool.submit(endless); signalled()
    finally:
        pool.shutdown()
"""
ONCE_LOST = """
with stops.listening():
    with suppress(BaseException):
        signalled()
    try:
        with stops.answering(lambda: None):
            print("begun")
    except KeyboardInterrupt:
        sys.exit(7)
"""
ANSWERED = """
asked = threading.Event()
with stops.listening():
    with stops.answering(asked.set):
        threading.Thread(target=os.kill, args=(os.getpid(), NUMBER)).start()
        asked.wait()
sys.exit(5)
"""
READING = f"""{SOON}
from crawler.readers.reader import Reader
with stops.listening(), ThreadPoolExecutor(1) as threads:
    reader = Reader()
    threads.submit(reader.ask, 60, time.sleep, (3600,))
    while not reader.begun:
        time.sleep(0.01)
    print(reader._process.pid)
    sys.stdout.flush()
    with suppress(BaseException):
        signalled()
    sleep()
"""


def stopped(program: str, number: int) -> tuple[int, str]:
    """The exit code of a program that gets this signal, and what it has printed."""
    command = [sys.executable, "-c", BEGIN + program, str(int(number))]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False, timeout=LONG)
    return done.returncode, done.stdout


@pytest.mark.parametrize("program", [IN_ONE_CALL, CAUGHT, UNANSWERED, BEHIND])
def test_what_does_not_end_is_ended_by_force(program: str) -> None:
    assert stopped(program, signal.SIGINT) == (128 + signal.SIGINT, "")


def test_so_it_is_by_sigterm() -> None:
    assert stopped(UNANSWERED, signal.SIGTERM) == (128 + signal.SIGTERM, "")
    assert stopped(IN_ONE_CALL, signal.SIGTERM) == (-signal.SIGTERM, "")


def test_readers_at_work_are_not_left_behind() -> None:
    code, reader = stopped(READING, signal.SIGINT)
    assert code == 128 + signal.SIGINT
    assert dies(int(reader)), "the reader reads on"


def test_an_interrupt_that_somebody_caught_ends_what_comes_next() -> None:
    assert stopped(ONCE_LOST, signal.SIGINT) == (7, "")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_what_answers_ends_by_itself(number: int) -> None:
    assert stopped(ANSWERED, number) == (5, "")


def test_ctrl_c_while_modules_are_imported_simply_ends_the_command(tmp_path: Path) -> None:
    (tmp_path / "typer.py").write_text("import time\nprint('ready', flush=True)\ntime.sleep(60)\n", "utf-8")
    process = subprocess.Popen(
        [sys.executable, "-c", "import crawler.__main__ as m, sys; sys.path.insert(0, sys.argv[1]); m.main()", tmp_path],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=LONG) == ("", "")
    assert process.returncode == -signal.SIGINT


@pytest.mark.parametrize("command", [("which", "-"), ("which", "-", "--json"), ("extract", "--jsonl")])
def test_an_endless_line_is_refused_by_its_number(command: tuple[str, ...]) -> None:
    with Path("/dev/zero").open("rb") as zeros:
        done = subprocess.run(
            [sys.executable, "-m", "crawler", *command], stdin=zeros, capture_output=True, text=True, check=False,
            cwd=ROOT,
        )  # fmt: skip
    assert (done.returncode, done.stderr) == (2, "thoisu: line 1 of standard input is longer than 16 MB\n")


class Engine:
    """Scrapy's, of a crawl that comes to its own end."""

    running = True
    asked = False

    async def stop_async(self) -> None:
        self.asked = True
        raise RuntimeError("Engine not running")


class Crawl:
    """What `end_gently` looks at."""

    spider = None

    def __init__(self) -> None:
        self._engine = Engine()


def test_a_crawl_that_ends_by_itself_in_the_moment_of_a_stop_is_not_stopped() -> None:
    async def scene() -> Engine:
        running = {(crawl := Crawl())}
        ending = asyncio.ensure_future(end_gently(running))  # type: ignore[arg-type]
        await asyncio.sleep(0)
        crawl._engine.running = False
        await asyncio.sleep(0)
        running.clear()
        await ending
        return crawl._engine

    assert not asyncio.run(scene()).asked
