"""Whole page to record: pages per second of thoisu beside trafilatura and the bare lexbor parse, in one run.

Usage:  python bench/extract.py [CORPUS]      (default: $THOISU_CORPUS, else the newsroom's pages)

Each is timed over all pages in this process, one thread, best of several interleaved rounds, so that the ratios mean
something where absolute figures do not. Every page of a crawl is a new one, so what either has remembered of a page is
forgotten before each pass. The last line is one JSON object.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import trafilatura
from selectolax.lexbor import LexborHTMLParser
from trafilatura.meta import reset_caches

from crawler.extract import extract
from crawler.sites import load_sites
from crawler.text import fingerprint

Page = tuple[bytes, str]
ROUNDS = 7


def pages_of(corpus: Path) -> list[Page]:
    golds = [json.loads(path.read_text("utf-8")) for path in sorted(corpus.glob("gold/*.json"))]
    return [((corpus / "pages" / gold["file"]).read_bytes(), gold["url"]) for gold in golds]


def simulated_pages() -> list[Page]:
    from crawler.newsroom import World
    from crawler.newsroom.pages import page

    world = World(seed=1, sites=6, articles=4)
    return [(page(world, story).encode(), world.url(story)) for story in world.all_stories()]


def main() -> None:
    folder = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("THOISU_CORPUS")
    pages = pages_of(Path(folder)) if folder else simulated_pages()
    sites = load_sites()
    found = [(html, url, sites.find(url)) for html, url in pages]

    def ours() -> None:
        for html, url, site in found:
            extract(html, url, site=site)

    def peer() -> None:
        for html, url in pages:
            text = html.decode("utf-8", "replace")
            trafilatura.bare_extraction(text, url=url, include_comments=False, with_metadata=True)

    def floor() -> None:
        for html, _ in pages:
            LexborHTMLParser(html.decode("utf-8", "replace"))

    runs: dict[str, Callable[[], None]] = {"thoisu": ours, "trafilatura": peer, "lexbor parse alone": floor}
    best = dict.fromkeys(runs, float("inf"))
    for _ in range(ROUNDS):
        for name, run in runs.items():
            reset_caches()
            fingerprint._known.forget()  # the words of all pages before: a first page has none
            started = time.process_time()
            run()
            best[name] = min(best[name], time.process_time() - started)
    rate = {name: len(pages) / seconds for name, seconds in best.items()}
    size = sum(len(html) for html, _ in pages) / len(pages) / 1024
    print(f"{len(pages)} pages of {size:.0f} KiB on average, best of {ROUNDS} rounds\n")
    for name, value in rate.items():
        times = value / rate["trafilatura"]
        print(f"{name:20} {value:8.1f} pages/s {1000 / value:8.2f} ms a page {times:7.1f} x trafilatura")
    print(
        json.dumps(
            {
                "pages": len(pages),
                "thoisu": round(rate["thoisu"], 1),
                "trafilatura": round(rate["trafilatura"], 1),
                "floor": round(rate["lexbor parse alone"], 1),
                "times_trafilatura": round(rate["thoisu"] / rate["trafilatura"], 1),
                "times_floor": round(rate["lexbor parse alone"] / rate["thoisu"], 2),
            }
        )
    )


if __name__ == "__main__":
    main()
