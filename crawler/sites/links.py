"""A link as a page or feed wrote it, made into the address that a reader would follow."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit, urlunsplit

from crawler.items import LONGEST_URL
from crawler.sites.urls import TRACKING

_BLANKS = re.compile(r"[\s\x00-\x1f\x7f]+")


def absolute(href: str | None, base: str, *, https: bool = False) -> str | None:
    """`href` against `base`: host in lower case, no fragment, no tracking parameters, otherwise as written.

    Backslashes count as slashes, as browsers read them (WHATWG URL standard). `https` upgrades http. None for what
    leads to no page: empty, javascript:, mailto:, a fragment alone, a host that cannot be, more than `LONGEST_URL`.
    """
    if not href or len(href) > LONGEST_URL:
        return None
    if "\n" in href or "\t" in href or "\r" in href or href != href.strip():
        href = _BLANKS.sub(" ", href).strip().replace(" ", "%20")
    if not href or href[0] == "#":
        return None
    if "\\" in href:
        href = href.replace("\\", "/")
    try:
        parts = urlsplit(urljoin(base, href))
        host, _ = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host or "@" in parts.netloc:
        return None
    query = parts.query
    if query:
        query = "&".join(pair for pair in query.split("&") if not TRACKING.fullmatch(pair.partition("=")[0]))
    scheme = "https" if https and parts.port is None else parts.scheme
    return urlunsplit((scheme, parts.netloc.lower(), parts.path or "/", query, ""))
