"""The pages of an archive, read back: the last of each address, its body from wherever that stands."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from crawler.archive.index import Index, Row
from crawler.archive.records import BROKEN, Fetch, Packed, PackedPage, load, parse, stamp, walk
from crawler.archive.warc_store import WarcStore
from crawler.errors import BadInput

_ROWS = 1000  # entered in the index at a time


class Held(NamedTuple):
    """A page in the archive."""

    id: int
    row: Row

    @property
    def at(self) -> datetime:
        """When it was fetched."""
        return datetime.fromisoformat(self.row.at)


class Archive:
    """The WARC files of a folder and of the object store to which finished ones are moved, and the index of all.

    BadInput for a folder without any; what reads an object raises as `WarcStore`.
    """

    def __init__(self, folder: Path, url: str | None = None) -> None:
        self._files = WarcStore(folder, url)
        if url is None and not self._files.sizes():
            raise BadInput(f"{folder} holds no archive; a crawl with THOISU_ARCHIVE={folder} makes one")
        try:
            folder.mkdir(parents=True, exist_ok=True)  # another machine's files may be all that there is
            self._index = Index(folder)
        except (OSError, sqlite3.Error) as error:
            raise BadInput(f"cannot use the index of the archive in {folder}: {error}") from None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._index.close()

    def catch_up(self) -> list[str]:
        """Enter what stands in the files and not yet in the index; a sentence for each broken end of a file.

        Reads nothing twice: a file is read from the end of its last known record on.
        """
        sizes = self._files.sizes()
        self._index.keep_only(sizes)
        return [fault for name, size in sizes.items() if (fault := self._enter(name, size))]

    def spans(self) -> dict[str, tuple[datetime, datetime]]:
        """For each site when its articles were fetched: the first and the last good answer."""
        return {
            site: (datetime.fromisoformat(one), datetime.fromisoformat(two)) for site, one, two in self._index.spans()
        }

    def pages(
        self, site: str | None = None, since: datetime | None = None, until: datetime | None = None
    ) -> Iterator[Held]:
        """The last good answer of each article's address, fetched since and before `until`, as the files have them."""
        return (Held(id_, row) for id_, row in self._index.pages(site, since, until))

    def page(self, id_: int) -> Held:
        """One page by its number."""
        return Held(id_, self._index.row(id_))

    def further(self, url: str) -> Held | None:
        """The last answer of an address under which an article goes on; None when it is not here."""
        found = self._index.latest(url)
        return Held(*found) if found else None

    def packed(self, held: Held) -> PackedPage:
        """Its record as it stands in the files, and that of its body."""
        row, body = held.row, None
        if (row.body_file, row.body_offset) != (row.file, row.offset):
            first = self._index.body(row.url, row.digest)
            body = self._packed(first) if first else None
        return PackedPage(self._packed(row), body)

    def load(self, held: Held) -> Fetch:
        """The answer with its body; raises `Damaged`."""
        return load(self.packed(held))

    def _packed(self, row: Row) -> Packed:
        where = f"{row.file}, byte {row.offset}"
        try:
            with self._files.opened(row.file) as file:
                file.seek(row.offset)
                return Packed(where, file.read(row.length))
        except FileNotFoundError:
            return Packed(where, b"")

    def _enter(self, name: str, size: int) -> str | None:
        """Enter the unknown rest of one file; a sentence when it ends in a broken record."""
        end = self._index.end(name)
        if end >= size:
            return None
        rows: list[Row] = []
        fault = None
        with self._files.opened(name) as file:
            file.seek(end)
            try:
                for offset, length, text in walk(file):
                    if fetch := (parsed := parse(text)).fetch:
                        body = (None, None) if parsed.revisit else (name, offset)
                        about = (fetch.url, fetch.site, fetch.link, stamp(fetch.at), fetch.status, parsed.digest)
                        rows.append(Row(name, offset, length, *about, *body))
                    end = offset + length
                    if len(rows) >= _ROWS:
                        self._index.add(rows)
                        rows.clear()
            except BROKEN as error:
                fault = f"{name}: broken from byte {end} on ({error}), passed over"
        self._index.add(rows)
        return fault
