"""The links of a page of an unknown site, each with the place where it stands: that tells a menu's from a story's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from bs4 import BeautifulSoup, Tag

from crawler.sites import absolute
from crawler.text import nfc

Place = Literal["menu", "label", "text"]
"""menu: navigation, footer, breadcrumb, pager; label: a tag, an author, a section's name; text: anywhere else."""
_MOST = 5000  # anchors of a page that are looked at
_MENU = re.compile(
    r"(?:^|[-_\s])(?:nav|navbar|navigation|menu|mega-?menu|footer|breadcrumbs?|header-?top|topbar|pag(?:er|ing|ination)"
    r"|sitemap|thuc-?don|danh-?muc|chuyen-?muc-?(?:con|list)|crumbs?)(?:$|[-_\s\d])|(?:menu|Menu|navbar|Navbar|Footer|footer|Breadcrumb)$",
)
_LABEL = re.compile(
    r"(?:^|[-_\s])(?:tags?|tag-?list|tu-?khoa|keywords?|authors?|tac-?gia|byline|topics?|cate?(?:gory|-?name)?|share|social)"
    r"(?:$|[-_\s\d])",
    re.I,
)
_HIGHEST = 8  # containers above an anchor that tell its place
_WORD = re.compile(r"\w+")
_SUFFIX = re.compile(r"\.(?:(?:com|gov|org|net|edu)\.vn|vn|com|net|org|info|localhost)$")
_HEADLINE = 5  # words


@dataclass(frozen=True, slots=True)
class PageLink:
    """An address that a page links to, with all that its anchors say of it."""

    url: str
    """Absolute, without fragment and tracking."""
    text: str
    """The longest text of its anchors, or the title of one."""
    place: Place
    """The best of its anchors' places: text before label before menu."""
    in_menu: bool = False
    """One of its anchors at least stands in a menu."""

    @property
    def reads_like_headline(self) -> bool:
        """Whether its text is as long as a headline's."""
        return len(_WORD.findall(self.text)) >= _HEADLINE


def page_links(soup: BeautifulSoup, url: str) -> list[PageLink]:
    """The links of a page to its own site, each address once, in the order in which they first appear."""
    base = soup.select_one("base[href]")
    origin = absolute(str(base["href"]), url) or url if base is not None else url
    host = bare_host(url)
    found: dict[str, PageLink] = {}
    for anchor in soup.find_all("a", href=True, limit=_MOST):
        address = absolute(str(anchor["href"]), origin)
        if address is None or not of_host(address, host):
            continue
        text, place = _text(anchor), _place(anchor)
        in_menu = place == "menu"
        if (before := found.get(address)) is not None:
            text, in_menu = max(before.text, text, key=len), in_menu or before.in_menu
            place = max(before.place, place, key=("menu", "label", "text").index)
        found[address] = PageLink(address, text, place, in_menu)
    return list(found.values())


def alternates(soup: BeautifulSoup, url: str, kinds: str) -> Iterator[str]:
    """The addresses of the `link rel=alternate` elements whose type matches `kinds`."""
    for link in soup.find_all("link", href=True, limit=_MOST):
        rels = " ".join(link.get_attribute_list("rel")).lower() if link.get("rel") else ""
        if "alternate" in rels and re.search(kinds, str(link.get("type") or ""), re.I):
            address = absolute(str(link["href"]), url)
            if address is not None:
                yield address


def bare_host(url: str) -> str:
    """The host of an address without what says how it is shown (www., m., amp.)."""
    return re.sub(r"^(?:www|m|amp|mobile)\.", "", (urlsplit(url).hostname or "").lower())


def without_suffix(host: str) -> str:
    """A host without the suffixes under which anybody has a name: "baomau" of baomau.com.vn."""
    while (shorter := _SUFFIX.sub("", host)) != host:
        host = shorter
    return host


def of_host(url: str, host: str) -> bool:
    """Whether an address belongs to a bare host or to one below it."""
    own = bare_host(url)
    return own == host or own.endswith("." + host)


def _text(anchor: Tag) -> str:
    text = " ".join(anchor.get_text(" ").split())
    label = " ".join(str(anchor.get("title") or "").split())
    return nfc(text if len(text) >= len(label) else label)


def _place(anchor: Tag) -> Place:
    label = False
    for number, holder in enumerate((anchor, *anchor.parents)):
        if number > _HIGHEST or holder.name in ("body", "html", "[document]"):
            break
        names = f"{' '.join(holder.get_attribute_list('class'))} {holder.get('id') or ''}" if holder.attrs else ""
        if holder.name == "nav" or holder.name == "footer" or (number and holder.name == "header" and _is_top(holder)):
            return "menu"
        if names.strip():
            if _MENU.search(names):
                return "menu"
            label = label or bool(_LABEL.search(names))
    return "label" if label else "text"


def _is_top(header: Tag) -> bool:
    """Whether a header is the page's and not that of a story."""
    return header.find_parent(("article", "main", "section")) is None
