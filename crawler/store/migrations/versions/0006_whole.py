"""When a source was last listed whole; links that only tell when they were changed stand in the order of that."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

Instant = sa.TIMESTAMP(timezone=True).with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    """Add the column, and sort what is pending anew."""
    op.add_column("sources", sa.Column("whole_at", Instant))
    op.execute("UPDATE sources SET whole_at = checked_at WHERE last_status = '200'")
    _sort("coalesce(published_at, modified_at, found_at)")


def downgrade() -> None:
    """When a source was last listed whole; holes that a shard has closed may open again."""
    _sort("coalesce(published_at, found_at)")
    op.drop_column("sources", "whole_at")


def _sort(newest: str) -> None:
    pending = sa.text("fate = 'pending'")
    op.drop_index("ix_links_pending", "links")
    op.create_index(
        "ix_links_pending", "links", ["site", sa.text(newest)], sqlite_where=pending, postgresql_where=pending
    )
