"""Which record of which file holds which page: an SQLite file beside the WARC files, made again when it is lost."""

from __future__ import annotations

import sqlite3
from collections.abc import Container, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from crawler.archive.records import stamp

NAME = "index.db"
_VERSION = 1
_WAIT = 5.0  # seconds for another process that writes
_SCHEMA = f"""
BEGIN;
CREATE TABLE records (
    id INTEGER PRIMARY KEY, file TEXT NOT NULL, offset INTEGER NOT NULL, length INTEGER NOT NULL,
    url TEXT NOT NULL, site TEXT NOT NULL, link TEXT, at TEXT NOT NULL, status INTEGER NOT NULL, digest TEXT NOT NULL,
    body_file TEXT, body_offset INTEGER,
    UNIQUE (file, offset)
);
CREATE INDEX by_body ON records (url, digest) WHERE body_file = file AND body_offset = offset;
CREATE INDEX by_page ON records (site, link, at) WHERE link IS NOT NULL AND status = 200;
PRAGMA user_version = {_VERSION};
COMMIT;
"""
_COLUMNS = "file, offset, length, url, site, link, at, status, digest, body_file, body_offset"
_ADD = f"INSERT OR IGNORE INTO records ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
_BODY = "url = ? AND digest = ? AND body_file = file AND body_offset = offset ORDER BY id LIMIT 1"


class Row(NamedTuple):
    """One record: where it stands, what it is, and where its body stands (for a revisit, in an earlier record)."""

    file: str
    offset: int
    length: int
    """Bytes in the file."""
    url: str
    site: str
    link: str | None
    at: str
    status: int
    digest: str
    body_file: str | None
    """None for a revisit whose first record is lost."""
    body_offset: int | None


class Index:
    """The index of one folder. Every method raises `sqlite3.Error` when the file cannot be used."""

    def __init__(self, folder: Path) -> None:
        path = folder / NAME
        try:
            self._base = _connect(path)
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise
            # Not a database, or torn: all that it said stands in the WARC files.
            for suffix in ("", "-wal", "-shm"):
                Path(f"{path}{suffix}").unlink(missing_ok=True)
            self._base = _connect(path)

    def close(self) -> None:
        """Let go of the file."""
        self._base.close()

    def add(self, rows: Iterable[Row]) -> None:
        """Enter records, in one transaction; those known already are passed over."""
        with self._base:
            self._base.executemany(_ADD, rows)

    def body(self, url: str, digest: str) -> Row | None:
        """The first record of an address that holds this body."""
        found = self._base.execute(f"SELECT {_COLUMNS} FROM records WHERE {_BODY}", (url, digest)).fetchone()  # noqa: S608
        return Row(*found) if found else None

    def latest(self, url: str) -> tuple[int, Row] | None:
        """The record of the last body that an address has given, whatever it was asked for."""
        query = f"""
            SELECT id, {_COLUMNS} FROM records
            WHERE url = ? AND body_file = file AND body_offset = offset AND status = 200 ORDER BY at DESC LIMIT 1
        """  # noqa: S608
        found = self._base.execute(query, (url,)).fetchone()
        return (found[0], Row(*found[1:])) if found else None

    def end(self, file: str) -> int:
        """Where the last known record of a file ends."""
        query = "SELECT offset + length FROM records WHERE file = ? ORDER BY offset DESC LIMIT 1"
        found = self._base.execute(query, (file,)).fetchone()
        return int(found[0]) if found else 0

    def keep_only(self, names: Container[str]) -> None:
        """Drop the records of other files; of a revisit whose first record is among them, where that stood."""
        for (file,) in self._base.execute("SELECT DISTINCT file FROM records").fetchall():
            if file not in names:
                with self._base:
                    self._base.execute("DELETE FROM records WHERE file = ?", (file,))
                    lost = "UPDATE records SET body_file = NULL, body_offset = NULL WHERE body_file = ?"
                    self._base.execute(lost, (file,))

    def spans(self) -> list[tuple[str, str, str]]:
        """The sites of which there are articles, each with the times of the first and the last good answer."""
        query = "SELECT site, min(at), max(at) FROM records WHERE link IS NOT NULL AND status = 200 GROUP BY site"
        return self._base.execute(f"{query} ORDER BY site").fetchall()

    def pages(
        self, site: str | None, since: datetime | None, until: datetime | None = None
    ) -> Iterator[tuple[int, Row]]:
        """The last good answer of each article's address, in the order in which the bodies stand in the files.

        Of those since a time, and before `until`.
        """
        wanted = ["site = :site"] * (site is not None) + ["at >= :since"] * (since is not None)
        wanted += ["at < :until"] * (until is not None)
        query = f"""
            SELECT id, {_COLUMNS} FROM records AS r
            WHERE {" AND ".join(["link IS NOT NULL AND status = 200", *wanted])}
                AND NOT EXISTS (
                    SELECT 1 FROM records AS n WHERE n.site = r.site AND n.link = r.link AND n.status = 200
                        AND (n.at, n.id) > (r.at, r.id)
                )
            ORDER BY body_file, body_offset
        """  # noqa: S608
        about = {"site": site, "since": stamp(since) if since else None, "until": stamp(until) if until else None}
        cursor = self._base.execute(query, about)
        return ((row[0], Row(*row[1:])) for row in cursor)

    def row(self, id_: int) -> Row:
        """One record by its number."""
        return Row(*self._base.execute(f"SELECT {_COLUMNS} FROM records WHERE id = ?", (id_,)).fetchone())  # noqa: S608


def _connect(path: Path) -> sqlite3.Connection:
    base = sqlite3.connect(path, timeout=_WAIT)
    try:
        base.execute("PRAGMA journal_mode = WAL")
        base.execute("PRAGMA synchronous = NORMAL")
        (version,) = base.execute("PRAGMA user_version").fetchone()
        if version not in (0, _VERSION):
            raise sqlite3.OperationalError(f"{path} is of version {version}; delete it, it is made again")
        if version == 0:
            try:
                base.executescript(_SCHEMA)
            except sqlite3.OperationalError:
                base.rollback()
                # Another process has just made it.
                if base.execute("PRAGMA user_version").fetchone() != (_VERSION,):
                    raise
    except BaseException:
        base.close()
        raise
    return base
