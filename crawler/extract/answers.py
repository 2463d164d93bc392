"""What an answer is before anybody reads it: a page, or an error, a wall, a file, with the reason to refuse it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from crawler.errors import Refusal
from crawler.extract.missing import is_notice
from crawler.extract.walls import STUB, headings, is_wall

_BY_STATUS = {
    401: Refusal.FORBIDDEN,
    403: Refusal.FORBIDDEN,
    404: Refusal.NOT_FOUND,
    410: Refusal.GONE,
    429: Refusal.RATE_LIMITED,
    451: Refusal.FORBIDDEN,
}
_TEXT_TYPES = ("text/", "application/xhtml+xml", "application/xml", "application/octet-stream")
# Types that misconfigured servers and caches send with anything: what has one is told by its first bytes.
_NO_TYPE = re.compile(
    r"(?:[^/;]*|\*/\*|[\w-]*unknown[\w-]*/[\w-]+"
    r"|(?:application|content|httpd)/(?:x-)?(?:unknown|httpd[\w-]*|unix-directory|html|php|(?:force-)?download"
    r"|vnd\.wap\.xhtml\+xml))\s*(?:;.*)?"
)
_IS_HTML = re.compile(
    rb"(?:\xef\xbb\xbf)?\s{0,200}(?:<!--[^>]{0,500}>\s{0,200}){0,3}"
    rb"<(?:!doctype html|html|head|body|title|meta|script)\b",
    re.IGNORECASE,
)
# Signatures of what else arrives under an article's address (WHATWG MIME Sniffing, section 6).
_MAGIC = (
    b"%PDF-",
    b"\x89PNG\r\n",
    b"GIF8",
    b"\xff\xd8\xff",
    b"PK\x03\x04",
    b"\xd0\xcf\x11\xe0",
    b"RIFF",
    b"Rar!",
    b"\x00\x00\x00",
)


def verdict(status: int, headers: Mapping[str, str], body: bytes) -> Refusal | None:
    """The reason why an answer to an article's address is refused; None for a page to be read.

    `headers` with names in lower case. Walls are recognised and never passed: no cookie is computed, no script run.
    """
    if is_wall(body):
        return Refusal.CHALLENGE
    if status != 200:
        return _BY_STATUS.get(status) or (Refusal.REDIRECTED if 300 <= status < 400 else Refusal.SERVER_ERROR)
    declared = headers.get("content-type", "").strip().lower()
    if body.startswith(_MAGIC):
        return Refusal.NOT_HTML
    if (
        declared
        and not declared.startswith(_TEXT_TYPES)
        and not (_NO_TYPE.fullmatch(declared) and _IS_HTML.match(body))
    ):
        return Refusal.NOT_HTML
    if len(body) < STUB and not (b"<p" in body.lower() and b"<h1" in body.lower()):
        return Refusal.SOFT_404
    return Refusal.SOFT_404 if any(is_notice(text) for _, text in headings(body)) else None
