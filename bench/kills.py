"""Writers and deliverers killed with SIGKILL at random: does each sink end with exactly the store's record?

Usage:  python bench/kills.py [--kills 100] [--database URL] [--sinks jsonl csv parquet sqlite hook nats]

Four writers create, copy, revise, withdraw and restore pages; one process delivers all of it, as `thoisu deliver
--follow` does, while one of the five after the other is killed and begun again. Then the rest is delivered, and each
sink compared with the feed: no gap, nothing out of order, nothing of another content, and what came twice came with
the same key. Without --database, on a PostgreSQL server of its own. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import base64
import json
import multiprocessing
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager, nullcontext
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import kept
from own_postgres import OwnPostgres

from crawler.deliver.config import Route, read_routes
from crawler.deliver.deliverer import DeliveryBatch
from crawler.deliver.run import deliver
from crawler.items import Article
from crawler.store import Store, sink_cursors
from crawler.text import content_hash

SINKS = ("jsonl", "csv", "parquet", "sqlite", "hook", "nats")
WRITERS = 4
_SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
_PAGES = 40  # of each writer; what is written to one again is an edit
_TEXTS = 200  # that the writers share; who comes second has a copy
_LIFE = (0.0, 1.0)  # seconds between two kills
_fork = multiprocessing.get_context("fork")  # ready at once, so that most kills meet a process at work


def page(number: int, text: int) -> Article:
    """One of few pages with one of few texts."""
    url = f"https://bao.example/bai-{number}.html"
    body = f"Văn bản số {text}\n" + 'Dòng chữ dài, có "ngoặc". ' * 20
    return Article(
        url=url, canonical_url=url, site="bao", title=f"Tiêu đề {text} của trang {number}", lead=None, body=body,
        content_hash=content_hash(None, body), layout="made-up",
    )  # fmt: skip


def write(url: str, number: int, seed: int) -> None:
    """A writer, until it is killed."""
    dice = random.Random(seed)  # noqa: S311 - chance, not secrecy
    with Store.open(url) as store:
        while True:
            one, now = page(number * 1000 + dice.randrange(_PAGES), dice.randrange(_TEXTS)), datetime.now(UTC)
            if dice.random() < 0.15:
                store.withdraw(one.canonical_url, now)
            else:
                store.save(one, now)
            time.sleep(dice.expovariate(200))


def serve(url: str, config: Path) -> None:
    """The deliverer, until it is killed."""
    with Store.open(url) as store:
        deliver(store, routes(config), _unheard, _unheard, threading.Event(), follow=True)


def finish(url: str, config: Path) -> None:
    """Deliver what is left; ends the program when a sink cannot."""
    with Store.open(url) as store:

        def show(step: DeliveryBatch) -> None:
            if step.failure:
                print(step.name, step.failure)

        ended = deliver(store, routes(config), show, print, threading.Event(), follow=False)
    if not all(ended.values()):
        sys.exit(f"not delivered: {ended}")


def routes(config: Path) -> list[Route]:
    return read_routes(config, dict, {"SECRET": _SECRET}.get)


def _unheard(*_: object) -> None:
    pass


class Receiver(BaseHTTPRequestHandler):
    """Notes each POST in a file before it answers."""

    protocol_version = "HTTP/1.1"
    notes: Path

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with self.notes.open("a", encoding="utf-8") as file:
            file.write(json.dumps(body["data"]) + "\n")
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


class Quiet(ThreadingHTTPServer):
    """A killed client hangs up; that is no news here."""

    def handle_error(self, *_: object) -> None:
        pass


@contextmanager
def receiver(folder: Path) -> Iterator[str]:
    """A webhook receiver in a process of its own."""
    Receiver.notes = folder / "hook.jsonl"
    server = Quiet(("127.0.0.1", 0), Receiver)
    process = _fork.Process(target=server.serve_forever, daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        process.kill()
        server.server_close()


@contextmanager
def nats_server(folder: Path) -> Iterator[str]:
    """A NATS server with JetStream."""
    program = Path(sys.executable).with_name("nats-server")
    command = [str(program), "-a", "127.0.0.1", "-p", "-1", "-js", "-sd", str(folder), "--ports_file_dir", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            ports = folder / f"nats-server_{process.pid}.ports"
            while not (ports.exists() and (found := ports.read_text()).endswith("}")):
                time.sleep(0.05)
            yield str(json.loads(found)["nats"][0])
        finally:  # else a mistake of the run would wait for it for ever
            process.kill()


def chaos(url: str, config: Path, kills: int, seed: int) -> Counter[str]:
    """Kill and begin again, so many times; says who died how often."""
    dice, died = random.Random(seed), Counter[str]()  # noqa: S311 - chance, not secrecy
    jobs: dict[str, Callable[[], BaseProcess]] = {
        f"writer {n}": lambda n=n: _fork.Process(target=write, args=(url, n, dice.random()))  # type: ignore[misc]
        for n in range(WRITERS)
    }
    jobs["deliverer"] = lambda: _fork.Process(target=serve, args=(url, config))
    running = {name: job() for name, job in jobs.items()}
    for process in running.values():
        process.start()
    for number in range(kills):
        time.sleep(dice.uniform(*_LIFE))
        victim = dice.choice(["deliverer", f"writer {dice.randrange(WRITERS)}"])
        if running[victim].exitcode is not None:
            sys.exit(f"{victim} ended by itself")
        running[victim].kill()
        running[victim].join()
        died[victim.split()[0]] += 1
        running[victim] = jobs[victim]()
        running[victim].start()
        if (number + 1) % 10 == 0:
            print(f"{number + 1} killed", file=sys.stderr, flush=True)
    for process in running.values():
        process.kill()
        process.join()
    return died


def torture(url: str, kills: int, folder: Path, sinks: Iterable[str], seed: int) -> dict[str, Any]:
    """Everything, on one database; the same values as the last line."""
    Store.open(url).close()
    with ExitStack() as stack:
        hook = stack.enter_context(receiver(folder)) if "hook" in sinks else ""
        nats = stack.enter_context(nats_server(folder)) if "nats" in sinks else ""
        sections = {
            "jsonl": f'url = "jsonl:{folder}/feed"\nrotate_mb = 0.3',
            "csv": f'url = "csv:{folder}/feed.csv"',
            "parquet": f'url = "parquet:{folder}/parquet"',
            "sqlite": f'url = "sqlite:///{folder}/mirror.db"',
            "hook": f'url = "{hook}"\nsecret = "${{SECRET}}"',
            "nats": f'url = "{nats}"',
        }
        config = folder / "sinks.toml"
        config.write_text("".join(f"[{name}]\n{sections[name]}\n" for name in sinks), encoding="utf-8")
        died = chaos(url, config, kills, seed)
        with Store.open(url) as store, store.reading() as connection:
            under_fire = {name: sink_cursors.state(connection, name).delivered for name in sinks}
        finish(url, config)
        told = kept.record(url)
        last = {row.url: row for row in told}
        readers: dict[str, Callable[[], Iterable[kept.Row]]] = {
            "jsonl": lambda: kept.from_json(folder, "feed/*.jsonl"),
            "csv": lambda: kept.from_csv(folder),
            "parquet": lambda: kept.from_parquet(folder),
            "sqlite": lambda: kept.from_mirror(folder),
            "hook": lambda: kept.from_json(folder, "hook.jsonl"),
            "nats": lambda: kept.from_nats(nats),
        }
        found = {}
        for name in sinks:
            wanted = (
                sorted(last.values(), key=lambda row: int(row.key.rpartition(":")[2])) if name == "sqlite" else told
            )
            found[name] = {"under_fire": under_fire[name], **kept.compare(readers[name](), wanted)}
            print(f"{name:<8} {', '.join(f'{key} {value}' for key, value in found[name].items())}")
    return {"kills": kills, "died": died, "changes": len(told), "sinks": found,
            "wrong": sum(one["wrong"] is not None for one in found.values())}  # fmt: skip


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--kills", type=int, default=100)
    options.add_argument("--database", help="an empty one; default: a PostgreSQL server of its own")
    options.add_argument("--sinks", nargs="+", choices=SINKS, default=SINKS)
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="thoisu-kills-"))
    try:
        with nullcontext() if chosen.database else closing(OwnPostgres(folder / "postgres")) as server:
            url = server.database() if server else chosen.database
            found = torture(url, chosen.kills, folder, chosen.sinks, chosen.seed)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(json.dumps(found))
    sys.exit(1 if found["wrong"] else 0)


if __name__ == "__main__":
    main()
