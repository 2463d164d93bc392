"""The readers as this process sees them: calls, what came of each, and their end.

A thread sits beside each reader, sends it one call at a time and waits. The threads and their readers are this
process's and stay, a run shares them with the next; how many calls are under way at once is the run's own choice.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from typing import Any, TypeVar

from crawler.errors import Discard, Interrupted, NoReader, Refusal
from crawler.process.fork_server import LOST
from crawler.readers.process import MEMORY, TOO_LARGE
from crawler.readers.reader import Reader, named

_AHEAD = 4  # calls a reader that `each` sends before it waits for the first, so that no reader is idle
_STOPPED = (0, LOST, -signal.SIGTERM, -signal.SIGINT, -signal.SIGHUP)
"""How a reader ends that was not at fault."""
T = TypeVar("T")
About = TypeVar("About")


class Readers:
    """What one run has read, by at most `number` processes at once; they are started when they are needed."""

    def __init__(self, number: int) -> None:
        self._number = number
        self._busy: set[Reader] = set()
        self._interrupted = False
        self.failure: NoReader | None = None
        """Why nothing can be read in this run, once that has been found."""

    async def run(self, seconds: float, function: Callable[..., T], *args: Any) -> T:
        """What `function`, a module's own, gives for `args` in a reader; both travel by pickle.

        Raises what it raises; `Discard` with UNREADABLE for what takes longer than `seconds` of processor time, more
        memory than a reader has, or breaks it; `Interrupted` after `interrupt`; `NoReader` when there is no process to
        read in, which says nothing of what was to be read.
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
        try:
            return _threads(self._number, os.getpid()).submit(self._call, seconds, function, args)
        except RuntimeError as error:  # no thread can be begun
            raise self._fail(str(error)) from error

    def _call(self, seconds: float, function: Callable[..., T], args: tuple[Any, ...]) -> T:
        """In the thread of a reader."""
        for last in (False, True):
            if self.failure:
                raise self.failure
            try:
                reader = Reader.of_thread()
            except OSError as error:
                raise self._fail(error.strerror or str(error)) from error
            self._busy.add(reader)
            try:
                if self._interrupted:
                    raise Interrupted
                kind, value = reader.ask(seconds, function, args)
            except (EOFError, OSError) as ended:
                code = reader.end()
                if self._interrupted:
                    raise Interrupted from None
                if not reader.begun:
                    if (code < 0 or code == LOST) and not last:
                        continue  # somebody killed it, or the server that was to fork it
                    raise self._fail(reader.said or named(code)) from ended
                # Another run was interrupted that had just been given its last answer by the same reader; or somebody
                # ended it from outside, as one who stops a service ends all of its processes.
                if (reader.killed or code in _STOPPED) and not last:
                    continue
                raise Discard(Refusal.UNREADABLE, _why(code, seconds)) from ended
            finally:
                self._busy.discard(reader)
            if kind == "raised":
                raise value
            if kind == "unable":
                raise self._fail(value)
            return value  # type: ignore[no-any-return]
        raise AssertionError

    def _fail(self, detail: str) -> NoReader:
        self.failure = self.failure or NoReader(detail)
        return self.failure


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
    return f"ended its reader ({named(code)})"


@cache
def _threads(number: int, process: int) -> ThreadPoolExecutor:  # noqa: ARG001, a fork has none of them
    return ThreadPoolExecutor(number, "reader")
