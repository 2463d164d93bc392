"""How fast a million articles are searched, against an article that is read by its number in the same run.

Usage:  python bench/serve.py [--articles 1000000] [--postgres 1000000] [--folder FOLDER]

SQLite first, then PostgreSQL (0: not). A store is filled with the made-up archive (`stream.py`) and each kind of
request is made thirty times; then articles are stored in turns with the index and without it, and in turns while
another process searches and while it computes. The table gives median and 99th percentile of each kind, and how many
times the median of a look-up these are: by the clock, and by the time that this process has on the processor, which on
a busy machine says more, but leaves PostgreSQL's server out. The last line is one JSON object, of the worst kind on the
worse database.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from own_postgres import OwnPostgres
from serve_search import fill, measure, slowed, storing

from crawler.store import Store

_RATIOS = ("median_ratio", "p99_ratio", "median_ratio_cpu", "p99_ratio_cpu", "store_ratio", "crawl_slowed")


def run(url: str, articles: int) -> dict[str, Any]:
    """Fill the store at `url`, and measure."""
    with Store.open(url) as store:
        begun = time.perf_counter()
        fill(store, articles)
        print(f"{articles} articles stored in {time.perf_counter() - begun:.0f} s, load {os.getloadavg()[0]:.1f}")
        return measure(store) | storing(store, articles) | slowed(store)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--articles", type=int, default=1_000_000)
    options.add_argument("--postgres", type=int, help="articles on PostgreSQL; 0: none; default: as many")
    options.add_argument("--folder", type=Path, help="where the stores are made, and deleted again")
    chosen = options.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="thoisu-bench-", dir=chosen.folder))
    found: dict[str, dict[str, Any]] = {}
    try:
        if chosen.articles:
            print("\nSQLite")
            found["sqlite"] = run(f"sqlite:///{folder}/store.db", chosen.articles)
        if postgres := chosen.articles if chosen.postgres is None else chosen.postgres:
            print("\nPostgreSQL")
            with closing(OwnPostgres(folder / "postgres")) as server:
                found["postgres"] = run(server.database(), postgres)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    worst = {
        "search_speedup": min(one["search_speedup"] for one in found.values()),
        **{name: max(one[name] for one in found.values()) for name in _RATIOS},
    }
    print(json.dumps({"articles": chosen.articles, **worst, **found}))


if __name__ == "__main__":
    main()
