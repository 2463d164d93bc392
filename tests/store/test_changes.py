"""The promise of `changes.seq`: whoever has seen a number has seen everything up to it, for ever."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from random import Random

import pytest

from crawler.items import Change
from crawler.monitor.store_checks import verify
from crawler.store import Store
from crawler.store import articles as record
from tests.support import T0, article, writer


class Reader:
    """Reads on from what it has seen; a change that comes out of turn is an error at once."""

    def __init__(self, read: Callable[[int], list[Change]]) -> None:
        self.seen: list[Change] = []
        self._read = read

    def poll(self) -> bool:
        """Whether there was anything new."""
        rows = self._read(len(self.seen))
        assert [row.seq for row in rows] == list(range(len(self.seen) + 1, len(self.seen) + len(rows) + 1))
        self.seen += rows
        return bool(rows)


def readers(store: Store) -> list[Reader]:
    """By each way into the feed."""
    return [
        Reader(lambda since: store.changes(since, limit=30)),
        Reader(lambda since: [told.change for told in store.feed(since, 70)[0]]),
    ]


@pytest.mark.slow
def test_readers_see_each_change_once_and_in_order_while_writers_die(address: str) -> None:
    dice = Random(5)  # noqa: S311 - chance, not secrecy
    with Store.open(address) as store:
        both = readers(store)
        for wave in range(2):
            writers = [writer(address, 10 * wave + number, 100_000) for number in range(1, 5)]
            for process in writers:
                assert process.stdout is not None
                process.stdout.readline()
            # Each is killed at work, whatever it is just doing: so many changes after the one before.
            for process in writers:
                wanted = len(both[0].seen) + dice.randrange(5, 40)
                while len(both[0].seen) < wanted:
                    assert process.poll() is None, "it ended by a mistake of its own"
                    for reader in both:
                        reader.poll()
                process.kill()
            for process in writers:
                process.communicate()
                assert process.returncode == -signal.SIGKILL  # and not of a mistake before
        for reader in both:
            while reader.poll():
                pass
        whole = store.changes(limit=None)
        assert len({row.url for row in whole}) > 20
        assert both[0].seen == both[1].seen == whole
        assert verify(store) == []


@pytest.mark.parametrize("commits", [True, False])
def test_the_change_of_an_open_transaction_is_passed_by_and_comes_later(address: str, commits: bool) -> None:
    """On PostgreSQL others go on meanwhile, on SQLite they wait; either way nothing appears below what was read."""
    with Store.open(address) as store:
        waits = store.url.get_backend_name() == "sqlite"
        store.save(article(1, "a"), T0)
        both = readers(store)
        other = threading.Thread(target=store.save, args=(article(3, "c"), T0))
        with suppress(InterruptedError), store.writing_beside() as connection:
            record.save(connection, article(2, "b"), T0, None)
            other.start()
            other.join(0.3 if waits else None)
            assert other.is_alive() == waits
            for reader in both:
                reader.poll()
                assert len(reader.seen) == 2 - waits
            if not commits:
                raise InterruptedError
        other.join()
        for reader in both:
            reader.poll()
            order = ["1.html", "2.html", "3.html"] if waits else ["1.html", "3.html", "2.html"]
            assert [row.url[-6:] for row in reader.seen] == [one for one in order if commits or one != "2.html"]
        assert verify(store) == []
