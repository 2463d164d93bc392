"""Pages that are kept for repair lie in the store, where all machines reach them."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

Instant = sa.TIMESTAMP(timezone=True).with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "quarantine",
        sa.Column("site", sa.Text(), sa.ForeignKey("sites.name", name="fk_quarantine_site_sites"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("article", sa.Text(), nullable=False),
        sa.Column("page", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("site", "name", name="pk_quarantine"),
    )


def downgrade() -> None:
    """The pages that are kept for repair; the next runs keep those that still cannot be read."""
    op.drop_table("quarantine")
