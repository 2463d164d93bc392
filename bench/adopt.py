"""Papers of unknown systems are adopted without a hand, then crawled by the spiders that this wrote.

Usage:  python bench/adopt.py [--count N] [--seed S] [--articles A] [--oracle] [--only NAME …] [--keep FOLDER]

N strangers (default 60) that can be adopted, and a tenth as many that have to be refused for a reason, are served on
this machine. Each is given to `thoisu adopt HOME --name NAME --write`; what it wrote is crawled into a store of its
own, and what is stored is compared with what the stranger published. With --oracle the spiders are made from what the
grammar knows instead: what these do not reach cannot be asked of anybody. A line for each stranger says what is wrong;
--keep leaves the written spiders and what adopt said in a folder.

The last line is one JSON object: how many of the `strangers` were `adopted`; of those that had to be refused, the share
`refused_right`, with the right reason; over the adopted the ratios `discovery`, `f1`, `title`, `time`, `authors`,
`section`, `tags`; in `false` the addresses stored that are no article; in `requests` the most that one adoption made.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

from crawler.crawl.run import crawl
from crawler.items import Article
from crawler.newsroom import Newsroom
from crawler.newsroom.papers import Paper
from crawler.newsroom.strangers.oracle import oracle
from crawler.newsroom.strangers.score import FIELDS, Score, failures, score
from crawler.newsroom.strangers.stranger import Stranger
from crawler.newsroom.strangers.world import stranger_world
from crawler.newsroom.world import World
from crawler.sites import Site, Sites
from crawler.store import Store
from crawler.text import VIETNAM

_CRAWL = {"THOISU_DELAY": 0, "THOISU_BUDGET": 100_000, "RETRY_TIMES": 0}
_PATIENCE = 300  # seconds of one adoption


def adopt(room: Newsroom, stranger: Paper, folder: Path) -> dict[str, Any]:
    """What `thoisu adopt --json` says of a stranger, with the number of requests that reached it."""
    environment = {
        **os.environ,
        "THOISU_SITES": str(folder),
        "THOISU_NEWSROOM": room.url,
        "THOISU_DELAY": "0",
        "THOISU_CONTACT": "bench@example.org",
    }
    host = (isinstance(stranger, Stranger) and stranger.former) or stranger.name
    home = f"http://{host}.localhost:{room.world.port}/"
    command = ["-m", "crawler", "adopt", home, "--name", stranger.name, "--write", "--json"]
    room.forget_requests()
    try:
        ran = subprocess.run(
            [sys.executable, *command], env=environment, cwd=folder, capture_output=True, text=True, timeout=_PATIENCE,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return {"adopted": False, "reason": f"no end within {_PATIENCE} s", "requests": len(room.requests)}
    lines = ran.stdout.splitlines()
    try:
        said: dict[str, Any] = json.loads(lines[-1]) if lines else {}
    except ValueError:
        said = {}
    if "adopted" not in said:
        error = next(iter(ran.stderr.strip().splitlines()[-1:]), f"exit {ran.returncode} and nothing said")
        said = {"adopted": False, "reason": f"broke: {error}"}
    if said["adopted"] != (ran.returncode == 0):
        said = {"adopted": False, "reason": f"says adopted={said['adopted']} with exit code {ran.returncode}"}
    (folder / f"{stranger.name}.json").write_text(ran.stdout + ran.stderr, "utf-8")
    return said | {"requests": len(room.requests)}


def written(path: Path) -> Site:
    """The site that a spider's file defines."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found = (getattr(value, "site", None) for value in vars(module).values() if isinstance(value, type))
    return next(site for site in found if isinstance(site, Site))


def crawled(room: Newsroom, site: Site, folder: Path) -> tuple[dict[str, Article], str]:
    """What a crawl of the site stores, by canonical address, and what it says of itself.

    A crawl that was cut short is begun once more, as the next poll would: what it has not got is pending.
    """
    store_url = f"sqlite:///{folder / site.name}.db"
    (did,) = crawl(Sites([site]), store_url=store_url, newsroom=room.url, settings=_CRAWL)
    said = str(did)
    if did.error or any(reason.is_silence for reason in did.refused):
        (did,) = crawl(Sites([site]), store_url=store_url, newsroom=room.url, settings=_CRAWL)
        said += f", then {did}"
    pages: dict[str, Article] = {}
    with Store.open(store_url) as store:
        for row in store.articles(limit=None):
            held = store.article(row.id)
            assert held is not None
            pages[row.canonical_url] = held.article
            pages |= {copy.canonical_url: held.article for copy in held.copies}
    return pages, said


def one(room: Newsroom, stranger: Paper, folder: Path, *, knowing: bool) -> tuple[Score | None, int, str]:
    """A stranger's score, None when it was not adopted; the requests of the adoption; and what is wrong, in words."""
    if knowing:
        site, requests = oracle(room.world, stranger), 0
    else:
        said = adopt(room, stranger, folder)
        requests = said["requests"]
        if not said["adopted"]:
            return None, requests, str(said.get("reason"))
        try:
            site = written(Path(said.get("path") or folder / f"{stranger.name}.py"))
        except Exception as error:  # what was written is on trial here
            return Score(), requests, f"its spider cannot be loaded: {type(error).__name__}: {error}"
    stored, said = crawled(room, site, folder)
    told = score(room.world, stranger, stored)
    wrong = list(failures(told))
    return told, requests, "; ".join([*wrong, f"crawl: {said}"] if wrong else [])


def report(room: Newsroom, folder: Path, papers: list[Paper], *, knowing: bool) -> dict[str, Any]:
    """Try all strangers, print a line for each, and sum up."""
    whole, adopted, right, most = Score(), 0, 0, 0
    closed = [paper for paper in papers if paper.closed]
    for paper in papers:
        if paper.closed and knowing:
            continue
        told, requests, wrong = one(room, paper, folder, knowing=knowing)
        most = max(most, requests)
        if paper.closed:
            right += told is None and wrong == paper.closed
            verdict, wrong = "refused" if told is None else "ADOPTED", f"{wrong or 'nothing'} for {paper.closed}"
        elif told is None:
            verdict = "REFUSED"
        else:
            verdict, adopted = "adopted", adopted + 1
            whole += told
        print(f"{paper.name:22} {verdict} {requests:3}  {wrong or 'all right'}", flush=True)
    found: dict[str, Any] = {"strangers": len(papers) - len(closed), "adopted": adopted}
    if closed and not knowing:
        found["refused_right"] = round(right / len(closed), 4)
    found |= {name: round(whole.ratio(name), 4) for name in ("discovery", *FIELDS)}
    return found | {"false": len(whole.false), "requests": most}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--articles", type=int, default=36)
    parser.add_argument("--oracle", action="store_true")
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--keep", type=Path)
    asked = parser.parse_args()
    now = datetime.now(VIETNAM).replace(second=0, microsecond=0)
    closed = -(-asked.count // 10)
    world: World = stranger_world(asked.seed, asked.count, closed=closed, articles=asked.articles, now=now)
    chosen = [paper for paper in world.papers if not asked.only or paper.name in asked.only]
    with Newsroom(world) as room, tempfile.TemporaryDirectory() as temporary:
        folder = asked.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        found = report(room, folder.resolve(), chosen, knowing=asked.oracle)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
