"""No sign inside a number or a name parts words any more: the index of words is made anew when the store is opened."""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Empty the index, and note that what is stored is to be indexed."""
    _empty()


def downgrade() -> None:
    """The index of words, which is made anew."""
    _empty()


def _empty() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DELETE FROM search_waiting")
        op.execute("INSERT INTO search_words (search_words) VALUES ('delete-all')")
    else:
        op.execute("TRUNCATE search_words")
    op.execute("DELETE FROM search_keys")
    op.execute("DELETE FROM progress WHERE name = 'search'")
    op.execute("INSERT INTO progress (name, seq) SELECT 'search', 0 WHERE EXISTS (SELECT 1 FROM articles)")
