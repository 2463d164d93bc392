"""The store, on SQLite and on PostgreSQL: the same tests, the same answers."""

from __future__ import annotations

import importlib
import pkgutil
import random
import re
import signal
import sqlite3
import threading
import warnings
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, inspect, text

import crawler
from crawler.backfill import backlog
from crawler.errors import BadInput, Discard, Refusal, StoreFailed
from crawler.items import Article, Image, Link
from crawler.monitor.store_checks import verify
from crawler.store import Outcome, SourceState, Store, budget, database, frontier
from crawler.store.migrate import HEAD, SCRIPTS, VERSION_TABLE, scripts
from crawler.store.schema import metadata
from tests.support import HANOI, T0, Fresh, article, at, statement, url_of, writer

ROOT = Path(__file__).parents[2]
SOURCE = "https://bao.example/rss"


def events(store: Store) -> list[tuple[str, int, int | None, str]]:
    return [(row.event, row.article_id, row.revision, row.url) for row in store.changes(limit=None)]


# --- schema and opening ---------------------------------------------------------------------------------------------


def _is_of_metadata(name: str | None, kind: str, parents: object) -> bool:
    """Whether it is no table that each database has in its own way, or not at all."""
    return kind != "table" or not str(name).startswith(("search_words", "search_waiting", "unnumbered"))


def test_migrations_make_exactly_the_schema(fresh: Fresh) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    for module in pkgutil.walk_packages(crawler.__path__, "crawler."):
        if not module.name.startswith("crawler.store.migrations") and not module.name.endswith("__main__"):
            importlib.import_module(module.name)  # each brings its tables
    url = fresh()
    Store.open(url).close()
    engine = database.engine_for(url)
    with warnings.catch_warnings(), engine.connect() as connection:
        # SQLAlchemy cannot reflect an index over an expression on SQLite.
        warnings.simplefilter("ignore")
        opts = {"version_table": VERSION_TABLE, "compare_type": True, "include_name": _is_of_metadata}
        context = MigrationContext.configure(connection, opts=opts)
        found = compare_metadata(context, metadata)
        newest = list(connection.scalars(text(_index_query(engine.dialect.name))))
    engine.dispose()
    on_expressions = {"ix_articles_newest", "ix_articles_site_newest", "ix_links_pending"}
    assert [step for step in found if not {getattr(part, "name", None) for part in step} & on_expressions] == []
    assert on_expressions <= set(newest)


OWN_TABLES = "sites|sources|links|articles|revisions|copies|changes"
_WRITES = re.compile(rf"\b(?:insert|update|delete|upsert|compare_and_set)\((?:connection,\s*)?(?:{OWN_TABLES})\b"
                     rf"|\b(?:{OWN_TABLES})\.(?:insert|update|delete)\(\)")  # fmt: skip


def test_the_record_and_the_frontier_are_written_by_the_store_alone() -> None:
    writers = {
        path.relative_to(ROOT).as_posix().split("/")[1]
        for path in (ROOT / "crawler").rglob("*.py")
        if _WRITES.search(path.read_text())
    }
    assert writers == {"store"}


def _index_query(dialect: str) -> str:
    if dialect == "sqlite":
        return "SELECT name FROM sqlite_master WHERE type = 'index'"
    return "SELECT indexname FROM pg_indexes"


def test_schema_can_be_taken_back_and_made_again(fresh: Fresh) -> None:
    from alembic import command

    url = fresh()
    Store.open(url).close()
    engine = database.engine_for(url)
    with database.transaction(database.writer(engine)) as connection:
        command.downgrade(scripts(connection), "base")
        assert inspect(connection).get_table_names() == [VERSION_TABLE]
    engine.dispose()
    with Store.open(url) as store:
        assert store.save(article(), T0).event == "created"


def test_head_is_the_newest_revision() -> None:
    from alembic.script import ScriptDirectory

    assert ScriptDirectory(str(SCRIPTS)).get_current_head() == HEAD


def test_open_again_keeps_what_is_stored(fresh: Fresh) -> None:
    url = fresh()
    with Store.open(url) as store:
        store.save(article(), T0)
    with Store.open(url) as store:
        assert [row.title for row in store.articles()] == ["Tiêu đề 1"]


def test_store_of_a_newer_version_is_refused(address: str) -> None:
    statement(address, f"UPDATE {VERSION_TABLE} SET version_num = '9999'")  # noqa: S608
    with pytest.raises(BadInput, match=r"newer thoisu.*9999.*upgrade"):
        Store.open(address)


def test_database_with_strange_tables_is_refused(fresh: Fresh) -> None:
    url = fresh()
    statement(url, "CREATE TABLE articles (name TEXT)")
    with pytest.raises(BadInput, match="'articles' that thoisu did not make"):
        Store.open(url)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("sqlite:///{folder}/missing/store.db", "the folder .*missing does not exist"),
        ("sqlite:///{folder}", "is a folder"),
        ("sqlite:///{folder}/page.html", "not a database"),
        ("sqlite://", "in memory"),
        ("nonsense", "no database address"),
        ("oracle://host/x", "not supported"),
        ("nosuch://host/x", "not supported"),
        ("postgresql://name:geheim@localhost:1/x", "cannot open the store .*unreachable"),
    ],
)
def test_open_says_in_one_line_why_it_cannot(tmp_path: Path, url: str, words: str) -> None:
    if url.startswith("postgresql"):
        pytest.importorskip("psycopg")
    (tmp_path / "page.html").write_text("<html>" * 2000)
    with pytest.raises(BadInput, match=words) as refused:
        Store.open(url.format(folder=tmp_path))
    assert "\n" not in str(refused.value)
    assert "geheim" not in str(refused.value)


def test_read_only_file_can_be_read_and_not_written(tmp_path: Path) -> None:
    with Store.open(f"sqlite:///{tmp_path}/store.db") as store:
        store.save(article(), T0)
    with Store.open(f"sqlite:///file:{tmp_path}/store.db?mode=ro&uri=true") as store:
        assert len(store.articles()) == 1
        with pytest.raises(StoreFailed) as failure:
            store.save(article(2, "Bài khác"), T0)
    assert failure.value.reason == "read_only"


def test_full_disk_has_a_name_and_loses_nothing(tmp_path: Path) -> None:
    store = Store.open(f"sqlite:///{tmp_path}/store.db")
    room = [200]  # pages of 4 KiB

    def limit(connection: sqlite3.Connection, *_: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {room[0]}")

    event.listen(store._engine, "checkout", limit)
    numbers = count()

    def fill() -> None:
        for n in numbers:
            store.save(article(n, f"{n} " * 500), T0)

    with pytest.raises(StoreFailed) as failure:
        fill()
    assert failure.value.reason == "disk_full"
    saved = next(numbers) - 1
    assert verify(store) == []
    assert store.counts()["bao"]["articles"] == saved > 0
    room[0] = 100_000
    assert store.save(article(saved, "Có chỗ rồi"), T0).event == "created"
    store.close()


def test_writer_that_waits_too_long_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "WAIT", 0)
    with Store.open(f"sqlite:///{tmp_path}/store.db") as store, sqlite3.connect(tmp_path / "store.db") as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreFailed) as failure:
            store.save(article(), T0)
        other.rollback()
        assert failure.value.reason == "locked"
        assert store.save(article(), T0).event == "created"
    other.close()


# --- what a page is to those already known ---------------------------------------------------------------------------


def test_same_page_again_writes_nothing(store: Store) -> None:
    assert store.save(article(), T0) == Outcome("created", 1, 1)
    assert store.save(replace(article(), title="Tiêu đề khác", tags=("mới",)), at(5)) == Outcome(None, 1, None)
    assert [row.event for row in store.changes()] == ["created"]
    assert store.revision(1, 1) == article()


def test_other_text_is_a_revision_and_every_one_is_kept(store: Store) -> None:
    texts = ["Mười người", "Mười một người", "Mười người"]
    for n, words in enumerate(texts):
        later = article(words=words, title=f"Bản {n}")
        assert store.save(later, at(n)).revision == n + 1
    found = store.article(1)
    assert found is not None
    assert [store.revision(1, n).body for n in (1, 2, 3)] == texts
    assert [row.title for row in found.revisions] == ["Bản 0", "Bản 1", "Bản 2"]
    assert (found.row.title, found.row.revision, found.row.first_seen_at) == ("Bản 2", 3, T0)
    assert [(row.event, row.revision, row.at) for row in found.changes] == [
        ("created", 1, at(0)), ("revised", 2, at(1)), ("revised", 3, at(2)),
    ]  # fmt: skip


def test_other_address_same_text_is_a_copy(store: Store) -> None:
    store.save(article(1), T0)
    copy = article(2, site="dai", title="Đầu đề của đài")
    assert store.save(copy, at(1)) == Outcome("copied", 1, None)
    assert store.save(copy, at(2)) == Outcome(None, 1, None)
    found = store.article(1)
    assert found is not None
    assert [(row.canonical_url, row.site, row.title) for row in found.copies] == [(url_of(2), "dai", "Đầu đề của đài")]
    assert events(store) == [("created", 1, 1, url_of(1)), ("copied", 1, None, url_of(2))]
    assert len(store.articles()) == 1


def test_copy_stays_one_when_the_first_is_revised(store: Store) -> None:
    store.save(article(1, "a"), T0)
    store.save(article(2, "a"), T0)
    store.save(article(1, "b"), at(1))
    assert store.save(article(2, "a"), at(2)).event is None
    # A text that the article had before is no news either; one that it has now is the same text again.
    assert store.save(article(3, "a"), at(3)) == Outcome("copied", 1, None)
    assert store.save(article(2, "b"), at(4)) == Outcome("copied", 1, None)


def test_copy_whose_text_changes_becomes_an_article(store: Store) -> None:
    store.save(article(1, "a"), T0)
    store.save(article(2, "a"), T0)
    assert store.save(article(2, "c"), at(1)) == Outcome("created", 2, 1)
    found = store.article(1)
    assert found is not None
    assert found.copies == ()
    assert [row.canonical_url for row in store.articles()] == [url_of(2), url_of(1)]


def test_copy_may_become_a_copy_of_another(store: Store) -> None:
    store.save(article(1, "a"), T0)
    store.save(article(2, "b"), T0)
    store.save(article(3, "a"), T0)
    assert store.save(article(3, "b"), at(1)) == Outcome("copied", 2, None)


def test_article_that_turns_into_anothers_text_stays_an_article(store: Store) -> None:
    store.save(article(1, "a"), T0)
    store.save(article(2, "b"), T0)
    assert store.save(article(2, "a"), at(1)) == Outcome("revised", 2, 2)
    # Of two articles with one text, the one that had it first is copied.
    assert store.save(article(3, "a"), at(2)) == Outcome("copied", 1, None)


def test_withdrawn_and_restored(store: Store) -> None:
    store.save(article(1, "a"), T0)
    assert store.withdraw(url_of(1), at(1)) == Outcome("withdrawn", 1, None)
    assert store.withdraw(url_of(1), at(2)) is None
    assert store.withdraw(url_of(9), at(2)) is None
    assert store.articles()[0].withdrawn_at == at(1)
    assert store.revision(1, 1).body == "a"
    assert store.save(article(1, "a"), at(3)) == Outcome("restored", 1, None)
    assert store.articles()[0].withdrawn_at is None
    assert [(row.event, row.content_hash, row.site) for row in store.changes()] == [
        ("created", "v1:a", "bao"), ("withdrawn", "v1:a", "bao"), ("restored", "v1:a", "bao"),
    ]  # fmt: skip


def test_page_that_returns_with_another_text(store: Store) -> None:
    store.save(article(1, "a"), T0)
    store.withdraw(url_of(1), at(1))
    assert store.save(article(1, "b"), at(2)) == Outcome("revised", 1, 2)
    assert [(row.event, row.content_hash) for row in store.changes(since=2)] == [
        ("restored", "v1:a"), ("revised", "v1:b"),
    ]  # fmt: skip


def test_pages_are_found_together_as_one_by_one(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.store.sql.CHUNK", 2)
    store.save_source(SourceState(url=SOURCE), [Link(url_of(n)) for n in range(1, 6)], "bao")
    store.save(article(1, "một"), at(1))
    store.save(article(2, "một"), at(2))  # a copy
    store.save(article(3, "ba"), at(3), link=url_of(4))  # at another address than its link's
    store.withdraw(url_of(3), at(4))
    found = store.pages(map(url_of, range(1, 7)))
    assert found == {url_of(n): page for n in range(1, 7) if (page := store.page(url_of(n)))}
    assert {url: page.article.canonical_url for url, page in found.items()} == {
        url_of(1): url_of(1), url_of(2): url_of(2), url_of(3): url_of(3), url_of(4): url_of(3)
    }  # fmt: skip
    assert found[url_of(4)].withdrawn_at == at(4)


def test_copies_are_withdrawn_and_restored_too(store: Store) -> None:
    store.save(article(1), T0)
    store.save(article(2), T0)
    assert store.withdraw(url_of(2), at(1)) == Outcome("withdrawn", 1, None)
    assert store.articles()[0].withdrawn_at is None
    assert store.save(article(2), at(2)) == Outcome("restored", 1, None)
    assert events(store)[2:] == [("withdrawn", 1, None, url_of(2)), ("restored", 1, None, url_of(2))]


def test_article_without_site(store: Store) -> None:
    store.save(article(site=None), T0)
    assert store.articles()[0].site is None
    assert store.counts()[""]["articles"] == 1


def test_address_that_no_index_holds_is_discarded(store: Store) -> None:
    with pytest.raises(Discard) as refused:
        store.save(replace(article(), canonical_url="https://bao.example/" + "x" * 2000), T0)
    assert refused.value.reason is Refusal.BAD_URL
    assert store.counts() == {}


def test_text_that_no_database_takes_loses_only_that(store: Store) -> None:
    store.save(article(title="Tin\0 nóng \ud83d", body="a\0b"), T0)
    assert store.articles()[0].title == "Tin nóng ?"
    assert store.revision(1, 1).body == "ab"


def test_time_before_the_first_instant_of_utc(store: Store) -> None:
    store.save(article(published_at=datetime(1, 1, 1, tzinfo=HANOI)), T0)
    assert store.revision(1, 1).published_at == datetime(1, 1, 1, tzinfo=HANOI)
    assert len(store.articles()) == 1


WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
MOMENTS = st.none() | st.datetimes(
    min_value=datetime(1990, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    timezones=st.sampled_from([UTC, HANOI, timezone(timedelta(hours=-3, minutes=-30))]),
)
ARTICLES = st.builds(
    replace,
    st.just(article()),
    title=WORDS, lead=st.none() | WORDS, body=WORDS, dateline=st.none() | WORDS, authors=st.tuples(WORDS),
    published_at=MOMENTS, modified_at=MOMENTS, published_raw=st.none() | WORDS, section=st.none() | WORDS,
    published_precision=st.sampled_from([None, "second", "minute", "day"]), tags=st.tuples(WORDS, WORDS),
    kind=st.sampled_from(["article", "photo", "live"]), images=st.tuples(st.builds(Image, WORDS, st.none() | WORDS)),
    documents=st.tuples(WORDS), layout=WORDS, site=st.sampled_from([None, "bao"]),
)  # fmt: skip
ONE_STORE = settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])


@ONE_STORE
@given(written=ARTICLES)
def test_article_comes_back_as_it_was(store: Store, written: Article) -> None:
    n = len(store.changes(limit=None))
    written = replace(written, canonical_url=url_of(n), content_hash=f"v1:{n}")  # a new one in each round
    found = store.article(store.save(written, T0).article_id)
    assert found is not None
    assert found.article == written
    for mine, theirs in ((found.article.published_at, written.published_at), (found.row.published_at, None)):
        assert mine is None or theirs is None or mine.utcoffset() == theirs.utcoffset()


@ONE_STORE
@given(steps=st.lists(st.tuples(st.integers(1, 4), st.sampled_from(["a", "b", "c", None])), max_size=12))
@example([(1, "a"), (2, "a"), (3, "b"), (2, None), (2, "b"), (2, None)])  # a withdrawn copy comes back as another's
def test_events_are_those_of_the_rules(tmp_path: Path, steps: list[tuple[int, str]]) -> None:
    """Against the rules in their plainest form: each page's text, and who had a text first. None takes a page down."""
    for rest in tmp_path.glob("rules.db*"):
        rest.unlink()
    own: dict[int, str] = {}  # articles: their text
    copies: dict[int, str] = {}
    first: dict[str, int] = {}  # the article that had a text first
    gone: set[int] = set()
    with Store.open(f"sqlite:///{tmp_path}/rules.db") as store:
        for n, words in steps:
            known = own.get(n) or copies.get(n)
            if words is None:
                expected = "withdrawn" if known and n not in gone else None
                gone |= {n} if known else set()
                outcome = store.withdraw(url_of(n), T0)
                assert (outcome.event if outcome else None) == expected
                continue
            if n in own:
                expected = "revised" if known != words else "restored" if n in gone else None
            elif known == words:
                expected = "restored" if n in gone else None
            else:
                expected = "copied" if words in first else "created"
            assert store.save(article(n, words), T0).event == expected
            gone.discard(n)
            if expected == "copied":
                copies[n] = words
            elif expected in ("created", "revised"):
                copies.pop(n, None)
                own[n] = words
                first.setdefault(words, n)
        assert verify(store) == []


@pytest.mark.parametrize(("seconds", "stored"), [(59, True), (61, False)])
def test_an_archived_page_gives_way_to_a_text_that_was_fetched_later(store: Store, seconds: int, stored: bool) -> None:
    """Not to that of its own fetch, which is stored when it has been read."""
    store.save(article(1, "a"), T0 + timedelta(seconds=seconds))
    outcome = store.amend(article(1, "b"), T0, url_of(1))
    assert (outcome is not None and outcome.event == "revised") is stored


# --- the frontier ----------------------------------------------------------------------------------------------------


def links(*numbers: int, **fields: object) -> list[Link]:
    return [Link(url_of(n), f"Tin {n}", at(n), **fields) for n in numbers]  # type: ignore[arg-type]


def test_source_is_remembered_with_its_links(store: Store) -> None:
    assert store.source(SOURCE) == SourceState(url=SOURCE)
    state = SourceState(
        url=SOURCE, site="bao", etag='"x"', last_modified="Mon", body_hash="h", checked_at=T0, polls=3, audits=1,
        lies=1, trusted=False, last_status="200", failures=2,
    )  # fmt: skip
    assert store.save_source(state, links(1, 2, 1), "bao") == 2
    assert store.source(SOURCE) == state
    assert store.save_source(replace(state, polls=4), links(2, 3), "bao") == 1
    assert store.source(SOURCE).polls == 4
    assert store.seen([url_of(1), url_of(3), url_of(4)]) == {url_of(1), url_of(3)}


def test_source_and_links_are_written_together_or_not_at_all(store: Store) -> None:
    def torn() -> Iterator[Link]:
        yield from links(1)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.save_source(SourceState(url=SOURCE, etag="new"), torn(), "bao")
    assert store.source(SOURCE).etag is None
    assert store.pending("bao") == []
    assert store.counts() == {}


def test_refused_links_are_passed_over(store: Store) -> None:
    found = [
        Link("https://bao.example/video", refused=Refusal.MEDIA),
        Link("mailto:toasoan@bao.example"),
        Link("https://bao.example/" + "x" * 2000),
    ]
    assert store.save_source(SourceState(url=SOURCE), found, "bao") == 0


def test_links_are_known_by_their_canonical_address(store: Store) -> None:
    asked = "https://bao.example/bai-1.html?utm_source=rss"
    assert store.save_source(SourceState(url=SOURCE), [Link(asked), Link(url_of(1))], "bao") == 1
    (link,) = store.pending("bao")
    assert (link.canonical_url, link.url, link.source, link.tries, link.reason) == (url_of(1), asked, SOURCE, 0, None)
    assert store.save_source(SourceState(url=SOURCE), [Link("https://x/1", canonical_url=url_of(1))], "bao") == 0


def test_pending_is_newest_first(store: Store) -> None:
    dated = Link(url_of(22), modified_at=at(4))
    found = [*links(3, 9, 5), Link(url_of(20)), Link(url_of(21)), dated]
    store.save_source(SourceState(url=SOURCE, checked_at=at(7)), found, "bao")
    assert [link.canonical_url for link in store.pending("bao")] == [url_of(n) for n in (9, 20, 21, 5, 22, 3)]
    assert [link.canonical_url for link in store.pending("bao", limit=1)] == [url_of(9)]
    assert store.pending("dai") == []


def test_a_page_that_was_read_by_a_clock_ahead_is_asked_again_when_its_source_says_that_it_changed(
    store: Store,
) -> None:
    store.save(article(1, "a"), T0 + timedelta(days=30))
    store.save(article(2, "a khác"), at(9))
    state = SourceState(url=SOURCE, site="bao", checked_at=at(6))
    store.save_source(state, [Link(url_of(n), modified_at=at(5)) for n in (1, 2)], "bao", revisit=True)
    assert [link.canonical_url for link in store.pending("bao")] == [url_of(1)]


def test_a_time_of_change_that_lies_far_ahead_hides_no_change(store: Store) -> None:
    store.save(article(1, "a", modified_at=T0 + timedelta(days=900)), at(1))
    store.save_source(SourceState(url=SOURCE, checked_at=at(9)), links(1, modified_at=at(5)), "bao", revisit=True)
    assert [link.canonical_url for link in store.pending("bao")] == [url_of(1)]


def test_what_the_crawl_lists_itself_did_not_come_by_the_backfill_that_listed_it_before(store: Store) -> None:
    for n in (1, 2):
        with store.writing() as connection:
            frontier.save_backfill_page(connection, SOURCE, SOURCE, {url_of(n): Link(url_of(n))}, "bao", T0)
    store.save_source(SourceState(url=SOURCE, checked_at=at(1)), links(1), "bao")
    for n in (1, 2):
        store.save(article(n, f"bài {n}"), at(2))
    with store.reading() as connection:
        assert backlog.last_changes(connection, [url_of(1), url_of(2)]) == {url_of(2): 2}


def test_what_the_rest_of_a_day_may_need_follows_from_the_largest_of_the_seven_days_before(store: Store) -> None:
    noon = T0.replace(hour=12)
    days = {0: 900, 1: 40, 5: 100, 7: 60, 8: 800}
    with store.writing() as connection:
        for back, requests in days.items():
            budget.reserve(connection, "bao", noon - timedelta(days=back), "look", requests, 1000)
        budget.reserve(connection, "bao", noon - timedelta(days=2), "backfill", 700, 1000)
        assert budget.usual(connection, "bao", noon) == 50


def test_a_withdrawn_page_has_all_of_its_tries_again(store: Store) -> None:
    store.save(article(1, "a"), T0)
    store.refuse(url_of(1), Refusal.TIMEOUT, final=False)
    assert [link.tries for link in store.revisit("bao", T0)] == [1]
    store.withdraw(url_of(1), at(1))
    assert [(link.tries, link.reason) for link in store.revisit("bao", T0)] == [(0, Refusal.GONE)]


def test_link_stays_pending_until_stored_or_refused_for_good(store: Store) -> None:
    store.save_source(SourceState(url=SOURCE), links(1, 2, 3), "bao")
    store.save(article(1), T0)
    store.refuse(url_of(2), Refusal.NOT_FOUND, final=True)
    store.refuse(url_of(3), Refusal.TIMEOUT, final=False)
    store.refuse(url_of(3), Refusal.SERVER_ERROR, final=False)
    (link,) = store.pending("bao")
    assert (link.canonical_url, link.tries, link.reason) == (url_of(3), 2, Refusal.SERVER_ERROR)
    assert store.save_source(SourceState(url=SOURCE), links(1, 2, 3), "bao") == 0
    assert len(store.pending("bao")) == 1
    row = {"articles": 1, "copies": 0, "revisions": 1, "withdrawn": 0, "pending": 1, "refused": 1}
    assert store.counts() == {"bao": row}


def test_page_that_names_another_address_ends_both_links(store: Store) -> None:
    store.save_source(SourceState(url=SOURCE), links(1, 2), "bao")
    store.save(replace(article(1), url=url_of(2)), T0, link=url_of(2))
    assert store.pending("bao") == []
    assert [row.canonical_url for row in store.articles()] == [url_of(1)]


def test_saved_without_a_link_is_seen(store: Store) -> None:
    store.save(article(), T0)
    assert store.seen([url_of(1)]) == {url_of(1)}
    assert store.save_source(SourceState(url=SOURCE), links(1), "bao") == 0


def test_stored_page_is_asked_again_when_the_source_says_it_changed(store: Store) -> None:
    def listed(minute: int, *, revisit: bool = True) -> int:
        found = links(1, modified_at=at(minute))
        store.save_source(SourceState(url=SOURCE), found, "bao", revisit=revisit)
        return len(store.pending("bao"))

    listed(0)
    store.save(article(1, "a"), at(10))
    assert listed(5) == 0  # before the fetch
    assert listed(20, revisit=False) == 0  # a site whose lastmod says nothing
    assert listed(20) == 1
    assert store.pending("bao")[0].fetched_at == at(10)
    store.save(article(1, "a"), at(15))  # a site whose clock is ahead
    assert listed(20) == 0
    assert listed(30) == 1
    store.refuse(url_of(1), Refusal.NO_BODY, final=True)
    assert listed(30) == 0  # the article stays, and its link with it
    assert listed(40) == 1
    store.withdraw(url_of(1), at(41))
    assert listed(40) == 0
    assert listed(50) == 1


def test_revisit_gives_what_is_stored_since(store: Store) -> None:
    store.save(article(1, "a"), T0)
    store.save(article(2, "b"), T0)
    store.save(article(3, "b"), T0)
    store.save(article(4, "d", published_at=None), at(4))
    store.withdraw(url_of(2), at(5))
    assert [link.canonical_url for link in store.revisit("bao", at(2))] == [url_of(n) for n in (4, 2, 3)]


def test_many_known_links(store: Store) -> None:
    every = links(*range(1201))
    assert store.save_source(SourceState(url=SOURCE), every, "bao") == 1201
    assert store.save_source(SourceState(url=SOURCE), every, "bao") == 0
    assert len(store.seen(link.url for link in every)) == 1201


def test_time_without_zone_is_an_error(store: Store) -> None:
    with pytest.raises(ValueError, match="has no zone"):
        store.save(article(), T0.replace(tzinfo=None))


# --- reading ---------------------------------------------------------------------------------------------------------


def test_articles_by_site_time_and_number(store: Store) -> None:
    store.save(article(1, "a"), T0)
    store.save(article(2, "b", site="dai"), T0)
    store.save(article(3, "c", published_at=None), at(60))
    assert [row.id for row in store.articles()] == [3, 2, 1]
    assert [row.id for row in store.articles(limit=1)] == [3]
    assert [row.id for row in store.articles(sites=["bao"])] == [3, 1]
    assert [row.id for row in store.articles(since=at(2))] == [3, 2]
    assert [row.id for row in store.articles(since=at(2), sites=["bao"])] == [3]


def test_articles_by_text(store: Store) -> None:
    store.save(article(1, 'Cấp Nước sạch.\nTừ ngày 2/3, 85% hộ ở Đồng Nai có nước "máy" (a)'), T0)
    found = (
        "nước sạch", "NƯỚC SẠCH", "nuoc sach", "Nuoc  Sach ", "ĐỒNG NAI", "dong nai", "85%", "khởi công", "tiêu đề 1",
        "nước máy", "(a)", "cap nuoc OR made-up", "sạch -điện",
    )  # fmt: skip
    missed = "nưóc sạch", "đong nai", "8", "cấp nước ở", "made-up", "sạch từ", "nước sạch 85", "sạch -máy"
    assert [text for text in (*found, *missed) if store.articles(texts=[text])] == list(found)


def test_text_is_looked_for_in_the_current_revision(store: Store) -> None:
    store.save(article(1, "Mười người"), T0)
    store.save(article(1, "Hai mươi người"), at(1))
    assert store.articles(texts=["Mười người"]) == []


def test_what_is_not_there(store: Store) -> None:
    assert store.article(7) is None
    with pytest.raises(BadInput, match="article 7 has no revision 1"):
        store.revision(7, 1)


def test_changes_are_read_by_cursor(store: Store) -> None:
    for n in range(1, 8):
        store.save(article(n, f"bài {n}"), at(n))
    assert [row.seq for row in store.changes()] == [1, 2, 3, 4, 5, 6, 7]
    assert [row.seq for row in store.changes(since=2, limit=3)] == [3, 4, 5]
    assert store.changes(since=7) == []


def test_verify_names_what_is_wrong(address: str) -> None:
    with Store.open(address) as store:
        for n, words in enumerate(["a", "b", "a", "d", "e", "f"], start=1):
            store.save(article(n, words), T0)
        assert verify(store) == []
        for sql in (
            "UPDATE revisions SET content_hash = 'x' WHERE article_id = 1",
            "UPDATE articles SET withdrawn_at = first_seen_at WHERE id = 2",
            "DELETE FROM links WHERE canonical_url LIKE '%bai-4.html'",
            "UPDATE links SET canonical_url = 'elsewhere' WHERE canonical_url LIKE '%bai-5.html'",
            "DELETE FROM changes WHERE seq = 4",
            "UPDATE copies SET canonical_url = (SELECT canonical_url FROM articles WHERE id = 2)",
        ):
            statement(address, sql)
        assert verify(store) == [
            "article 1 has no revision of its current number and hash",
            "article 3 has not one change for each revision",
            "article 2 is withdrawn and its last change is another, or the reverse",
            f"{url_of(2)} is both an article and a copy",
            f"copy {url_of(2)} has a text that its article never had",
            f"copy {url_of(2)} has no change that made it",
            "change 1 names a revision that does not exist",
            "link elsewhere is stored and has neither article nor copy",
            f"link {url_of(3)} is stored and has neither article nor copy",
            "article 3 has no link",
            "article 4 has no link",
            "changes run from 1 to 6 and are 5: there are gaps",
        ]


# --- several processes, and their deaths -----------------------------------------------------------------------------


@pytest.mark.slow
def test_four_writers_make_one_store_and_one_record(fresh: Fresh) -> None:
    """They make the schema at once, save the same texts at once, and a reader never sees a gap filled behind it."""
    url, rounds = fresh(), 40
    writers = [writer(url, number, rounds) for number in range(1, 5)]
    cursor, late = 0, []
    with Store.open(url) as store:
        while any(process.poll() is None for process in writers) or store.changes(since=cursor, limit=1):
            for change in store.changes(since=cursor, limit=50):
                late += [change.seq] if change.seq != cursor + 1 else []
                cursor = change.seq
        for process in writers:
            process.communicate()
        assert [process.returncode for process in writers] == [0] * 4
        assert late == []
        assert verify(store) == []
        numbers = store.counts()["bao"]
        created = [row for row in store.changes(limit=None) if row.event == "created"]
        assert numbers["pending"] == 0
        assert numbers["articles"] + numbers["copies"] == 4 * rounds
        assert len({row.content_hash for row in created}) == len(created)


@pytest.mark.slow
def test_killed_writers_leave_a_whole_store(address: str) -> None:
    dice = random.Random(7)  # noqa: S311 - chance, not secrecy
    for number in range(1, 6):
        process = writer(address, number, 100_000)
        assert process.stdout is not None
        process.stdout.readline()
        timer = threading.Timer(dice.uniform(0.0, 0.2), process.send_signal, [signal.SIGKILL])
        timer.start()
        process.communicate()
        timer.join()
        assert process.returncode == -signal.SIGKILL
        with Store.open(address) as store:
            assert verify(store) == []
            assert store.save(article(number, f"sau khi chết {number}"), T0).event == "created"
            for row in store.articles(limit=None):
                assert store.revision(row.id, row.revision).content_hash == row.content_hash
