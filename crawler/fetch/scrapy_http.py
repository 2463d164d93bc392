"""Scrapy's handler of HTTP, imported without what the old names of its classes cost.

For each class that Scrapy keeps under an old name `scrapy.utils.deprecate` asks `inspect.stack()` for the one frame
that defines it, and that reads the source of all frames: a fifth of the instructions with which a crawl is imported.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def short_stacks() -> Iterator[None]:
    """Inside the block `inspect.stack` gives the two innermost frames, as tuples that hold nothing else."""
    whole = inspect.stack

    def innermost(context: int = 1) -> Any:  # noqa: ARG001, the interface's
        return [(sys._getframe(1),), (sys._getframe(2),)]

    inspect.stack = innermost
    try:
        yield
    finally:
        inspect.stack = whole


with short_stacks():
    from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler, TunnelError

__all__ = ["HTTP11DownloadHandler", "TunnelError"]
