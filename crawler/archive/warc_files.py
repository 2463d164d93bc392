"""Anybody's WARC files: plain, gzipped record by record or as a whole, inside WACZ, and lists of their paths.

WARC 1.0 and 1.1 (ISO 28500:2017), WACZ 1.1.1 (specs.webrecorder.net).
"""

from __future__ import annotations

import gzip
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from glob import glob
from pathlib import Path
from typing import BinaryIO, NamedTuple

from crawler.archive.record_stream import MEMBER, PIECE, WARC, Fault, Record, opened, packed, plain
from crawler.errors import BadInput

LIMIT = 16 * 2**20
"""Bytes of one record, its headers included; what is larger is no page."""
_PATH = re.compile(r"\.(?:warc|warc\.gz|wacz)$")
_OTHERS = (
    (b"filedesc://", "an ARC file; `warcio recompress` makes a WARC of it"),
    (b"\x28\xb5\x2f\xfd", "packed by zstd; unpack it first: zstd -d"),
    (b"\x5d\x2a\x4d\x18", "packed by zstd with a dictionary of its own; unpack it first, as its archive says"),
)  # what else archives come in, by its first bytes
_LIST = 64 * 2**20  # bytes of a list of paths, unpacked


class WarcFile(NamedTuple):
    """One file of records, or one inside a WACZ."""

    path: Path
    entry: str | None = None
    """Of a WACZ, the name of the file inside it."""
    header: int = 0
    """Where the local header of the entry begins in the WACZ, whose directory may be long and is read once."""
    size: int = 0
    """Bytes of the entry."""

    @property
    def name(self) -> str:
        """For a person, and for the progress."""
        return f"{self.path}!{self.entry}" if self.entry else str(self.path)


def warc_files(path: Path, base: Path | None = None) -> tuple[list[WarcFile], list[str]]:
    """The files of records that a path stands for: itself, those inside a WACZ, those of a list; and what is not here.

    A list is text, gzipped or not, with a path or an address a line, as Common Crawl publishes them (warc.paths.gz).
    Nothing is fetched: a path is looked for under `base`, and there by its last part too. Raises `BadInput` when
    the path cannot be read or is none of these, or a WACZ compresses what should stand in it as it is.
    """
    try:
        with path.open("rb") as file:
            start = file.read(PIECE)
        if start.startswith(b"PK\x03\x04"):
            with zipfile.ZipFile(path) as packed:
                entries = {one.filename: one for one in packed.infolist()}
            names = [name for name in sorted(entries) if name.lower().endswith((".warc", ".warc.gz"))]
            if not names:
                raise BadInput(f"{path} is packed as a WACZ is, and holds no .warc or .warc.gz")
            return [_entry(path, entries[name]) for name in names], []
        if WARC.match(opened(start).lstrip(b"\r\n")):
            return [WarcFile(path)], []
        for mark, what in _OTHERS:
            if opened(start).startswith(mark):
                raise BadInput(f"{path} is {what}")
        return _listed(path, base or path.parent)
    except (OSError, zipfile.BadZipFile) as error:
        raise BadInput(f"cannot read {path}: {getattr(error, 'strerror', None) or error}") from None


def matching(path: Path) -> list[Path]:
    """The files that a person names by one path: itself, those of a pattern, those in a folder and below it, sorted.

    Raises `BadInput` for a folder or a pattern that has none.
    """
    if path.is_dir():
        found = [one for one in path.rglob("*") if _PATH.search(one.name) and one.is_file()]
    elif any(sign in str(path) for sign in "*?[") and not path.exists():
        found = [Path(name) for name in glob(str(path), recursive=True) if Path(name).is_file()]
    else:
        return [path]
    if not found:
        raise BadInput(f"{path} has no archive file; they end in .warc, .warc.gz or .wacz")
    return sorted(found)


def records(warc: WarcFile, place: int = 0, limit: int = LIMIT) -> Iterator[Record | Fault]:
    """The records of a file from a place on, which is 0 or the `end` of a record; faults between them."""
    with _open(warc) as file:
        start = file.read(3)
        file.seek(place)
        yield from (packed if start == MEMBER else plain)(file, place, limit)


def _entry(path: Path, entry: zipfile.ZipInfo) -> WarcFile:
    found = WarcFile(path, entry.filename, entry.header_offset, entry.file_size)
    if entry.compress_type != zipfile.ZIP_STORED:
        raise BadInput(f"{found.name} is compressed inside the WACZ, against its specification; unzip it first")
    return found


def _listed(path: Path, base: Path) -> tuple[list[WarcFile], list[str]]:
    try:
        with path.open("rb") as file:
            packed = file.read(3) == MEMBER
        with gzip.open(path) if packed else path.open("rb") as file:
            text = file.read(_LIST + 1).decode("utf-8-sig")
    except (UnicodeDecodeError, EOFError, zlib.error):
        raise BadInput(f"{path} is no WARC, no WACZ and no list of their paths") from None
    rows = {number: line.strip() for number, line in enumerate(text.splitlines(), 1)}
    rows = {number: line for number, line in rows.items() if line and not line.startswith("#")}
    odd = [number for number, line in rows.items() if not _PATH.search(line)]
    if len(text) > _LIST or "\0" in text or len(odd) == len(rows) > 0:
        raise BadInput(f"{path} is no WARC, no WACZ and no list of their paths")
    if odd:
        raise BadInput(f"{path}, line {odd[0]}: {rows[odd[0]][:80]!r} is no path of a .warc, .warc.gz or .wacz")
    found: list[WarcFile] = []
    missing: list[str] = []
    for line in rows.values():
        relative = re.sub(r"^[a-z]+://[^/]+/", "", line).lstrip("/") if "://" in line else line
        places = [base / relative, base / Path(relative).name]
        here = next((place for place in places if place.is_file()), None)
        if here is None:
            missing.append(line)
        else:
            found += warc_files(here)[0]
    return found, missing


def _open(warc: WarcFile) -> BinaryIO:
    file = warc.path.open("rb")
    if warc.entry is None:
        return file
    file.seek(warc.header)
    name, extra = struct.unpack("<26x2H", file.read(30))  # the local header: APPNOTE.TXT 6.3.10, section 4.3.7
    return io.BufferedReader(_Part(file, warc.header + 30 + name + extra, warc.size))


class _Part(io.RawIOBase):
    """A stretch of a file as a file; zipfile's own goes back to the start for every step backwards."""

    def __init__(self, file: BinaryIO, start: int, size: int) -> None:
        self._file, self._start, self._size, self._at = file, start, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        self._at = offset + (0, self._at, self._size)[whence]
        return self._at

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        self._file.seek(self._start + self._at)
        data = self._file.read(min(len(buffer), max(self._size - self._at, 0)))
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)

    def close(self) -> None:
        self._file.close()
        super().close()
