"""The small tools for statements, and the cursors of the feed's readers, on both databases."""

from __future__ import annotations

import errno
import sqlite3
from datetime import timedelta

import pytest
from sqlalchemy import bindparam, func, insert, select, update

from crawler.errors import store_reason
from crawler.store import Store, cursors
from crawler.store.schema import Instant, links, sites
from crawler.store.sightings import poll_days
from crawler.store.sql import CHUNK, Prepared, chunks, compare_and_set, given, upsert
from crawler.store.tallies import tallies
from tests.support import T0

KEY = {"site": "bao", "day": T0.date(), "what": "asked"}


def count(store: Store) -> list[int]:
    with store.reading() as connection:
        return list(connection.scalars(select(tallies.c.count).order_by(tallies.c.what)))


def test_a_row_is_written_and_then_changed(store: Store) -> None:
    with store.writing() as connection:
        upsert(connection, tallies, KEY, {"count": 3})
        upsert(connection, tallies, {**KEY, "what": "lies"}, {"count": 1})
        assert count(store) == []  # until the transaction ends
    assert count(store) == [3, 1]
    with store.writing() as connection:
        upsert(connection, tallies, KEY, {"count": 7})
    assert count(store) == [7, 1]


def test_a_change_may_build_on_what_the_row_has(store: Store) -> None:
    with store.writing() as connection:
        for more in (1, 2, 4):
            upsert(connection, tallies, KEY, {"count": more}, {"count": tallies.c.count + given(tallies, "count")})
    assert count(store) == [7]


def test_without_a_change_a_row_stays_as_it_is(store: Store) -> None:
    with store.writing() as connection:
        upsert(connection, tallies, KEY, {"count": 2}, {})
        upsert(connection, tallies, KEY, {"count": 9}, {})
    assert count(store) == [2]


def test_a_column_goes_by_the_name_that_the_code_has_for_it(store: Store) -> None:
    from crawler.store import SourceState

    for status in ("timeout", "200", "server_error", None):
        store.save_source(SourceState(url="https://bao.example/rss", checked_at=T0, last_status=status), [], "bao")
    store.save_source(SourceState(url="https://bao.example/rss", checked_at=T0 + timedelta(days=1)), [], "bao")
    with store.reading() as connection:
        query = select(poll_days.c.polls, poll_days.c.failed, poll_days.c.reason).order_by(poll_days.c.day)
        assert [tuple(row) for row in connection.execute(query)] == [(4, 2, "server_error"), (1, 0, None)]


def test_a_prepared_statement_takes_and_does_what_it_does_otherwise(store: Store) -> None:
    new_site, new_link = Prepared(insert(sites)), Prepared(insert(links).returning(links.c.id))
    fate = update(links).where(links.c.canonical_url == bindparam("b_url")).values(tries=links.c.tries + 1)
    refused = fate.values(fate="refused")
    prepared = Prepared(refused)
    since = select(links.c.canonical_url).where(
        links.c.found_at >= bindparam("since", type_=Instant), links.c.canonical_url.like("%/1%")
    )
    url, at = "https://bao.example/100%-1.html", T0 + timedelta(hours=1)
    with store.writing() as connection:
        new_site.run(connection, {"name": "bao", "added_at": T0})
        about = {"site": "bao", "found_at": at, "tries": 0, "fate": "pending", "title": "không\0 có\ud800"}
        number = new_link.run(connection, {"canonical_url": url, **about}).scalar_one()
        connection.execute(refused, {"b_url": url, "reason": "timeout"})
        prepared.run(connection, {"b_url": url, "reason": "gone"})
        prepared.run(connection, {"b_url": url, "reason": None, "fetched_at": at})
        for first, found in ((at, [url]), (at + timedelta(seconds=1), [])):
            assert list(Prepared(since).run(connection, {"since": first}).scalars()) == found
        row = connection.execute(select(links).where(links.c.id == number)).mappings().one()
    assert {name: row[links.c[name]] for name in ("title", "fate", "tries", "reason", "found_at", "fetched_at")} == {
        "title": "không có?", "fate": "refused", "tries": 3, "reason": None, "found_at": at, "fetched_at": at
    }  # fmt: skip


def test_a_row_changes_only_from_what_it_was_read_as(store: Store) -> None:
    with store.writing() as connection:
        upsert(connection, tallies, KEY, {"count": 3})
        assert compare_and_set(connection, tallies, {**KEY, "count": 3}, {"count": tallies.c.count + 1})
        assert not compare_and_set(connection, tallies, {**KEY, "count": 3}, {"count": 9})
    assert count(store) == [4]


def test_a_cursor_moves_from_where_it_was_and_from_nowhere_else(store: Store) -> None:
    with store.writing() as connection:
        assert cursors.position(connection, "reader") == 0
        assert cursors.advance(connection, "reader", 0, 5)
        assert not cursors.advance(connection, "reader", 0, 7)
        assert cursors.position(connection, "reader") == 5
        assert cursors.advance(connection, "reader", 5, 7)
        assert cursors.position(connection, "other") == 0
        assert cursors.position(connection, "reader") == 7
        assert connection.scalar(select(func.count()).select_from(cursors.progress)) == 1


def test_keys_come_in_lists_that_a_statement_takes() -> None:
    keys = range(2 * CHUNK + 1)
    assert [len(chunk) for chunk in chunks(keys)] == [CHUNK, CHUNK, 1]
    assert [key for chunk in chunks(iter(keys)) for key in chunk] == list(keys)
    assert list(chunks([])) == []


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (OSError(errno.ENOSPC, "full"), "disk_full"),
        (OSError(errno.EACCES, "no"), "read_only"),
        (OSError(errno.EIO, "?"), "failed"),
        (OSError("?"), "failed"),
        ("SQLITE_READONLY_DIRECTORY", "read_only"),
        ("SQLITE_BUSY", "locked"),
        ("SQLITE_CONSTRAINT", "failed"),
        (None, "failed"),
    ],
)
def test_what_an_error_of_the_machine_means(error: OSError | str | None, reason: str) -> None:
    if isinstance(error, OSError):
        assert store_reason(error) == reason
        return
    failure = sqlite3.OperationalError()
    if error:
        failure.sqlite_errorname = error
    assert store_reason(failure) == reason
