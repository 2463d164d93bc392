"""Many processes that write into one store on PostgreSQL at once: how much faster is that, and who waits for a lock?

Usage:  python bench/writers.py [--pages 400] [--writers 1 4 16] [--kills 100] [--round-trip 2] [--before TREE]

Each writer saves as a crawl does: a look at a source, its links, then each page. The server is on this machine; so that
not its processors are measured, each statement takes so many milliseconds more (`--round-trip`), as it would from
another machine. While they write, `pg_stat_activity` is asked what each of their connections waits for. With `--before`
another tree of this project does the same right before, number by number of writers.

Then the promise of the change feed: four writers, of which one is killed (SIGKILL) or has its connection closed by the
server, again and again, while three readers follow: by `Store.changes`, by `Store.feed`, and past the store by SQL.

The last line is one JSON object: `rates` (pages a second by the number of writers), `speedup` (against one),
`lock_share` (of the time of all writers, what they waited for locks), `cpu_ms` (of a page: of its writer, and of the
server), `bytes` (of a page in each table, with its indexes), `numbered` (changes a second, when many wait for their
number), `kills`, `late` (changes that appeared below one that had been read, or out of turn), `missing` (changes that a
writer was told are stored, and the feed has not).
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from multiprocessing.connection import Connection as Pipe
from multiprocessing.connection import wait
from multiprocessing.context import ForkServerContext, ForkServerProcess
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

from own_postgres import OwnPostgres
from sqlalchemy import Engine, event, text
from stream import Look, crawl, stream

from crawler.errors import BadInput, StoreFailed
from crawler.items import Article, Link
from crawler.monitor.store_checks import verify
from crawler.newsroom.grammar import die
from crawler.store import SourceState, Store
from crawler.text import content_hash

_APART = timedelta(seconds=1.7)  # between the times of two writers' pages
_SAMPLE = 0.02  # seconds between two looks at what is waited for
_TOGETHER = 4  # writers that are killed
_NAME = "thoisu-writer"  # of their connections
_EMPTY = Article(
    url="", canonical_url="", site=None, title="", lead=None, body="", content_hash="", layout="made-up"
)  # fmt: skip
_WAITS = text(
    "SELECT wait_event_type = 'Lock', wait_event FROM pg_stat_activity "
    "WHERE datname = current_database() AND application_name = :name AND state <> 'idle'"
)
_SIZES = text(
    "SELECT relname, pg_total_relation_size(oid) AS size FROM pg_class "
    "WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND reltuples <> 0 ORDER BY size DESC LIMIT 10"
)
_WAITING = 10_000  # changes without a number
_MANY = text(
    "INSERT INTO unnumbered (event, article_id, url, site, content_hash, at) "
    "SELECT event, article_id, url || n, site, content_hash, at FROM changes, generate_series(1, :many) AS n"
)
_BACKENDS = text(
    "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = :name ORDER BY random()"
)


def looks(writer: int, pages: int) -> Iterator[Look]:
    """What one writer finds, at sites of its own and at times of its own."""
    for look in stream(pages, seed=1 + writer):
        mine = replace(look, source=_own(writer, look.source), site=f"w{writer}{look.site}")
        mine.links[:] = [replace(link, url=_own(writer, link.url)) for link in look.links]
        mine.pages[:] = [_page(writer, page) for page in look.pages]
        yield mine


def _own(writer: int, url: str) -> str:
    return url.replace("https://", f"https://w{writer}")


def _page(writer: int, page: Article) -> Article:
    url, at = _own(writer, page.url), page.published_at
    return replace(
        page, url=url, canonical_url=url, site=f"w{writer}{page.site}", published_at=at and at + writer * _APART
    )


def _write(url: str, writer: int, pages: int, round_trip: float, start: Barrier, spent: Any) -> None:
    os.environ["PGAPPNAME"] = _NAME
    event.listen(Engine, "before_cursor_execute", lambda *_: time.sleep(round_trip / 1000))
    found = list(looks(writer, pages))
    with Store.open(url) as store:
        start.wait()
        begin = time.process_time()
        for look in found:
            crawl(store, look)
        spent[writer] = time.process_time() - begin
        start.wait()


def rate(url: str, writers: int, pages: int, round_trip: float, context: ForkServerContext) -> dict[str, Any]:
    """Pages a second that so many writers save together, each so many pages; and what they waited for."""
    start, spent = context.Barrier(writers + 1), context.Array("d", writers)
    args = [(url, number, pages // writers, round_trip, start, spent) for number in range(writers)]
    processes = [context.Process(target=_write, args=one, daemon=True) for one in args]
    for process in processes:
        process.start()
    samples, waited = 0, dict[str, int]()
    ended = threading.Event()

    def sample(store: Store) -> None:
        nonlocal samples
        while not ended.wait(_SAMPLE):
            with store.reading() as connection:
                rows = connection.execute(_WAITS, {"name": _NAME}).all()
            samples += writers
            for locked, name in rows:
                if locked:
                    waited[name] = waited.get(name, 0) + 1

    with Store.open(url) as store:
        watch = threading.Thread(target=sample, args=(store,))
        start.wait()
        begin, used = time.perf_counter(), _of_server(store)
        watch.start()
        start.wait()
        seconds = time.perf_counter() - begin
        ended.set()
        watch.join()
        for process in processes:
            process.join()
        used = _of_server(store) - used
        stored = sum(one["articles"] + one["copies"] for one in store.counts().values())
        with store.reading() as connection:
            sizes = {row.relname: row.size // stored for row in connection.execute(_SIZES)}
        faults = verify(store)
    if faults:
        sys.exit(f"the store is not whole: {faults[:3]}")
    shares = {name: round(count / max(samples, 1), 3) for name, count in sorted(waited.items())}
    return {
        "rate": round(stored / seconds, 1), "lock_share": round(sum(shares.values()), 3), "waits": shares,
        "cpu_ms": [round(1000 * one / stored, 1) for one in (sum(spent), used)], "bytes": sizes,
    }  # fmt: skip


def _of_server(store: Store) -> float:
    """Seconds of processor time of a server on this machine, of connections that have ended too (Linux, proc(5))."""
    with store.reading() as connection:
        folder = Path(connection.exec_driver_sql("SHOW data_directory").scalar_one())
    server, ticks = (folder / "postmaster.pid").read_text().split()[0], 0
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            numbers = (process / "stat").read_text().rsplit(")", 1)[1].split()
            if process.name == server:
                ticks += sum(map(int, numbers[11:15]))  # its own, and of its children that have ended
            elif numbers[1] == server:
                ticks += sum(map(int, numbers[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")


def rate_of_numbering(url: str) -> int:
    """Changes that one step numbers in a second, when ten thousand wait."""
    with Store.open(url) as store:
        for look in looks(0, 1):
            crawl(store, look)
        with store.writing_beside() as connection:
            connection.execute(_MANY, {"many": _WAITING})
        begin = time.perf_counter()
        assert store.last_change() == 1 + _WAITING
        return round(_WAITING / (time.perf_counter() - begin))


# --- the feed while writers die ---------------------------------------------------------------------------------------


def _write_on(url: str, writer: int, told: Pipe) -> None:
    """Short pages without end: the same texts as the others, in another order, and edits of them."""
    os.environ["PGAPPNAME"] = _NAME
    site, at, dice = f"w{writer % _TOGETHER}", datetime(2026, 3, 2, tzinfo=UTC), die("kills", writer)
    numbers = count()
    while True:
        # What fails with its connection is lost, as in a crawl: the next is another's.
        with suppress(StoreFailed, BadInput), Store.open(url) as store:
            for number in numbers:
                address = f"https://{site}.example/tin-{10_000 * writer + number // 2}.html"
                words = f"Bản tin số {dice.randrange(20 + number)} " + "tỉnh họp bàn " * 40
                page = replace(
                    _EMPTY, url=address, canonical_url=address, site=site, title=words[:12], body=words,
                    documents=(f"{dice.randrange(9)}/NQ-CP",), content_hash=content_hash(None, words),
                )  # fmt: skip
                store.save_source(SourceState(url=f"https://{site}.example/rss"), [Link(address)], site)
                if (event := store.save(page, at).event) is not None:
                    told.send((address, event))


class Reader:
    """Follows the feed, and counts what comes out of turn."""

    def __init__(self, read: Callable[[int], list[tuple[int, str]]]) -> None:
        self.seen: list[tuple[int, str]] = []
        self.late = 0
        self._read = read

    def poll(self) -> bool:
        """Read on from the last number; whether there was anything."""
        rows = self._read(self.seen[-1][0] if self.seen else 0)
        for row in rows:
            self.late += row[0] != (self.seen[-1][0] if self.seen else 0) + 1
            self.seen.append(row)
        return bool(rows)


def _readers(store: Store) -> list[Reader]:
    def by_sql(since: int) -> list[tuple[int, str]]:
        query = text("SELECT seq, url FROM changes WHERE seq > :since ORDER BY seq LIMIT 100")
        with store.reading() as connection:
            return [(row.seq, row.url) for row in connection.execute(query, {"since": since})]

    return [
        Reader(by_sql),
        Reader(lambda since: [(one.seq, one.url) for one in store.changes(since, limit=100)]),
        Reader(lambda since: [(one.change.seq, one.change.url) for one in store.feed(since, 100)[0]]),
    ]


def kill(url: str, kills: int, context: ForkServerContext, seed: int = 7) -> dict[str, int]:
    """Writers of which one after the other dies, or loses its connection, at a moment of chance."""
    dice, told, running = die("kill", seed), Counter[tuple[str, str]](), list[tuple[ForkServerProcess, Pipe]]()
    number, done = 0, 0

    def begin() -> None:
        nonlocal number
        number += 1
        ours, theirs = context.Pipe(duplex=False)
        process = context.Process(target=_write_on, args=(url, number, theirs), daemon=True)
        process.start()
        theirs.close()
        running.append((process, ours))

    def listen(pipes: list[Pipe], seconds: float) -> None:
        for pipe in wait(pipes, seconds):
            assert isinstance(pipe, Pipe)
            with suppress(EOFError, OSError):
                while pipe.poll():
                    told[pipe.recv()] += 1

    with Store.open(url) as store:
        readers = _readers(store)
        while done < kills:
            while len(running) < _TOGETHER:
                begin()
            # So many pages after the last one, and then anywhere within the next.
            enough, until = told.total() + dice.randrange(1, 12), time.monotonic() + 30
            while told.total() < enough and time.monotonic() < until:
                listen([pipe for _, pipe in running], 0.05)
                for reader in readers:
                    reader.poll()
            time.sleep(dice.uniform(0, 0.03))
            if dice.random() < 0.5:
                process, pipe = running.pop(dice.randrange(len(running)))
                process.kill()
                process.join()
                listen([pipe], 0)
                pipe.close()
                done += 1
            else:
                with store.reading() as connection:
                    pids = connection.scalars(_BACKENDS, {"name": _NAME}).all()
                    done += any(connection.scalar(text(f"SELECT pg_terminate_backend({pid})")) for pid in pids[:1])
        for process, pipe in running:
            process.kill()
            process.join()
            listen([pipe], 0)
        every = store.changes(limit=None)
        whole = [(one.seq, one.url) for one in every]
        for reader in readers:
            while reader.poll():
                pass
        faults = verify(store)
    if faults:
        sys.exit(f"the store is not whole: {faults[:3]}")
    late = sum(reader.late + (reader.seen != whole) for reader in readers)
    missing = (told - Counter((one.url, one.event) for one in every)).total()
    return {"kills": done, "changes": len(whole), "told": told.total(), "late": late, "missing": missing}


# --- all of it --------------------------------------------------------------------------------------------------------


def _before(tree: Path, url: str, writers: int, options: argparse.Namespace) -> dict[str, Any]:
    """The same measurement by another tree."""
    given = {"--one": url, "--writers": writers, "--pages": options.pages, "--round-trip": options.round_trip}
    command = [sys.executable, str(Path(__file__).resolve()), *(str(part) for pair in given.items() for part in pair)]
    env = {**os.environ, "PYTHONPATH": str(tree)}
    # Where the processes are forked from, the folder comes before PYTHONPATH.
    ran = subprocess.run(command, env=env, cwd=tree, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    return found


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--pages", type=int, default=400, help="of all writers together")
    options.add_argument("--writers", type=int, nargs="+", default=[1, 4, 16])
    options.add_argument("--kills", type=int, default=100)
    options.add_argument("--round-trip", type=float, default=2.0, help="milliseconds that each statement takes more")
    options.add_argument("--before", type=Path, help="another tree of this project, measured too")
    options.add_argument("--one", help=argparse.SUPPRESS)
    chosen = options.parse_args()
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["crawler.store", "crawler.monitor.store_checks", "stream"])
    if chosen.one:
        print(json.dumps(rate(chosen.one, chosen.writers[0], chosen.pages, chosen.round_trip, context)))
        return
    folder = Path(tempfile.mkdtemp(prefix="thoisu-bench-"))
    found: dict[str, Any] = {"round_trip": chosen.round_trip}
    try:
        with closing(OwnPostgres(folder / "postgres")) as server:
            print(f"{'writers':>9}{'pages/s':>9}{'locked':>9}  waits for   (load before {os.getloadavg()[0]:.1f})")
            for number in chosen.writers:
                trees = {"before": chosen.before, "": None} if chosen.before else {"": None}
                for label, tree in trees.items():
                    if tree is not None:
                        one = _before(tree, server.database(), number, chosen)
                    else:
                        one = rate(server.database(), number, chosen.pages, chosen.round_trip, context)
                    print(f"{number:>9}{one['rate']:>9}{one['lock_share']:>9.1%}  {one['waits']} {label}", flush=True)
                    mine = found.setdefault(label, {}) if label else found
                    for name, value in (("rates", one["rate"]), *((key, one[key]) for key in ("lock_share", "cpu_ms"))):
                        mine.setdefault(name, {})[number] = value
                    mine["bytes"] = one["bytes"]
            for mine in (found, found.get("before")):
                if mine and 1 in mine.get("rates", {}):
                    mine["speedup"] = {count: round(one / mine["rates"][1], 2) for count, one in mine["rates"].items()}
            found["numbered"] = rate_of_numbering(server.database())
            if chosen.kills:
                found |= kill(server.database(), chosen.kills, context)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
