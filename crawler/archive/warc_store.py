"""Where the files of an archive lie: in its folder and, where an object store is named, finished ones there.

A process writes its file in the folder and holds a lock on it (flock) until it ends, however that is; a file that
nobody holds is finished. It is moved as it is, so what the index says of its records holds for either place.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO

from crawler.errors import ArchiveFailed, BadInput
from crawler.object_store import object_store
from crawler.process import masked, masked_address

_FILES = "*.warc.gz"
_BLOCK = 2**20  # bytes asked of an object at a time; who reads in order asks seldom


class WarcStore:
    """The files of an archive by their names.

    Whatever asks the object store raises `BadInput` when its URL cannot be used, and `ArchiveFailed` when it does not
    do what it is asked; of the folder OSError is raised.
    """

    def __init__(self, folder: Path, url: str | None = None) -> None:
        """`url` names the object store; None for a folder alone."""
        self.folder = folder
        self.url = url
        self._held: tuple[str, Any] | None = None  # the object that was read last

    def sizes(self) -> dict[str, int]:
        """The files in the order of their names, each with its bytes."""
        # The folder first: a file that is moved meanwhile is seen twice, and not never.
        found = {path.name: size for path in self.folder.glob(_FILES) if (size := _size(path)) is not None}
        if self.url is not None:
            with suppress(FileNotFoundError), self._asking() as (system, root):  # there is none before the first
                system.invalidate_cache()
                objects = {str(one["name"]).rpartition("/")[2]: one["size"] for one in system.ls(root, detail=True)}
                found |= {name: int(size) for name, size in objects.items() if Path(name).match(_FILES)}
        return dict(sorted(found.items()))

    def may_hold(self, name: str) -> bool:
        """Whether a file is there as far as this machine knows: of one that was moved nobody asks the object store."""
        return self.url is not None or (self.folder / name).exists()

    def written(self, name: str) -> datetime:
        """When a file was written last; of an object, when it was moved. FileNotFoundError for one that is gone."""
        try:
            return datetime.fromtimestamp((self.folder / name).stat().st_mtime, UTC)
        except FileNotFoundError:
            with self._asking() as (system, root):
                at: datetime = system.modified(f"{root}/{name}")
                return at

    @contextmanager
    def opened(self, name: str) -> Iterator[BinaryIO]:
        """A file for reading, its position anywhere; FileNotFoundError for one that is gone."""
        try:
            file = (self.folder / name).open("rb")
        except FileNotFoundError:
            with self._asking() as (system, root):
                if self._held is None or self._held[0] != name:
                    opened = system.open(f"{root}/{name}", "rb", block_size=_BLOCK, cache_type="readahead")
                    self._held = name, opened
                yield self._held[1]
        else:
            with file:
                yield file

    def remove(self, name: str) -> None:
        """Take a file away; one that is gone already is no fault."""
        (self.folder / name).unlink(missing_ok=True)
        if self.url is not None:
            with suppress(FileNotFoundError), self._asking() as (system, root):
                system.rm_file(f"{root}/{name}")

    def move(self) -> None:
        """Move what is finished into the object store, if there is one; what fails stays for the next time."""
        for path in sorted(self.folder.glob(_FILES)) if self.url is not None else ():
            with _finished(path) as finished:
                if finished:
                    with self._asking() as (system, root):
                        system.put_file(str(path), f"{root}/{path.name}")
                    path.unlink()

    @contextmanager
    def _asking(self) -> Iterator[tuple[Any, str]]:
        """The object store and the place in it; what a backend raises may be anything."""
        if self.url is None:
            raise FileNotFoundError
        try:
            yield self._objects
        except (BadInput, FileNotFoundError):
            raise
        except Exception as error:
            said = masked(" ".join(f"{type(error).__name__}: {error}".split()))
            raise ArchiveFailed(f"{masked_address(self.url)}: {said}") from error

    @cached_property
    def _objects(self) -> tuple[Any, str]:
        assert self.url is not None  # noqa: S101 - for the type checker
        return object_store(self.url)


def hold(file: int) -> None:
    """Say that this process writes a file that it has just made, until it closes it."""
    with suppress(OSError):  # a file system that knows no locks: there `_finished` has none either
        fcntl.flock(file, fcntl.LOCK_EX)


@contextmanager
def _finished(path: Path) -> Iterator[bool]:
    """Whether nobody writes a file or moves it; nobody else does meanwhile."""
    try:
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:  # somebody else has moved it
        yield False
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        about = os.fstat(file)
        free = about.st_nlink > 0 and about.st_size > 0  # of one that is empty, who made it has yet to hold it
    except OSError:
        free = False
    try:
        yield free
    finally:
        os.close(file)


def _size(path: Path) -> int | None:
    """None for a file that was moved meanwhile."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return None
