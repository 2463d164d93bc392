"""The store's own name, and how far each sink has come."""

from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

Number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Instant = sa.TIMESTAMP(timezone=True).with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    """Create the tables, and name the store."""
    identity = op.create_table(
        "identity",
        sa.Column("id", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_identity"),
    )
    op.bulk_insert(identity, [{"id": uuid4().hex}])
    op.create_table(
        "sinks",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("cursor", Number, nullable=False),
        sa.Column("replays", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("last_error", sa.Text),
        sa.Column("failed_at", Instant),
        sa.Column("next_try_at", Instant),
        sa.Column("delivered", Number, nullable=False),
        sa.Column("rate", sa.Float),
        sa.Column("updated_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_sinks"),
    )
    op.create_table(
        "set_aside",
        sa.Column("sink", sa.Text, nullable=False),
        sa.Column("seq", Number, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("sink", "seq", name="pk_set_aside"),
        sa.ForeignKeyConstraint(["sink"], ["sinks.name"], name="fk_set_aside_sink"),
    )


def downgrade() -> None:
    """Drop the tables: after another upgrade every sink begins at the first change, under other keys."""
    for table in ("set_aside", "sinks", "identity"):
        op.drop_table(table)
