"""Which kind of file a path names. What is written stands whole or not at all: it is made beside, then renamed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path
from tempfile import mkdtemp, mkstemp
from typing import IO, Literal, get_args

from crawler.errors import BadInput
from crawler.export.documents import write_jsonl, write_markdown
from crawler.export.parquet import write_parquet
from crawler.export.rows import ExportRow
from crawler.export.tables import write_csv, write_xlsx

Kind = Literal["csv", "xlsx", "parquet", "jsonl", "md"]
KINDS: tuple[Kind, ...] = get_args(Kind)
_NEEDS = {"xlsx": "openpyxl", "parquet": "pyarrow"}
_WRITERS: dict[Kind, Callable[[Iterable[ExportRow], IO[bytes]], None]] = {
    "csv": write_csv, "xlsx": write_xlsx, "jsonl": write_jsonl, "md": write_markdown,
}  # fmt: skip


def kind_of(path: Path) -> Kind:
    """The kind that the suffix of a path names; BadInput for another, for a library that is missing, and for a place
    where it cannot stand.
    """
    kind = next((kind for kind in KINDS if path.suffix.lower() == f".{kind}"), None)
    if kind is None:
        raise BadInput(f"{path} names no kind of file; it ends in {', '.join(f'.{kind}' for kind in KINDS)}")
    if kind in _NEEDS and find_spec(_NEEDS[kind]) is None:
        raise BadInput(f"a file of this kind needs {_NEEDS[kind]}: pip install 'thoisu[{kind}]'")
    if not path.parent.is_dir():
        raise BadInput(f"there is no folder {path.parent}")
    if kind == "parquet" and path.exists() and not _is_dataset(path):
        raise BadInput(f"{path} is there and is no export; name another folder")
    if kind != "parquet" and path.exists() and not path.is_file():
        raise BadInput(f"{path} is no file; name another")
    return kind


def export(rows: Iterable[ExportRow], path: Path) -> int:
    """Write the rows to a file or, for Parquet, a folder, in place of what stands there; the number of rows.

    Raises BadInput as `kind_of` and for what the kind cannot hold, OSError; then nothing is changed.
    """
    kind, count = kind_of(path), 0

    def counted() -> Iterator[ExportRow]:
        nonlocal count
        for row in rows:
            count += 1
            yield row

    if kind == "parquet":
        _folder(counted(), path)
    else:
        _file(counted(), path, _WRITERS[kind])
    return count


def _file(rows: Iterable[ExportRow], path: Path, write: Callable[[Iterable[ExportRow], IO[bytes]], None]) -> None:
    handle, name = mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
    draft = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            write(rows, file)
            file.flush()
            os.fsync(file.fileno())
        draft.chmod(path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask())
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def _folder(rows: Iterable[ExportRow], path: Path) -> None:
    draft = Path(mkdtemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent))
    try:
        write_parquet(rows, draft)
        draft.chmod(0o777 & ~_umask())
        if path.exists():
            # No system call puts a folder in the place of one that is not empty.
            old = Path(mkdtemp(prefix=f".{path.name}.", suffix=".old", dir=path.parent))
            path.replace(old)
            draft.replace(path)
            shutil.rmtree(old)
        else:
            draft.replace(path)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise


def _is_dataset(path: Path) -> bool:
    """Whether a folder holds an export and nothing else."""
    return path.is_dir() and all(
        file.name.startswith("day=") if file.is_dir() else file.suffix == ".parquet" for file in path.rglob("*")
    )


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
