"""The last run at each site, by hand and by the scheduler: when it was and what came of it, whatever it was.

A run that gave nothing at all leaves no other trace where robots.txt was closed or no name was found. The function that
writes runs inside one writing transaction that holds the site (`crawler.store.subjects`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Boolean, Column, Connection, ForeignKey, Integer, PrimaryKeyConstraint, Table, select

from crawler.store.schema import Instant, Plain, every, metadata
from crawler.store.sql import upsert

runs = Table(
    "runs",
    metadata,
    Column("site", Plain, ForeignKey("sites.name"), nullable=False),
    Column("by_hand", Boolean, nullable=False),
    Column("at", Instant, nullable=False),  # of its end
    Column("gave", Plain, nullable=False),
    Column("error", Plain),
    Column("failures", Integer, nullable=False),
    Column("failing_since", Instant),
    PrimaryKeyConstraint("site", "by_hand"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """The last run of its kind at a site."""

    site: str
    by_hand: bool
    """Whether a person began it; else a round of the scheduler."""
    at: datetime
    """When it ended."""
    gave: str
    """What came and what was refused, in a line for a person."""
    error: str | None
    """Why it ended early or gave nothing."""
    failures: int
    """Runs in a row of which none got an answer from any source."""
    failing_since: datetime | None
    """The end of the first of them."""


def note(
    connection: Connection,
    site: str,
    at: datetime,
    *,
    by_hand: bool,
    gave: str,
    error: str | None,
    answered: bool | None,
) -> None:
    """Keep what came of a run; `answered` says whether any source did, None when none was asked."""
    was = last(connection, site, by_hand=by_hand)
    failures, since = (was.failures, was.failing_since) if was else (0, None)
    if answered is not None:
        failures, since = (0, None) if answered else (failures + 1, since or at)
    values = {"at": at, "gave": gave, "error": error, "failures": failures, "failing_since": since}
    upsert(connection, runs, {"site": site, "by_hand": by_hand}, values)


def last(connection: Connection, site: str, *, by_hand: bool) -> Run | None:
    """The last run of a kind at a site; None before there was one."""
    row = connection.execute(
        select(*every(runs)).where(runs.c.site == site, runs.c.by_hand.is_(by_hand))
    ).mappings().first()  # fmt: skip
    return Run(**row) if row else None


def of_sites(connection: Connection) -> dict[str, list[Run]]:
    """The last runs at all sites by name, the latest first."""
    found: dict[str, list[Run]] = {}
    for row in connection.execute(select(*every(runs)).order_by(runs.c.site, runs.c.at.desc())).mappings():
        found.setdefault(row["site"], []).append(Run(**row))
    return found
