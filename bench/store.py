"""A million articles streamed into a store with everything on: does it get slower, does it grow?

Usage:  python bench/store.py [--articles 1000000] [--postgres 100000] [--folder FOLDER]

One process saves, as a crawl does: a look at a source, its links, the pages one by one. A second relates what was
saved, as `thoisu relate` does. This one reads the change feed, and counts an article when it has been read there and
related. The crawl waits when more than some thousand articles have not been related. SQLite first, then PostgreSQL
(0: not).

The table gives for each part the rate in articles a second, the processor time of the three processes for an article
(not that of a server), the load of the machine, and the memory of each in megabytes. The last line is one JSON object.
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
import time
from collections.abc import Callable
from contextlib import closing
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

from own_postgres import OwnPostgres
from stream import crawl, stream

from crawler.compare.relate import READER, Relater
from crawler.store import Store, cursors

PARTS = 10
AHEAD = 5000
"""Articles that may wait for `relate` before the crawl does."""
_PAUSE = 0.05  # seconds between two looks at something that does not move
_REST = 1.0  # seconds between two runs of `relate`
_FEED = 500  # changes read together


def save(url: str, articles: int, done: Event) -> None:
    """The crawl: each look at a site with its links, then each page; ends with the others, to be measured like them."""
    saved = 0
    with Store.open(url) as store:
        for look in stream(articles):
            saved += crawl(store, look)
            while saved - _related(store) > AHEAD and not _orphaned():
                time.sleep(_PAUSE)
            if _orphaned():
                return
        while not done.wait(_REST) and not _orphaned():
            pass


def relate(url: str, done: Event) -> None:
    """Work off the change feed, again and again."""
    with Store.open(url) as store:
        relater = Relater(store)
        while not done.wait(_REST) and not _orphaned():
            for _ in relater.relate():
                pass


def _orphaned() -> bool:
    """Whether the process that measures is gone, however it ended."""
    parent = multiprocessing.parent_process()
    return parent is None or not parent.is_alive()


def _related(store: Store) -> int:
    with store.reading() as connection:
        return cursors.position(connection, READER)


def run(url: str, articles: int, size: Callable[[], int]) -> dict[str, Any]:
    """The stream into the store at `url`, with a line for each part of it."""
    context = multiprocessing.get_context("spawn")
    done = context.Event()
    Store.open(url).close()
    writers = {
        "save": context.Process(target=save, args=(url, articles, done)),
        "relate": context.Process(target=relate, args=(url, done)),
    }
    print(_row("articles", "seconds", "rate", "CPU ms", "load", "save MB", "relate", "feed", "store MB"))
    begin = time.perf_counter()
    for process in writers.values():
        process.start()
    part = articles / PARTS
    marks, rss, spent, cursor = [0.0], list[int](), [0], 0
    pids = [*(process.pid for process in writers.values()), os.getpid()]
    with Store.open(url) as store:
        while len(marks) <= PARTS:
            rows, _ = store.feed(since=cursor, limit=_FEED)
            if [row.change.seq for row in rows] != list(range(cursor + 1, cursor + len(rows) + 1)):
                sys.exit(f"the feed has a gap behind {cursor}")
            cursor += len(rows)
            through = min(cursor, _related(store))
            while len(marks) <= PARTS and through >= part * len(marks):
                marks.append(time.perf_counter() - begin)
                held, seconds = zip(*map(_use, pids), strict=True)
                rss.append(sum(held))
                spent.append(sum(seconds))
                rate, each = part / (marks[-1] - marks[-2]), 1000 * (spent[-1] - spent[-2]) / part
                passed, load = f"{marks[-1]:.0f}", f"{os.getloadavg()[0]:.1f}"
                print(
                    _row(round(part * (len(marks) - 1)), passed, f"{rate:.0f}", f"{each:.2f}", load, *held, size()),
                    flush=True,
                )
            if len(rows) < _FEED:
                if any(process.exitcode for process in writers.values()):
                    sys.exit("a writer died")
                time.sleep(_PAUSE)
    done.set()
    for process in writers.values():
        process.join()
    first, last = (part / (marks[n] - marks[n - 1]) for n in (1, PARTS))
    print(f"rate of the last part to that of the first: {last / first:.2f}\n")
    return {
        "articles": articles, "rate_first": round(first), "rate_last": round(last), "ratio": round(last / first, 2),
        "rate": round(articles / marks[-1]), "rss_mb": rss,
    }  # fmt: skip


def _row(*cells: object) -> str:
    return "".join(f"{cell:>9}" for cell in cells)


def _use(pid: int | None) -> tuple[int, int]:
    """Megabytes of memory that a process has in use, and seconds of processor time that it took; nothing when ended."""
    shown = subprocess.run(["ps", "-o", "rss=,time=", "-p", str(pid)], capture_output=True, text=True).stdout.split()
    if not shown:
        return 0, 0
    hours, minutes, seconds = shown[1].split(":")
    return int(shown[0]) // 1024, 3600 * int(hours) + 60 * int(minutes) + int(seconds)


def _megabytes(folder: Path) -> int:
    shown = subprocess.run(["du", "-sk", str(folder)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return int(shown.stdout.split()[0]) // 1024


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--articles", type=int, default=1_000_000)
    options.add_argument("--postgres", type=int, default=100_000, help="articles on PostgreSQL; 0: none")
    options.add_argument("--folder", type=Path, help="where the stores are made, and deleted again")
    chosen = options.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="thoisu-bench-", dir=chosen.folder))
    try:
        found = {}
        if chosen.articles:
            print(f"SQLite, {chosen.articles} articles, load before {os.getloadavg()[0]:.1f}\n")
            found = run(f"sqlite:///{folder}/store.db", chosen.articles, lambda: _megabytes(folder))
        if chosen.postgres:
            print(f"PostgreSQL, {chosen.postgres} articles, load before {os.getloadavg()[0]:.1f}\n")
            data = folder / "postgres"
            with closing(OwnPostgres(data)) as server:
                found["postgres"] = run(server.database(), chosen.postgres, lambda: _megabytes(data))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
