"""The readers as this process sees them: calls, what came of each, and their end.

A thread sits beside each reader, sends it one call at a time and waits. The threads and their readers are this
process's and stay, a run shares them with the next; how many calls are under way at once is the run's own choice.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from multiprocessing.connection import Connection
from typing import Any, ClassVar, Self, TypeVar

from crawler.errors import Discard, Refusal
from crawler.process import before_force
from crawler.readers.process import MEMORY, TOO_LARGE

_CALLS = 2000  # after which a reader is replaced: what a large page has taken, the allocator seldom gives back
_AHEAD = 4  # calls a reader that `each` sends before it waits for the first, so that no reader is idle
_MAIN = "from crawler.readers.process import serve; serve"
_PATIENCE = 1.0  # seconds for a reader to end once its connection is closed
T = TypeVar("T")
About = TypeVar("About")


class Interrupted(BaseException):
    """The run is to end at once, and what was being read with it: this says nothing of what it was.

    No `Exception`, as KeyboardInterrupt is none: who refuses what cannot be read must not take it for that.
    """


class Readers:
    """What one run has read, by at most `number` processes at once; they are started when they are needed."""

    def __init__(self, number: int) -> None:
        self._number = number
        self._busy: set[_Reader] = set()
        self._interrupted = False

    async def run(self, seconds: float, function: Callable[..., T], *args: Any) -> T:
        """What `function`, a module's own, gives for `args` in a reader; both travel by pickle.

        Raises what it raises; `Discard` with UNREADABLE for what takes longer than `seconds` of processor time, more
        memory than a reader has, or breaks it; `Interrupted` after `interrupt`.
        """
        return await asyncio.wrap_future(self._submit(seconds, function, args))

    def wait(self, seconds: float, function: Callable[..., T], *args: Any) -> T:
        """As `run`, where there is no event loop; Ctrl-C ends the call, which would hold up the end of this process."""
        try:
            return self._submit(seconds, function, args).result()
        except (KeyboardInterrupt, SystemExit):
            self.interrupt()
            raise

    def each(
        self, seconds: float, function: Callable[..., T], calls: Iterable[tuple[About, tuple[Any, ...] | None]]
    ) -> Iterator[tuple[About, T | Exception | None]]:
        """Run `function` for each call's arguments, several at once; what came of each, in their order.

        `calls` are taken a few ahead of what is given. What `run` would raise is given as a value, but `Interrupted`;
        for what needs no reading, without arguments, None is given in its turn.
        """
        ahead: deque[tuple[About, Future[Any] | None]] = deque()
        try:
            for about, args in calls:
                ahead.append((about, None if args is None else self._submit(seconds, function, args)))
                if len(ahead) > _AHEAD * self._number:
                    first, came = ahead.popleft()
                    yield first, _outcome(came)
            while ahead:
                first, came = ahead.popleft()
                yield first, _outcome(came)
        except BaseException:
            for _, future in ahead:
                if future is not None:
                    future.cancel()
            self.interrupt()
            raise

    def interrupt(self) -> None:
        """End what is being read, and read nothing more in this run; of either nothing is known."""
        self._interrupted = True
        for reader in list(self._busy):
            reader.kill()

    def _submit(self, seconds: float, function: Callable[..., T], args: tuple[Any, ...]) -> Future[T]:
        return _threads(self._number, os.getpid()).submit(self._call, seconds, function, args)

    def _call(self, seconds: float, function: Callable[..., T], args: tuple[Any, ...]) -> T:
        """In the thread of a reader."""
        for last in (False, True):
            reader = _Reader.of_thread()
            self._busy.add(reader)
            try:
                if self._interrupted:
                    raise Interrupted
                kind, value = reader.ask(seconds, function, args)
            except (EOFError, OSError) as ended:
                code = reader.end()
                if self._interrupted:
                    raise Interrupted from None
                # Somebody ended it from outside, as one who stops a service ends all of its processes.
                if code in (0, -signal.SIGTERM, -signal.SIGINT, -signal.SIGHUP) and not last:
                    continue
                raise Discard(Refusal.UNREADABLE, _why(code, seconds)) from ended
            finally:
                self._busy.discard(reader)
            if kind == "raised":
                raise value
            return value  # type: ignore[no-any-return]
        raise AssertionError


def _outcome(future: Future[Any] | None) -> Any:
    try:
        return None if future is None else future.result()
    except Exception as error:
        return error


def _why(code: int, seconds: float) -> str:
    if code == TOO_LARGE:
        return f"needs more than {MEMORY // 2**20} MB to be read"
    if code == -signal.SIGXCPU:
        return f"not read within {seconds:g} s"
    name = signal.Signals(-code).name if -code in signal.valid_signals() else f"exit code {code}"
    return f"ended its reader ({name})"


@cache
def _threads(number: int, process: int) -> ThreadPoolExecutor:  # noqa: ARG001, a fork has none of them
    return ThreadPoolExecutor(number, "reader")


class _Reader:
    """One reader process and the connection to it."""

    _here = threading.local()
    _all: ClassVar[set[_Reader]] = set()

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            # Not a fork, since this process has threads, and connections and secrets that are none of a reader's.
            self._process = subprocess.Popen(  # noqa: S603, our own module
                [sys.executable, "-P", "-c", f"{_MAIN}({theirs.fileno()})"],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                env=_environment(),
                start_new_session=True,
            )
        self._connection = Connection(ours.detach())
        self._calls = 0
        self._all.add(self)

    @classmethod
    def of_thread(cls) -> Self:
        """The reader of this thread: the last one, or another where that has ended or has read enough."""
        reader: Self | None = getattr(cls._here, "reader", None)
        if reader is not None and (reader._process.poll() is not None or reader._calls >= _CALLS):
            reader.end()
            reader = None
        if reader is None:
            reader = cls._here.reader = cls()
        return reader

    def ask(self, seconds: float, function: Callable[..., Any], args: tuple[Any, ...]) -> Any:
        """Its answer; raises EOFError or OSError when it ends instead."""
        self._calls += 1
        self._connection.send((seconds, function, args))
        return self._connection.recv()

    def kill(self) -> None:
        """End it, whatever it does."""
        self._process.kill()

    def end(self) -> int:
        """Wait for its end, which closing the connection brings if nothing else did; returns its exit code."""
        self._connection.close()
        self._all.discard(self)
        try:
            return self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()

    @classmethod
    def kill_all(cls) -> None:
        """When this process is ended by force, and would leave those that are reading behind."""
        for reader in list(cls._all):
            reader.kill()

    @classmethod
    def end_all(cls) -> None:
        """At the end of this process."""
        for reader in list(cls._all):
            with contextlib.suppress(OSError):
                reader.end()


atexit.register(_Reader.end_all)
before_force(_Reader.kill_all)


def _environment() -> dict[str, str]:
    """Ours, without what is set for us alone, passwords among it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("THOISU_")}
    return {**kept, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
