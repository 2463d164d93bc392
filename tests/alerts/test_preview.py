"""What an alert would have found, and the message that tries where it goes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.alerts import alerts, notify, preview
from crawler.store import Store
from tests.support import Thoisu, article, at


def test_a_preview_finds_what_the_alert_would_have_and_writes_nothing(store: Store) -> None:
    store.save(article(1, "Cũ: có nước sạch."), at(0))
    store.save(article(2, "Ở Huế có nước sạch."), at(10))
    store.save(article(2, "Ở Huế đã có nước sạch."), at(11))
    store.save(article(3, "Có nước sạch.", site="tap"), at(12))
    store.save(article(4, "Khác hẳn."), at(13))
    found = list(preview.would_find(store, "nuoc sach", [], at(5)))
    assert [(hit.url, hit.sentence) for hit in found] == [
        (article(2).url, "Ở Huế có nước sạch."),
        (article(3).url, "Có nước sạch."),
    ]
    assert [hit.site for hit in preview.would_find(store, "nuoc sach", ["tap"], at(5))] == ["tap"]
    assert list(preview.would_find(store, "nuoc sach", [], at(60))) == []
    with store.reading() as connection:
        assert alerts.list_alerts(connection) == []


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []

    def send(target: str, title: str, body: str) -> None:
        if "down" in target:
            raise notify.Undelivered("nobody answers")
        found.append((title, body))

    monkeypatch.setattr(notify, "send", send)
    return found


def test_a_message_is_sent_to_try_an_alert(thoisu: Thoisu, tmp_path: Path, sent: list[tuple[str, str]]) -> None:
    url = f"sqlite:///{tmp_path / 'news.db'}"
    now = datetime.now(UTC)
    with Store.open(url) as store:
        number = alerts.add(store, "nước sạch", [], ["json://127.0.0.1:9/"], now)
        alerts.add(store, "nước sạch", [], ["json://down/"], now)
    assert thoisu("alerts", "test", number, "--store", url).code == 0
    assert sent[0][0] == "thoisu: nước sạch: a test"
    with Store.open(url) as store:
        store.save(article(1, "Có nước sạch."), now)
        alerts.write_messages(store, now + timedelta(minutes=1), ["json://127.0.0.1:9/"])
    assert thoisu("alerts", "test", number, "--store", url).code == 0
    assert "Có nước sạch.\nnew · bao · " in sent[1][1]
    failed = thoisu("alerts", "test", 2, "--store", url)
    assert (failed.code, "nobody answers" in failed.out) == (1, True)
    assert thoisu("alerts", "test", 9, "--store", url).code == 2


def test_a_dry_run_lists_the_last_week(thoisu: Thoisu, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'news.db'}"
    now = datetime.now(UTC)
    with Store.open(url) as store:
        store.save(article(1, "Xưa có nước sạch.", site="vov"), now - timedelta(days=8))
        store.save(article(2, "Nay có nước sạch.", site="vov"), now - timedelta(days=6))
    said = thoisu("alerts", "add", "nuoc sach", "--dry-run", "--store", url)
    (line,) = said.out.splitlines()
    assert line.split("\t")[1:] == ["vov", "Tiêu đề 2", "Nay có nước sạch."]
    assert "1 page in the last week" in said.err
    assert thoisu("alerts", "list", "--store", url).out == ""


def test_the_same_is_not_asked_for_twice(thoisu: Thoisu, tmp_path: Path) -> None:
    held = ("--store", f"sqlite:///{tmp_path / 'news.db'}")
    assert thoisu("alerts", "add", '"nước sạch" Huế', *held).code == 0
    again = thoisu("alerts", "add", '"nước sạch" AND Huế', *held)
    assert (again.code, "alert 1 asks for the same already" in again.err) == (2, True)
    assert thoisu("alerts", "add", '"nước sạch" Huế', "--notify", "json://desk.example/", *held).code == 0
    assert len(thoisu("alerts", "list", *held).out.splitlines()) == 2
