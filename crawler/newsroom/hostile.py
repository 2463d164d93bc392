"""Answers that are small to send and would cost their reader hours or gigabytes.

marks    a paragraph of 160,000 combining marks: putting them in order takes a step for each pair
tags     400 formatting tags that are never closed, which each of 10,000 paragraphs opens anew
layers   a body that was packed with gzip twenty-one times
quotes   a paragraph of 100,000 characters, quotes and dots without the end of a sentence
entries  a feed that shows its items over and over, 16,000 of them
"""

from __future__ import annotations

import gzip
import re
from functools import cache

_LAYERS = 21
LAYERS = ", ".join(["gzip"] * _LAYERS)
"""The Content-Encoding of `layered`."""
_ENTRIES = 16_000
_ITEM = re.compile(rb"<item>.*?</item>\n?", re.DOTALL)
_PARAGRAPH = re.compile(rb"(?=<p[ >])")


@cache
def layered() -> bytes:
    """A page of two megabytes under all layers."""
    body = b"<html><body><h1>Tin</h1>" + b"<p>" + b"a" * (2 << 20) + b"</p></body></html>"
    for _ in range(_LAYERS):
        body = gzip.compress(body)
    return body


def spoilt(how: str, body: bytes, media_type: str) -> bytes:
    """A true answer with something hostile in its midst; as it was when that cannot stand in it."""
    if "xml" in media_type:
        return _many(body) if how == "entries" else body
    if not media_type.startswith("text/html") or how == "entries":
        return body
    return _PARAGRAPH.sub(lambda _: _paragraph(how), body, count=1)


@cache
def _paragraph(how: str) -> bytes:
    if how == "marks":
        return ("<p>a" + "\u0301" * 80_000 + "\u0323" * 80_000 + "</p>").encode()
    if how == "quotes":
        return ("<p>" + "“Nói. ”và" * 11_000 + "</p>").encode()
    return b"<p>" + b"".join(b"<font id=%d>" % number for number in range(400)) + b"<p>x" * 10_000


def _many(body: bytes) -> bytes:
    items = b"".join(_ITEM.findall(body))
    count = items.count(b"<item>")
    if not count:
        return body
    start = body.index(items[:6])
    return body[:start] + items * (_ENTRIES // count) + body[start:]
