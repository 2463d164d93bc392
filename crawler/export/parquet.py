"""A dataset of Parquet files for pyarrow, pandas, Polars or DuckDB: `day=2026-03-02/0001.parquet`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crawler.export.rows import COLUMNS, ExportRow

if TYPE_CHECKING:
    import pyarrow as pa

_ROWS = 2000
_CHARACTERS = 16 * 2**20
"""What a file holds at most, and one article more; so much is held in memory."""
_NUMBERS = ("id", "story", "revision")
_TIMES = ("published_at", "first_seen_at", "modified_at", "withdrawn_at")
_LISTS = ("authors", "documents")


def schema() -> pa.Schema:
    """The columns and their types; times bear Viet Nam's offset."""
    import pyarrow as pa

    kinds = {
        **dict.fromkeys(_NUMBERS, pa.int64()),
        **dict.fromkeys(_TIMES, pa.timestamp("us", tz="+07:00")),
        **dict.fromkeys(_LISTS, pa.list_(pa.string())),
    }
    return pa.schema([(name, kinds.get(name, pa.string())) for name in COLUMNS])


def write_parquet(rows: Iterable[ExportRow], folder: Path) -> None:
    """Fill an empty folder. The day is that of publication in Viet Nam."""
    files = 0
    for day, of_day in groupby(rows, key=lambda row: f"{row.at:%Y-%m-%d}"):
        place = folder / f"day={day}"
        place.mkdir(exist_ok=True)
        for some in _pieces(of_day):
            files += 1
            _write(some, place / f"{files:04}.parquet")
    if not files:
        _write([], folder / "0000.parquet")


def _pieces(rows: Iterable[ExportRow]) -> Iterable[list[dict[str, Any]]]:
    some: list[dict[str, Any]] = []
    size = 0
    for row in rows:
        some.append(asdict(row))
        size += len(row.body)
        if len(some) >= _ROWS or size >= _CHARACTERS:
            yield some
            some, size = [], 0
    if some:
        yield some


def _write(rows: list[dict[str, Any]], path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.Table.from_pylist(rows, schema=schema()), path, compression="zstd")
