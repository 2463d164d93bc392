"""Months of many papers, with faults of the sites, of the machine and of hostile pages thrown in at random.

Usage:  python bench/months.py [--days 30] [--papers 20] [--seed 1] [--articles 8] [--without]

The papers of a newsroom, a process of its own, are crawled over HTTP as the scheduler does it: what the agenda asks
for, every half hour of a simulated clock. Copies are looked for, alerts and findings are sent to a receiver, and all is
checked every two hours. What goes wrong, where and when is thrown by the seed (`month_faults`).

Another run of the same seed, `--without` faults, says what is usual: the longest that each paper's news took. News of a
paper that nothing happened to is late when it takes longer by a quarter or an hour, counted from the end of a fault of
the machine. Every finding must belong to a fault, and end with it. Memory and descriptors are those of this process
and of its readers at the end of each day; growth is that from the second third of the days to the last. The last line
is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from dataclasses import replace
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from month_faults import Fault, thrown
from month_report import CHECK, START, STEP, delays, growth, judged, news

from crawler.alerts import alerts, digest
from crawler.alerts.notify import flush
from crawler.compare.relate import relate, waiting
from crawler.configuration import DEFAULTS
from crawler.crawl.run import Crawls, crawl, run_in_loop, settings_for
from crawler.maintenance.retention import prune
from crawler.monitor import Finding, check
from crawler.newsroom import Newsroom, World, newsroom_sites
from crawler.newsroom.families import papers
from crawler.newsroom.grammar import die
from crawler.schedule import agenda, enrol
from crawler.schedule.clock_watch import ClockWatch
from crawler.schedule.heal import heal
from crawler.schedule.rounds import Rounds
from crawler.sites import Site, Sites
from crawler.store import Store, heartbeats

FOLLOW = 8  # steps
PLACES = 24
_spawn = multiprocessing.get_context("spawn")


def publications(seed: int, options: argparse.Namespace) -> dict[str, list[datetime]]:
    """When each paper publishes: by day from half past five to half past ten, fewer at weekends."""
    times: dict[str, list[datetime]] = {}
    empty = {fault.site for fault in faults_of(options) if fault.kind.name == "sources without an entry"}
    for paper in papers(options.papers):
        rng, times[paper.name] = die(seed, paper.name, "months"), []
        for day in range(options.days if paper.name not in empty else 0):
            number = round(options.articles * (0.6 if (START + timedelta(days=day)).weekday() > 4 else 1.0))
            opens = START + timedelta(days=day, hours=5.5)
            times[paper.name] += sorted(opens + timedelta(seconds=rng.randrange(17 * 3600)) for _ in range(number))
    return times


def faults_of(options: argparse.Namespace) -> list[Fault]:
    if options.without:
        return []
    return thrown(options.seed, [paper.name for paper in papers(options.papers)], START, options.days)


def world_of(options: argparse.Namespace) -> World:
    return World(options.seed, options.papers, 0, START, times=publications(options.seed, options), now=START)


def serve(options: argparse.Namespace, orders: Connection) -> None:
    """The newsroom, until it is told to end."""
    with Newsroom(world_of(options)) as room:
        orders.send(room.url)
        while (order := orders.recv()) is not None:
            name, args, about = order
            answer = getattr(room if name != "advance" else room.world, name)(*args, **about)
            room.forget_requests()
            orders.send(answer)


class Receiver(BaseHTTPRequestHandler):
    """Takes messages."""

    taken = 0

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        Receiver.taken += 1
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


class Months:
    """The crawler on its clock, which may be `off`, and what it has found."""

    def __init__(self, options: argparse.Namespace, orders: Connection, folder: Path, target: str) -> None:
        self.orders, self.folder, self.target = orders, folder, target
        self.url: str = orders.recv()
        self.store_url = f"sqlite:///{folder / 'months.db'}"
        self.faults = faults_of(options)
        self.rng = random.Random(options.seed)  # noqa: S311 - chance, not secrecy
        self.world_now, self.off = START, timedelta()
        self.sites = self._sites(options)
        self.settings = settings_of(folder, options.articles)
        self.store = Store.open(self.store_url)
        self.rounds = self._scheduler()
        self.passed = 0.0
        self.clock = ClockWatch(self.now, lambda: self.passed)
        self.due: list[str] = []
        self.seq = 0
        self.arrived: dict[str, datetime] = {}
        self.seen: dict[int, Finding] = {}
        self.open_at: dict[int, list[datetime]] = defaultdict(list)
        self.memory: list[float] = []
        self.readers: list[float] = []
        self.descriptors: list[int] = []
        self.seconds: dict[str, float] = defaultdict(float)
        self.killed = 0
        alerts.add(self.store, "tỉnh OR xã OR người", [], [], START)

    def _sites(self, options: argparse.Namespace) -> Sites:
        sites: dict[str, Site] = dict(newsroom_sites(self.url, options.papers))
        for fault in self.faults:
            if fault.kind.name == "no name in DNS" and fault.site:
                site = sites[fault.site]
                away = [replace(source, url=f"http://{site.name}.invalid/{number}")
                        for number, source in enumerate(site.sources[:1])]  # fmt: skip
                sites[site.name] = replace(site, home=f"http://{site.name}.invalid/", sources=tuple(away))
        return Sites(sites.values())

    def _scheduler(self) -> Rounds:
        """A scheduler takes over."""
        enrol(self.sites, self.store, self.now())
        with self.store.writing() as connection:
            heartbeats.begin(connection, self.now())
        return Rounds(self._times, lambda sites: self.due.extend(sites), PLACES)

    def _times(self) -> dict[str, datetime]:
        with self.store.reading() as connection:
            return agenda.next_times(connection)

    def now(self) -> datetime:
        """By the machine's clock."""
        return self.world_now + self.off

    def order(self, name: str, *args: Any, **about: Any) -> Any:
        self.orders.send((name, args, about))
        return self.orders.recv()

    def run(self, days: int) -> None:
        steps = int(timedelta(days=1) / STEP)
        for number in range(days * steps):
            self.world_now = self.order("advance", seconds=STEP.total_seconds())
            self.passed += STEP.total_seconds()
            self._sites_faults()
            machine = self._machine_fault()
            if machine != "scheduler stopped":
                self._round(machine)
            self._note_arrivals()
            if number % CHECK == 0 or (machine and self.rng.random() < 0.5):
                self._check()
            if number % FOLLOW == 0:
                self._follow()
            if number % steps == steps - 1:
                self._end_of_day(number // steps + 1)

    def _sites_faults(self) -> None:
        since = self.world_now - STEP
        for fault in self.faults:
            if fault.site and fault.end and since < fault.end <= self.world_now:
                self.order("behave", fault.site)
            if fault.site and since <= fault.begin < self.world_now and fault.kind.rule:
                self.order("misbehave", fault.site, **fault.kind.rule)

    def _machine_fault(self) -> str:
        """The name of the one that is on."""
        since, was = self.world_now - STEP, self.off
        fault = next((one for one in self.faults if not one.site and one.begin < self.world_now
                      and one.end and since < one.end), None)  # fmt: skip
        self.off = timedelta(hours=fault.kind.rule.get("off", 0)) if fault else timedelta()
        if fault and fault.kind.name == "scheduler stopped" and fault.end and fault.end <= self.world_now:
            self.rounds = self._scheduler()
            return ""
        jump = self.clock.jump()
        if jump:
            assert self.off != was
            with self.store.writing() as connection:
                heartbeats.note_jump(connection, heartbeats.Jump(self.now(), jump.total_seconds(), 0))
        return fault.kind.name if fault else ""

    def _round(self, machine: str) -> None:
        began = time.perf_counter()
        heal(self.store, self.now())
        with self.store.writing() as connection:
            heartbeats.beat(connection, self.now())
        self.due.clear()
        self.rounds.tick(self.now())
        if machine == "round killed":
            self._killed_round()
        elif self.due:
            reader = threading.Timer(self.rng.uniform(0.1, 1.0), kill_reader) if machine == "reader killed" else None
            if reader:
                reader.start()
            self._crawl(self.now())
            if reader:
                reader.join()
        self.rounds.ended(self.due)
        self.seconds["crawl"] += time.perf_counter() - began

    def _crawl(self, now: datetime) -> None:
        """As `crawl`, which would collect garbage each time: a round is else a process of its own."""
        about = {"store": self.store, "revisit": False, "limit": None, "due": True, "on_progress": None,
                 "now": lambda: now, "source": ()}  # fmt: skip
        crawls = Crawls(settings_for(DEFAULTS, newsroom=self.url, more=self.settings))
        run_in_loop(crawls.run([(self.sites[name], about) for name in self.due]), crawls.log_level)

    def _killed_round(self) -> None:
        about = {"newsroom": self.url, "folder": str(self.folder), "now": self.now().isoformat(), "due": self.due,
                 "articles": self.settings["THOISU_BUDGET"], "papers": len(self.sites)}  # fmt: skip
        with subprocess.Popen([sys.executable, __file__, "--round", json.dumps(about)]) as process:
            time.sleep(self.rng.uniform(0.8, 2.5))
            process.kill()
        self.killed += 1

    def _note_arrivals(self) -> None:
        while changes := self.store.changes(self.seq, limit=500):
            for change in changes:
                self.arrived.setdefault(change.url, self.world_now)
            self.seq = changes[-1].seq

    def _check(self) -> None:
        began = time.perf_counter()
        for finding in check(self.store, self.sites, self.now(), folders={}):
            self.seen[finding.id] = finding
            self.open_at[finding.id].append(self.world_now)
        self.seconds["check"] += time.perf_counter() - began

    def _follow(self) -> None:
        began, now, targets = time.perf_counter(), self.now(), [self.target]
        relate(self.store)
        alerts.write_messages(self.store, now, targets)
        digest.write_messages(self.store, now, targets)
        flush(self.store, now, targets)
        self.seconds["follow"] += time.perf_counter() - began

    def _end_of_day(self, day: int) -> None:
        prune(self.store, DEFAULTS, self.now())
        readers = children()
        self.memory.append(resident(os.getpid()))
        self.readers.append(max(map(resident, readers), default=0.0))
        self.descriptors.append(len(os.listdir("/proc/self/fd")))
        spent = ", ".join(f"{name} {seconds:.0f} s" for name, seconds in self.seconds.items())
        print(f"day {day:3}: {len(self.arrived)} pages, {len(self.seen)} findings, {self.memory[-1]:.0f} MB, "
              f"{len(readers)} readers {self.readers[-1]:.0f} MB, {self.descriptors[-1]} descriptors; {spent}",
              file=sys.stderr, flush=True)  # fmt: skip


def settings_of(folder: Path, articles: int) -> dict[str, Any]:
    return {
        "THOISU_DELAY": 0, "THOISU_BACKOFF_FIRST": 0.01, "THOISU_BACKOFF_MAX": 0.5, "RETRY_TIMES": 0,
        "THOISU_BUDGET": 2 * articles + 12, "DOWNLOAD_TIMEOUT": 20,
        "THOISU_ARCHIVE": str(folder / "warc"),
    }  # fmt: skip


def killed_round(about: dict[str, Any]) -> None:
    """A round in a process of its own, which is not to see its end."""
    now = datetime.fromisoformat(about["now"])
    sites = newsroom_sites(about["newsroom"], about["papers"])
    folder = Path(about["folder"])
    settings = settings_of(folder, 0) | {"THOISU_BUDGET": about["articles"]}
    crawl(Sites([sites[name] for name in about["due"]]), store_url=f"sqlite:///{folder / 'months.db'}",
          newsroom=about["newsroom"], settings=settings, due=True, now=lambda: now)  # fmt: skip


def children() -> list[int]:
    """The reader processes of this one; the newsroom is not of them."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((path / "stat").read_text().rpartition(")")[2].split()[1])
            mine = parent == os.getpid() and b"crawler.readers" in (path / "cmdline").read_bytes()
        except OSError:
            continue
        if mine:
            found.append(int(path.name))
    return found


def kill_reader() -> None:
    for process in children()[:1]:
        os.kill(process, signal.SIGKILL)


def resident(process: int) -> float:
    """Megabytes."""
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def measured(options: argparse.Namespace, twin: subprocess.Popen[str] | None) -> dict[str, Any]:
    ours, theirs = _spawn.Pipe()
    newsroom = _spawn.Process(target=serve, args=(options, theirs), daemon=True)
    newsroom.start()
    receiver = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=receiver.serve_forever, daemon=True).start()
    end = START + timedelta(days=options.days)
    with tempfile.TemporaryDirectory(prefix="thoisu-months-") as folder:
        months = Months(options, ours, Path(folder), f"json://127.0.0.1:{receiver.server_port}/")
        months.run(options.days)
        months._follow()
        with months.store.reading() as connection:
            behind = sum(alert.cursor < months.store.last_change() for alert in alerts.list_alerts(connection))
        unrelated = waiting(months.store)
        months.store.close()
    ours.send(None)
    newsroom.join()
    receiver.shutdown()
    world = world_of(options)
    world.port, world.now = int(months.url.rpartition(":")[2]), end
    usual = delays(world, months.arrived)
    if twin is not None:
        said, _ = twin.communicate()
        usual = json.loads(said.splitlines()[-1])["usual"]
    found = {"days": options.days, "papers": options.papers, "seed": options.seed, **news(months, world, usual, end)}
    found |= judged(months, end)
    found |= {
        "killed": months.killed, "messages": Receiver.taken, "alerts_behind": behind, "unrelated": unrelated,
        "memory_mb": round(months.memory[-1]), "memory_growth": growth(months.memory),
        "readers_growth": growth(months.readers), "descriptor_growth": growth(months.descriptors),
    }  # fmt: skip
    return found | ({"usual": usual} if options.without else {})


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--days", type=int, default=30)
    options.add_argument("--papers", type=int, default=20)
    options.add_argument("--articles", type=int, default=8, help="of each paper on a working day")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--without", action="store_true", help="without faults")
    options.add_argument("--round", type=json.loads, help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.round:
        killed_round(chosen.round)
        return
    twin = None
    if not chosen.without:
        command = [sys.executable, __file__, "--without", *sys.argv[1:]]
        twin = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    print(json.dumps(measured(chosen, twin)))


if __name__ == "__main__":
    main()
