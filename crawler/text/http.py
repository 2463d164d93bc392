"""What several readers of HTTP need: how long to wait, and what is inside a gzip file."""

from __future__ import annotations

import re
import zlib
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from crawler.errors import Discard, Refusal
from crawler.text.plausible import LONGEST_WAIT, MEANT, UNIX_TIME, bounded

GZIP = b"\x1f\x8b"
"""The first bytes of a gzip member."""
MEMBERS_MAX = 10_000
"""Of a gzip or zstd file; one that is packed by many processors at once has a member for each 64 KB or more."""
_BLANK = b"\xef\xbb\xbf \t\r\n"
# With what is written behind it: a unit, a remark, the same again by a proxy.
_SECONDS = re.compile(r'"?([0-9]+)(?:\.[0-9]*)?[ \t]*(?:s|secs?|seconds?)?"?[ \t]*(?:[,;].*)?', re.IGNORECASE)
_PADDING = re.compile(rb"\0*")
_DIGITS = 20
_LONGEST_DATE = 64  # characters; the longest of RFC 9110, section 5.6.7, has 33
_WRAPPINGS = 2
_PIECE = 4096  # bytes given to zlib at a time; it copies what it leaves of them, once for each member in them


def retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds that a Retry-After header asks for (RFC 9110, section 10.2.3); None when it says nothing usable.

    A number of seconds that is a Unix time means that time. Never more than `LONGEST_WAIT`, and nothing beyond `MEANT`.
    """
    said = (value or "").strip()
    if number := _SECONDS.fullmatch(said):
        # Of thirty digits neither a number of seconds nor a time can be made.
        seconds = float(number[1][:_DIGITS])
        return _meant(seconds - now.timestamp() if seconds >= UNIX_TIME else seconds)
    if not 0 < len(said) <= _LONGEST_DATE:
        return None
    try:
        at = datetime.fromisoformat(said) if said[0].isdigit() and "T" in said else parsedate_to_datetime(said)
        return _meant((at.replace(tzinfo=at.tzinfo or UTC) - now).total_seconds())
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def _meant(seconds: float) -> float | None:
    return bounded(seconds, LONGEST_WAIT) if seconds <= MEANT else None


def gunzip(body: bytes, limit: int, *, whole: bool = True) -> bytes:
    """What a gzip file holds, all of its members (RFC 1952, section 2.2); a body that is none as it is.

    Told by its first bytes, not by name or header, whatever blank a script wrote before them; a file that was packed
    twice is unpacked twice. At most `limit` bytes are unpacked. Raises `Discard`: TOO_LARGE above the limit, UNREADABLE
    when it is damaged, or ends too early and must be `whole`.
    """
    if body[:1] in _BLANK and (packed := body.lstrip(_BLANK)).startswith(GZIP):
        body = packed
    for _ in range(_WRAPPINGS):
        if not body.startswith(GZIP):
            break
        body = _members(body, limit, whole)
    if len(body) > limit:
        raise Discard(Refusal.TOO_LARGE, f"more than {limit // 2**20} MB")
    return body


def _members(body: bytes, limit: int, whole: bool) -> bytes:
    """What the members hold that stand one behind the other, or zeros between; what follows and is none is padding."""
    parts: list[bytes] = []
    place, room, members = 0, limit + 1, 0
    while room > 0 and body.startswith(GZIP, place):
        if (members := members + 1) > MEMBERS_MAX:
            raise Discard(Refusal.UNREADABLE, f"more than {MEMBERS_MAX} gzip members")
        unpacker = zlib.decompressobj(wbits=31)
        while room > 0 and not unpacker.eof and place < len(body):
            piece = body[place : place + _PIECE]
            try:
                parts.append(unpacker.decompress(piece, room))
            except zlib.error as error:
                raise Discard(Refusal.UNREADABLE, f"damaged gzip file: {error}") from None
            place += len(piece) - len(unpacker.unused_data)
            room -= len(parts[-1])
        if whole and room > 0 and not unpacker.eof:
            raise Discard(Refusal.UNREADABLE, "the gzip file ends too early")
        if padding := _PADDING.match(body, place):
            place = padding.end()
    return b"".join(parts)
