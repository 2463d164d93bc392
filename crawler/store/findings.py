"""What the monitor has found: a row for each finding from the day it opens, kept after it has closed.

The writing functions run inside one writing transaction that holds the job `monitor` (`crawler.store.subjects`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Index, Select, Table, insert, or_, select, text, update

from crawler.store.schema import Instant, Number, Plain, metadata
from crawler.store.sql import upsert
from crawler.text import SKEW

findings = Table(
    "findings",
    metadata,
    Column("id", Number, primary_key=True),
    Column("name", Plain, nullable=False),
    Column("site", Plain, nullable=False),  # "" for what concerns no single site
    Column("subject", Plain, nullable=False),
    Column("since", Instant, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("closed_at", Instant),
    Column("evidence", Plain, nullable=False),
    Column("examples", Plain, nullable=False),  # a JSON list
    Column("told_at", Instant),  # that it opened
    Column("end_told_at", Instant),
    Column("patch", Plain),  # a unified diff
)
Index(
    "ix_findings_open",
    findings.c.name,
    findings.c.site,
    findings.c.subject,
    unique=True,
    sqlite_where=text("closed_at IS NULL"),
    postgresql_where=text("closed_at IS NULL"),
)

checks = Table(
    "checks",
    metadata,
    Column("site", Plain, primary_key=True),
    Column("at", Instant, nullable=False),  # of its last check
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that is, or was, wrong."""

    id: int
    name: str
    """Of the check that found it."""
    site: str | None
    """None for what concerns no single site."""
    subject: str
    """What of the site: a field, a reason of refusal, a sink's name; "" when the check knows one thing only."""
    since: datetime
    """When it began, as far as the store can tell."""
    opened_at: datetime
    seen_at: datetime
    """The last check that found it so."""
    closed_at: datetime | None
    evidence: str
    """One line of numbers."""
    examples: tuple[str, ...]
    """Addresses of pages, and folders in which pages are kept."""
    told_at: datetime | None  # as `thoisu check --json` calls it
    """When a message said that it opened."""
    end_told_at: datetime | None
    patch: str | None = None
    """Unified diff that mends it; None when nobody knows one."""


@dataclass(frozen=True, slots=True)
class Observation:
    """What a check sees now: it is new, or a finding that is open already."""

    site: str | None
    subject: str
    since: datetime
    evidence: str
    examples: tuple[str, ...] = ()
    patch: str | None = None


def opened(connection: Connection, sites: Iterable[str] | None = None) -> list[Finding]:
    """What is open, the oldest first; `sites` limits it to these and to what concerns no single site."""
    query = select(findings).where(findings.c.closed_at.is_(None)).order_by(findings.c.opened_at, findings.c.id)
    return _read(connection, query if sites is None else query.where(findings.c.site.in_(["", *sites])))


def closed(connection: Connection, since: datetime) -> list[Finding]:
    """What has ended since then, the oldest first."""
    return _read(connection, select(findings).where(findings.c.closed_at >= since).order_by(findings.c.id))


def unnotified(connection: Connection) -> list[Finding]:
    """What no message says yet: openings, and the ends of those that one did say."""
    began = findings.c.told_at.is_(None) & findings.c.closed_at.is_(None)
    ended = findings.c.told_at.is_not(None) & findings.c.closed_at.is_not(None) & findings.c.end_told_at.is_(None)
    return _read(connection, select(findings).where(or_(began, ended)).order_by(findings.c.id))


def note_notified(connection: Connection, ids: Iterable[int], at: datetime) -> None:
    """Note that a message says of each of these that it opened, and of a closed one that it is over."""
    wanted = findings.c.id.in_(list(ids))
    over = findings.c.closed_at.is_not(None)
    connection.execute(update(findings).where(wanted, over).values(end_told_at=at))
    connection.execute(update(findings).where(wanted, findings.c.told_at.is_(None)).values(told_at=at))


def note(connection: Connection, name: str, seen: Observation, was: Finding | None, at: datetime) -> None:
    """Open a finding, or keep it open with today's evidence."""
    values: dict[str, Any] = {"seen_at": at, "evidence": seen.evidence, "examples": json.dumps(seen.examples)}
    values["patch"] = seen.patch
    if was is not None:
        if was.opened_at > at:  # by a clock that was ahead
            values |= {"opened_at": at, "since": min(was.since, at)}
        connection.execute(update(findings).where(findings.c.id == was.id).values(values))
        return
    about = {"name": name, "site": seen.site or "", "subject": seen.subject, "since": seen.since, "opened_at": at}
    connection.execute(insert(findings).values({**about, **values}))


def checked(connection: Connection, since: datetime, now: datetime) -> set[str]:
    """The sites that have been checked since then; not those that were by a clock that was ahead."""
    late = (checks.c.at > since) & (checks.c.at <= now + SKEW)
    return set(connection.scalars(select(checks.c.site).where(late)))


def note_check(connection: Connection, sites: Iterable[str], at: datetime) -> None:
    """Note that these sites have been checked."""
    for site in sites:
        upsert(connection, checks, {"site": site}, {"at": at})


def close(connection: Connection, ids: Iterable[int], at: datetime) -> None:
    """Close findings."""
    connection.execute(update(findings).where(findings.c.id.in_(list(ids))).values(closed_at=at))


def _read(connection: Connection, query: Select[Any]) -> list[Finding]:
    rows = connection.execute(query).mappings()
    return [Finding(**{**row, "site": row["site"] or None, "examples": tuple(json.loads(row["examples"]))})
            for row in rows]  # fmt: skip
