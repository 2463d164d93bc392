"""Object stores by whatever fsspec knows: `s3://`, `gs://`, `abfs://` … (extra `s3`, with the package of a backend)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from crawler.errors import BadInput
from crawler.process import masked, masked_address


def object_store(url: str, **options: Any) -> tuple[Any, str]:
    """The file system of fsspec that a URL names, and the place in it, without a slash at its end.

    `options` are the backend's own. BadInput when there is no such backend or no place is named.
    """
    scheme = urlsplit(url).scheme
    try:
        from fsspec.core import url_to_fs
    except ImportError:
        raise BadInput(f"{scheme}:// needs fsspec: pip install 'thoisu[s3]'") from None
    try:
        system, root = url_to_fs(url, **options)
    except (ImportError, ValueError, TypeError) as error:
        raise BadInput(f"{scheme}:// cannot be used: {masked(' '.join(str(error).split()))}") from None
    root = str(root).rstrip("/")
    if not root.strip("/"):
        raise BadInput(f"{masked_address(url)!r} names no place; it reads like {scheme}://bucket/folder")
    return system, root
