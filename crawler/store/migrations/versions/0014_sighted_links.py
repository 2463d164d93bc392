"""Which sources have listed a link is found by an index, so that links can be forgotten."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the index."""
    op.create_index("ix_claims_link_id", "claims", ["link_id"])


def downgrade() -> None:
    """Nothing; an index alone is dropped."""
    op.drop_index("ix_claims_link_id", "claims")
