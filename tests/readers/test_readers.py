"""Reader processes: what they give, what ends them, and that nothing of it reaches who asked."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from crawler.errors import Discard, Interrupted, NoReader, Quarantine, Refusal, Refused
from crawler.process.fork_server import LOST, ForkServer, public_environment
from crawler.readers import Readers, packed, read_page, reader
from crawler.readers.process import MEMORY
from crawler.sites import EPI, Feed, Site
from tests.readers import forked
from tests.support import LONG, dies

SITE = Site(
    name="bao", publisher="B", home="https://bao.example/", tier="press", sources=(Feed("https://bao.example/a.rss"),),
    article=r"-post\d+\.html$", layout=EPI,
)  # fmt: skip
_POOLS = count(50)


def ask(function: Any, *args: Any, seconds: float = 20.0) -> Any:
    return asyncio.run(Readers(1).run(seconds, function, *args))


def unbegun() -> Readers:
    """Of a pool that no other test has, and so without a reader that has begun."""
    return Readers(next(_POOLS))


def refusal(function: Any, *args: Any, seconds: float = 20.0) -> Refused:
    with pytest.raises(Refused) as refused:
        ask(function, *args, seconds=seconds)
    return refused.value


def echo(value: object) -> tuple[int, object]:
    return os.getpid(), value


def quarantine() -> None:
    raise Quarantine(Refusal.NO_BODY, "không có chữ nào")


def broken() -> None:
    raise ValueError("nonsense")


def deaf() -> int:
    """One call of C code, which no handler of a signal of Python's interrupts."""
    return sum(range(10**12))


def large(size: int) -> int:
    return len(bytearray(size))


def ended(number: int) -> None:
    os.kill(os.getpid(), number)
    time.sleep(60)


def ended_once(mark: Path, number: int) -> str:
    if not mark.exists():
        mark.touch()
        ended(number)
    return "read"


def held_once(mark: Path) -> str:
    if not mark.exists():
        mark.touch()
        time.sleep(60)
    return "read"


def lacking() -> None:
    import_module("no_such_module")


class Lost:
    """What the reader cannot even name, since it lies in a module that is not there."""

    def __reduce__(self) -> tuple[Any, ...]:
        return import_module, ("no_such_module",)


def environment() -> dict[str, str]:
    return dict(os.environ)


def test_a_value_comes_from_another_process() -> None:
    process, value = ask(echo, {"a": [1, 2]})
    assert process != os.getpid()
    assert value == {"a": [1, 2]}


def test_a_reader_stays_for_the_next_call() -> None:
    assert ask(echo, 1)[0] == ask(echo, 2)[0]


@pytest.mark.skipif(not Path("/proc/self/limits").exists(), reason="Linux says it there")
def test_a_reader_that_waits_is_within_no_limit_of_processor_time() -> None:
    limits = Path(f"/proc/{ask(echo, 1)[0]}/limits").read_text().splitlines()
    (limit,) = [line.split() for line in limits if line.startswith("Max cpu time")]
    assert limit[3] == limit[4], "the soft limit is the hard one"


def test_a_refusal_arrives_as_it_was_raised() -> None:
    refused = refusal(quarantine)
    assert isinstance(refused, Quarantine)
    assert (refused.reason, refused.detail) == (Refusal.NO_BODY, "không có chữ nào")


def test_what_breaks_our_code_is_raised_with_its_place() -> None:
    with pytest.raises(ValueError, match="nonsense") as raised:
        ask(broken)
    assert "in broken" in raised.value.__notes__[0]


@pytest.mark.slow
def test_what_takes_too_long_in_one_call_of_c_code_is_refused_and_the_next_is_read() -> None:
    refused = refusal(deaf, seconds=0.1)
    assert (refused.reason, refused.detail) == (Refusal.UNREADABLE, "not read within 0.1 s")
    assert ask(echo, 1)[1] == 1


def test_what_needs_too_much_memory_is_refused_and_the_next_is_read() -> None:
    refused = refusal(large, 2 * MEMORY)
    assert (refused.reason, refused.detail) == (Refusal.UNREADABLE, "needs more than 768 MB to be read")
    assert ask(large, 2**20) == 2**20


def test_markup_that_a_parser_multiplies_does_not_reach_this_process() -> None:
    fonts = "".join(f"<font id={number}>" for number in range(390))
    refused = refusal(read_page, f"<p>{fonts}{'<p>x' * 10_000}".encode(), "https://bao.example/a", None, packed(SITE))
    assert refused.reason is Refusal.UNREADABLE


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGKILL])
def test_what_ends_its_reader_is_refused(number: int) -> None:
    refused = refusal(ended, number)
    assert (refused.reason, refused.detail) == (Refusal.UNREADABLE, f"ended its reader ({signal.Signals(number).name})")


def test_a_reader_that_somebody_stops_is_no_fault_of_what_it_read(tmp_path: Path) -> None:
    assert ask(ended_once, tmp_path / "mark", signal.SIGTERM) == "read"


def test_a_reader_that_another_run_has_ended_is_no_fault_of_what_it_reads(tmp_path: Path) -> None:
    """It was interrupted just when it had its last answer, and the reader was this run's by then."""
    readers, mark = Readers(1), tmp_path / "mark"

    async def run() -> str:
        reading = asyncio.ensure_future(readers.run(20.0, held_once, mark))
        while not mark.exists():
            await asyncio.sleep(0.01)
        for one in list(readers._busy):
            one.kill()
        return await reading

    assert asyncio.run(run()) == "read"


def test_what_stops_every_reader_is_refused() -> None:
    assert refusal(ended, signal.SIGTERM).detail == "ended its reader (SIGTERM)"


def test_an_interrupted_run_reads_nothing_and_blames_nobody() -> None:
    readers = Readers(1)

    async def run() -> None:
        reading = asyncio.ensure_future(readers.run(20.0, deaf))
        while not readers._busy:
            await asyncio.sleep(0.01)
        readers.interrupt()
        with pytest.raises(Interrupted):
            await reading
        with pytest.raises(Interrupted):
            await readers.run(20.0, echo, 1)

    asyncio.run(run())
    assert ask(echo, 1)[1] == 1  # another run


def test_each_gives_what_came_in_the_order_of_the_calls() -> None:
    calls = [(number, (number,)) for number in range(40)]
    found = list(Readers(2).each(20.0, echo, calls))
    assert [about for about, _ in found] == list(range(40))
    assert [value[1] for _, value in found if not isinstance(value, Refused)] == list(range(40))


def test_each_gives_a_refusal_as_a_value() -> None:
    [(about, refused)] = Readers(1).each(20.0, quarantine, [("a", ())])
    assert about == "a"
    assert isinstance(refused, Discard | Quarantine)


def test_each_takes_calls_only_a_few_ahead() -> None:
    taken = []

    def calls() -> Any:
        for number in range(100):
            taken.append(number)
            yield number, (number,)

    given = Readers(1).each(20.0, echo, calls())
    next(given)
    assert len(taken) <= 5
    given.close()  # type: ignore[attr-defined]


def test_a_reader_knows_none_of_our_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THOISU_DATABASE_URL", "postgresql://who:secret@host/db")
    found = asyncio.run(unbegun().run(20.0, environment))
    assert not [name for name in found if name.startswith("THOISU_")]


_ASKER = """
import asyncio, os, sys
from crawler.readers import Readers
from tests.readers.test_readers import echo
print(asyncio.run(Readers(1).run(20.0, echo, 1))[0], flush=True)
sys.stdin.read()
"""


def test_a_reader_ends_when_who_asked_is_killed() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _ASKER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as asker:
        assert asker.stdout is not None
        reader = int(asker.stdout.readline())
        os.kill(reader, 0)
        asker.kill()
        assert dies(reader), "the reader lives on"


_WAITING = """
import os, signal, sys, threading, time
from crawler.readers import Readers
signal.signal(signal.SIGTERM, lambda *_: sys.exit(9))
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background ignores it
readers = Readers(1)

def stop():
    while not readers._busy:
        time.sleep(0.01)
    os.kill(os.getpid(), int(sys.argv[1]))

threading.Thread(target=stop).start()
readers.wait(1000.0, sum, range(10**12))
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_ends_a_call_that_somebody_waits_for(number: int) -> None:
    command = [sys.executable, "-c", _WAITING, str(int(number))]
    assert subprocess.run(command, stderr=subprocess.DEVNULL, check=False, timeout=LONG).returncode != 0


def test_a_reader_that_cannot_begin_is_told_and_nothing_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "_MAIN", "import no_such_module; print")
    readers = unbegun()
    with pytest.raises(NoReader) as failed:
        asyncio.run(readers.run(20.0, echo, 1))
    assert str(failed.value).endswith("ModuleNotFoundError: No module named 'no_such_module'")
    assert readers.failure is failed.value
    with pytest.raises(NoReader):
        list(readers.each(20.0, echo, [(1, (1,))]))


def test_a_process_that_the_system_does_not_begin_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    with pytest.raises(NoReader, match="No such file"):
        unbegun().wait(20.0, echo, 1)


def test_a_reader_that_somebody_kills_before_it_has_begun_is_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    once = f"import os, pathlib\ntry: pathlib.Path({str(tmp_path / 'mark')!r}).touch(exist_ok=False); os.kill(os.getpid(), 9)"
    monkeypatch.setattr(reader, "_MAIN", f"{once}\nexcept FileExistsError: pass\n{reader._MAIN}")
    assert unbegun().wait(20.0, echo, 1)[1] == 1
    assert (tmp_path / "mark").exists()


def test_a_part_of_the_program_that_a_reader_lacks_is_no_fault_of_a_page() -> None:
    for function in (lacking, Lost()):
        with pytest.raises(NoReader, match="no_such_module"):
            Readers(1).wait(20.0, function)
    assert ask(echo, 1)[1] == 1


def test_a_forked_process_has_its_readers_forked_too_and_begins_them_itself_when_its_server_is_gone() -> None:
    server = ForkServer(forked.load)
    said, says = os.pipe()
    process = server.begin(forked.read, environ=public_environment(), fds=[says], may_ask=True)
    os.close(says)
    with os.fdopen(said) as lines:
        assert lines.read().splitlines() == ["True", "", "unreadable ended its reader (SIGABRT)", "True"]
    assert process.wait() == LOST
    server.close()
