"""Fingerprints, relations between texts, and stories."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

Number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Instant = sa.TIMESTAMP(timezone=True).with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    """Create the tables; `thoisu relate` fills them from the articles that are there."""
    op.create_table(
        "fingerprints",
        sa.Column("article_id", Number, autoincrement=False, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("day", sa.Integer, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("sampled", sa.Integer, nullable=False),
        sa.Column("minhash", sa.LargeBinary, nullable=False),
        sa.Column("sample", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("article_id", name="pk_fingerprints"),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name="fk_fingerprints_article_id"),
    )
    op.create_table(
        "shingle_keys",
        sa.Column("week", sa.Integer, nullable=False),
        sa.Column("key", Number, nullable=False),
        sa.Column("article_id", Number, nullable=False),
        sa.PrimaryKeyConstraint("week", "key", "article_id", name="pk_shingle_keys"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "relations",
        sa.Column("article_id", Number, nullable=False),
        sa.Column("other_id", Number, nullable=False),
        sa.Column("relation", sa.Text, nullable=False),
        sa.Column("jaccard", sa.Float, nullable=False),
        sa.Column("containment", sa.Float, nullable=False),
        sa.Column("because", sa.Text),
        sa.PrimaryKeyConstraint("article_id", "other_id", name="pk_relations"),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name="fk_relations_article_id"),
        sa.ForeignKeyConstraint(["other_id"], ["articles.id"], name="fk_relations_other_id"),
    )
    op.create_index("ix_relations_other_id", "relations", ["other_id"])
    op.create_table(
        "stories",
        sa.Column("id", Number, autoincrement=False, nullable=False),
        sa.Column("first_at", Instant, nullable=False),
        sa.Column("last_at", Instant, nullable=False),
        sa.Column("pages", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_stories"),
        sa.ForeignKeyConstraint(["id"], ["articles.id"], name="fk_stories_id"),
    )
    op.create_index("ix_stories_last_at", "stories", ["last_at"])
    op.create_table(
        "members",
        sa.Column("article_id", Number, autoincrement=False, nullable=False),
        sa.Column("story_id", Number, nullable=False),
        sa.PrimaryKeyConstraint("article_id", name="pk_members"),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name="fk_members_article_id"),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name="fk_members_story_id"),
    )
    op.create_index("ix_members_story_id", "members", ["story_id"])
    op.create_table(
        "progress",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("seq", Number, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_progress"),
    )


def downgrade() -> None:
    """Drop the tables; nothing is lost that `thoisu relate` does not find again."""
    for table in ("progress", "members", "stories", "relations", "shingle_keys", "fingerprints"):
        op.drop_table(table)
