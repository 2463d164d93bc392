"""Which pages a backfill has brought: nobody is told of them as of news."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

Number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the column; what waits for a backfill is of the past."""
    op.add_column("links", sa.Column("past", Number))
    op.execute("UPDATE links SET past = 0 WHERE fate = 'backfill'")


def downgrade() -> None:
    """Which pages a backfill has brought; watches would tell of those that they have not yet looked through."""
    op.drop_column("links", "past")
