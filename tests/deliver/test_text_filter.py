"""A sink that wants a text, and a text over which the search breaks, or the process: the sink goes on behind it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import pytest

from crawler.deliver import text_filter
from crawler.errors import StoreFailed
from crawler.store import Store, passed_over, sink_cursors
from crawler.store import changes as feed
from crawler.text.query import Node
from tests.deliver.test_deliver import Shelf, SinkFailed, once, state
from tests.support import article, at, url_of

USUAL = text_filter.holds
FEED = Store.feed


def breaking(texts: Sequence[tuple[str, str | None, str]], wanted: Node) -> bool:
    """Also in a reader: both import this module."""
    if any("độc" in (part or "") for text in texts for part in text):
        os._exit(9)
    return USUAL(texts, wanted)


def failing(store: Store, *args: Any, text: str | None = None, **about: Any) -> Any:
    """As a database that meets a text which its search cannot bear."""
    if text is not None:
        raise StoreFailed("failed", "user-defined function raised exception")
    return FEED(store, *args, **about)


def dying(store: Store, *args: Any, text: str | None = None, **about: Any) -> Any:
    if text is not None:
        os._exit(9)
    return FEED(store, *args, **about)


def fill(store: Store) -> None:
    for number, body in enumerate(("nước sạch về làng", "nước sạch độc hại", "đường mới", "nước sạch về phố")):
        store.save(article(number + 1, body), at(number))


def aside(store: Store) -> list[tuple[int, str]]:
    with store.reading() as connection:
        return [(one.seq, one.reason) for one in sink_cursors.aside(connection, "shelf")]


def test_a_text_over_which_the_search_breaks_is_set_aside_by_name(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(store)
    monkeypatch.setattr(Store, "feed", failing)
    monkeypatch.setattr(text_filter, "holds", breaking)
    shelf = Shelf()
    steps = once(store, shelf, text="nước sạch")
    assert shelf.seqs == [1, 4]
    assert aside(store) == [(2, "ended its reader (exit code 9)")]
    assert [one.seq for step in steps for one in step.aside] == [2]
    assert (state(store).cursor, state(store).state) == (4, "ok")


def test_a_text_that_ends_the_process_is_met_in_a_reader_by_the_next(
    store: Store, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(store)
    if (child := os.fork()) == 0:
        try:
            monkeypatch.setattr(Store, "feed", dying)
            with Store.open(address) as own:
                once(own, Shelf(), text="nước sạch")
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    monkeypatch.setattr(text_filter, "holds", breaking)
    shelf = Shelf()
    once(store, shelf, text="nước sạch")
    assert (shelf.seqs, [seq for seq, _ in aside(store)]) == ([1, 4], [2])


def test_other_failures_of_the_store_are_no_text_s(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(store: Store, *args: Any, text: str | None = None, **about: Any) -> Any:
        if text is not None:  # read one by one, each could be had
            raise StoreFailed("disk_full", "no space")
        return FEED(store, *args, **about)

    fill(store)
    monkeypatch.setattr(Store, "feed", full)
    with pytest.raises(StoreFailed):
        once(store, Shelf(), text="nước sạch")


def test_a_sink_that_fails_makes_nobody_careful(store: Store) -> None:
    fill(store)
    shelf = Shelf()
    shelf.moods = [SinkFailed("unreachable", "nobody there")]
    once(store, shelf, text="nước sạch")
    assert not passed_over.begin(store, "deliver-shelf", 0)


def test_one_by_one_finds_what_the_database_finds(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.save(article(1, "về nước  sạch"), at(1))
    store.save(article(2, "về đường"), at(2))
    store.save(article(1, "đã sửa"), at(3))
    store.save(article(3, "đã sửa", title="Bản chép"), at(4))
    store.save(article(4, "về đường", title="Bản chép"), at(5))
    store.withdraw(url_of(1), at(6))
    store.save(article(2, "đường, và Nước sạch"), at(7))
    whole, each = Shelf(), Shelf()
    once(store, whole, name="whole", text="Nước sạch")
    monkeypatch.setattr(Store, "feed", failing)
    once(store, each, name="each", text="Nước sạch")
    assert whole.seqs == each.seqs
    assert len(whole.seqs) == 6


@pytest.mark.parametrize("text", [None, "nước"])
def test_a_reading_ends_where_its_texts_are_long(
    store: Store, monkeypatch: pytest.MonkeyPatch, text: str | None
) -> None:
    monkeypatch.setattr(feed, "SIZE", 40)
    for number in range(1, 6):
        store.save(article(number, f"nước {number} " * 3), at(number))
    read, seqs = 0, []
    while True:
        items, reached = store.feed(read, 10, text=text)
        if reached == read:
            break
        read = reached
        seqs.append([item.change.seq for item in items])
    assert seqs == [[1, 2], [3, 4], [5]]
