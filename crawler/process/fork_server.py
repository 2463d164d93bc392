"""Processes that begin with everything loaded, since they are forked from a server which does nothing else.

Not from this process, which has threads, connections and secrets; and not by `multiprocessing`, whose server runs the
caller's script again and cannot be told to load anew. The server (`crawler.process.forks`) is begun with the first
request, again when it has died, and again when what it has loaded has changed; what it has forked goes on to its end.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from typing import Any, Self

from crawler.process import forks

logger = logging.getLogger(__name__)
LOST = 255
"""Exit code of a process whose server died before it did; `multiprocessing` has the same."""
_MAIN = "from crawler.process.forks import serve; serve"


class ForkedProcess:
    """A process that a fork server was asked for, with the calls of `subprocess.Popen`.

    It may be begun later, when its server has loaded. It has a session of its own, and its standard input ends when
    this object, or the process that holds it, is gone.
    """

    def __init__(self, conversation: Connection) -> None:
        self._conversation = conversation
        self._pid: int | None = None
        self._lock = threading.Lock()
        self.returncode: int | None = None
        """Its exit code, negative for a signal, `LOST` where nobody is left who could tell it; None before its end."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is left open after the end: the connection goes with the last thread that waited for it."""

    def poll(self) -> int | None:
        """As `returncode`."""
        with self._lock:
            self._hear()
            return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code; raises `subprocess.TimeoutExpired` after so many seconds."""
        last = None if timeout is None else time.monotonic() + timeout
        while (code := self.poll()) is None:
            left = None if last is None else last - time.monotonic()
            if left is not None and left <= 0:
                raise subprocess.TimeoutExpired("a forked process", timeout or 0.0)
            wait([self._conversation], left)
        return code

    def terminate(self) -> None:
        """Ask it to end."""
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it by force."""
        self._signal(signal.SIGKILL)

    def _signal(self, number: int) -> None:
        with self._lock:
            self._hear()
            if self.returncode is not None:
                return
            if self._pid is None:  # what has not begun does not begin when nobody waits for it
                self.returncode = -number
                self._conversation.close()
                return
            with suppress(ProcessLookupError):
                os.kill(self._pid, number)

    def _hear(self) -> None:
        """Take what the server has said. The connection ends with the server and the process, which both hold it."""
        try:
            while self.returncode is None and self._conversation.poll():
                what, number = self._conversation.recv()
                if what == "begun":
                    self._pid = number
                else:
                    self.returncode = number
        except (EOFError, OSError):
            self.returncode = LOST


class ForkServer:
    """Begins processes in which all is loaded that `load`, a module's function, loads; `args` are its arguments.

    `state` says, of the files that are loaded, what changes when they do.
    """

    def __init__(self, load: Callable[..., None], *args: str, state: Callable[[], object] = lambda: None) -> None:
        self._load = (load.__module__, load.__name__, *args)
        self._state = state
        self._loaded: object = None
        self._control: socket.socket | None = None
        self._servers: list[subprocess.Popen[bytes]] = []
        self._lock = threading.Lock()

    def begin(
        self,
        function: Callable[..., Any],
        *args: Any,
        environ: Mapping[str, str],
        fds: Sequence[int] = (),
        may_ask: bool = False,
    ) -> ForkedProcess:
        """Call a module's function in a process of its own, with this environment; file descriptors come before `args`.

        With `may_ask` it may begin others by `sibling`. Returns at once. Raises OSError where the system begins no
        server.
        """
        request = (function, args, dict(environ), may_ask)
        with self._lock:
            self._replace_outdated()
            try:
                return _ask(self._running(), request, fds)
            except (BrokenPipeError, ConnectionResetError):
                logger.warning("the server of processes has ended, and another is begun")
                self._leave()
                return _ask(self._running(), request, fds)

    @property
    def pid(self) -> int | None:
        """The process number of the server that answers now; None before the first request."""
        return self._servers[-1].pid if self._control is not None else None

    def close(self) -> None:
        """Let the server end, after the last of its processes, and wait for it."""
        with self._lock:
            self._leave()
            for server in self._servers:
                server.wait()

    def _running(self) -> socket.socket:
        if self._control is None:
            self._loaded = self._state()
            ours, theirs = socket.socketpair()
            with theirs:
                server = subprocess.Popen(  # noqa: S603, our own module
                    [sys.executable, "-P", "-c", f"{_MAIN}{(theirs.fileno(), *self._load)!r}"],
                    pass_fds=[theirs.fileno()],
                    stdin=subprocess.DEVNULL,
                    env=public_environment(),
                    start_new_session=True,
                )
            self._servers = [one for one in self._servers if one.poll() is None] + [server]
            self._control = ours
        return self._control

    def _replace_outdated(self) -> None:
        if self._control is not None and self._state() != self._loaded:
            logger.info("the program has changed, and processes begin with what it is now")
            self._leave()

    def _leave(self) -> None:
        if self._control is not None:
            self._control.close()
            self._control = None


def sibling(
    function: Callable[..., Any], *args: Any, environ: Mapping[str, str], fds: Sequence[int] = ()
) -> ForkedProcess | None:
    """As `ForkServer.begin`, by the server that has forked this process; None where there is none, or no more."""
    if forks.line is None:
        return None
    try:
        return _ask(forks.line, (function, args, dict(environ), False), fds)
    except (BrokenPipeError, ConnectionResetError):
        return None


def _ask(line: socket.socket, request: forks.Request, fds: Sequence[int]) -> ForkedProcess:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        socket.send_fds(line, [b"\0"], [theirs.fileno(), *fds])
        theirs.close()
        conversation = Connection(ours.detach())
    with suppress(BrokenPipeError, ConnectionResetError):  # then it is as one that has ended
        conversation.send(request)
    return ForkedProcess(conversation)


def public_environment() -> dict[str, str]:
    """Ours for an interpreter that loads what we have loaded, without what is set for us alone, passwords among it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("THOISU_")}
    return {**kept, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
