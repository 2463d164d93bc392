"""A year of many sites with retention on: is the store as large as `thoisu doctor` told after the first month?

Usage:  python bench/year.py [--days 365] [--sites 70] [--articles 2] [--keep 60] [--told 30]

A simulated clock, and what a crawl, `relate` and the jobs write through the store's own functions: four looks a day
at each site's feed and at its sitemap of the month, `--articles` pages a site and day, a tenth of them refused, all
that is counted of it, the pages kept for repair, the archive. Retention keeps pages, links and refused addresses for
`--keep` days (links at least 60), and runs in the night of the simulated clock. On the day `--told` growth is asked
for, as far ahead as the end of the run.

Memory and descriptors are those of this process at the end of each day; growth is that from the second third of the
days to the last. The seconds of a round are those of the processor for all looks of a day and their pages, the mean of
ten days at the beginning (behind the first, which makes the files) and at the end. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path
from statistics import mean
from typing import Any

from month_report import growth
from months import resident
from stream import START, Look, stream

from crawler.archive.records import Fetch
from crawler.archive.writer import Writer
from crawler.compare.relate import relate
from crawler.configuration import DEFAULTS, Settings
from crawler.errors import Refusal
from crawler.items import Link
from crawler.maintenance import prune_due
from crawler.maintenance.growth import folder_growth, store_growth
from crawler.monitor import page_flags
from crawler.monitor.page_flags import PageFlags
from crawler.store import SourceState, Store, budget, quarantine, tallies
from crawler.store.quarantine import PageContent
from crawler.text import day_of

LOOKS = 4
"""A day, at every site."""
REFUSED = 0.1
_NIGHT = timedelta(hours=19, minutes=30)  # in UTC: half past two in Viet Nam
_MEAN = 10  # days over which the seconds of a day are told
_LIMIT = 1000


@dataclass
class Year:
    """A store with its archive, as it lives through the days."""

    store: Store
    settings: Settings
    refused: int = 0
    pages: int = 0
    aged: set[Path] = field(default_factory=set)
    seconds: list[float] = field(default_factory=list)

    def live(self, looks: list[Look], now: datetime) -> None:
        """One day, up to its end."""
        writer = Writer(_archive(self.settings), 4 * 2**20, "thoisu/0 (bench)", "")
        flags: dict[str, list[PageFlags]] = defaultdict(list)
        begun = time.process_time()
        for look in looks:
            self._look(look, writer)
        self.seconds.append(time.process_time() - begun)
        for look in looks:
            flags[look.site] += [PageFlags(number, number, number, "l", 400, 5) for number, _ in enumerate(look.pages)]
        writer.close()
        with self.store.writing() as connection:
            for site, pages in flags.items():
                page_flags.keep(connection, site, day_of(now), pages)
        relate(self.store)
        self._age(now)
        prune_due(self.store, self.settings, now)

    def _look(self, look: Look, writer: Writer) -> None:
        shard = f"https://{look.site}.example/sitemap-{look.at:%Y-%m}.xml"
        route = f"https://{look.site}.example/sitemap-{{Y}}-{{mm}}.xml"
        lost = [Link(f"https://{look.site}.example/tep-{self.refused + n}.html") for n in range(self._lost(look))]
        known = {"checked_at": look.at, "polls": 1, "last_status": "200"}
        self.store.save_source(SourceState(url=look.source, **known), look.links, look.site)
        self.store.save_source(SourceState(url=shard, route=route, **known), [*look.links, *lost], look.site)
        for link in lost:
            self.store.refuse(link.url, Refusal.NOT_HTML, final=True)
        with self.store.writing() as connection:
            for purpose, number in (("look", 2), ("article", len(look.pages) + len(lost))):
                budget.reserve(connection, look.site, look.at, purpose, number, _LIMIT)  # type: ignore[arg-type]
            counts = {tallies.ASKED: 2 + len(look.pages) + len(lost), "not_html": len(lost)}
            tallies.add(connection, look.site, day_of(look.at), counts)
        for page in look.pages:
            self.store.save(page, look.at, link=page.canonical_url)
            body = f"<h1>{page.title}</h1><p>{page.lead}</p><p>{page.body}</p>".encode()
            headers = (("Content-Type", "text/html; charset=utf-8"),)
            about = {"url": page.url, "site": look.site, "link": page.canonical_url, "status": 200}
            writer.keep(Fetch(headers=headers, body=body, at=look.at, **about))
        if lost and self.refused % 3 == 0:
            self._kept(lost[0].url, look)
        self.refused += len(lost)

    def _kept(self, url: str, look: Look) -> None:
        body = "".join(f"<p>{page.body}</p>" for page in look.pages).encode()
        content = PageContent(body, {"url": url, "canonical_url": url, "site": look.site, "title": None})
        with self.store.writing() as connection:
            quarantine.keep(connection, look.site, url, url, content, look.at, reason="no_title", detail="")

    def _lost(self, look: Look) -> int:
        self.pages += len(look.pages)
        return int(self.pages * REFUSED) - self.refused

    def _age(self, now: datetime) -> None:
        """What was written today bears today's time."""
        for path in _archive(self.settings).rglob("*"):
            if path.is_file() and (path not in self.aged or path.name.startswith("index.db")):
                os.utime(path, (now.timestamp(),) * 2)
                self.aged.add(path)


def _day(look: Look) -> int:
    return (look.at - START - timedelta(seconds=1)) // timedelta(days=1)


def _archive(settings: Settings) -> Path:
    assert settings.archive is not None
    return settings.archive


def told(store: Store, settings: Settings, now: datetime, days: int) -> dict[str, int]:
    """Bytes so many days ahead, as the doctor tells them."""
    grown = store_growth(store, settings, now, days)
    archive = folder_growth("archive", _archive(settings), settings.keep_pages, None, now, days)
    return {"store": grown[0].year if grown else 0, "archive": archive.year}


def sizes(store: Store, settings: Settings) -> dict[str, int]:
    """Bytes of the store's file, with its log while it is open, and of the archive."""
    file = Path(str(store.url.database))
    return {
        "store": sum(path.stat().st_size for path in file.parent.glob(f"{file.name}*")),
        "archive": sum(path.stat().st_size for path in _archive(settings).rglob("*") if path.is_file()),
    }


def measured(options: argparse.Namespace, place: Path) -> dict[str, Any]:
    """All days, with a line for each tenth of them."""
    keep = timedelta(days=options.keep)
    settings = replace(
        DEFAULTS, archive=place / "archive", keep_pages=keep, keep_refused=keep,
        keep_links=max(keep, timedelta(days=60)),
    )  # fmt: skip
    a_day = options.sites * options.articles
    memory, descriptors = list[float](), list[int]()
    expected: dict[str, int] = {}
    with Store.open(f"sqlite:///{place}/store.db") as store:
        year = Year(store, settings)
        looks = stream(options.days * a_day, sites=options.sites, a_day=a_day, size=max(a_day // LOOKS, 1))
        for day, found in groupby(looks, key=_day):
            now = START + timedelta(days=day) + _NIGHT + timedelta(days=1)
            year.live(list(found), now)
            memory.append(resident(os.getpid()))
            descriptors.append(len(os.listdir("/proc/self/fd")))
            if day + 1 == options.told:
                expected = told(store, settings, now, options.days - options.told)
            if (day + 1) % max(options.days // 10, 1) == 0:
                shown = ", ".join(f"{name} {size / 1e6:.1f} MB" for name, size in sizes(store, settings).items())
                print(f"day {day + 1}: {shown}, {memory[-1]:.0f} MB of memory, {year.seconds[-1]:.2f} s", flush=True)
    with Store.open(f"sqlite:///{place}/store.db") as store:  # its log is written back
        there = sizes(store, settings)
    return {
        "days": options.days, "sites": options.sites, "pages": year.pages, "refused": year.refused,
        "told": expected, "is": there,
        "off": {name: round(there[name] / size - 1, 3) for name, size in expected.items() if size},
        "memory_mb": round(memory[-1]), "memory_growth_mb": growth(memory), "descriptor_growth": growth(descriptors),
        "round_seconds_first": round(mean(year.seconds[1 : 1 + _MEAN]), 3),
        "round_seconds_last": round(mean(year.seconds[-_MEAN:]), 3),
    }  # fmt: skip


def main() -> None:
    """Say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--sites", type=int, default=70)
    parser.add_argument("--articles", type=int, default=2)
    parser.add_argument("--keep", type=int, default=60)
    parser.add_argument("--told", type=int, default=30)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        print(json.dumps(measured(options, Path(place))))


if __name__ == "__main__":
    main()
