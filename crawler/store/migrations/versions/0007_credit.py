"""The source that a page states. Of pages that are stored already the archive tells it: `thoisu reread`."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_SOME = 1000  # rows read at a time


def upgrade() -> None:
    """Add the column."""
    op.add_column("articles", sa.Column("credit", sa.Text()))


def downgrade() -> None:
    """Which source each page states."""
    op.drop_column("articles", "credit")
    for table in ("revisions", "copies"):
        _strip(sa.table(table, sa.column("id", sa.BigInteger()), sa.column("record", sa.Text())))


def _strip(table: sa.TableClause) -> None:
    """Take the field out of the records: an older version reads none that has a field which it does not know."""
    connection, last = op.get_bind(), 0
    changed = sa.update(table).where(table.c.id == sa.bindparam("b_id")).values(record=sa.bindparam("b_record"))
    query = sa.select(table).where(table.c.record.contains('"credit":')).order_by(table.c.id).limit(_SOME)
    while rows := connection.execute(query.where(table.c.id > last)).all():
        connection.execute(changed, [{"b_id": row.id, "b_record": _without(row.record)} for row in rows])
        last = rows[-1].id


def _without(record: str) -> str:
    kept = {name: value for name, value in json.loads(record).items() if name != "credit"}
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":"))
