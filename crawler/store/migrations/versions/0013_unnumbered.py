"""Changes that have no number yet, where several write at once."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_COLUMNS = "event, article_id, revision, url, site, content_hash, at"
# Rows come and go: what is gone is to be cleared away soon, however few they are beside those of a day.
_TABLE = """
    CREATE TABLE unnumbered (
        xid BIGINT NOT NULL DEFAULT pg_current_xact_id()::text::bigint,
        id BIGINT NOT NULL GENERATED ALWAYS AS IDENTITY,
        event TEXT NOT NULL,
        article_id BIGINT NOT NULL CONSTRAINT fk_unnumbered_article_id_articles REFERENCES articles (id),
        revision INTEGER,
        url TEXT NOT NULL,
        site TEXT,
        content_hash TEXT,
        at TIMESTAMPTZ NOT NULL,
        CONSTRAINT pk_unnumbered PRIMARY KEY (xid, id)
    ) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000)
"""


def upgrade() -> None:
    """Add the table; SQLite, which has one writer at a time, needs none."""
    if op.get_bind().dialect.name != "sqlite":
        op.execute(_TABLE)


def downgrade() -> None:
    """Nothing: what has no number yet gets one."""
    if op.get_bind().dialect.name == "sqlite":
        return
    op.execute(
        f"INSERT INTO changes (seq, {_COLUMNS}) "  # noqa: S608 - columns
        "SELECT (SELECT coalesce(max(seq), 0) FROM changes) + row_number() OVER (ORDER BY id), "
        f"{_COLUMNS} FROM unnumbered"
    )
    op.drop_table("unnumbered")
