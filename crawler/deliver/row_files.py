"""Files that grow by rows: the half that JSON Lines and CSV share.

A URL names a folder or, by a suffix in its last part, a single file. In a folder a file is named after its first change
(`changes-000000000001-20260801.jsonl`) and is full after so many bytes, or when a later day begins in Viet Nam. After a
rewind files begin anew, with its number in their names (`changes-r1-…`, `feed.r1.jsonl`); no row is taken back.

A row counts when it is synced to the disk, and so is the name of a new file: a power cut undoes neither. What path a
URL means holds for every sink that writes files (`path_of`). `jsonl:s3://bucket/feed` names a folder of an object store
instead (`crawler.deliver.objects`), where a row counts when its object is put.
"""

from __future__ import annotations

import os
import re
from abc import abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import suppress
from io import BytesIO, FileIO
from pathlib import Path
from typing import Any, ClassVar, NamedTuple, Protocol
from urllib.parse import unquote, urlsplit

from crawler.deliver.sink import Delivery, Sink, SinkFailed
from crawler.errors import BadInput
from crawler.process import masked_address
from crawler.text import VIETNAM

_FILE_MB, _OBJECT_MB = 100.0, 1.0
_OBJECTS = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)


def path_of(url: str) -> Path:
    """`scheme:feed/x` is relative to the current folder, `scheme:/srv/x` and `scheme:///srv/x` are absolute.

    BadInput when there is no path, or a host before it.
    """
    scheme, _, rest = url.partition(":")
    if _OBJECTS.match(rest):
        raise BadInput(f"{scheme} files lie on this machine, not at {masked_address(rest)!r}")
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


class Growing(Protocol):
    """A file that only grows."""

    name: str

    def content(self) -> FileIO | BytesIO:
        """What it holds, from its beginning."""

    def cut(self, end: int) -> None:
        """Leave out what stands behind `end`."""

    def append(self, data: bytes) -> None:
        """Add to its end; returns when that is durable. Raises OSError or SinkFailed."""

    def in_place(self) -> bool:
        """Whether it is still where it was begun: a consumer may have moved it away."""

    def take_back(self) -> None:
        """Leave nothing to readers of what could not be added whole; never raises."""

    def close(self) -> None:
        """Let go of it; never raises."""


class Folder(Protocol):
    """Where files are. All raise OSError or SinkFailed."""

    def prepare(self) -> None:
        """Make it when it is missing."""

    def names(self) -> list[str]:
        """What lies in it."""

    def open(self, name: str) -> Growing:
        """A file that is there."""

    def create(self, name: str) -> Growing:
        """A new one."""

    def remove(self, name: str) -> None:
        """Take one away."""


class RowFiles(Sink):
    """Rows in files, synced to the disk before a batch counts as taken."""

    SUFFIX: ClassVar[str]
    HEADER: ClassVar[bytes] = b""
    START: ClassVar[bytes]
    """What every file begins with."""

    def __init__(
        self,
        name: str,  # noqa: ARG002
        url: str,
        *,
        rotate_mb: float | None = None,
        storage: dict[str, Any] | None = None,
    ) -> None:
        """`rotate_mb`: megabytes after which a file in a folder is full, 100, or 1 for an object, which is put anew for
        what comes; `storage`: what the object store wants to know (`fsspec`)."""
        rest = url.partition(":")[2]
        is_object = bool(_OBJECTS.match(rest))
        if rotate_mb is None:
            rotate_mb = _OBJECT_MB if is_object else _FILE_MB
        if isinstance(rotate_mb, bool) or not isinstance(rotate_mb, int | float) or not rotate_mb > 0:
            raise BadInput(f"rotate_mb is a number above 0, not {rotate_mb!r}")
        if storage is not None and not (is_object and isinstance(storage, dict)):
            raise BadInput('storage is a table of what an object store wants to know: storage = {key = "…"}')
        self._single: Path | None = None
        if is_object:
            from crawler.deliver.objects import ObjectFolder

            if Path(urlsplit(rest).path).suffix:
                raise BadInput("an object store takes a folder, since nothing can be added to an object")
            self._folder: Folder = ObjectFolder(rest, storage or {})
        else:
            path = path_of(url)
            self._single = path if path.suffix and not path.is_dir() else None
            self._folder = _LocalFolder(path.parent if self._single else path)
        self._limit = rotate_mb * 1e6
        self._rewinds = 0
        self._file: Growing | None = None
        self._day = ""
        self._size = 0
        self._pending = bytearray()

    @abstractmethod
    def encode(self, row: Delivery) -> bytes:
        """A change as a row, with its end."""

    @abstractmethod
    def tail(self, file: FileIO | BytesIO) -> Tail:
        """The last whole row of a file, which what a crash has torn may follow."""

    @abstractmethod
    def key_of(self, row: bytes) -> str:
        """The key in a row; ValueError or LookupError when it is not one of ours."""

    def open(self, rewinds: int) -> str | None:
        """As `Sink.open`; a row that a crash has torn is cut off."""
        self.close()
        self._rewinds = rewinds
        try:
            self._folder.prepare()
            for name, day in self._files():
                if (key := self._take_up(name, day)) is not None:
                    return key
        except OSError as error:
            self.close()
            raise SinkFailed.of(error) from error
        return None

    def write(self, batch: Sequence[Delivery]) -> None:
        """As `Sink.write`."""
        try:
            if self._file is not None and not self._file.in_place():
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
        except SinkFailed:
            self._take_back()
            raise

    def close(self) -> None:
        """As `Sink.close`."""
        self._pending.clear()
        file, self._file = self._file, None
        if file is not None:
            file.close()

    def _files(self) -> Iterator[tuple[str, str]]:
        """The files since the last rewind with their days, the newest first."""
        there = self._folder.names()
        if self._single is not None:
            if self._name(0, "") in there:
                yield self._name(0, ""), ""
            return
        mark = f"r{self._rewinds}-" if self._rewinds else ""
        pattern = re.compile(rf"changes-{mark}(\d{{12,}})-(\d{{8}}){re.escape(self.SUFFIX)}")
        found = [match for name in there if (match := pattern.fullmatch(name))]
        for match in sorted(found, key=lambda match: int(match[1]), reverse=True):
            yield match[0], match[2]

    def _name(self, seq: int, day: str) -> str:
        if self._single is not None:
            mark = f".r{self._rewinds}" if self._rewinds else ""
            return f"{self._single.stem}{mark}{self._single.suffix}"
        mark = f"r{self._rewinds}-" if self._rewinds else ""
        return f"changes-{mark}{seq:012d}-{day}{self.SUFFIX}"

    def _take_up(self, name: str, day: str) -> str | None:
        """Go on with a file, cut after its last whole row; None when it has none, and then it is removed."""
        self._file = file = self._folder.open(name)
        try:
            content = file.content()
            head = content.read(len(self.START)).rstrip(b"\0")  # what a power cut left unwritten reads as zeros
            if not self.START.startswith(head):
                raise ValueError
            end, row = self.tail(content)
            key = self.key_of(row) if row else None
        except (ValueError, LookupError):
            self.close()
            raise SinkFailed(
                "damaged", f"{file.name} holds something else than this sink writes; move it away"
            ) from None
        if key is None:
            # Begun, and killed before its first row was whole.
            self.close()
            self._folder.remove(name)
            return None
        file.cut(end)
        self._size, self._day = end, day
        return key

    def _full(self, day: str) -> bool:
        # Days are those of the changes, which a second reading of old pages can lead back: not to a file for each.
        return self._single is None and (self._size + len(self._pending) >= self._limit or day > self._day)

    def _begin(self, seq: int, day: str) -> None:
        self.close()
        self._file = self._folder.create(self._name(seq, day))
        self._size, self._day = 0, day
        self._pending += self.HEADER

    def _flush(self) -> None:
        """Put what waits at the end of the file, durably."""
        if self._file is None or not self._pending:
            return
        self._file.append(bytes(self._pending))
        self._size += len(self._pending)
        self._pending.clear()

    def _take_back(self) -> None:
        """Leave no half of a batch to readers; where a disk no longer lets us, `open` does it."""
        if self._file is not None:
            self._file.take_back()
        self.close()


class _LocalFolder:
    def __init__(self, path: Path) -> None:
        self._path = path

    def prepare(self) -> None:
        self._path.mkdir(parents=True, exist_ok=True)

    def names(self) -> list[str]:
        return os.listdir(self._path)

    def open(self, name: str) -> _LocalFile:
        return _LocalFile(FileIO(self._path / name, "r+"))

    def create(self, name: str) -> _LocalFile:
        file = _LocalFile(FileIO(self._path / name, "x"))
        sync_folder(self._path)
        return file

    def remove(self, name: str) -> None:
        (self._path / name).unlink()
        sync_folder(self._path)


class _LocalFile:
    def __init__(self, file: FileIO) -> None:
        self.name = os.fsdecode(file.name)
        self._file = file
        self._end = 0

    def content(self) -> FileIO:
        self._file.seek(0)
        return self._file

    def cut(self, end: int) -> None:
        self._file.truncate(end)
        self._file.seek(end)
        os.fsync(self._file.fileno())
        self._end = end

    def append(self, data: bytes) -> None:
        rest = memoryview(data)
        while rest:
            rest = rest[self._file.write(rest) :]
        os.fsync(self._file.fileno())
        self._end += len(data)

    def in_place(self) -> bool:
        try:
            return os.path.samestat(os.stat(self.name), os.fstat(self._file.fileno()))
        except FileNotFoundError:
            return False

    def take_back(self) -> None:
        with suppress(OSError):
            self._file.truncate(self._end)

    def close(self) -> None:
        # What it says of the disk was said by fsync.
        with suppress(OSError):
            self._file.close()
