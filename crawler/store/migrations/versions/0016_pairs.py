"""The index of words holds pairs of words instead of where each stands; it is made anew when the store is opened."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Empty the index for its new form, and note that what is stored is to be indexed."""
    op.add_column("search_keys", sa.Column("text", sa.Text))
    _empty("words", "detail=none", "ascii tokenchars '=_'")
    if op.get_bind().dialect.name == "sqlite":
        op.execute("ALTER TABLE search_waiting ADD COLUMN words TEXT")


def downgrade() -> None:
    """The index of words, which is made anew."""
    _empty("title, words, marks", "detail=full", "ascii tokenchars '='")
    op.drop_column("search_keys", "text")
    if op.get_bind().dialect.name == "sqlite":
        op.drop_column("search_waiting", "words")


def _empty(columns: str, detail: str, tokenizer: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DELETE FROM search_waiting")
        op.drop_table("search_words")
        op.execute(
            f"CREATE VIRTUAL TABLE search_words USING fts5 "
            f"({columns}, content='', columnsize=0, {detail}, tokenize=\"{tokenizer}\")"
        )
    else:
        op.execute("TRUNCATE search_words")
    op.execute("DELETE FROM search_keys")
    op.execute("DELETE FROM progress WHERE name = 'search'")
    op.execute("INSERT INTO progress (name, seq) SELECT 'search', 0 WHERE EXISTS (SELECT 1 FROM articles)")
