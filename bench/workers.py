"""Workers of one store on PostgreSQL: what each adds, whether a site is ever asked out of turn, and what kills cost.

Usage:  python bench/workers.py [--sites 40] [--articles 12] [--delay 1] [--concurrency 1] [--workers 1 2 4]
                                [--seconds 120] [--minutes 5] [--every 10]

A newsroom, `thoisu schedule` and `thoisu worker`s are processes of their own, the database a server of its own. All
sites are due at once. The rate of so many workers is that of the articles asked in `--seconds` from the first on, all
of which politeness slows down alike: `scaling` is the rate of the most over theirs times that of one.

Then for `--minutes`, while articles go on being published and all sites are due all the time, a worker is killed every
`--every` seconds, and the scheduler and PostgreSQL twice each; all of them are begun again. What has been published by
then must be in the store, and the file of a sink must have the store's record, in its order.

`overlaps` counts requests to a site that began before the one before had its answer, or sooner after it than the delay,
by the newsroom's own log; between the sending of a request and its arrival lies the machine's noise, for which a
quarter of a second is let pass. `missing` counts articles. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple

import kept
import psycopg
from own_postgres import OwnPostgres
from sqlalchemy import select

from crawler.errors import StoreFailed
from crawler.newsroom import Newsroom, World, newsroom_sites
from crawler.newsroom.families import papers
from crawler.schedule import agenda, enrol
from crawler.schedule.enrol import SPREAD
from crawler.store import Store, sink_cursors
from crawler.store.schema import articles, copies
from crawler.text import VIETNAM

_spawn = multiprocessing.get_context("spawn")
NOISE = 0.25  # seconds
PATIENCE = 420  # seconds that the rest may take when nobody is killed any more
LISTED = timedelta(seconds=30)  # between two moments at which all sites are due


class Asked(NamedTuple):
    """A request as the newsroom has seen it, in seconds of its clock."""

    host: str
    path: str
    began: float
    ended: float


def serve(pipe: Connection, sites: int, counts: Sequence[int], minutes: float) -> None:
    """The newsroom, until it is told to stop: half of each paper's articles are a day old, half come in `minutes`."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    dice, now = random.Random(7), datetime.now(VIETNAM).replace(microsecond=0)  # noqa: S311 - chance, not secrecy
    old, later = counts
    times = {
        paper.name: sorted(
            [now - timedelta(hours=24, minutes=-number) for number in range(old)]
            + [now + timedelta(seconds=dice.uniform(20, max(60 * minutes, 21))) for _ in range(later)]
        )
        for paper in papers(sites)
    }
    log: list[Asked] = []

    class Timed(Newsroom):
        def respond(self, host: str, target: str, headers: dict[str, str]) -> Any:
            began = time.monotonic()
            reply = super().respond(host, target, headers)
            if host.partition(":")[0] != "127.0.0.1":  # there the newsroom tells of itself
                log.append(Asked(host.partition(":")[0], target, began, time.monotonic()))
            return reply

    world = World(seed=7, sites=sites, times=times, real_clock=True)
    with Timed(world) as room:
        pipe.send(room.url)
        while (asked := pipe.recv()) != "end":
            if asked == "log":
                pipe.send(list(log))
            else:
                told = (row for rows in world.record().values() for row in rows)
                due = datetime.now(VIETNAM) - timedelta(seconds=1)
                pipe.send([row["canonical_url"] for row in told if datetime.fromisoformat(row["published_at"]) <= due])


class Room:
    """That process, from here."""

    def __init__(self, sites: int, counts: Sequence[int], minutes: float = 0.0) -> None:
        self._pipe, theirs = _spawn.Pipe()
        self._process = _spawn.Process(target=serve, args=(theirs, sites, counts, minutes), daemon=True)
        self._process.start()
        self.url: str = self._pipe.recv()
        self.sites = newsroom_sites(self.url, count=sites)

    def ask(self, what: str) -> Any:
        self._pipe.send(what)
        return self._pipe.recv()

    def stop(self) -> None:
        self._pipe.send("end")
        self._process.join()


class Place:
    """A store, its scheduler and its workers, as processes in a folder."""

    def __init__(self, folder: Path, url: str, room: Room, delay: float, concurrency: int) -> None:
        self.url, self.room, self._folder = url, room, folder
        folder.mkdir(exist_ok=True)
        (folder / "sinks.toml").write_text(f'[feed]\nurl = "jsonl:{folder}/feed"\n', encoding="utf-8")
        self._log = (folder / "log").open("a")
        self._environ = {**os.environ, "THOISU_DELAY": str(delay), "THOISU_DATABASE_URL": url}
        self._concurrency = concurrency
        self.scheduler: subprocess.Popen[bytes] | None = None
        self.workers: list[subprocess.Popen[bytes]] = []
        self.sites = {name: replace(site, delay=delay) for name, site in room.sites.items()}
        with Store.open(url) as store:
            enrol(room.sites, store, datetime.now(VIETNAM) - len(room.sites) * SPREAD)

    def _begin(self, *words: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "crawler", *words, "--newsroom", self.room.url]
        return subprocess.Popen(command, cwd=self._folder, env=self._environ, stderr=self._log, stdout=self._log)

    def schedule(self) -> None:
        self.scheduler = self._begin("schedule", "--defer")

    def work(self, place: int | None = None) -> None:
        one = self._begin("worker", "--concurrency", str(self._concurrency))
        if place is None:
            self.workers.append(one)
        else:
            self.workers[place] = one

    def ready(self, count: int) -> None:
        """Wait until so many workers take jobs."""
        while True:
            with suppress(psycopg.Error), psycopg.connect(self.url) as connection:
                found = connection.execute("SELECT count(*) FROM thoisu_queue.thoisu_workers").fetchone()
                if found and found[0] >= count:
                    return
            time.sleep(0.2)

    def all_due(self) -> None:
        """Whatever the plan says, every site is to be looked at now."""
        now = datetime.now(UTC)
        with suppress(StoreFailed), Store.open(self.url) as store, store.writing() as connection:
            agenda.keep(connection, [replace(entry, next_at=now) for entry in agenda.entries(connection)])

    def stored(self) -> set[str]:
        with Store.open(self.url) as store, store.reading() as connection:
            query = select(articles.c.canonical_url).union_all(select(copies.c.canonical_url))
            return set(connection.scalars(query))

    def delivered(self) -> bool:
        """Whether the sink has all of the record."""
        with Store.open(self.url) as store, store.reading() as connection:
            return sink_cursors.state(connection, "feed").cursor == store.last_change()

    def stop(self) -> None:
        every = [*self.workers, *([self.scheduler] if self.scheduler else [])]
        for one in every:
            one.terminate()
        for one in every:
            one.wait(30)
        self._log.close()


def overlaps(log: Sequence[Asked], delay: float) -> list[tuple[Asked, Asked]]:
    """Requests to one site of which the second came too soon."""
    by_host: dict[str, list[Asked]] = defaultdict(list)
    for one in sorted(log, key=lambda asked: asked.began):
        by_host[one.host].append(one)
    return [
        (first, second)
        for asked in by_host.values()
        for first, second in pairwise(asked)
        if second.began < first.ended or second.began - first.began < delay - NOISE
    ]


def rate(place: Place, workers: int, seconds: float) -> float:
    """Requests answered each second by so many workers, from the first of them on."""
    for _ in range(workers):
        place.work()
    place.ready(workers)
    place.schedule()
    while not (log := place.room.ask("log")):
        time.sleep(0.05)
    began = min(one.began for one in log)
    time.sleep(max(0.0, began + seconds - time.monotonic()))
    return sum(one.began <= began + seconds for one in place.room.ask("log")) / seconds


def finish(place: Place, seconds: float) -> tuple[int, float]:
    """Wait until all that is published is stored and delivered; the number that is missing, and how long it took."""
    began = time.monotonic()
    due = began
    while True:
        missing = len(set(place.room.ask("record")) - place.stored())
        if time.monotonic() - began > seconds or (not missing and place.delivered()):
            return missing, time.monotonic() - began
        if time.monotonic() > due:
            place.all_due()
            due += LISTED.total_seconds()
        time.sleep(1)


def chaos(place: Place, server: OwnPostgres, workers: int, minutes: float, every: float) -> dict[str, int]:
    """Kill and begin again, for some minutes; says who died how often."""
    dice, died = random.Random(3), {"worker": 0, "scheduler": 0, "postgres": 0}  # noqa: S311 - chance, not secrecy
    for _ in range(workers):
        place.work()
    place.ready(workers)
    place.schedule()
    began = time.monotonic()
    moments = {
        began + 60 * minutes * part / 5: name
        for part, name in ((1, "scheduler"), (2, "postgres"), (3, "scheduler"), (4, "postgres"))
    }
    next_kill, next_due = began + every, began + LISTED.total_seconds()
    while (now := time.monotonic()) < began + 60 * minutes:
        for moment in [moment for moment in moments if moment <= now]:
            name = moments.pop(moment)
            died[name] += 1
            if name == "postgres":
                server.kill()
            else:
                assert place.scheduler is not None
                kill(place.scheduler)
                place.schedule()
        if now >= next_kill:
            victim = dice.randrange(workers)
            kill(place.workers[victim])
            place.work(victim)
            died["worker"] += 1
            next_kill += every
        if now >= next_due:
            place.all_due()
            next_due += LISTED.total_seconds()
        time.sleep(0.2)
    return died


def kill(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()


@contextmanager
def placed(
    folder: Path, url: str, options: argparse.Namespace, counts: Sequence[int], minutes: float
) -> Iterator[Place]:
    """A newsroom with a store, to be ended with all that was begun."""
    room = Room(options.sites, counts, minutes)
    place = Place(folder, url, room, options.delay, options.concurrency)
    try:
        yield place
    finally:
        place.stop()
        room.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("sites", 40), ("articles", 12), ("concurrency", 1)):
        parser.add_argument(f"--{name}", type=int, default=default)
    for name, number in (("delay", 1.0), ("seconds", 120.0), ("minutes", 5.0), ("every", 10.0)):
        parser.add_argument(f"--{name}", type=float, default=number)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4])
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="thoisu-workers-"))
    server = OwnPostgres(folder / "postgres")
    found: dict[str, Any] = {"rates": {}, "missing": 0, "overlaps": 0}
    try:
        for workers in options.workers if options.seconds else ():
            url = server.database()
            with placed(folder / f"scaling-{workers}", url, options, (options.articles, 0), 0) as place:
                found["rates"][workers] = round(rate(place, workers, options.seconds), 3)
                if workers == max(options.workers):
                    found["missing"] += finish(place, PATIENCE)[0]
                found["overlaps"] += told(overlaps(place.room.ask("log"), options.delay))
            print(f"{workers} workers: {found['rates'][workers]:.2f} requests a second", flush=True)
        if options.minutes:
            url, most = server.database(), max(options.workers)
            counts = (options.articles // 2, options.articles - options.articles // 2)
            with placed(folder / "chaos", url, options, counts, options.minutes) as place:
                found["died"] = chaos(place, server, most, options.minutes, options.every)
                missing, seconds = finish(place, PATIENCE)
                log = place.room.ask("log")
                found |= {
                    "missing": found["missing"] + missing,
                    "requests": len(log),
                    "settled_seconds": round(seconds),
                }
                found["overlaps"] += told(overlaps(log, options.delay))
            sink = kept.compare(kept.from_json(folder / "chaos", "feed/*.jsonl"), kept.record(url))
            print(f"sink: {', '.join(f'{key} {value}' for key, value in sink.items())}")
            found |= {"changes": sink["changes"], "sink_wrong": sink["wrong"]}
    finally:
        server.close()
        shutil.rmtree(folder, ignore_errors=True)
    least, most = min(options.workers), max(options.workers)
    if found["rates"]:
        found["scaling"] = round(found["rates"][most] * least / (most * found["rates"][least]), 3)
    print(json.dumps(found))
    sys.exit(1 if found["overlaps"] or found["missing"] or found.get("sink_wrong") else 0)


def told(wrong: Sequence[tuple[Asked, Asked]]) -> int:
    for first, second in wrong[:5]:
        print(f"{first.host}: {second.path} {second.began - first.began:.3f} s after {first.path}", flush=True)
    return len(wrong)


if __name__ == "__main__":
    main()
