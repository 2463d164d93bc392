"""What each sink holds after `bench/kills.py`, in one shape, and how that compares with the store's own record."""

from __future__ import annotations

import asyncio
import csv
import json
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from crawler.store import Store


class Row(NamedTuple):
    """A change as a sink gives it back."""

    key: str
    event: str
    url: str
    content_hash: str | None
    title: str | None
    """None, or empty, where the store no longer held the text when it was asked."""


def record(url: str) -> list[Row]:
    """What the store says."""
    rows, last = [], 0
    with Store.open(url) as store:
        name = store.identity()
        while found := store.feed(last, 1000)[0]:
            last = found[-1].change.seq
            for change, article in ((one.change, one.article) for one in found):
                title = article.title if article else None
                rows.append(Row(f"{name}:{change.seq}", change.event, change.url, change.content_hash, title))
    return rows


def from_json(folder: Path, pattern: str) -> Iterator[Row]:
    """Of JSON Lines, file by file."""
    for path in sorted(folder.glob(pattern)):
        with path.open(encoding="utf-8", newline="\n") as file:
            yield from map(_row, file)


def _row(line: str | bytes) -> Row:
    row = json.loads(line)
    return Row(row["key"], row["event"], row["url"], row["content_hash"], (row["article"] or {}).get("title"))


def from_csv(folder: Path) -> Iterator[Row]:
    """Of the one CSV file."""
    with (folder / "feed.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, strict=True):
            yield Row(*(row[name] for name in Row._fields))


def from_parquet(folder: Path) -> Iterator[Row]:
    """Of the Parquet files, day by day."""
    import pyarrow.parquet as pq

    for path in sorted((folder / "parquet").glob("day=*/*.parquet")):
        for row in pq.ParquetFile(path).read(columns=list(Row._fields)).to_pylist():
            yield Row(**row)


def from_nats(url: str) -> list[Row]:
    """Of the stream."""
    import nats

    async def read() -> list[Row]:
        client = await nats.connect(url)
        stream = client.jetstream()
        last = (await stream.stream_info("THOISU")).state.last_seq
        bodies = [(await stream.get_msg("THOISU", number)).data for number in range(1, last + 1)]
        await client.close()
        return [_row(body or b"") for body in bodies]

    return asyncio.run(read())


def from_mirror(folder: Path) -> Iterator[Row]:
    """Of the mirror: of each page its last change."""
    with sqlite3.connect(folder / "mirror.db") as base:
        keys = dict(base.execute("SELECT 'store', store FROM thoisu_articles_cursor"))
        for seq, *values in base.execute(
            "SELECT seq, event, url, content_hash, title FROM thoisu_articles ORDER BY seq"
        ):
            yield Row(f"{keys['store']}:{seq}", *values)
    base.close()


def compare(rows: Iterable[Row], told: list[Row]) -> dict[str, Any]:
    """How many of the record's changes came, how many came again, and what is wrong with the first that is."""
    first: dict[str, Row] = {}
    again, wrong = 0, None
    for row in rows:
        if (known := first.setdefault(row.key, row)) is not row:
            again += 1
            if known[:4] != row[:4]:
                wrong = wrong or f"{row.key} came twice, as two changes"
    for came, said in zip(first.values(), told, strict=False):
        if came[:4] != said[:4] or (came.title and said.title and came.title != said.title):
            wrong = wrong or f"{came} came where {said} stands in the record"
    if len(first) != len(told):
        wrong = wrong or f"{len(first)} changes came, not {len(told)}"
    return {"changes": len(first), "again": again, "wrong": wrong}
