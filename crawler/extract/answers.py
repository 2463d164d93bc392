"""What an answer is before anybody reads it: a page, or an error, a wall, a file, with the reason to refuse it."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator, Mapping

from crawler.errors import Refusal

_BY_STATUS = {
    401: Refusal.FORBIDDEN,
    403: Refusal.FORBIDDEN,
    404: Refusal.NOT_FOUND,
    410: Refusal.GONE,
    429: Refusal.RATE_LIMITED,
    451: Refusal.FORBIDDEN,
}
_TEXT_TYPES = ("text/", "application/xhtml+xml", "application/xml", "application/octet-stream")
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
_STUB = 600  # bytes; no article fits, the cookie and redirect pages of the D1N kind take 180 to 500
_PARAGRAPHS = 8  # more of them stand in no interstitial
_WALL = 40_000  # bytes; the interstitials of the common walls stay below
_HEAD = 60_000  # bytes in which the title and the first heading stand
_SOFT_404 = 20_000  # bytes; above, only a title that is nothing but the error counts
# Plain strings: looked for in lower case, many times faster than one expression over every page.
_MOVES = (
    b"document.cookie",
    b"location.reload",
    b"location.href",
    b"location.replace",
    b"location.assign",
    b'http-equiv="refresh',
    b"http-equiv=refresh",
)
_WALL_TITLES = ("attention required", "just a moment", "access denied", "ddos", "security check", "are you a robot")
_WALL_MARKS = (
    b"cf-browser-verification",
    b"cf_chl_",
    b"cf-chl-",
    b"/cdn-cgi/l/chk_",
    b"_incapsula_resource",
    b"ddos protection by",
    b"sucuri website firewall",
    b"challenge-form",
    b"challenge-running",
)
_TAG = re.compile(r"<[^>]*>")
_MISSING = (
    r"(?:(?:lỗi|error|http)\s*)?404(?:\s*[:.–—-]?\s*(?:error|not found|page not found|lỗi|không tìm thấy.*))?"
    r"|(?:page |file |article )?not found|không tìm thấy(?: (?:trang|nội dung|bài viết|đường dẫn|tài nguyên).{0,60})?"
    r"|(?:trang|bài viết|nội dung|đường dẫn|tin bài)(?: \S+){0,5}"
    r" (?:không tồn tại|không tìm thấy|không có sẵn|đã bị xóa|đã bị xoá|đã bị gỡ)"
)
_ALL_MISSING = re.compile(rf"(?:{_MISSING})\s*[.!]*\s*(?:[|–—-].*)?", re.I)
_STARTS_MISSING = re.compile(rf"(?:{_MISSING})\b", re.I)


def verdict(status: int, headers: Mapping[str, str], body: bytes) -> Refusal | None:
    """The reason why an answer to an article's address is refused; None for a page to be read.

    `headers` with names in lower case. Walls are recognised and never passed: no cookie is computed, no script run.
    """
    if is_wall(body):
        return Refusal.CHALLENGE
    if status != 200:
        return _BY_STATUS.get(status) or (Refusal.REDIRECTED if 300 <= status < 400 else Refusal.SERVER_ERROR)
    declared = headers.get("content-type", "").strip().lower()
    if body.startswith(_MAGIC) or (declared and not declared.startswith(_TEXT_TYPES)):
        return Refusal.NOT_HTML
    if len(body) < _STUB and not (b"<p" in body.lower() and b"<h1" in body.lower()):
        return Refusal.SOFT_404
    return Refusal.SOFT_404 if _says_missing(body) else None


def is_wall(body: bytes) -> bool:
    """Whether a page asks for a cookie, a script or a captcha before it shows anything."""
    if len(body) > _WALL or body.count(b"<p") > _PARAGRAPHS:
        return False
    lower = body.lower()
    if len(body) < _STUB and any(mark in lower for mark in _MOVES):
        return True
    if any(mark in lower for mark in _WALL_MARKS) or (b"captcha" in lower and lower.count(b"<p") < 3):
        return True
    return any(text.lower().startswith(_WALL_TITLES) for name, text in _headings(body) if name == "title")


def _headings(body: bytes) -> Iterator[tuple[str, str]]:
    """The page's title and first heading, as text."""
    head = body[:_HEAD]
    lower = head.lower()
    for name in ("title", "h1"):
        start = lower.find(f"<{name}".encode())
        end = lower.find(f"</{name}".encode(), start)
        if 0 <= start < end:
            markup = head[start:end].partition(b">")[2].decode("utf-8", "replace")
            text = html.unescape(_TAG.sub(" ", markup))
            yield name, " ".join(unicodedata.normalize("NFC", text).split())


def _says_missing(body: bytes) -> bool:
    # Headlines begin like this as well ("Không tìm thấy …", "404 hộ dân …"); an article has paragraphs.
    short = len(body) < _SOFT_404 and body.count(b"<p") < 4
    return any(_ALL_MISSING.fullmatch(text) or (short and _STARTS_MISSING.match(text)) for _, text in _headings(body))
