"""Every command stopped by SIGTERM or SIGINT at random moments: does each end in time, and leave nothing half-written?

Usage:  python bench/stops.py [--stops 200] [--only COMMAND ...] [--articles 40] [--stretch 1] [--seed 1]

A newsroom of eight papers serves: one drips, one answers late, and one asks for 60 s between two requests in its
robots.txt; a receiver of messages takes connections and never answers. Each stop has a store of its own, which is
verified afterwards; then what was stopped is begun again and has to complete the record of the well-behaved papers, and
a delivery's file has to hold every change once. The last line is one JSON object; exit code 1 when something is wrong.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from crawler.crawl.run import crawl
from crawler.deliver.config import read_routes
from crawler.deliver.run import deliver
from crawler.items import Article
from crawler.monitor.store_checks import verify
from crawler.newsroom import Newsroom, World, newsroom_sites
from crawler.newsroom.misbehave import Reply
from crawler.sites import Sites
from crawler.store import Store
from crawler.text import content_hash

ROOT = Path(__file__).resolve().parents[1]
LONGEST = 10.0
"""Seconds within which every command has to end."""
_PATIENCE = 60.0  # until one that does not end is killed
_CRAWLS = 3
_SLOW = 4.0  # seconds before each answer of the slow paper
_ROBOTS = b"User-agent: *\nCrawl-delay: 60\n"
_HURRIED = {"THOISU_DELAY": "0.05", "THOISU_BACKOFF_FIRST": "20", "THOISU_DATABASE_URL": "sqlite:///store.db"}
_SPIDERS = """
from crawler.crawl import NewsSpider
from crawler.newsroom import newsroom_sites

for name, site in newsroom_sites("{room}", {count}).items():
    globals()[name] = type(name, (NewsSpider,), {{"name": name, "site": site, "__module__": __name__}})
"""
_KNOWN = {0, 1, 130, -signal.SIGTERM, -signal.SIGINT}
_BROKEN = ("Traceback", "mistake of the program", "Exception ignored")


@dataclass(frozen=True)
class Case:
    """A command, the seconds in which it is stopped, and whether its store has been filled before."""

    command: str
    span: float
    filled: bool = True
    fed: bytes | None = None
    """What its standard input holds, which then stays open; None is none."""


CASES = {
    "crawl": Case("crawl --newsroom {room}", 8, filled=False),
    "revisit": Case("crawl --newsroom {room} --revisit", 6),
    "scrapy": Case("scrapy crawl {rare} -s SPIDER_MODULES=papers", 9, filled=False),
    "schedule": Case("schedule --newsroom {room}", 10, filled=False),
    "schedule.py": Case("schedule.py --newsroom {room}", 6),
    "backfill": Case("backfill {papers} --from {day} --newsroom {room}", 8, filled=False),
    "warc": Case("backfill --warc {warc} --newsroom {room}", 5, filled=False),
    "reread": Case("reread --yes", 5),
    "relate": Case("relate", 4),
    "reindex": Case("reindex", 4),
    "job relate": Case("schedule --job relate", 4),
    "job check": Case("schedule --job check --newsroom {room}", 4),
    "job alerts": Case("schedule --job alerts", 5),
    "job deliver": Case("schedule --job deliver", 5),
    "deliver": Case("deliver --follow", 6),
    "deliver once": Case("deliver", 4),
    "alerts": Case("alerts run", 5),
    "changes": Case("changes --limit 1000 --json", 3),
    "check": Case("check --newsroom {room}", 4),
    "newsroom": Case("newsroom --port 0", 4),
    "simulate": Case("simulate {trace} --budget 24", 4),
    "demo": Case("demo", 6),
    "which": Case("which -", 3, fed=b"https://nhandan.vn/bai-post1.html\n"),
    "pages": Case("extract --jsonl", 3, fed=b'{"id": 1, "file": "store.db"}\n'),
}


class Troubled(Newsroom):
    """A newsroom whose papers answer late, in drops or seldom."""

    def __init__(self, seed: int, articles: int) -> None:
        super().__init__(World(seed=seed, sites=8, articles=articles))
        *self.well, self.dripping, self.slow, self.rare = (paper.name for paper in self.world.papers)
        self.calm = threading.Event()
        """Set while the program itself crawls."""

    def respond(self, host: str, target: str, headers: dict[str, str]) -> Reply:
        """As the newsroom's, with the robots.txt of the one and the delays of the others."""
        name = host.rsplit(":", 1)[0]
        if not self.calm.is_set():
            if name == self.rare and target == "/robots.txt":
                return Reply(200, _ROBOTS, "text/plain")
            if name == self.slow:
                time.sleep(_SLOW)
        answer = super().respond(host, target, headers)
        if name == self.dripping and not self.calm.is_set() and target != "/robots.txt":
            answer.drip = 0.2
        return answer


@contextmanager
def silent_receiver() -> Iterator[str]:
    """Takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=512) as server:
        yield f"127.0.0.1:{server.getsockname()[1]}"


class Trial:
    """What all stops share: the newsroom, and a folder as it is before a command."""

    def __init__(self, room: Troubled, receiver: str, folder: Path) -> None:
        self.room, self.folder = room, folder
        self.sites = newsroom_sites(room.url, len(room.world.papers))
        self._settled = Sites(self.sites[name] for name in room.well)
        self.full, self.empty = folder / "full", folder / "empty"
        for place in (self.full, self.empty):
            place.mkdir()
            (place / "sinks.toml").write_text(
                f'[out]\nurl = "jsonl:feed.jsonl"\n[hook]\nurl = "http://{receiver}/"\nsecret = "whsec_{"A" * 32}"\n'
            )
            shutil.copy(ROOT / "scrapy.cfg", place)
            (place / "papers.py").write_text(_SPIDERS.format(room=room.url, count=len(self.sites)))
        self.complete(self.full, self.sites)
        with closing(Store.open(url(self.full))) as store:
            for number in range(300):
                store.save(_made(number), datetime.now(UTC))
        self._ask(self.full, f"alerts add bản --notify json://{receiver}/")
        (folder / "trace.csv").write_text(_trace())
        day = min(row["published_at"] for rows in room.world.record().values() for row in rows)[:10]
        self._words = {
            "room": room.url, "rare": room.rare, "papers": " ".join(self.sites), "day": day,
            "trace": folder / "trace.csv", "warc": next((self.full / "warc").glob("*.warc.gz")),
        }  # fmt: skip

    def complete(self, place: Path, sites: Sites | None = None) -> list[str]:
        """Crawl the well-behaved papers to their end; the addresses that are missing then, with what the crawl said.

        A page that a busy machine has not answered in time is pending, and another crawl's, of which there are three.
        """
        chosen = self._settled if sites is None else sites
        for _ in range(_CRAWLS):
            said, missing = self._crawl(place, chosen)
            if not said or not missing:
                break
        return [f"{address} {said}".strip() for address in missing]

    def _crawl(self, place: Path, chosen: Sites) -> tuple[str, list[str]]:
        self.room.calm.set()
        settings = {"THOISU_DELAY": 0, "THOISU_ARCHIVE": str(place / "warc")}
        reports = crawl(chosen, store_url=url(place), newsroom=self.room.url, settings=settings)
        self.room.calm.clear()
        said = "; ".join(f"{one.site}: {one.error or dict(one.refused)}" for one in reports if one.error or one.refused)
        with closing(Store.open(url(place))) as store:
            held = {row.canonical_url for row in store.articles(limit=None)}
            held |= {copy.canonical_url for row in store.articles(limit=None) for copy in found_copies(store, row.id)}
        record = self.room.world.record()
        every = (row["canonical_url"] for name in chosen for row in record[name])
        return said, [address for address in every if address not in held]

    def stop(self, name: str, dice: random.Random, stretch: float) -> dict[str, Any]:
        """Begin a command, stop it, and look at what it leaves."""
        case = CASES[name]
        place = self.folder / "at-work"
        shutil.copytree(self.full if case.filled else self.empty, place)
        number, after = dice.choice([signal.SIGTERM, signal.SIGINT]), dice.uniform(0.02, case.span * stretch)
        errors = place / "errors"
        with errors.open("wb") as stderr, subprocess.Popen(
            self._command(case), cwd=place, env=self._environment(place), stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL, stderr=stderr, start_new_session=True,
        ) as process:  # fmt: skip
            if case.fed and process.stdin:
                process.stdin.write(case.fed)
                process.stdin.flush()
            time.sleep(after)
            before = process.poll()
            if before is None:
                process.send_signal(number)
            begun = time.monotonic()
            try:
                process.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
            took = time.monotonic() - begun
        said = errors.read_text("utf-8", "replace")
        wrong = self._left_behind(name, place)
        # Until our code begins, Ctrl-C is Python's, which shows the import that it ended.
        if not (
            number is signal.SIGINT and said.endswith("KeyboardInterrupt\n") and process.returncode in (1, -number)
        ):
            wrong += [line for line in said.splitlines() if any(word in line for word in _BROKEN)]
        if process.returncode not in _KNOWN and "by force" not in said:
            wrong.append(f"exit code {process.returncode}")
        shutil.rmtree(place)
        return {
            "command": name, "signal": number.name, "after": round(after, 2), "took": round(took, 2),
            "code": process.returncode, "done": before is not None, "forced": "by force" in said,
            "wrong": wrong, "said": said[-400:] if wrong or took > LONGEST else "",
        }  # fmt: skip

    def _left_behind(self, name: str, place: Path) -> list[str]:
        """What is out of order in a store, a delivered file or a record that was begun."""
        if not (place / "store.db").exists():
            return []
        with closing(Store.open(url(place))) as store:
            wrong = verify(store)
            if name in ("deliver", "deliver once", "job deliver"):
                wrong += _delivery(store, place)
        if name in ("crawl", "schedule", "backfill", "warc"):
            wrong += [f"missing: {address}" for address in self.complete(place)]
        return wrong

    def _command(self, case: Case) -> list[str]:
        first, *rest = case.command.format(**self._words).split()
        if first == "scrapy":
            return [sys.executable, "-m", "scrapy", *rest]
        return [sys.executable, *([str(ROOT / first)] if first == "schedule.py" else ["-m", "crawler", first]), *rest]

    def _environment(self, place: Path) -> dict[str, str]:
        archive = {"THOISU_ARCHIVE": str(place / "warc")}
        room = {"THOISU_NEWSROOM": self.room.url}
        return {**os.environ, "PYTHONPATH": str(ROOT), **_HURRIED, **archive, **room}

    def _ask(self, place: Path, command: str) -> None:
        words = [sys.executable, "-m", "crawler", *command.split()]
        subprocess.run(words, cwd=place, env=self._environment(place), check=True, stdout=subprocess.DEVNULL)


def found_copies(store: Store, number: int) -> Iterator[Any]:
    found = store.article(number)
    yield from found.copies if found else ()


def url(place: Path) -> str:
    return f"sqlite:///{place / 'store.db'}"


def _delivery(store: Store, place: Path) -> list[str]:
    """Deliver the rest to the file; what is not in it once and in order."""
    here = os.getcwd()
    os.chdir(place)
    try:
        routes = [route for route in read_routes(Path("sinks.toml"), Sites, os.environ.get) if route.name == "out"]
        deliver(store, routes, _unheard, _unheard, threading.Event(), follow=False)
        rows = [json.loads(line)["seq"] for line in Path("feed.jsonl").read_text("utf-8").splitlines()]
    except (OSError, ValueError) as error:
        return [f"{type(error).__name__}: {error}"]
    finally:
        os.chdir(here)
    last = store.changes(0, None)[-1].seq
    return [] if list(dict.fromkeys(rows)) == list(range(1, last + 1)) else [f"the file holds {len(rows)} of {last}"]


def _unheard(*_: object) -> None:
    pass


def _made(number: int) -> Article:
    page = f"https://bao.example/bai-{number}.html"
    body = f"Văn bản số {number // 2}\n" + "Dòng chữ dài về một bản tin. " * 20
    return Article(
        url=page, canonical_url=page, site="bao", title=f"Bản tin {number}", lead=None, body=body,
        content_hash=content_hash(None, body), layout="made-up",
    )  # fmt: skip


def _trace() -> str:
    rows = (f"s{source},2026-06-{day:02}T{hour:02}:10" for source in range(20) for day in range(1, 31)
            for hour in range(24))  # fmt: skip
    return "\n".join(["source,published_at", *rows]) + "\n"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--stops", type=int, default=200)
    options.add_argument("--only", nargs="+", choices=CASES, default=list(CASES))
    options.add_argument("--articles", type=int, default=40, help="of a paper")
    options.add_argument("--stretch", type=float, default=1.0, help="later moments, where a machine is slow")
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    # What a shell starts in the background ignores Ctrl-C, and what it starts by itself then would, too.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    dice = random.Random(chosen.seed)  # noqa: S311 - chance, not secrecy
    folder = Path(tempfile.mkdtemp(prefix="thoisu-stops-"))
    found: list[dict[str, Any]] = []
    try:
        with Troubled(chosen.seed, chosen.articles) as room, silent_receiver() as receiver:
            trial = Trial(room, receiver, folder)
            for number in range(chosen.stops):
                one = trial.stop(chosen.only[number % len(chosen.only)], dice, chosen.stretch)
                found.append(one)
                if one["wrong"] or one["took"] > LONGEST or one["forced"]:
                    print(json.dumps(one, ensure_ascii=False), flush=True)
                if (number + 1) % 20 == 0:
                    print(f"{number + 1} stopped", file=sys.stderr, flush=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    late = [one for one in found if one["took"] > LONGEST]
    wrong = [one for one in found if one["wrong"]]
    codes = Counter(f"{one['command']} {one['signal']} {one['code']}" for one in found if not one["done"])
    for key, times in sorted(codes.items()):
        print(f"{key:<32} {times}")
    print(json.dumps({
        "stops": len(found), "under_way": sum(not one["done"] for one in found),
        "worst_seconds": max(one["took"] for one in found), "forced": sum(one["forced"] for one in found),
        "late": len(late), "wrong": len(wrong),
    }))  # fmt: skip
    sys.exit(1 if late or wrong else 0)


if __name__ == "__main__":
    main()
