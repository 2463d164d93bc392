"""What the store gives and takes beside `Article`, `Link` and `Change`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from crawler.items import Article, Change, Event, Kind, Link


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """What is remembered of a feed, sitemap or listing between two polls; changed with `dataclasses.replace`."""

    url: str
    site: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    """Validators of the last full answer, as the server spelled them."""
    body_hash: str | None = None
    """Hash of the last full answer, against which an audit checks the validators."""
    checked_at: datetime | None = None
    """The last poll, whatever came of it."""
    polls: int = 0
    audits: int = 0
    """Polls that asked without validators to see whether these tell the truth."""
    lies: int = 0
    """Audits that found a new body behind unchanged validators."""
    trusted: bool = True
    """Whether a conditional request may be sent."""
    last_status: str | None = None
    """What came of the last poll: the HTTP status, or a reason of `Refusal`."""
    failures: int = 0
    """Polls in a row that failed."""
    failing_since: datetime | None = None
    """The first of the polls in a row that failed."""
    whole_at: datetime | None = None
    """The last answer that was neither cut off nor a 304."""
    route: str | None = None
    """The source of the site's definition that this is a shard, child or page of; None for what no definition names."""


@dataclass(frozen=True, slots=True)
class SourceSaved:
    """What the poll of a source brought."""

    first: tuple[Link, ...]
    """Links that the source lists for the first time."""
    new: int
    """How many of them nobody had listed before."""
    gap: bool
    """Whether the source showed nothing of what it had shown before, so that some of it may never have been seen."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a page: its change, the article that it belongs to, and the revision that it made."""

    event: Event | None
    """None when nothing was new."""
    article_id: int
    """For a copy, the article that it copies."""
    revision: int | None
    """For `created` and `revised`, the number of the new revision; else None."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleRow:
    """An article as a list shows it; times in UTC."""

    id: int
    canonical_url: str
    site: str | None
    title: str
    published_at: datetime | None
    section: str | None
    kind: Kind
    first_seen_at: datetime
    revision: int
    """Number of the current revision, from 1."""
    content_hash: str
    withdrawn_at: datetime | None
    credit: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionRow:
    """One text that an article has had; the text itself comes from `Store.revision`."""

    number: int
    title: str
    content_hash: str
    fetched_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyRow:
    """Another address with the text of an article."""

    canonical_url: str
    site: str | None
    title: str
    published_at: datetime | None
    fetched_at: datetime
    withdrawn_at: datetime | None
    content_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredArticle:
    """All that the store holds of an article."""

    row: ArticleRow
    article: Article
    """The current revision."""
    revisions: tuple[RevisionRow, ...]
    """Oldest first."""
    copies: tuple[CopyRow, ...]
    changes: tuple[Change, ...]
    """In the order of `seq`, those of its copies among them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPage:
    """The current text of one page, be it an article or a copy of one."""

    article: Article
    fetched_at: datetime
    """Of the answer from which this text was read."""
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class PageRow:
    """A page of a story, as a list shows it."""

    article_id: int
    """The article that it is, or of which it is an exact copy."""
    canonical_url: str
    site: str | None
    title: str
    at: datetime
    """Published or, where that is unknown, first read; in UTC."""


@dataclass(frozen=True, slots=True)
class StoryRow:
    """A story as a list shows it."""

    id: int
    """Of its articles the one stored first; the number of any other leads to the story too."""
    pages: tuple[PageRow, ...]
    """In the order of publication."""


@dataclass(frozen=True, slots=True)
class LookAlike:
    """An article that shares most of its words with a story and is not of it, and what tells it apart."""

    article_id: int
    canonical_url: str
    title: str
    at: datetime
    because: str | None
