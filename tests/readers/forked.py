"""A process that a server has forked, and that reads in a reader."""

from __future__ import annotations

import os
import signal

from crawler.errors import Refused
from crawler.readers import Readers


def load() -> None:
    """What a reader needs is loaded with this module."""


def read(out: int) -> None:
    """Read in a reader, over one that is killed and over the end of the server; say what came of it."""
    os.environ["THOISU_DATABASE_URL"] = "secret"
    readers, server = Readers(1), os.getppid()
    told = [str(readers.wait(20, parent) == server), readers.wait(20, settings)]
    try:
        readers.wait(20, crash)
    except Refused as refused:
        told.append(f"{refused.reason} {refused.detail}")
    os.kill(server, signal.SIGKILL)
    told.append(str(readers.wait(20, parent) == os.getpid()))
    with os.fdopen(out, "w") as stream:
        stream.writelines(f"{line}\n" for line in told)


def parent() -> int:
    """Who has begun this reader."""
    return os.getppid()


def settings() -> str:
    """What a reader knows of ours."""
    return " ".join(name for name in os.environ if name.startswith("THOISU_"))


def crash() -> None:
    """End the reader."""
    os.abort()
