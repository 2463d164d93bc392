"""Which links of an unknown site's page are articles, told by the shape of their addresses and their texts.

An article's address carries a number, a date or a long slug; its link reads like a headline. One link may deceive, so
links of one shape are judged together.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol, TypeVar
from urllib.parse import parse_qsl, unquote, urlsplit

from crawler.text import unmarked


class Titled(Protocol):
    """A link with its text."""

    url: str
    headline: str
    in_menu: bool

    @property
    def title(self) -> str:
        """What it reads."""
        ...


T = TypeVar("T", bound=Titled)
_NOT_NEWS = re.compile(
    r"tags?|tu-khoa|topics?|chu-de|events?|su-kien|dong-su-kien|videos?|clips?|tv|media|multimedia|photos?|albums?|anh|thu-vien-anh|gallery"
    r"|podcasts?|audio|infographics?|e-?magazines?|mega-?story|long-?forms?|rss|feeds?|sitemap|search|tim-kiem|login|log-?in|dang-nhap|dang-ky"
    r"|register|lien-he|contact|gioi-thieu|about|quang-cao|rao-vat|ads?|views_ads|print|in-bai|author|authors|tac-gia|van-ban|vbpq|documents?"
    r"|legal-documents|hoi-dap|faq|thu-tuc-hanh-chinh|bao-in|e-?paper|an-pham|trang|page|members?|users?|profile|api|cdn|download|du-lieu"
    r"|(?:chi-tiet-)?(?:video|photo|album|anh|van-ban|chi-dao-dieu-hanh|lich-su|vb|du-thao|thu-tuc)",
    re.IGNORECASE,
)
_FILES = {
    "pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "zip", "rar", "7z", "jpg", "jpeg", "png", "gif", "webp", "svg",
    "mp3", "mp4", "rss", "xml", "js", "css", "ico", "apk", "atom",
}  # fmt: skip
_TOPIC_MARKS = {"e", "event", "tag", "topic", "t", "p", "page", "trang", "z", "ct", "cp"}
_EXTENSION = re.compile(r"\.([A-Za-z][A-Za-z0-9]{1,5})$")
_ID_BEHIND = re.compile(r"(?:^|[-_.~,])([A-Za-z]{0,12}?)([0-9]+)$")
_ID_BEFORE = re.compile(r"([0-9]{4,})[-_]")
_DATED = re.compile(r"/(?:19|20)[0-9]{2}/?(?:0[1-9]|1[0-2])(?:/|$)|/(?:19|20)[0-9]{2}/[0-9]{1,2}/")
_QUERY_ID = re.compile(r"d?docname|.*id|.*newsid|post|article|news|wcm_global_context", re.IGNORECASE)
_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_FOLDER_ID = re.compile(r"[0-9]{4,}(?:[a-z][0-9]+)*")  # 110592, 110592p31c171: with its part and category
_WORD = re.compile(r"\w+")
_TOKEN = re.compile(r"[a-z0-9]+")
_LONG = 6  # words of a headline that no name of a section has
_CERTAIN_ID = 5  # digits; sections and topics have fewer
_FEW, _MANY = 3, 5  # headlines of one shape: below the first it is no list, from the second on surely one


@dataclass(frozen=True, slots=True)
class Shape:
    """What the addresses of one CMS have in common."""

    form: str
    """How the number stands: "-" or the letters before it, "/" for a segment of its own, "/" and the segment before a
    GUID, "before" or "folder" for its place, "date", "?" and the parameter's name; "" for none."""
    certain: bool
    """The number is long enough to count articles, or is a date."""
    depth: int
    ending: str
    folder: str
    """The folder, where the last segment says nothing."""


@dataclass(slots=True)
class HeadlineCount:
    """Links, and how many of them read like headlines."""

    headlines: int = 0
    links: int = 0

    def count(self, headline: bool) -> None:
        """One more link."""
        self.headlines += headline
        self.links += 1


def articles(links: Iterable[T], page_url: str) -> list[T]:
    """The links, in order, that lead to articles of the page's own site."""
    host = _site_host(page_url)
    described = [(link, *found) for link in links if (found := _describe(link.url, host, page_url))]
    groups: defaultdict[Shape, HeadlineCount] = defaultdict(HeadlineCount)
    folders: defaultdict[tuple[str, Shape], HeadlineCount] = defaultdict(HeadlineCount)
    for link, shape, slug in described:
        headline = _reads_like_headline(link, slug)
        groups[shape].count(headline)
        if not link.in_menu:
            folders[_folder(link.url), shape].count(headline)
    # Where articles are numbered, long links without such a number are topics and notices, unless of the same folder.
    numbered = max(
        (group.headlines for shape, group in groups.items() if shape.certain and not shape.folder), default=0
    )
    homes = {(_folder(link.url), shape.ending) for link, shape, _ in described if shape.certain and _folder(link.url)}
    return [
        link
        for link, shape, slug in described
        if (
            shape.certain
            or numbered < max(_MANY, groups[shape].headlines)
            or (_folder(link.url), shape.ending) in homes
        )
        and _is_article(link, shape, slug, groups[shape], folders[_folder(link.url), shape])
    ]


def _is_article(link: Titled, shape: Shape, slug: list[str], group: HeadlineCount, folder: HeadlineCount) -> bool:
    """`group` counts the links of the same shape, `folder` those of them in the same folder and in no menu."""
    words, headline = _count(link.title), _reads_like_headline(link, slug)
    numerous = group.headlines >= _FEW
    if shape.folder:
        return numerous and group.headlines * 2 >= group.links and headline
    if shape.certain:
        if group.headlines * 2 >= group.links:
            return True
        return headline and words >= _LONG and _matches(link.title, slug)
    if shape.form:
        return numerous and group.headlines * 2 >= group.links and (headline or (words >= 4 and not link.in_menu))
    if not numerous or link.in_menu:
        return False
    # Without a number only the words speak: those of the whole folder, or of a link that no menu would carry.
    if folder.headlines >= _MANY and folder.headlines * 5 >= folder.links * 3:
        return words >= 4
    return headline and len(slug) >= _LONG and folder.headlines * 3 >= folder.links and _matches(link.title, slug)


def _reads_like_headline(link: Titled, slug: list[str]) -> bool:
    words = _count(link.title)
    if slug and len(slug) < 4:
        return False
    return words >= _LONG or (words >= 4 and bool(link.headline) and not link.in_menu)


def _count(title: str) -> int:
    return len(_WORD.findall(title))


def _describe(url: str, host: str, page_url: str) -> tuple[Shape, list[str]] | None:
    """Shape and slug of an address; None when it cannot be an article of the site."""
    parts = urlsplit(url)
    own = _site_host(url)
    segments = [segment for segment in parts.path.split("/") if segment]
    if not (own == host or own.endswith("." + host)) or not (segments or parts.query):
        return None
    if (parts.path, parts.query) == urlsplit(page_url)[2:4]:
        return None
    last = unquote(segments[-1]) if segments else ""
    extension = _EXTENSION.search(last)
    ending = extension[1].lower() if extension else ""
    stem = last[: extension.start()] if extension else last
    if ending in _FILES or any(_NOT_NEWS.fullmatch(unquote(segment)) for segment in (*segments[:-1], stem)):
        return None
    if own != host and _NOT_NEWS.fullmatch(own.removesuffix("." + host)):
        return None
    form, certain, slug = _number(stem, segments, parts.path, parts.query)
    if form in _TOPIC_MARKS:
        return None
    folder = "/".join(segments) or "/" if form.startswith("?") else ""
    return Shape(form, certain, len(segments), ending, folder), slug


def _number(stem: str, segments: list[str], path: str, query: str) -> tuple[str, bool, list[str]]:
    """Form and certainty of the number that names the page, and the words of its slug."""
    slug_of = stem if not stem.isdigit() and len(stem) > 3 else segments[-2] if len(segments) > 1 else ""
    slug = _tokens(unquote(slug_of))
    if stem.isdigit():
        return "/", len(stem) >= _CERTAIN_ID, slug
    behind = _ID_BEHIND.search(stem)
    if behind and (len(behind[2]) >= _CERTAIN_ID or (behind[1] and len(slug) > 1)):
        return "-" + behind[1].lower() if not behind[1] else behind[1].lower(), len(behind[2]) >= 4, slug[:-1]
    if _ID_BEFORE.match(stem):
        return "before", True, slug[1:]
    if _DATED.search(path):
        return "date", True, slug
    for place, segment in enumerate(segments):
        if place and _GUID.fullmatch(segment):
            return "/" + segments[place - 1].lower(), True, []
        if segment is not segments[-1] and _FOLDER_ID.fullmatch(segment):
            return "folder", True, slug
    for name, value in parse_qsl(query):
        if _QUERY_ID.fullmatch(name) and re.search(r"[0-9]{3,}", value):
            return "?" + name.lower(), True, []
    if behind and len(behind[2]) > 1 and len(slug) > 1:
        return "", False, slug[:-1]
    return "", False, slug


def _matches(title: str, slug: list[str]) -> bool:
    """Whether the slug was made from the title: it shares more than half of its words."""
    if not slug:
        return True
    words = set(_tokens(title))
    return sum(token in words for token in slug) * 2 >= len(slug)


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(unmarked(text.lower().replace("đ", "d")))


def _folder(url: str) -> str:
    return urlsplit(url).path.rstrip("/").rpartition("/")[0]


def _site_host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")
