"""The index of words; what is stored already comes into it in batches when the store is opened."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

Number = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Add the tables, and note that older articles are still to be indexed."""
    op.create_table(
        "search_keys",
        sa.Column("key", Number, nullable=False),
        sa.Column("article_id", Number),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name="fk_search_keys_article_id_articles"),
        sa.PrimaryKeyConstraint("key", name="pk_search_keys"),
        sa.UniqueConstraint("article_id", name="uq_search_keys_article_id"),
    )
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE search_words USING fts5 "
            "(title, words, marks, content='', columnsize=0, tokenize=\"ascii tokenchars '='\")"
        )
        op.execute("CREATE TABLE search_waiting (key INTEGER NOT NULL CONSTRAINT pk_search_waiting PRIMARY KEY)")
    else:
        op.execute(
            "CREATE TABLE search_words (key BIGINT CONSTRAINT pk_search_words PRIMARY KEY, words TSVECTOR NOT NULL)"
        )
        op.execute(
            "CREATE INDEX ix_search_words_words ON search_words USING gin (words) WITH (gin_pending_list_limit = 512)"
        )
    op.execute("INSERT INTO progress (name, seq) SELECT 'search', 0 WHERE EXISTS (SELECT 1 FROM articles)")


def downgrade() -> None:
    """The index of words, which is made anew."""
    op.execute("DELETE FROM progress WHERE name = 'search'")
    if op.get_bind().dialect.name == "sqlite":
        op.drop_table("search_waiting")
    for table in ("search_words", "search_keys"):
        op.drop_table(table)
