"""A watch over papers that are redesigned, re-addressed, or whose sources move on the way.

Usage:  python bench/healing.py [--days 30] [--papers 10] [--articles 12] [--seed 1]

The papers of a newsroom are crawled by their agenda, every hour of a simulated clock; after it the repair runs, and
every two hours the checks. Each change must have its finding with a patch that is right: a source that lists what the
old one listed, a pattern that takes the new addresses and the old, a layout that reads a new page as its truth says. An
article is late when it is stored more than a day after it was published. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from crawler.configuration import DEFAULTS
from crawler.crawl.run import Crawls, run_in_loop, settings_for
from crawler.extract import extract
from crawler.monitor import check
from crawler.newsroom import Newsroom, World, newsroom_sites
from crawler.newsroom.families import papers
from crawler.newsroom.grammar import die
from crawler.repair import repair
from crawler.schedule import agenda, enrol
from crawler.sites import AddressForm, Layout, Site, Sites, StandIn, judge
from crawler.store import Store, stand_ins
from crawler.store.budget import spent
from crawler.text import VIETNAM, day_of

START = datetime(2026, 8, 3, tzinfo=VIETNAM)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BUDGET = 300


@dataclass(frozen=True, slots=True)
class Change:
    """What a paper does on a day, and which part of its definition that breaks; None for a return."""

    day: float
    what: dict[str, Any]
    breaks: str | None
    """source, addresses or layout."""


FEEDS = r"rss|feed"
SOURCES = r"rss|feed|sitemap|\.xml"
NUMBERED = "/{section}/{number}/{slug}.html"
PLANS: tuple[tuple[int, tuple[Change, ...]], ...] = (
    # How many of its sources the definition has, and what happens.
    (1, (Change(0.15, {"moved": "/rss/tin-tong-hop.xml"}, "source"), Change(0.5, {}, None))),
    (1, (Change(0.2, {"status": 404, "path": FEEDS}, "source"),)),
    (2, (Change(0.25, {"readdress": "/tin/{slug}-a{number}.htm"}, "addresses"),)),
    (2, (Change(0.3, {"redesign": True}, "layout"),)),
    (1, (Change(0.35, {"html_for_feed": True, "path": FEEDS}, "source"), Change(0.7, {}, None))),
    (3, (Change(0.3, {"status": 404, "path": SOURCES}, "source"),)),
    (1, (Change(0.2, {"moved": "/tin.rss"}, "source"), Change(0.55, {"readdress": NUMBERED}, "addresses"))),
    (1, (Change(0.25, {"stuck": True, "path": FEEDS}, "source"),)),
    (2, (Change(0.2, {"readdress": "/bai-viet/{slug}.{number}/"}, "addresses"),
         Change(0.6, {"redesign": True}, "layout"))),
    (1, (Change(0.4, {"moved": "/feed"}, "source"), Change(0.75, {"redesign": True}, "layout"))),
)  # fmt: skip


class Watch:
    """The crawler on its clock, and what it has found."""

    def __init__(self, options: argparse.Namespace, folder: Path) -> None:
        self.options, self.folder = options, folder
        times = {paper.name: _times(options, paper.name) for paper in papers(options.papers)}
        world = World(options.seed, options.papers, 0, START, times=times, now=START)
        self.room = Newsroom(world).start()
        every = newsroom_sites(self.room.url, options.papers)
        self.plan = {name: PLANS[number % len(PLANS)] for number, name in enumerate(every)}
        self.sites = Sites(
            [replace(site, sources=site.sources[: self.plan[name][0]], budget=BUDGET) for name, site in every.items()]
        )
        self.store = Store.open(f"sqlite:///{folder / 'healing.db'}")
        self.settings = {
            "THOISU_DELAY": 0, "RETRY_TIMES": 0,
            "THOISU_BUDGET": BUDGET,
        }  # fmt: skip
        self.done: set[tuple[str, int]] = set()
        self.began: list[tuple[datetime, StandIn]] = []
        self.arrived: dict[str, datetime] = {}
        self.found: dict[tuple[str, str, str], datetime] = {}
        self.patches: dict[tuple[str, str], str] = {}
        self.most: Counter[str] = Counter()
        self.seq = 0

    def run(self) -> None:
        enrol(self.sites, self.store, START)
        for hour in range(24 * self.options.days):
            now = self.room.world.advance(hours=1)
            self._change(now)
            with self.store.reading() as connection:
                due = [name for name, at in agenda.next_times(connection).items() if at <= now]
            self._crawl(due, now)
            new = repair(self.store, self.sites, now, DEFAULTS, newsroom=self.room.url, settings=self.settings)
            self.began += [(now, one) for one in new]
            for one in new:
                print(f"{now:%d %H:%M}  {one.why}", file=sys.stderr)
            self._note(now)
            if hour % 2:
                for one in check(self.store, self.sites, now):
                    self.found.setdefault((one.name, one.site or "", one.subject), now)
                    if one.name == "stand_in":
                        self.patches[one.site or "", one.subject] = one.patch or ""

    def _change(self, now: datetime) -> None:
        for name, (_, changes) in self.plan.items():
            for number, change in enumerate(changes):
                if (name, number) not in self.done and now >= self.at(change):
                    self.done.add((name, number))
                    if change.breaks is None:
                        self.room.behave(name)
                    else:
                        self.room.misbehave(name, **change.what)

    def at(self, change: Change) -> datetime:
        """When it happens: in the morning."""
        return START + timedelta(days=int(change.day * self.options.days), hours=9)

    def _crawl(self, due: list[str], now: datetime) -> None:
        about = {"store": self.store, "revisit": False, "limit": None, "due": True, "on_progress": None,
                 "now": lambda: now, "source": ()}  # fmt: skip
        crawls = Crawls(settings_for(DEFAULTS, newsroom=self.room.url, more=self.settings))
        run_in_loop(crawls.run([(self.sites[name], about) for name in due]), crawls.log_level)

    def _note(self, now: datetime) -> None:
        self.room.forget_requests()
        while changes := self.store.changes(self.seq, limit=500):
            for change in changes:
                self.arrived.setdefault(change.url.rstrip("/"), now)
            self.seq = changes[-1].seq
        with self.store.reading() as connection:
            for name in self.sites:
                self.most[name] = max(self.most[name], sum(spent(connection, name, day_of(now)).values()))

    def report(self) -> dict[str, Any]:
        """What is judged."""
        world, end = self.room.world, self.room.world.now
        stories = [one for one in world.all_stories() if one.visible_from <= end - DAY]
        missing = [world.url(one) for one in stories if world.url(one).rstrip("/") not in self.arrived]
        came = ((one, self.arrived.get(world.url(one).rstrip("/"))) for one in stories)
        late = [world.url(one) for one, at in came if at is not None and at - one.visible_from > DAY]
        rows = [self._judged(name, change) for name, (_, changes) in self.plan.items() for change in changes]
        return {
            "days": self.options.days, "papers": len(self.sites), "seed": self.options.seed, "articles": len(stories),
            "missing": len(missing), "late": round(len(late) / max(len(stories), 1), 4),
            "late_of": dict(Counter(url.split("/")[2].partition(".")[0] for url in late)),
            "missing_of": dict(Counter(url.split("/")[2].partition(".")[0] for url in missing)),
            "changes": len([row for row in rows if row["breaks"]]),
            "found": sum(row["found"] for row in rows if row["breaks"]),
            "patched": sum(row["patched"] for row in rows if row["breaks"]),
            "returned": sum(row["found"] for row in rows if not row["breaks"]),
            "returns": len([row for row in rows if not row["breaks"]]),
            "most_requests": max(self.most.values()), "budget": BUDGET, "rows": rows,
            "other_findings": dict(Counter(f"{key[0]} {key[2]}" for key in self.found if key[0] != "stand_in")),
        }  # fmt: skip

    def _judged(self, name: str, change: Change) -> dict[str, Any]:
        at, row = self.at(change), {"site": name, "what": change.what, "breaks": change.breaks}
        if change.breaks is None:
            with self.store.reading() as connection:
                standing = [one for one in stand_ins.standing(connection, name) if one.part == "source"]
            return row | {"found": not standing}
        mine = [
            (when, one) for when, one in self.began if one.site == name and when >= at and one.part == change.breaks
        ]
        if not mine:
            return row | {"found": False, "patched": False, "hours": None}
        when, one = mine[0]
        told = any(key[:2] == ("stand_in", name) and since >= at for key, since in self.found.items())
        right = bool(one.patch) and self._right(self.sites[name], one)
        return row | {"found": told, "patched": right, "hours": round((when - at) / HOUR)}

    def _right(self, site: Site, one: StandIn) -> bool:
        world = self.room.world
        shelf = world.stories[site.name]
        if isinstance(one.by, AddressForm):
            wide = replace(site, article=f"{site.article}|{one.by.article}", exclude=one.by.exclude or site.exclude)
            return one.by.article in one.patch and all(judge(world.url(story), wide).refused is None for story in shelf)
        if one.by is not None:
            return f"+{' ' * 8}sources=" in one.patch or one.by.url in one.patch
        return self._reads(site, one)

    def _reads(self, site: Site, one: StandIn) -> bool:
        """Whether the layout of a patch reads the newest page as its truth says."""
        added = "\n".join(line[1:] for line in one.patch.splitlines() if line.startswith("+") and line[:3] != "+++")
        if "LAYOUT = Layout(" not in added:
            return False
        text = added[added.index("LAYOUT = Layout(") :].partition("# fmt: skip")[0]
        made: dict[str, Any] = {"Layout": Layout}
        exec(text, made)  # noqa: S102, a patch for the simulated newsroom
        layout: Layout = made["LAYOUT"]
        world = self.room.world
        stories = [story for story in world.visible(world.paper(site.name)) if story.kind == "article"][:5]
        for story in stories:
            page = self.room.respond(f"{story.paper.host}:{world.port}", story.path, {}).body
            article = extract(page, world.url(story), site=replace(site, layout=layout))
            truth = world.truth(story)
            if (article.layout, article.title, article.body) != (layout.name, truth["title"], truth["body"]):
                return False
        return True


def _times(options: argparse.Namespace, name: str) -> list[datetime]:
    rng, times = die(options.seed, name, "healing"), []
    for day in range(options.days):
        opens = START + timedelta(days=day, hours=5.5)
        number = round(options.articles * (0.6 if opens.weekday() > 4 else 1.0))
        times += sorted(opens + timedelta(seconds=rng.randrange(17 * 3600)) for _ in range(number))
    return times


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--days", type=int, default=30)
    options.add_argument("--papers", type=int, default=10)
    options.add_argument("--articles", type=int, default=12, help="of each paper on a working day")
    options.add_argument("--seed", type=int, default=1)
    with tempfile.TemporaryDirectory(prefix="thoisu-healing-") as folder:
        watch = Watch(options.parse_args(), Path(folder))
        watch.run()
        found = watch.report()
        watch.store.close()
        watch.room.stop()
    for row in found.pop("rows"):
        print(json.dumps(row, ensure_ascii=False))
    print(json.dumps(found, ensure_ascii=False))


if __name__ == "__main__":
    main()
