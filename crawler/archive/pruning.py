"""Old files of an archive are dropped whole, the oldest first, and its index with them.

A file is dropped when nothing was written into it for as long as pages are kept, or while all files together take more
than they may. One that was written within the last hour stays: a process may have it open.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import NamedTuple

from crawler.archive.index import NAME, Index
from crawler.archive.warc_store import WarcStore

FRESH = timedelta(hours=1)
"""Since its last write, in which a file may be open."""


class OldFile(NamedTuple):
    """A file of the archive."""

    name: str
    at: datetime
    """When it was written last."""
    bytes: int


def outdated(store: WarcStore, now: datetime, keep: timedelta | None, most: float | None) -> list[OldFile]:
    """The files to be dropped, the oldest first; `most` is what all files may take, in bytes."""
    files = []
    for name, size in store.sizes().items():
        with suppress(FileNotFoundError):  # somebody else has dropped it
            files.append(OldFile(name, store.written(name), size))
    files.sort(key=lambda one: (one.at, one.name))
    left = sum(one.bytes for one in files)
    found = []
    for one in files:
        too_old = keep is not None and one.at < now - keep
        too_much = most is not None and left > most
        if (too_old or too_much) and one.at < now - FRESH:
            found.append(one)
            left -= one.bytes
    return found


def drop(store: WarcStore, files: Iterable[OldFile]) -> None:
    """Remove files, and what the index says of them and of those that others have removed.

    A process that is killed between the two leaves an index of which the next reading drops the rest. Raises OSError
    for a file that cannot be removed, `sqlite3.Error` as `Index`.
    """
    try:
        for one in files:
            store.remove(one.name)
    finally:
        if (store.folder / NAME).exists():
            index = Index(store.folder)
            try:
                index.keep_only(store.sizes())
            finally:
                index.close()
