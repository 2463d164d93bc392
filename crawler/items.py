"""What moves through the crawler: links, articles, changes."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, Literal

from crawler.errors import Refusal

Kind = Literal["article", "photo", "video", "podcast", "infographic", "emagazine", "interview", "live"]
Precision = Literal["second", "minute", "day"]
Event = Literal["created", "revised", "withdrawn", "restored", "copied"]
Purpose = Literal["look", "article", "revisit", "audit", "backfill"]
"""To which share of a site's day a request counts. The store keeps these words; "look" is a poll of a source."""
FALLBACK = "fallback"
"""`Article.layout` of a page that was read by what stands in when its layout did not fit."""
DENSITY = "density"
"""`Article.layout` of a page of a site without a layout: it was read by the density of its text."""
LONGEST_URL = 2000
"""Bytes of an address; browsers and servers take no longer ones for granted, PostgreSQL indexes no value over 2,704."""


def _written(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


_TIME = {"serializer": _written}
"""How Scrapy's exporters write a time: with its offset, as `to_dict`."""


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
    canonical_url: str | None = None
    """The one address of what it leads to, as `discover` told it by the rules of the site; None for what nobody has
    judged, and for an address that is none."""


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
    credit: str | None = None
    """The stated source, as "TTXVN" or "TTXVN/VOV", never one of the authors; no part of the content hash. The
    publisher's own name only where the page states no other; None when it states none."""
    published_at: datetime | None = field(default=None, metadata=_TIME)
    """With offset; a time without zone is +07:00; None when unknown."""
    modified_at: datetime | None = field(default=None, metadata=_TIME)
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
    """Name of the layout that read the page, "fallback" or "density"."""

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON: times as ISO 8601, tuples as lists."""
        row: dict[str, Any] = {name: getattr(self, name) for name in FIELDS}
        for name in ("published_at", "modified_at"):
            row[name] = _written(row[name])
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
    """When it was noticed, in UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingLink:
    """An address that was found and not yet read."""

    canonical_url: str
    url: str
    """As the source wrote it; this is what is asked for."""
    site: str | None
    source: str | None
    """The address of the feed, sitemap or listing that gave it first."""
    title: str | None
    published_at: datetime | None
    modified_at: datetime | None
    """What the source says of it, in UTC; None when it says nothing."""
    found_at: datetime
    fetched_at: datetime | None
    """When it was read before, if this is a revisit."""
    tries: int
    reason: Refusal | None
    """Why the last try gave nothing."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request of ours is for, as its `meta["asked"]`; only robots.txt is asked without one."""

    what: Literal["article", "source", "page"]
    """An article of the site, one of its feeds, sitemaps and lists, or any page that a person wants to see."""
    purpose: Purpose = "look"
    link: PendingLink | None = None
    """Of an article, the link that leads to it."""


@dataclass(frozen=True, slots=True)
class Download:
    """What a site answered, after redirects and decompression."""

    url: str
    status: int
    content_type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Fetched:
    """An article as read, with the link that led to it."""

    article: Article
    link: PendingLink
    at: datetime
