"""Signs of life of the scheduler, jumps of the clock, and the last run at each site."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

Instant = sa.TIMESTAMP(timezone=True).with_variant(sa.Text(), "sqlite")
Number = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Add the three tables."""
    op.create_table(
        "beats",
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("who", name="pk_beats"),
    )
    op.create_table(
        "jumps",
        sa.Column("id", Number, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("healed", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_jumps"),
    )
    op.create_table(
        "runs",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("by_hand", sa.Boolean(), nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("gave", sa.Text(), nullable=False),
        sa.Column("error", sa.Text()),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failing_since", Instant),
        sa.ForeignKeyConstraint(["site"], ["sites.name"], name="fk_runs_site_sites"),
        sa.PrimaryKeyConstraint("site", "by_hand", name="pk_runs"),
    )


def downgrade() -> None:
    """When the scheduler last ran, jumps of the clock, and what the last run at each site gave."""
    for table in ("runs", "jumps", "beats"):
        op.drop_table(table)
