"""The tables, as the newest migration leaves them.

    sites ─┬─ sources ── links            where to look, and the addresses found there
           └─ articles ─┬─ revisions      one text each, every edit kept
                        ├─ copies         other addresses with the same text
                        └─ changes        the public record, in the order of `seq`

Titles and texts are plain columns, since people search and compare them; the rest of an `Article` is JSON in `record`.
Times that are searched or sorted are UTC; `record` keeps those of the page with their offset.

The fate of a link (`links.fate`, `Fate`); only `crawler.store.frontier` changes it:

    listed by a source of the crawl ──> PENDING ─┬─ read ──────────────> STORED ── listed as changed since ──> PENDING
                                         ^   │   │
                     a source of the crawl   a backfill                          (again PENDING or BACKFILL)
                             lists it too│   │lists it too                                  ^
                                         │   v   │                                          │ a gap is closed
    listed or guessed by a backfill ──> BACKFILL ┴─ given up for good ──> REFUSED ──────────┘

What fails for now stays where it is, with one more try and the reason. A page that was stored before goes back to
STORED where another would be REFUSED: its text stays. It stays STORED, too, when it is withdrawn.

The state of a sink (`sinks.state`, `crawler.store.sink_cursors`):

    new ─┬─ a batch is taken ────────> ok <────────────────── a batch is taken ───┐
         └─ the sink fails ──────────> the reason (`SinkReason`) <── the sink fails ─┴─ ok

A failure sets `next_try_at`, later with each in a row; a batch that is taken clears both, and moves the cursor past
its changes. A rewind moves the cursor alone and counts `replays`; a record that is set aside is passed over.
"""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    TIMESTAMP,
    BigInteger,
    Boolean,
    Column,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    Label,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.types import TypeDecorator, TypeEngine


class Fate(StrEnum):
    """What becomes of a link; as it stands in `links.fate`."""

    PENDING = "pending"  # to be read by the crawl
    BACKFILL = "backfill"  # to be read by a backfill
    STORED = "stored"  # read, and under its address there is an article or a copy
    REFUSED = "refused"  # given up


WAITING = (Fate.PENDING, Fate.BACKFILL)
"""The fates of links that are not yet read."""

ANSWERED = ("200", "304")
"""`sources.last_status` of a poll that gave an answer, if only "not modified"; else it is why there was none."""


class Plain(TypeDecorator[str]):
    """Text without what no database takes: NUL (PostgreSQL) and lone surrogates (not encodable as UTF-8)."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """The text as it is stored."""
        if value is None:
            return None
        if "\0" in value:
            value = value.replace("\0", "")
        try:
            value.encode()
        except UnicodeEncodeError:
            return value.encode("utf-8", "replace").decode()
        return value


class Instant(TypeDecorator[datetime]):
    """A point in time: timestamptz on PostgreSQL, on SQLite ISO 8601 in UTC of fixed width, which sorts as text."""

    impl = TIMESTAMP(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The column's type in this database."""
        kind: TypeEngine[Any] = Text() if dialect.name == "sqlite" else TIMESTAMP(timezone=True)
        return dialect.type_descriptor(kind)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | str | None:
        """ValueError for a time without zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no zone")
        try:
            value = value.astimezone(UTC)
        except OverflowError:
            # Portals print 01/01/0001 for "unknown", which lies before the first instant of UTC.
            value = value.replace(tzinfo=UTC)
        if dialect.name != "sqlite":
            return value
        return value.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"

    def process_result_value(self, value: datetime | str | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """An aware time in UTC."""
        if value is None:
            return None
        return datetime.fromisoformat(value) if isinstance(value, str) else value.astimezone(UTC)


# SQLite numbers a row by itself only where the type is spelled INTEGER.
Number = BigInteger().with_variant(Integer, "sqlite")

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def every(table: Table) -> list[Label[Any]]:
    """The columns of a table under the names that the code has for them: a few are called otherwise in the database."""
    return [column.label(column.key) for column in table.c]


sites = Table(
    "sites",
    metadata,
    Column("name", Plain, primary_key=True),
    Column("added_at", Instant, nullable=False),
)

sources = Table(
    "sources",
    metadata,
    Column("id", Number, primary_key=True),
    Column("url", Plain, nullable=False, unique=True),
    Column("site", Plain, ForeignKey("sites.name"), nullable=False),
    Column("etag", Plain),
    Column("last_modified", Plain),
    Column("body_hash", Plain),
    Column("checked_at", Instant),
    Column("looks", Integer, nullable=False, key="polls"),
    Column("audits", Integer, nullable=False),
    Column("lies", Integer, nullable=False),
    Column("trusted", Boolean, nullable=False),
    Column("last_status", Plain),
    Column("failures", Integer, nullable=False),
    Column("whole_at", Instant),
    Column("failing_since", Instant),
    Column("route", Plain),  # the source of the site's definition that this is a part of, with its placeholders
)

links = Table(
    "links",
    metadata,
    Column("id", Number, primary_key=True),
    Column("canonical_url", Plain, nullable=False, unique=True),
    Column("url", Plain),  # as the source wrote it; NULL when that is the canonical one
    Column("site", Plain, ForeignKey("sites.name")),
    Column("source_id", Number, ForeignKey("sources.id")),
    Column("title", Plain),
    Column("published_at", Instant),
    Column("modified_at", Instant),
    Column("found_at", Instant, nullable=False),
    Column("fetched_at", Instant),  # when the page was last read into an article; NULL before that
    Column("tries", Integer, nullable=False),
    Column("word", Plain, key="reason"),
    Column("fate", Plain, nullable=False),  # one of `Fate`
    Column("leads_to", Plain),  # the canonical address that the page itself named, when it is another
    # The last change that came by a backfill, 0 before there is one; NULL once a source of the crawl has listed it.
    Column("past", Number, key="backfill_seq"),
)
Index(
    "ix_links_pending",
    links.c.site,
    func.coalesce(links.c.published_at, links.c.modified_at, links.c.found_at),
    sqlite_where=text("fate = 'pending'"),
    postgresql_where=text("fate = 'pending'"),
)
_of_backfill = text("fate = 'backfill'")
Index("ix_links_backfill", links.c.site, sqlite_where=_of_backfill, postgresql_where=_of_backfill)

articles = Table(
    "articles",
    metadata,
    Column("id", Number, primary_key=True),
    Column("canonical_url", Plain, nullable=False, unique=True),
    Column("site", Plain, ForeignKey("sites.name")),
    Column("title", Plain, nullable=False),
    Column("published_at", Instant),
    Column("section", Plain),
    Column("kind", Plain, nullable=False),
    Column("first_seen_at", Instant, nullable=False),
    Column("revision", Integer, nullable=False),  # number and hash of the current one
    Column("content_hash", Plain, nullable=False),
    Column("withdrawn_at", Instant),
    Column("credit", Plain),
)
Index("ix_articles_newest", func.coalesce(articles.c.published_at, articles.c.first_seen_at))
Index("ix_articles_site_newest", articles.c.site, func.coalesce(articles.c.published_at, articles.c.first_seen_at))

revisions = Table(
    "revisions",
    metadata,
    Column("id", Number, primary_key=True),
    Column("article_id", Number, ForeignKey("articles.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("fetched_at", Instant, nullable=False),
    Column("content_hash", Plain, nullable=False, index=True),
    Column("title", Plain, nullable=False),
    Column("lead", Plain),
    Column("body", Plain, nullable=False),
    Column("record", Plain, nullable=False),
    UniqueConstraint("article_id", "number"),
)

copies = Table(
    "copies",
    metadata,
    Column("id", Number, primary_key=True),
    Column("article_id", Number, ForeignKey("articles.id"), nullable=False, index=True),
    Column("canonical_url", Plain, nullable=False, unique=True),
    Column("site", Plain, ForeignKey("sites.name"), index=True),
    Column("published_at", Instant),
    Column("fetched_at", Instant, nullable=False),
    Column("withdrawn_at", Instant),
    Column("content_hash", Plain, nullable=False),
    Column("title", Plain, nullable=False),
    Column("lead", Plain),
    Column("body", Plain, nullable=False),
    Column("record", Plain, nullable=False),
)

changes = Table(
    "changes",
    metadata,
    Column("seq", Number, primary_key=True, autoincrement=False),
    Column("event", Plain, nullable=False),
    Column("article_id", Number, ForeignKey("articles.id"), nullable=False, index=True),
    Column("revision", Integer),
    Column("url", Plain, nullable=False),
    Column("site", Plain),
    Column("content_hash", Plain),
    Column("at", Instant, nullable=False),
)

# The index of words (`crawler.store.search_index`) beside which the tables lie that are the database's own.
search_keys = Table(
    "search_keys",
    metadata,
    Column("key", Number, primary_key=True, autoincrement=False),
    Column("article_id", Number, ForeignKey("articles.id"), unique=True),  # NULL once another key has its place
    Column("text", Plain),  # the words of its current revision in their order; NULL with the article
)
