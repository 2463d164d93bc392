"""The monitor on a simulated quarter: what it finds where nothing is wrong, and when it finds what is.

Usage:  python bench/monitor.py [DAYS] [FAULTY] [ARTICLES]

DAYS without a fault (91), then FAULTY with faults (7), ARTICLES of a paper a day (25). Eight papers of the newsroom
are crawled over HTTP every four simulated hours, and checked after each round. Then every paper gets a fault of its
own; each must be found by its own finding within the delay that the check states, and end when the fault has ended.
The last line is one JSON object.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from crawler.crawl.run import crawl
from crawler.monitor import Finding, check
from crawler.newsroom import Newsroom, World, newsroom_sites
from crawler.newsroom.families import papers
from crawler.newsroom.sources import section_feed_path
from crawler.sites import Feed, Site, Sites
from crawler.store import Store
from crawler.text import VIETNAM

START = datetime(2026, 8, 3, tzinfo=VIETNAM)
STEP = timedelta(hours=4)
LATER = 7  # days with faults
AFTER = 5  # days after them, at most as many


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong at a paper, by which finding it must be found, and within how many hours."""

    what: str
    begin: Callable[[Newsroom], object]
    finding: tuple[str, str]
    hours: float
    end: Callable[[Newsroom], object] | None = None
    lasts: float = 24.0 * LATER


SEVENTH, EIGHTH = (paper.name for paper in papers(8)[6:])
FAULTS = {
    # Ten pages at 25 a day, of which none comes by night.
    "songda": Fault("redesign", lambda room: room.misbehave("songda", redesign=True), ("layout", "fallback"), 24),
    # ln(13,000 × 175) = 15 articles: ten hours of a day of seventeen, or until the next morning.
    "hongha": Fault("silence", lambda room: room.misbehave("hongha", silence=48), ("silence", ""), 24, lasts=48),
    # Ten looks, and one more that sees a change.
    "truongson": Fault(
        "lying validator", lambda room: room.misbehave("truongson", validators="always-304"), ("validators", ""), 44,
    ),
    "bachdang": Fault("clock ahead", lambda room: room.misbehave("bachdang", clock=9), ("clocks", "ahead"), 24),
    # The third look.
    "biencuong": Fault(
        "403 for a day", lambda room: room.misbehave("biencuong", status=403), ("refusals", "forbidden"), 12,
        lambda room: room.behave("biencuong"), 24,
    ),
    "cuulong": Fault(
        "feed replaced by the home feed",
        lambda room: room.misbehave("cuulong", home_feed=True, path=section_feed_path(room.world.paper("cuulong"))),
        ("refusals", "home_feed"), 12, lambda room: room.behave("cuulong"), 48,
    ),
    SEVENTH: Fault("lost items", lambda room: room.misbehave(SEVENTH, flood=60), ("gaps", ""), 4),
    # Fifteen looks that found something, of which a day has five.
    EIGHTH: Fault("clock behind", lambda room: room.misbehave(EIGHTH, clock=-9), ("clocks", "behind"), 84),
}  # fmt: skip


class Quarter:
    """The newsroom, its crawler and the monitor on one simulated clock."""

    def __init__(self, room: Newsroom, folder: Path) -> None:
        self.room, self.folder = room, folder
        self.url = f"sqlite:///{folder / 'bench.db'}"
        self.sites: dict[str, Site] = newsroom_sites(room.url, len(FAULTS))
        paper = room.world.paper("cuulong")
        section = Feed(room.world.root(paper) + section_feed_path(paper))
        self.sites |= Sites([replace(self.sites["cuulong"], sources=(*self.sites["cuulong"].sources, section))])
        # Where there is a sitemap, what a feed has lost is found there.
        self.sites |= Sites([replace(self.sites[SEVENTH], sources=self.sites[SEVENTH].sources[:1])])
        self.seconds = {"crawl": 0.0, "check": 0.0}

    def round(self) -> list[Finding]:
        """Four hours later."""
        now = self.room.world.advance(seconds=STEP.total_seconds())
        settings = {"THOISU_DELAY": 0, "THOISU_BUDGET": 100_000}
        began = time.perf_counter()
        crawl(self.sites, store_url=self.url, newsroom=self.room.url, settings=settings, now=lambda: now)
        crawled = time.perf_counter()
        with Store.open(self.url) as store:
            found = check(store, self.sites, now)
        self.seconds["crawl"] += crawled - began
        self.seconds["check"] += time.perf_counter() - crawled
        return found


def main() -> None:
    days = int(sys.argv[1]) if len(sys.argv) > 1 else 91
    faulty = int(sys.argv[2]) if len(sys.argv) > 2 else LATER
    daily = int(sys.argv[3]) if len(sys.argv) > 3 else 25
    world = World(seed=7, sites=len(FAULTS), articles=daily * (days + faulty + AFTER + 1), start=START, now=START)
    with Newsroom(world) as room, tempfile.TemporaryDirectory() as folder:
        quarter = Quarter(room, Path(folder))
        false = _quiet(quarter, days)
        rows = _faulty(quarter, faulty)
    print(json.dumps({"days": days, "false": false, "faults": rows, "within": all(row["within"] for row in rows)}))


def _quiet(quarter: Quarter, days: int) -> int:
    rounds = days * 24 * 3600 // int(STEP.total_seconds())
    seen: dict[int, Finding] = {}
    for number in range(rounds):
        seen.update((finding.id, finding) for finding in quarter.round())
        if number % 42 == 41:
            print(f"day {(number + 1) // 6:3}: {len(seen)} findings without a fault", file=sys.stderr, flush=True)
    pages = sum(len(quarter.room.world.visible(paper)) for paper in quarter.room.world.papers)
    print(f"{days} days without a fault, {pages} pages, {rounds} rounds: {len(seen)} false findings")
    for finding in seen.values():
        print(f"  {finding.name} {finding.site} {finding.subject}: {finding.evidence}")
    each = 1000 * quarter.seconds["check"] / max(rounds, 1)
    print(f"  crawl {quarter.seconds['crawl']:.0f} s, checks {each:.0f} ms a round\n")
    return len(seen)


def _faulty(quarter: Quarter, days: int) -> list[dict[str, object]]:
    began = quarter.room.world.advance(hours=10)  # in the morning
    for fault in FAULTS.values():
        fault.begin(quarter.room)
    first: dict[tuple[str, str, str], datetime] = {}
    last: dict[tuple[str, str, str], datetime] = {}
    ended = set()
    for _ in range((days + min(days, AFTER)) * 6):
        now = quarter.room.world.now
        for site, fault in FAULTS.items():
            if fault.end and site not in ended and now - began >= timedelta(hours=fault.lasts):
                fault.end(quarter.room)
                ended.add(site)
        for finding in quarter.round():
            key = (finding.site or "", finding.name, finding.subject)
            first.setdefault(key, quarter.room.world.now)
            last[key] = quarter.room.world.now
    print(f"{'fault':32} {'found by':24} {'after':>8} {'within':>8}  over after   also")
    rows: list[dict[str, object]] = []
    for site, fault in FAULTS.items():
        key = (site, *fault.finding)
        after = (first[key] - began) / timedelta(hours=1) if key in first else None
        over = (last[key] - began) / timedelta(hours=1) if key in last and last[key] < quarter.room.world.now else None
        also = ", ".join(" ".join(other[1:]) for other in first if other[0] == site and other != key)
        found = f"{after:6.0f} h" if after is not None else "not found"
        print(f"{fault.what:32} {' '.join(fault.finding):24} {found:>8} {fault.hours:6.0f} h  "
              f"{f'{over:6.0f} h' if over else '      - '}    {also}")  # fmt: skip
        rows.append({"fault": fault.what, "by": " ".join(fault.finding).strip(), "hours": after, "bound": fault.hours,
                     "within": after is not None and after <= fault.hours, "also": also})  # fmt: skip
    return rows


if __name__ == "__main__":
    main()
