"""What runs in a reader: one call after the other, each within its limits, until nobody is there to ask."""

from __future__ import annotations

import gc
import math
import os
import resource
import signal
import traceback
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Literal, TypeVar

from selectolax.lexbor import SelectolaxError

from crawler.extract import deadline

MEMORY = 768 * 2**20
"""Bytes that a call may take beyond what an idle reader holds; real pages take a tenth."""
SPARE = 2
"""Seconds of processor time between the deadline, which ends code of Python's, and the end of the process."""
TOO_LARGE = 70
"""Exit code of a reader that had no memory left."""
_LOADED = ("crawler.readers.answers", "crawler.extract.article", "crawler.discover.discovery")
COLLECTIONS = (20_000, 20, 20)
"""Thresholds of the garbage collector of a process that does little but make and drop pages."""
_STATM = Path("/proc/self/statm")
T = TypeVar("T")
Call = tuple[float, Callable[..., Any], tuple[Any, ...]]
"""Seconds of processor time, a module's function and its arguments."""
Answer = tuple[Literal["begun", "given", "raised", "unable"], Any]
"""The last: a part of the program that the call needs is not to be had here, for the reason given as text."""


def serve_forked(descriptor: int, out: int, err: int) -> None:
    """As `serve`, in a fork, with its standard output and standard error."""
    for number, stream in enumerate((out, err), 1):
        os.dup2(stream, number)
        os.close(stream)
    serve(descriptor)


def serve(descriptor: int) -> None:
    """Answer calls until their sender closes the connection, a file descriptor, or dies."""
    for module in _LOADED:
        import_module(module)
    gc.freeze()  # as in the process of a crawl: what stays need not be looked at again
    gc.set_threshold(*COLLECTIONS)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the sender's, who ends his readers
    calls = Connection(descriptor)
    _limit(resource.RLIMIT_CORE, 0)
    _limit_memory()
    os.dup2(1, 2)  # what is wrong from here on is said where our caller says it
    with suppress(EOFError, ConnectionError):  # who called is gone
        calls.send(("begun", None))
        while True:
            calls.send(_next(calls))


def _next(calls: Connection) -> Answer:
    try:
        seconds, function, args = calls.recv()
    except (ImportError, AttributeError) as error:  # of the module in which the function is to be found
        return "unable", _said(error)
    return _answer(seconds, function, args)


def _answer(seconds: float, function: Callable[..., Any], args: tuple[Any, ...]) -> Answer:
    times = os.times()
    _limit(resource.RLIMIT_CPU, math.ceil(times.user + times.system + seconds) + SPARE)
    try:
        with deadline(seconds):
            return "given", function(*args)
    except (MemoryError, SelectolaxError):  # the second is how lexbor says the first
        os._exit(TOO_LARGE)  # a parser that got no memory may be in any state
    except ImportError as error:  # never the fault of what is read
        return "unable", _said(error)
    except Exception as error:
        error.add_note(traceback.format_exc())
        return "raised", error
    finally:
        _limit(resource.RLIMIT_CPU, resource.RLIM_INFINITY)


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def _limit_memory() -> None:
    """Linux alone tells what a process holds; elsewhere the limit of processor time has to do."""
    if _STATM.exists():
        held = int(_STATM.read_text().split()[5]) * resource.getpagesize()
        _limit(resource.RLIMIT_DATA, held + MEMORY)


def _limit(what: int, most: int) -> None:
    _, hardest = resource.getrlimit(what)
    unlimited = most == resource.RLIM_INFINITY
    soft = hardest if unlimited or (hardest != resource.RLIM_INFINITY and hardest < most) else most
    resource.setrlimit(what, (soft, hardest))
