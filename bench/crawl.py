"""CPU per page of a crawl beside a bare Scrapy spider that downloads and parses the same pages, in one run.

Usage:  python bench/crawl.py [ARTICLES] [ROUNDS]      (articles a site, default 200; default 3)

The newsroom serves six sites from a process of its own. Each crawl is a process of its own too, timed whole, start
included, delays off; rounds alternate and the best of each counts. Ours is two processes, a crawl and its reader: told
is the processor time of both together, and beside it the time by the clock. The last line is one JSON object.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SERVER = """
import json, sys
from crawler.newsroom import Newsroom, World
world = World(seed=7, sites=6, articles=int(sys.argv[1]))
with Newsroom(world) as room:
    for story in world.all_stories():
        world.url(story)
    print(json.dumps({"url": room.url, "pages": [world.url(story) for story in world.all_stories()]}), flush=True)
    sys.stdin.read()
"""
BARE = """
import json, sys
from urllib.parse import urlsplit
import scrapy
from lxml import html
from scrapy.crawler import CrawlerProcess

base, pages = json.load(sys.stdin)

class Bare(scrapy.Spider):
    name = "bare"
    seen = 0
    async def start(self):
        for page in pages:
            parts = urlsplit(page)
            yield scrapy.Request(base + parts.path, self.read, headers={"Host": parts.netloc}, dont_filter=True)
    def read(self, response):
        html.document_fromstring(response.body)
        Bare.seen += 1

process = CrawlerProcess({"LOG_LEVEL": "WARNING", "TELNETCONSOLE_ENABLED": False})
process.crawl(Bare)
process.start()
print(Bare.seen)
"""
OURS = """
import json, sys
from crawler.newsroom import newsroom_sites
from crawler.crawl.run import crawl

base, store = json.load(sys.stdin)
reports = crawl(newsroom_sites(base), store_url=f"sqlite:///{store}", newsroom=base)
print(sum(report.created + report.copied for report in reports))
"""


def cost(script: str, given: object) -> tuple[float, float, int]:
    """Of a process that runs `script`: user and system seconds, those by the clock, and the pages that it took."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run([sys.executable, "-c", script], input=json.dumps(given), text=True, capture_output=True)
    after, clock = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter() - began
    if done.returncode:
        sys.exit(done.stderr)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return processor, clock, int(done.stdout.split()[-1])


def main() -> None:
    articles, rounds = (*sys.argv[1:], *("200", "3")[len(sys.argv) - 1 :])
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER, articles], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert server.stdout is not None
    published = json.loads(server.stdout.readline())
    pages = published["pages"]
    best = {"bare": (float("inf"), float("inf")), "thoisu": (float("inf"), float("inf"))}
    try:
        for _ in range(int(rounds)):
            with tempfile.TemporaryDirectory() as folder:
                runs = {
                    "bare": cost(BARE, [published["url"], pages]),
                    "thoisu": cost(OURS, [published["url"], str(Path(folder) / "bench.db")]),
                }
                for name, (processor, clock, taken) in runs.items():
                    assert taken == len(pages), f"{name} took {taken} of {len(pages)} pages"
                    best[name] = min(best[name][0], processor), min(best[name][1], clock)
    finally:
        server.communicate("")
    print(f"{len(pages)} pages of 6 sites, best of {rounds} rounds\n")
    for name, (processor, clock) in best.items():
        print(
            f"{name:8} {processor:7.2f} s {1000 * processor / len(pages):7.2f} ms a page, {clock:7.2f} s by the clock"
        )
    ratio, by_clock = (ours / bare for ours, bare in zip(best["thoisu"], best["bare"], strict=True))
    found = {"pages": len(pages), **{name: round(processor, 2) for name, (processor, _) in best.items()}}
    print(json.dumps({**found, "ratio": round(ratio, 2), "ratio_by_clock": round(by_clock, 2)}))


if __name__ == "__main__":
    main()
