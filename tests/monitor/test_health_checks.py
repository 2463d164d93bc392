"""The polling itself: nobody polls, a poll is overdue, a site never gave anything, a clock was wrong; no past is needed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from crawler import monitor
from crawler.alerts.digest import write_messages
from crawler.backfill import never_asked
from crawler.cli.main import main
from crawler.crawl.report import SiteReport
from crawler.crawl.run import crawl
from crawler.discover import DayRange
from crawler.items import Link
from crawler.monitor import check, check_due, health
from crawler.monitor.view import View
from crawler.newsroom import Newsroom, World, newsroom_sites
from crawler.newsroom.misbehave import Reply
from crawler.newsroom.papers import Paper
from crawler.schedule import agenda, enrol, scheduler
from crawler.schedule.agenda import ARTICLES
from crawler.schedule.clock_watch import ClockWatch
from crawler.schedule.heal import heal
from crawler.schedule.intervals import Interval, Turns
from crawler.schedule.rounds import IDLE, Rounds
from crawler.schedule.worker import Worker
from crawler.sites import Feed, Sites
from crawler.store import SourceState, Store, findings, heartbeats, robots, runs
from crawler.store.budget import reserve, spent
from crawler.store.findings import Finding, Observation
from crawler.store.findings import findings as findings_table
from crawler.text import VIETNAM, day_of
from tests.support import PAPER

NOW = datetime(2026, 8, 6, 8, 0, tzinfo=VIETNAM)
PATIENT = {"THOISU_DELAY": 0, "THOISU_BACKOFF_FIRST": 0.01, "THOISU_BACKOFF_MAX": 0.5, "RETRY_TIMES": 0}
HOUR = timedelta(hours=1)
NO_TEXT = b"<html><head><title>Tin</title></head><body><h1>Tin</h1><p></p></body></html>" + b" " * 900


class Room:
    """A newsroom, polled into a store by a machine whose clock may be `off`."""

    def __init__(self, newsroom: Newsroom, folder: Path, sites: int) -> None:
        self.newsroom, self.world = newsroom, newsroom.world
        self.url = f"sqlite:///{folder / 'store.db'}"
        self.off = timedelta()
        self.settings = {**PATIENT, "THOISU_BUDGET": 400}
        self.sites = newsroom_sites(newsroom.url, count=sites)
        self.store = Store.open(self.url)

    def now(self) -> datetime:
        return self.world.now + self.off

    def enrol(self) -> None:
        enrol(self.sites, self.store, self.now() - HOUR)

    def crawl(self, *, due: bool, **options: Any) -> list[SiteReport]:
        settings = {**self.settings, **options.pop("settings", {})}
        return crawl(
            options.pop("sites", self.sites), store_url=self.url, newsroom=self.newsroom.url, settings=settings,
            due=due, now=self.now, **options,
        )  # fmt: skip

    def found(self) -> dict[tuple[str, str | None, str], Finding]:
        return {(one.name, one.site, one.subject): one for one in check(self.store, self.sites, self.now())}

    def beat(self) -> None:
        with self.store.writing() as connection:
            heartbeats.beat(connection, self.now())

    def next_times(self) -> list[datetime]:
        with self.store.reading() as connection:
            return [entry.next_at for entry in agenda.entries(connection) if entry.source != ARTICLES]


@pytest.fixture
def rooms(tmp_path: Path) -> Iterator[Callable[..., Room]]:
    made: list[Room] = []

    def make(sites: int = 1, articles: int = 12) -> Room:
        world = World(seed=3, sites=sites, articles=articles, now=NOW)
        made.append(Room(Newsroom(world).start(), tmp_path, sites))
        return made[-1]

    yield make
    for room in made:
        room.store.close()
        room.newsroom.stop()


def command(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    return int(ended.value.code or 0)


# --- a clock that was wrong -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("ahead", [timedelta(hours=7), timedelta(days=1), timedelta(days=90), timedelta(days=366)])
def test_the_watch_goes_on_after_a_clock_that_was_ahead(
    rooms: Callable[..., Room], ahead: timedelta, capsys: pytest.CaptureFixture[str]
) -> None:
    room = rooms()
    room.enrol()
    room.crawl(due=True)
    room.off = ahead
    (wrong,) = room.crawl(due=True)
    assert wrong.sources
    room.off = timedelta()
    room.world.advance(hours=1)
    (right,) = room.crawl(due=True)
    assert right.sources, "what a wrong clock has put off is due at once"
    assert right.error is None
    assert all(at < room.now() + timedelta(days=3) for at in room.next_times())
    room.off = timedelta(hours=-1)
    (by_hand,) = room.crawl(due=False)
    assert (by_hand.error, by_hand.sources > 0) == (None, True)
    assert command("pace", "--store", room.url) == 0
    capsys.readouterr()


@pytest.mark.parametrize("ahead", [timedelta(hours=7), timedelta(days=1), timedelta(days=366)])
def test_the_scheduler_and_the_check_put_right_what_a_clock_has_put_off(
    rooms: Callable[..., Room], ahead: timedelta
) -> None:
    room = rooms(sites=2)
    room.enrol()
    room.off = ahead
    room.crawl(due=True)
    with room.store.writing() as connection:
        reserve(connection, "songda", room.now(), "look", 400, 400)
    tomorrow = room.now()
    room.off = timedelta()
    polls = len(room.next_times())
    (seen,) = [seen for one, seen in health(room.store, room.sites, room.now()) if one.name == "clock"]
    assert "polls wait for a time that a wrong clock has told" in seen.evidence
    assert heal(room.store, room.now()) >= polls
    assert heal(room.store, room.now()) == 0
    assert set(room.next_times()) == {room.now()}
    with room.store.reading() as connection:
        assert sum(spent(connection, "songda", day_of(tomorrow)).values()) == 0 or ahead < timedelta(days=1)
    found = room.found()[("clock", None, "")]
    assert "polls put right" in found.evidence
    room.beat()
    room.crawl(due=True)
    room.world.advance(hours=25)
    room.crawl(due=True)
    assert ("clock", None, "") not in room.found()


def test_a_time_that_is_due_in_years_is_due_now(rooms: Callable[..., Room]) -> None:
    room = rooms()
    room.enrol()
    room.crawl(due=True)
    with room.store.writing() as connection:
        entries = agenda.entries(connection)
        agenda.keep(connection, [replace(entry, next_at=NOW.replace(year=2082)) for entry in entries])
    assert room.crawl(due=True)[0].sources
    assert max(room.next_times()) < room.now() + timedelta(days=3)


def test_an_hour_back_stops_no_beat() -> None:
    times: dict[str, datetime] = {"a": NOW}
    began: list[list[str]] = []
    rounds = Rounds(lambda: times, began.append, 2)
    rounds.tick(NOW)
    rounds.ended(["a"])
    back = NOW - HOUR
    times["a"] = back
    assert rounds.tick(back) <= back + IDLE
    assert began == [["a"], ["a"]]
    turns, interval = Turns(), Interval("check", timedelta(minutes=5), timedelta(minutes=5))
    assert turns.take(interval, NOW, 1)
    assert not turns.take(interval, NOW + timedelta(minutes=1), 1)
    assert turns.take(interval, back, 1)


def test_a_pause_of_a_site_does_not_outlast_a_clock_that_goes_back() -> None:
    times: dict[str, datetime] = {"a": NOW}
    began: list[list[str]] = []
    rounds = Rounds(lambda: times, began.append, 2)
    ahead = NOW + timedelta(days=30)
    rounds.tick(ahead)
    rounds.ended(["a"])
    rounds.tick(ahead + HOUR)  # which finds the site as it was
    began.clear()
    rounds.tick(NOW)
    rounds.tick(NOW + HOUR + timedelta(minutes=1))
    assert began == [["a"]]


def test_the_scheduler_says_that_it_runs_and_wakes_when_the_clock_goes_back(
    rooms: Callable[..., Room], monkeypatch: pytest.MonkeyPatch
) -> None:
    room, now = rooms(), [NOW]
    monkeypatch.setattr(scheduler, "_now", lambda: now[0])
    one = scheduler.Scheduler(room.store, Worker(["true"]), 1, partial(enrol, room.sites))
    one._poll()
    with room.store.reading() as connection:
        assert heartbeats.last_beat(connection) == heartbeats.began(connection) == NOW
    one._clock = ClockWatch(lambda: now[0], lambda: 0.0)
    now[0] -= HOUR
    turns = iter([False, True])
    monkeypatch.setattr(one._over, "wait", lambda _: next(turns))
    one._watch_clock()
    assert one._scheduler.get_job("poll").next_run_time == now[0]
    one._next_beat = 0.0
    one._poll()
    with room.store.reading() as connection:
        (jump,) = heartbeats.jumps_between(connection, now[0], now[0])
        assert (jump.seconds, heartbeats.last_beat(connection)) == (-3600, now[0])
    assert "60 minutes back" in room_clock(room, now[0])
    one._held.close()


def room_clock(room: Room, now: datetime) -> str:
    (seen,) = [seen for one, seen in health(room.store, room.sites, now) if one.name == "clock"]
    return seen.evidence


def test_a_jump_is_told_from_time_that_has_passed() -> None:
    wall, passed = [NOW], [0.0]
    clock = ClockWatch(lambda: wall[0], lambda: passed[0])
    for jump, expected in ((0, 0), (2, 0), (-3600, -3600), (0, 0), (86_400, 86_400), (-29, 0)):
        wall[0] += timedelta(seconds=10 + jump)
        passed[0] += 10
        assert clock.jump() == timedelta(seconds=expected)


# --- what a site says ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("said", ["1763000000", "9" * 30, "4000000000", "-5", "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_no_retry_after_ends_the_watch_of_a_site(rooms: Callable[..., Room], said: str) -> None:
    room = rooms()
    room.enrol()
    room.newsroom.misbehave("songda", status=429, retry_after=said)
    (report,) = room.crawl(due=True)
    assert report.error is not None
    assert report.error.startswith("rate_limited")
    assert all(room.now() + timedelta(minutes=10) < at < room.now() + timedelta(days=3) for at in room.next_times())
    room.newsroom.behave("songda")
    room.world.now = max(room.next_times()).astimezone(VIETNAM)
    assert room.crawl(due=True)[0].created


# --- nobody polls, or too late --------------------------------------------------------------------------------------


def test_a_watch_without_a_scheduler_is_not_green(
    rooms: Callable[..., Room], capsys: pytest.CaptureFixture[str]
) -> None:
    room = rooms(sites=2)
    room.crawl(due=False)
    assert room.found() == {}, "who crawls by hand needs no scheduler"
    room.enrol()
    room.crawl(due=True)
    assert room.found() == {}
    room.world.advance(hours=30)
    found = room.found()
    assert found.keys() == {("schedule", None, "")}, "one reason for all sites"
    assert "it ran last 30 hours ago" in found["schedule", None, ""].evidence
    assert command("check", "--store", room.url, "--newsroom", room.newsroom.url) == 1
    assert "to do: start it: thoisu schedule" in capsys.readouterr().out
    assert command("status", "--store", room.url) == 0
    out = capsys.readouterr().out
    assert "schedule    since" in out
    assert "to do: start it: thoisu schedule" in out
    room.beat()
    room.crawl(due=True)
    assert room.found() == {}


def test_a_look_that_is_overdue_though_the_scheduler_runs(rooms: Callable[..., Room]) -> None:
    room = rooms(sites=2)
    room.enrol()
    room.crawl(due=True)
    room.world.now = max(room.next_times()).astimezone(VIETNAM) + timedelta(hours=13)
    room.beat()
    room.crawl(due=True, sites=Sites([room.sites["songda"]]))
    found = room.found()
    assert found.keys() == {("overdue", "hongha", "")}
    assert " are let pass: " in found["overdue", "hongha", ""].evidence
    room.crawl(due=True)
    assert room.found() == {}


def test_what_fell_due_while_nobody_polled_is_not_the_new_schedulers_fault(rooms: Callable[..., Room]) -> None:
    room = rooms()
    room.enrol()
    room.crawl(due=True)
    room.world.now = max(room.next_times()).astimezone(VIETNAM) + timedelta(hours=30)
    with room.store.writing() as connection:
        heartbeats.begin(connection, room.now())
    room.beat()
    assert room.found() == {}
    room.world.advance(hours=14)
    room.beat()
    assert room.found().keys() == {("overdue", "songda", "")}


def test_a_look_is_not_overdue_within_its_rule(rooms: Callable[..., Room]) -> None:
    room = rooms()
    room.enrol()
    room.crawl(due=True)
    room.world.now = min(room.next_times()).astimezone(VIETNAM) + timedelta(minutes=50)
    room.beat()
    assert room.found() == {}


# --- a site that never gave anything ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ({"status": 500, "path": "robots.txt"}, "server_error"),
        ({"status": 429, "path": "robots.txt"}, "rate_limited"),
        ({"status": 500}, "server_error"),
        ({"status": 403, "path": "rss|sitemap|xml"}, "forbidden"),
        ({"html_for_feed": True}, "html_for_feed"),
    ],
)
@pytest.mark.parametrize("due", [True, False])
def test_a_site_that_is_dead_from_the_first_day(
    rooms: Callable[..., Room], fault: dict[str, Any], reason: str, due: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    room = rooms(sites=2)
    if due:
        room.enrol()
    room.newsroom.misbehave("songda", **fault)
    room.crawl(due=due)
    found = room.found()
    assert found.keys() == {("reach", "songda", "")}
    assert reason in found["reach", "songda", ""].evidence
    assert "it has never given anything" in found["reach", "songda", ""].evidence
    assert command("status", "--store", room.url) == 0
    assert "reach  songda  since " in capsys.readouterr().out
    room.newsroom.behave("songda")
    room.world.advance(hours=3)
    room.crawl(due=False)
    room.beat()
    assert ("reach", "songda", "") not in room.found()


@pytest.mark.parametrize(("name", "others", "within_a_day"), [("songda", None, set()), ("songda", 500, {"songda"})])
def test_sources_that_are_empty_at_first_have_a_day(
    rooms: Callable[..., Room], name: str, others: int | None, within_a_day: set[str]
) -> None:
    room = rooms(articles=0)
    if others:
        room.newsroom.misbehave(name, status=others, path="sitemap")
    room.crawl(due=False)
    assert {site for _, site, _ in room.found()} == within_a_day, "by night there is no news yet"
    room.world.advance(hours=25)
    room.crawl(due=False)
    assert room.found().keys() == {("reach", name, "")}


def test_a_site_whose_name_is_not_found(rooms: Callable[..., Room]) -> None:
    room = rooms()
    room.sites |= Sites(
        [replace(PAPER, name="gone", home="https://bao.invalid/", sources=(Feed("https://bao.invalid/"),))]
    )
    room.crawl(due=False)
    assert [(name, site) for name, site, _ in room.found()] == [("reach", "gone")]


def test_a_site_that_closes_its_robots_txt_later(rooms: Callable[..., Room]) -> None:
    room = rooms()
    room.crawl(due=False)
    room.newsroom.misbehave("songda", status=500, path="robots.txt")
    for number in range(3):
        assert room.found() == {}, number
        room.world.advance(hours=1)
        room.crawl(due=False)
    assert room.found().keys() == {("reach", "songda", "")}


def test_a_site_of_whose_pages_none_can_be_read(rooms: Callable[..., Room]) -> None:
    room = rooms()
    room.newsroom.misbehave("songda", status=403, path="post")
    room.crawl(due=False)
    found = room.found()
    assert ("reach", "songda", "pages") in found
    assert "none could be read: forbidden " in found["reach", "songda", "pages"].evidence


@pytest.mark.parametrize("same", [True, False])
def test_a_site_of_whose_pages_few_say_anything_of_their_own(
    rooms: Callable[..., Room], monkeypatch: pytest.MonkeyPatch, same: bool
) -> None:
    room, pages = rooms(articles=40), list[bytes]()
    usual = room.newsroom._answers.answer

    def answer(paper: Paper, target: str, headers: dict[str, str]) -> Reply:
        given = usual(paper, target, headers)
        if "post" in target:
            pages.append(given.body)
            given.body = pages[0] if same else given.body if len(pages) % 5 == 0 else NO_TEXT
        return given

    monkeypatch.setattr(room.newsroom._answers, "answer", answer)
    room.crawl(due=False)
    found = room.found()
    assert found.keys() == {("reach", "songda", "pages")}
    told = found["reach", "songda", "pages"].evidence
    assert "pages gave a text of their own: " in told
    assert ("with the text of another" if same else "no_body") in told
    monkeypatch.undo()
    room.world.advance(hours=24 * 29)
    room.crawl(due=False)
    assert ("reach", "songda", "pages") not in room.found()


@pytest.mark.parametrize(("days", "found"), [(5, set()), (11, {("silence", "songda", "")})])
def test_a_site_whose_sources_stand_still_from_the_first_day(
    rooms: Callable[..., Room], days: int, found: set[tuple[str, str, str]]
) -> None:
    room = rooms()
    room.newsroom.misbehave("songda", stuck=True)
    room.crawl(due=False)
    assert room.found() == {}
    room.world.advance(hours=24 * days)
    room.crawl(due=False)
    assert room.found().keys() == found


@pytest.mark.parametrize(("frozen", "jumped"), [(True, 0), (False, 0), (True, 3)])
def test_a_source_that_stands_still_while_others_go_on(tmp_path: Path, frozen: bool, jumped: int) -> None:
    urls = [f"{PAPER.home}home.rss", f"{PAPER.home}huyen.rss"]
    paper = replace(PAPER, name="bao", sources=tuple(map(Feed, urls)))
    with Store.open(f"sqlite:///{tmp_path / 'store.db'}") as store:
        for hour in range(30 * 24, 0, -4):
            at = NOW - hour * HOUR
            for number, url in enumerate(urls):
                link = Link(f"{PAPER.home}tin-{number}-post{10_000 + hour}.html", "Tin", at)
                stands = frozen and number == 1 and hour < 6 * 24
                state = SourceState(url=url, site="bao", checked_at=at, last_status="304" if stands else "200")
                store.save_source(state, [link] * (not stands), "bao")
        with store.writing() as connection:
            heartbeats.note_jump(connection, heartbeats.Jump(NOW - 9 * HOUR, jumped * 86_400, 0))
        found = [one for one in check(store, Sites([paper]), NOW) if one.name == "silence"]
    assert [one.subject for one in found] == urls[1:] * frozen
    assert all(f"{5 - jumped} days without a new article" in one.evidence for one in found)


# --- what could not be checked ----------------------------------------------------------------------------------------


def test_a_check_that_breaks_is_a_finding_and_ends_none(
    rooms: Callable[..., Room], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    room = rooms()
    room.newsroom.misbehave("songda", status=500, path="robots.txt")
    room.crawl(due=False)
    (before,) = room.found().values()

    def broken(_: View) -> Iterator[Observation]:
        raise KeyError("songda")
        yield

    order = [replace(one, run=broken) if one.name in ("reach", "gaps") else one for one in monitor._IN_ORDER]
    monkeypatch.setattr(monitor, "_IN_ORDER", order)
    found = room.found()
    assert found.keys() == {("reach", "songda", ""), ("checks", None, "reach"), ("checks", None, "gaps")}
    assert found["reach", "songda", ""].id == before.id
    monkeypatch.undo()
    assert [one.id for one in room.found().values()] == [before.id]


def test_check_that_cannot_check_says_so_by_its_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "junk.db").write_bytes(b"no database at all" * 100)
    for url in (f"sqlite:///{tmp_path / 'gone.db'}", f"sqlite:///{tmp_path / 'junk.db'}", "postgresql://127.0.0.1:1/x"):
        assert command("check", "--store", url) == 1
        assert len(capsys.readouterr().err.splitlines()) == 1
    assert not (tmp_path / "gone.db").exists()
    assert command("check", "nhandann", "--store", "sqlite:///gone.db") == 2


# --- what is shown ----------------------------------------------------------------------------------------------------


def test_status_shows_what_a_crawl_by_hand_did(rooms: Callable[..., Room], capsys: pytest.CaptureFixture[str]) -> None:
    room = rooms(sites=2)
    (report, _) = room.crawl(due=False)
    command("status", "--store", room.url)
    out = capsys.readouterr().out
    assert f"{report.site}\t-\t-\t-\t-\t-\t-\tnot scheduled; crawled by hand " in out
    assert f"{report.created} new" in out
    room.newsroom.misbehave("songda", status=500, path="robots.txt")
    room.enrol()
    room.crawl(due=False)
    command("status", "songda", "--store", room.url)
    out = capsys.readouterr().out
    assert "crawled by hand" in out
    assert "failed: server_error: 500" in out
    with room.store.reading() as connection:
        run = runs.last(connection, "songda", by_hand=True)
    assert run is not None
    assert (run.failures, run.at) == (1, room.now())


@pytest.mark.usefixtures("terminal")
def test_a_date_of_another_year_has_its_year(rooms: Callable[..., Room], capsys: pytest.CaptureFixture[str]) -> None:
    room = rooms()
    room.off = timedelta(days=-400)
    room.enrol()
    room.crawl(due=True)
    command("status", "--store", room.url)
    assert " 02/07/2025 " in capsys.readouterr().out


def test_gaps_say_what_nobody_ever_asked(rooms: Callable[..., Room], capsys: pytest.CaptureFixture[str]) -> None:
    room = rooms()
    span = DayRange(day_of(NOW) - timedelta(days=9), day_of(NOW) + timedelta(days=1))
    room.enrol()
    asked = span._replace(last=day_of(NOW))
    july = span._replace(last=date(2026, 7, 31))
    assert never_asked(room.store, "songda", span, room.now()) == [asked]
    first, last = str(asked.first), str(asked.last)
    assert command("gaps", "--since", first, "--until", last, "--store", room.url) == 0
    out = capsys.readouterr().out
    assert "songda: never asked in these days" in out
    assert "nothing is known to be missing" not in out
    room.crawl(due=False)
    assert never_asked(room.store, "songda", span, room.now()) == [july], "the sitemap of August holds the others"
    assert command("gaps", "--since", first, "--until", last, "--store", room.url) == 0
    out = capsys.readouterr().out
    assert "songda: never asked on 28/07–31/07" in out
    assert command("gaps", "--since", first, "--until", last, "--json", "--store", room.url) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["never_asked"] == [["2026-07-28", "2026-07-31"]]
    assert command("gaps", "--since", last, "--until", last, "--store", room.url) == 0
    assert "never asked" not in capsys.readouterr().out


# --- what else has a time ---------------------------------------------------------------------------------------------


def test_a_check_a_digest_and_a_robots_txt_of_a_clock_that_was_ahead_hold_up_nothing(
    rooms: Callable[..., Room],
) -> None:
    room = rooms()
    room.enrol()
    room.newsroom.misbehave("songda", status=500, path="robots.txt")
    room.off = timedelta(days=366)
    room.crawl(due=True)
    check_due(room.store, room.sites, room.now())
    assert write_messages(room.store, room.now(), ["json://127.0.0.1:9/"]) > 0
    with room.store.writing() as connection:
        robots.remember(connection, "http://a", room.now(), b"x")
        connection.execute(findings_table.update().values(told_at=None))
    room.off = timedelta()
    with room.store.reading() as connection:
        assert findings.checked(connection, room.now() - HOUR, room.now()) == set()
        assert robots.remembered(connection, "http://a", room.now() - HOUR, room.now()) is None
    check_due(room.store, room.sites, room.now())
    with room.store.reading() as connection:
        assert findings.checked(connection, room.now() - HOUR, room.now()) == {"songda"}
    assert write_messages(room.store, room.now(), ["json://127.0.0.1:9/"]) > 0


@pytest.mark.parametrize(("seen", "found"), [(True, set()), (False, {("silence", "songda", "")})])
def test_what_a_clock_jumps_over_is_no_silence(
    rooms: Callable[..., Room], seen: bool, found: set[tuple[str, str, str]]
) -> None:
    room = rooms()
    room.crawl(due=False)
    room.off = timedelta(days=366)
    if seen:
        with room.store.writing() as connection:
            heartbeats.note_jump(connection, heartbeats.Jump(room.now(), room.off.total_seconds(), 0))
    room.world.advance(hours=1)
    room.crawl(due=False)
    assert room.found().keys() - {("clock", None, "")} == found


def test_a_gap_that_came_while_a_clock_was_ahead_is_told_when_it_is_right_again(rooms: Callable[..., Room]) -> None:
    """All of its days seem to have been listed whole long after."""
    room = rooms(articles=40)
    for _ in range(4):
        room.crawl(due=False)
        room.world.advance(hours=3)
    room.newsroom.misbehave("songda", flood=90)
    room.world.advance(hours=0.5)
    room.off = timedelta(hours=7)
    room.crawl(due=False)
    room.off = timedelta()
    room.world.advance(hours=0.5)
    assert ("gaps", "songda", "") in room.found()


def test_pages_of_days_to_come_make_no_silence_and_no_past(rooms: Callable[..., Room]) -> None:
    room = rooms()
    room.crawl(due=False)
    room.off = timedelta(days=200)
    room.newsroom.misbehave("songda", flood=5)
    room.crawl(due=False)
    room.off = timedelta()
    assert room.found() == {}
    with room.store.reading() as connection:
        view = View(room.store, connection, room.sites, room.now())
        assert view.polled_at("songda") == room.now()
        assert all(day <= day_of(room.now()) for day in (*view.pages("songda"), *view.tallies("songda")))


def test_a_finding_of_a_clock_that_was_ahead_is_of_today_and_takes_no_day_of_the_past(
    rooms: Callable[..., Room],
) -> None:
    room = rooms()
    room.enrol()
    room.crawl(due=True)
    room.newsroom.misbehave("songda", status=500)
    room.off = timedelta(days=366)
    for _ in range(3):
        room.crawl(due=False)
    (wrong,) = [one for one in room.found().values() if one.name == "refusals"]
    room.off = timedelta()
    right = room.found()["refusals", "songda", "server_error"]
    assert (right.id, right.opened_at) == (wrong.id, room.now())
    assert right.since <= room.now()
    with room.store.writing() as connection:
        findings.close(connection, [right.id], room.now() + timedelta(days=366))
        view = View(room.store, connection, room.sites, room.now(), closed=findings.closed(connection, room.now()))
        (span,) = view.spans("refusals", "songda", "server_error")
    assert span.closed == day_of(room.now())


def test_after_a_clock_that_was_ahead_there_is_one_digest_a_day(rooms: Callable[..., Room]) -> None:
    room, target = rooms(), ["json://127.0.0.1:9/"]
    with room.store.writing() as connection:
        findings.note(connection, "clocks", Observation(None, "ahead", NOW, "x"), None, NOW)
    assert write_messages(room.store, NOW + timedelta(days=366), target) == 1
    told = []
    for hours in (0, 2, 25):
        with room.store.writing() as connection:
            findings.note(connection, "clocks", Observation(None, f"new {hours}", NOW, "x"), None, NOW)
        told.append(write_messages(room.store, NOW + timedelta(hours=hours), target))
    assert told == [1, 0, 2]
