"""What content codings wrap (RFC 9110, section 8.4): gzip, deflate, br, zstd, with limits on bytes, layers and members.

A body may be packed many times over, or consist of a million empty members: what is unpacked from each is little, the
work is not. So layers and members have limits beside the bytes.
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable

import brotli

from crawler.errors import Discard, Refusal
from crawler.text.http import GZIP, MEMBERS_MAX, gunzip

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

LAYERS_MAX = 2
"""Codings of one body that are undone; servers use one, and a proxy may add its own."""
_BLANK = b"\xef\xbb\xbf \t\r\n"
_GZIPS = frozenset(("gzip", "x-gzip"))
_PIECE = 1 << 16  # bytes given to a decoder at a time, which copies what it leaves of them


def codings_of(encoding: str) -> list[str]:
    """The known codings among those that a Content-Encoding names, in the order in which they are undone.

    Raises `Discard` with UNREADABLE for more than `LAYERS_MAX`.
    """
    named = [coding for word in reversed(encoding.split(",")) if (coding := word.strip().lower()) in _CODINGS]
    if len(named) > LAYERS_MAX:
        raise Discard(Refusal.UNREADABLE, f"packed {len(named)} times over")
    return named


def undone(body: bytes, coding: str, limit: int) -> bytes:
    """The body without one coding, which is known.

    Raises ValueError for what is not as its header says, `Discard` for more than `limit` bytes.
    """
    try:
        text = _CODINGS[coding](body, limit)
    except (zlib.error, brotli.error, zstd.ZstdError) as error:
        raise ValueError(f"a body that is not {coding}, against its header ({error})") from None
    if len(text) > limit:
        raise Discard(Refusal.TOO_LARGE, f"more than {limit // 2**20} MB")
    return text


def plain(body: bytes, encoding: str, limit: int) -> bytes:
    """An archived body as a browser would see it; `encoding` is its Content-Encoding, "" without one.

    Archives often keep the header of what they have undone, and some caches lose or change it: a body that is markup
    already stays as it is, and gzip is told by its first bytes. Raises as `undone` and `codings_of`.
    """
    for coding in codings_of(encoding):
        if coding in _GZIPS and not body.startswith(GZIP):
            continue
        try:
            body = undone(body, coding, limit)
        except ValueError:
            if body and body.lstrip(_BLANK)[:1] != b"<" and not body.startswith(GZIP):
                raise
    return gunzip(body, limit, whole=False)


def _gzip(body: bytes, limit: int) -> bytes:
    if not body.startswith(GZIP):
        raise ValueError("a body that is not gzip, against its header")
    return gunzip(body, limit, whole=False)


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
    """All frames of it, those that hold nothing among them."""
    parts: list[bytes] = []
    place, room = 0, limit + 1
    for _ in range(MEMBERS_MAX):
        unpacker = zstd.ZstdDecompressor()
        while room > 0 and not unpacker.eof and (place < len(body) or not unpacker.needs_input):
            piece = body[place : place + _PIECE] if unpacker.needs_input else b""
            parts.append(unpacker.decompress(piece, room))
            place += len(piece)
            room -= len(parts[-1])
        place -= len(unpacker.unused_data)
        if room <= 0 or place >= len(body):
            return b"".join(parts)
    raise Discard(Refusal.UNREADABLE, f"more than {MEMBERS_MAX} zstd frames")


_CODINGS: dict[str, Callable[[bytes, int], bytes]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _inflated,
    "br": _unbrotli,
    "zstd": _unzstd,
}
