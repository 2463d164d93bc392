"""Changes that have no number yet, where several write at once."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_LOCKS = 0x7401_5E55  # first half of the key of the numbering lock (`crawler.store.numbering`)
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
# The next numbers for all that is committed and has none, unless another transaction is just giving them; of changes
# whose transactions began before `oldest` there are none left. Each statement in it has a snapshot of its own
# (manual, 38.7), so that one sees what was committed before the lock was had. In one function it is one round trip.
_FUNCTION = f"""
    CREATE FUNCTION number_changes(oldest BIGINT, wait BOOLEAN) RETURNS BOOLEAN LANGUAGE plpgsql AS $$
    BEGIN
        IF wait THEN
            PERFORM pg_advisory_xact_lock({_LOCKS}, 0);
        ELSIF NOT pg_try_advisory_xact_lock({_LOCKS}, 0) THEN
            RETURN FALSE;
        END IF;
        WITH taken AS (DELETE FROM unnumbered WHERE xid >= oldest RETURNING *)
        INSERT INTO changes (seq, {_COLUMNS})
        SELECT (SELECT coalesce(max(seq), 0) FROM changes) + row_number() OVER (ORDER BY id), {_COLUMNS} FROM taken;
        RETURN TRUE;
    END $$
"""  # noqa: S608 - nothing but the above


def upgrade() -> None:
    """Add the table; SQLite, which has one writer at a time, needs none."""
    if op.get_bind().dialect.name != "sqlite":
        op.execute(_TABLE)
        op.execute(_FUNCTION)


def downgrade() -> None:
    """Nothing: what has no number yet gets one."""
    if op.get_bind().dialect.name == "sqlite":
        return
    op.execute(
        f"INSERT INTO changes (seq, {_COLUMNS}) "  # noqa: S608 - columns
        "SELECT (SELECT coalesce(max(seq), 0) FROM changes) + row_number() OVER (ORDER BY id), "
        f"{_COLUMNS} FROM unnumbered"
    )
    op.execute("DROP FUNCTION number_changes(BIGINT, BOOLEAN)")
    op.drop_table("unnumbered")
