"""The folder of an object store for files that grow by rows, by whatever fsspec knows: `s3://`, `gs://`, `abfs://` …

An object is put as a whole, so there is never half of one; nothing can be added to it. So the newest is put again
with what has come since, until it is full: what a reader finds under a name begins with what it found before. What the
last row is says the object itself, as with a file, and after a crash nothing is put that is there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from crawler.deliver.sink import SinkFailed
from crawler.errors import BadInput
from crawler.object_store import object_store
from crawler.process import masked_address

_LOCAL = ("file", "local")


class ObjectFolder:
    """Objects whose names begin alike."""

    def __init__(self, url: str, options: Mapping[str, Any]) -> None:
        """`options` are the backend's own; BadInput when there is no such backend or no place is named."""
        scheme = urlsplit(url).scheme
        if scheme in _LOCAL:
            raise BadInput(f"{masked_address(url)!r} is a folder of this machine; write its path without {scheme}://")
        self._system, self._root = object_store(url, **options)

    def prepare(self) -> None:
        """Nothing: a folder is there when an object is."""

    def names(self) -> list[str]:
        """What lies in it."""
        with _as_of_a_sink(self._root):
            self._system.invalidate_cache()
            if not self._system.exists(self._root):
                return []
            return [str(path).rpartition("/")[2] for path in self._system.ls(self._root, detail=False)]

    def open(self, name: str) -> GrowingObject:
        """An object that is there."""
        with _as_of_a_sink(name):
            return GrowingObject(self._system, f"{self._root}/{name}", self._system.cat_file(f"{self._root}/{name}"))

    def create(self, name: str) -> GrowingObject:
        """One that is there as soon as something is added."""
        return GrowingObject(self._system, f"{self._root}/{name}", None)

    def remove(self, name: str) -> None:
        """Take an object away."""
        with _as_of_a_sink(name):
            self._system.rm_file(f"{self._root}/{name}")


class GrowingObject:
    """An object that is put again with each addition; what it holds is held here, too."""

    def __init__(self, system: Any, path: str, content: bytes | None) -> None:
        self.name = path
        self._system = system
        self._content = content or b""
        self._there = content is not None

    def content(self) -> BytesIO:
        """What it holds."""
        return BytesIO(self._content)

    def cut(self, end: int) -> None:
        """Leave out what stands behind `end`; where a store cannot tear an object, nothing does."""
        self._content = self._content[:end]

    def append(self, data: bytes) -> None:
        """Put it with `data` at its end; SinkFailed when it is not put, and then it is as it was."""
        with _as_of_a_sink(self.name):
            self._system.pipe_file(self.name, self._content + data)
        self._content += data
        self._there = True

    def in_place(self) -> bool:
        """Whether it is still there: a consumer may have taken it away."""
        if not self._there:
            return True
        with _as_of_a_sink(self.name):
            self._system.invalidate_cache()
            return bool(self._system.exists(self.name))

    def take_back(self) -> None:
        """Nothing: what is not put is not there."""

    def close(self) -> None:
        """Nothing is held open."""


@contextmanager
def _as_of_a_sink(where: str) -> Iterator[None]:
    """What a backend raises, which may be anything, as the failure of a sink."""
    try:
        yield
    except (PermissionError, FileNotFoundError) as error:
        raise SinkFailed("refused", f"{where}: {error}") from error
    except TimeoutError as error:
        raise SinkFailed("timeout", f"{where}: {error}") from error
    except ConnectionError as error:
        raise SinkFailed("unreachable", f"{where}: {error}") from error
    except OSError as error:
        raise SinkFailed.of(error) from error
    except Exception as error:
        raise SinkFailed("failed", f"{where}: {type(error).__name__}: {error}") from error
