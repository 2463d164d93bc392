"""Tokens of those who are let in by `thoisu serve`, and which articles name which legal documents."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

Instant = sa.TIMESTAMP(timezone=True).with_variant(sa.Text(), "sqlite")
Number = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_BATCH = 500  # articles whose records are in memory at once


def upgrade() -> None:
    """Add the tables, and note what the articles that are stored name."""
    op.create_table(
        "tokens",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("writes", sa.Boolean(), nullable=False),
        sa.Column("added_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_tokens"),
        sa.UniqueConstraint("hash", name="uq_tokens_hash"),
    )
    op.create_table(
        "documents",
        sa.Column("id", Number, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("last_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_documents"),
        sa.UniqueConstraint("key", name="uq_documents_key"),
    )
    op.create_index("ix_documents_last_at", "documents", ["last_at", "id"])
    op.create_table(
        "mentions",
        sa.Column("document_id", Number, nullable=False),
        sa.Column("article_id", Number, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name="fk_mentions_document_id_documents"),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name="fk_mentions_article_id_articles"),
        sa.PrimaryKeyConstraint("document_id", "article_id", name="pk_mentions"),
    )
    op.create_index("ix_mentions_article_id", "mentions", ["article_id"])
    op.create_index("ix_mentions_document_id_at", "mentions", ["document_id", "at", "article_id"])
    _fill(op.get_bind())


def _fill(connection: sa.Connection) -> None:
    # The rules by which names are compared are the program's, as for what it notes from now on.
    from crawler.store.mentions import note
    from crawler.store.schema import articles, revisions

    current = (revisions.c.article_id == articles.c.id) & (revisions.c.number == articles.c.revision)
    at = sa.func.coalesce(articles.c.published_at, articles.c.first_seen_at)
    last = 0
    while rows := connection.execute(
        sa.select(articles.c.id, at, revisions.c.record)
        .join(revisions, current)
        .where(articles.c.id > last)
        .order_by(articles.c.id)
        .limit(_BATCH)
    ).all():
        for id_, when, record in rows:
            if names := json.loads(record).get("documents"):
                note(connection, id_, names, when)
        last = rows[-1][0]


def downgrade() -> None:
    """The tokens of `thoisu serve`, and the pages of documents; what names them stays in the articles."""
    for table in ("mentions", "documents", "tokens"):
        op.drop_table(table)
