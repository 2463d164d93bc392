"""What a page states of its article beside the text and its times: names, section, tags, address, kind.

The visible parts come first, the metadata (Open Graph, JSON-LD and the looser `meta` names) where these are silent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

from crawler.errors import Discard
from crawler.extract.by_layout import Parts
from crawler.extract.byline import names
from crawler.extract.linked_data import Thing, is_of_type
from crawler.extract.page import Page, plain, tidy
from crawler.items import Kind
from crawler.sites import Site, canonical, judge, kind_by_address

_LABELS: dict[str, Kind] = {
    "ảnh": "photo", "photo": "photo", "video": "video", "clip": "video", "podcast": "podcast", "audio": "podcast",
    "infographic": "infographic", "inforgraphic": "infographic", "emagazine": "emagazine", "e-magazine": "emagazine",
    "megastory": "emagazine", "trực tiếp": "live", "live": "live",
}  # fmt: skip
_LABEL = re.compile(rf"^\s*[\[(]?\s*({'|'.join(_LABELS)})\s*[\])|:]", re.I)
_OFFICE = re.compile(
    r"(?:báo|bộ|sở|cục|chi cục|tổng cục|vụ|tạp chí|trung tâm|văn phòng|[uủ][yỷ] ban|ubnd|hđnd|công an|cổng"
    r"|đài (?:phát thanh|truyền hình|pt)|ban (?:biên tập|thư ký|quản lý|quản trị|tuyên giáo|tổ chức|dân vận|nội chính)"
    r"|phòng (?:văn hóa|nông nghiệp|giáo dục|nội vụ|tin)|trang (?:tin|thông tin|web)|admin|administrator|super user"
    r"|bbt|website)\b",
    re.I,
)
"""What opens the name of an office, and of no person: Trường Sơn, Ban Mai and Đài Trang are pen names."""


def own_names(page: Page, site: Site | None) -> tuple[str, ...]:
    """How the publisher calls itself: by its host, its metadata and its site's definition."""
    host = urlsplit(page.url).hostname or ""
    short = host.removeprefix("www.")
    stated = page.meta_first("og:site_name", "copyright", "source")
    return tuple(
        name
        for name in (host, short, short.split(".")[0], stated, *((site.publisher, *site.names) if site else ()))
        if name
    )


def stated_authors(page: Page, own: tuple[str, ...]) -> tuple[str, ...]:
    """Persons whom the metadata name, where no byline does."""
    for lines in (_persons(page), page.meta("article:author", "dable:author")):
        found = dict.fromkeys(name for line in lines if "://" not in line for name in names(line, own))
        if any(" " in name or name.isupper() for name in found):
            return tuple(found)
    return ()


def _persons(page: Page) -> list[str]:
    """Names of the article's authors in the linked data, or of who made it; no office is one."""
    known = {str(thing["@id"]): thing for thing in page.linked_data if "@id" in thing and "name" in thing}
    for key in ("author", "creator"):
        stated = (plain(name) for name in _names_of(page.news.get(key), known))
        if found := [text for text in stated if text and "://" not in text and not _OFFICE.match(text)]:
            return found
    return []


def _names_of(author: Any, known: dict[str, Thing], depth: int = 4) -> Iterator[Any]:
    """The names in what stands for an author: objects, bare names, references to objects `known` by their `@id`, lists
    of these, and roles, which hold the author once more."""
    if isinstance(author, list):
        for one in author if depth else ():
            yield from _names_of(one, known, depth - 1)
    elif isinstance(author, dict):
        author = author if "name" in author else known.get(str(author.get("@id")), author)
        if is_of_type(author, "organization"):
            return
        if depth and "author" in author:
            yield from _names_of(author["author"], known, depth - 1)
        given = " ".join(filter(None, (plain(author.get("familyName")), plain(author.get("givenName")))))
        name = author.get("name") or given
        yield from name if isinstance(name, list) else [name]
    elif isinstance(author, str):
        yield known[author]["name"] if author in known else author


def stated_section(page: Page, title: str) -> str | None:
    """Last of the BreadcrumbList, else the section that the metadata name."""
    for item in page.linked_data:
        elements = item.get("itemListElement")
        if item.get("@type") == "BreadcrumbList" and isinstance(elements, list):
            found = [_crumb(element) for element in elements if isinstance(element, dict)]
            found = [text for text in found if text and text not in (title, "Trang chủ")]
            if found:
                return found[-1]
    stated = page.news.get("articleSection")
    named = [plain(text) for text in (stated if isinstance(stated, list) else [stated])]
    return page.meta_first("articlesection", "article:section") or next(filter(None, reversed(named)), None)


def _crumb(element: dict[str, Any]) -> str:
    inner = element.get("item")
    return plain(element.get("name") or (inner.get("name") if isinstance(inner, dict) else None))


def tags(page: Page, shown: Iterable[str]) -> tuple[str, ...]:
    """The `shown` tag bar, else the metadata's list that has more than one tag; each tag once."""
    texts = list(shown)
    if any(text.startswith("#") for text in texts):
        texts = [text for text in texts if text.startswith("#")]
    if not texts:
        listed = [page.meta(key) for key in ("article:tag", "news_keywords", "keywords")]
        split = [[tag for value in values for tag in re.split(r"[,;]", value)] for values in listed]
        texts = next((tags for tags in split if len(tags) > 1), next((tags for tags in split if tags), []))
    clean = (tidy(text).strip("#,; ") for text in texts)
    return tuple({tag.casefold(): tag for tag in clean if tag}.values())


def canonical_url(page: Page, url: str, site: Site | None) -> str:
    """The page's own word for its address where that is an article's of the same host, else `url`.

    A page of a known site is believed only by its link element: og:url is cut short or names the home page on some.
    """
    asked = canonical(url, site)
    link = page.tree.head.css_first("link[rel=canonical]") if page.tree.head is not None else None
    stated = [link.attributes.get("href") if link is not None else None]
    for address in stated if site else [*stated, page.meta_first("og:url")]:
        if address == url:
            return asked
        try:
            found = canonical(page.absolute(address) or "", site)
        except Discard:
            continue
        parts = urlsplit(found)
        if (
            parts.hostname == urlsplit(asked).hostname
            and len(parts.path) > 1
            and not (site and judge(found, site).refused)
        ):
            return found
    return asked


def kind_of(page: Page, url: str, parts: Parts, *, picture_story: bool) -> Kind:
    """The kind: by what the title or address is labelled, by the blocks of the page, by text only in captions."""
    if match := _LABEL.match(parts.title):
        return _LABELS[match[1].lower()]
    if (said := kind_by_address(url)) != "article":
        return said
    if is_of_type(page.news, "liveblogposting"):
        return "live"
    if any(item.get("@type") == "VideoObject" and plain(item.get("name")) == parts.title for item in page.linked_data):
        return "video"
    marks = parts.layout.marks if parts.layout else ()
    if marks and page.tree.css_first(", ".join(css for _, css in marks)) is not None:  # as on few pages
        return next(kind for kind, css in marks if page.tree.css_first(css) is not None)
    return "photo" if picture_story else "article"
