"""Articles that break, hold or kill whoever works on them: passed over by name, told, and tried again by rule."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from crawler.alerts import alerts
from crawler.compare import copies, fingerprints, relate
from crawler.compare.facts import ComparedText
from crawler.compare.minhash import Fingerprint
from crawler.items import Article
from crawler.monitor import check, health
from crawler.sites import Sites
from crawler.store import Store, passed_over
from crawler.text.matching import Node
from tests.support import T0, article, at

USUAL, FINGERPRINT = alerts.sentences_of, relate._fingerprint
BODIES = ("Có nước sạch về làng.", "Có nước sạch độc hại.", "Có nước sạch về phố.")


def raising(given: Article, queries: Sequence[Node]) -> list[str | None]:
    if "độc" in given.body:
        raise ValueError("nonsense")
    return USUAL(given, queries)


def killing(given: Article, queries: Sequence[Node]) -> list[str | None]:
    """Also in a reader: both import this module."""
    if "độc" in given.body:
        os._exit(9)
    return USUAL(given, queries)


def greedy(text: ComparedText) -> Fingerprint:
    if "độc" in text.raw:
        bytearray(2**40)
    return FINGERPRINT(text)


def lasting(text: ComparedText) -> Fingerprint:
    while "độc" in text.raw:
        time.process_time()
    return FINGERPRINT(text)


def saved(store: Store) -> None:
    alerts.add(store, "nước sạch", [], [], T0)
    for number, body in enumerate(BODIES):
        store.save(article(number + 1, body), at(1))


def hits(store: Store) -> set[int]:
    with store.reading() as connection:
        return set(connection.scalars(alerts.hits.select().with_only_columns(alerts.hits.c.article_id)))


def noted(store: Store, reader: str = alerts.READER) -> list[tuple[int, str]]:
    with store.reading() as connection:
        return [(one.article_id, one.reason) for one in passed_over.listed(connection, reader)]


def findings(store: Store) -> list[tuple[str, str, str]]:
    return [(one.name, one.subject, one.evidence) for one in check(store, Sites(), at(9))]


def test_what_cannot_be_searched_is_noted_told_and_tried_by_another_version(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    saved(store)
    with monkeypatch.context() as broken:
        broken.setattr(alerts, "sentences_of", raising)
        alerts.write_messages(store, at(2), [])
        assert (hits(store), noted(store)) == ({1, 3}, [(2, "ValueError: nonsense")])
        assert findings(store) == [("passed_over", "alerts", "1 article; the last: ValueError: nonsense")]
        assert [one.name for one, _ in health(store, (), at(9))] == ["passed_over"]
    alerts.write_messages(store, at(3), [])
    assert len(noted(store)) == 1, "the same version does not try again"
    monkeypatch.setattr(passed_over, "own_version", lambda: "99")
    alerts.write_messages(store, at(4), [])
    assert (hits(store), noted(store), findings(store)) == ({1, 2, 3}, [], [])


def test_whoever_asks_for_it_has_it_tried_again(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    saved(store)
    with monkeypatch.context() as broken:
        broken.setattr(alerts, "sentences_of", raising)
        alerts.write_messages(store, at(2), [])
    later = alerts.add(store, "nước", [], [], at(2))
    alerts.write_messages(store, at(3), [], retry=True)
    assert (hits(store), noted(store)) == ({1, 2, 3}, [])
    with store.reading() as connection:
        owners = set(connection.scalars(alerts.hits.select().with_only_columns(alerts.hits.c.alert_id)))
    assert later not in owners, "it was published before anybody asked for that"


def test_a_revision_that_can_be_searched_ends_it(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    saved(store)
    monkeypatch.setattr(alerts, "sentences_of", raising)
    alerts.write_messages(store, at(2), [])
    store.save(article(2, "Có nước sạch, không hại."), at(3))
    alerts.write_messages(store, at(4), [])
    assert (hits(store), noted(store)) == ({1, 2, 3}, [])


def test_what_ends_the_process_is_met_in_a_reader_by_the_next(
    store: Store, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    saved(store)
    relate.relate(store)
    monkeypatch.setattr(alerts, "sentences_of", killing)
    if (child := os.fork()) == 0:
        try:
            with Store.open(address) as own:
                alerts.write_messages(own, at(2), [])
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    assert hits(store) == set()
    alerts.write_messages(store, at(3), [])
    assert (hits(store), noted(store)) == ({1, 3}, [(2, "ended its reader (exit code 9)")])


def test_a_text_of_unusual_length_is_searched_in_a_reader(store: Store) -> None:
    alerts.add(store, "nước sạch", [], [], T0)
    store.save(article(1, "Con đê. " * 50_000 + "Có nước sạch.", content_hash="v1:long"), at(1))
    assert alerts.write_messages(store, at(2), []) == 0
    assert (hits(store), noted(store)) == ({1}, [])


@pytest.mark.parametrize(("broken", "reason"), [(greedy, "MemoryError"), (lasting, "not read within 0.3 s")])
def test_what_cannot_be_compared_is_passed_over(
    store: Store, monkeypatch: pytest.MonkeyPatch, broken: Callable[[ComparedText], Any], reason: str
) -> None:
    saved(store)
    relate.relate(store)
    store.save(article(4, f"{BODIES[1]} {BODIES[0]}"), at(2))
    store.save(article(5, BODIES[2] * 3), at(2))
    with monkeypatch.context() as patched:
        patched.setattr(relate, "_fingerprint", broken)
        patched.setattr(relate, "SECONDS", 0.3)
        assert relate.relate(store).articles == 1
        assert noted(store, relate.READER) == [(4, reason)]
        assert [name for name, *_ in findings(store)] == ["passed_over"]
        assert relate.waiting(store) == 0
        relate.relate(store, retry=True)
        assert [one for one, _ in noted(store, relate.READER)] == [4]
    relate.relate(store, retry=True)
    assert noted(store, relate.READER) == []
    with store.reading() as connection:
        assert fingerprints.count_stale(connection) == 0


def test_a_pair_that_cannot_be_compared_costs_this_pair(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "Sáng nay, tỉnh khởi công cầu mới dài ba trăm mét ở xã ven sông, dân mong đã lâu.\n" * 5
    usual = copies.compare

    def broken(before: ComparedText, after: ComparedText, *args: Any, **how: Any) -> Any:
        if "độc" in after.raw:
            raise RecursionError
        return usual(before, after, *args, **how)

    monkeypatch.setattr(relate, "compare", broken)
    for number, body in enumerate((text, f"{text}độc", f"{text}lành")):
        store.save(article(number + 1, body), at(number))
    assert relate.relate(store).pairs == 2
    assert noted(store, relate.READER) == [(2, "RecursionError")]


def test_a_text_is_compared_as_far_as_its_limit(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relate, "LONGEST", 400)
    text = "Sáng nay, tỉnh khởi công cầu mới dài ba trăm mét ở xã ven sông, dân mong đã lâu.\n" * 5
    for number in (1, 2):
        store.save(article(number, text + f"Phần khác hẳn thứ {number}. " * 40 * number), at(number))
    assert relate.relate(store).pairs == 1


def test_an_article_whose_pairs_take_too_long_together_is_passed_over(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "Sáng nay, tỉnh khởi công cầu mới dài ba trăm mét ở xã ven sông, dân mong đã lâu.\n" * 5
    for number in (1, 2):
        store.save(article(number, f"{text}Bản {number}."), at(number))
    relate.relate(store)
    monkeypatch.setattr(relate.time, "process_time", iter(range(0, 10_000, 30)).__next__)
    store.save(article(3, f"{text}Bản 3."), at(3))
    assert relate.relate(store).pairs == 0
    assert noted(store, relate.READER) == [(3, "not compared with all that is near within 20 s")]


def test_nothing_is_written_where_nothing_is_new(store: Store) -> None:
    saved(store)
    alerts.write_messages(store, at(2), [])
    with store.reading() as connection:
        assert passed_over.listed(connection) == []
    assert not passed_over.begin(store, "alerts", 3)
    assert passed_over.begin(store, "alerts", 3)
