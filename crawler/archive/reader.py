"""The pages of an archive, read back: the last of each address, its body from wherever that stands."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from crawler.archive.index import Index, Row
from crawler.archive.records import BROKEN, Fetch, Place, load, parse, stamp, walk
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
    """The WARC files of a folder, read only but for their index; BadInput when there are none."""

    def __init__(self, folder: Path) -> None:
        if not folder.is_dir() or not any(folder.glob("*.warc.gz")):
            raise BadInput(f"{folder} holds no archive; a crawl with THOISU_ARCHIVE={folder} makes one")
        self._folder = folder
        try:
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
        self._index.forget_missing(self._folder)
        return [fault for path in sorted(self._folder.glob("*.warc.gz")) if (fault := self._enter(path))]

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

    def place(self, held: Held) -> Place:
        """Where its record stands, and that of its body."""
        row = held.row
        body = None
        if (row.body_file, row.body_offset) != (row.file, row.offset):
            first = self._index.body(row.url, row.digest)
            body = (self._folder / first.file, first.offset) if first else None
        return Place(self._folder / row.file, row.offset, body)

    def load(self, held: Held) -> Fetch:
        """The answer with its body; raises `Damaged`."""
        return load(self.place(held))

    def _enter(self, path: Path) -> str | None:
        """Enter the unknown rest of one file; a sentence when it ends in a broken record."""
        end = self._index.end(path.name)
        if end >= path.stat().st_size:
            return None
        rows: list[Row] = []
        fault = None
        with path.open("rb") as file:
            file.seek(end)
            try:
                for offset, length, text in walk(file):
                    if fetch := (parsed := parse(text)).fetch:
                        body = (None, None) if parsed.revisit else (path.name, offset)
                        about = (fetch.url, fetch.site, fetch.link, stamp(fetch.at), fetch.status, parsed.digest)
                        rows.append(Row(path.name, offset, length, *about, *body))
                    end = offset + length
                    if len(rows) >= _ROWS:
                        self._index.add(rows)
                        rows.clear()
            except BROKEN as error:
                fault = f"{path.name}: broken from byte {end} on ({error}), passed over"
        self._index.add(rows)
        return fault
