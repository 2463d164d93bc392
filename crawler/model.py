"""What moves through the crawler: links, articles, changes, and the words of failure.

ThoisuError                  every error this package raises on purpose
├── BadSite                  a site's definition contradicts itself (raised at import)
├── BadInput                 a user's file, URL or option cannot be used (one line, exit code 2)
├── StoreFailed(word, detail)  the database refuses: disk full, read-only, locked, damaged, out of reach
└── Refused(word, detail)    a page or address that is not taken, by one of the words of `Refusal`
    ├── Discard              expected: not an article, out of scope; counted and forgotten
    ├── Retry                may pass on another day: time-outs, 429, 5xx
    └── Quarantine           an article whose required field is missing; the page is kept for repair
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

Kind = Literal["article", "photo", "video", "podcast", "infographic", "emagazine", "interview", "live"]
Precision = Literal["second", "minute", "day"]
Event = Literal["created", "revised", "withdrawn", "restored", "copied"]
LONGEST_URL = 2000
"""Bytes of an address; browsers and servers take no longer ones for granted, PostgreSQL indexes no value over 2,704."""
StoreWord = Literal["disk_full", "read_only", "locked", "damaged", "unreachable", "failed"]


class Refusal(StrEnum):
    """Why something was not taken. The words are the names of the stats and part of the output."""

    NO_SITE = "no_site"  # no spider takes this host
    OTHER_SITE = "other_site"  # a link that leaves the site
    NOT_ARTICLE = "not_article"  # a page of the site whose address is not an article's
    SECTION = "section"  # a section or home page
    TOPIC = "topic"  # a topic, tag or event page
    PRINT_EDITION = "print_edition"  # an issue of the printed paper
    MEDIA = "media"  # a player or gallery page without text
    DOCUMENT = "document"  # a file or a legal document's record
    BAD_URL = "bad_url"  # not an absolute http or https address
    ROBOTS = "robots"  # forbidden by robots.txt
    PRIVATE_ADDRESS = "private_address"  # names or leads to an address inside a network
    REDIRECTED = "redirected"  # too many redirects, or a redirect that leaves the site
    NOT_FOUND = "not_found"  # 404
    GONE = "gone"  # 410
    SOFT_404 = "soft_404"  # says 200 and shows an error page
    CHALLENGE = "challenge"  # a cookie, script or captcha wall
    FORBIDDEN = "forbidden"  # 401, 403, 451
    RATE_LIMITED = "rate_limited"  # 429
    OVER_BUDGET = "over_budget"  # the requests that the site gets a day are spent; it waits for tomorrow
    SERVER_ERROR = "server_error"  # 5xx, or a status nobody expects
    UNREACHABLE = "unreachable"  # no DNS, no connection, broken TLS
    TIMEOUT = "timeout"  # no whole answer in time
    TOO_LARGE = "too_large"  # over the limit before or after decompression
    NOT_SAVED = "not_saved"  # a replay that has no such page
    NOT_HTML = "not_html"  # an image, a PDF, binary data
    UNREADABLE = "unreadable"  # bytes or markup that cannot be read
    HTML_FOR_FEED = "html_for_feed"  # HTML where a feed or sitemap should be
    HOME_FEED = "home_feed"  # a section's feed that carries the home feed
    EMPTY_SOURCE = "empty_source"  # a feed, sitemap or list without entries
    CUT_OFF = "cut_off"  # a feed or sitemap that ends in its middle; what it lists up to there is taken
    ENTITY_BOMB = "entity_bomb"  # XML that declares entities of its own
    UNFINISHED = "unfinished"  # a run asked for it and ended, or was killed, before it was read
    NO_TITLE = "no_title"  # an article without a headline to be found
    NO_BODY = "no_body"  # an article without a text to be found


class ThoisuError(Exception):
    """Every error this package raises on purpose."""


class BadSite(ThoisuError):
    """A site's definition contradicts itself; the message says what to mend."""


class BadInput(ThoisuError):
    """Something the user gave cannot be used; the message is the one line they see."""


class StoreFailed(ThoisuError):
    """The database could not do it, and did nothing of it: `word` says why, `detail` is what it said itself."""

    def __init__(self, word: StoreWord, detail: str) -> None:
        super().__init__(f"{word}: {detail}")
        self.word = word
        self.detail = detail


class Refused(ThoisuError):
    """A page or address that is not taken: `word` from `Refusal`, `detail` for a person."""

    def __init__(self, word: Refusal, detail: str = "") -> None:
        super().__init__(f"{word}: {detail}" if detail else str(word))
        self.word = word
        self.detail = detail


class Discard(Refused):
    """Expected: counted, named, forgotten."""


class Retry(Refused):
    """May pass on another day."""


class Quarantine(Refused):
    """An article whose required field is missing; its page is kept."""


@dataclass(frozen=True, slots=True)
class Link:
    """A pointer to an article, as a feed, sitemap or listing gave it."""

    url: str
    """Absolute address as the source wrote it, https where the site speaks https."""
    title: str | None = None
    published_at: datetime | None = None
    """When the source says it was published, with offset; None when it does not say."""
    modified_at: datetime | None = None
    """A sitemap's lastmod or a feed's updated: a hint that the page changed, never its publication."""
    refused: Refusal | None = None
    """Why it is not taken; None when it is."""


@dataclass(frozen=True, slots=True)
class Image:
    """A picture of the article."""

    url: str
    """Absolute address of the largest version that the page names."""
    caption: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """What a page says. Texts are NFC and trimmed, otherwise as the page has them."""

    url: str
    """As fetched."""
    canonical_url: str
    """The one address of the article: no tracking, AMP or session parts."""
    site: str | None
    """The spider's name; None when no spider takes the host."""
    title: str
    lead: str | None
    """The sapo, without the dateline; None when the page marks none."""
    body: str
    """One paragraph a line: also sub-headings, list items and note boxes; no caption, byline or related link."""
    dateline: str | None = None
    """The wire's mark that opened the lead: "(Chinhphu.vn)", "NDO", "TTXVN"."""
    authors: tuple[str, ...] = ()
    """Names or desks as signed, without the paper or agency behind them."""
    published_at: datetime | None = None
    """With offset; a time without zone is +07:00; None when unknown."""
    modified_at: datetime | None = None
    """As `published_at`; None when the page gives none, never guessed from it."""
    published_precision: Precision | None = None
    """What the page gave; a date alone is midnight with precision "day"."""
    published_raw: str | None = None
    """The words from which `published_at` was read."""
    section: str | None = None
    """Last of the breadcrumb."""
    tags: tuple[str, ...] = ()
    kind: Kind = "article"
    images: tuple[Image, ...] = ()
    documents: tuple[str, ...] = ()
    """Legal instruments named in lead and body, as written, in order of first mention."""
    content_hash: str
    """`v1:` and the SHA-256 of the normal form of lead and body."""
    layout: str
    """Name of the layout that read the page, or "fallback"."""

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON: times as ISO 8601, tuples as lists."""
        row: dict[str, Any] = {name: getattr(self, name) for name in FIELDS}
        for name in ("published_at", "modified_at"):
            row[name] = row[name].isoformat() if row[name] else None
        for name in ("authors", "tags", "documents"):
            row[name] = list(row[name])
        row["images"] = [{"url": image.url, "caption": image.caption} for image in self.images]
        return row

    @classmethod
    def from_dict(cls, row: dict[str, Any]) -> Article:
        """The inverse of `to_dict`; unknown keys are an error (TypeError)."""
        row = dict(row)
        for name in ("published_at", "modified_at"):
            row[name] = datetime.fromisoformat(row[name]) if row.get(name) else None
        row["images"] = tuple(Image(**image) for image in row.get("images", ()))
        for name in ("authors", "tags", "documents"):
            row[name] = tuple(row.get(name, ()))
        return cls(**row)


FIELDS: tuple[str, ...] = tuple(field.name for field in fields(Article))


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One row of the public record, in the order in which it was written."""

    seq: int
    event: Event
    article_id: int
    revision: int | None
    """The revision that a `created` or `revised` made; None otherwise."""
    url: str
    """The page that caused it: for `copied`, the copy."""
    site: str | None
    content_hash: str | None
    at: datetime
