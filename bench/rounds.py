"""What a scheduled round costs in which a site has nothing new: begun by itself, and forked from a server.

Usage:  python bench/rounds.py [ROUNDS]      (of each kind; default 20)

One newsroom paper of which all is known, whose sources answer "not modified". Each round is told by processor time of
all that takes part from start to end, but for the newsroom and this program; the two kinds alternate. `cpu_cold` is a
fresh interpreter, `cpu_warm` a fork with what its server and the look at the program's files take; `cpu_server` is what
the server costs once, when it loads. A round in which the paper is asked unconditionally, as it is now and then, reads
and is left out. The last line is one JSON object; `looks_a_day` is how many rounds of one site one core carries by
that, and `sites_a_day` how many sites at 96 looks. Linux alone says what a running server has spent.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from crawler.cli.warm import WarmStart, loaded_state
from crawler.newsroom import Newsroom, World, newsroom_sites
from crawler.schedule import ARTICLES, agenda, enrol
from crawler.schedule.worker import Worker
from crawler.store import Store

DAY = 86_400
LOOKS = 96
SETTLING = 2  # rounds until the paper's articles are stored


def by_children() -> float:
    """Processor seconds of the processes that we began and waited for."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def by_server(start: WarmStart) -> float:
    """Processor seconds of a fork server and of the forks that it has waited for."""
    if start.server.pid is None:
        return 0.0
    words = Path(f"/proc/{start.server.pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, words[11:15])) / os.sysconf("SC_CLK_TCK")


def make_due(url: str) -> None:
    """Bring on the next look at each source; no known article is asked again."""
    now = datetime.now(UTC)
    with Store.open(url) as store, store.writing() as connection:
        due = [
            replace(entry, next_at=now + timedelta(days=1 if entry.source == ARTICLES else -1))
            for entry in agenda.entries(connection)
        ]
        agenda.keep(connection, due)


def measure(count: int, newsroom: Newsroom, url: str) -> dict[str, float]:
    """Rounds of both kinds in turns until there are `count` of each that had nothing to read."""
    sites = newsroom_sites(newsroom.url, 1)
    with Store.open(url) as store:
        enrol(sites, store, datetime.now(UTC) - timedelta(days=1))
    words, environ = ["crawl", "--due", "--newsroom", newsroom.url], {"THOISU_DATABASE_URL": url}
    start = WarmStart(None, newsroom=True)
    cold = Worker([sys.executable, "-m", "crawler", *words], environ=environ)
    warm = Worker(words, environ=environ, begin=start)

    def cost(worker: Worker, spent: Callable[[], float]) -> tuple[float, bool]:
        make_due(url)
        newsroom.forget_requests()
        before = spent()
        worker.run(list(sites))
        answers = {request.status for request in newsroom.requests}
        if not answers:
            sys.exit("a round has asked nothing")
        return spent() - before, answers == {304}

    start.server.begin(os.getpid, environ=os.environ).wait()
    server = by_server(start)
    for _ in range(SETTLING):
        cost(warm, lambda: by_server(start))
    cold_costs: list[float] = []
    warm_costs: list[float] = []
    while len(cold_costs) < count or len(warm_costs) < count:
        for costs, spent in (
            (cold_costs, cost(cold, by_children)),
            (warm_costs, cost(warm, lambda: by_server(start))),
        ):
            if spent[1] and len(costs) < count:
                costs.append(spent[0])
    start.server.close()
    before = time.process_time()
    for _ in range(count):
        loaded_state(None)
    looking = time.process_time() - before
    cold_cost, warm_cost = sum(cold_costs) / count, (sum(warm_costs) + looking) / count
    return {"cpu_cold": cold_cost, "cpu_warm": warm_cost, "cpu_server": server}


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    with tempfile.TemporaryDirectory() as folder, Newsroom(World(seed=4, sites=1, articles=6)) as newsroom:
        os.chdir(folder)
        found = measure(count, newsroom, f"sqlite:///{folder}/store.db")
    looks = DAY / found["cpu_warm"]
    print(f"a round with nothing to read, mean of {count}, load {os.getloadavg()[0]:.1f}")
    for name, seconds in found.items():
        print(f"  {name:<10} {seconds:.3f} s")
    rounded = {name: round(seconds, 4) for name, seconds in found.items()}
    ratio = round(found["cpu_warm"] / found["cpu_cold"], 4)
    print(json.dumps({**rounded, "ratio": ratio, "looks_a_day": int(looks), "sites_a_day": int(looks / LOOKS)}))


if __name__ == "__main__":
    main()
