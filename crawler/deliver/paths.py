"""Files and folders of sinks: what path a URL means, and writing that a power cut does not undo."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import unquote

from crawler.errors import BadInput


def path_of(url: str) -> Path:
    """`scheme:feed/x` is relative to the current folder, `scheme:/srv/x` and `scheme:///srv/x` are absolute.

    BadInput when there is no path, or a host before it.
    """
    scheme, _, rest = url.partition(":")
    if rest.startswith("//") and not rest.startswith("///"):
        raise BadInput(f"{url!r} names a host; write {scheme}:{rest[2:]} or {scheme}:///{rest[2:]}")
    path = unquote(rest[2:] if rest.startswith("///") else rest)
    if not path.strip("/") or "\0" in path:
        raise BadInput(f"{url!r} names no path; it reads like {scheme}:feed or {scheme}:///srv/feed")
    return Path(path)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable: files made, renamed or removed. Raises OSError."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
