"""Writers beside each other on PostgreSQL: what each holds, and how changes come to their numbers."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from functools import partial

import pytest
from sqlalchemy import Connection, create_engine, event, text

from crawler.errors import StoreFailed
from crawler.items import Article, Link
from crawler.monitor.store_checks import verify
from crawler.store import SourceState, Store, frontier, migrate, numbering, subjects
from crawler.store import articles as record
from crawler.store.database import LOCKS, WRITE_LOCK
from crawler.store.frontier import save_backfill_page
from tests.support import T0, article, sibling, statement, url_of


@pytest.fixture
def address(postgres: str) -> Iterator[str]:
    statement(postgres, "CREATE DATABASE store TEMPLATE template")
    yield sibling(postgres, "store")
    statement(postgres, "DROP DATABASE store WITH (FORCE)")


@pytest.fixture
def store(address: str) -> Iterator[Store]:
    with Store.open(address) as opened:
        with opened.writing() as connection:
            frontier.ensure_site(connection, "bao", T0)
        yield opened
        assert verify(opened) == []


@pytest.fixture
def other(address: str, store: Store) -> Iterator[Store]:
    """The same store, as another process has it open."""
    with Store.open(address) as opened:
        yield opened


@contextmanager
def session(address: str, *statements: str) -> Iterator[Connection]:
    """A connection past the store, in whose transaction these have run."""
    engine = create_engine(address.replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection:
        for one in statements:
            connection.execute(text(one))
        yield connection
    engine.dispose()


@contextmanager
def numbering_is_taken(address: str) -> Iterator[None]:
    """As while another process numbers changes, or after one has died that would have."""
    with session(address, f"SELECT pg_advisory_xact_lock({LOCKS}, 0)"):
        yield


def rows(address: str, query: str) -> list[tuple[object, ...]]:
    with session(address) as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def waits(address: str, thread: threading.Thread) -> bool:
    """Whether what a thread does comes to wait for a lock before it ends."""
    query = "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    while thread.is_alive():
        if rows(address, query):
            return True
        thread.join(0.01)
    return False


def begun(work: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=work)
    thread.start()
    return thread


def test_what_is_left_without_a_number_gets_it_from_whoever_asks_next(store: Store, address: str) -> None:
    store.save(article(1, "a"), T0)
    with numbering_is_taken(address):
        for n in (4, 3, 2):
            store.save(article(n, f"bài {n}"), T0)
        assert rows(address, "SELECT seq FROM changes") == [(1,)]
        assert rows(address, "SELECT count(*) FROM unnumbered") == [(3,)]
    assert [row.seq for row in store.changes()] == [1, 2, 3, 4]
    assert [row.url for row in store.changes(since=1)] == [url_of(4), url_of(3), url_of(2)]
    assert rows(address, "SELECT count(*) FROM unnumbered") == [(0,)]


@pytest.mark.parametrize("ask", ["feed", "last_change", "open", "write"])
def test_each_way_to_the_feed_numbers_what_is_left(store: Store, address: str, ask: str) -> None:
    with numbering_is_taken(address):
        store.save(article(1, "a"), T0)
    match ask:
        case "feed":
            assert len(store.feed()[0]) == 1
        case "last_change":
            assert store.last_change() == 1
        case "open":
            Store.open(address).close()
        case "write":
            store.save(article(2, "b"), T0)
    assert rows(address, "SELECT min(seq) FROM changes") == [(1,)]


@pytest.mark.parametrize("alone", [False, True])
def test_a_writer_that_is_frozen_before_its_commit_stops_nobody_for_ever(
    store: Store, other: Store, monkeypatch: pytest.MonkeyPatch, alone: bool
) -> None:
    monkeypatch.setattr("crawler.store.database.FROZEN", 1)
    store.save(article(1, "a"), T0)
    change = dict.fromkeys(("event", "url", "site", "content_hash"), "lost")

    def freeze() -> None:
        with store.writing() if alone else store.writing_beside() as connection:
            numbering.append(connection, change | {"article_id": 1, "revision": 1, "at": T0})
            numbering.finish(connection)
            other.save(article(2, "b"), T0)
            assert [(row.seq, row.url) for row in other.changes()] == [(1, url_of(1)), (2, url_of(2))]

    with pytest.raises(StoreFailed) as lost:
        freeze()
    assert lost.value.reason == "unreachable"


def test_who_may_only_read_sees_what_has_a_number(store: Store, address: str) -> None:
    store.save(article(1, "a"), T0)
    with numbering_is_taken(address):
        store.save(article(2, "b"), T0)
    with Store.open(f"{address}&options=-c%20default_transaction_read_only%3Don") as reader:
        assert [row.seq for row in reader.changes()] == [1]
        assert reader.last_change() == 1
    assert store.last_change() == 2


@contextmanager
def another_writes_while_one_holds_the_lock(store: Store, other: Store, address: str) -> Iterator[None]:
    """Another stores an article between the first numbering by this store and its commit."""
    numbers = f"SELECT FROM pg_locks WHERE classid = {LOCKS} AND objid = 0 AND objsubid = 2"
    written = []

    def commits(_: Connection) -> None:
        if not written and rows(address, numbers):
            written.append(2)
            other.save(article(2, "hai"), T0)
            assert len(rows(address, "SELECT FROM unnumbered WHERE url LIKE '%2.html'")) == 1

    event.listen(store._engine, "commit", commits)
    yield
    event.remove(store._engine, "commit", commits)
    assert written
    assert (url_of(2),) in rows(address, "SELECT url FROM changes")


def test_what_others_leave_while_one_commits_is_numbered_after_it(store: Store, other: Store, address: str) -> None:
    with another_writes_while_one_holds_the_lock(store, other, address):
        store.save(article(1, "một"), T0)


def test_what_others_leave_while_one_without_a_change_of_its_own_commits_is_numbered(
    store: Store, other: Store, address: str
) -> None:
    store.save(article(1, "một"), T0)
    with store.writing_beside() as connection:
        links = {"https://bao.example/khac": Link("https://bao.example/khac")}
        save_backfill_page(connection, "https://bao.example/kho", "kho", links, "bao", T0)
    with another_writes_while_one_holds_the_lock(store, other, address):
        assert store.save(article(1, "một"), T0, link="https://bao.example/khac").event is None


def test_what_others_leave_while_a_reader_numbers_is_numbered_after_it(
    store: Store, other: Store, address: str
) -> None:
    with numbering_is_taken(address):
        store.save(article(1, "một"), T0)
    with another_writes_while_one_holds_the_lock(store, other, address):
        store.last_change()


def test_a_reader_of_hours_does_not_make_it_slow(store: Store, address: str) -> None:
    with session(address, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", "SELECT count(*) FROM changes"):
        for n in range(1, 20):
            store.save(article(n, f"bài {n}"), T0)
        assert [row.seq for row in store.changes(limit=None)] == list(range(1, 20))
        # What was deleted is still there for that reader, and lies before where the next step looks.
        with store.reading() as connection:
            (oldest,) = connection.exec_driver_sql("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint").one()
            assert connection.info["numbered"] == oldest


def test_a_backfill_knows_the_number_of_its_change_whoever_else_writes(store: Store, address: str) -> None:
    with store.writing_beside() as connection:
        save_backfill_page(connection, "https://bao.example/kho", "kho", {url_of(1): Link(url_of(1))}, "bao", T0)
    thread = threading.Thread(target=store.save, args=(article(1, "xưa"), T0), kwargs={"link": url_of(1)})
    with numbering_is_taken(address):
        store.save(article(2, "mới"), T0)
        thread.start()
        assert waits(address, thread)
    thread.join()
    (change,) = (row for row in store.changes() if row.url == url_of(1))
    assert rows(address, "SELECT past FROM links ORDER BY id") == [(change.seq,), (None,)]


@pytest.mark.parametrize(
    ("second", "becomes"),
    [
        pytest.param(article(2, "một"), "copied", id="of two with one text one is the copy"),
        pytest.param(article(1, "một, sửa"), "revised", id="of two readings of one page one is a revision"),
    ],
)
def test_what_is_stored_at_once_is_stored_one_after_the_other(
    store: Store, address: str, second: Article, becomes: str
) -> None:
    with store.writing_beside() as connection:
        record.save(connection, article(1, "một"), T0, None)
        other = begun(partial(store.save, second, T0))
        assert waits(address, other)
    other.join()
    assert [row.event for row in store.changes()] == ["created", becomes]


def test_pages_of_one_second_have_keys_of_their_own(store: Store, address: str) -> None:
    at = datetime(2026, 3, 2, tzinfo=UTC)
    with store.writing_beside() as connection:
        record.save(connection, article(1, "một", published_at=at), T0, None)
        other = begun(partial(store.save, article(2, "hai", published_at=at), T0))
        assert waits(address, other)
    other.join()
    assert rows(address, "SELECT max(key) - min(key), count(*) FROM search_keys") == [(1, 2)]


def test_a_page_is_stored_while_a_source_lists_it(store: Store, address: str) -> None:
    found: list[int] = []
    with store.writing_beside() as connection:
        record.save(connection, article(1, "một"), T0, None)
        source = SourceState(url="https://bao.example/rss")
        other = begun(lambda: found.append(store.save_source(source, [Link(url_of(1))], "bao")))
        assert waits(address, other)
    other.join()
    assert found == [0]
    assert rows(address, "SELECT fate, (SELECT count(*) FROM claims) FROM links") == [("stored", 1)]


def test_others_write_while_a_job_writes_and_nobody_while_one_writes_alone(store: Store, address: str) -> None:
    with store.writing_beside(subjects.job("relate")):
        store.save(article(1, "một"), T0)
    with store.writing():
        other = begun(partial(store.save, article(2, "hai"), T0))
        assert waits(address, other)
    other.join()
    assert len(store.changes()) == 2


def test_requests_of_two_runs_of_a_site_are_counted_one_after_the_other(store: Store, address: str) -> None:
    with store.writing_beside(subjects.site("bao")):
        mine = begun(partial(_write_nothing, store, subjects.site("bao")))
        assert waits(address, mine)
        _write_nothing(store, subjects.site("dai"))
    mine.join()


def _write_nothing(store: Store, *held: int) -> None:
    with store.writing_beside(*held):
        pass


def test_what_waits_in_a_circle_is_begun_again(store: Store, address: str) -> None:
    statement(address, "ALTER DATABASE store SET deadlock_timeout = '20ms'")
    store.save(article(1, "một"), T0)
    store.save(article(2, "hai"), T0)
    together, tries = threading.Barrier(2), list[int]()

    def work(first: int, second: int, connection: Connection) -> None:
        tries.append(first)
        frontier.begin(connection, [url_of(first)])
        if len(tries) <= 2:
            together.wait()
        frontier.begin(connection, [url_of(second)])

    with Store.open(address) as one, Store.open(address) as two, ExitStack() as ended:
        for mine, order in ((one, (1, 2)), (two, (2, 1))):
            ended.callback(begun(partial(mine.write, partial(work, *order), (), None, T0)).join)
    assert sorted(tries[:2]) == [1, 2]
    assert len(tries) > 2  # once more, or as often as the two meet again


def test_a_mistake_is_not_begun_again(store: Store, address: str) -> None:
    tries = []

    def work(connection: Connection) -> None:
        tries.append(1)
        connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    with pytest.raises(StoreFailed, match="unreachable"):
        store.write(work, (), None, T0)
    assert tries == [1]


def test_an_older_version_that_writes_alone_is_not_disturbed(store: Store, address: str) -> None:
    """It numbers changes itself, under the write lock, as the upgrade of its store went on beside it."""
    with numbering_is_taken(address):
        store.save(article(1, "một"), T0)
    with session(address, f"SELECT pg_advisory_xact_lock({WRITE_LOCK})") as old:
        assert store.last_change() == 0
        columns = "'restored', article_id, revision, url, site, content_hash, at"
        old.execute(text(f"INSERT INTO changes SELECT 1, {columns} FROM unnumbered"))  # noqa: S608
        old.commit()
    assert [row.event for row in store.changes()] == ["restored", "created"]


def test_a_downgrade_numbers_what_is_left(store: Store, address: str) -> None:
    with numbering_is_taken(address):
        for n in (2, 1):
            store.save(article(n, f"bài {n}"), T0)
    with store.writing() as connection:
        migrate.downgrade(connection, "0012")
    assert rows(address, "SELECT seq, url FROM changes ORDER BY seq") == [(1, url_of(2)), (2, url_of(1))]
    with Store.open(address) as again:
        assert again.last_change() == 2
        assert verify(again) == []
