"""Articles that a reader of the change feed could not work on, and passed over."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

Instant = sa.TIMESTAMP(timezone=True).with_variant(sa.Text(), "sqlite")
Number = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "passed_over",
        sa.Column("reader", sa.Text(), nullable=False),
        sa.Column("article_id", Number, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name="fk_passed_over_article_id_articles"),
        sa.PrimaryKeyConstraint("reader", "article_id", name="pk_passed_over"),
    )


def downgrade() -> None:
    """Which articles alerts and comparisons have passed over, and why."""
    op.drop_table("passed_over")
