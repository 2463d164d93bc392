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
    op.drop_index("ix_links_backfill", "links")
    op.drop_column("sources", "route")
    op.execute("UPDATE links SET fate = 'pending' WHERE fate = 'backfill'")


_AGENDA: tuple[str, ...] = ("agenda", "paces", "spent", "rules")
_CLAIMS: tuple[str, ...] = ("claims", "looked", "gaps", "steps", "tapes")
_FINDINGS: tuple[str, ...] = ("hits", "watches", "messages", "findings", "checks", "marks", "tallies")


def _create_agenda() -> None:
    op.create_table(
        "agenda",
        sa.Column("site", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("next_at", Instant, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("looked_at", Instant),
        sa.Column("outcome", sa.Text),
        sa.Column("came", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("site", "source", name="pk_agenda"),
        sa.ForeignKeyConstraint(["site"], ["sites.name"], name="fk_agenda_site"),
    )
    op.create_index("ix_agenda_site_next_at", "agenda", ["site", "next_at"])
    op.create_table(
        "paces",
        sa.Column("site", sa.Text, nullable=False),
        sa.Column("tier", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("edits", sa.Text),
        sa.PrimaryKeyConstraint("site", name="pk_paces"),
        sa.ForeignKeyConstraint(["site"], ["sites.name"], name="fk_paces_site"),
    )
    op.create_index("ix_paces_tier", "paces", ["tier"])
    op.create_table(
        "spent",
        sa.Column("site", sa.Text, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("requests", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("site", "day", "purpose", name="pk_spent"),
    )
    op.create_table(
        "rules",
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("asked_at", Instant, nullable=False),
        sa.Column("text", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("origin", name="pk_rules"),
    )


def _create_claims() -> None:
    op.add_column("sources", sa.Column("route", sa.Text))
    waiting = sa.text("fate = 'backfill'")
    op.create_index("ix_links_backfill", "links", ["site"], sqlite_where=waiting, postgresql_where=waiting)
    op.create_table(
        "claims",
        sa.Column("source_id", Number, nullable=False),
        sa.Column("link_id", Number, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.PrimaryKeyConstraint("source_id", "link_id", name="pk_claims"),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name="fk_claims_source_id"),
        sa.ForeignKeyConstraint(["link_id"], ["links.id"], name="fk_claims_link_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_claims_source_id_day", "claims", ["source_id", "day"])
    op.create_table(
        "looked",
        sa.Column("source_id", Number, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("looks", sa.Integer, nullable=False),
        sa.Column("failed", sa.Integer, nullable=False),
        sa.Column("word", sa.Text),
        sa.PrimaryKeyConstraint("source_id", "day", name="pk_looked"),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name="fk_looked_source_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "gaps",
        sa.Column("id", Number, nullable=False),
        sa.Column("source_id", Number, nullable=False),
        sa.Column("since", Instant, nullable=False),
        sa.Column("until", Instant, nullable=False),
        sa.Column("raised_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_gaps"),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name="fk_gaps_source_id"),
    )
    op.create_index("ix_gaps_source_id", "gaps", ["source_id"])
    # What was found so far, by the source that gave it first.
    here = (
        "date({}, '+7 hours')"
        if op.get_bind().dialect.name == "sqlite"
        else "({} AT TIME ZONE 'Asia/Ho_Chi_Minh')::date"
    )
    day = here.format("coalesce(published_at, modified_at, found_at)")
    op.execute(f"INSERT INTO claims SELECT source_id, id, {day} FROM links WHERE source_id IS NOT NULL")  # noqa: S608
    _create_plans()


def _create_plans() -> None:
    op.create_table(
        "steps",
        sa.Column("id", Number, nullable=False),
        sa.Column("job", sa.Text, nullable=False),
        sa.Column("site", sa.Text, nullable=False),
        sa.Column("stage", sa.Integer, nullable=False),
        sa.Column("route", sa.Text, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("first", sa.Date),
        sa.Column("last", sa.Date),
        sa.Column("page", sa.Integer, nullable=False),
        sa.Column("behind", sa.Text),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("word", sa.Text),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("links", sa.Integer, nullable=False),
        sa.Column("digest", sa.Text),
        sa.Column("at", Instant),
        sa.PrimaryKeyConstraint("id", name="pk_steps"),
        sa.UniqueConstraint("job", "address", name="uq_steps_job_address"),
    )
    op.create_index("ix_steps_address", "steps", ["address"])
    op.create_table(
        "tapes",
        sa.Column("job", sa.Text, nullable=False),
        sa.Column("file", sa.Text, nullable=False),
        sa.Column("place", Number, nullable=False),
        sa.Column("done", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("job", "file", name="pk_tapes"),
    )


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
        "checks",
        sa.Column("site", sa.Text, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("site", name="pk_checks"),
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
        "messages",
        sa.Column("id", Number, nullable=False),
        sa.Column("about", sa.Text, nullable=False),
        sa.Column("target", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("made_at", Instant, nullable=False),
        sa.Column("sent_at", Instant),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("next_try_at", Instant, nullable=False),
        sa.Column("last_error", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_messages"),
    )
