"""Old files of an archive are dropped whole, the oldest first, and its index with them.

A file is dropped when nothing was written into it for as long as pages are kept, or while all files together take more
than they may. One that was written within the last hour stays: a process may have it open.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from crawler.archive.index import Index

FRESH = timedelta(hours=1)
"""Since its last write, in which a file may be open."""


class WarcOnDisk(NamedTuple):
    """A file of the archive."""

    path: Path
    at: datetime
    """When it was written last."""
    bytes: int


def outdated(folder: Path, now: datetime, keep: timedelta | None, most: float | None) -> list[WarcOnDisk]:
    """The files to be dropped, the oldest first; `most` is what all files may take, in bytes."""
    files = []
    for path in folder.glob("*.warc.gz"):
        about = path.stat()
        files.append(WarcOnDisk(path, datetime.fromtimestamp(about.st_mtime, now.tzinfo), about.st_size))
    files.sort(key=lambda one: (one.at, one.path.name))
    left = sum(one.bytes for one in files)
    found = []
    for one in files:
        too_old = keep is not None and one.at < now - keep
        too_much = most is not None and left > most
        if (too_old or too_much) and one.at < now - FRESH:
            found.append(one)
            left -= one.bytes
    return found


def drop(folder: Path, files: Iterable[WarcOnDisk]) -> None:
    """Remove files, and what the index says of them.

    A process that is killed between the two leaves an index of which the next reading drops the rest. Raises OSError
    for a file that cannot be removed, `sqlite3.Error` as `Index`.
    """
    try:
        for one in files:
            one.path.unlink(missing_ok=True)
    finally:
        if (folder / "index.db").exists():
            index = Index(folder)
            try:
                index.forget_missing(folder)
            finally:
                index.close()
