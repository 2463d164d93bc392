"""The one WARC file that this process writes, and what happens when it cannot.

A record is one write of one gzip member behind the last whole one: a process that is killed leaves at most one broken
record, at the end of a file that nobody continues. What fails ends the archive for this crawl and nothing else.

Finished files are moved into the object store, where one is named, in a thread, when the next is begun and at the end.
"""

from __future__ import annotations

import base64
import hashlib
import logging
import os
import sqlite3
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from crawler.archive.index import Index, Row
from crawler.archive.records import Fetch, Maker, Original, stamp
from crawler.archive.warc_store import WarcStore, hold
from crawler.errors import ArchiveFailed, BadInput, StoreReason, store_reason

logger = logging.getLogger(__name__)


class Writer:
    """Keeps answers in files of a folder, a new one after `size` bytes; nothing is opened before the first answer.

    `url` names the object store to which finished files are moved; None leaves them in the folder.
    """

    def __init__(self, folder: Path, size: int, agent: str, contact: str, url: str | None = None) -> None:
        self._folder = folder
        self._files = WarcStore(folder, url)
        self._mover = ThreadPoolExecutor(1, "archive")  # one after the other; its thread begins with the first file
        self._warned = False
        self._size = size
        self._about = {
            "software": agent.partition(" ")[0],
            "format": "WARC File Format 1.1",
            "conformsTo": "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
            "operator": contact,
            "http-header-user-agent": agent,
            "robots": "obey",
        }
        self._maker = Maker()
        self._index: Index | None = None
        self._file: int | None = None
        self._name = ""
        self._end = 0
        self._serial = 0
        self.stopped: StoreReason | None = None
        """Why nothing more is kept; None while all is well."""

    def keep(self, fetch: Fetch) -> bool:
        """Write one answer; False when it is not kept. Never raises for what a disk or a database does."""
        if self.stopped is not None:
            return False
        try:
            self._keep(fetch)
        except (OSError, sqlite3.Error) as error:
            self._stop(error)
            return False
        return True

    def close(self) -> None:
        """End the file; the next answer would begin another."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
        if self._index is not None:
            self._index.close()
            self._index = None

    def move(self) -> Future[None] | None:
        """Begin to move what is finished, behind what is being moved; what fails is tried again by the next.

        None where files stay in their folder.
        """
        return None if self._files.url is None else self._mover.submit(self._move)

    def _move(self) -> None:
        try:
            self._files.move()
        except (BadInput, ArchiveFailed, OSError) as error:
            if not self._warned:
                logger.warning("files of the archive stay in %s until they can be moved: %s", self._folder, error)
            self._warned = True

    def _keep(self, fetch: Fetch) -> None:
        if self._index is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._index = Index(self._folder)
        digest = "sha1:" + base64.b32encode(hashlib.sha1(fetch.body, usedforsecurity=False).digest()).decode()
        held = self._index.body(fetch.url, digest)
        if held is not None and not self._files.may_hold(held.file):
            held = None
        if self._file is None or self._end >= self._size:
            self._next_file()
        original = Original(held.url, datetime.fromisoformat(held.at)) if held else None
        name, offset = self._name, self._end
        length = self._append(self._maker.response(fetch, digest, original))
        body = (held.file, held.offset) if held else (name, offset)
        at = stamp(fetch.at)
        self._index.add([Row(name, offset, length, fetch.url, fetch.site, fetch.link, at, fetch.status, digest, *body)])

    def _next_file(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None
            self.move()
        name = f"thoisu-{datetime.now(UTC):%Y%m%d%H%M%S%f}-{os.getpid()}-{self._serial:05}.warc.gz"
        self._file = os.open(self._folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
        hold(self._file)
        self._name, self._end, self._serial = name, 0, self._serial + 1
        self._append(self._maker.info(name, self._about))

    def _append(self, record: bytes) -> int:
        assert self._file is not None  # noqa: S101 - for the type checker
        rest = memoryview(record)
        while rest:
            rest = rest[os.write(self._file, rest) :]
        self._end += len(record)
        return len(record)

    def _stop(self, error: OSError | sqlite3.Error) -> None:
        self.stopped = store_reason(error)
        if self._file is not None:
            # What was written of the record in hand is taken back; should that fail too, a reader passes over it.
            with suppress(OSError):
                os.ftruncate(self._file, self._end)
                if self._end == 0:
                    (self._folder / self._name).unlink()
        self.close()
        logger.warning(
            "%s: the archive in %s keeps nothing more of this crawl (%s); articles are stored all the same",
            self.stopped, self._folder, error,
        )  # fmt: skip


_shared: dict[Path, tuple[Writer, int]] = {}


def borrow(folder: Path, size: int, agent: str, contact: str, url: str | None) -> Writer:
    """The process's writer for a folder, made for the first who asks; each gives it back once."""
    key = folder.absolute()
    writer, users = _shared.get(key) or (Writer(key, size, agent, contact, url), 0)
    _shared[key] = (writer, users + 1)
    return writer


def give_back(folder: Path) -> Future[None] | None:
    """The last one closes the file; what is done when that is moved, None when nothing is to be waited for."""
    key = folder.absolute()
    writer, users = _shared.pop(key)
    if users > 1:
        _shared[key] = (writer, users - 1)
        return None
    writer.close()
    return writer.move()
