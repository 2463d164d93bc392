"""What runs in a fork server: it loads the program once, then forks a process of it for each who asks.

A fork has one thread, that which forked. So nothing is opened or begun here: no thread, no event loop, no database, no
handler of a log. Whoever asks closes the control socket to end the server; it waits for its processes before.
"""

from __future__ import annotations

import atexit
import gc
import os
import pickle
import select
import signal
import socket
import sys
import threading
import traceback
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from multiprocessing.connection import Connection
from typing import Any, NoReturn

Request = tuple[Callable[..., Any], tuple[Any, ...], dict[str, str], bool]
"""A module's function, its arguments, the environment in which it is called, and whether it may ask for others.

It is answered by ("begun", number of the process), then by ("ended", its exit code, negative for a signal)."""
FDS = 8
"""The most file descriptors that go with a request; the first is its conversation."""
_ASIDE = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
line: socket.socket | None = None
"""Where a process that a server has forked asks it for another; None in any other process."""


def serve(control: int, module: str, function: str, *args: str) -> None:
    """Load the program by a function, then fork for each request that comes over a socket, until that is closed."""
    for number in _ASIDE:  # of a terminal or a service as a whole: whoever asks ends this, and is asked himself
        signal.signal(number, signal.SIG_IGN)
    getattr(import_module(module), function)(*args)
    gc.collect()
    gc.freeze()  # no collection of a fork's writes to the pages that it shares
    _Server(socket.socket(fileno=control)).run()


class _Server:
    def __init__(self, control: socket.socket) -> None:
        ours, self._theirs = socket.socketpair()
        self._asked = [control, ours]
        self._open = True
        self._children: dict[int, Connection] = {}
        self._ended, self._wakeup = os.pipe()
        for end in (self._ended, self._wakeup):
            os.set_blocking(end, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)  # with none the kernel would not wake us
        signal.set_wakeup_fd(self._wakeup, warn_on_full_buffer=False)

    def run(self) -> None:
        while self._open or self._children:
            watched: list[int | socket.socket] = [self._ended, *self._asked]
            ready, _, _ = select.select(watched, [], [])
            if self._ended in ready:
                with suppress(BlockingIOError):
                    os.read(self._ended, 512)
                self._reap()
            for asked in ready:
                if isinstance(asked, socket.socket):
                    self._answer(asked)

    def _reap(self) -> None:
        for pid in list(self._children):
            found, status = os.waitpid(pid, os.WNOHANG)
            if found:
                with self._children.pop(pid) as conversation, suppress(OSError):
                    conversation.send(("ended", os.waitstatus_to_exitcode(status)))

    def _answer(self, asked: socket.socket) -> None:
        try:
            said, fds, _, _ = socket.recv_fds(asked, 1, FDS)
        except OSError:
            said, fds = b"", []
        if not said:  # who began this server is gone
            self._open = False
            self._asked.remove(asked)
            asked.close()
            return
        conversation = Connection(fds[0])
        try:
            request: bytes = conversation.recv_bytes()
            if not conversation.poll():  # else whoever asked has gone
                self._fork(conversation, fds[1:], request)
        except (EOFError, OSError):
            conversation.close()
        finally:
            for fd in fds[1:]:
                os.close(fd)

    def _fork(self, conversation: Connection, fds: list[int], request: bytes) -> None:
        gate, opens = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(opens)
            self._leave()
            os.read(gate, 1)  # until it has been told that this has begun, so that whoever asked can end it
            os.close(gate)
            _become(conversation, fds, request)
        os.close(gate)
        self._children[pid] = conversation
        with suppress(OSError):  # it has just gone, which this child finds out
            conversation.send(("begun", pid))
        os.close(opens)

    def _leave(self) -> None:
        """What is the server's alone is not its child's."""
        global line
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGCHLD, *_ASIDE):
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.close(self._ended)
        os.close(self._wakeup)
        for asked in self._asked:
            asked.close()
        for conversation in self._children.values():
            conversation.close()
        line = self._theirs


def _become(conversation: Connection, fds: list[int], request: bytes) -> NoReturn:
    """Run the request in this fork, as the interpreter runs a script."""
    global line
    code = 1
    try:
        os.setsid()
        os.dup2(conversation.fileno(), 0)  # at its end when whoever began this has died
        conversation.close()
        function, args, environ, may_ask = pickle.loads(request)  # noqa: S301, of our own making
        if line is not None and not may_ask:
            line.close()
            line = None
        os.environ.clear()
        os.environ.update(environ)
        function(*fds, *args)
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
    except BaseException:
        traceback.print_exc()
    finally:
        # Not by the interpreter's own end, which takes everything down piece by piece and touches all that is shared.
        with suppress(BaseException):
            threading._shutdown()  # type: ignore[attr-defined]
            atexit._run_exitfuncs()
        for stream in (sys.stdout, sys.stderr):
            with suppress(Exception):
                stream.flush()
        os._exit(code)
