"""Addresses: a link made absolute, the one canonical form of each, what it leads to, and whose it is.

Pure text work: nothing is asked of the network, and what a page really is may differ from what its address says.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import SplitResult, parse_qsl, quote, unquote_to_bytes, urlencode, urljoin, urlsplit, urlunsplit

from crawler.errors import Discard, Refusal
from crawler.items import LONGEST_URL, Kind
from crawler.sites.site import Site
from crawler.sites.url_kinds import kind_by_address, refusal_by_address
from crawler.sites.written_urls import EDGES, bare
from crawler.text import nfc

_BLANKS = re.compile(r"[\s\x00-\x1f\x7f]+")
# RFC 3986, pchar: what may stand in a path segment as itself.
_SEGMENT_SAFE = "!$&'()*+,;=:@-._~"
_DEFAULT_PORTS = {"http": 80, "https": 443}
_VIEW_HOST = re.compile(r"^(?:www|m|amp|mobile)\.")
_SESSION = re.compile(r";jsessionid=[^/?#]*", re.I)
_PLAIN_PATH = re.compile(r"(?:/(?!\.{1,2}(?:/|$))[a-zA-Z0-9._~-]+)+", re.A)  # nearly every path: nothing to mend
_UNPRINTABLE = re.compile(r"[\x00-\x20\x7f\ud800-\udfff]")
TRACKING = re.compile(
    r"utm_\w+|fbclid|fb_\w+|gclid|gclsrc|gbraid|wbraid|dclid|msclkid|yclid|twclid|ttclid|igshid|gidzl|zarsrc|zalo\w*"
    r"|itm_\w+|vn_(?:source|medium|campaign|term|thumb)|mibextid|srsltid"
    r"|_ga|_gl|mc_[ce]id|ref|ref_src|ref_url|spm|share|shared|amp|amp_js_v|usqp"
    r"|jsessionid|phpsessid|_afr\w+|_adf\.[\w-]+",
    re.I,
)
"""Names of query parameters that say how a reader came, not what is read."""
_VIEW_SEGMENTS = {"amp", "print", "mobile"}
_MOST_VIEWS = 4  # such segments in one address; what has more is made up, and peeling it costs their square
_AMP_ENDINGS = (".html", ".htm", ".vnp", ".tpo", ".vov", ".chn", ".ldo", "")


@dataclass(frozen=True, slots=True)
class UrlVerdict:
    """What an address leads to: the kind of an article, or the reason why it is refused; one of the two is None."""

    kind: Kind | None
    refused: Refusal | None = None
    canonical_url: str | None = field(default=None, compare=False)
    """The canonical form by which it was judged; None for an address that has none."""


def absolute(href: str | None, base: str, *, https: bool = False) -> str | None:
    """`href` against `base`: host in lower case, no fragment, no tracking parameters, otherwise as written.

    Backslashes count as slashes, as browsers read them (WHATWG URL standard). `https` upgrades http. None for what
    leads to no page: empty, javascript:, mailto:, a fragment alone, a host that cannot be, more than `LONGEST_URL`.
    """
    if not href or len(href) > LONGEST_URL:
        return None
    if href != (plain := bare(href)) or " " in href or "\n" in href or "\t" in href or "\r" in href:
        href = _BLANKS.sub(" ", plain).strip().replace(" ", "%20")
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


def canonical(url: str, site: Site | None = None) -> str:
    """The one address of a page, whatever the route to it: without tracking, session, AMP, print and mobile parts.

    With the site that owns the host, scheme and host are those of its home page and only its `keep_query` is kept;
    without one, tracking parameters go and the others stay, sorted. Normalised as RFC 3986, section 6.2 says.
    Raises `Discard` with BAD_URL for what is no absolute http or https address, or longer than `LONGEST_URL`.
    """
    return _canonical(url, site).text


def judge(url: str, site: Site) -> UrlVerdict:
    """What `url` is to `site`, told from its address alone; the kind is a hint that the page may correct."""
    try:
        address = _canonical(url, site)
    except Discard as refusal:
        return UrlVerdict(None, refusal.reason)
    if not address.owned:
        return UrlVerdict(None, Refusal.OTHER_SITE, address.text)
    target = f"{address.path}?{address.query}" if address.query else address.path
    place = f"//{address.host}{address.path}"
    if re.search(site.article, target) and not (site.exclude and re.search(site.exclude, target)):
        return UrlVerdict(kind_by_address(place), None, address.text)
    return UrlVerdict(None, refusal_by_address(place), address.text)


class _Address(NamedTuple):
    """A canonical address with its parts."""

    text: str
    host: str
    path: str
    query: str
    owned: bool
    """The site that was asked about owns the host."""


def _canonical(url: str, site: Site | None) -> _Address:
    parts, host = _split(url)
    if site is not None and not site.owns(host):
        site = None
    path = _path(parts.path)
    if site is not None:
        path = _plain_view(path, site)
    path = _slashed(path, keep=site is not None and site.keep_slash)
    query = _query(parts.query, site)
    scheme, host, port = _origin(parts, host, site)
    name = (f"[{host}]" if ":" in host else host) + (f":{port}" if port is not None else "")
    text = f"{scheme}://{name}{path}{'?' if query else ''}{query}"
    if len(text) > LONGEST_URL:
        raise Discard(Refusal.BAD_URL, f"{text[:200]!r}… is longer than {LONGEST_URL} bytes")
    return _Address(text, host, path, query, site is not None)


def host_of(url: str) -> str | None:
    """The host of an absolute http or https address, in lower case and in ASCII; None for any other text."""
    try:
        return _split(url)[1]
    except Discard:
        return None


def _split(url: str) -> tuple[SplitResult, str]:
    """The parts of an absolute address and its host in lower case, in ASCII."""
    if len(url) > LONGEST_URL:
        raise Discard(Refusal.BAD_URL, f"{url[:200]!r}… is longer than {LONGEST_URL} bytes")
    url = url.strip(EDGES)
    # Browsers read "\" as "/" before the query (WHATWG URL standard); some lists of links are written so.
    head, mark, tail = url.partition("?")
    try:
        parts = urlsplit(head.replace("\\", "/") + mark + tail)
        host, _ = (parts.hostname or "").rstrip("."), parts.port
        host = host if host.isascii() else nfc(host).encode("idna").decode()
    except ValueError as error:
        raise Discard(Refusal.BAD_URL, f"{url[:200]!r}: {error}") from None
    if parts.scheme not in _DEFAULT_PORTS or not host:
        raise Discard(Refusal.BAD_URL, f"{url[:200]!r} is no absolute http or https address")
    if _UNPRINTABLE.search(url) or "@" in parts.netloc or not re.fullmatch(r"[\w.-]+|[\da-f:.]+", host, re.A):
        raise Discard(Refusal.BAD_URL, f"{url[:200]!r} has a blank, a control character, a user or a strange host")
    return parts, host


def _origin(parts: SplitResult, host: str, site: Site | None) -> tuple[str, str, int | None]:
    """Scheme, host and port, None for the scheme's own."""
    scheme, port = "https", parts.port
    if port == _DEFAULT_PORTS[parts.scheme]:
        port = None
    if site is not None:
        home = urlsplit(site.home)
        own = home.hostname or ""
        scheme = home.scheme
        host = own if _VIEW_HOST.sub("", host) == own.removeprefix("www.") else host.removeprefix("www.")
    elif port is not None:
        scheme = parts.scheme  # a port of its own speaks one scheme only
    if port == _DEFAULT_PORTS[scheme]:
        port = None
    return scheme, host, port


def _path(raw: str) -> str:
    """The path with one spelling: no session, no empty or dot segments, percent signs only where needed."""
    if _PLAIN_PATH.fullmatch(raw):
        return raw.lower() if raw.lower().endswith(".aspx") else raw
    segments: list[str] = []
    for part in _SESSION.sub("", raw).split("/"):
        data = unquote_to_bytes(part)
        if any(byte < 0x20 or byte == 0x7F for byte in data):
            raise Discard(Refusal.BAD_URL, f"{raw[:200]!r} has a control character")
        try:
            # A blank or invisible sign at a segment's end was copied along; no page is told apart by it.
            segment = quote(nfc(data.decode()).strip(EDGES), safe=_SEGMENT_SAFE)
        except UnicodeDecodeError:
            segment = quote(data, safe=_SEGMENT_SAFE)
        if segment == "..":
            del segments[-1:]
        elif segment not in ("", "."):
            segments.append(segment)
    path = "/" + "/".join(segments)
    if raw.endswith("/") and segments:
        path += "/"
    # IIS, which serves these pages, does not tell cases apart, and the sites' own links mix them.
    return path.lower() if path.lower().endswith(".aspx") else path


def _slashed(path: str, keep: bool) -> str:
    bare = path.rstrip("/")
    return bare + "/" if keep and "." not in bare.rpartition("/")[2] else bare or "/"


def _plain_view(path: str, site: Site) -> str:
    """The article behind its AMP, print or mobile address, as far as the site's own pattern recognises it."""
    views = sum(segment in _VIEW_SEGMENTS for segment in path.split("/"))
    if views > _MOST_VIEWS or not (views or path.endswith(".amp")):
        return path
    while True:
        first, _, rest = path.strip("/").partition("/")
        before, _, last = path.strip("/").rpartition("/")
        candidates = []
        if first in _VIEW_SEGMENTS and rest:
            candidates += _endings(rest)
        if last in _VIEW_SEGMENTS and before:
            candidates += _endings(before)
        if path.endswith(".amp"):
            candidates += _endings(path.strip("/"))
        paths = (_slashed("/" + item, site.keep_slash) for item in candidates)
        plain = next((item for item in paths if re.search(site.article, item)), None)
        if plain is None:
            return path
        path = plain


def _endings(path: str) -> list[str]:
    bare = path.removesuffix(".amp")
    return [path] if bare == path else [bare + ending for ending in _AMP_ENDINGS]


def _query(raw: str, site: Site | None) -> str:
    if not raw:
        return ""
    pairs = [(name, value.strip(EDGES)) for name, value in parse_qsl(raw, errors="surrogateescape")]
    pairs = [(name, value) for name, value in pairs if value]
    if site is None:
        kept = sorted((name, value) for name, value in pairs if not TRACKING.fullmatch(name))
    else:
        spelling = {name.lower(): name for name in site.keep_query}
        first: dict[str, str] = {}
        for name, value in pairs:
            if name.lower() in spelling:
                first.setdefault(spelling[name.lower()], value)
        kept = sorted(first.items())
    return urlencode(kept, quote_via=quote, safe="-._~:/,", errors="surrogateescape")
