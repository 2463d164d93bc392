"""Files that grow by rows: the half that JSON Lines and CSV share.

A URL names a folder or, by a suffix in its last part, a single file. In a folder a file is named after its first change
(`changes-000000000001-20260801.jsonl`) and is full after so many bytes, or when a later day begins in Viet Nam. After a
rewind files begin anew, with its number in their names (`changes-r1-…`, `feed.r1.jsonl`); no row is taken back.

A row counts when it is synced to the disk, and so is the name of a new file: a power cut undoes neither. What path a
URL means holds for every sink that writes files (`path_of`).
"""

from __future__ import annotations

import os
import re
from abc import abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import suppress
from io import FileIO
from pathlib import Path
from typing import ClassVar, NamedTuple
from urllib.parse import unquote

from crawler.deliver.sink import Delivery, Sink, SinkFailed
from crawler.errors import BadInput
from crawler.process import masked_address
from crawler.text import VIETNAM


def path_of(url: str) -> Path:
    """`scheme:feed/x` is relative to the current folder, `scheme:/srv/x` and `scheme:///srv/x` are absolute.

    BadInput when there is no path, or a host before it.
    """
    scheme, _, rest = url.partition(":")
    if rest.startswith("//") and not rest.startswith("///"):
        place = rest[2:].rpartition("@")[2]
        raise BadInput(f"{masked_address(url)!r} names a host; write {scheme}:{place} or {scheme}:///{place}")
    path = unquote(rest[2:] if rest.startswith("///") else rest)
    if not path.strip("/") or "\0" in path:
        raise BadInput(f"{masked_address(url)!r} names no path; it reads like {scheme}:feed or {scheme}:///srv/feed")
    return Path(path)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable: files made, renamed or removed. Raises OSError."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class Tail(NamedTuple):
    """The end of a file."""

    end: int
    """Offset behind the last whole row."""
    row: bytes
    """That row; empty when there is none."""


class RowFiles(Sink):
    """Rows in files, synced to the disk before a batch counts as taken."""

    SUFFIX: ClassVar[str]
    HEADER: ClassVar[bytes] = b""
    START: ClassVar[bytes]
    """What every file begins with."""

    def __init__(self, name: str, url: str, *, rotate_mb: float = 100) -> None:  # noqa: ARG002
        """`rotate_mb`: megabytes after which a file in a folder is full."""
        path = path_of(url)
        if isinstance(rotate_mb, bool) or not isinstance(rotate_mb, int | float) or not rotate_mb > 0:
            raise BadInput(f"rotate_mb is a number above 0, not {rotate_mb!r}")
        self._single = path if path.suffix and not path.is_dir() else None
        self._folder = path.parent if self._single else path
        self._limit = rotate_mb * 1e6
        self._rewinds = 0
        self._file: FileIO | None = None
        self._day = ""
        self._size = 0
        self._pending = bytearray()

    @abstractmethod
    def encode(self, row: Delivery) -> bytes:
        """A change as a row, with its end."""

    @abstractmethod
    def tail(self, file: FileIO) -> Tail:
        """The last whole row of a file, which what a crash has torn may follow."""

    @abstractmethod
    def key_of(self, row: bytes) -> str:
        """The key in a row; ValueError or LookupError when it is not one of ours."""

    def open(self, rewinds: int) -> str | None:
        """As `Sink.open`; a row that a crash has torn is cut off."""
        self.close()
        self._rewinds = rewinds
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            for path, day in self._files():
                if (key := self._take_up(path, day)) is not None:
                    return key
        except OSError as error:
            self.close()
            raise SinkFailed.of(error) from error
        return None

    def write(self, batch: Sequence[Delivery]) -> None:
        """As `Sink.write`."""
        try:
            if self._file is not None and not self._in_place():
                self.close()
            for row in batch:
                day = f"{row.at.astimezone(VIETNAM):%Y%m%d}"
                if self._file is None or self._full(day):
                    self._flush()
                    self._begin(row.seq, day)
                self._pending += self.encode(row)
            self._flush()
        except OSError as error:
            self._take_back()
            raise SinkFailed.of(error) from error

    def close(self) -> None:
        """As `Sink.close`."""
        self._pending.clear()
        file, self._file = self._file, None
        if file is not None:
            # What it says of the disk was said by fsync.
            with suppress(OSError):
                file.close()

    def _files(self) -> Iterator[tuple[Path, str]]:
        """The files since the last rewind with their days, the newest first."""
        if self._single is not None:
            if self._path(0, "").exists():
                yield self._path(0, ""), ""
            return
        mark = f"r{self._rewinds}-" if self._rewinds else ""
        pattern = re.compile(rf"changes-{mark}(\d{{12,}})-(\d{{8}}){re.escape(self.SUFFIX)}")
        found = [(match, path) for path in self._folder.iterdir() if (match := pattern.fullmatch(path.name))]
        for match, path in sorted(found, key=lambda pair: int(pair[0][1]), reverse=True):
            yield path, match[2]

    def _path(self, seq: int, day: str) -> Path:
        if self._single is not None:
            mark = f".r{self._rewinds}" if self._rewinds else ""
            return self._single.with_name(f"{self._single.stem}{mark}{self._single.suffix}")
        mark = f"r{self._rewinds}-" if self._rewinds else ""
        return self._folder / f"changes-{mark}{seq:012d}-{day}{self.SUFFIX}"

    def _take_up(self, path: Path, day: str) -> str | None:
        """Go on with a file, cut after its last whole row; None when it has none, and then it is removed."""
        self._file = file = FileIO(path, "r+")
        try:
            head = file.read(len(self.START)).rstrip(b"\0")  # what a power cut left unwritten reads as zeros
            if not self.START.startswith(head):
                raise ValueError
            end, row = self.tail(file)
            key = self.key_of(row) if row else None
        except (ValueError, LookupError):
            self.close()
            raise SinkFailed("damaged", f"{path} holds something else than this sink writes; move it away") from None
        if key is None:
            # Begun, and killed before its first row was whole.
            self.close()
            path.unlink()
            sync_folder(self._folder)
            return None
        file.truncate(end)
        file.seek(end)
        os.fsync(file.fileno())
        self._size, self._day = end, day
        return key

    def _in_place(self) -> bool:
        """Whether the file is still where it was begun: a consumer may have moved it away."""
        assert self._file is not None  # noqa: S101 - for the type checker
        try:
            return os.path.samestat(os.stat(self._file.name), os.fstat(self._file.fileno()))
        except FileNotFoundError:
            return False

    def _full(self, day: str) -> bool:
        # Days are those of the changes, which a second reading of old pages can lead back: not to a file for each.
        return self._single is None and (self._size + len(self._pending) >= self._limit or day > self._day)

    def _begin(self, seq: int, day: str) -> None:
        self.close()
        self._file = FileIO(self._path(seq, day), "x")
        self._size, self._day = 0, day
        self._pending += self.HEADER
        sync_folder(self._folder)

    def _flush(self) -> None:
        """Put what waits at the end of the file, and on the disk."""
        if self._file is None or not self._pending:
            return
        rest = memoryview(bytes(self._pending))
        while rest:
            rest = rest[self._file.write(rest) :]
        os.fsync(self._file.fileno())
        self._size += len(self._pending)
        self._pending.clear()

    def _take_back(self) -> None:
        """Leave no half of a batch to readers, where the disk still lets us; `open` does it otherwise."""
        if self._file is not None:
            with suppress(OSError):
                self._file.truncate(self._size)
        self.close()
