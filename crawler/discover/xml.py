"""XML as sites serve it, mended until a strict parser can read it.

Met in the field: text before the declaration, control characters, bare ampersands, HTML's entities, a bare "<". A
document that declares entities of its own is refused, whatever they expand to: no feed or sitemap needs them.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import Literal

from lxml import etree

from crawler.errors import Discard, Refusal
from crawler.text import unescape

LIMIT = 50_000
"""Entries of one file, by the sitemap protocol; what stands behind them is not read."""
XmlRoot = Literal["feed", "sitemap", "index"]
"""What the root element makes of a document that is one of ours."""
_ROOTS: dict[str, XmlRoot] = {
    "rss": "feed", "rdf": "feed", "feed": "feed", "channel": "feed", "urlset": "sitemap", "sitemapindex": "index",
}  # fmt: skip
_FIRST_TAG = re.compile(
    r"<(?:[\w.-]{1,20}:)?(?P<name>rss|rdf|feed|channel|urlset|sitemapindex|html|head|body)(?=[\s>/])|<!doctype\s+(?P<type>html)",
    re.IGNORECASE,
)
# A feed whose declaration stands behind another document: an advertisement's frame, a warning of the server's.
_DECLARED_ROOT = re.compile(
    r"<\?xml\s[^<>]{0,200}\?>\s*(?:<\?[^<>]{0,500}\?>\s*){0,5}(?=<(?:[\w.-]{1,20}:)?(?:rss|rdf|feed|urlset|sitemapindex)[\s>])",
    re.IGNORECASE,
)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_CDATA = re.compile(r"(<!\[CDATA\[.*?(?:\]\]>|\Z))", re.DOTALL)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f￾￿\ud800-\udfff]")
_STRAY = re.compile(r"&(?P<name>[A-Za-z][A-Za-z0-9]{1,30};|#[0-9]{1,7};|#[xX][0-9A-Fa-f]{1,6};)?|<(?![A-Za-z_/!?])")
_CDATA_MARK = re.compile(r"<!\[CDATA\[|\]\]>")  # in a text: a section that was escaped, or stands in another
_BREAKS = re.compile(r"[\r\n\t]+")
_REFERENCE = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_ESCAPED = re.compile(r"&lt;(?:\?xml\b|(?:[\w.-]{1,20}:)?(?:rss|rdf|feed|urlset|sitemapindex)(?=[\s&]))", re.IGNORECASE)
_XML_NAMES = {"amp;", "lt;", "gt;", "quot;", "apos;"}
_END = re.compile(
    r"</(?:[\w.-]{1,20}:)?(?:rss|rdf|feed|channel|urlset|sitemapindex)\s*>|<(?:urlset|sitemapindex)[^<>]*/>", re.I
)
_TAIL = 4096  # characters at the end of a document in which its end tag stands, whatever a CMS writes behind it
_ENTRY = re.compile(r"<(?:item|entry|url|sitemap)[\s>]", re.IGNORECASE)
# Where the markup of the document proper begins: junk and a declaration before it are dropped.
_HEAD = 65536


def root(text: str) -> XmlRoot | Literal["html"] | None:
    """What the first telling tag makes of `text`; None when there is none near its beginning."""
    match = _first_tag(_uncommented(text[:_HEAD]))
    if not match:
        return None
    return _ROOTS.get((match["name"] or match["type"]).lower(), "html")


def parse(text: str) -> etree._Element:
    """The root element of a feed or sitemap; no entity is expanded and nothing is fetched.

    Raises `Discard`: ENTITY_BOMB when entities are declared, UNREADABLE when nothing is left after mending.
    """
    text = _uncommented(text)
    start = _first_tag(text)
    prolog = text[: start.start()] if start else text
    if "<!ENTITY" in prolog.upper():
        raise Discard(Refusal.ENTITY_BOMB, "the document declares entities of its own")
    behind = next(islice(_ENTRY.finditer(text), LIMIT, None), None)
    text = text[len(prolog) : behind.start() if behind else None]
    if not _END.search(text[-_TAIL:]):
        text = text[: text.rfind(">") + 1]  # half an address is none
    pieces = _CDATA.split(_CONTROL.sub("", text))
    pieces[::2] = [_STRAY.sub(_mended, piece) for piece in pieces[::2]]
    if len(pieces) > 1 and not pieces[-2].endswith("]]>"):
        pieces[-2] += "]]>"
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, encoding="utf-8"
    )
    try:
        tree = etree.fromstring("".join(pieces).encode(), parser)
    except etree.XMLSyntaxError as error:
        raise Discard(Refusal.UNREADABLE, str(error)) from None
    if tree is None:
        raise Discard(Refusal.UNREADABLE, "no element could be read")
    return tree


def _first_tag(text: str) -> re.Match[str] | None:
    declared = _DECLARED_ROOT.search(text, 0, _HEAD) if "<?xml" in text[:_HEAD] else None
    return _FIRST_TAG.search(text, declared.end() if declared else 0)


def cut_off(text: str) -> bool:
    """Whether a feed or sitemap ends before its end, or lists more than is read of it."""
    return not _END.search(text[-_TAIL:]) or next(islice(_ENTRY.finditer(text), LIMIT, None), None) is not None


def local(element: etree._Element) -> tuple[str, str]:
    """Namespace (or undeclared prefix) and local name in lower case; two empty strings for comments and the like."""
    tag = element.tag
    if not isinstance(tag, str):
        return "", ""
    space, _, name = tag.rpartition("}") if tag[0] == "{" else tag.rpartition(":")
    return space.lstrip("{"), name.lower()


def text_of(element: etree._Element | None) -> str:
    """All text under `element`, white space collapsed."""
    return "" if element is None else " ".join(str(element.xpath("string()")).split())


def wrapped(text: str) -> str | None:
    """The feed or sitemap that stands escaped in `text`: in the <string> of a service, in the <pre> of a page."""
    if (start := _ESCAPED.search(text, 0, _HEAD)) is None:
        return None
    inner = unescape(text[start.start() :])
    return inner if _ENTRY.search(inner) else None  # a page that tells how a feed begins has none


def plain(text: str) -> str:
    """A text without the marks of a CDATA section that were taken for part of it."""
    return _CDATA_MARK.sub("", text) if "CDATA" in text else text


def address(text: str) -> str:
    """An address as it was meant: on one line, and its references undone.

    These end in a semicolon: "&copy=1" is a parameter, though HTML reads "&copy" as a sign of its own.
    """
    text = "".join(part.strip() for part in _BREAKS.split(plain(text)))
    return _REFERENCE.sub(lambda match: unescape(match[0]), text) if "&" in text else text


def _uncommented(text: str) -> str:
    """Without the comments of the prolog, which may quote tags."""
    return _COMMENT.sub("", text[:_HEAD]) + text[_HEAD:]


def _mended(match: re.Match[str]) -> str:
    name = match["name"]
    if name is None:
        return "&amp;" if match[0] == "&" else "&lt;"
    if name in _XML_NAMES:
        return match[0]
    char = unescape("&" + name)
    if char.startswith("&") and len(char) > 1:  # no entity of HTML: the ampersand stands for itself
        return "&amp;" + name
    return {"&": "&amp;", "<": "&lt;", ">": "&gt;"}.get(char, _CONTROL.sub("", char))
