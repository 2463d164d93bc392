"""A backfill of many newsroom days that is killed again and again: what is stored, and what was asked twice.

Usage:  python bench/backfill.py [DAYS] [KILLS]      (defaults 90 and 20)

Six papers, 25 articles a day each. The backfill is a process of its own that is killed (SIGKILL) at moments spread
over the whole; each kill may cost at each paper the one page that was under way. The last line is one JSON object.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import date, timedelta
from random import Random

from crawler.monitor.store_checks import verify
from crawler.newsroom import Newsroom, World
from crawler.store import Store

FIRST = date(2026, 8, 3)
RUN = """
import sys
from datetime import date
from crawler.backfill.spider import Job, backfill
from crawler.newsroom import newsroom_sites
from crawler.discover.days import DayRange
base, store, first, last = sys.argv[1:]
sites = newsroom_sites(base)
days = DayRange(date.fromisoformat(first), date.fromisoformat(last))
settings = {"THOISU_DELAY": 0, "RETRY_TIMES": 0, "THOISU_BUDGET": 1_000_000}
jobs = {name: [Job(site=name, span=days)] for name in sites}
reports = backfill(jobs, sites, store_url=store, newsroom=base, settings=settings)
sys.exit(any(report.left or report.missing or report.error for report in reports))
"""


def main() -> None:
    days = int(sys.argv[1]) if len(sys.argv) > 1 else 90
    kills = int(sys.argv[2]) if len(sys.argv) > 2 else 20
    random = Random(1)  # noqa: S311
    world = World(seed=3, sites=6, articles=25 * days)
    pages = 6 * 25 * days
    under_way: Counter[str] = Counter()
    began = time.monotonic()
    with Newsroom(world) as room, tempfile.TemporaryDirectory() as folder:
        store = f"sqlite:///{folder}/bench.db"
        last = FIRST + timedelta(days=days - 1)
        command = [sys.executable, "-c", RUN, room.url, store, str(FIRST), str(last)]
        for moment in [*sorted(random.sample(range(1, pages), kills)), None]:
            run = subprocess.Popen(command)
            if moment is None:
                assert run.wait() == 0, "the last run did not come to its end"
                break
            while len(room.requests) < moment and run.poll() is None:
                time.sleep(0.01)
            run.kill()
            run.wait()
            time.sleep(0.3)
            under_way.update({request.host: f"{request.host}{request.path}" for request in room.requests}.values())
            print(f"killed after {len(room.requests)} requests", flush=True)
        seconds = time.monotonic() - began
        published = {row["canonical_url"] for rows in world.record().values() for row in rows}
        with Store.open(store) as opened:
            stored: set[str] = set()
            for row in opened.articles(limit=None):
                held = opened.article(row.id)
                assert held is not None
                stored |= {row.canonical_url, *(copy.canonical_url for copy in held.copies)}
            faults = verify(opened)
        log = Counter(f"{request.host}{request.path}" for request in room.requests)
    again = {page: n - 1 for page, n in log.items() if n > 1 and not page.endswith("/robots.txt")}
    found = {
        "days": days, "kills": kills, "published": len(published), "stored": len(stored),
        "missing": len(published - stored), "foreign": len(stored - published), "faults": faults,
        "asked": sum(log.values()), "asked_again": sum(again.values()),
        "not_under_way": sum(max(n - under_way[page], 0) for page, n in again.items()), "seconds": round(seconds),
    }  # fmt: skip
    print(json.dumps(found))


if __name__ == "__main__":
    main()
