"""Archived pages read again by one worker and by two, and by one command with one reader and with two.

Usage:  python bench/reread.py [--pages 4000] [--sites 8] [--workers 1 2] [--times 3]

An archive is made of a newsroom's pages. Then `thoisu reread --yes --queue` leaves it to so many `thoisu worker`s on
PostgreSQL, a part for each site and month: first into an empty store, so that every page is stored (`stored`), then
when each reads as it is held (`read`), `--times` in turns. A worker with its readers is bound to a core of its own,
as if it were a machine with one; PostgreSQL takes what is left of any. `by_hand` is `thoisu reread` with so many
readers (THOISU_READERS), from its start to its end, which is bound to nothing.

Each is told in milliseconds a page: by the clock, from the moment the parts wait until none is left, and by the
processor time of the workers (`cpu`) and of PostgreSQL (`cpu_postgres`). `reread_speedup` is the clock's ratio between
the fewest workers and the most for `read`. Where other programs run all are slowed down; that `cpu` stays equal says
that nobody waits for another. Linux alone says what a process has spent. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from own_postgres import OwnPostgres
from sqlalchemy import Connection, func, select

from crawler.archive.records import Fetch
from crawler.archive.writer import Writer
from crawler.newsroom import Newsroom, World
from crawler.schedule import queue_state
from crawler.schedule.queue import Queue
from crawler.store import Store
from crawler.store.schema import articles, copies

_TICKS = os.sysconf("SC_CLK_TCK")
T = TypeVar("T")
_LOOK = 0.05  # seconds between two looks at the queue
_SPIDERS = """
from crawler.crawl.definition import NewsSpider
from crawler.newsroom import newsroom_sites
for name, site in newsroom_sites("http://127.0.0.1", {sites}).items():
    globals()[name] = type(name, (NewsSpider,), {{"name": name, "site": site, "__module__": __name__}})
"""


def make_archive(folder: Path, pages: int, sites: int) -> int:
    """The pages of a newsroom's papers, fetched when they were published; how many."""
    world = World(seed=5, sites=sites, articles=-(-pages // sites))
    room, made = Newsroom(world), 0
    writer = Writer(folder, 10**9, "thoisu/bench", "")
    for name, stories in world.record().items():
        for story in stories:
            url = story["canonical_url"]
            parts = urlsplit(url)
            reply = room.respond(parts.netloc, parts.path, {})
            at = datetime.fromisoformat(story["published_at"]).astimezone(UTC)
            headers = (("Content-Type", reply.media_type),)
            writer.keep(Fetch(url=url, site=name, link=url, status=200, headers=headers, body=reply.body, at=at))
            made += 1
    writer.close()
    return made


def spent(root: int) -> float:
    """Processor seconds of a process, of all that descend from it, and of those among these that have ended."""
    parents, used = {}, {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            words = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(stat.parent.name)] = int(words[1])
        used[int(stat.parent.name)] = sum(map(int, words[11:15])) / _TICKS

    def descends(pid: int) -> bool:
        while pid not in (root, 0):
            pid = parents.get(pid, 0)
        return pid == root

    return sum(seconds for pid, seconds in used.items() if descends(pid))


class Place:
    """A store, its archive, and what is run there."""

    def __init__(self, folder: Path, url: str, server: OwnPostgres) -> None:
        self.server = server
        self._folder = folder
        self._store = Store.open(url)
        Queue(self._store)  # which makes its tables
        self._environ = {
            **os.environ, "THOISU_DATABASE_URL": url, "THOISU_ARCHIVE": str(folder / "warc"),
            "THOISU_SITES": str(folder / "spiders"), "THOISU_LOG_LEVEL": "INFO",
        }  # fmt: skip

    def begin(self, *words: str, core: int | None = None, **environ: str) -> subprocess.Popen[bytes]:
        """`thoisu` with these words, on this core alone."""
        command = [sys.executable, "-m", "crawler", *words]
        with (self._folder / "log").open("ab") as log:
            begun = subprocess.Popen(
                command, cwd=self._folder, env=self._environ | environ, stdout=log, stderr=subprocess.STDOUT
            )
        if core is not None:
            os.sched_setaffinity(begun.pid, [core])  # what it begins has the same
        return begun

    @contextmanager
    def workers(self, number: int) -> Iterator[list[subprocess.Popen[bytes]]]:
        """So many workers that take jobs."""
        cores = sorted(os.sched_getaffinity(0))
        words = ("worker", "--queues", queue_state.REREAD, "--concurrency", "1")
        begun = [self.begin(*words, core=cores[place % len(cores)]) for place in range(number)]
        try:
            while self._ask(lambda connection: len(queue_state.workers(connection))) < number:
                time.sleep(_LOOK)
            yield begun
        finally:
            for one in begun:
                one.terminate()
            for one in begun:
                one.wait()

    def stored(self) -> int:
        """How many pages the store holds."""
        with self._store.reading() as connection:
            return sum(connection.scalar(select(func.count()).select_from(table)) or 0 for table in (articles, copies))

    def close(self) -> None:
        self._store.close()

    def _ask(self, what: Callable[[Connection], T]) -> T:
        with self._store.reading() as connection:
            return what(connection)

    def reread(self, workers: list[subprocess.Popen[bytes]]) -> dict[str, float]:
        """The whole archive by these workers."""
        spending = lambda: (sum(spent(one.pid) for one in workers), spent(self.server.pid))  # noqa: E731
        before = spending()
        asking = self.begin("reread", "--yes", "--queue")
        began, seen = time.monotonic(), False
        while True:
            ended = asking.poll()
            left = self._ask(queue_state.counts)
            waiting = left["waits"] + left["runs"]
            if ended or left["failed"]:
                sys.exit((self._folder / "log").read_text())
            if waiting and not seen:
                began, seen = time.monotonic(), True
            if not waiting and (seen or ended == 0):
                break
            time.sleep(_LOOK)
        seconds = time.monotonic() - began
        after = spending()
        asking.wait()
        return {"clock": seconds, "cpu": after[0] - before[0], "cpu_postgres": after[1] - before[1]}

    def by_hand(self, readers: int) -> dict[str, float]:
        """The whole archive by one command."""
        began, before = time.monotonic(), os.times()
        if self.begin("reread", THOISU_READERS=str(readers)).wait():
            sys.exit((self._folder / "log").read_text())
        used = os.times()
        cpu = used.children_user + used.children_system - before.children_user - before.children_system
        return {"clock": time.monotonic() - began, "cpu": cpu}


def measure(folder: Path, options: argparse.Namespace) -> dict[str, Any]:
    """All runs, and what they say of each other."""
    made = make_archive(folder / "warc", options.pages, options.sites)
    (folder / "spiders").mkdir()
    (folder / "spiders" / "papers.py").write_text(_SPIDERS.format(sites=options.sites), encoding="utf-8")
    server = OwnPostgres(folder / "postgres")
    runs: dict[str, dict[int, Counter[str]]] = {name: defaultdict(Counter) for name in ("stored", "read", "by_hand")}
    missing = 0
    try:
        for number in options.workers:
            url = server.database()
            with closing(Place(folder, url, server)) as place:
                with place.workers(number) as workers:
                    runs["stored"][number].update(place.reread(workers))
                missing += made - place.stored()
        with closing(Place(folder, url, server)) as place:
            for number in options.workers * options.times:
                with place.workers(number) as workers:
                    place.reread(workers)  # once unmeasured: a worker loads what it needs with its first job
                    runs["read"][number].update(place.reread(workers))
                runs["by_hand"][number].update(place.by_hand(number))
    finally:
        server.close()
    found: dict[str, Any] = {"pages": made, "missing": missing}
    for name, of in runs.items():
        pages = made * (1 if name == "stored" else options.times)
        found[name] = {number: {key: round(1000 * of[number][key] / pages, 2) for key in of[number]} for number in of}
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=4000)
    parser.add_argument("--sites", type=int, default=8)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--times", type=int, default=3)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="thoisu-reread-"))
    try:
        found = measure(folder, options)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    least, most = min(options.workers), max(options.workers)
    for name, speedup in (("read", "reread_speedup"), ("stored", "stored_speedup"), ("by_hand", "readers_speedup")):
        for number, took in found[name].items():
            print(f"{name} by {number}: {', '.join(f'{key} {ms:.1f}' for key, ms in took.items())} ms a page")
        found[speedup] = round(found[name][least]["clock"] / found[name][most]["clock"], 3)
    print(json.dumps(found))
    sys.exit(1 if found["missing"] else 0)


if __name__ == "__main__":
    main()
