"""The schedule: which sites are polled when, by whom, and at what price, whatever dies meanwhile."""

from __future__ import annotations

import inspect
import json
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
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.cli.main import main
from crawler.crawl.report import SiteReport
from crawler.crawl.run import crawl
from crawler.errors import StoreFailed
from crawler.fetch.budget import RequestBudget
from crawler.newsroom import Newsroom, World, newsroom_sites
from crawler.schedule import agenda
from crawler.schedule.agenda import ARTICLES, AgendaEntry
from crawler.schedule.budget import Budget
from crawler.schedule.enrol import SPREAD, enrol
from crawler.schedule.intervals import Interval, Turns
from crawler.schedule.pace import Pace
from crawler.schedule.revisits import OLDEST, EditRates, due
from crawler.schedule.rounds import GATHER, IDLE, Rounds
from crawler.schedule.site_agenda import SiteAgenda, read_pace, write_pace
from crawler.schedule.source_rates import PollResult
from crawler.schedule.worker import Worker
from crawler.sites import EPI, Feed, Site, Sites, load_sites
from crawler.store import Store
from crawler.store.budget import reserve, spent
from crawler.store.queries import count_since
from crawler.text import VIETNAM, day_of
from tests.support import LONG, wait_until

NOW = datetime(2026, 8, 6, 8, 0, tzinfo=VIETNAM)
PATIENT = {"THOISU_DELAY": 0, "THOISU_BACKOFF_FIRST": 0.01, "THOISU_BACKOFF_MAX": 0.5, "RETRY_TIMES": 0}


# --- which sites go together ----------------------------------------------------------------------------------------


class Due:
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
    sites = Due({"a": minute(0), "b": minute(-5), "c": minute(9)})
    sites.rounds.tick(NOW)
    assert sites.begun == [["b", "a"]]
    sites.rounds.tick(NOW)
    assert sites.begun == [["b", "a"]]


def test_an_idle_tick_begins_nothing_and_waits_for_what_is_due_next() -> None:
    sites = Due({"a": minute(0.5), "b": minute(30)})
    assert sites.rounds.tick(NOW) == minute(0.5)
    sites.times["a"] = minute(20)
    assert sites.rounds.tick(NOW) == NOW + IDLE
    assert sites.begun == []
    assert Due({}).rounds.tick(NOW) == NOW + IDLE


def test_a_site_is_gathered_while_the_last_round_is_young_and_never_begun_twice() -> None:
    sites = Due({"a": minute(0), "b": minute(0.1), "c": minute(0.2)})
    assert sites.rounds.tick(NOW) == NOW + GATHER
    sites.rounds.tick(minute(0.2))
    assert sites.begun == [["a"]]
    sites.rounds.tick(NOW + GATHER)
    assert sites.begun == [["a"], ["b", "c"]]


def test_what_found_no_place_goes_as_soon_as_one_is_free() -> None:
    sites = Due({"a": minute(-3), "b": minute(-2), "c": minute(-1)}, places=2)
    sites.rounds.tick(NOW)
    sites.done(["a", "b"], minute(60))
    sites.rounds.tick(minute(0.05))
    assert sites.begun == [["a", "b"], ["c"]]


def test_what_could_not_be_begun_is_due_still() -> None:
    sites = Due({"a": minute(0), "b": minute(0)})
    sites.rounds.tick(NOW)
    sites.rounds.ended(["a", "b"])  # both as they were: each goes alone
    sites.rounds.tick(NOW)
    broken = True

    def begin(names: list[str]) -> None:
        if broken:
            raise StoreFailed("unreachable", "it is away")
        sites.begun.append(names)

    sites.rounds._start = begin
    with pytest.raises(StoreFailed):
        sites.rounds.tick(minute(1))
    broken = False
    sites.rounds.tick(minute(2))
    assert sites.begun == [["a", "b"], ["a"], ["b"]]


def test_a_site_that_is_left_as_it_was_is_tried_alone_after_longer_and_longer_pauses() -> None:
    sites = Due({"bad": minute(-1), "good": minute(0)})
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
    rng = random.Random(seed)  # noqa: S311
    places = rng.randint(2, 5)
    sites = Due({f"s{number}": minute(rng.uniform(0, 60)) for number in range(rng.randint(1, 12))}, places)
    under_way: list[tuple[datetime, list[str]]] = []
    now, polls = NOW, Counter[str]()
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
                polls.update(done)
                sites.done(done, now + timedelta(minutes=rng.uniform(20, 120)))
        else:
            now = following
    assert polls.keys() == sites.times.keys()
    assert min(sites.times.values()) > now - timedelta(minutes=30)


# --- who is scheduled -------------------------------------------------------------------------------------------------


def entries(store: Store, site: str | None = None) -> dict[str, AgendaEntry]:
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
    enrol(Sites([known[first], known[second]]), store, NOW)
    with store.writing() as connection:
        later = [replace(entry, next_at=minute(7), why="kept") for entry in agenda.entries(connection, first)]
        agenda.keep(connection, later)
    less = replace(known[first], sources=known[first].sources[:1])
    assert enrol(Sites([less, known[third]]), store, minute(3)) == 2
    found = entries(store)
    assert {entry.site for entry in found.values()} == {first, third}
    assert found[f"{first} {less.sources[0].url}"].why == "kept"
    assert len(entries(store, first)) == 2
    enrol(Sites([known[first]]), store, minute(4))
    assert len(entries(store, first)) == 1 + len(known[first].sources)
    assert found[f"{first} {less.sources[0].url}"] == entries(store)[f"{first} {less.sources[0].url}"]


def test_a_site_that_is_scheduled_again_is_as_well_known_as_before(store: Store) -> None:
    known = load_sites()
    first, second = list(known)[:2]
    enrol(Sites([known[first]]), store, NOW)
    with store.writing() as connection:
        agenda.keep_pace(connection, first, write_pace(Pace(Budget(77))), "{}")
    enrol(Sites([known[second]]), store, minute(1))
    assert SiteAgenda.open(store, known[first], 10, lambda: NOW) is None
    enrol(Sites([known[first]]), store, minute(2))
    with store.reading() as connection:
        assert read_pace(agenda.pace(connection, first) or "").budget.limit == 77


# --- what is spent --------------------------------------------------------------------------------------------------


def test_no_more_is_reserved_than_a_day_has(store: Store) -> None:
    with store.writing() as connection:
        reserve(connection, "bao", NOW, "look", 3, 99)
        assert reserve(connection, "bao", NOW, "article", 5, 10) == 5
        assert reserve(connection, "bao", NOW, "article", 5, 10) == 2
        assert reserve(connection, "bao", NOW, "revisit", 5, 10) == 0
        assert reserve(connection, "bao", NOW, "revisit", 5, 8) == 0  # a limit that was lowered gives nothing back
        assert reserve(connection, "other", NOW, "look", 5, 10) == 5
        midnight = NOW.replace(hour=23, minute=59) + timedelta(minutes=1)
        assert reserve(connection, "bao", midnight, "look", 99, 10) == 10
        assert spent(connection, "bao", day_of(NOW)) == {
            "look": 3, "article": 7, "revisit": 0, "audit": 0, "backfill": 0,
        }  # fmt: skip


def test_an_account_gives_back_what_it_has_not_used(store: Store) -> None:
    account = RequestBudget(store, "bao", 10, lambda: NOW)
    assert account.draw(6, "article") == 6
    assert account.take("article")
    assert account.take("look")
    account.close()
    with store.reading() as connection:
        assert sum(spent(connection, "bao", day_of(NOW)).values()) == 2


def test_a_request_that_may_leave_after_midnight_counts_for_both_days(store: Store) -> None:
    now = [NOW.replace(hour=23, minute=59, second=30)]
    account = RequestBudget(store, "bao", 2, lambda: now[0])
    assert [account.take("look") for _ in range(3)] == [True, True, False]
    now[0] += timedelta(minutes=5)
    assert not account.take("look")


# --- a scheduled site -------------------------------------------------------------------------------------------------


class Watch:
    """A newsroom on a simulated clock, polled into a store."""

    def __init__(self, newsroom: Newsroom, folder: Path, count: int, budget: int, url: str | None = None) -> None:
        self.newsroom = newsroom
        self.world = newsroom.world
        self.url = url or f"sqlite:///{folder / 'store.db'}"
        self.settings = {**PATIENT, "THOISU_BUDGET": budget}
        self.sites = Sites(replace(s, budget=budget) for s in newsroom_sites(newsroom.url, count=count).values())
        with Store.open(self.url) as store:
            enrol(self.sites, store, self.now())

    def now(self) -> datetime:
        return self.world.now

    def times(self) -> dict[str, datetime]:
        with Store.open(self.url) as store, store.reading() as connection:
            return agenda.next_times(connection)

    def entries(self, site: str) -> dict[str, AgendaEntry]:
        with Store.open(self.url) as store, store.reading() as connection:
            return {entry.source: entry for entry in agenda.entries(connection, site)}

    def spent(self, site: str) -> dict[str, int]:
        with Store.open(self.url) as store, store.reading() as connection:
            return {name: n for name, n in spent(connection, site, day_of(self.now())).items() if n}

    def crawl(self, *names: str, **options: Any) -> list[SiteReport]:
        self.newsroom.forget_requests()
        sites = Sites(self.sites[name] for name in names)
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

    def watch(
        sites: int = 1, articles: int = 30, budget: int = 200, at: datetime = NOW, url: str | None = None
    ) -> Watch:
        rooms.append(Newsroom(World(seed=3, sites=sites, articles=articles, now=at)).start())
        return Watch(rooms[-1], tmp_path, sites, budget, url)

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
    watch.world.now = found[first].next_at.astimezone(VIETNAM)
    watch.advance()
    assert [request.path for request in watch.newsroom.requests if "post" not in request.path] == [urlsplit(first).path]
    assert watch.entries("songda")[second].next_at == found[second].next_at
    assert watch.entries("songda")[first].outcome == "304"


def test_a_round_at_a_site_that_is_scheduled_no_more_asks_nothing(watching: Callable[..., Watch]) -> None:
    """It may have waited in a queue since before."""
    watch = watching(articles=20)
    watch.crawl("songda", due=False, limit=2)
    with Store.open(watch.url) as store:
        assert store.pending("songda", limit=1)
        enrol(Sites(), store, watch.now())
    (report,) = watch.crawl("songda")
    assert (watch.newsroom.requests, report.error) == ([], None)


def test_a_watch_is_the_same_on_either_database(watching: Callable[..., Watch], address: str) -> None:
    watch = watching(sites=2, articles=8, url=address)
    reports = [report for _ in range(4) for report in watch.advance()]
    assert sum(report.created + report.copied for report in reports) == 16
    assert sum(report.not_modified for report in reports) > 0
    assert {report.error for report in reports} == {None}
    for site in watch.sites:
        assert min(watch.entries(site).values(), key=lambda entry: entry.next_at).next_at > watch.now() - SPREAD
        assert watch.spent(site)["article"] == 8


def test_a_crawl_by_hand_teaches_the_watch_and_costs_its_budget(watching: Callable[..., Watch]) -> None:
    watch = watching(articles=20)
    (report,) = watch.crawl("songda", due=False)
    assert sum(watch.spent("songda").values()) == len(watch.newsroom.requests)
    assert watch.spent("songda")["article"] == report.pages
    assert all(entry.next_at > watch.now() for source, entry in watch.entries("songda").items() if source != ARTICLES)


@pytest.mark.parametrize(
    ("fault", "reason"),
    [({"status": 429, "retry_after": 7200}, "rate_limited"), ({"status": 503}, "no source gave anything")],
)
def test_a_site_that_wants_to_be_left_alone_is_left_alone_by_all_its_sources(
    watching: Callable[..., Watch], fault: dict[str, Any], reason: str
) -> None:
    watch = watching(articles=20)
    watch.newsroom.misbehave("songda", **fault)
    (report,) = watch.advance()
    assert (report.error or "").startswith(reason)
    least = timedelta(hours=2) if "retry_after" in fault else timedelta(minutes=15)
    sources = [entry for source, entry in watch.entries("songda").items() if source != ARTICLES]
    assert all(entry.next_at >= watch.now() + least for entry in sources)
    if "retry_after" in fault:  # no poll came to an end, so that this is what came of each
        assert {(entry.polled_at, entry.outcome) for entry in sources} == {(watch.now(), "rate_limited")}
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
    while len(pauses) < 3:
        watch.advance()
        entry = watch.entries("songda")[feed]
        if entry.polled_at == watch.now():
            assert entry.outcome == "not_found"
            pauses.append(entry.next_at - watch.now())
    assert pauses == sorted(pauses)
    assert pauses[-1] > 2 * pauses[0]
    assert "failed" in watch.entries("songda")[feed].why


def test_articles_that_find_no_room_wait_for_the_next_day_and_polls_go_on(watching: Callable[..., Watch]) -> None:
    watch = watching(articles=75, budget=40)
    (report,) = watch.advance()
    assert report.refused["over_budget"] > 0  # type: ignore[index]
    assert report.error is None
    assert 0 < report.created < 35
    waiting = watch.entries("songda")[ARTICLES]
    assert "wait" in waiting.why
    day, polls = watch.now().date(), 0
    while watch.now().date() == day:
        polls += sum(report.sources for report in watch.advance())
        assert sum(watch.spent("songda").values()) <= 40
    assert polls > 3
    while watch.now().date() == day + timedelta(days=1):
        watch.advance()
    with Store.open(watch.url) as store:
        assert len(store.articles(limit=None)) > 2 * report.created


@pytest.mark.slow
@settings(max_examples=3)
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
        watch.settings |= {"RETRY_TIMES": 1, "THOISU_AUDIT_EVERY": 3}
        asked: Counter[tuple[str, Any]] = Counter()
        for _ in range(8):
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
    with Store.open(watch.url) as store, store.lock("site-songda"):
        reports = watch.crawl("songda", "hongha")
    assert [report.error for report in reports] == ["another run at this site is under way", None]
    assert watch.times()["songda"] <= watch.now() + SPREAD


_KILLED = """
import os, signal, sys
from datetime import datetime
from crawler.newsroom import newsroom_sites
from crawler.crawl.run import crawl
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
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL
    assert sum(watch.spent("songda").values()) >= len(watch.newsroom.requests)
    assert min(watch.times().values()) <= watch.now()
    for _ in range(2):
        watch.advance()
    with Store.open(watch.url) as store:
        assert len(store.articles(limit=None)) == 20


# --- what it says ---------------------------------------------------------------------------------------------------


def say(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as end:
        main(list(arguments))
    said = capsys.readouterr()
    return int(end.value.code or 0), said.out, said.err


@pytest.mark.usefixtures("terminal")
def test_status_and_pace_say_when_what_and_why(
    watching: Callable[..., Watch], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    watch = watching(sites=2, articles=10, budget=123)
    code, out, _ = say(capsys, "status", "--store", watch.url)
    assert code == 0
    assert out.count("never polled") == 2
    assert " now " in out
    assert "how often it publishes is not known yet" in say(capsys, "pace", "hongha", "--store", watch.url)[1]
    watch.crawl("songda", due=False)
    found = watch.entries("songda")
    code, out, _ = say(capsys, "status", "songda", "--store", watch.url)
    assert "hongha" not in out
    assert f" {sum(entry.came for entry in found.values())} new  " in out.splitlines()[1]
    assert max(map(len, out.splitlines())) <= 80 or "http" in out
    for source, entry in found.items():
        assert source in out
        assert entry.why in out
        assert entry.next_at.astimezone(VIETNAM).strftime("%d/%m/%Y %H:%M") in out
    rows = [json.loads(line) for line in say(capsys, "status", "--json", "--store", watch.url)[1].splitlines()]
    assert [row["site"] for row in rows] == ["hongha", "songda"]
    assert (rows[0]["polled_at"], rows[0]["outcome"], rows[0]["budget"]) == (None, None, 123)
    assert rows[0]["completeness"] is None  # nothing is known of it
    assert (rows[1]["outcome"], rows[1]["budget"], rows[1]["findings"]) == ("200", 123, 0)
    with Store.open(watch.url) as store:
        midnight = datetime.now(VIETNAM).replace(hour=0, minute=0, second=0, microsecond=0)
        newest = [row.published_at or row.first_seen_at for row in store.articles(sites=["songda"], limit=None)]
        assert (
            rows[1]["today"]
            == sum(at >= midnight for at in newest)
            == len(store.articles(sites=["songda"], since=midnight, limit=None))
        )
        with store.reading() as connection:
            assert count_since(connection, "songda", min(newest)) == len(newest) > 0
            assert count_since(connection, "songda", max(newest)) == newest.count(max(newest))
    assert set(rows[1]) == {
        "site", "polled_at", "outcome", "came", "today", "next_at", "next", "why", "spent", "left", "budget",
        "completeness", "gaps", "findings", "sources", "stand_ins",
    }  # fmt: skip
    assert set(rows[1]["sources"][0]) == {"site", "source", "next_at", "why", "polled_at", "outcome", "came"}
    (unpolled,) = map(json.loads, say(capsys, "pace", "hongha", "--json", "--store", watch.url)[1].splitlines())
    assert (unpolled["rate"], unpolled["articles"].keys()) == (None, {"next_at", "why"})
    polls = [entry.next_at for source, entry in found.items() if source != ARTICLES]
    assert datetime.fromisoformat(rows[1]["next_at"]) == min(polls), "when it looks for news, not at what is known"
    code, out, _ = say(capsys, "pace", "songda", "--store", watch.url)
    assert "of 123 requests left today" in out
    (row,) = [
        json.loads(line) for line in say(capsys, "pace", "songda", "--json", "--store", watch.url)[1].splitlines()
    ]
    assert {source["source"]: source["why"] for source in row["sources"]} == {
        source: entry.why for source, entry in found.items() if source != ARTICLES
    }
    assert all(source["planned"] == sorted(source["planned"]) for source in row["sources"])
    assert set(row["sources"][0]) == {
        "source", "next_at", "why", "rate", "first", "window", "failures", "planned",
    }  # fmt: skip


def test_who_is_not_scheduled_is_told_apart_from_who_is_unknown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = f"sqlite:///{tmp_path / 'store.db'}"
    Store.open(url).close()
    for command in ("status", "pace"):
        code, out, error = say(capsys, command, "--store", url)
        assert (code, out) == (0, "")
        assert "thoisu schedule" in error
        code, _, error = say(capsys, command, "nhandan", "--store", url)
        assert code == 0
        assert "nhandan is not scheduled yet" in error
        code, _, error = say(capsys, command, "nhandam", "--store", url)
        assert code == 2
        assert "did you mean nhandan" in error


# --- known articles again -------------------------------------------------------------------------------------------


def test_a_young_article_is_asked_again_soon_and_an_old_one_no_more() -> None:
    ages = EditRates().ages(8)
    assert ages == sorted(ages)
    assert 0.5 <= ages[0] < 3
    assert due(ages, NOW, NOW) == NOW + timedelta(hours=ages[0])
    assert due(ages, NOW, NOW + timedelta(hours=ages[0])) == NOW + timedelta(hours=ages[1])
    assert due(ages, NOW, NOW + OLDEST) is None


def test_a_site_that_edits_late_is_asked_late() -> None:
    late, soon = EditRates(), EditRates()
    for number in range(60):
        published = NOW + timedelta(hours=number)
        for edits, hours in ((late, 30), (soon, 0.8)):
            before = published
            for age in (0.9, 3, 12, 47, 150):
                now = published + timedelta(hours=age)
                edits.learn(
                    published, before, now, changed=(before - published) < timedelta(hours=hours) <= now - published
                )
                before = now
    assert sum(soon.ages(6)) < sum(EditRates().ages(6))
    assert len([age for age in late.ages(6) if 12 <= age <= 48]) > len([age for age in soon.ages(6) if 12 <= age <= 48])
    assert late.hazards()[3] > 5 * soon.hazards()[3]
    assert EditRates.from_json(late.to_json()).ages(6) == pytest.approx(late.ages(6), abs=0.01)


def test_an_edit_is_found_by_the_watch_itself_and_teaches_it(watching: Callable[..., Watch]) -> None:
    watch = watching(articles=20, budget=80, at=datetime(2026, 8, 3, 23, 0, tzinfo=VIETNAM))
    watch.advance()
    edited = watch.newsroom.misbehave("songda", edit=20)
    due_at = watch.entries("songda")[ARTICLES].next_at
    assert due_at < watch.now() + timedelta(hours=12)
    watch.world.now = due_at.astimezone(VIETNAM)
    (report,) = watch.advance()
    assert report.revised >= 1
    assert (report.unchanged, report.created) == (0, 0)
    assert watch.spent("songda")["revisit"] >= 1
    with Store.open(watch.url) as store:
        assert {change.url for change in store.changes(limit=None) if change.event == "revised"} <= set(edited)
        with store.reading() as connection:
            learned = EditRates.from_json(agenda.edits(connection, "songda"))
    assert sum(learned.counts) == pytest.approx(report.revised, abs=0.01)
    assert sum(learned.hours) > 1


def test_a_first_poll_teaches_nothing_of_what_a_poll_costs_and_a_later_one_does(store: Store) -> None:
    """A first one goes deeper: it reads the pages of a list that later ones have no need of."""
    site = made_up("nhandan")
    enrol(Sites([site]), store, NOW)
    costs = []
    for minutes, first in ((0, True), (30, False)):
        run = SiteAgenda.open(store, site, 100, partial(minute, minutes))
        assert run is not None
        with store.writing() as connection:
            run.note(connection, site.sources[0].url, PollResult(minute(minutes)), "200", 0, first=first)
        run.close(store, None, None, asked=9, cut=False)
        with store.reading() as connection:
            costs.append(read_pace(agenda.pace(connection, site.name) or "").budget.pages)
    assert costs == [1.0, pytest.approx(1.0 + 0.1 * (9 - 1.0))]


# --- processes ------------------------------------------------------------------------------------------------------


def made_up(name: str) -> Site:
    """A site that nobody will ask."""
    home = f"https://{name}.example/"
    sources = (Feed(home + "rss"),)
    return Site(name=name, publisher=name, home=home, tier="press", sources=sources, article=r"-post\d+", layout=EPI)


SCHEDULER = f"""
import sys
from datetime import timedelta
from functools import partial
from crawler.schedule import scheduler
from crawler.schedule.enrol import enrol
from crawler.schedule.intervals import Interval
from crawler.schedule.scheduler import Scheduler
from crawler.schedule.worker import Worker
from crawler.sites.layouts import EPI
from crawler.sites.registry import Sites
from crawler.sites.site import Feed, Site
from crawler.store import Store
{inspect.getsource(made_up)}
JOB = '''
import os, select, sys
def say(*words):  # in one write: what several processes say must not mix within a line
    os.write(1, (" ".join(map(str, words)) + chr(10)).encode())
say("job", sys.argv[1], os.getpid())
if sys.argv[1] == "long":
    os.read(0, 1)  # which whoever has begun it holds open
if sys.argv[1] == "following" and os.path.exists("following.gate"):
    select.select([0, os.open("following.gate", os.O_RDONLY | os.O_NONBLOCK)], [], [])
sys.exit(sys.argv[1] == "broken")
'''
names, url, command = sys.argv[1].split(","), sys.argv[2], sys.argv[3:]
scheduler.log("WARNING", "text")
scheduler.FIRST = timedelta(0)
with Store.open(url) as store:
    jobs = Worker([sys.executable, "-S", "-c", JOB], "the job")
    every = [Interval(name, timedelta(seconds=0.1), timedelta(seconds=0.1)) for name in ("broken", "whole")]
    every += [Interval(name, timedelta(hours=1), timedelta(0), name == "following") for name in ("following", "long")]
    worker = Worker([sys.executable, *command], grace=60)
    Scheduler(store, worker, 8, partial(enrol, Sites(map(made_up, names))), jobs, every).run()
"""
ROUND = """
import os, select, signal, sqlite3, sys
def say(*words):  # in one write: what several processes say must not mix within a line
    os.write(1, (" ".join(map(str, words)) + chr(10)).encode())
file, how, *names = sys.argv[1:]
if how == "deaf":
    signal.signal(signal.SIGTERM, lambda *_: say("deaf", os.getpid()))
if how == "gentle":
    signal.signal(signal.SIGTERM, lambda *_: (say("gently", os.getpid()), os._exit(0)))
with sqlite3.connect(file, timeout=30) as db:
    say("begun", os.getpid(), *sorted(names))
    if how == "held":
        gate = os.open(file + ".gate", os.O_RDONLY | os.O_NONBLOCK)
        select.select([0, gate], [], [])  # until somebody has opened it, or whoever has begun this is gone
    if how in ("quick", "held"):
        db.executemany("UPDATE agenda SET next_at = '2099-01-01T00:00:00.000000Z' WHERE site = ?", [(n,) for n in names])
if how == "held":
    sys.exit(3)
if how == "crash":
    os.kill(os.getpid(), signal.SIGKILL)
if how in ("gentle", "deaf"):
    os.read(0, 1)  # which whoever has begun it holds open
"""


class Process:
    """A scheduler as a process of its own; what it and its rounds say comes from one pipe."""

    def __init__(self, folder: Path, how: str, names: str = "nhandan,vov") -> None:
        url, round_ = f"sqlite:///{folder / 'store.db'}", ["-S", "-c", ROUND, str(folder / "store.db"), how]
        self.process = subprocess.Popen(
            [sys.executable, "-c", SCHEDULER, names, url, *round_], text=True, cwd=folder,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        assert self.process.stdout is not None
        self.said: IO[str] = self.process.stdout
        self.limit = threading.Timer(LONG, self.process.kill)  # what is never said ends the test
        self.limit.start()

    def wait_for(self, reason: str) -> list[str]:
        """The words of the next line that has this one."""
        for line in self.said:
            if reason in line:
                return line.split()
        raise AssertionError(f"the scheduler ended without saying {reason!r}")

    def end(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(LONG)


@pytest.fixture
def scheduler(tmp_path: Path) -> Iterator[Callable[..., Process]]:
    made: list[Process] = []

    def start(how: str, **options: Any) -> Process:
        made.append(Process(tmp_path, how, **options))
        return made[-1]

    yield start
    for one in made:
        one.limit.cancel()
        if one.process.poll() is None:
            one.process.kill()
        one.process.wait()
        one.said.close()


def all_due(folder: Path, *names: str, at: datetime = NOW - timedelta(days=200)) -> None:
    with Store.open(f"sqlite:///{folder / 'store.db'}") as store:
        enrol(Sites(map(made_up, names)), store, at)
        with store.writing() as connection:
            agenda.keep(connection, [replace(entry, next_at=at) for entry in agenda.entries(connection)])


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_due_sites_go_into_one_process_and_it_ends_when_asked(
    scheduler: Callable[..., Process], tmp_path: Path
) -> None:
    all_due(tmp_path, "nhandan", "vov")
    process = scheduler("quick")
    assert process.wait_for("polling")[1:5] == ["INFO", "polling", "2", "sites;"]
    assert process.wait_for("begun")[2:] == ["nhandan", "vov"]
    assert process.end() == 0


def test_a_scheduler_that_is_killed_is_replaced_by_the_one_that_stands_by(
    scheduler: Callable[..., Process], tmp_path: Path
) -> None:
    all_due(tmp_path, "nhandan", "vov")
    first = scheduler("gentle")
    first.wait_for("begun")
    second = scheduler("quick")
    second.wait_for("standing by")
    first.end(signal.SIGKILL)
    second.wait_for("polling")
    assert second.wait_for("begun")[2:] == ["nhandan", "vov"], "what the first had begun and not done is due"
    assert second.end() == 0


def test_a_round_that_crashes_takes_nobody_down(scheduler: Callable[..., Process], tmp_path: Path) -> None:
    all_due(tmp_path, "nhandan", "vov")
    process = scheduler("crash")
    process.wait_for("begun")
    assert process.wait_for("round of nhandan")[-1] == "-9"
    assert process.end() == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_rounds_under_way_are_ended_gently(scheduler: Callable[..., Process], tmp_path: Path, number: int) -> None:
    all_due(tmp_path, "nhandan")
    process = scheduler("gentle")
    pid = int(process.wait_for("begun")[1])
    process.process.send_signal(number)
    assert int(process.wait_for("gently")[1]) == pid
    assert process.process.wait(LONG) == 0
    assert gone(pid)


def test_a_round_that_does_not_end_is_killed_by_a_second_signal(
    scheduler: Callable[..., Process], tmp_path: Path
) -> None:
    all_due(tmp_path, "nhandan")
    process = scheduler("deaf")
    pid = int(process.wait_for("begun")[1])
    process.process.send_signal(signal.SIGTERM)
    assert int(process.wait_for("deaf")[1]) == pid
    assert process.process.poll() is None
    assert process.end() == 0
    assert gone(pid)


def test_a_scheduler_that_slept_does_what_it_missed(scheduler: Callable[..., Process], tmp_path: Path) -> None:
    """APScheduler by itself drops a run that is more than a second late."""
    due = datetime.now(VIETNAM) + timedelta(seconds=3)
    all_due(tmp_path, "nhandan", at=due)
    process = scheduler("quick", names="nhandan")
    assert process.wait_for("polling")[2:5] == ["polling", "1", "site;"]
    process.process.send_signal(signal.SIGSTOP)
    threading.Event().wait((due - datetime.now(VIETNAM)).total_seconds() + 1.5)
    process.process.send_signal(signal.SIGCONT)
    assert process.wait_for("begun")[2] == "nhandan"
    assert process.end() == 0


def test_jobs_run_at_their_interval_and_one_that_fails_stops_no_other(
    scheduler: Callable[..., Process], tmp_path: Path
) -> None:
    all_due(tmp_path, "nhandan")
    process = scheduler("quick", names="nhandan")
    for _ in range(3):
        process.wait_for("job whole")
    process.wait_for("the job broken ended with exit code 1")
    process.wait_for("job whole")
    assert process.end() == 0


@pytest.mark.parametrize("running", [False, True])
def test_the_end_of_a_round_asks_for_what_follows_it(
    scheduler: Callable[..., Process], tmp_path: Path, running: bool
) -> None:
    """Its interval is an hour, so that nothing else lets it run a second time; while it runs, it runs once more."""
    gate, held = tmp_path / "store.db.gate", tmp_path / "following.gate"
    os.mkfifo(gate)
    if running:
        os.mkfifo(held)
    all_due(tmp_path, "nhandan")
    process = scheduler("held", names="nhandan")
    awaited = {"job following", "begun"}  # in either order
    while awaited:
        line = process.said.readline()
        assert line, "the scheduler ended"
        awaited = {words for words in awaited if words not in line}
    gate.write_bytes(b"")
    process.wait_for("ended with exit code 3")
    if running:
        held.write_bytes(b"")
    process.wait_for("job following")
    assert process.end() == 0


def test_a_job_under_way_ends_with_its_scheduler(scheduler: Callable[..., Process], tmp_path: Path) -> None:
    all_due(tmp_path, "nhandan", at=datetime.now(VIETNAM) + timedelta(days=1))
    process = scheduler("quick", names="nhandan")
    pid = int(process.wait_for("job long")[2])
    assert process.end() == 0
    assert gone(pid)


def test_a_job_that_is_asked_a_moment_early_does_not_wait_for_its_next_turn() -> None:
    turns, digest = Turns(), Interval("digest", timedelta(minutes=10), timedelta(minutes=10))
    assert turns.take(digest, minute(0), 7)
    assert turns.take(digest, minute(9.99), 7)


def test_a_job_runs_while_the_store_changes_and_seldom_while_it_stands_still() -> None:
    turns, relate = Turns(), Interval("relate", timedelta(minutes=2), timedelta(minutes=30))
    assert turns.take(relate, minute(0), 7)
    assert not turns.take(relate, minute(2), 7)
    assert turns.take(Interval("alerts", timedelta(minutes=1), timedelta(minutes=5)), minute(2), 7), "each by itself"
    assert turns.take(relate, minute(4), 8), "something came"
    assert not turns.take(relate, minute(33), 8)
    assert turns.take(relate, minute(34), 8), "and what failed is tried again"


def test_a_worker_that_was_stopped_begins_no_round(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    worker = Worker([sys.executable, "-c", f"open({str(mark)!r}, 'a').write('x')"])
    worker.run([])
    assert mark.read_text() == "x"
    worker.stop()
    worker.run([])
    assert mark.read_text() == "x"


@pytest.mark.slow
def test_the_real_thing_finds_what_is_published_and_ends_with_its_scheduler(tmp_path: Path) -> None:
    """The command itself on a newsroom; the scheduler is killed while a round reads, and the round ends by itself."""
    with Newsroom(World(seed=3, sites=1, articles=10)) as newsroom:
        newsroom.misbehave("songda", drip=0.01, path="post")
        url = f"sqlite:///{tmp_path / 'store.db'}"
        command = [sys.executable, "-m", "crawler", "schedule", "--newsroom", newsroom.url, "--store", url]
        environment = {**os.environ, "THOISU_LOG_LEVEL": "INFO"}
        started = partial(subprocess.Popen, command, env=environment, text=True, stderr=subprocess.PIPE)
        with started() as process:
            wait_until(lambda: any("post" in request.path for request in newsroom.requests))
            process.kill()
            assert process.stderr is not None
            said = process.stderr.read()  # to the end: the round has ended, too
            assert any(" WARNING songda: " in line and line.endswith("; stopped") for line in said.splitlines()), said
            assert "Logging error" not in said
        newsroom.behave("songda")
        with started() as process:
            with Store.open(url) as store:
                wait_until(lambda: len(store.articles(limit=None)) == 10)
            process.terminate()
            assert process.stderr is not None
            process.stderr.read()
        assert process.returncode == 0
