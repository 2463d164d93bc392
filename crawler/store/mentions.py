"""Which articles name which legal documents: "336/2025/NĐ-CP", "85/NQ-CP".

    documents ── mentions    a row for each article whose current revision names the document

All of it follows from the articles. The functions that write run inside one writing transaction that holds the
article's page (`crawler.store.subjects`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Index,
    PrimaryKeyConstraint,
    Table,
    and_,
    delete,
    func,
    or_,
    select,
)

from crawler.store.schema import Instant, Number, Plain, metadata
from crawler.text import search_form

MOST = 100
"""Documents that are noted of one article; who names more prints a list of them."""
_LONGEST = 200  # characters of a document's name

documents = Table(
    "documents",
    metadata,
    Column("id", Number, primary_key=True),
    Column("key", Plain, nullable=False, unique=True),  # the search form of the name
    Column("name", Plain, nullable=False),  # as it was written first
    Column("last_at", Instant, nullable=False),  # of the newest article that has named it
)
Index("ix_documents_last_at", documents.c.last_at, documents.c.id)

mentions = Table(
    "mentions",
    metadata,
    Column("document_id", Number, ForeignKey("documents.id"), nullable=False),
    Column("article_id", Number, ForeignKey("articles.id"), nullable=False, index=True),
    Column("at", Instant, nullable=False),  # the article's publication or, without a time, its first fetch
    PrimaryKeyConstraint("document_id", "article_id"),
)
Index("ix_mentions_document_id_at", mentions.c.document_id, mentions.c.at, mentions.c.article_id)

# Each article needs it, so it goes past SQLAlchemy's compiler.
_NAMED = (
    "INSERT INTO documents (key, name, last_at) VALUES {rows} ON CONFLICT (key) DO UPDATE "
    "SET last_at = {latest}(documents.last_at, excluded.last_at) RETURNING id"
)
_MENTIONED = "INSERT INTO mentions (document_id, article_id, at) VALUES {rows}"
_plain, _instant = Plain(), Instant()


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A legal document that articles name."""

    id: int
    name: str
    """As it was written first."""
    last_at: datetime
    """Of the newest article that names it."""
    articles: int
    """How many name it."""


def note(connection: Connection, article_id: int, names: Iterable[str], at: datetime, *, known: bool = False) -> None:
    """Keep which documents the current revision of an article names.

    They take the place of those of the revision before, which only an article that is `known` has.
    """
    if known:
        connection.execute(delete(mentions).where(mentions.c.article_id == article_id))
    dialect = connection.dialect
    keys: dict[str, str] = {}
    for name in names:
        if len(name) <= _LONGEST and (kept := _plain.process_bind_param(name, dialect)) and (key := search_form(kept)):
            keys.setdefault(key, kept)
        if len(keys) == MOST:
            break
    if not keys:
        return
    when = _instant.process_bind_param(at, dialect)
    mark, latest = ("?", "max") if dialect.name == "sqlite" else ("%s", "greatest")
    rows = ", ".join([f"({mark}, {mark}, {mark})"] * len(keys))
    named = [value for key, name in sorted(keys.items()) for value in (key, name, when)]
    numbers = connection.exec_driver_sql(_NAMED.format(rows=rows, latest=latest), tuple(named)).scalars()
    mentioned = [value for number in numbers for value in (number, article_id, when)]
    connection.exec_driver_sql(_MENTIONED.format(rows=rows), tuple(mentioned))


def list_documents(connection: Connection, before: tuple[datetime, int] | None, limit: int) -> list[Document]:
    """The documents that articles name, the one named last first, after the one at `before` (its time and number)."""
    query = select(documents.c.id, documents.c.name, documents.c.last_at).order_by(
        documents.c.last_at.desc(), documents.c.id.desc()
    )
    if before is not None:
        query = query.where(
            documents.c.last_at <= before[0], or_(documents.c.last_at < before[0], documents.c.id < before[1])
        )
    rows = connection.execute(query.limit(limit)).all()
    counts = _counts(connection, [row.id for row in rows])
    return [Document(**row._mapping, articles=counts.get(row.id, 0)) for row in rows]


def document(connection: Connection, id_: int) -> Document | None:
    """The document of a number; None when there is none."""
    row = connection.execute(
        select(documents.c.id, documents.c.name, documents.c.last_at).where(documents.c.id == id_)
    ).first()
    return Document(**row._mapping, articles=_counts(connection, [id_]).get(id_, 0)) if row else None


def document_named(connection: Connection, name: str) -> int | None:
    """The number of the document of this name, in whatever spelling; None when no article names it."""
    return connection.scalar(select(documents.c.id).where(documents.c.key == search_form(name[:_LONGEST])))


def named_by(connection: Connection, article_id: int) -> dict[str, int]:
    """The numbers of the documents that an article names, by the search form of the name."""
    query = (
        select(documents.c.key, documents.c.id)
        .join(mentions, mentions.c.document_id == documents.c.id)
        .where(mentions.c.article_id == article_id)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def naming(
    connection: Connection, document_id: int, before: tuple[datetime, int] | None, limit: int
) -> list[tuple[datetime, int]]:
    """Time and number of the articles that name a document, the newest first."""
    query = select(mentions.c.at, mentions.c.article_id).where(mentions.c.document_id == document_id)
    if before is not None:
        earlier = or_(mentions.c.at < before[0], and_(mentions.c.at == before[0], mentions.c.article_id < before[1]))
        query = query.where(mentions.c.at <= before[0], earlier)
    query = query.order_by(mentions.c.at.desc(), mentions.c.article_id.desc()).limit(limit)
    return [(at, id_) for at, id_ in connection.execute(query)]


def _counts(connection: Connection, ids: Iterable[int]) -> dict[int, int]:
    query = (
        select(mentions.c.document_id, func.count())
        .where(mentions.c.document_id.in_(list(ids)))
        .group_by(mentions.c.document_id)
    )
    return {row[0]: row[1] for row in connection.execute(query)}
