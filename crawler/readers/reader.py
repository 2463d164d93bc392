"""One reader process as the thread beside it sees it: begun, asked, ended."""

from __future__ import annotations

import atexit
import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import IO, Any, ClassVar, Self

from crawler.process import before_force
from crawler.process.fork_server import ForkedProcess, public_environment, sibling
from crawler.readers.process import serve_forked

_CALLS = 2000  # after which a reader is replaced: what a large page has taken, the allocator seldom gives back
_MAIN = "from crawler.readers.process import serve; serve"
_START = 60.0  # seconds for a reader to load what it needs; a busy machine takes one
_PATIENCE = 1.0  # seconds for a reader to end once its connection is closed
_STDERR = 2


class Reader:
    """A reader process and the connection to it; raises OSError where the system begins none."""

    _here = threading.local()
    _all: ClassVar[set[Reader]] = set()

    def __init__(self) -> None:
        self.begun = False
        """It has said that it can be asked."""
        self.said = ""
        """Why it ended before that, in a line of its own; empty when it said nothing."""
        self.killed = False
        """It was ended by force from here."""
        ours, theirs = socket.socketpair()
        with ours, theirs:
            begun = _forked(theirs) or _started(theirs)
            self._process: ForkedProcess | subprocess.Popen[bytes] = begun[0]
            self._errors = begun[1]
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
        if not self.begun:
            self._begin()
        self._calls += 1
        self._connection.send((seconds, function, args))
        return self._connection.recv()

    def _begin(self) -> None:
        if not self._connection.poll(_START):
            raise TimeoutError
        self._connection.recv()
        self.begun = True
        self._errors.close()

    def kill(self) -> None:
        """End it, whatever it does."""
        self.killed = True
        self._process.kill()

    def end(self) -> int:
        """Wait for its end, which closing the connection brings if nothing else did; returns its exit code."""
        self._connection.close()
        self._all.discard(self)
        try:
            code = self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            code = self._process.wait()
        if not self._errors.closed:
            with self._errors as errors:
                self.said = _last_words(errors.read().decode("utf-8", "replace"))
        return code

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


atexit.register(Reader.end_all)
before_force(Reader.kill_all)


def _forked(connection: socket.socket) -> tuple[ForkedProcess, IO[bytes]] | None:
    """A reader by the server that has forked this process, if one has; and what it says before it has begun."""
    said, says = os.pipe()
    out = os.dup(_STDERR) if _own_stderr() == _STDERR else os.open(os.devnull, os.O_WRONLY)
    try:
        fds = [connection.fileno(), out, says]
        process = sibling(serve_forked, environ=public_environment(), fds=fds)
    finally:
        os.close(says)
        os.close(out)
    errors = os.fdopen(said, "rb")
    if process is None:
        errors.close()
        return None
    return process, errors


def _started(connection: socket.socket) -> tuple[subprocess.Popen[bytes], IO[bytes]]:
    """A reader begun by itself; and what it says before it has begun: why it cannot is told without a stack."""
    # Not a fork, since this process has threads, and connections and secrets that are none of a reader's.
    process = subprocess.Popen(  # noqa: S603, our own module
        [sys.executable, "-P", "-c", f"{_MAIN}({connection.fileno()})"],
        pass_fds=[connection.fileno()],
        stdin=subprocess.DEVNULL,
        stdout=_own_stderr(),
        stderr=subprocess.PIPE,
        env=public_environment(),
        start_new_session=True,
    )
    assert process.stderr is not None  # noqa: S101, for the type checker
    return process, process.stderr


def _own_stderr() -> int:
    """Where a reader that has begun says what it has to say; what it prints must not stand among our output."""
    try:
        os.fstat(_STDERR)
    except OSError:
        return subprocess.DEVNULL
    return _STDERR


def _last_words(said: str) -> str:
    """The line of an interpreter's last words that says what was wrong."""
    lines = [line for line in said.splitlines() if line.strip()]
    return next((line for line in lines if line.startswith("Fatal Python error")), lines[-1] if lines else "").strip()


def named(code: int) -> str:
    """The end of a process, for a person."""
    return signal.Signals(-code).name if -code in signal.valid_signals() else f"exit code {code}"
