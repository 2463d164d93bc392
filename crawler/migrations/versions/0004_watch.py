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


_AGENDA: tuple[str, ...] = ()
_CLAIMS: tuple[str, ...] = ()
_FINDINGS: tuple[str, ...] = ()


def _create_agenda() -> None:
    pass


def _create_claims() -> None:
    pass


def _create_findings() -> None:
    pass
