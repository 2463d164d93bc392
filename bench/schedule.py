"""300 sites scheduled for a simulated month: is any look late, lost or doubled, and what does the scheduler cost?

Usage:  python bench/schedule.py [SITES] [DAYS] [SECONDS]      (default 300, 30 and 60)

The deciding part of the scheduler and the agenda in the store are the real ones; sites, rounds and the clock are
simulated. Feeds publish with log-normal rates and a day's profile, and show their newest 30 items. One round in 300 is
killed before half of its sites are saved, and every two days the scheduler itself is, with all rounds under way.

A look is late when it comes more than two minutes after its time, but for what a kill costs: what had been begun is
done again after a pause of half a minute. "Lost" counts looks that never came, and items that no look
found in a window.

Then the real scheduler is measured as a process for some seconds, while every site is due every ten seconds, which is
far more than any budget allows; its rounds only move the times. The last line is one JSON object.
"""

from __future__ import annotations

import heapq
import json
import math
import random
import subprocess
import sys
import tempfile
import time
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from crawler.schedule import agenda
from crawler.schedule.enrol import SPREAD, enrol
from crawler.schedule.pace import Pace
from crawler.schedule.rounds import Rounds
from crawler.schedule.site_agenda import read_pace, upcoming
from crawler.schedule.source_rates import PollResult
from crawler.sites import EPI, Feed, Site, Sites
from crawler.store import Store
from crawler.text import VIETNAM

START = datetime(2026, 8, 3, tzinfo=VIETNAM)
WINDOW, LOOKS, PLACES = 30, 16, 24
KILLED = 1 / 300
RESTART = timedelta(days=2)
LATE = timedelta(minutes=2)
PROFILE = [0.2] * 5 + [0.8] + [1.6] * 12 + [1.0] * 4 + [0.4] * 2


def site(number: int, daily: float = 0.0) -> Site:
    """A site that gets so many looks and its articles a day."""
    home = f"https://bao{number}.vn/"
    return Site(
        name=f"bao{number}", publisher=f"Báo {number}", home=home, tier="press", sources=(Feed(home + "rss"),),
        article=r"-post\d+\.html$", layout=EPI, budget=int(1.2 * LOOKS + 1.5 * daily + 4 * math.sqrt(daily)),
    )  # fmt: skip


@dataclass
class Paper:
    """One simulated site: its items, its pace, and what has happened to it."""

    items: list[datetime]
    pace: Pace
    source: str
    due: datetime
    part: float
    told: int = 0
    last: datetime | None = None
    killed: bool = False
    lateness: list[float] = field(default_factory=list)


def published(rng: random.Random, days: int, daily: float) -> list[datetime]:
    items = []
    for hour in range(-7 * 24, days * 24):
        for _ in range(poisson(rng, daily / 24 * PROFILE[hour % 24])):
            items.append(START + timedelta(hours=hour, seconds=rng.randrange(3600)))
    return sorted(items)


def poisson(rng: random.Random, mean: float) -> int:
    count, left = 0, rng.expovariate(1)
    while left < mean:
        count, left = count + 1, left + rng.expovariate(1)
    return count


class Month:
    """The simulation: a queue of events, and the counts."""

    def __init__(self, store: Store, sites: int, days: int) -> None:
        self.rng = random.Random(1)  # noqa: S311
        self.store = store
        self.now = START
        self.end = START + timedelta(days=days)
        self.places = PLACES
        daily = {f"bao{number}": min(self.rng.lognormvariate(math.log(8), 1.0), 120) for number in range(sites)}
        named = {name: site(int(name[3:]), rate) for name, rate in daily.items()}
        enrol(Sites(named.values()), store, START)
        with store.reading() as connection:
            due = agenda.next_times(connection)
            paces = {name: read_pace(agenda.pace(connection, name) or "") for name in named}
        with store.writing() as connection:
            connection.execute(agenda.agenda.delete().where(agenda.agenda.c.source == agenda.ARTICLES))
        self.papers = {
            name: Paper(
                published(self.rng, days, daily[name]),
                paces[name],
                about.sources[0].url,
                due[name],
                self.rng.random(),
            )
            for name, about in named.items()
        }
        self.running: Counter[str] = Counter()
        self.counts: Counter[str] = Counter()
        self.queue: list[tuple[datetime, int, str, list[str]]] = []
        self.order = 0
        self.life = 0
        self.following = START
        self.cpu = 0.0
        self.rounds = self.scheduler()

    def scheduler(self) -> Rounds:
        return Rounds(self.times, self.begin, self.places)

    def times(self) -> dict[str, datetime]:
        with self.store.reading() as connection:
            return agenda.next_times(connection)

    def later(self, at: datetime, what: str, sites: list[str]) -> None:
        self.order += 1
        heapq.heappush(self.queue, (at, self.order, f"{what} {self.life}", sites))

    def begin(self, sites: list[str]) -> None:
        self.counts["rounds"] += 1
        for name in sites:
            self.running[name] += 1
            self.counts["overlaps"] += self.running[name] > 1
        killed = self.rng.random() < KILLED
        self.counts["killed"] += killed
        end = self.now
        for place, name in enumerate(sites):
            paper = self.papers[name]
            fresh = bisect_right(paper.items, self.now) - paper.told if paper.last else WINDOW
            at = self.now + timedelta(seconds=self.rng.uniform(0.2, 3))
            end = max(end, at + timedelta(seconds=2 * fresh))
            if killed and 2 * place <= len(sites):
                self.papers[name].killed = True
            else:
                self.later(at, "look", [name])
        self.later(end + timedelta(seconds=1), "end", sites)

    def poll(self, name: str) -> None:
        paper = self.papers[name]
        late = (self.now - paper.due).total_seconds()
        if not paper.killed:
            paper.lateness.append(late)
        self.counts["looks"] += 1
        paper.pace.next_poll(paper.source, self.now)  # plans a new day
        seen = bisect_right(paper.items, self.now)
        fresh = paper.items[max(paper.told, seen - WINDOW) : seen]
        self.counts["items lost"] += max(0, seen - WINDOW - paper.told) if paper.last else 0
        overlap = paper.last is None or seen - WINDOW < paper.told
        self.counts["over budget"] += not paper.pace.budget.take("look")
        oldest = paper.items[max(0, seen - WINDOW)]
        paper.pace.saw(paper.source, PollResult(self.now, fresh, shown=WINDOW, oldest=oldest, overlap=overlap))
        following, why = upcoming(paper.pace, paper.source, self.now, paper.part)
        entry = agenda.AgendaEntry(site=name, source=paper.source, next_at=following, why=why, polled_at=self.now)
        with self.store.writing() as connection:
            agenda.keep(connection, [entry])
        paper.told, paper.last, paper.due, paper.killed = seen, self.now, following, False

    def tick(self) -> None:
        began = time.process_time()
        following = self.rounds.tick(self.now)
        self.cpu += time.process_time() - began
        self.counts["ticks"] += 1
        self.following = following
        self.later(following, "tick", [])

    def kill(self) -> None:
        """The scheduler dies, and all that it had begun with it; another takes over."""
        self.life += 1
        for _, _, what, sites in self.queue:
            if what.startswith("look"):
                self.papers[sites[0]].killed = True
        self.queue.clear()
        self.running.clear()
        self.rounds = self.scheduler()
        self.counts["restarts"] += 1
        self.following = self.now + timedelta(seconds=5)
        self.later(self.following, "tick", [])

    def run(self) -> None:
        restart = START + RESTART
        self.later(START, "tick", [])
        while self.queue[0][0] < self.end:
            self.now, _, what, sites = heapq.heappop(self.queue)
            if what.startswith("look"):
                # One source a site; at the start of a day its plan is made, which is no look.
                self.poll(sites[0])
            elif what.startswith("end"):
                self.running.subtract(sites)
                began = time.process_time()
                self.rounds.ended(sites)
                self.cpu += time.process_time() - began
                self.tick()
            elif self.now == self.following:  # an earlier one has been replaced
                self.tick()
            if self.now >= restart:
                restart += RESTART
                self.kill()
        self.counts["looks lost"] = sum(paper.due < self.end - timedelta(minutes=5) for paper in self.papers.values())


def live(folder: Path, sites: int, seconds: int) -> tuple[float, int]:
    """Share of a core that the real scheduler takes, and the looks that it had done meanwhile."""
    url = f"sqlite:///{folder / 'live.db'}"
    named = {f"bao{number}": site(number) for number in range(sites)}
    with Store.open(url) as store:
        enrol(named, store, datetime.now(VIETNAM) - sites * SPREAD)  # all are due
    script = f"""
import os, resource, sys, threading, time, signal
from functools import partial
from crawler.schedule.scheduler import Scheduler
from crawler.schedule.worker import Worker
from crawler.store import Store
sys.path.insert(0, {str(Path(__file__).parent)!r})
from schedule import site
from crawler.schedule.enrol import enrol

worker = Worker([sys.executable, "-S", "-c", {_ROUND!r}, {str(folder / "live.db")!r}])
def measure():
    time.sleep(5)
    before = resource.getrusage(resource.RUSAGE_SELF)
    time.sleep({seconds})
    after = resource.getrusage(resource.RUSAGE_SELF)
    print(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, flush=True)
    os.kill(os.getpid(), signal.SIGTERM)
threading.Thread(target=measure, daemon=True).start()
with Store.open({url!r}) as store:
    Scheduler(store, worker, {PLACES}, partial(enrol, {{f"bao{{n}}": site(n) for n in range({sites})}})).run()
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    with Store.open(url) as store, store.reading() as connection:
        polls = sum(entry.came for entry in agenda.entries(connection) if entry.source != agenda.ARTICLES)
    return float(done.stdout.split()[-1]) / seconds, polls


_ROUND = """
import sqlite3, sys, time
from datetime import datetime, timedelta, timezone
db = sqlite3.connect(sys.argv[1], timeout=30)
at = datetime.now(timezone.utc).replace(tzinfo=None) + timedelta(seconds=10)
values = [(at.isoformat(timespec="microseconds") + "Z", name) for name in sys.argv[2:]]
db.executemany("UPDATE agenda SET next_at = ?, came = came + 1 WHERE site = ?", values)
db.commit()
"""


def main() -> None:
    sites, days, seconds = (int(argument) for argument in (*sys.argv[1:], *("300", "30", "60")[len(sys.argv) - 1 :]))
    with tempfile.TemporaryDirectory() as folder, Store.open(f"sqlite:///{folder}/month.db") as store:
        began = time.monotonic()
        month = Month(store, sites, days)
        month.run()
        lateness = sorted(late for paper in month.papers.values() for late in paper.lateness)
        counts, share = month.counts, month.cpu / (days * 86_400)
        print(f"{sites} sites, {days} days, simulated in {time.monotonic() - began:.0f} s")
        for name in ("looks", "rounds", "ticks", "killed", "restarts"):
            print(f"{name:24} {counts[name]:8}")
        print(f"{'late, median':24} {lateness[len(lateness) // 2]:8.0f} s")
        print(f"{'late, 99 of 100':24} {lateness[len(lateness) * 99 // 100]:8.0f} s")
        print(f"{'late, worst':24} {lateness[-1]:8.0f} s")
        past = sum(late > LATE.total_seconds() for late in lateness)
        for name, number in (
            ("past the bound", past),
            *((n, counts[n]) for n in ("overlaps", "looks lost", "items lost", "over budget")),
        ):
            print(f"{name:24} {number:8}")
        print(f"{'deciding, CPU a day':24} {month.cpu / days:8.1f} s, {share:.4%} of a core")
        measured, polls = live(Path(folder), sites, seconds)
    print(f"{'the process, live':24} {measured:8.2%} of a core over {seconds} s with {polls} looks")
    result = {
        "sites": sites, "days": days, "looks": counts["looks"], "worst_late_seconds": round(lateness[-1], 1),
        "past_bound": past, "overlaps": counts["overlaps"], "looks_lost": counts["looks lost"],
        "items_lost": counts["items lost"], "over_budget": counts["over budget"], "killed": counts["killed"],
        "restarts": counts["restarts"], "cpu_seconds_a_day": round(month.cpu / days, 2), "share": round(share, 6),
        "live_share": round(measured, 5), "live_looks": polls,
    }  # fmt: skip
    print(json.dumps(result))


if __name__ == "__main__":
    main()
