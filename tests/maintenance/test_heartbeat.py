"""The sign of life that goes out: when it is given, when not, and that whoever takes it holds nothing up."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from crawler.configuration import Settings
from crawler.errors import BadInput, StoreFailed
from crawler.maintenance.heartbeat import INTERVAL, Heartbeat, heartbeat
from crawler.schedule.scheduler import Scheduler
from crawler.schedule.worker import Worker
from crawler.store import Store, heartbeats
from tests.support import LONG, plan

SECRET = "a-secret-token"


class Ear:
    """A server that counts who asks, and answers with `status`."""

    def __init__(self, status: int = 200, **headers: str) -> None:
        self.paths: list[str] = []
        self.status, self.headers = status, headers


@contextmanager
def serving(ear: Ear) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            ear.paths.append(self.path)
            self.send_response(ear.status)
            for name, value in ear.headers.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/ping/{SECRET}"
        server.shutdown()


def beaten(beat: Heartbeat) -> None:
    """One beat, to its end."""
    beat()
    thread = beat._thread
    assert thread is not None
    thread.join(LONG)


def at_times(*times: float) -> Callable[[], float]:
    left = iter(times)
    return lambda: next(left)


def test_it_is_given_at_most_once_a_minute() -> None:
    ear = Ear()
    with serving(ear) as url:
        beat = Heartbeat(url, lambda: True, at_times(0, 45, INTERVAL, INTERVAL + 1))
        for _ in range(4):
            beaten(beat)
    assert ear.paths == [f"/ping/{SECRET}"] * 2


def test_it_is_not_given_while_something_is_wrong() -> None:
    def broken() -> bool:
        raise StoreFailed("unreachable", "gone")

    ear = Ear()
    with serving(ear) as url:
        beaten(Heartbeat(url, lambda: False))
        beaten(Heartbeat(url, broken))
    assert ear.paths == []


def test_the_scheduler_gives_it_behind_its_own(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Behind the sign of life in the store, and not where that cannot be written."""

    def last() -> datetime | None:
        with store.reading() as connection:
            return heartbeats.last_beat(connection)

    def full(*_: object) -> None:
        raise StoreFailed("disk_full", "no room")

    heard: list[datetime | None] = []
    one = Scheduler(store, Worker(["true"]), 1, lambda *_: 0, on_beat=lambda: heard.append(last()))
    one._beat()
    assert heard == [last()]
    assert last() is not None
    one._next_beat = 0.0
    monkeypatch.setattr(Store, "writing_beside", full)
    with pytest.raises(StoreFailed):
        one._beat()
    assert len(heard) == 1


def test_a_look_that_is_overdue_is_wrong(store: Store) -> None:
    ear, now = Ear(), datetime.now(UTC)
    with serving(ear) as url:
        with store.writing() as connection:
            plan(connection, "bao", now + timedelta(hours=1))
        beaten(heartbeat(url, store))
        assert len(ear.paths) == 1
        with store.writing() as connection:
            heartbeats.beat(connection, now)
            plan(connection, "bao", now - timedelta(hours=3))
        beaten(heartbeat(url, store))
        assert len(ear.paths) == 1


@pytest.mark.parametrize(("status", "said"), [(404, "it answers 404"), (500, "it answers 500")])
def test_a_failure_is_said_once_without_the_token(status: int, said: str, caplog: pytest.LogCaptureFixture) -> None:
    ear = Ear(status)
    with serving(ear) as url:
        beat = Heartbeat(url, lambda: True, at_times(0, 60, 120, 180))
        for _ in range(2):
            beaten(beat)
        assert [record.message for record in caplog.records if said in record.message] == [caplog.records[0].message]
        ear.status = 200
        for _ in range(2):
            beaten(beat)
    assert [("again" in record.message) for record in caplog.records] == [False, True]
    assert SECRET not in caplog.text


@pytest.mark.parametrize("url", [f"http://127.0.0.1:9/{SECRET}", f"http://127.0.0.1/{SECRET} x"])
def test_an_address_that_cannot_be_asked_breaks_nothing(url: str, caplog: pytest.LogCaptureFixture) -> None:
    beaten(Heartbeat(url, lambda: True))
    assert len(caplog.records) == 1
    assert SECRET not in caplog.text


def test_an_answer_leads_nowhere_but_to_http(caplog: pytest.LogCaptureFixture) -> None:
    with serving(Ear(302, Location="file:///etc/passwd")) as url:
        beaten(Heartbeat(url, lambda: True))
    assert len(caplog.records) == 1


def test_whoever_does_not_answer_holds_nothing_up() -> None:
    """A beat comes back at once, and one that is under way is not joined by another for five minutes."""
    stop, asked = threading.Event(), []

    def waits() -> bool:
        asked.append(1)
        return stop.wait(LONG) and False

    beat = Heartbeat("http://127.0.0.1:9/", waits, at_times(0, 60, 299, 301))
    for _ in range(4):
        beat()
    stop.set()
    assert beat._thread is not None
    beat._thread.join(LONG)
    assert len(asked) == 2


@pytest.mark.parametrize("url", ["ftp://example.org/x", f"https:///{SECRET}", f"file:///{SECRET}", SECRET])
def test_only_http_is_taken_and_what_is_not_is_not_repeated(url: str) -> None:
    with pytest.raises(BadInput, match="THOISU_HEARTBEAT_URL must be an http or https address") as error:
        Settings.load({"THOISU_HEARTBEAT_URL": url})
    assert SECRET not in str(error.value)
