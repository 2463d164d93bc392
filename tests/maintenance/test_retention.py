"""What is dropped when, and what is never: nothing that a source may list tomorrow, and no part of the record."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from crawler.archive import Archive, pruning
from crawler.archive.records import Fetch
from crawler.archive.warc_store import WarcStore
from crawler.archive.writer import Writer
from crawler.configuration import DEFAULTS, Settings
from crawler.errors import BadInput, Refusal
from crawler.items import Link
from crawler.maintenance import prune_due, quiet
from crawler.maintenance.retention import prune
from crawler.monitor.store_checks import verify
from crawler.store import SourceState, Store, frontier, heartbeats, messages, quarantine
from crawler.store.schema import links, sources
from crawler.store.sightings import poll_days, sightings
from crawler.text import day_of
from tests.support import Thoisu, article, fill, keep_page, url_of

NOW = datetime(2026, 11, 28, 20, tzinfo=UTC)
OLD = NOW - timedelta(days=200)
KEEPS = replace(DEFAULTS, keep_links=timedelta(days=90), keep_refused=timedelta(days=90))


def listed(store: Store, source: str, numbers: list[int], when: datetime, route: str | None = None) -> None:
    state = SourceState(url=f"https://bao.example/{source}", checked_at=when, last_status="200", route=route)
    store.save_source(state, [Link(url_of(n)) for n in numbers], "bao")


def given_up(store: Store, *numbers: int) -> None:
    for n in numbers:
        store.refuse(url_of(n), Refusal.NOT_HTML, final=True)


def known(store: Store) -> set[int]:
    with store.reading() as connection:
        urls = set(connection.scalars(select(links.c.canonical_url)))
    return {n for n in range(1, 20) if url_of(n) in urls}


def dropped(store: Store, settings: Settings = KEEPS, *, dry_run: bool = False) -> dict[str, int]:
    return {one.what: one.number for one in prune(store, settings, NOW, dry_run=dry_run) if one.number}


def aged(store: Store) -> None:
    """1 is stored, 2 refused in a feed that is polled, 3 refused and 4 stored in a shard that is over, 5 waits."""
    listed(store, "rss", [1, 2], OLD)
    listed(store, "sitemap-2026-05.xml", [3, 4, 5], OLD, "https://bao.example/sitemap-{Y}-{mm}.xml")
    store.save(article(1, "một"), OLD)
    store.save(article(4, "bốn"), OLD)
    given_up(store, 2, 3)
    listed(store, "rss", [1, 2], NOW)


def test_what_a_polled_source_has_listed_stays_and_is_not_asked_again(store: Store) -> None:
    aged(store)
    expected = {"days of polls": 2, "what old shards listed": 2, "refused addresses": 1}
    assert dropped(store, dry_run=True) == expected
    assert known(store) == {1, 2, 3, 4, 5}
    assert dropped(store) == expected
    assert known(store) == {1, 2, 4, 5}
    with store.reading() as connection:
        assert list(connection.scalars(select(poll_days.c.day))) == [day_of(NOW)]
        left = connection.execute(
            select(links.c.canonical_url).join(sightings, sightings.c.link_id == links.c.id).order_by(links.c.id)
        ).all()
    assert [row[0] for row in left] == [url_of(1), url_of(2), url_of(5)]
    before = {link.canonical_url for link in store.pending("bao")}
    listed(store, "rss", [1, 2], NOW + timedelta(hours=1))
    assert {link.canonical_url for link in store.pending("bao")} == before == {url_of(5)}
    assert dropped(store) == {}
    assert verify(store) == []


def test_a_forgotten_address_that_is_listed_again_is_asked_once_in_that_time(store: Store) -> None:
    aged(store)
    dropped(store)
    listed(store, "sitemap-2026-05.xml", [3], NOW)
    given_up(store, 3)
    assert dropped(store) == {}, "from now on it is young again"
    assert 3 in known(store)


def test_guessed_addresses_are_forgotten_and_nothing_without_a_setting(store: Store) -> None:
    with store.writing() as connection:
        frontier.add_guessed(connection, [url_of(n) for n in range(1, 8)], "bao", OLD)
    given_up(store, *range(1, 6))
    assert dropped(store, replace(KEEPS, keep_links=None, keep_refused=None)) == {}
    assert dropped(store) == {"refused addresses": 5}
    assert known(store) == {6, 7}


def test_more_than_a_batch_is_dropped(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.maintenance.retention.BATCH", 2)
    test_guessed_addresses_are_forgotten_and_nothing_without_a_setting(store)


def test_what_is_listed_again_while_old_things_are_dropped_stays(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    aged(store)

    def after_a_poll(*held: int) -> AbstractContextManager[Connection]:
        monkeypatch.undo()
        listed(store, "rss", [1, 2, 3], NOW)
        return store.writing_beside(*held)

    monkeypatch.setattr(store, "writing_beside", after_a_poll)
    dropped(store, replace(KEEPS, keep_links=None))
    with store.reading() as connection:
        of_link = select(sources.c.url).join(sightings, sightings.c.source_id == sources.c.id).join(links)
        stood = set(connection.scalars(of_link.where(links.c.canonical_url == url_of(3))))
    assert stood == {"https://bao.example/rss", "https://bao.example/sitemap-2026-05.xml"}


def test_a_message_stays_until_all_whom_it_was_written_to_have_it(store: Store) -> None:
    with store.writing() as connection:
        for about, targets in (("watch-1", ["a", "b"]), ("watch-2", ["a"])):
            messages.put(connection, about, targets, "Nước sạch", "…", OLD)
        for number in (1, 3):
            messages.sent(connection, number, OLD)
    assert dropped(store) == {"sent messages": 1}
    with store.writing() as connection:
        messages.sent(connection, 2, OLD)
    assert dropped(store) == {"sent messages": 2}


def archive_of(folder: Path, days: list[int]) -> list[Path]:
    """A file for each day before NOW, each with the same page, so that all but the first are revisits."""
    files = []
    for number, day in enumerate(days):
        fetched = NOW - timedelta(days=day)
        writer = Writer(folder, 10**9, "thoisu/0", "")
        headers = (("Content-Type", "text/html"),)
        for url, body in ((url_of(1), b"<p>the same</p>"), (url_of(10 + number), b"<p>%d</p>" % number)):
            writer.keep(Fetch(url=url, site="bao", link=url, status=200, headers=headers, body=body, at=fetched))
        writer.close()
        (made,) = {*folder.glob("*.warc.gz")} - set(files)
        os.utime(made, (fetched.timestamp(),) * 2)
        files.append(made)
    return files


@pytest.mark.parametrize(
    ("keep", "megabytes", "left"),
    [(None, None, [0, 1, 2, 3]), (90, None, [1, 2, 3]), (None, 0.001, [3]), (10, 1000, [2, 3])],
)
def test_files_of_the_archive_go_by_age_and_size(
    tmp_path: Path, keep: int | None, megabytes: float | None, left: list[int]
) -> None:
    files = archive_of(tmp_path, [100, 50, 5, 0])
    settings = replace(DEFAULTS, archive=tmp_path, keep_pages=keep and timedelta(days=keep), archive_total_mb=megabytes)
    with Store.open(f"sqlite:///{tmp_path}/s.db") as store:
        assert dropped(store, settings, dry_run=True) == dropped(store, settings)
    assert sorted(tmp_path.glob("*.warc.gz")) == sorted(files[n] for n in left)


@pytest.mark.parametrize(("ahead", "left"), [(0, 3), (200, 3), (-1, 3)])
def test_a_clock_that_is_ahead_makes_nothing_old(tmp_path: Path, ahead: int, left: int) -> None:
    archive_of(tmp_path, [100, 50, 5, 0])
    settings = replace(DEFAULTS, archive=tmp_path, keep_pages=timedelta(days=90))
    now = NOW + timedelta(days=ahead)
    with Store.open(f"sqlite:///{tmp_path}/s.db") as store:
        with store.writing() as connection:
            heartbeats.note_jump(connection, heartbeats.Jump(now, ahead * 86_400.0, 0))
        prune(store, settings, now + timedelta(hours=1))
    assert len(list(tmp_path.glob("*.warc.gz"))) == left


def test_the_index_says_what_the_files_say(tmp_path: Path) -> None:
    first, *_ = archive_of(tmp_path, [100, 5])
    files = WarcStore(tmp_path)
    pruning.drop(files, pruning.outdated(files, NOW, timedelta(days=90), None))
    assert not first.exists()

    def rows() -> list[object]:
        with Archive(tmp_path) as archive:
            assert archive.catch_up() == []
            return [held.row for held in archive.pages()]

    kept = rows()
    (tmp_path / "index.db").unlink()
    assert rows() == kept
    assert len(kept) == 2


def test_pages_that_are_kept_for_repair_go_with_refused_addresses(store: Store) -> None:
    keep_page(store, 1, when=OLD)
    keep_page(store, 2, when=NOW)
    assert dropped(store, DEFAULTS) == {}
    assert dropped(store) == {"pages in the quarantine": 1}
    with store.reading() as connection:
        assert [page.url for page in quarantine.listed(connection)] == [url_of(2)]


@pytest.mark.parametrize(
    ("hours", "done"), [(1, False), (12, False), (20, False), (24, True), (36, False), (48, True), (60, True)]
)
def test_it_is_done_once_a_day_in_the_quiet_hours(tmp_path: Path, hours: int, done: bool) -> None:
    quiet_time = datetime(2026, 11, 28, 19, 30, tzinfo=UTC)  # 02:30 in Viet Nam
    with Store.open(f"sqlite:///{tmp_path}/s.db") as store:
        assert prune_due(store, DEFAULTS, quiet_time)
        assert bool(prune_due(store, DEFAULTS, quiet_time + timedelta(hours=hours))) is done


def test_the_quiet_hour_is_told_by_the_feed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quiet, "_ENOUGH", 20)
    with Store.open(f"sqlite:///{tmp_path}/s.db") as store:
        with store.reading() as connection:
            assert quiet.quiet_hour(connection) == 2
        for hour in range(24):
            if hour not in (13, 14):
                store.save(article(hour + 1, f"{hour}"), datetime(2026, 3, 2, hour, tzinfo=UTC))
        with store.reading() as connection:
            assert quiet.quiet_hour(connection) == 20, "13 o'clock in UTC"


def test_a_file_is_written_anew_without_what_is_free(
    tmp_path: Path, thoisu: Thoisu, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("THOISU_KEEP_REFUSED", "30d")
    with Store.open("sqlite:///thoisu.db") as store:
        fill(store, 3)
        with store.writing() as connection:
            frontier.add_guessed(connection, [f"https://bao.example/{n}" for n in range(6_000)], "bao", OLD)
            connection.execute(links.update().where(links.c.fetched_at.is_(None)).values(fate="refused"))
    before = (tmp_path / "thoisu.db").stat().st_size
    done = thoisu("prune", "--vacuum")
    assert "refused addresses\t6000\t" in done.out
    assert "MB smaller" in done.err
    assert (tmp_path / "thoisu.db").stat().st_size < before / 2
    with Store.open("sqlite:///thoisu.db") as store:
        assert verify(store) == []


@pytest.mark.parametrize("text", ["90", "90d", "12w", "2y", " 90 d "])
def test_a_span_is_days_weeks_or_years(text: str) -> None:
    found = Settings.load({"THOISU_KEEP_REFUSED": text}).keep_refused
    assert found in (timedelta(days=90), timedelta(weeks=12), timedelta(days=730))


@pytest.mark.parametrize("text", ["3 months", "-5d", "29d", "1e3", "99999y"])
def test_what_is_no_span_or_too_short_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="THOISU_KEEP_REFUSED must be"):
        Settings.load({"THOISU_KEEP_REFUSED": text})
