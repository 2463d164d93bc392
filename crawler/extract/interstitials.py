"""Pages that stand before a page: walls, which are named and never passed, and redirects written into the markup."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser

from crawler.extract.limits import hostile
from crawler.text import nfc, unescape

STUB = 600
"""Bytes; no article fits, the cookie and redirect pages of the D1N kind take 180 to 500."""
_PARAGRAPHS = 8  # more of them stand in no interstitial
_WALL = 40_000  # bytes; the interstitials of the common walls stay below
_HEAD = 60_000  # bytes in which the title and the first heading stand
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
_WALL_TITLES = ("attention required", "just a moment", "are you a robot")
_ALSO_HEADLINES = ("access denied", "ddos", "security check")  # titles of walls, and of articles about them
_WALL_MARKS = (
    b"cf-browser-verification",
    b"cf_chl_",
    b"cf-chl-",
    b"/cdn-cgi/l/chk_",
    b"ddos protection by",
    b"sucuri website firewall",
    b"challenge-form",
    b"challenge-running",
)
_DOUBTFUL = (b"captcha", b"_incapsula_resource")  # in walls, and in the pages behind them
_TAG = re.compile(r"<[^<>]*>")
_UNSHOWN = ["script", "style", "noscript", "template", "iframe", "head"]
_PROVE = re.compile(
    r"captcha|not a robot|you are (?:a )?human|verify (?:that )?you|unusual traffic|security check"
    r"|checking your browser|không phải (?:là )?(?:rô ?bốt|robot|người máy)|(?:xác minh|xác nhận) (?:rằng |là )?bạn"
    r"|kiểm tra (?:bảo mật|trình duyệt)|truy cập (?:bất thường|tự động)"
    r"|mã (?:xác nhận|bảo vệ|an toàn) (?:để|bên dưới|dưới đây|sau)",
    re.IGNORECASE,
)
_OPENING = 600  # characters in which a wall says what it wants
_SPEECH = 900  # characters; more is no wall's
_DESCRIBED = 400  # the same of a page that describes itself for sharing, as no wall does but one in a site's own frame
_SAYS = 150  # characters of text by which a page says something of its own
_LIST = 4  # links that read like headlines, of four words or more: a page that lists articles

_REDIRECT = 8_000  # bytes of a page that does nothing but send its reader on
_REMARK = 400  # characters that it may say ("Bài viết đã chuyển, bấm vào đây")
_PATIENCE = 10.0  # seconds; a page that waits longer is there to be read, and reloads itself
# WHATWG HTML, "shared declarative refresh steps".
_REFRESH = re.compile(r"\s*([0-9]+)(?:\.[0-9.]*)?\s*[;,\s]\s*(?:url\s*=\s*)?(['\"]?)(.*)", re.IGNORECASE | re.DOTALL)
_SENDS = re.compile(
    r"\blocation(?:\.href)?\s*=\s*(['\"])(?P<a>[^'\"\\<>\s]{1,2000})\1\s*(?=[ \t]*(?:[;})\n'\"]|\Z))"
    r"|\blocation\.(?:replace|assign)\(\s*(['\"])(?P<b>[^'\"\\<>\s]{1,2000})\3\s*\)"
)
_DECIDES = re.compile(r"cookie|\bif\b|\bswitch\b|\?\s*['\"]|\beval\b|\batob\b|navigator|screen\.|XMLHttp|fetch\(")
_SCRIPT = 600  # characters of scripts; what is longer does more than to send on


def is_wall(body: bytes) -> bool:
    """Whether a page asks for a cookie, a script or a captcha before it shows anything.

    A captcha beside something to read, an article or a list of articles, belongs to a form of the page.
    """
    if len(body) > _WALL or body.count(b"<p") > _PARAGRAPHS:
        return False
    lower = body.lower()
    if len(body) < STUB and any(mark in lower for mark in _MOVES):
        return True
    if any(mark in lower for mark in _WALL_MARKS):
        return True
    title = next((text.lower() for name, text in headings(body) if name == "title"), "")
    if title.startswith(_WALL_TITLES):
        return True
    doubtful = title.startswith(_ALSO_HEADLINES) or any(mark in lower for mark in _DOUBTFUL)
    return doubtful and not _has_content(body, lower)


def moved_to(body: bytes, url: str) -> str | None:
    """The absolute address to which a page at `url` sends its reader, when it does nothing else; else None.

    Read are a `meta` refresh and a script that sets `location` to a written-out address. No script is run: what
    computes, decides or sets a cookie is left alone, as is what leads to itself.
    """
    if len(body) > _REDIRECT:
        return None
    lower = body.lower()
    if b"refresh" not in lower and b"location" not in lower:
        return None
    if any(mark in lower for mark in (b"document.cookie", b"captcha", *_WALL_MARKS)) or hostile(body):
        return None
    tree = LexborHTMLParser(body)
    tree.strip_tags(["noscript", "template", "iframe"])
    base = next((node.attributes.get("href") or "" for node in tree.css("base[href]")), "")
    target = _refreshed(tree) or _sent(tree)
    tree.strip_tags(["script", "style", "head"])
    if not target or len(tree.body.text().strip() if tree.body else "") > _REMARK:
        return None
    try:
        address = urldefrag(urljoin(urljoin(url, base), target)).url
        here, there = urlsplit(url), urlsplit(address)
    except ValueError:
        return None
    # To itself, under whatever spelling, leads a page that waits for its cookie.
    same_host = (here.hostname or "").removeprefix("www.") == (there.hostname or "").removeprefix("www.")
    path, own = (unquote(parts.path).rstrip("/") for parts in (there, here))
    if same_host and (path == own or ("%2f" in target.lower() and path.endswith(own))):
        return None
    return address if there.scheme in ("http", "https") and there.hostname else None


def headings(body: bytes) -> Iterator[tuple[str, str]]:
    """The page's title and first heading, as text."""
    head = body[:_HEAD]
    lower = head.lower()
    for name in ("title", "h1"):
        start = lower.find(f"<{name}".encode())
        end = lower.find(f"</{name}".encode(), start)
        if 0 <= start < end:
            markup = head[start:end].partition(b">")[2].decode("utf-8", "replace")
            text = unescape(_TAG.sub(" ", markup))
            yield name, " ".join(nfc(text).split())


def _has_content(body: bytes, lower: bytes) -> bool:
    """Whether a page of a wall's size has something to read that is no wall's demand."""
    if b"article:published_time" in lower or b'"newsarticle"' in lower:
        return True
    if hostile(body):
        return False
    tree = LexborHTMLParser(body)
    tree.strip_tags(_UNSHOWN)
    if tree.body is None:
        return False
    whole = len(tree.body.text())
    for form in tree.css("form"):
        if 2 * len(form.text()) < whole:  # ASP.NET puts the whole page into one
            form.decompose()
    if sum(len(anchor.text().split()) >= 4 for anchor in tree.css("a[href]")[:100]) >= _LIST:
        return True
    text = " ".join(tree.body.text(separator=" ").split())
    speech = _DESCRIBED if b"og:title" in lower else _SPEECH
    return len(text) >= _SAYS and (len(text) >= speech or not _PROVE.search(text, 0, _OPENING))


def _refreshed(tree: LexborHTMLParser) -> str | None:
    for node in tree.css("meta[http-equiv]"):
        if (node.attributes.get("http-equiv") or "").strip().lower() != "refresh":
            continue
        match = _REFRESH.match(node.attributes.get("content") or "")
        if match and len(match[1]) < 4 and float(match[1]) <= _PATIENCE:
            target = match[3].partition(match[2])[0] if match[2] else match[3]
            return target.strip() or None
    return None


def _sent(tree: LexborHTMLParser) -> str | None:
    script = "\n".join(node.text() for node in tree.css("script")).replace("\\/", "/")  # as JSON writes addresses
    script += "".join(f"\n{node.attributes.get('onload') or ''}" for node in tree.css("body[onload]"))
    if len(script) > _SCRIPT or _DECIDES.search(script):
        return None
    targets = {match["a"] or match["b"] for match in _SENDS.finditer(script)}
    return targets.pop() if len(targets) == 1 else None
