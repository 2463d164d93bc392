"""What stands in for parts of a definition that give nothing any more, and by what that is seen."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

Instant = sa.TIMESTAMP(timezone=True).with_variant(sa.Text(), "sqlite")
Number = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Add the tables, since when a source fails, and the patch of a finding."""
    op.create_table(
        "stand_ins",
        sa.Column("id", Number, nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("by", sa.Text()),
        sa.Column("since", Instant, nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("patch", sa.Text(), nullable=False),
        sa.Column("ended_at", Instant),
        sa.ForeignKeyConstraint(["site"], ["sites.name"], name="fk_stand_ins_site_sites"),
        sa.PrimaryKeyConstraint("id", name="pk_stand_ins"),
    )
    op.create_index(
        "ix_stand_ins_open",
        "stand_ins",
        ["site"],
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "searches",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("in_vain", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("site", name="pk_searches"),
    )
    op.create_table(
        "unmatched",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("site", "url", name="pk_unmatched"),
    )
    op.add_column("sources", sa.Column("failing_since", Instant))
    op.add_column("findings", sa.Column("patch", sa.Text()))


def downgrade() -> None:
    """What stands in for sources and addresses that give nothing any more, since when, and the patches of findings."""
    op.drop_column("findings", "patch")
    op.drop_column("sources", "failing_since")
    op.drop_table("unmatched")
    op.drop_table("searches")
    op.drop_index("ix_stand_ins_open", "stand_ins")
    op.drop_table("stand_ins")
