"""When to look and what was spent; what each route claims, and the gaps; findings and watched words."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

Number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Instant = sa.TIMESTAMP(timezone=True).with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    """Create the tables."""
    _create_agenda()
    _create_claims()
    _create_findings()


def downgrade() -> None:
    """Drop the tables: what was learned of each source, the ledger and the findings are lost; the articles stay."""
    for table in _AGENDA + _CLAIMS + _FINDINGS:
        op.drop_table(table)


_AGENDA: tuple[str, ...] = ("agenda", "spent")
_CLAIMS: tuple[str, ...] = ()
_FINDINGS: tuple[str, ...] = ("hits", "watches", "notices", "findings", "marks", "tallies")


def _create_agenda() -> None:
    op.create_table(
        "agenda",
        sa.Column("site", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("next_at", Instant, nullable=False),
        sa.Column("latest_at", Instant),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("learned", sa.Text),
        sa.Column("looked_at", Instant),
        sa.Column("outcome", sa.Text),
        sa.Column("came", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("site", "source", name="pk_agenda"),
        sa.ForeignKeyConstraint(["site"], ["sites.name"], name="fk_agenda_site"),
    )
    op.create_index("ix_agenda_site_next_at", "agenda", ["site", "next_at"])
    op.create_table(
        "spent",
        sa.Column("site", sa.Text, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("requests", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("site", "day", "purpose", name="pk_spent"),
    )


def _create_claims() -> None:
    pass


def _create_findings() -> None:
    op.create_table(
        "findings",
        sa.Column("id", Number, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("site", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("since", Instant, nullable=False),
        sa.Column("opened_at", Instant, nullable=False),
        sa.Column("seen_at", Instant, nullable=False),
        sa.Column("closed_at", Instant),
        sa.Column("evidence", sa.Text, nullable=False),
        sa.Column("examples", sa.Text, nullable=False),
        sa.Column("told_at", Instant),
        sa.Column("end_told_at", Instant),
        sa.PrimaryKeyConstraint("id", name="pk_findings"),
    )
    still_open = sa.text("closed_at IS NULL")
    op.create_index(
        "ix_findings_open",
        "findings",
        ["name", "site", "subject"],
        unique=True,
        sqlite_where=still_open,
        postgresql_where=still_open,
    )
    op.create_table(
        "marks",
        sa.Column("site", sa.Text, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("pages", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("site", "day", name="pk_marks"),
    )
    op.create_table(
        "tallies",
        sa.Column("site", sa.Text, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("site", "day", "what", name="pk_tallies"),
    )
    _create_watches()


def _create_watches() -> None:
    op.create_table(
        "watches",
        sa.Column("id", Number, nullable=False),
        sa.Column("query", sa.Text, nullable=False),
        sa.Column("sites", sa.Text, nullable=False),
        sa.Column("notify", sa.Text, nullable=False),
        sa.Column("added_at", Instant, nullable=False),
        sa.Column("cursor", Number, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_watches"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "hits",
        sa.Column("watch_id", Number, nullable=False),
        sa.Column("article_id", Number, nullable=False),
        sa.Column("seq", Number, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("site", sa.Text),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("sentence", sa.Text, nullable=False),
        sa.Column("found_at", Instant, nullable=False),
        sa.Column("told_at", Instant),
        sa.PrimaryKeyConstraint("watch_id", "article_id", name="pk_hits"),
        sa.ForeignKeyConstraint(["watch_id"], ["watches.id"], name="fk_hits_watch_id"),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name="fk_hits_article_id"),
    )
    op.create_table(
        "notices",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("told_at", Instant),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("next_try_at", Instant),
        sa.Column("last_error", sa.Text),
        sa.PrimaryKeyConstraint("name", name="pk_notices"),
    )
