"""What several readers of HTTP need: how long to wait, and what is inside a gzip file."""

from __future__ import annotations

import re
import zlib
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from crawler.errors import Discard, Refusal


def retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds that a Retry-After header asks for (RFC 9110, section 10.2.3); None when it says nothing usable."""
    if value is None:
        return None
    if re.fullmatch(r"\s*[0-9]+\s*", value):
        return float(value)
    try:
        at = parsedate_to_datetime(value)
        return max(0.0, (at.replace(tzinfo=at.tzinfo or UTC) - now).total_seconds())
    except (ValueError, OverflowError, TypeError):
        return None


def gunzip(body: bytes, limit: int, *, whole: bool = True) -> bytes:
    """What a gzip file holds; a body that is none as it is. At most `limit` bytes are unpacked.

    Raises `Discard`: TOO_LARGE above the limit, UNREADABLE when it is damaged, or ends too early and must be `whole`.
    """
    if body.startswith(b"\x1f\x8b"):
        unpacker = zlib.decompressobj(wbits=31)
        try:
            body = unpacker.decompress(body, limit + 1)
        except zlib.error as error:
            raise Discard(Refusal.UNREADABLE, f"damaged gzip file: {error}") from None
        if whole and len(body) <= limit and not unpacker.eof:
            raise Discard(Refusal.UNREADABLE, "the gzip file ends too early")
    if len(body) > limit:
        raise Discard(Refusal.TOO_LARGE, f"more than {limit // 2**20} MB")
    return body
