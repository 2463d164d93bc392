"""Pages that stand before a page and only send their reader on: redirects written into the markup."""

from __future__ import annotations

import re
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser

from crawler.extract.limits import hostile
from crawler.extract.walls import WALL_MARKS

_REDIRECT = 8_000  # bytes of a page that does nothing but send its reader on
_REMARK = 400  # characters that it may say ("Bài viết đã chuyển, bấm vào đây")
_PATIENCE = 10.0  # seconds; a page that waits longer is there to be read, and reloads itself
# WHATWG HTML, "shared declarative refresh steps".
_REFRESH = re.compile(r"\s*([0-9]+)(?:\.[0-9.]*)?\s*[;,\s]\s*(?:url\s*=\s*)?(['\"]?)(.*)", re.IGNORECASE | re.DOTALL)
_SENDS = re.compile(
    r"\blocation(?:\.href)?\s*=\s*(['\"`])(?P<a>[^'\"`\\<>\s]{1,2000})\1\s*(?=[ \t]*(?:[;,})\n'\"]|\Z))"
    r"|\blocation\.(?:replace|assign)\(\s*(['\"`])(?P<b>[^'\"`\\<>\s]{1,2000})\3\s*\)"
)
_DECIDES = re.compile(r"cookie|\bif\b|\bswitch\b|\?\s*['\"]|\beval\b|\batob\b|navigator|screen\.|XMLHttp|fetch\(|\$\{")
# Titles of the bodies that web servers write below a redirect; caches and archives serve them by themselves.
_MOVED = re.compile(r"(?:30[12378] )?(?:(?:object|document) moved|moved (?:permanently|temporarily))", re.IGNORECASE)
_SCRIPT = 600  # characters of scripts; what is longer does more than to send on


def moved_to(body: bytes, url: str) -> str | None:
    """The absolute address to which a page at `url` sends its reader, when it does nothing else; else None.

    Read are a `meta` refresh, a script that sets `location` to a written-out address, and the one link on a web
    server's own "Object moved". No script is run: what computes, decides or sets a cookie is left alone, as is what
    leads to itself.
    """
    if len(body) > _REDIRECT:
        return None
    lower = body.lower()
    if not any(word in lower for word in (b"refresh", b"location", b"moved")):
        return None
    if any(mark in lower for mark in (b"document.cookie", b"captcha", *WALL_MARKS)) or hostile(body):
        return None
    tree = LexborHTMLParser(body)
    tree.strip_tags(["noscript", "template", "iframe"])
    base = next((node.attributes.get("href") or "" for node in tree.css("base[href]")), "")
    target = _refreshed(tree) or _sent(tree) or _linked(tree)
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


def _linked(tree: LexborHTMLParser) -> str | None:
    title = tree.css_first("title")
    if title is None or not _MOVED.fullmatch(title.text().strip()):
        return None
    links = [node.attributes.get("href") for node in tree.css("a[href]")]
    return links[0] if len(links) == 1 else None
