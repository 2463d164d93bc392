"""Sites, sources, links, articles, revisions, copies and changes."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

Number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Instant = sa.TIMESTAMP(timezone=True).with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    """Create every table."""
    op.create_table(
        "sites",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("added_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_sites"),
    )
    op.create_table(
        "sources",
        sa.Column("id", Number, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("site", sa.Text, nullable=False),
        sa.Column("etag", sa.Text),
        sa.Column("last_modified", sa.Text),
        sa.Column("body_hash", sa.Text),
        sa.Column("checked_at", Instant),
        sa.Column("looks", sa.Integer, nullable=False),
        sa.Column("audits", sa.Integer, nullable=False),
        sa.Column("lies", sa.Integer, nullable=False),
        sa.Column("trusted", sa.Boolean, nullable=False),
        sa.Column("last_status", sa.Text),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sources"),
        sa.UniqueConstraint("url", name="uq_sources_url"),
        sa.ForeignKeyConstraint(["site"], ["sites.name"], name="fk_sources_site"),
    )
    op.create_table(
        "links",
        sa.Column("id", Number, nullable=False),
        sa.Column("canonical_url", sa.Text, nullable=False),
        sa.Column("url", sa.Text),
        sa.Column("site", sa.Text),
        sa.Column("source_id", Number),
        sa.Column("title", sa.Text),
        sa.Column("published_at", Instant),
        sa.Column("modified_at", Instant),
        sa.Column("found_at", Instant, nullable=False),
        sa.Column("fetched_at", Instant),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("word", sa.Text),
        sa.Column("fate", sa.Text, nullable=False),
        sa.Column("leads_to", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_links"),
        sa.UniqueConstraint("canonical_url", name="uq_links_canonical_url"),
        sa.ForeignKeyConstraint(["site"], ["sites.name"], name="fk_links_site"),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name="fk_links_source_id"),
    )
    pending = sa.text("fate = 'pending'")
    op.create_index(
        "ix_links_pending",
        "links",
        ["site", sa.text("coalesce(published_at, found_at)")],
        sqlite_where=pending,
        postgresql_where=pending,
    )
    op.create_table(
        "articles",
        sa.Column("id", Number, nullable=False),
        sa.Column("canonical_url", sa.Text, nullable=False),
        sa.Column("site", sa.Text),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("published_at", Instant),
        sa.Column("section", sa.Text),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("first_seen_at", Instant, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("content_hash", sa.Text, nullable=False),
        sa.Column("withdrawn_at", Instant),
        sa.PrimaryKeyConstraint("id", name="pk_articles"),
        sa.UniqueConstraint("canonical_url", name="uq_articles_canonical_url"),
        sa.ForeignKeyConstraint(["site"], ["sites.name"], name="fk_articles_site"),
    )
    newest = sa.text("coalesce(published_at, first_seen_at)")
    op.create_index("ix_articles_newest", "articles", [newest])
    op.create_index("ix_articles_site_newest", "articles", ["site", newest])
    op.create_table(
        "revisions",
        sa.Column("id", Number, nullable=False),
        sa.Column("article_id", Number, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("fetched_at", Instant, nullable=False),
        *_text_of_an_article(),
        sa.PrimaryKeyConstraint("id", name="pk_revisions"),
        sa.UniqueConstraint("article_id", "number", name="uq_revisions_article_id_number"),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name="fk_revisions_article_id"),
    )
    op.create_index("ix_revisions_content_hash", "revisions", ["content_hash"])
    op.create_table(
        "copies",
        sa.Column("id", Number, nullable=False),
        sa.Column("article_id", Number, nullable=False),
        sa.Column("canonical_url", sa.Text, nullable=False),
        sa.Column("site", sa.Text),
        sa.Column("published_at", Instant),
        sa.Column("fetched_at", Instant, nullable=False),
        sa.Column("withdrawn_at", Instant),
        *_text_of_an_article(),
        sa.PrimaryKeyConstraint("id", name="pk_copies"),
        sa.UniqueConstraint("canonical_url", name="uq_copies_canonical_url"),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name="fk_copies_article_id"),
        sa.ForeignKeyConstraint(["site"], ["sites.name"], name="fk_copies_site"),
    )
    op.create_index("ix_copies_article_id", "copies", ["article_id"])
    op.create_index("ix_copies_site", "copies", ["site"])
    op.create_table(
        "changes",
        sa.Column("seq", Number, autoincrement=False, nullable=False),
        sa.Column("event", sa.Text, nullable=False),
        sa.Column("article_id", Number, nullable=False),
        sa.Column("revision", sa.Integer),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("site", sa.Text),
        sa.Column("content_hash", sa.Text),
        sa.Column("at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_changes"),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name="fk_changes_article_id"),
    )
    op.create_index("ix_changes_article_id", "changes", ["article_id"])


def downgrade() -> None:
    """Drop every table and what is in it."""
    for table in ("changes", "copies", "revisions", "articles", "links", "sources", "sites"):
        op.drop_table(table)


def _text_of_an_article() -> list[sa.Column[str]]:
    return [
        sa.Column("content_hash", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("lead", sa.Text),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("record", sa.Text, nullable=False),
    ]
