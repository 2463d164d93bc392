"""What serves nothing any more is dropped: how old what may be, what that would drop, and dropping it.

Rows go in transactions of at most `BATCH`, so that no writer waits for long, and a process that is killed has dropped
some. Articles, their revisions and copies, and the change feed are no part of it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Table, delete, false, func, select, tuple_

from crawler.alerts import notify
from crawler.archive import pruning
from crawler.archive.warc_store import WarcStore
from crawler.configuration import Settings
from crawler.errors import StoreFailed, store_reason
from crawler.maintenance.sizes import table_bytes
from crawler.monitor import KEPT, page_flags
from crawler.store import Store, budget, heartbeats, messages, quarantine, sightings, tallies
from crawler.store.schema import links
from crawler.text import day_of

REQUESTS_KEPT = timedelta(days=60)
"""How long it is known how many requests a site got on a day; no rule looks back further than a week."""
BATCH = 1000
"""Rows dropped in one transaction."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Rows of one table that are dropped when they are too old."""

    says: str
    """What these are, for a person."""
    table: Table
    keep: timedelta
    old: ColumnElement[bool]
    all: bool = True
    """Whether no row of the table stays that is older."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """What was dropped, or would be."""

    what: str
    number: int
    """Rows or, of a folder, files."""
    bytes: int | None
    """Of rows an estimate, by what a row of their table takes; None where that was not measured."""


def rules(settings: Settings, now: datetime) -> Iterator[Rule]:
    """What is dropped of the store, each before what it refers to."""
    flags, asked = day_of(now - KEPT), day_of(now - REQUESTS_KEPT)
    yield Rule("sent messages", messages.messages, notify.KEPT, messages.sent_before(now - notify.KEPT), all=False)
    yield Rule("flags of pages", page_flags.page_flags, KEPT, page_flags.of_days_before(flags))
    yield Rule("counts of answers", tallies.tallies, KEPT, tallies.of_days_before(flags))
    yield Rule("counts of requests", budget.spent_table, REQUESTS_KEPT, budget.of_days_before(asked))
    gone: ColumnElement[bool] = false()
    if (keep := settings.keep_links) is not None:
        gone = sightings.of_old_shards(now - keep)
        yield Rule("days of polls", sightings.poll_days, keep, sightings.polls_before(now - keep))
        yield Rule("what old shards listed", sightings.sightings, keep, gone, all=False)
    if (keep := settings.keep_refused) is not None:
        stood = sightings.of_forgotten_links(now - keep) & ~gone
        yield Rule("where refused addresses stood", sightings.sightings, keep, stood, all=False)
        yield Rule("refused addresses", links, keep, sightings.forgettable(now - keep), all=False)
        kept = quarantine.kept_before(now - keep)
        yield Rule("pages in the quarantine", quarantine.quarantine, keep, kept)


def kept_tables(settings: Settings, now: datetime) -> dict[str, timedelta]:
    """The tables that stop growing, each with the age of its oldest row."""
    return {rule.table.name: rule.keep for rule in rules(settings, now) if rule.all}


def archive_bytes(settings: Settings) -> float | None:
    """The most that all files of the archive may take; None without a limit."""
    return None if settings.archive_total_mb is None else settings.archive_total_mb * 1_000_000


def prune(
    store: Store, settings: Settings, now: datetime, *, dry_run: bool = False, measured: bool = True
) -> list[Dropped]:
    """Drop what is too old, or only say what that would be; a row for each kind, also where it is nothing.

    What the clock has jumped over in the last day makes nothing older: with one that is a year ahead all would go.

    Bytes of rows are `measured` by reading the whole store, which is not worth it where nobody looks.

    Raises StoreFailed when the database, or a folder, cannot.
    """
    with store.reading() as connection:
        now = heartbeats.passed(connection, now - heartbeats.DOUBTED, now)
    return [
        *_rows(store, settings, now, dry_run=dry_run, measured=measured),
        *_archive(settings, now, dry_run=dry_run),
    ]


def _rows(store: Store, settings: Settings, now: datetime, *, dry_run: bool, measured: bool) -> Iterator[Dropped]:
    with store.reading() as connection:
        sizes = table_bytes(connection) if measured else None
    for rule in rules(settings, now):
        of_table = select(func.count()).select_from(rule.table)
        with store.reading() as connection:
            number = connection.scalar(of_table.where(rule.old)) or 0
            rows = connection.scalar(of_table) or 1 if sizes else 1
        if number and not dry_run:
            number = _drop(store, rule.table, rule.old)
        size = None if sizes is None else sizes.get(rule.table.name, 0) * number // rows
        yield Dropped(what=rule.says, number=number, bytes=size)


def _drop(store: Store, table: Table, old: ColumnElement[bool]) -> int:
    """Drop rows in transactions of their own; how many."""
    key = tuple(table.primary_key)
    number = 0
    # They are looked for once: to begin again for each batch would read what stays again and again.
    with store.reading() as connection:
        found = connection.execute(select(*key).where(old).execution_options(yield_per=BATCH))
        for rows in found.partitions():
            with store.writing_beside() as writing:
                these = tuple_(*key).in_([tuple(row) for row in rows])
                number += writing.execute(delete(table).where(these, old)).rowcount
    return number


def _archive(settings: Settings, now: datetime, *, dry_run: bool) -> Iterator[Dropped]:
    folder, most = settings.archive, archive_bytes(settings)
    if folder is None or (settings.keep_pages is None and most is None):
        return
    archive = WarcStore(folder, settings.archive_url)
    try:
        files = pruning.outdated(archive, now, settings.keep_pages, most)
        if not dry_run:
            pruning.drop(archive, files)
    except (OSError, sqlite3.Error) as error:
        raise StoreFailed(store_reason(error), f"the archive in {folder}: {error}") from error
    yield Dropped(what="files of the archive", number=len(files), bytes=sum(one.bytes for one in files))
