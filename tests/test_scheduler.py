"""The watch: which sites are looked at when, by whom, and at what price, whatever dies meanwhile."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.account import Account
from crawler.dates import VIETNAM
from crawler.newsroom import Newsroom, World, newsroom_sites
from crawler.report import SiteReport
from crawler.roster import SPREAD, enrol
from crawler.rounds import GATHER, IDLE, Rounds
from crawler.run import crawl
from crawler.scheduler import Worker
from crawler.site import Site, load_sites
from crawler.store import Store, agenda
from crawler.store.agenda import ARTICLES, Entry
from crawler.store.spending import day_of, reserve, spend, spent

ROOT = Path(__file__).parent.parent
NOW = datetime(2026, 8, 6, 8, 0, tzinfo=VIETNAM)
PATIENT = {"THOISU_DELAY": 0, "BACKOFF_FIRST": 0.01, "BACKOFF_MAX": 0.5, "RETRY_TIMES": 0}


# --- which sites go together ----------------------------------------------------------------------------------------


class Sites:
    """Sites whose times lie in a table, and the rounds that are under way."""

    def __init__(self, times: dict[str, datetime], places: int = 8) -> None:
        self.times = times
        self.begun: list[list[str]] = []
        self.rounds = Rounds(lambda: dict(self.times), self.begun.append, places)

    def done(self, sites: list[str], following: datetime) -> None:
        self.times |= dict.fromkeys(sites, following)
        self.rounds.ended(sites)


def minute(number: float) -> datetime:
    return NOW + timedelta(minutes=number)


def test_what_is_due_goes_together_and_nothing_else() -> None:
    sites = Sites({"a": minute(0), "b": minute(-5), "c": minute(9)})
    sites.rounds.tick(NOW)
    assert sites.begun == [["b", "a"]]
    sites.rounds.tick(NOW)
    assert sites.begun == [["b", "a"]]


def test_an_idle_tick_begins_nothing_and_waits_for_what_is_due_next() -> None:
    sites = Sites({"a": minute(0.5), "b": minute(30)})
    assert sites.rounds.tick(NOW) == minute(0.5)
    sites.times["a"] = minute(20)
    assert sites.rounds.tick(NOW) == NOW + IDLE
    assert sites.begun == []
    assert Sites({}).rounds.tick(NOW) == NOW + IDLE


def test_a_site_is_gathered_while_the_last_round_is_young_and_never_begun_twice() -> None:
    sites = Sites({"a": minute(0), "b": minute(0.1), "c": minute(0.2)})
    assert sites.rounds.tick(NOW) == NOW + GATHER
    sites.rounds.tick(minute(0.2))
    assert sites.begun == [["a"]]
    sites.rounds.tick(NOW + GATHER)
    assert sites.begun == [["a"], ["b", "c"]]


def test_what_found_no_place_goes_as_soon_as_one_is_free() -> None:
    sites = Sites({"a": minute(-3), "b": minute(-2), "c": minute(-1)}, places=2)
    sites.rounds.tick(NOW)
    sites.done(["a", "b"], minute(60))
    sites.rounds.tick(minute(0.05))
    assert sites.begun == [["a", "b"], ["c"]]


def test_a_site_that_is_left_as_it_was_is_tried_alone_after_longer_and_longer_pauses() -> None:
    sites = Sites({"bad": minute(-1), "good": minute(0)})
    now, tries = NOW, []
    while now < minute(300):
        following = sites.rounds.tick(now)
        for begun in sites.begun:
            if "bad" in begun:
                tries.append((now, len(begun)))
            sites.times["good"] = now + timedelta(minutes=7) if "good" in begun else sites.times["good"]
            sites.rounds.ended(begun)
        sites.begun.clear()
        now = following
    assert [together for _, together in tries] == [2] + [1] * (len(tries) - 1)
    pauses = [(later - sooner).total_seconds() for (sooner, _), (later, _) in pairwise(tries)]
    assert pauses[0] <= 90
    assert pauses == sorted(pauses)
    assert 3600 <= pauses[-1] < 3700


@pytest.mark.parametrize("seed", range(25))
def test_no_site_is_in_two_rounds_and_none_is_forgotten_whatever_dies(seed: int) -> None:
    """Rounds take their time, die, or die with their scheduler; a day later every site has been looked at in time."""
    rng = random.Random(seed)
    places = rng.randint(2, 5)
    sites = Sites({f"s{number}": minute(rng.uniform(0, 60)) for number in range(rng.randint(1, 12))}, places)
    under_way: list[tuple[datetime, list[str]]] = []
    now, looks = NOW, Counter[str]()
    while now < minute(24 * 60):
        following = sites.rounds.tick(now)
        for begun in sites.begun:
            busy = {site for _, others in under_way for site in others}
            assert not busy & set(begun)
            assert len(busy | set(begun)) <= places
            under_way.append((now + timedelta(seconds=rng.uniform(1, 400)), begun))
        sites.begun.clear()
        under_way.sort()
        if rng.random() < 0.01:  # the scheduler is killed, and with it what it had begun
            under_way.clear()
            sites.rounds = Rounds(lambda: dict(sites.times), sites.begun.append, places)
        elif under_way and under_way[0][0] <= following:
            now, done = under_way.pop(0)
            if rng.random() < 0.05:
                sites.rounds.ended(done)
            else:
                looks.update(done)
                sites.done(done, now + timedelta(minutes=rng.uniform(20, 120)))
        else:
            now = following
    assert looks.keys() == sites.times.keys()
    assert min(sites.times.values()) > now - timedelta(minutes=30)


# --- who is watched -------------------------------------------------------------------------------------------------


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{tmp_path / 'store.db'}") as opened:
        yield opened


def entries(store: Store, site: str | None = None) -> dict[str, Entry]:
    with store.reading() as connection:
        return {f"{entry.site} {entry.source}": entry for entry in agenda.entries(connection, site)}


def test_a_first_start_does_not_look_at_all_sites_at_once(store: Store) -> None:
    known = load_sites()
    assert enrol(known, store, NOW) == len(known)
    with store.reading() as connection:
        times = sorted(agenda.next_times(connection).values())
    assert [at - NOW for at in times] == [place * SPREAD for place in range(len(known))]
    named = {(name, source.url) for name, site in known.items() for source in site.sources}
    assert {(entry.site, entry.source) for entry in entries(store).values()} == named | {(n, ARTICLES) for n in known}


def test_a_later_start_changes_nothing_but_what_the_definitions_do(store: Store) -> None:
    known = load_sites()
    first, second, third = list(known)[:3]
    enrol({first: known[first], second: known[second]}, store, NOW)
    with store.writing() as connection:
        later = [replace(entry, next_at=minute(7), why="kept") for entry in agenda.entries(connection, first)]
        agenda.keep(connection, later)
    less = replace(known[first], sources=known[first].sources[:1])
    assert enrol({first: less, third: known[third]}, store, minute(3)) == 2
    found = entries(store)
    assert {entry.site for entry in found.values()} == {first, third}
    assert found[f"{first} {less.sources[0].url}"].why == "kept"
    assert len(entries(store, first)) == 2
    enrol({first: known[first]}, store, minute(4))
    assert len(entries(store, first)) == 1 + len(known[first].sources)
    assert found[f"{first} {less.sources[0].url}"] == entries(store)[f"{first} {less.sources[0].url}"]


# --- what is spent --------------------------------------------------------------------------------------------------


def test_no_more_is_reserved_than_a_day_has(store: Store) -> None:
    with store.writing() as connection:
        spend(connection, "bao", NOW, "look", 3)
        assert reserve(connection, "bao", NOW, "article", 5, 10) == 5
        assert reserve(connection, "bao", NOW, "article", 5, 10) == 2
        assert reserve(connection, "bao", NOW, "revisit", 5, 10) == 0
        assert reserve(connection, "other", NOW, "look", 5, 10) == 5
        midnight = NOW.replace(hour=23, minute=59) + timedelta(minutes=1)
        assert reserve(connection, "bao", midnight, "look", 99, 10) == 10
        assert spent(connection, "bao", day_of(NOW)) == {
            "look": 3, "article": 7, "revisit": 0, "audit": 0, "backfill": 0,
        }  # fmt: skip


def test_an_account_gives_back_what_it_has_not_used(store: Store) -> None:
    account = Account(store, "bao", 10, lambda: NOW)
    assert account.draw(6, "article") == 6
    assert account.take("article")
    assert account.take("look")
    account.close()
    with store.reading() as connection:
        assert sum(spent(connection, "bao", day_of(NOW)).values()) == 2


def test_a_request_that_may_leave_after_midnight_counts_for_both_days(store: Store) -> None:
    now = [NOW.replace(hour=23, minute=59, second=30)]
    account = Account(store, "bao", 2, lambda: now[0])
    assert [account.take("look") for _ in range(3)] == [True, True, False]
    now[0] += timedelta(minutes=5)
    assert not account.take("look")


# --- a watched site -------------------------------------------------------------------------------------------------


class Watch:
    """A newsroom on a simulated clock, watched through a store."""

    def __init__(self, newsroom: Newsroom, folder: Path, count: int, budget: int) -> None:
        self.newsroom = newsroom
        self.world = newsroom.world
        self.url = f"sqlite:///{folder / 'store.db'}"
        self.settings = {**PATIENT, "THOISU_BUDGET": budget, "THOISU_QUARANTINE": str(folder / "quarantine")}
        self.sites = {n: replace(s, budget=budget) for n, s in newsroom_sites(newsroom.url, count=count).items()}
        with Store.open(self.url) as store:
            enrol(self.sites, store, self.now())

    def now(self) -> datetime:
        return self.world.now

    def times(self) -> dict[str, datetime]:
        with Store.open(self.url) as store, store.reading() as connection:
            return agenda.next_times(connection)

    def entries(self, site: str) -> dict[str, Entry]:
        with Store.open(self.url) as store, store.reading() as connection:
            return {entry.source: entry for entry in agenda.entries(connection, site)}

    def spent(self, site: str) -> dict[str, int]:
        with Store.open(self.url) as store, store.reading() as connection:
            return {name: n for name, n in spent(connection, site, day_of(self.now())).items() if n}

    def crawl(self, *names: str, **options: Any) -> list[SiteReport]:
        self.newsroom.forget_requests()
        sites = {name: self.sites[name] for name in names}
        options = {"due": True, "settings": self.settings, **options}
        return crawl(sites, store_url=self.url, newsroom=self.newsroom.url, now=self.now, **options)

    def advance(self) -> list[SiteReport]:
        """Move the clock to what is due next, and do it."""
        times = self.times()
        self.world.now = max(self.now(), min(times.values()).astimezone(VIETNAM))
        return self.crawl(*(site for site, at in times.items() if at <= self.now()))


@pytest.fixture
def watching(tmp_path: Path) -> Iterator[Callable[..., Watch]]:
    rooms: list[Newsroom] = []

    def watch(sites: int = 1, articles: int = 30, budget: int = 200, at: datetime = NOW) -> Watch:
        rooms.append(Newsroom(World(seed=3, sites=sites, articles=articles, now=at)).start())
        return Watch(rooms[-1], tmp_path, sites, budget)

    yield watch
    for room in rooms:
        room.stop()


def test_a_round_asks_what_is_due_and_nothing_else(watching: Callable[..., Watch]) -> None:
    watch = watching(articles=90)
    (report,) = watch.advance()
    feed, sitemap = (source.url for source in watch.sites["songda"].sources)
    assert (report.sources, report.error) == (2, None)
    assert report.created + report.copied == report.new > 40
    found = watch.entries("songda")
    assert {found[url].outcome for url in (feed, sitemap)} == {"200"}
    assert found[feed].came + found[sitemap].came == report.new
    assert found[feed].next_at != found[sitemap].next_at
    first, second = sorted((feed, sitemap), key=lambda url: found[url].next_at)
    (report,) = watch.advance()
    assert [request.path for request in watch.newsroom.requests] == [urlsplit(first).path]
    assert watch.entries("songda")[second].next_at == found[second].next_at
    assert watch.entries("songda")[first].outcome == "304"


def test_a_crawl_by_hand_teaches_the_watch_and_costs_its_budget(watching: Callable[..., Watch]) -> None:
    watch = watching(articles=20)
    (report,) = watch.crawl("songda", due=False)
    assert sum(watch.spent("songda").values()) == len(watch.newsroom.requests)
    assert watch.spent("songda")["article"] == report.pages
    assert min(watch.times().values()) > watch.now()


@pytest.mark.parametrize("fault", [{"status": 429, "retry_after": 7200}, {"status": 503}])
def test_a_site_that_wants_to_be_left_alone_is_left_alone_by_all_its_sources(
    watching: Callable[..., Watch], fault: dict[str, Any]
) -> None:
    watch = watching(articles=20)
    watch.newsroom.misbehave("songda", **fault)
    (report,) = watch.advance()
    assert (report.error or "").startswith("rate_limited")
    least = timedelta(hours=2) if "retry_after" in fault else timedelta(minutes=15)
    assert all(entry.next_at >= watch.now() + least for s, entry in watch.entries("songda").items() if s != ARTICLES)
    asked = len(watch.newsroom.requests)
    watch.newsroom.behave("songda")
    (report,) = watch.advance()
    assert asked < 12
    assert report.created == 20


def test_failures_in_a_row_are_asked_less_and_less(watching: Callable[..., Watch]) -> None:
    watch = watching(articles=20)
    watch.newsroom.misbehave("songda", status=404, path="rss")
    feed = watch.sites["songda"].sources[0].url
    pauses = []
    while len(pauses) < 4:
        watch.advance()
        entry = watch.entries("songda")[feed]
        if entry.looked_at == watch.now():
            assert entry.outcome == "not_found"
            pauses.append(entry.next_at - watch.now())
    assert pauses == sorted(pauses)
    assert pauses[-1] > 4 * pauses[0]
    assert "failed" in watch.entries("songda")[feed].why


def test_articles_that_find_no_room_wait_for_the_next_day_and_looks_go_on(watching: Callable[..., Watch]) -> None:
    watch = watching(articles=75, budget=40)
    (report,) = watch.advance()
    assert report.refused["over_budget"] > 0  # type: ignore[index]
    assert report.error is None
    assert 0 < report.created < 35
    waiting = watch.entries("songda")[ARTICLES]
    assert "wait" in waiting.why
    day, looks = watch.now().date(), 0
    while watch.now().date() == day:
        looks += sum(report.sources for report in watch.advance())
        assert sum(watch.spent("songda").values()) <= 40
    assert looks > 3
    while watch.now().date() == day + timedelta(days=1):
        watch.advance()
    with Store.open(watch.url) as store:
        assert len(store.articles(limit=None)) > 2 * report.created


@settings(max_examples=6, deadline=None)
@given(data=st.data())
def test_no_day_of_any_site_is_over_its_budget(data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Counted by the newsroom itself, through redirects, repetitions, audits, paging and crawls by hand."""
    budget = data.draw(st.integers(3, 40))
    faults: list[dict[str, Any]] = [
        {"status": 500, "times": 3}, {"status": 503, "retry_after": 0, "times": 2}, {"redirect": "loop", "times": 2},
        {"validators": "always-304"}, {"endless": True}, {"late": 3}, {"edit": 2},
    ]  # fmt: skip
    with Newsroom(World(seed=3, sites=2, articles=60, now=NOW)) as newsroom:
        watch = Watch(newsroom, tmp_path_factory.mktemp("budget"), 2, budget)
        watch.settings |= {"RETRY_TIMES": 1, "AUDIT_EVERY": 3}
        asked: Counter[tuple[str, Any]] = Counter()
        for _ in range(12):
            if fault := data.draw(st.sampled_from([*faults, None, None])):
                newsroom.misbehave(data.draw(st.sampled_from(["songda", "hongha"])), **fault)
            if data.draw(st.integers(0, 4)) == 0:
                watch.crawl("songda", due=False, revisit=data.draw(st.booleans()))
            else:
                watch.advance()
            asked.update((request.host.partition(".")[0], watch.now().date()) for request in newsroom.requests)
            assert max(asked.values(), default=0) <= budget
            for site in watch.sites:
                assert asked[site, watch.now().date()] <= sum(watch.spent(site).values())


def test_a_site_has_one_run_at_a_time(watching: Callable[..., Watch]) -> None:
    watch = watching(sites=2, articles=5)
    with Store.open(watch.url) as store, store.alone("site-songda"):
        reports = watch.crawl("songda", "hongha")
    assert [report.error for report in reports] == ["another run at this site is under way", None]
    assert watch.times()["songda"] <= watch.now() + SPREAD


_KILLED = """
import os, signal, sys
from datetime import datetime
from crawler.newsroom import newsroom_sites
from crawler.run import crawl
url, store, left, now = sys.argv[1], sys.argv[2], int(sys.argv[3]), datetime.fromisoformat(sys.argv[4])
def progress(report):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
crawl(newsroom_sites(url, count=1), store_url=store, newsroom=url, on_progress=progress, due=True, now=lambda: now,
      settings={"THOISU_DELAY": 0, "THOISU_BUDGET": 200})
"""


@pytest.mark.parametrize("after", [1, 2, 3, 9])
def test_a_round_that_is_killed_leaves_due_what_it_had_not_done(watching: Callable[..., Watch], after: int) -> None:
    watch = watching(articles=20)
    command = [sys.executable, "-c", _KILLED, watch.newsroom.url, watch.url, str(after), watch.now().isoformat()]
    assert subprocess.run(command, cwd=ROOT, check=False).returncode == -signal.SIGKILL
    assert sum(watch.spent("songda").values()) >= len(watch.newsroom.requests)
    assert min(watch.times().values()) <= watch.now()
    for _ in range(2):
        watch.advance()
    with Store.open(watch.url) as store:
        assert len(store.articles(limit=None)) == 20
