"""The monitor: what it finds on pages with faults, and that it finds nothing on pages without; on both databases."""

from __future__ import annotations

import dataclasses
import json
import shutil
from collections import namedtuple
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from math import log
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.alerts.targets import key
from crawler.archive import Archive, reread
from crawler.cli.main import main
from crawler.crawl.run import crawl
from crawler.extract import FALLBACK
from crawler.items import Article, Image, Link
from crawler.monitor import BY_NAME, CHECKS, Finding, check, check_due, folders_of, page_flags
from crawler.monitor import own_checks as machine
from crawler.monitor import read_feed as reading
from crawler.monitor.page_flags import EarlierPage, PageFlags
from crawler.monitor.shift import CALM, LEARN, RARE, FindingSpan, shift, unusual, upper
from crawler.monitor.silence import CHANCE, silence
from crawler.newsroom import Newsroom, World, newsroom_sites
from crawler.newsroom.families import papers
from crawler.newsroom.grammar import die
from crawler.newsroom.sources import section_feed_path
from crawler.sites import EPI, Feed, Site, Sites
from crawler.store import SourceState, Store, cursors, findings, quarantine, sink_cursors, tallies
from crawler.store.findings import Observation
from crawler.text import VIETNAM, content_hash, day_of
from tests.newsroom_bench import mended
from tests.support import T0, article, at

DAY = date(2026, 3, 2)
Days = list[tuple[date, list[tuple[int, int]]]]


# --- shares -----------------------------------------------------------------------------------------------------------


def days(*counts: tuple[int, int], first: date = DAY) -> Days:
    """Days of so many good and then so many bad trials."""
    return [(first + timedelta(days=n), [(0, good), (1, bad)]) for n, (good, bad) in enumerate(counts)]


def drawn(share: float, number: int, seed: int, *, a_day: int = 25) -> Days:
    rng = die(seed)
    return [(DAY + timedelta(days=n), [(int(rng.random() < share), 1) for _ in range(a_day)]) for n in range(number)]


@pytest.mark.parametrize("share", [0.0, 0.01, 0.05, 0.2, 0.4, 0.6, 0.95, 1.0])
def test_nothing_shifts_in_a_hundred_thousand_trials(share: float) -> None:
    for seed in range(4):
        every = drawn(share, 1000, seed)
        assert all(shift(every[:until]) is None for until in range(100, 1001, 100))


@pytest.mark.parametrize(("share", "pages"), [(0.0, 6), (0.05, 12), (0.2, 22), (0.4, 50)])
def test_a_total_loss_is_found_within_so_many_pages(share: float, pages: int) -> None:
    for seed in range(20):
        past = drawn(share, 28, seed)
        lost = [(DAY + timedelta(days=28), [(1, 1)] * pages)]
        found = shift(past + lost)
        assert found is not None
        assert found.usual_of == 28 * 25 - sum(
            count for day, trials in past if day >= found.since for _, count in trials
        )


def test_a_shift_says_when_it_began_and_what_was_usual() -> None:
    found = shift(days(*[(25, 0)] * 10, (20, 5), (25, 0), (5, 20), (5, 20)))
    assert found is not None
    assert found.since == DAY + timedelta(days=12)
    assert (found.bad, found.of, found.usual_bad, found.usual_of) == (40, 50, 5, 300)


def test_a_third_less_is_found_and_a_little_less_is_not() -> None:
    third = [(DAY + timedelta(days=28 + n), [(0, 15), (1, 10)]) for n in range(3)]
    assert shift(drawn(0.02, 28, 1) + third) is not None
    little = [(DAY + timedelta(days=28 + n), [(0, 23), (1, 2)]) for n in range(60)]
    assert shift(drawn(0.05, 28, 1) + little) is None


def test_nothing_is_said_before_there_is_a_past() -> None:
    assert shift(days((LEARN - 1, 0), (0, 1000))) is None
    assert shift(days((LEARN, 0), (0, 1000))) is not None
    assert shift([]) is None


def test_a_finding_ends_after_good_trials_on_later_days() -> None:
    bad = days(*[(25, 0)] * 10, (0, 25))
    began = DAY + timedelta(days=10)
    open_ = [FindingSpan(began, began, None)]
    assert shift(bad, open_) is not None
    same_day = [*days(*[(25, 0)] * 10), (began, [(1, 25), (0, 100)])]
    assert shift(same_day, open_) is not None, "not on the day on which it was found"
    assert shift([*bad, *days((CALM - 1, 0), first=began + timedelta(days=1))], open_) is not None
    assert shift([*bad, *days((CALM, 0), first=began + timedelta(days=1))], open_) is None
    assert shift([*bad, *days((CALM - 1, 5), (CALM - 1, 0), first=began + timedelta(days=1))], open_) is not None


def test_a_finding_ends_when_nothing_bad_is_left_of_it() -> None:
    began = DAY + timedelta(days=10)
    assert shift(days(*[(25, 0)] * 10, (25, 0)), [FindingSpan(began, began, None)]) is None


def test_a_finding_stays_while_nothing_comes_and_while_it_stays_bad() -> None:
    began = DAY + timedelta(days=10)
    assert shift(days(*[(25, 0)] * 10), [FindingSpan(began, began, None)]) is not None
    assert shift(days(*[(25, 0)] * 10, *[(0, 25)] * 300), [FindingSpan(began, began, None)]) is not None


def test_the_days_of_an_earlier_finding_are_no_past_and_raise_none_again() -> None:
    began, ended = DAY + timedelta(days=10), DAY + timedelta(days=12)
    again = days(*[(25, 0)] * 10, (0, 25), (0, 25), (25, 0), *[(25, 0)] * 5)
    assert shift(again, [FindingSpan(began, began, ended)]) is None
    soon = days(*[(25, 0)] * 10, (0, 25), (0, 25), (10, 0), (5, 0))
    assert shift(soon) is not None
    assert shift(soon, [FindingSpan(began, began, ended)]) is None
    worse = [*again, *days((0, 25), first=DAY + timedelta(days=18))]
    found = shift(worse, [FindingSpan(began, began, ended)])
    assert found is not None
    assert (found.since, found.usual_bad) == (DAY + timedelta(days=18), 0)


def test_an_open_finding_of_which_the_past_says_nothing_is_not_this_ones() -> None:
    began = DAY + timedelta(days=1)
    assert shift(days((10, 0), (0, 25)), [FindingSpan(began, began, None)]) is None


def test_a_measure_leaves_its_usual_range() -> None:
    rng = die(1)
    past = [
        (DAY + timedelta(days=n), [(rng.choice((19, 20, 20, 20, 21, 22)), 1) for _ in range(25)]) for n in range(28)
    ]
    assert shift(past, judge=unusual) is None
    for value in (14, 30):
        found = shift([*past, (DAY + timedelta(days=28), [(value, 1)] * 12)], judge=unusual)
        assert found is not None
        assert found.bad == 12


@given(st.integers(0, 500), st.integers(1, 500))
def test_the_usual_share_is_never_taken_for_less_than_it_was(bad: int, of: int) -> None:
    bad = min(bad, of)
    assert bad / of <= upper(bad, of) <= 1 or upper(bad, of) == pytest.approx(1)
    assert upper(bad, of) > 0


@given(st.lists(st.lists(st.booleans(), max_size=40), max_size=30))
def test_days_without_a_bad_trial_shift_nothing(every: list[list[bool]]) -> None:
    good = [(DAY + timedelta(days=n), [(0, 1) for _ in trials]) for n, trials in enumerate(every)]
    assert shift(good) is None


# --- silence ----------------------------------------------------------------------------------------------------------


def published(weeks: int, seed: int, begin: datetime, *, a_day: float = 25, burst: int = 1) -> list[datetime]:
    """A Poisson process by day from 6 to 22, with half as much at weekends; in bursts of so many."""
    rng, times = die(seed), []
    for day in range(7 * weeks):
        start = begin + timedelta(days=day, hours=6)
        rate = a_day / burst / 16 * (0.5 if start.weekday() > 4 else 1.0)
        hour = rng.expovariate(rate)
        while hour < 16:
            times += [start + timedelta(hours=hour, minutes=n) for n in range(burst)]
            hour += rng.expovariate(rate)
    return sorted(times)


@pytest.mark.parametrize(("a_day", "burst"), [(3, 1), (25, 1), (25, 5), (120, 1)])
def test_no_silence_in_half_a_year(a_day: float, burst: int) -> None:
    begin = datetime(2026, 4, 6, tzinfo=VIETNAM)
    times = published(26, 1, begin, a_day=a_day, burst=burst)
    longest = sorted(pairwise(times), key=lambda pair: pair[0] - pair[1])[:60]
    for last, following in longest:
        since = max(begin, last - timedelta(days=56))
        assert silence([time for time in times if since <= time <= last], since, last, following) is None


@pytest.mark.parametrize("a_day", [3, 25, 120])
def test_a_silence_is_found_when_its_articles_are_due(a_day: float) -> None:
    begin = datetime(2026, 4, 6, tzinfo=VIETNAM)
    times = published(8, 2, begin, a_day=a_day)
    last = times[-1]
    until = next(
        last + timedelta(hours=hours)
        for hours in range(1, 24 * 60)
        if silence(times, begin, last, last + timedelta(hours=hours))
    )
    found = silence(times, begin, last, until)
    assert found is not None
    assert found.chance < CHANCE
    weekly = a_day * 6
    assert log(13 * weekly / CHANCE) * 0.8 < found.expected < log(13 * weekly / CHANCE) * 1.9
    assert found.since == last


def test_a_holiday_is_no_silence() -> None:
    # A paper that rests on Sundays; the first of the lunar year 2027 is Saturday, 6 February.
    begin = datetime(2026, 12, 7, tzinfo=VIETNAM)
    times = [time for time in published(12, 3, begin) if time.weekday() != 6]
    for wednesday, is_silence in ((datetime(2027, 1, 13, 23, tzinfo=VIETNAM), True),
                                  (datetime(2027, 2, 3, 23, tzinfo=VIETNAM), False)):  # fmt: skip
        before = [time for time in times if time < wednesday]
        assert bool(silence(before, begin, before[-1], wednesday + timedelta(days=3))) is is_silence


def test_a_silence_needs_a_past() -> None:
    begin = datetime(2026, 4, 6, tzinfo=VIETNAM)
    times = published(1, 2, begin)
    assert silence(times, begin, times[-1], times[-1] + timedelta(days=30)) is None
    assert silence([], begin, begin, begin + timedelta(days=90)) is None


# --- page flags -------------------------------------------------------------------------------------------------------


def full(n: int = 1, words: str = "Một dòng đủ dài để là đoạn văn của bài.", **fields: object) -> Article:
    given = {"authors": ("An",), "section": "Tin", "tags": ("a",), "images": (object(),), "layout": "epi"}
    return article(n, words, **{**given, **fields})


@pytest.mark.parametrize(
    ("fields", "letters"),
    [
        ({}, ""),
        ({"lead": None}, "l"),
        ({"authors": ()}, "a"),
        ({"published_at": None}, "p"),
        ({"section": None, "tags": (), "images": ()}, "sgi"),
        ({"layout": FALLBACK}, "f"),
    ],
)
def test_what_a_page_lacks(fields: dict[str, object], letters: str) -> None:
    assert page_flags.flags_of(full(**fields), []) == letters


def test_lines_and_titles_of_other_pages_are_odd() -> None:
    line = "Theo dõi chúng tôi trên các nền tảng mạng xã hội"
    before = [EarlierPage("Trước", frozenset({line})), EarlierPage("Nữa", frozenset({line}))]
    assert page_flags.flags_of(full(1, f"Bài mới.\n{line}"), before) == "r"
    assert page_flags.flags_of(full(1, f"Bài mới.\n{line}"), before[:1]) == ""
    assert page_flags.flags_of(full(1, title="Trước"), before) == "t"


def test_the_clock_of_a_page() -> None:
    def of(minutes: int, found: datetime | None = None) -> PageFlags:
        return page_flags.page(full(published_at=T0 + timedelta(minutes=minutes)), 1, T0, [], found)

    assert (of(10).flags, of(20).flags) == ("", "h")
    assert (of(20).minute, of(-20).minute, of(20).read) == (480, 460, 480), "T0 is eight o'clock"
    assert [of(-minutes, T0).lag for minutes in (0, 59, 60, 119, 120, 480)] == [0, 0, 1, 1, 2, 4]
    assert of(-20).lag is None


@given(st.lists(st.builds(PageFlags, st.integers(0), st.integers(), st.integers(0), st.text("tlapsgifrch"), st.integers(0, 60),
                          st.none() | st.integers(0, 20))))  # fmt: skip
def test_flags_are_read_as_they_were_written(pages: list[PageFlags]) -> None:
    assert page_flags.load(page_flags.dump(pages)) == pages


# --- the store --------------------------------------------------------------------------------------------------------

SITES = Sites([replace(newsroom_sites("http://127.0.0.1:1")["songda"], name="bao")])
NOW = T0 + timedelta(days=30)


def noted(store: Store, day: date) -> list[PageFlags]:
    with store.reading() as connection:
        return page_flags.of_days(connection, "bao", day).get(day, [])


@pytest.mark.parametrize("batch", [1, 2, 500])
def test_each_page_is_noted_once_when_it_is_first_read(
    store: Store, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:  # fmt: skip
    monkeypatch.setattr(reading, "_BATCH", batch)
    found = (Link(article(n).canonical_url) for n in range(1, 6))
    store.save_source(SourceState(url="https://bao.example/rss", checked_at=at(0)), found, "bao")
    for n in range(1, 4):
        store.save(article(n, f"Bài {n}"), at(10))
    reading.update(store, SITES, NOW)
    store.save(article(2, "Bài 2, sửa"), at(20))
    store.save(article(4, "Bài 1"), at(20))
    store.save(article(5, "Bài 2, sửa", site="hai"), at(20))
    reading.update(store, SITES, NOW)
    reading.update(store, SITES, NOW)
    pages = noted(store, T0.date())
    assert [page.id for page in pages] == [1, 2, 3, 0]
    assert [page_flags.OWN_COPY in page.flags for page in pages] == [False, False, False, True]
    assert pages[0].lag == 0
    with store.reading() as connection:
        assert cursors.position(connection, reading.READER) == 6


def test_of_two_monitors_at_once_one_notes(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    note = reading._note

    def slowly(*given: Any) -> Any:
        monkeypatch.setattr(reading, "_note", note)
        noted = note(*given)
        reading.update(store, SITES, NOW)
        store.save(article(2, "Bài 2"), at(11))
        reading.update(store, SITES, NOW)
        return noted

    store.save(article(1, "Bài 1"), at(10))
    monkeypatch.setattr(reading, "_note", slowly)
    reading.update(store, SITES, NOW)
    assert [page.id for page in noted(store, T0.date())] == [1, 2]


def test_a_page_of_the_past_tells_nothing_unless_a_live_source_names_it(store: Store) -> None:
    old = {"published_at": T0 - timedelta(days=30)}
    feed = SITES["bao"].sources[0].url
    store.save_source(SourceState(url=feed, checked_at=at(0)), [Link(article(2).canonical_url)], "bao")
    store.save(article(1, "Một", **old), at(10))
    store.save(article(2, "Hai", **old), at(10))
    reading.update(store, SITES, NOW)
    assert [page.id for page in noted(store, T0.date())] == [2]


def test_a_great_store_is_not_read_from_its_beginning(store: Store) -> None:
    for n in range(1, 9):
        store.save(article(n, f"Bài {n}", published_at=None), T0 + timedelta(days=n))
    reading.update(store, SITES, T0 + timedelta(days=5) + reading.KEPT)
    held = [page.id for n in range(9) for page in noted(store, (T0 + timedelta(days=n)).date())]
    assert held == [5, 6, 7, 8]


def test_tallies_add_up_by_day(store: Store) -> None:
    for day, counts in ((DAY, {"asked": 3, "gone": 1}), (DAY, {"asked": 2}), (DAY + timedelta(days=1), {"asked": 1})):
        with store.writing() as connection:
            tallies.add(connection, "bao", day, counts)
    with store.reading() as connection:
        assert tallies.counted(connection, "bao", DAY) == {
            DAY: {"asked": 5, "gone": 1},
            DAY + timedelta(days=1): {"asked": 1},
        }
        assert list(tallies.counted(connection, "bao", DAY + timedelta(days=1))) == [DAY + timedelta(days=1)]


def test_a_finding_opens_once_stays_and_closes_once(store: Store) -> None:
    seen = Observation("bao", "authors", T0, "3 of 4", ("https://bao.example/1",))
    with store.writing() as connection:
        findings.note(connection, "coverage", seen, None, at(1))
    with store.reading() as connection:
        (one,) = findings.opened(connection, ["bao"])
        assert findings.opened(connection, ["hai"]) == []
    with store.writing() as connection:
        findings.note(connection, "coverage", replace(seen, evidence="4 of 5"), one, at(2))
        (later,) = findings.opened(connection)
        assert later == replace(one, evidence="4 of 5", seen_at=at(2).astimezone(UTC))
        findings.close(connection, [one.id], at(3))
        assert findings.opened(connection) == []
        findings.note(connection, "coverage", seen, None, at(4))
        assert [later.id for later in findings.opened(connection)] != [one.id]


def polls(store: Store, *states: SourceState) -> None:
    for state in states:
        store.save_source(state, [], "bao")


def names(found: list[Finding]) -> list[tuple[str, str]]:
    return [(one.name, one.subject) for one in found]


def test_a_source_that_fails_three_times_is_a_finding_by_its_word(store: Store) -> None:
    feed = SITES["bao"].sources[0].url
    failing = SourceState(url=feed, last_status="forbidden", failures=2, checked_at=at(0), body_hash="x")
    polls(store, failing)
    assert names(check(store, SITES, at(1))) == []
    polls(store, replace(failing, failures=3))
    (found,) = check(store, SITES, at(1))
    assert (found.name, found.subject, found.site, found.examples) == ("refusals", "forbidden", "bao", (feed,))
    polls(store, replace(failing, last_status="200", failures=0))
    assert names(check(store, SITES, at(2))) == []


def test_a_file_of_today_that_is_not_there_yet_and_an_empty_new_section_are_none(store: Store) -> None:
    shard = SourceState(url="https://bao.example/2026-03-02.xml", last_status="not_found", failures=5, checked_at=at(0))
    empty = SourceState(url="https://bao.example/moi.rss", last_status="empty_source", failures=5, checked_at=at(0))
    polls(store, shard, empty)
    assert names(check(store, SITES, at(1))) == []
    polls(store, replace(empty, body_hash="x"))
    assert names(check(store, SITES, at(1))) == [("refusals", "empty_source")]


def test_a_lie_is_a_finding_for_a_week(store: Store) -> None:
    polls(store, SourceState(url="https://bao.example/rss", lies=1, trusted=False, checked_at=at(0)))
    with store.writing() as connection:
        tallies.add(connection, "bao", T0.date(), {tallies.LIES: 1, tallies.ASKED: 10})
    (found,) = check(store, SITES, at(1))
    assert (found.name, found.examples) == ("validators", ("https://bao.example/rss",))
    assert names(check(store, SITES, T0 + timedelta(days=7))) == [("validators", "")]
    assert names(check(store, SITES, T0 + timedelta(days=8))) == []
    assert names(check(store, SITES, T0 + timedelta(days=9))) == []


LINE = "Theo dõi chúng tôi trên các nền tảng mạng xã hội mỗi ngày"


def usual(number: int) -> str:
    return "\n".join(
        f"Đoạn {line} của bài {number} có chữ của riêng nó, không giống bài nào." for line in range(3 + number % 5)
    )


@pytest.mark.parametrize(
    ("name", "subject", "change"),
    [
        ("coverage", "title", {"title": "Báo của chúng tôi"}),
        ("coverage", "lead", {"lead": None}),
        ("coverage", "authors", {"authors": ()}),
        ("coverage", "published_at", {"published_at": None}),
        ("coverage", "section", {"section": None}),
        ("coverage", "tags", {"tags": ()}),
        ("coverage", "images", {"images": ()}),
        ("layout", "fallback", {"layout": FALLBACK, "authors": (), "tags": ()}),
        ("layout", "length", {"words": lambda number: f"Ngắn {number}."}),
        ("layout", "boilerplate", {"words": lambda number: f"{usual(number)}\n{LINE}"}),
        ("clocks", "ahead", {"ahead": 120}),
        ("duplicates", "", {"words": lambda number: usual(number - 60)}),
    ],
)
def test_what_pages_lose_is_found_by_its_own_finding(
    store: Store, name: str, subject: str, change: dict[str, Any]
) -> None:  # fmt: skip
    def save(number: int, minutes: int, *, words: Any = usual, ahead: int = -10, **fields: Any) -> None:
        fields = {"published_at": at(minutes + ahead), "images": (Image("/a.jpg"),), **fields}
        store.save(full(number, words(number), **fields), at(minutes))

    for number in range(120):
        save(number, 24 * 60 * (number // 20))
    assert names(check(store, SITES, at(24 * 60 * 5 + 1))) == []
    for number in range(120, 140):
        save(number, 24 * 60 * 6, **change)
    (found,) = check(store, SITES, at(24 * 60 * 6 + 1))
    assert (found.name, found.site, found.subject) == (name, "bao", subject)
    assert found.since == datetime(2026, 3, 8, tzinfo=VIETNAM)
    assert found.evidence.startswith("20 of 20 since then, 0 of 100 before") or subject in ("boilerplate", "title")
    assert all(example.startswith("https://bao.example/bai-1") for example in found.examples)


def test_a_sink_that_is_an_hour_behind_is_a_finding_until_it_is_half_an_hour(store: Store) -> None:
    with store.writing() as connection:
        sink_cursors.begin(connection, "hook", T0)
    store.save(article(1), T0)
    store.save(article(2, "Hai"), at(40))
    assert names(check(store, {}, at(59))) == []
    assert names(check(store, {}, at(60))) == [("delivery", "hook")]
    with store.writing() as connection:
        was = sink_cursors.state(connection, "hook")
        assert was is not None
        sink_cursors.advance(connection, was, 1, 1, None, at(75))
    assert names(check(store, {}, at(75))) == [("delivery", "hook")]
    assert names(check(store, {}, at(69))) == []


def test_a_disk_that_fills_is_a_finding_until_there_is_room_to_spare(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    usage = namedtuple("usage", "total used free")
    folders = {"archive": tmp_path / "not" / "yet"}
    for free, expected in ((machine.FREE, 0), (machine.FREE - 1, 1), (machine.FREE + 1, 1), (2 * machine.FREE, 0)):
        monkeypatch.setattr(shutil, "disk_usage", lambda _, free=free: usage(0, 0, free))
        assert len(check(store, {}, T0, folders=folders)) == expected


def test_each_site_is_checked_every_half_hour(store: Store, tmp_path: Path) -> None:
    feed = SITES["bao"].sources[0].url
    polls(store, SourceState(url=feed, last_status="forbidden", failures=3, checked_at=at(0)))

    def opened(minutes: int, sites: dict[str, Site] = SITES) -> list[tuple[str, str]]:
        check_due(store, sites, at(minutes), folders={})
        with store.reading() as connection:
            return names(findings.opened(connection))

    assert opened(1) == [("refusals", "forbidden")]
    polls(store, SourceState(url=feed, last_status="200", checked_at=at(2)))
    assert opened(20) == [("refusals", "forbidden")]
    assert opened(25, Sites([replace(SITES["bao"], name="hai")])) == [("refusals", "forbidden")], (
        "another site's check is no check of this"
    )
    assert opened(31) == []


def test_what_is_written_on_this_machine() -> None:
    here = {"database": Path("/srv"), "archive": Path("warc")}
    assert folders_of("sqlite:////srv/thoisu.db", Path("warc")) == here
    assert folders_of("postgresql://host/thoisu", None) == {}


# --- a quarter in small: a month of the past, then a fault for each paper -------------------------------------------

START = datetime(2026, 8, 3, tzinfo=VIETNAM)
PAST = 17  # days
STEP = 4  # hours


class Bench:
    """A newsroom whose past is in the store as a crawl every four hours would have brought it."""

    def __init__(self, room: Newsroom, folder: Path) -> None:
        self.room, self.world, self.folder = room, room.world, folder
        self.url = f"sqlite:///{folder / 'store.db'}"
        every = newsroom_sites(room.url, len(room.world.papers))
        self.sites = Sites(replace(site, sources=site.sources[:1]) for site in every.values())
        self.settings = {"THOISU_DELAY": 0, "THOISU_BUDGET": 100_000,
                         "THOISU_ARCHIVE": str(folder / "warc")}  # fmt: skip

    def live_through(self, days: int) -> None:
        """Let the past be, without asking for it."""
        with Store.open(self.url) as opened:
            for number in range(days * 24 // STEP):
                until = START + timedelta(hours=STEP * (number + 1))
                for name, site in self.sites.items():
                    self._note(opened, name, site, until)
                self.world.now = until
            check(opened, self.sites, until)

    def _note(self, opened: Store, name: str, site: Site, until: datetime) -> None:
        new = [story for story in self.world.stories[name] if self.world.now < story.visible_from <= until]
        links = [Link(self.world.url(story), published_at=story.published) for story in reversed(new)]
        state = SourceState(url=site.sources[0].url, last_status="200", checked_at=until)
        opened.save_source(state, links, name)
        for story in reversed(new):
            truth = {key: value for key, value in self.world.truth(story).items() if key != "copy_of"}
            text = content_hash(truth["lead"], truth["body"])
            opened.save(Article.from_dict({**truth, "content_hash": text}), until)
        with opened.writing() as connection:
            tallies.add(connection, name, day_of(until), {tallies.ASKED: len(new) + 3})

    def round(self) -> list[Finding]:
        now = self.world.advance(hours=STEP)
        crawl(self.sites, store_url=self.url, newsroom=self.room.url, settings=self.settings, now=lambda: now)
        with Store.open(self.url) as opened:
            return check(opened, self.sites, now)


@dataclass(frozen=True)
class Fault:
    """What is done to a paper, what must be found, within how many rounds; and how it is undone after a day."""

    begin: Callable[[Bench], object]
    finding: tuple[str, str]
    rounds: int
    end: Callable[[Bench], object] | None = None


def _replace_feed(bench: Bench) -> None:
    bench.room.misbehave("cuulong", home_feed=True, path=section_feed_path(bench.world.paper("cuulong")))


SEVENTH, EIGHTH = (paper.name for paper in papers(8)[6:])
FAULTS = {
    "songda": Fault(lambda bench: bench.room.misbehave("songda", redesign=True), ("layout", "fallback"), 6),
    "hongha": Fault(lambda bench: bench.room.misbehave("hongha", silence=24), ("silence", ""), 6),
    "truongson": Fault(lambda bench: bench.room.misbehave("truongson", validators="always-304"), ("validators", ""), 11),
    "bachdang": Fault(
        lambda bench: bench.room.misbehave("bachdang", clock=9), ("clocks", "ahead"), 6,
        lambda bench: bench.room.misbehave("bachdang", clock=-9),
    ),
    "biencuong": Fault(
        lambda bench: bench.room.misbehave("biencuong", status=403), ("refusals", "forbidden"), 3,
        lambda bench: bench.room.behave("biencuong"),
    ),
    "cuulong": Fault(_replace_feed, ("refusals", "home_feed"), 3, lambda bench: bench.room.behave("cuulong")),
    SEVENTH: Fault(lambda bench: bench.room.misbehave(SEVENTH, flood=60), ("gaps", ""), 1),
    EIGHTH: Fault(lambda bench: bench.room.misbehave(EIGHTH, clock=-9), ("clocks", "behind"), 15),
}  # fmt: skip
"""The delays that the checks state, in rounds of four hours."""


@pytest.fixture
def bench(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Bench]:
    count = getattr(request, "param", 1)
    world = World(seed=5, sites=count, articles=25 * (PAST + 6), start=START, now=START)
    with Newsroom(world) as room:
        bench = Bench(room, tmp_path)
        if count > 1:
            paper = world.paper("cuulong")
            section = Feed(world.root(paper) + section_feed_path(paper))
            bench.sites |= Sites([replace(bench.sites["cuulong"], sources=(*bench.sites["cuulong"].sources, section))])
        bench.live_through(PAST)
        yield bench


@pytest.mark.parametrize("bench", [len(FAULTS)], indirect=True)
def test_each_fault_is_found_by_its_own_finding_in_time_and_nothing_without_one(bench: Bench) -> None:
    for _ in range(2):
        assert names(bench.round()) == []
    for fault in FAULTS.values():
        fault.begin(bench)
    first: dict[tuple[str | None, str, str], int] = {}
    for number in range(1, 16):
        found = bench.round()
        for one in found:
            first.setdefault((one.site, one.name, one.subject), number)
        if number == 6:
            for fault in FAULTS.values():
                if fault.end:
                    fault.end(bench)
    for site, fault in FAULTS.items():
        assert first.get((site, *fault.finding), 99) <= fault.rounds, (site, fault.finding, first)
    # What follows from a fault is seen as well: a site whose lies hide the news looks silent.
    assert {key for key in first if (FAULTS[key[0] or ""].finding) != key[1:]} <= {("truongson", "silence", "")}
    still = {one.site for one in found}
    assert not still & {"hongha", "bachdang", "biencuong", "cuulong"}, names(found)
    assert {"songda", SEVENTH} <= still, "a layout and a gap wait for somebody"


def test_a_redesign_heals_when_the_layout_is_mended_and_the_archive_reread(bench: Bench) -> None:
    bench.round()
    bench.room.misbehave("songda", redesign=True)
    found: list[Finding] = []
    while not found:
        found = bench.round()
    (drift,) = found
    assert (drift.name, drift.subject) == ("layout", "fallback")
    assert drift.since == datetime.combine(day_of(bench.world.now), datetime.min.time(), VIETNAM)
    with pytest.raises(SystemExit):
        main([*drift.examples[0].split()[1:-1], str(bench.folder / "kept"), "--store", bench.url])
    cases = list((bench.folder / "kept" / "songda").iterdir())
    assert len(cases) == 2
    for case in cases:
        kept = json.loads((case / "article.json").read_text("utf-8"))
        assert {path.name for path in case.iterdir()} == {"page.html", "article.json", "origin.json"}
        assert kept["layout"] == FALLBACK
        assert kept["title"] in (case / "page.html").read_text("utf-8")
    stored = _stored(bench)
    truth = {row["canonical_url"]: row for row in bench.world.record()["songda"]}
    assert stored.keys() == truth.keys(), "the fallback keeps articles coming"
    bench.sites |= Sites([dataclasses.replace(bench.sites["songda"], layout=mended(EPI))])
    with Archive(bench.folder / "warc") as archive, Store.open(bench.url) as opened:
        archive.catch_up()
        for one in list(reread.review(archive, opened, bench.sites)):
            reread.write(opened, one)
        assert check(opened, bench.sites, bench.world.now) == []
    stored = _stored(bench)
    assert {article.layout for article in stored.values()} == {EPI.name}
    assert all(stored[url].body == row["body"] for url, row in truth.items())
    assert bench.round() == []


def _stored(bench: Bench) -> dict[str, Article]:
    with Store.open(bench.url) as opened:
        rows = opened.articles(limit=None)
        return {row.canonical_url: opened.revision(row.id, row.revision) for row in rows}


def test_the_home_feed_is_known_though_it_was_not_looked_at(bench: Bench) -> None:
    paper = bench.world.paper("songda")
    home, section = bench.sites["songda"].sources[0], Feed(bench.world.root(paper) + section_feed_path(paper))
    bench.sites |= Sites([replace(bench.sites["songda"], sources=(home, section))])
    bench.round()
    bench.room.misbehave("songda", home_feed=True, path=section_feed_path(paper))
    (report,) = crawl(
        bench.sites, store_url=bench.url, newsroom=bench.room.url, sources=(section.url,), settings=bench.settings,
        now=lambda: bench.world.now,
    )  # fmt: skip
    assert report.refused == {"home_feed": 1}


def test_pages_of_a_doubtful_layout_are_kept_though_it_reads_them(bench: Bench) -> None:
    with Store.open(bench.url) as opened, opened.writing() as connection:
        findings.note(connection, "layout", Observation("songda", "length", bench.world.now, ""), None, bench.world.now)
    bench.world.advance(hours=8)
    bench.round()
    with Store.open(bench.url) as opened, opened.reading() as connection:
        assert len(quarantine.listed(connection, ["songda"], reason=quarantine.EXAMPLE)) == 2


# --- the commands ---------------------------------------------------------------------------------------------------


def command(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    return int(ended.value.code or 0)


def test_check_says_what_is_wrong_and_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    url = f"sqlite:///{tmp_path / 'store.db'}"
    Store.open(url).close()
    assert command("check", "--store", url) == 0
    assert capsys.readouterr().out == "nothing to check: no site has given anything yet\n"
    with Store.open(url) as opened:
        state = SourceState(
            url="https://nhandan.vn/rss", last_status="forbidden", failures=9, checked_at=datetime.now(UTC)
        )
        opened.save_source(state, [], "nhandan")
    assert command("check", "nhandan", "--store", url, "--json") == 1
    row = json.loads(capsys.readouterr().out)
    assert (row["name"], row["site"], row["subject"]) == ("refusals", "nhandan", "forbidden")
    assert row["says"]
    assert row["advice"]
    assert command("check", "--store", url) == 1
    out = capsys.readouterr().out
    assert "refusals  nhandan forbidden  since " in out
    assert "to do: " in out
    assert max(map(len, out.splitlines())) <= 80
    assert command("check", "nhandann", "--store", url) == 2
    assert "did you mean nhandan" in capsys.readouterr().err


def test_check_says_at_how_many_sites_and_whom_it_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    url = f"sqlite:///{tmp_path / 'store.db'}"
    with Store.open(url) as opened:
        opened.save(article(1, "Một.", site="nhandan"), datetime.now(UTC))
        opened.save(article(2, "Hai.", site="songda"), datetime.now(UTC))
    assert command("check", "--store", url) == 0
    assert capsys.readouterr() == (
        "nothing is wrong at 1 site\n",
        "not checked, as no definition names them: songda (papers of a newsroom: --newsroom URL)\n",
    )
    alone = f"sqlite:///{tmp_path / 'alone.db'}"
    with Store.open(alone) as opened:
        opened.save(article(1, "Một.", site="songda"), datetime.now(UTC))
    assert command("check", "--store", alone) == 0
    assert capsys.readouterr().out == "", "something has given articles"
    with Newsroom(World(seed=3, sites=2, articles=1)) as room:
        assert command("check", "--store", url, "--newsroom", room.url) == 0
    assert capsys.readouterr().out == "nothing is wrong at 1 site\n"


def test_check_lists_what_is_checked(capsys: pytest.CaptureFixture[str]) -> None:
    assert command("check", "--list", "--json") == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["name"] for row in rows] == [one.name for one in CHECKS] == list(BY_NAME)
    assert all(all(row.values()) for row in rows)


def test_alerts_by_hand(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    url = f"sqlite:///{tmp_path / 'store.db'}"
    assert command("alerts", "add", "(", "--store", url) == 2
    assert capsys.readouterr().err == "thoisu: words are missing behind (\n"
    assert not (tmp_path / "store.db").exists()
    assert command("alerts", "add", "nước sạch+ or Huế", "--site", "nhandan", "--store", url) == 0
    assert capsys.readouterr() == (
        'alert 1: "nước sạch. or huế", in what comes from now on at nhandan\n',
        '"or" is looked for as a word; AND, OR and NOT are written in capitals\n'
        "signs are not looked for: +\n"
        "nobody is notified yet: give --notify, or set THOISU_NOTIFY\n",
    )
    assert command("alerts", "add", "nước", "--site", "songda", "--store", url) == 2
    assert "no site is called 'songda'" in capsys.readouterr().err
    with Store.open(url) as opened:
        opened.save(article(1, "Có nước sạch.", site="songda"), T0)
    assert command("alerts", "add", "nước", "--site", "songda", "--store", url) == 0
    assert command("alerts", "remove", "2", "--store", url) == 0
    assert command("alerts", "remove", "2", "--store", url) == 2


@pytest.mark.usefixtures("terminal")
def test_alerts_say_what_was_sent_and_what_waits_and_why(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    url, target = f"sqlite:///{tmp_path / 'store.db'}", "json://127.0.0.1:9/GEHEIM?+X-Auth-Token=GEHEIM"
    command("alerts", "add", "nước sạch\nOR \x1bHuế", "--notify", target, "--store", url)
    with Store.open(url) as opened:
        opened.save(article(1, "Có nước sạch.", site="nhandan"), T0)
    shown = f"json://127.0.0.1:9/… ({key(target)[:4]})"
    reason = "A Connection error occurred sending JSON notification to 127.0.0.1. (Connection refused)"
    capsys.readouterr()
    assert command("alerts", "run", "--store", url) == 1
    run = capsys.readouterr().out
    assert run.startswith(
        f"new in messages: 1 page, 0 findings\n0 messages sent, 1 could not be\n   {shown}: 1 message "
    )
    assert reason in " ".join(run.split())
    assert command("alerts", "run", "--store", url, "--json") == 1
    row = json.loads(capsys.readouterr().out)
    assert (row["pages"], row["findings"], row["sent"], row["waiting"]) == (0, 0, 0, 1)
    assert [(one["target"], one["messages"], one["reason"]) for one in row["failing"]] == [(shown, 1, reason)]
    assert command("alerts", "list", "--store", url) == 0
    out = capsys.readouterr().out
    lines = out.splitlines()
    assert lines[0] == "1  nước sạch OR \N{REPLACEMENT CHARACTER}Huế"
    assert lines[2:4] == [f"   to {shown}", "   1 page found, 0 of them sent, 1 waits"]
    assert reason in " ".join(out.split())
    assert max(map(len, lines)) <= 80
    assert command("alerts", "list", "--store", url, "--json") == 0
    row = json.loads(capsys.readouterr().out)
    assert (row["notify"], row["found"], row["sent"], row["waiting"]) == ([shown], 1, 0, 1)
    assert [(one["pages"], one["reason"]) for one in row["targets"]] == [(1, reason)]
    assert "GEHEIM" not in f"{run}{out}{row}"


def test_what_the_checks_say_is_what_they_do() -> None:
    assert RARE == 1_000_000
    assert "one false finding in a million" in BY_NAME["coverage"].bound
    assert machine.FREE == 2 * 2**30
    assert BY_NAME["disk"].bound == "2 GB"
