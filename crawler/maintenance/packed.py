"""Files that are whole or not there: written beside their place, made safe on the disk, read back, then named.

What a name ends in says how it is packed: `.gz` by gzip, `.zst` by Zstandard, else not at all.
"""

from __future__ import annotations

import gzip
import math
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, cast
from uuid import uuid4

from crawler.errors import BackupDamaged, BadInput, StoreFailed, store_reason
from crawler.process import before_force

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_PIECE = 1 << 20
_LEVEL = 6  # of gzip: the usual one
_BESIDE = ("", "-wal", "-shm", "-journal")
"""What SQLite writes beside a file."""
_GZIP, _ZSTD, _SQLITE = b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"SQLite format 3\0"


def is_packed(name: str) -> bool:
    """Whether a file of this name is to be packed."""
    return name.endswith((".gz", ".zst"))


@contextmanager
def beside(path: Path) -> Iterator[Path]:
    """A name for a file that becomes `path` or nothing; whatever lies there at the end of the block is removed.

    It is removed, too, when the process is ended by force.
    """
    part = path.with_name(f".{path.name}.{uuid4().hex[:8]}.part")
    before_force(lambda: _remove(part))
    try:
        yield part
    finally:
        _remove(part)


def writable_near(path: Path) -> Path:
    """This place, or that of the same name where the system keeps what is temporary (TMPDIR): backups may lie on what
    can only be read."""
    return path if os.access(path.parent, os.W_OK | os.X_OK) else Path(tempfile.gettempdir()) / path.name


def put_in_place(part: Path, path: Path, *, force: bool) -> None:
    """Give a whole file its name, on the disk for good; BadInput when there is one already, unless `force`."""
    with part.open("rb") as file:
        os.fsync(file.fileno())
    check_free(path, force=force)
    part.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def check_free(path: Path, *, force: bool) -> None:
    """BadInput when a file cannot be made at this place, or there is one already (unless `force`)."""
    if not path.parent.is_dir():
        raise BadInput(f"the folder {path.parent} does not exist; make it first")
    if path.is_dir():
        raise BadInput(f"{path} is a folder; name a file in it")
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise BadInput(f"this user may not write in the folder {path.parent}; name another")
    if path.exists() and not force:
        raise BadInput(f"{path} is there already; name another file, or overwrite it with --force")


def check_room(folder: Path, needed: int) -> None:
    """StoreFailed when a disk has less than so many bytes free."""
    if (free := shutil.disk_usage(folder).free) < needed:
        text = f"{folder} has {free / 1e6:.0f} MB free, and {math.ceil(needed / 1e6)} are needed"
        raise StoreFailed("disk_full", text)


def pack(source: Path, target: Path, name: str) -> None:
    """Pack a file as its `name` says, and see that it unpacks to the same; StoreFailed when it does not."""
    try:
        with source.open("rb") as file, _writer(target, name) as packed:
            before = _copied(file, packed)
    except OSError as error:
        raise StoreFailed(store_reason(error), f"{target.parent}: {error.strerror}") from error
    with target.open("rb") as file, _reader(file) as unpacked:
        if _copied(unpacked, None) != before:
            raise StoreFailed("failed", f"{target} does not unpack to what was packed into it")


def unpack(source: Path, target: Path) -> None:
    """Unpack a file, or copy one that is not packed; StoreFailed when it is cut off or damaged."""
    with source.open("rb") as file, _reader(file) as unpacked, target.open("wb") as whole:
        try:
            _copied(unpacked, whole)
        except (EOFError, gzip.BadGzipFile, zstd.ZstdError) as error:
            raise BackupDamaged(f"{source}: {error}") from error
        except OSError as error:
            raise StoreFailed(store_reason(error), f"{error.filename or target}: {error.strerror}") from error


def is_a_store(path: Path) -> bool:
    """Whether a file is one of SQLite's as it lies there; False for one that is packed. BadInput for any other."""
    try:
        with path.open("rb") as file:
            start = file.read(len(_SQLITE))
    except OSError as error:
        raise BadInput(f"cannot read {path}: {error.strerror}") from None
    if not start.startswith((_SQLITE, _GZIP, _ZSTD)):
        raise BadInput(f"{path} is no backup; those are made by: thoisu backup FILE")
    return start == _SQLITE


def _copied(source: BinaryIO, target: BinaryIO | None) -> bytes:
    """Copy all that is left of a file; its hash."""
    digest = sha256()
    while piece := source.read(_PIECE):
        digest.update(piece)
        if target is not None:
            target.write(piece)
    return digest.digest()


def _writer(path: Path, name: str) -> BinaryIO:
    if name.endswith(".gz"):
        return cast("BinaryIO", gzip.open(path, "wb", compresslevel=_LEVEL))
    return cast("BinaryIO", zstd.open(path, "wb", options={zstd.CompressionParameter.checksum_flag: 1}))


def _reader(file: BinaryIO) -> BinaryIO:
    start = file.read(4)
    file.seek(0)
    if start.startswith(_GZIP):
        return cast("BinaryIO", gzip.open(file, "rb"))
    return cast("BinaryIO", zstd.open(file, "rb")) if start == _ZSTD else file


def _remove(part: Path) -> None:
    for end in _BESIDE:
        part.with_name(part.name + end).unlink(missing_ok=True)
