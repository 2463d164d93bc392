"""Bodies as a server sent them (RFC 9110, section 8.4): gzip, deflate, br, zstd, whatever the headers say of them."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable

import brotli

from crawler.text import GZIP, gunzip

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_LAYERS = 3  # codings that are undone; no server uses two
_BLANK = b"\xef\xbb\xbf \t\r\n"


def plain(body: bytes, encoding: str, limit: int) -> bytes:
    """The body as a browser would see it; `encoding` is its Content-Encoding, "" without one.

    Archives often keep the header of what they have undone, and some caches lose it: a body that is markup already
    stays as it is, and gzip is told by its first bytes. Raises ValueError for what is not as its header says, EOFError
    and `Discard` for more than `limit` bytes.
    """
    codings = [coding for word in encoding.split(",") if (coding := word.strip().lower())]
    for coding in reversed(codings[-_LAYERS:]):
        if (undo := _CODINGS.get(coding)) is not None:
            body = _undone(body, coding, undo, limit)
    return gunzip(body, limit, whole=False)


def _undone(body: bytes, coding: str, undo: Callable[[bytes, int], bytes], limit: int) -> bytes:
    try:
        text = undo(body, limit)
    except (zlib.error, brotli.error, zstd.ZstdError) as error:
        if not body or body.lstrip(_BLANK)[:1] == b"<":
            return body
        raise ValueError(f"a body that is not {coding}, against its header ({error})") from None
    if len(text) > limit:
        raise EOFError(f"a page of more than {limit // 2**20} MB")
    return text


def _gzip(body: bytes, limit: int) -> bytes:
    return gunzip(body, limit, whole=False) if body.startswith(GZIP) else body  # undone before it was kept


def _inflated(body: bytes, limit: int) -> bytes:
    """As zlib wraps it, or bare, as some servers understand the word "deflate"."""
    try:
        return zlib.decompressobj().decompress(body, limit + 1)
    except zlib.error:
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(body, limit + 1)


def _unbrotli(body: bytes, limit: int) -> bytes:
    unpacker = brotli.Decompressor()
    parts = [unpacker.process(body, output_buffer_limit=limit + 1)]
    size = len(parts[0])
    while parts[-1] and size <= limit and not unpacker.is_finished():
        parts.append(unpacker.process(b"", output_buffer_limit=limit + 1 - size))
        size += len(parts[-1])
    return b"".join(parts)


def _unzstd(body: bytes, limit: int) -> bytes:
    parts, room = [], limit + 1
    while body and room > 0:
        unpacker = zstd.ZstdDecompressor()
        parts.append(unpacker.decompress(body, room))
        room -= len(parts[-1])
        if not unpacker.eof:
            break
        body = unpacker.unused_data
    return b"".join(parts)


_CODINGS: dict[str, Callable[[bytes, int], bytes]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _inflated,
    "br": _unbrotli,
    "zstd": _unzstd,
}
