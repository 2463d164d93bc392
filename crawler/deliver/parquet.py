"""Parquet files, partitioned by day: `day=2026-03-02/000000000123.parquet`, one dataset for whatever reads Parquet.

A file is named after the lowest `seq` it has room for, so each change has one place in its day: the file with the
greatest name that is not above it. A file is replaced as a whole, by renaming; what comes again takes its own place
again. So nothing is ever there twice, not even for a moment, after a crash or a rewind.
"""

from __future__ import annotations

import os
import re
from bisect import bisect_right
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crawler.deliver.row_files import path_of, sync_folder
from crawler.deliver.sink import OF_SITE, Delivery, Poisoned, Sink, SinkFailed
from crawler.errors import BadInput
from crawler.text import VIETNAM

if TYPE_CHECKING:
    import pyarrow as pa

FULL = 2000
"""Rows from which on a file is not added to. Small enough to be written anew for each new change."""
_NAME = re.compile(r"(\d{12,})\.parquet")
_TEXTS = (
    "title", "lead", "body", "dateline", "credit", "published_precision", "published_raw", "section", "kind", "layout",
)  # fmt: skip
_LISTS = ("authors", "tags", "documents")


class Parquet(Sink):
    """A folder of Parquet files; columns that are not of the change are those of its article, times are UTC."""

    BATCH = 2000

    def __init__(self, name: str, url: str) -> None:  # noqa: ARG002
        self._folder = path_of(url)
        if find_spec("pyarrow") is None:
            raise BadInput("this sink needs pyarrow: pip install 'thoisu[parquet]'")

    def open(self, rewinds: int) -> None:  # noqa: ARG002
        """Take away what a killed process was writing. It need not say what the last change is: that may come twice."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            for torn in self._folder.glob("day=*/.*.tmp"):
                torn.unlink()
        except OSError as error:
            raise SinkFailed.of(error) from error

    def write(self, batch: Sequence[Delivery]) -> None:
        """One new or replaced file a day, in most cases."""
        days: dict[str, list[dict[str, Any]]] = {}
        for delivery in batch:
            days.setdefault(f"{delivery.at.astimezone(VIETNAM):%Y-%m-%d}", []).append(_row(delivery))
        try:
            for day, rows in days.items():
                self._put(self._folder / f"day={day}", rows)
        except OSError as error:
            raise SinkFailed.of(error) from error

    def close(self) -> None:
        """Nothing is held open."""

    def _put(self, folder: Path, rows: list[dict[str, Any]]) -> None:
        if not folder.exists():
            folder.mkdir()
            sync_folder(self._folder)
        names = sorted((int(match[1]), name) for name in os.listdir(folder) if (match := _NAME.fullmatch(name)))
        places: dict[int, list[dict[str, Any]]] = {}
        for row in rows:
            places.setdefault(bisect_right(names, row["seq"], key=lambda pair: pair[0]) - 1, []).append(row)
        for place, group in places.items():
            if place < 0:
                _replace(folder / f"{group[0]['seq']:012}.parquet", _table(group))
            else:
                _merge(folder / names[place][1], group)
        sync_folder(folder)


def schema() -> pa.Schema:
    """The columns and their types; `at` is called `changed_at`, since SQL has another use for AT."""
    import pyarrow as pa

    instant, strings = pa.timestamp("us", tz="UTC"), pa.list_(pa.string())
    return pa.schema(
        [
            pa.field("seq", pa.int64(), nullable=False),
            pa.field("key", pa.string(), nullable=False),
            pa.field("event", pa.string(), nullable=False),
            ("article_id", pa.int64()),
            ("revision", pa.int32()),
            ("url", pa.string()),
            ("site", pa.string()),
            ("content_hash", pa.string()),
            ("changed_at", instant),
            ("published_at", instant),
            ("modified_at", instant),
            *((name, pa.string()) for name in _TEXTS),
            *((name, strings) for name in _LISTS),
            ("publisher", pa.string()),
            ("tier", pa.string()),
            ("story", pa.int64()),
            ("images", pa.list_(pa.struct([("url", pa.string()), ("caption", pa.string())]))),
        ]
    )


def _row(delivery: Delivery) -> dict[str, Any]:
    article = delivery.article or {}
    modified = article.get("modified_at")
    return {
        **{name: getattr(delivery, name) for name in ("seq", "key", "event", "article_id", "revision", "url", "site")},
        "content_hash": delivery.content_hash,
        "changed_at": _utc(delivery.at),
        "published_at": _utc(delivery.published_at),
        "modified_at": _utc(datetime.fromisoformat(modified)) if modified else None,
        **{name: getattr(delivery, name) for name in OF_SITE},
        **{name: article.get(name) for name in (*_TEXTS, *_LISTS, "images")},
    }


def _utc(at: datetime | None) -> datetime | None:
    try:
        return at.astimezone(UTC) if at else None
    except OverflowError:  # 01/01/0001, which portals print for "unknown", lies before the first instant of UTC
        return None


def _table(rows: list[dict[str, Any]]) -> pa.Table:
    import pyarrow as pa

    try:
        return pa.Table.from_pylist(rows, schema=schema())
    except (pa.ArrowException, ValueError, TypeError, OverflowError) as error:
        if len(rows) == 1:
            raise Poisoned(rows[0]["seq"], str(error)) from error
        for row in rows:
            _table([row])
        raise


def _merge(path: Path, rows: list[dict[str, Any]]) -> None:
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    try:
        old = pq.read_table(path, schema=schema(), partitioning=None)
    except pa.ArrowException as error:
        raise SinkFailed(
            "damaged", f"{path}: {error}; take the file away and rewind the sink to {int(path.stem)}"
        ) from error
    keys = old.column("key").to_pylist()
    if keys and keys[0].rpartition(":")[0] != rows[0]["key"].rpartition(":")[0]:
        raise SinkFailed("damaged", f"{path} holds the changes of another store; give this one a folder of its own")
    last = pc.max(old.column("seq")).as_py()
    behind = [row for row in rows if row["seq"] > last] if old.num_rows >= FULL else []
    if behind:
        _replace(path.with_name(f"{behind[0]['seq']:012}.parquet"), _table(behind))
        rows = rows[: -len(behind)]
    if rows:
        new = _table(rows)
        kept = old.filter(pc.invert(pc.is_in(old.column("seq"), value_set=new.column("seq"))))
        _replace(path, pa.concat_tables([kept, new]).sort_by("seq"))


def _replace(path: Path, table: pa.Table) -> None:
    """Put a whole, durable file in the place of whatever stands there; the caller makes its name durable."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    content = pa.BufferOutputStream()
    pq.write_table(table, content, compression="zstd")
    draft = path.with_name(f".{path.name}.tmp")
    try:
        with draft.open("wb") as file:
            file.write(content.getvalue())
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError:
        with suppress(OSError):
            draft.unlink()
        raise
