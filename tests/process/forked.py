"""What the tests of the fork server have done in forks; it imports little, so that its server begins at once."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import IO

loaded: list[str] = []


class Heard:
    """A pipe that forks write to."""

    def __init__(self) -> None:
        ours, self.end = os.pipe()
        self.lines: IO[str] = os.fdopen(ours, encoding="utf-8")

    def close(self) -> None:
        """Nobody writes any more."""
        os.close(self.end)
        self.lines.close()


def load(*words: str) -> None:
    """As a server does; a word that is a named pipe is waited for."""
    for word in words:
        if Path(word).is_fifo():
            Path(word).read_bytes()
    loaded.extend(words)


def tell(out: int, *names: str) -> None:
    """Write what this process is, a fact a line, to a file descriptor."""
    facts = {
        "session": str(os.getsid(0) == os.getpid()),
        "loaded": " ".join(loaded),
        "environ": " ".join(sorted(os.environ)),
        "command": Path("/proc/self/cmdline").read_text(errors="replace"),
        "signals": str([signal.getsignal(one) for one in (signal.SIGTERM, signal.SIGCHLD)] == [signal.SIG_DFL] * 2),
    }
    loaded.append("and more")
    with os.fdopen(out, "w") as stream:
        stream.writelines(f"{facts[name]}\n" for name in names)


def end(how: str, *_: str) -> None:
    """End in one of the ways in which processes do."""
    if how == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    if how == "raises":
        raise ValueError("broken")
    if how != "returns":
        sys.exit(int(how))


def mark(file: str) -> None:
    """Leave a sign."""
    Path(file).write_text("begun", "utf-8")


def wait_for_the_end(out: int) -> None:
    """Say that this has begun, and when standard input ends."""
    os.write(out, f"{os.getpid()}\n".encode())
    os.read(0, 1)
    os.write(out, b"its input ended\n")


def hold(out: int, how: str) -> None:
    """Say that this has begun, and stay until its input ends, deaf to SIGTERM or gentle."""

    def on_term(*_: object) -> None:
        os.write(out, f"{how}\n".encode())
        if how == "gentle":
            os._exit(0)

    signal.signal(signal.SIGTERM, on_term)
    os.write(out, b"begun\n")
    with suppress(ConnectionResetError):
        os.read(0, 1)  # to the end of who began this


def ask(out: int, wanted: str) -> None:
    """Ask the server of this process for another, and say what came of it."""
    from crawler.process.fork_server import sibling

    process = sibling(tell, wanted, environ={"OURS": "1"}, fds=[out])
    if process is None:
        os.write(out, b"nobody to ask\n")
    else:
        process.wait()
