"""Hostile answers of every kind, each at a site beside a healthy one: is each read or refused within bounds?

Usage:  python bench/hostile.py [--size BYTES] [--commands COMMAND ...] [--stop SECONDS] [NAME ...]

`crawl` runs each input (`hostile_inputs.py`) in a process of its own; `schedule` polls all of them until each site has
had its round; `warc`, `reread` and `alerts` then read all pages of all inputs, the first from a file, the second from
our archive, the third from a store. Told is what came of
each, its seconds of the processor and of the clock, and the most memory that one of its processes held beyond what a
run of a healthy site takes. With --stop each command gets SIGTERM after so many seconds and must end within ten. The
last line is one JSON object; `wrong` names what passed 30 seconds of the processor or 1 GB, cost the healthy site an
article, or ended with an error.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import Any

from hostile_inputs import ARTICLE, FEED, HTML, INPUTS, RSS, Replies, Reply, feed, page
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler.alerts import alerts
from crawler.archive import Archive
from crawler.archive.reread import reread_pages
from crawler.archive.warc_files import WarcFile
from crawler.backfill.warc_import import copy
from crawler.configuration import DEFAULTS
from crawler.crawl.run import crawl
from crawler.discover import DayRange
from crawler.extract import extract
from crawler.schedule import enrol
from crawler.schedule.enrol import SPREAD
from crawler.schedule.scheduler import Scheduler
from crawler.schedule.worker import Worker
from crawler.sites import EPI, Feed, Site, Sites
from crawler.store import Store, runs

SECONDS, MEMORY, STOP = 30.0, 2**30, 10.0
COMMANDS = ("crawl", "schedule", "warc", "reread", "alerts")
HEALTHY = "lanh"
_SAMPLE = 0.05


class Quiet(ThreadingHTTPServer):
    """A client that hangs up is no news here."""

    def handle_error(self, *_: object) -> None:
        pass


class Server:
    """A healthy site and one for each input, by the names of their hosts."""

    def __init__(self, names: list[str], size: int) -> None:
        outer, self.size, self.names = self, size, names
        self._made: dict[str, Replies] = {}

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                reply = outer.answer(self.headers["Host"].partition(".")[0], self.path)
                self.send_response(reply.status)
                for name, value in (
                    ("Content-Type", reply.kind),
                    ("Content-Length", str(len(reply.body))),
                    *reply.headers,
                ):
                    self.send_header(name, value.encode().decode("latin-1"))
                self.end_headers()
                self.wfile.write(reply.body)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = Quiet(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def replies(self, host: str) -> Replies:
        if host == HEALTHY:
            return {}
        if host not in self._made:
            self._made = {host: INPUTS[self.names[int(host[1:])]](base_of(host, self.port), self.size)}
        return self._made[host]

    def answer(self, host: str, path: str) -> Reply:
        if (found := self.replies(host).get(path)) is not None:
            return found
        if path == FEED:
            return Reply(feed(base_of(host, self.port)), RSS)
        return Reply(page(), HTML) if path == ARTICLE else Reply(b"", status=404)


def base_of(host: str, port: int) -> str:
    return f"http://{host}.localhost:{port}"


def site_of(host: str, port: int) -> Site:
    base = base_of(host, port)
    return Site(
        name=host, publisher="B", home=f"{base}/", tier="press", sources=(Feed(f"{base}{FEED}"),),
        article=r"-post\d+\.html$", layout=EPI, delay=0, budget=10_000,
    )  # fmt: skip


def child(work: str, folder: Path, port: int, hosts: list[str]) -> None:
    """One command on these sites, with what it says in `said.json`."""
    logging.disable()
    sites, url = Sites(site_of(host, port) for host in hosts), f"sqlite:///{folder / 'store.db'}"
    said: dict[str, Any] = {}
    if work in ("crawl", "archiving", "round"):
        settings: dict[str, Any] = {
            "RETRY_TIMES": 0, "THOISU_BACKOFF_FIRST": 0.01, "THOISU_DELAY": 0,
        }  # fmt: skip
        if work == "archiving":
            settings["THOISU_ARCHIVE"] = str(folder / "warc")
        about: dict[str, Any] = {"due": True} if work == "round" else {"limit": 3}
        for report in crawl(sites, store_url=url, newsroom=f"http://127.0.0.1:{port}", settings=settings, **about):
            said[report.site] = {
                "stored": report.created + report.copied,
                "refused": dict(report.refused),
                "error": report.error,
            }
        if work == "round":
            return
    elif work == "schedule":
        said = scheduled(sites, url, [sys.executable, __file__, "--child", "round", str(folder), str(port)])
    elif work == "warc":
        with Store.open(url) as store:
            span = DayRange(date(2000, 1, 1), date(2099, 1, 1))
            said["what"] = dict(copy(store, WarcFile(folder / "all.warc.gz"), sites, span).what)
    elif work == "reread":
        with Store.open(url) as store:
            archive = Archive(folder / "warc")
            for found in reread_pages(archive, store, sites, archive.pages(None, None), DEFAULTS):
                said[found.url] = f"{found.what} {found.detail}"
    else:
        with Store.open(url) as store:
            alerts.write_messages(store, datetime.now(UTC), [])
            with store.reading() as connection:
                said["found"] = alerts.totals(connection)
    (folder / "said.json").write_text(json.dumps(said))


def scheduled(sites: Sites, url: str, round_of: list[str]) -> dict[str, Any]:
    """Poll the sites until each has had a round; what came of each, and whether the healthy one's article did."""
    with Store.open(url) as store:
        # New sites are begun a minute apart; for these the last of these minutes has come.
        scheduler = Scheduler(
            store, Worker(round_of), len(sites), lambda own, now: enrol(sites, own, now - len(sites) * SPREAD)
        )

        def watch() -> None:
            while True:
                time.sleep(1)
                with store.reading() as connection:
                    if len(runs.of_sites(connection)) == len(sites):
                        break
            os.kill(os.getpid(), signal.SIGTERM)

        threading.Thread(target=watch, daemon=True).start()
        scheduler.run()
        with store.reading() as connection:
            said = {name: found[0].gave for name, found in runs.of_sites(connection).items()}
    return {**said, HEALTHY: {"stored": said.get(HEALTHY) in ("1 new", "1 copied")}}


def measured(
    work: str, folder: Path, port: int, hosts: list[str], stop: float | None, bound: float = SECONDS
) -> dict[str, Any]:
    """Run a command; its seconds, the most memory of one of its processes, what it said."""
    (folder / "said.json").unlink(missing_ok=True)
    command = [sys.executable, __file__, "--child", work, str(folder), str(port), *hosts]
    began, spent, most = time.monotonic(), _spent(), 0
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        stopped: float | None = None
        while process.poll() is None:
            most = max(most, *map(_held, _family(process.pid)), 0)
            time.sleep(_SAMPLE)
            if stop is not None and stopped is None and time.monotonic() - began > stop:
                stopped = time.monotonic()
                process.send_signal(signal.SIGTERM)
            if time.monotonic() - began > 10 * bound:
                process.kill()
        errors = process.stderr.read() if process.stderr else ""
    said = folder / "said.json"
    return {
        "seconds": round(time.monotonic() - began, 1),
        "processor": round(_spent() - spent, 1), "bytes": most, "code": process.returncode,
        "errors": errors[-300:], "said": json.loads(said.read_text()) if said.exists() else {},
        "stopped_in": None if stopped is None else round(time.monotonic() - stopped, 1),
    }  # fmt: skip


def _spent() -> float:
    """Processor seconds of all processes that have ended and were waited for, readers among them."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _family(pid: int) -> Iterator[int]:
    yield pid
    try:
        for path in Path(f"/proc/{pid}/task").iterdir():
            for one in (path / "children").read_text().split():
                yield from _family(int(one))
    except OSError:
        return


def _held(pid: int) -> int:
    """The most that a process has held in memory."""
    try:
        text = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in text.splitlines() if line.startswith("VmHWM")), 0)


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="thoisu-hostile-") as folder:
        yield Path(folder)


def _line(name: str, found: dict[str, Any], idle: int, said: Any) -> str:
    more = (found["bytes"] - idle) / 2**20
    return f"{name:<32}{found['processor']:>6} s of {found['seconds']:>6} s {more:>6.0f} MB  {said}"


def wrong_of(name: str, found: dict[str, Any], idle: int, bound: float = SECONDS) -> list[str]:
    faults = []
    # Of the processor, since another program's load makes nothing slow here; the clock tells who waits for ever.
    if found["processor"] > bound or found["seconds"] > 10 * bound:
        faults.append(f"{found['processor']} s of the processor, {found['seconds']} s")
    if found["bytes"] - idle > MEMORY:
        faults.append(f"{(found['bytes'] - idle) / 2**20:.0f} MB")
    if found["stopped_in"] is None and (found["code"] != 0 or not found["said"]):
        faults.append(f"ended with {found['code']}: {found['errors']}")
    if found["stopped_in"] is not None and found["stopped_in"] > STOP:
        faults.append(f"stopped in {found['stopped_in']} s")
    return [f"{name}: {fault}" for fault in faults]


def _write_warc(path: Path, server: Server, hosts: list[str]) -> None:
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        for host in hosts:
            reply = server.answer(host, ARTICLE)
            headers = StatusAndHeaders(
                f"{reply.status} OK", [("Content-Type", reply.kind), *reply.headers], protocol="HTTP/1.1"
            )
            url = f"{base_of(host, server.port)}{ARTICLE}"
            writer.write_record(
                writer.create_warc_record(url, "response", payload=BytesIO(reply.body), http_headers=headers)
            )


def _write_store(folder: Path, server: Server, hosts: list[str]) -> None:
    """Each page's text as an article, whatever reads it: what stands in a store may have been read by other rules."""
    with Store.open(f"sqlite:///{folder / 'store.db'}") as store:
        alerts.add(store, "con đê OR a", [], [], datetime.now(UTC))
        for number, host in enumerate(hosts):
            usual = extract(page(), f"{base_of(host, server.port)}{ARTICLE}", site=site_of(host, server.port))
            body = server.answer(host, ARTICLE).body.decode("utf-8", "replace")
            store.save(replace(usual, body=f"{usual.body}\n{body}", content_hash=f"v1:{number}"), datetime.now(UTC))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("names", nargs="*")
    options.add_argument("--size", type=int, default=2_000_000)
    options.add_argument("--commands", nargs="+", choices=COMMANDS, default=COMMANDS)
    options.add_argument("--stop", type=float)
    options.add_argument("--every", type=int, default=1, help="take one input of so many")
    chosen = options.parse_args()
    names = [name for name in INPUTS if not chosen.names or name in chosen.names][:: chosen.every]
    server = Server(names, chosen.size)
    hosts = [f"h{number}" for number in range(len(names))]
    wrong: list[str] = []
    with _folder() as folder:
        idle = measured("crawl", folder, server.port, [HEALTHY], None)["bytes"]
    rows: dict[str, Any] = {}
    for name, host in zip(names, hosts, strict=True) if "crawl" in chosen.commands else ():
        with _folder() as folder:
            found = measured("crawl", folder, server.port, [host, HEALTHY], chosen.stop)
        wrong += wrong_of(name, found, idle)
        if chosen.stop is None and found["said"].get(HEALTHY, {}).get("stored") != 1:
            wrong.append(f"{name}: the other site's news did not arrive")
        rows[name] = found
        print(_line(name, found, idle, found["said"].get(host)), flush=True)
    for work in [one for one in chosen.commands if one != "crawl"]:
        with _folder() as folder:
            if work == "warc":
                _write_warc(folder / "all.warc.gz", server, [*hosts, HEALTHY])
            elif work == "alerts":
                _write_store(folder, server, [*hosts, HEALTHY])
            elif work == "reread":
                measured("archiving", folder, server.port, [*hosts, HEALTHY], None)
            bound = SECONDS * (len(names) + 1)
            found = measured(work, folder, server.port, [*hosts, HEALTHY], chosen.stop, bound)
        wrong += wrong_of(work, found, idle, bound)
        if work == "schedule" and chosen.stop is None and not found["said"].get(HEALTHY, {}).get("stored"):
            wrong.append("schedule: the other site's news did not arrive")
        rows[work] = found
        print(_line(work, found, idle, found["said"]), flush=True)
    server.server.shutdown()
    most = max((row["bytes"] - idle for row in rows.values()), default=0)
    slowest = max((rows[name]["processor"] for name in names if name in rows), default=0)
    print(
        json.dumps({"inputs": len(names), "size": chosen.size, "slowest": slowest, "most_bytes": most, "wrong": wrong})
    )
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        child(sys.argv[2], Path(sys.argv[3]), int(sys.argv[4]), sys.argv[5:])
    else:
        os.environ.pop("THOISU_NEWSROOM", None)
        main()
