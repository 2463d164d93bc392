"""CPU per page of a crawl beside a bare Scrapy spider that downloads and parses the same pages, in one run.

Usage:  python bench/crawl.py [ARTICLES] [ROUNDS]      (articles a site, default 200; default 3)

The newsroom serves six sites from a process of its own. Each crawl is a process of its own too, timed whole, start
included, delays off; rounds alternate and the best of each counts. The last line is one JSON object.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
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


def cpu(script: str, given: object) -> tuple[float, int]:
    """User and system seconds of a process that runs `script`, and the pages that it says it took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([sys.executable, "-c", script], input=json.dumps(given), text=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(done.stderr)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, int(done.stdout.split()[-1])


def main() -> None:
    articles, rounds = (*sys.argv[1:], *("200", "3")[len(sys.argv) - 1 :])
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER, articles], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert server.stdout is not None
    published = json.loads(server.stdout.readline())
    pages = published["pages"]
    best = {"bare": float("inf"), "thoisu": float("inf")}
    try:
        for _ in range(int(rounds)):
            with tempfile.TemporaryDirectory() as folder:
                seconds, taken = cpu(BARE, [published["url"], pages])
                assert taken == len(pages), f"the bare spider took {taken} of {len(pages)} pages"
                best["bare"] = min(best["bare"], seconds)
                seconds, taken = cpu(OURS, [published["url"], str(Path(folder) / "bench.db")])
                assert taken == len(pages), f"thoisu took {taken} of {len(pages)} pages"
                best["thoisu"] = min(best["thoisu"], seconds)
    finally:
        server.communicate("")
    print(f"{len(pages)} pages of 6 sites, best of {rounds} rounds, processor time of the whole process\n")
    for name, seconds in best.items():
        print(f"{name:8} {seconds:7.2f} s {1000 * seconds / len(pages):7.2f} ms a page")
    ratio = best["thoisu"] / best["bare"]
    print(json.dumps({"pages": len(pages), **{k: round(v, 2) for k, v in best.items()}, "ratio": round(ratio, 2)}))


if __name__ == "__main__":
    main()
