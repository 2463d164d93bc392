"""Delivery, on SQLite and on PostgreSQL: everything, in order, once in effect, whatever fails on the way."""

from __future__ import annotations

import csv
import json
import os
import resource
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.deliver import deliverer as rules
from crawler.deliver.config import Route
from crawler.deliver.csv import COLUMNS, Csv
from crawler.deliver.deliverer import Deliverer, DeliveryBatch
from crawler.deliver.jsonl import JsonLines
from crawler.deliver.row_files import RowFiles
from crawler.deliver.run import deliver
from crawler.deliver.sink import Delivery, Poisoned, Sink, SinkFailed
from crawler.errors import StoreFailed
from crawler.items import Article
from crawler.monitor.store_checks import verify
from crawler.sites import Sites
from crawler.store import LockTaken, Store, sink_cursors
from crawler.store import changes as feed
from tests.support import PAPER, ROOT, T0, article, at, fill, life, read_jsonl, url_of


class Shelf(Sink):
    """Keeps what it is given; `moods` are met one after the other, before anything is taken."""

    BATCH = 10

    def __init__(self, *_: str, tells: bool = False) -> None:
        self.rows: list[Delivery] = []
        self.batches: list[list[int]] = []
        self.moods: list[Exception] = []
        self.poison: set[int] = set()
        self.opened: list[int] = []
        self._tells = tells

    def open(self, rewinds: int) -> str | None:
        self.opened.append(rewinds)
        return self.rows[-1].key if self._tells and self.rows else None

    def write(self, batch: Sequence[Delivery]) -> None:
        self.batches.append([row.seq for row in batch])
        if self.moods:
            raise self.moods.pop(0)
        for row in batch:
            if row.seq in self.poison:
                raise Poisoned(row.seq, "it tastes bad")
        self.rows += batch

    def close(self) -> None:
        pass

    @property
    def seqs(self) -> list[int]:
        return [row.seq for row in self.rows]


class Time:
    """A clock that only waiting moves; ends the run after `patience` waits of more than nothing."""

    def __init__(self, patience: int = 1000) -> None:
        self.at = datetime(2026, 8, 1, tzinfo=UTC)
        self.waits: list[float] = []
        self.patience = patience

    def pause(self, seconds: float) -> bool:
        if seconds:
            self.at += timedelta(seconds=seconds)
            self.waits.append(seconds)
        return len(self.waits) >= self.patience

    def now(self) -> datetime:
        self.at += timedelta(milliseconds=1)
        return self.at


def route(sink: Sink, name: str = "shelf", sites: set[str] | None = None, text: str | None = None) -> Route:
    return Route(name, "shelf:", sink, frozenset(sites) if sites is not None else None, text)


def once(store: Store, sink: Sink, time: Time | None = None, **filters: Any) -> list[DeliveryBatch]:
    steps: list[DeliveryBatch] = []
    time = time or Time()
    Deliverer(store, route(sink, **filters), time.pause, time.now).once(steps.append)
    return steps


def unheard(*_: object) -> None:
    """For what nobody listens to."""


def state(store: Store, name: str = "shelf") -> sink_cursors.SinkState:
    with store.reading() as connection:
        return sink_cursors.state(connection, name)


# --- the feed with its texts ----------------------------------------------------------------------------------------


def test_each_change_comes_with_what_stood_there_then(store: Store) -> None:
    life(store)
    shelf = Shelf()
    once(store, shelf)
    told = [
        (row.event, row.article and row.article["title"], row.article and row.article["body"]) for row in shelf.rows
    ]
    assert told == [
        ("created", "Tiêu đề 1", "một"),
        ("created", "Tiêu đề 2", "hai"),
        ("copied", None, None),  # the page has another text since
        ("withdrawn", "Tiêu đề 1", "một"),
        ("withdrawn", None, None),
        ("restored", "Tiêu đề 1", "một"),
        ("restored", None, None),
        ("revised", "Tiêu đề 1", "một, sửa"),
        ("copied", "Bản chép khác", "một"),
    ]
    assert [(row.seq, row.event, row.url, row.at) for row in shelf.rows] == [
        (row.seq, row.event, row.url, row.at) for row in store.changes(limit=None)
    ]
    name = store.identity()
    assert [row.key for row in shelf.rows] == [f"{name}:{seq}" for seq in range(1, 10)]
    assert shelf.rows[0].published_at == article(1).published_at
    assert shelf.rows[0].to_dict()["at"] == "2026-03-02T01:01:00+00:00"
    assert Article.from_dict(shelf.rows[0].article or {}) == article(1, "một")


def test_a_copy_comes_with_its_own_text_while_it_stands(store: Store) -> None:
    store.save(article(1, "một"), at(1))
    store.save(article(2, "một", title="Bản chép", site="kia"), at(2))
    store.withdraw(url_of(2), at(3))
    told = store.feed()[0]
    assert [(one.change.event, one.article and one.article.title) for one in told] == [
        ("created", "Tiêu đề 1"), ("copied", "Bản chép"), ("withdrawn", "Bản chép"),
    ]  # fmt: skip


def test_a_copy_that_follows_its_article_is_not_given_the_later_text(store: Store) -> None:
    store.save(article(1, "một"), at(1))
    store.save(article(2, "một", title="Bản chép"), at(2))
    store.save(article(1, "hai"), at(3))
    store.save(article(2, "hai", title="Bản chép sau"), at(4))
    told = store.feed()[0]
    assert [(one.change.article_id, one.article and one.article.title) for one in told] == [
        (1, "Tiêu đề 1"), (1, None), (1, "Tiêu đề 1"), (1, "Bản chép sau"),
    ]  # fmt: skip


def test_nothing_new_is_nothing_written(store: Store) -> None:
    fill(store, 3)
    shelf = Shelf()
    assert [step.delivered for step in once(store, shelf)] == [3, 0]
    before = state(store)
    assert [step.at_end for step in once(store, shelf)] == [True]
    assert state(store) == before
    assert (before.cursor, before.delivered, before.state) == (3, 3, "ok")
    assert before.rate is not None


def test_a_filtered_sink_passes_by_the_rest(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "WINDOW", 7)
    for n in range(1, 31):
        store.save(
            article(n, f"bài {n} về {'nước  sạch' if n % 10 == 0 else 'đường'}", site="kia" if n % 2 else "bao"), at(n)
        )
    shelf, other = Shelf(), Shelf()
    steps = once(store, shelf, sites={"kia"}, text="đường")
    assert shelf.seqs == list(range(1, 31, 2))
    assert [step.cursor for step in steps] == [7, 14, 21, 28, 30, 30]  # no reading goes beyond its window
    once(store, other, name="other", text="nuoc sach")
    assert other.seqs == [10, 20, 30]
    assert state(store, "other").cursor == 30


def test_who_was_told_of_a_page_is_told_what_becomes_of_it(store: Store) -> None:
    store.save(article(1, "về nước sạch"), at(1))
    store.save(article(2, "về đường"), at(2))
    store.save(article(1, "đã sửa"), at(3))
    store.withdraw(url_of(1), at(4))
    store.save(article(2, "đường, và nước sạch"), at(5))
    shelf = Shelf()
    once(store, shelf, text="Nước sạch")
    assert shelf.seqs == [1, 3, 4, 5]


# --- failures -------------------------------------------------------------------------------------------------------


def test_a_poisoned_record_is_tried_alone_then_set_aside(store: Store) -> None:
    fill(store, 15)
    shelf, time = Shelf(), Time()
    shelf.poison = {4}
    steps = once(store, shelf, time)
    assert shelf.seqs == [1, 2, 3, *range(5, 16)]
    assert shelf.batches == [
        list(range(1, 11)), [1, 2, 3], *[[4]] * rules.TRIES, list(range(5, 15)), [15],
    ]  # fmt: skip
    assert time.waits == [1, 2, 4, 8]
    assert [one.seq for step in steps for one in step.aside] == [4]
    assert (state(store).cursor, state(store).delivered, state(store).state) == (15, 14, "ok")
    with store.reading() as connection:
        (aside,) = sink_cursors.aside(connection, "shelf")
    assert (aside.seq, aside.reason) == (4, "it tastes bad")


def test_a_poisoned_record_that_is_taken_in_the_end_is_delivered(store: Store) -> None:
    fill(store, 3)
    shelf = Shelf()
    shelf.moods = [Poisoned(2, "not now", through=1), Poisoned(2, "not now")]
    once(store, shelf)
    assert shelf.batches == [[1, 2, 3], [2], [2], [3]]
    assert state(store).delivered == 3


def test_a_sink_that_takes_no_record_is_not_emptied_into_the_set_aside(store: Store) -> None:
    fill(store, rules.ASIDE_IN_A_ROW + 5)
    shelf = Shelf()
    shelf.poison = set(range(1, 100))
    assert (failure := once(store, shelf)[-1].failure) is not None
    assert failure.reason == state(store).state == "poisoned"
    once(store, shelf)  # nor by another process
    assert state(store).cursor == rules.ASIDE_IN_A_ROW
    shelf.poison = set()
    once(store, shelf)
    assert shelf.seqs == list(range(rules.ASIDE_IN_A_ROW + 1, rules.ASIDE_IN_A_ROW + 6))


def test_bad_records_among_good_ones_are_never_too_many(store: Store) -> None:
    class Exact(Shelf):
        """Says how far it came, as a sink does that sends one by one."""

        def write(self, batch: Sequence[Delivery]) -> None:
            for row in batch:
                if row.seq in self.poison:
                    raise Poisoned(row.seq, "it tastes bad", through=self.rows[-1].seq)
                self.rows.append(row)

    fill(store, 3 * rules.ASIDE_IN_A_ROW)
    shelf = Exact()
    shelf.poison = set(range(2, 3 * rules.ASIDE_IN_A_ROW, 2))
    steps = once(store, shelf)
    assert steps[-1].at_end
    assert shelf.seqs == [*range(1, 3 * rules.ASIDE_IN_A_ROW, 2), 3 * rules.ASIDE_IN_A_ROW]
    assert state(store).delivered == len(shelf.rows)


def test_a_sink_that_fails_waits_longer_each_time_and_catches_up(store: Store) -> None:
    fill(store, 3)
    shelf, time, states = Shelf(), Time(60), []
    shelf.moods = [SinkFailed("unreachable", "nobody there") for _ in range(4)]
    shelf.moods += [SinkFailed("rate_limited", "slowly", retry_after=500.0), SinkFailed("gone", "go away", through=2)]
    waits: list[float] = []

    def seen(step: DeliveryBatch) -> None:
        if step.failure:
            states.append(state(store).state)
            waits.append(step.wait)
            time.at += timedelta(seconds=step.wait - rules.POLL)

    Deliverer(store, route(shelf), time.pause, time.now).follow(seen, lambda failure: pytest.fail(str(failure)))
    assert states == ["unreachable"] * 4 + ["rate_limited", "gone"]
    assert waits == [1, 2, 4, 8, 500, rules.GONE_WAIT]
    assert shelf.batches[-2:] == [[1, 2, 3], [3]]
    after = state(store)
    assert (after.state, after.failures, after.next_try_at, after.cursor) == ("ok", 0, None, 3)
    assert after.last_error == "go away"


def test_a_sink_that_asks_for_years_is_tried_again_in_a_day(store: Store) -> None:
    fill(store, 1)
    shelf = Shelf()
    shelf.moods = [SinkFailed("rate_limited", "slowly", retry_after=1e30)]
    assert once(store, shelf)[-1].wait == 86_400


def test_a_sink_that_comes_on_a_little_each_time_does_not_wait_longer_and_longer(store: Store) -> None:
    fill(store, 4)
    shelf, time = Shelf(), Time()
    shelf.moods = [SinkFailed("timeout", "slow", through=seq) for seq in (None, None, 1, 2, None, 3)]
    found = []
    for _ in range(6):
        found.append((once(store, shelf, time)[-1].wait, state(store).failures, state(store).cursor))
    assert found == [(1, 1, 0), (2, 2, 0), (1, 1, 1), (1, 1, 2), (2, 2, 2), (1, 1, 3)]


def test_a_store_that_works_in_between_is_asked_again_as_soon_as_at_first(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(store, 2)
    time, troubles = Time(6), list[Exception]()
    plan = iter([True, True, False, True, True, True])
    feed_of = Store.feed

    def flaky(self: Store, *args: Any, **filters: Any) -> Any:
        if next(plan, False):
            raise StoreFailed("unreachable", "the server restarts")
        return feed_of(self, *args, **filters)

    monkeypatch.setattr(Store, "feed", flaky)

    Deliverer(store, route(shelf := Shelf()), time.pause, time.now).follow(unheard, troubles.append)
    assert shelf.seqs == [1, 2]
    assert len(troubles) == 5
    assert time.waits == [1, 2, 1, 2, 4, rules.POLL], "the fourth is the first after a step that was done"


def test_back_off_has_an_end() -> None:
    assert [rules._backoff(n) for n in (1, 2, 9, 10, 5000)] == [1, 2, 256, 300, 300]


def test_a_waiting_sink_can_be_told_to_go_on(store: Store) -> None:
    fill(store, 1)
    shelf, time = Shelf(), Time(30)
    shelf.moods = [SinkFailed("gone", "go away")]
    looks = []

    def pause(seconds: float) -> bool:
        looks.append(seconds)
        if len(looks) == 10:
            assert shelf.rows == []
            with store.writing() as connection:
                sink_cursors.resume(connection, "shelf")
        return time.pause(seconds)

    Deliverer(store, route(shelf), pause, time.now).follow(unheard, unheard)
    assert shelf.seqs == [1]


def test_a_mistake_of_a_sink_is_its_failure_alone(
    store: Store,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fill(store, 1)
    shelf = Shelf()
    shelf.moods = [ZeroDivisionError("oops"), PermissionError(13, "Permission denied", "/x"), Poisoned(77, "what?")]
    assert [str(once(store, shelf)[0].failure) for _ in range(3)] == [
        "failed: ZeroDivisionError: oops",
        "read_only: /x: Permission denied",
        "failed: it names a record that it was not given: record 77: what?",
    ]
    assert "a sink made a mistake" in caplog.text
    monkeypatch.setattr(shelf, "close", lambda: 1 / 0)
    once(store, shelf)
    assert shelf.seqs == [1]


def test_a_sink_that_hangs_holds_up_no_other(store: Store) -> None:
    fill(store, 25)
    quick, begun, release = Shelf(), threading.Event(), threading.Event()

    class Slow(Shelf):
        def write(self, batch: Sequence[Delivery]) -> None:
            begun.set()
            assert release.wait(120)
            super().write(batch)

    slow = Slow()

    def on_step(step: DeliveryBatch) -> None:
        if step.name == "quick" and step.at_end:
            assert begun.wait(120)
            assert slow.rows == []
            release.set()

    ended = deliver(
        store,
        [route(slow, "slow"), route(quick, "quick")],
        on_step,
        unheard,
        threading.Event(),
        follow=False,
    )
    assert ended == {"slow": True, "quick": True}
    assert quick.seqs == slow.seqs == list(range(1, 26))


def test_what_is_there_is_not_written_again(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the sink and the cursor anything may happen; a sink that can tell gets nothing twice."""
    fill(store, 12)
    tells, silent = Shelf(tells=True), Shelf()
    whole = sink_cursors.advance

    def broken(*_: object) -> bool:
        raise StoreFailed("disk_full", "no room")

    for shelf, name in ((tells, "tells"), (silent, "silent")):
        monkeypatch.setattr(sink_cursors, "advance", broken)
        with pytest.raises(StoreFailed, match="no room"):
            once(store, shelf, name=name)
        monkeypatch.setattr(sink_cursors, "advance", whole)
        fill(store, 1, begin=13)
        once(store, shelf, name=name)
    assert tells.seqs == list(range(1, 14))
    assert silent.seqs == [*range(1, 11), *range(1, 14)]
    assert len({row.key for row in silent.rows}) == 13


def test_no_sink_gets_what_a_power_cut_could_take_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced, plain = [], os.fsync

    def fsync(handle: int) -> None:
        synced.append(os.fstat(handle).st_ino)
        plain(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    with Store.open(f"sqlite:///{tmp_path}/store.db") as opened:
        fill(opened, 3)
        log = (tmp_path / "store.db-wal").stat()

        class Careful(Shelf):
            def write(self, batch: Sequence[Delivery]) -> None:
                assert synced == [log.st_ino]
                assert log.st_size > 0
                super().write(batch)

        shelf = Careful()
        once(opened, shelf)
        assert shelf.seqs == [1, 2, 3]


def test_a_failing_store_is_waited_for(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(store, 12)
    shelf, time = Shelf(), Time(40)
    troubles: list[StoreFailed] = []
    whole, failures = sink_cursors.advance, iter([StoreFailed("read_only", "no")] * 3)

    def broken(*values: Any) -> bool:
        if (failure := next(failures, None)) is not None:
            raise failure
        return whole(*values)

    monkeypatch.setattr(sink_cursors, "advance", broken)
    Deliverer(store, route(shelf), time.pause, time.now).follow(unheard, troubles.append)
    assert [failure.reason for failure in troubles] == ["read_only"] * 3
    assert time.waits[:3] == [1, 2, 4]
    assert shelf.seqs == list(range(1, 13))  # what it was given before the store failed is known


# --- one at a time --------------------------------------------------------------------------------------------------


def test_one_process_at_a_time_delivers_to_a_sink(store: Store, address: str) -> None:
    fill(store, 1)
    with Store.open(address) as other, store.lock("deliver-shelf") as confirm:
        confirm()
        with pytest.raises(LockTaken, match="deliver-shelf"):
            once(other, Shelf())
        with other.lock("deliver-other"):
            pass
    once(store, Shelf())


def test_a_second_follower_waits_for_its_turn(store: Store, address: str) -> None:
    fill(store, 1)
    shelf, time = Shelf(), Time(10)
    heard: list[Exception] = []
    with Store.open(address) as other, ExitStack() as held:
        held.enter_context(other.lock("deliver-shelf"))

        def pause(seconds: float) -> bool:
            if len(time.waits) == 3:
                assert shelf.rows == []
                held.close()
            return time.pause(seconds)

        Deliverer(store, route(shelf), pause, time.now).follow(unheard, heard.append)
    assert [type(one) for one in heard] == [LockTaken] * 4
    assert shelf.seqs == [1]


def test_a_cursor_moves_only_from_where_it_was_read(store: Store) -> None:
    def advance(was: sink_cursors.SinkState, cursor: int) -> bool:
        with store.writing() as connection:
            return sink_cursors.advance(connection, was, cursor, 1, None, T0)

    with store.writing() as connection:
        new = sink_cursors.begin(connection, "shelf", T0)
    assert advance(new, 5)
    assert not advance(new, 6)
    read = state(store)
    rewind(store, 6)  # to the same place, but to other files
    assert not advance(read, 7)
    assert state(store).cursor == 5
    assert advance(state(store), 7)
    rewind(store, 1)


# --- rewind ---------------------------------------------------------------------------------------------------------


def rewind(store: Store, first: int, name: str = "shelf") -> None:
    with store.writing() as connection:
        sink_cursors.rewind(connection, name, first, T0)


def test_a_rewind_delivers_again_with_the_same_keys(store: Store) -> None:
    fill(store, 12)
    shelf = Shelf()
    shelf.poison = {2, 9}
    once(store, shelf)
    shelf.poison = set()
    rewind(store, 8)
    once(store, shelf)
    assert shelf.seqs == [1, *range(3, 9), *range(10, 13), *range(8, 13)]
    assert len({row.key for row in shelf.rows}) == 11
    assert shelf.opened == [0, 1]
    with store.reading() as connection:
        assert [one.seq for one in sink_cursors.aside(connection, "shelf")] == [2]
    rewind(store, 2)
    with store.reading() as connection:
        assert sink_cursors.aside(connection, "shelf") == []


def test_verify_sees_a_sink_ahead_of_the_feed(tmp_path: Path) -> None:
    with Store.open(f"sqlite:///{tmp_path}/store.db") as opened:
        fill(opened, 1)
        once(opened, Shelf())
        assert verify(opened) == []
        rewind(opened, 3)
        assert verify(opened) == ["sink shelf is ahead of the feed"]


def test_a_rewind_reaches_a_deliverer_at_work(store: Store) -> None:
    fill(store, 5)
    shelf, time = Shelf(), Time(10)
    ends = []

    def seen(step: DeliveryBatch) -> None:
        if step.at_end:
            ends.append(list(shelf.seqs))
            if len(ends) == 1:
                rewind(store, 4)

    Deliverer(store, route(shelf), time.pause, time.now).follow(seen, unheard)
    assert shelf.seqs == [1, 2, 3, 4, 5, 4, 5]
    assert shelf.opened == [0, 1]


def test_a_rewind_in_the_middle_of_a_batch_is_not_overrun(store: Store) -> None:
    fill(store, 5)

    class Interrupted(Shelf):
        def write(self, batch: Sequence[Delivery]) -> None:
            super().write(batch)
            if len(self.batches) == 2:
                rewind(store, 2)

    shelf = Interrupted()
    once(store, shelf)
    fill(store, 3, begin=6)
    once(store, shelf)
    assert shelf.seqs == [1, 2, 3, 4, 5, 6, 7, 8, *range(2, 9)]
    assert state(store).cursor == 8


def test_a_change_names_publisher_tier_and_story(store: Store) -> None:
    store.save(article(1), at(1))
    store.save(article(2, "Hai", site="tap"), at(2))
    shelf, time, known = Shelf(), Time(), Sites([replace(PAPER, name="bao")])
    Deliverer(store, replace(route(shelf), known=lambda: known), time.pause, time.now).once(unheard)
    found = [(row.publisher, row.tier, row.story) for row in shelf.rows]
    assert found == [("Báo Mẫu", "press", 1), (None, None, 2)]
    assert shelf.rows[0].to_dict()["tier"] == "press"


# --- files ----------------------------------------------------------------------------------------------------------

NASTY = 'Dòng "một",\r\nhai\x85ba\u2028bốn;\t=1+1'


def row(seq: int, body: str = NASTY, day: int = 1, store_id: str = "s") -> Delivery:
    one = article(seq, body, tags=("a", 'b"'))
    return Delivery(
        key=f"{store_id}:{seq}", seq=seq, event="created", article_id=seq, revision=1, url=one.url, site=None,
        content_hash=one.content_hash, at=datetime(2026, 8, day, tzinfo=UTC), published_at=one.published_at,
        article=one.to_dict(),
    )  # fmt: skip


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


KINDS: list[tuple[type[RowFiles], Callable[[Path], list[dict[str, Any]]]]] = [(JsonLines, read_jsonl), (Csv, read_csv)]


@pytest.fixture(params=KINDS, ids=["jsonl", "csv"])
def kind(request: pytest.FixtureRequest) -> tuple[type[RowFiles], Callable[[Path], list[dict[str, Any]]]]:
    found: tuple[type[RowFiles], Callable[[Path], list[dict[str, Any]]]] = request.param
    return found


Kind = tuple[type[RowFiles], Callable[[Path], list[dict[str, Any]]]]


def test_rows_come_back_as_they_were(tmp_path: Path) -> None:
    rows = [row(1), row(2, ""), replace(row(3), article=None, published_at=None)]
    for sink in (JsonLines("x", f"jsonl:{tmp_path}/feed.jsonl"), Csv("x", f"csv:{tmp_path}/feed.csv")):
        sink.open(0)
        sink.write(rows)
        sink.close()
    assert read_jsonl(tmp_path / "feed.jsonl") == [one.to_dict() for one in rows]
    first, second, third = read_csv(tmp_path / "feed.csv")
    assert tuple(first) == COLUMNS
    assert first["body"] == NASTY
    assert json.loads(first["tags"]) == ["a", 'b"']
    assert (second["body"], third["body"], third["title"]) == ("", "", "")
    text = (tmp_path / "feed.csv").read_bytes().decode()
    assert f'"{article(2).lead}",""' in text  # an empty text is one, a missing one is nothing
    assert text.endswith("," * 16 + "\r\n")


def test_a_csv_file_goes_on_in_the_columns_with_which_it_was_begun(tmp_path: Path) -> None:
    older = [name for name in COLUMNS if name != "credit"]
    path = tmp_path / "feed.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, older, restval="")
        writer.writeheader()
        writer.writerow({"key": "s:1", "seq": 1, "event": "created"})
    sink = Csv("x", f"csv:{path}")
    assert sink.open(0) == "s:1"
    sink.write([row(2)])
    assert sink.open(1) is None
    sink.write([row(3)])
    sink.close()
    first, second = read_csv(path)
    assert list(second) == list(first) == older
    assert (second["key"], second["title"]) == ("s:2", article(2).title)
    (third,) = read_csv(tmp_path / "feed.r1.csv")
    assert tuple(third) == COLUMNS
    path.write_text("key,seq,event,other\r\ns:1,1,created,x\r\n", encoding="utf-8", newline="")
    with pytest.raises(SinkFailed, match="something else"):
        sink.open(0)


@pytest.mark.parametrize("bodies", [(NASTY, NASTY), ("kết", 'một "hai"\r\n"')])
def test_a_torn_tail_is_cut_wherever_it_was_torn(tmp_path: Path, kind: Kind, bodies: tuple[str, str]) -> None:
    make, read = kind
    path = tmp_path / f"feed{make.SUFFIX}"
    sink = make("x", f"x:{path}")
    sink.open(0)
    sink.write([row(1, bodies[0])])
    first = path.stat().st_size
    sink.write([row(2, bodies[1])])
    sink.close()
    whole = path.read_bytes()
    near = {length for edge in (0, first, len(whole)) for length in range(edge - 3, edge + 4)}
    for length in sorted(near | set(range(0, len(whole), 31))):
        if not 0 <= length <= len(whole):
            continue
        path.write_bytes(whole[:length])
        key = sink.open(0)
        sink.close()
        held = (length >= first) + (length == len(whole))
        assert key == (f"s:{held}" if held else None)
        assert (path.read_bytes() if path.exists() else b"") == (b"", whole[:first], whole)[held]
        if length % 2 == 0:
            sink.open(0)
            sink.write([row(n, bodies[n - 1]) for n in range(held + 1, 3)])
            sink.close()
            assert path.read_bytes() == whole
            assert len(read(path)) == 2


def test_what_a_power_cut_left_unwritten_is_cut_too(tmp_path: Path) -> None:
    sink, path = JsonLines("x", f"jsonl:{tmp_path}/f.jsonl"), tmp_path / "f.jsonl"
    path.write_bytes(b"\0" * 5000)
    assert sink.open(0) is None
    sink.write([row(1)])
    sink.close()
    whole = path.read_bytes()
    path.write_bytes(whole + b"\0" * 200_000)
    assert sink.open(0) == "s:1"
    sink.close()
    assert path.read_bytes() == whole


@settings(max_examples=15)
@given(sizes=st.lists(st.integers(0, 3 * 2**16), min_size=1, max_size=5))
def test_the_last_line_is_found_whatever_its_length(tmp_path_factory: pytest.TempPathFactory, sizes: list[int]) -> None:
    path = tmp_path_factory.mktemp("long") / "feed.jsonl"
    sink = JsonLines("x", f"jsonl:{path}")
    sink.open(0)
    sink.write([row(n, "x" * size) for n, size in enumerate(sizes, 1)])
    assert sink.open(0) == f"s:{len(sizes)}"
    sink.close()


def test_a_file_is_full_by_size_and_by_day(tmp_path: Path, kind: Kind) -> None:
    make, read = kind
    size = len(make("x", "x:y").encode(row(1)))
    sink = make("x", f"x:{tmp_path}/feed", rotate_mb=size * 1.5 / 1e6)
    sink.open(0)
    sink.write([row(n, day=1) for n in range(1, 6)] + [row(6, day=2), row(7, day=1), row(8, day=2)])
    assert sink.open(0) == "s:8"
    sink.write([row(9, day=3)])
    sink.close()
    held = {
        path.name.removesuffix(make.SUFFIX): [int(one["seq"]) for one in read(path)]
        for path in sorted((tmp_path / "feed").iterdir())
    }
    name = "changes-{:012d}-2026080{}".format
    if make is JsonLines:
        assert held == {
            name(1, 1): [1, 2], name(3, 1): [3, 4], name(5, 1): [5], name(6, 2): [6, 7], name(8, 2): [8], name(9, 3): [9],
        }  # fmt: skip
    assert [seq for seqs in held.values() for seq in seqs] == list(range(1, 10))
    assert name(6, 2) in held


def test_a_rewind_begins_files_of_its_own(tmp_path: Path, kind: Kind) -> None:
    make, read = kind
    for url, old, new in (
        (f"x:{tmp_path}/feed", "feed/changes-000000000001-20260801", "feed/changes-r1-000000000002-20260801"),
        (f"x:{tmp_path}/one{make.SUFFIX}", "one", "one.r1"),
    ):
        sink = make("x", url)
        sink.open(0)
        sink.write([row(1), row(2), row(3)])
        assert sink.open(1) is None
        sink.write([row(2)])
        assert sink.open(1) == "s:2"  # killed, and begun again
        sink.write([row(3)])
        assert sink.open(0) == "s:3"
        sink.close()
        assert [int(one["seq"]) for one in read(tmp_path / f"{old}{make.SUFFIX}")] == [1, 2, 3]
        assert [int(one["seq"]) for one in read(tmp_path / f"{new}{make.SUFFIX}")] == [2, 3]


def test_a_file_that_a_consumer_moved_away_is_begun_anew(tmp_path: Path, kind: Kind) -> None:
    make, read = kind
    path = tmp_path / f"feed{make.SUFFIX}"
    sink = make("x", f"x:{path}")
    sink.open(0)
    sink.write([row(1)])
    path.rename(tmp_path / "taken")
    sink.write([row(2)])
    sink.close()
    assert [[int(one["seq"]) for one in read(one)] for one in (tmp_path / "taken", path)] == [[1], [2]]


def test_a_file_of_somebody_else_is_left_alone(tmp_path: Path, kind: Kind) -> None:
    make, _ = kind
    path = tmp_path / f"feed{make.SUFFIX}"
    start = make.START.decode()
    for content in ("Nhật ký của tôi", "dòng\n", f"{start}nonsense\r\n", f"{start}x\r\n5\r\n"):
        path.write_text(content, encoding="utf-8", newline="")
        with pytest.raises(SinkFailed, match=r"damaged: .* holds something else"):
            make("x", f"x:{path}").open(0)
        assert path.read_bytes() == content.encode()


def test_a_disk_without_room_loses_and_tears_nothing(tmp_path: Path, kind: Kind) -> None:
    make, read = kind
    path = tmp_path / f"feed{make.SUFFIX}"
    sink = make("x", f"x:{path}")
    sink.open(0)
    sink.write([row(1)])
    before, limits = path.read_bytes(), resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 100, limits[1]))
    try:
        with pytest.raises(SinkFailed) as failure:
            sink.write([row(2), row(3)])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert failure.value.reason == "disk_full"
    assert path.read_bytes() == before
    assert sink.open(0) == "s:1"
    sink.write([row(2), row(3)])
    sink.close()
    assert [int(one["seq"]) for one in read(path)] == [1, 2, 3]


def test_a_folder_that_cannot_be_has_a_name(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SinkFailed, match=r"failed: .*Not a directory"):
        JsonLines("x", f"jsonl:{tmp_path}/file/feed").open(0)
    words = {28: "disk_full", 122: "disk_full", 30: "read_only", 13: "read_only", 5: "failed"}
    assert {number: SinkFailed.of(OSError(number, "x")).reason for number in words} == words


def test_files_of_another_store_or_ahead_of_this_one_are_named(store: Store, tmp_path: Path) -> None:
    fill(store, 3)
    name = store.identity()
    for owner, seq, words in (("other", 1, "not of this store"), (name, 4, "up to 4, the store only up to 3")):
        sink = JsonLines("x", f"jsonl:{tmp_path}/{owner}.jsonl")
        sink.open(0)
        sink.write([row(seq, store_id=owner)])
        (step,) = once(store, sink)
        assert (state(store).state, state(store).cursor) == ("damaged", 0)
        assert words in str(step.failure)


# --- killed ---------------------------------------------------------------------------------------------------------


def test_killed_anywhere_each_sink_ends_with_the_record(address: str) -> None:
    """THOISU_KILLS=100 for more than a taste."""
    kills = os.environ.get("THOISU_KILLS", "5")
    command = [sys.executable, str(ROOT / "bench" / "kills.py"), "--kills", kills, "--database", address]
    ran = subprocess.run([*command, "--sinks", "jsonl", "csv", "hook"], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    found = json.loads(ran.stdout.splitlines()[-1])
    assert sum(found["died"].values()) == int(kills)
    assert found["changes"] >= int(kills)  # a slow machine writes few
    came = {name: (one["changes"], one["wrong"]) for name, one in found["sinks"].items()}
    assert came == dict.fromkeys(("jsonl", "csv", "hook"), (found["changes"], None))
    assert found["sinks"]["jsonl"]["again"] == found["sinks"]["csv"]["again"] == 0
