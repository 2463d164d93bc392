"""The agenda: for every source when it is polled next and why, and for each site what has been learned of it.

    sites ─┬─ agenda    one entry a source, and one for the articles that wait or are to be asked again
           └─ paces     what `crawler.schedule.pace` and `crawler.schedule.revisits` keep of the site

A site without an entry is not scheduled: it is crawled only when a person says so. The functions that write run inside
one writing transaction that holds the site (`crawler.store.subjects`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime, timedelta

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    bindparam,
    func,
    select,
    update,
)

from crawler.store.schema import Instant, Plain, every, metadata
from crawler.store.sql import given, upsert
from crawler.text import LONGEST_WAIT, SKEW, not_after

ARTICLES = "articles"
"""Stands in place of a source's address; no address is spelled so."""

FARTHEST = timedelta(seconds=LONGEST_WAIT) + timedelta(days=1)
"""How far ahead a next time may lie: what a site may ask for, or the end of the day after this."""
WRONG_CLOCK = "its time was told by a clock that was ahead"

agenda = Table(
    "agenda",
    metadata,
    Column("site", Plain, ForeignKey("sites.name"), nullable=False),
    Column("source", Plain, nullable=False),  # as the site says it: placeholders stay, so a series is one source
    Column("next_at", Instant, nullable=False),
    Column("why", Plain, nullable=False),
    Column("looked_at", Instant, key="polled_at"),
    Column("outcome", Plain),
    Column("came", Integer, nullable=False),
    PrimaryKeyConstraint("site", "source"),
)
Index("ix_agenda_site_next_at", agenda.c.site, agenda.c.next_at)

paces = Table(
    "paces",
    metadata,
    Column("site", Plain, ForeignKey("sites.name"), primary_key=True),
    Column("tier", Plain, nullable=False, index=True),
    Column("state", Plain, nullable=False),  # JSON
    Column("edits", Plain),  # JSON of `crawler.schedule.revisits`
)

_TIER = {"tier": given(paces, "tier")}


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaEntry:
    """What the agenda says of one source, or of the articles of a site; changed with `dataclasses.replace`."""

    site: str
    source: str
    """The address as the site's definition has it, or `ARTICLES`."""
    next_at: datetime
    why: str
    """Why then, for a person."""
    polled_at: datetime | None = None
    outcome: str | None = None
    """Of the last poll: the HTTP status, or a reason of `Refusal`."""
    came: int = 0
    """Addresses that the last poll made known."""


_KEEP = (
    update(agenda)
    .where(agenda.c.site == bindparam("b_site"), agenda.c.source == bindparam("b_source"))
    .values({field.name: bindparam(f"b_{field.name}") for field in fields(AgendaEntry)[2:]})
)


def entries(connection: Connection, site: str | None = None) -> list[AgendaEntry]:
    """The entries of a site, or of all, in the order of their next time."""
    query = select(*every(agenda)).order_by(agenda.c.next_at, agenda.c.site, agenda.c.source)
    if site is not None:
        query = query.where(agenda.c.site == site)
    return [AgendaEntry(**row) for row in connection.execute(query).mappings()]


def next_times(connection: Connection) -> dict[str, datetime]:
    """For each scheduled site the earliest time that its agenda names; answered from an index alone."""
    query = select(agenda.c.site, func.min(agenda.c.next_at, type_=Instant)).group_by(agenda.c.site)
    return {row[0]: row[1] for row in connection.execute(query)}


def ahead(connection: Connection, now: datetime) -> list[AgendaEntry]:
    """The entries whose times lie so far in the future that a clock was ahead as they were written."""
    wrong = (agenda.c.next_at > now + FARTHEST) | (agenda.c.polled_at > now + SKEW)
    return [AgendaEntry(**row) for row in connection.execute(select(*every(agenda)).where(wrong)).mappings()]


def healed(entry: AgendaEntry, now: datetime) -> AgendaEntry:
    """The entry, due at once when a clock that was ahead has written it."""
    if entry.next_at <= now + FARTHEST and (entry.polled_at is None or entry.polled_at <= now + SKEW):
        return entry
    polled = entry.polled_at and not_after(entry.polled_at, now)
    return replace(entry, next_at=not_after(entry.next_at, now), polled_at=polled, why=WRONG_CLOCK)


def keep(connection: Connection, changed: Iterable[AgendaEntry]) -> None:
    """Write entries that the agenda has, in place of what stood there."""
    rows = [{f"b_{field.name}": getattr(entry, field.name) for field in fields(AgendaEntry)} for entry in changed]
    if rows:
        connection.execute(_KEEP, rows)


def pace(connection: Connection, site: str) -> str | None:
    """What was learned of a site; None when it is not scheduled."""
    state: str | None = connection.scalar(select(paces.c.state).where(paces.c.site == site))
    return state


def edits(connection: Connection, site: str) -> str | None:
    """What was learned of the edits of a site; None at first."""
    state: str | None = connection.scalar(select(paces.c.edits).where(paces.c.site == site))
    return state


def paces_of(connection: Connection, tier: str) -> list[str]:
    """What was learned of all sites of a tier."""
    return list(connection.scalars(select(paces.c.state).where(paces.c.tier == tier)))


def keep_pace(connection: Connection, site: str, state: str, edits: str) -> None:
    """Write what was learned of a scheduled site."""
    connection.execute(update(paces).where(paces.c.site == site).values(state=state, edits=edits))


def enrol(connection: Connection, site: str, tier: str, state: str) -> None:
    """Schedule a site from now on, of which `state` is known; what was learned of it before stays."""
    upsert(connection, paces, {"site": site}, {"tier": tier, "state": state}, _TIER)


def settle(connection: Connection, site: str, given: Iterable[AgendaEntry]) -> None:
    """Make the agenda of a site hold these sources and no others: new ones as given, known ones as they stand."""
    by_source = {entry.source: entry for entry in given}
    known = set(connection.scalars(select(agenda.c.source).where(agenda.c.site == site)))
    for source in known - by_source.keys():
        connection.execute(agenda.delete().where(agenda.c.site == site, agenda.c.source == source))
    new = [asdict(entry) for source, entry in by_source.items() if source not in known]
    if new:
        connection.execute(agenda.insert(), new)


def forget(connection: Connection, site: str) -> None:
    """Schedule a site no longer; what was learned of it stays for the day on which it is scheduled again."""
    connection.execute(agenda.delete().where(agenda.c.site == site))
