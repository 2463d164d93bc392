"""How far backfills have come: the pages and shards of each, and the positions in WARC files.

    steps    a row for each address that a backfill asks; the next page of a list is a row once the one before is read
    tapes    the byte up to which a WARC file has been read

A step is finished in the transaction that keeps its links and the steps that follow from it, so a backfill that is
killed asks again only what had not answered. The functions run inside one transaction (`crawler.store.database`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Date,
    Integer,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    func,
    select,
    update,
)

from crawler.discover import DayRange
from crawler.store.schema import Instant, Number, Plain, every, metadata
from crawler.store.sql import upsert
from crawler.text import day_of

State = Literal["open", "done", "failed"]
LATE = timedelta(days=2)
"""How long after its last day a shard may still grow: what was read after that needs no second reading."""

steps = Table(
    "steps",
    metadata,
    Column("id", Number, primary_key=True),
    Column("job", Plain, nullable=False),  # as `job_name` writes it
    Column("site", Plain, nullable=False),
    Column("stage", Integer, nullable=False),
    Column("route", Plain, nullable=False),
    Column("address", Plain, nullable=False, index=True),
    Column("first", Date),
    Column("last", Date),
    Column("page", Integer, nullable=False),
    Column("behind", Plain),
    Column("state", Plain, nullable=False),
    Column("word", Plain, key="reason"),
    Column("tries", Integer, nullable=False),
    Column("links", Integer, nullable=False),
    Column("digest", Plain),
    Column("at", Instant),
    UniqueConstraint("job", "address"),
)

warc_files = Table(
    "tapes",
    metadata,
    Column("job", Plain, nullable=False),
    Column("file", Plain, nullable=False),
    Column("place", Number, nullable=False, key="offset"),
    Column("done", Boolean, nullable=False),
    PrimaryKeyConstraint("job", "file"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One address that a backfill asks, and what came of it."""

    id: int = 0
    """0 before it is in the store."""
    job: str
    site: str
    stage: int
    """Which of the site's kinds of routes, in the order in which they are tried."""
    route: str
    """The source of the site's definition."""
    address: str
    first: date | None = None
    """While open, the days that are wanted of it; once done, those that it has given."""
    last: date | None = None
    page: int = 1
    """Of a list."""
    behind: str | None = None
    """Numbers of the links on the page before, which tell by their days whether this one is still wanted."""
    state: State = "open"
    reason: str | None = None
    """Why it failed."""
    tries: int = 0
    links: int = 0
    """Articles that it listed and that were wanted."""
    digest: str | None = None
    """Of what it listed: a list that never ends repeats itself."""
    at: datetime | None = None
    """When it answered."""


def job_name(site: str, span: DayRange, key: str = "") -> str:
    """The name of a backfill: the same site, days and key go on with what was begun."""
    return f"{site} {span.first}..{span.last}" + (f" {key}" if key else "")


def span_of_job(job: str) -> DayRange:
    """The days of a backfill, from its name."""
    first, last = job.split(" ")[1].split("..")
    return DayRange(date.fromisoformat(first), date.fromisoformat(last))


def of_job(connection: Connection, job: str) -> list[Step]:
    """Every step of a backfill, in the order in which they became known."""
    return [
        Step(**row)
        for row in connection.execute(select(*every(steps)).where(steps.c.job == job).order_by(steps.c.id)).mappings()
    ]


def add(connection: Connection, given: Iterable[Step]) -> None:
    """Add steps; an address that the backfill has already is left as it is."""
    for step in given:
        values = _values(step)
        upsert(connection, steps, {name: values.pop(name) for name in ("job", "address")}, values, {})


def keep(connection: Connection, step: Step) -> None:
    """Write a step in place of what stood under its number."""
    connection.execute(update(steps).where(steps.c.id == step.id).values(_values(step)))


def next_open(connection: Connection, job: str, *, oldest_first: bool) -> Step | None:
    """The step that is to be asked next; None when none is open."""
    order = steps.c.last if oldest_first else steps.c.last.desc()
    query = (
        select(*every(steps))
        .where(steps.c.job == job, steps.c.state == "open")
        .order_by(order, steps.c.page, steps.c.id)
    )
    row = connection.execute(query.limit(1)).mappings().first()
    return Step(**row) if row else None


def count_open(connection: Connection, job: str) -> int:
    """How many steps of a backfill are open."""
    query = select(func.count()).where(steps.c.job == job, steps.c.state == "open")
    return connection.scalar(query) or 0


def page_before(connection: Connection, step: Step) -> Step | None:
    """The page of the same list before this one."""
    mine = (steps.c.job == step.job) & (steps.c.route == step.route) & (steps.c.page == step.page - 1)
    row = connection.execute(select(*every(steps)).where(mine)).mappings().first()
    return Step(**row) if row else None


def repeats(connection: Connection, step: Step) -> bool:
    """Whether another page of the same list has listed the very same."""
    same = (steps.c.job == step.job) & (steps.c.route == step.route) & (steps.c.digest == step.digest)
    return connection.scalar(select(steps.c.id).where(same, steps.c.id != step.id).limit(1)) is not None


def reopen(connection: Connection, job: str, reasons: Collection[str]) -> int:
    """Open the steps of a backfill again that failed for one of the reasons; returns how many."""
    failed = (steps.c.job == job) & (steps.c.state == "failed") & steps.c.reason.in_(reasons)
    return connection.execute(update(steps).where(failed).values(state="open", reason=None)).rowcount


def none_of(connection: Connection, step: Step, failures: int) -> bool:
    """Whether of the step's route so many steps have failed and none has given anything."""
    mine = (steps.c.job == step.job) & (steps.c.route == step.route)
    query = select(steps.c.state, func.count()).where(mine).group_by(steps.c.state)
    counts = {state: number for state, number in connection.execute(query)}  # noqa: C416, rows are no pairs to mypy
    return "done" not in counts and counts.get("failed", 0) >= failures


def give_up(connection: Connection, step: Step, reason: str) -> None:
    """Let the open steps of the step's route fail without being asked."""
    mine = (steps.c.job == step.job) & (steps.c.route == step.route) & (steps.c.state == "open")
    connection.execute(update(steps).where(mine).values(state="failed", reason=reason))


def final(connection: Connection, addresses: Collection[str]) -> set[str]:
    """Those of the addresses that some backfill has read when nothing more could come to them."""
    query = select(steps.c.address, steps.c.last, steps.c.at).where(
        steps.c.address.in_(addresses), steps.c.state == "done", steps.c.last.is_not(None)
    )
    return {address for address, last, at in connection.execute(query) if at and day_of(at) >= last + LATE}


def warc_position(connection: Connection, job: str, file: str) -> tuple[int, bool]:
    """The byte up to which a WARC file has been read for a job, and whether that is its end."""
    mine = (warc_files.c.job == job) & (warc_files.c.file == file)
    row = connection.execute(select(*every(warc_files)).where(mine)).first()
    return (row.offset, row.done) if row else (0, False)


def keep_warc_position(connection: Connection, job: str, file: str, offset: int, *, done: bool) -> None:
    """Note how far a WARC file has been read."""
    upsert(connection, warc_files, {"job": job, "file": file}, {"offset": offset, "done": done})


def _values(step: Step) -> dict[str, object]:
    values = asdict(step)
    del values["id"]
    return values
