"""The ledger: what each route claims, and that nothing is missing without a hole that says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.backfill.gap_jobs import jobs_for
from crawler.backfill.gaps import Gap, gaps
from crawler.backfill.ledger import completeness, entries
from crawler.backfill.spider import backfill
from crawler.crawl.run import crawl
from crawler.discover import (
    DayRange,
    WindowItem,
    claimed_day,
    made_on,
    overlaps,
    published_in,
    span_of,
    window_end,
    window_reach,
)
from crawler.discover.overlap import in_place
from crawler.errors import Refusal
from crawler.items import Link
from crawler.monitor.store_checks import verify
from crawler.newsroom import Newsroom, World, newsroom_sites
from crawler.newsroom.sources import section_feed_path
from crawler.sites import Feed, Site
from crawler.store import SourceState, Store
from crawler.text import VIETNAM, day_of
from tests.support import article, url_of

MONDAY = datetime(2026, 3, 2, 8, 0, tzinfo=VIETNAM)
FEED, OTHER = "https://bao.example/rss", "https://bao.example/sitemaps/news-2026-3.xml"
PATIENT = {"THOISU_DELAY": 0, "THOISU_BACKOFF_FIRST": 0.01, "RETRY_TIMES": 0, "THOISU_BUDGET": 1_000_000}


def at(hours: float) -> datetime:
    return MONDAY + timedelta(hours=hours)


def link(n: int, hours: float | None = None) -> Link:
    return Link(url_of(n), f"Tin {n}", published_at=None if hours is None else at(hours))


def state(hours: float, url: str = FEED, status: str = "200", route: str | None = None) -> SourceState:
    whole = at(hours) if status == "200" else None
    return SourceState(url=url, checked_at=at(hours), last_status=status, body_hash="x", route=route, whole_at=whole)


@pytest.fixture
def kept(address: str) -> Iterator[Store]:
    with Store.open(address) as opened:
        yield opened
        assert verify(opened) == []


def poll(store: Store, hours: float, found: list[Link], **about: str) -> None:
    store.save_source(state(hours, **about), found, "bao", window=about.get("url", FEED) == FEED)


def causes(store: Store, days: int = 3, hours: float = 24 * 30) -> list[tuple[str, str, str]]:
    span = DayRange(MONDAY.date() - timedelta(days=1), MONDAY.date() + timedelta(days=days))
    return [(gap.cause, f"{gap.first:%d}", f"{gap.last:%d}") for gap in gaps(store, "bao", span, at(hours))]


# --- windows ---------------------------------------------------------------------------------------------------------


def window(*items: tuple[float | None, bool]) -> list[WindowItem]:
    return [WindowItem(None if hours is None else at(hours), known) for hours, known in items]


@pytest.mark.parametrize(
    ("items", "good"),
    [
        ([(9, False), (8, True), (7, True)], True),
        ([(9, False), (8, False), (7, False)], False),
        # A story that is pinned, at the top, in the middle or at the end, proves nothing.
        ([(1, True), (9, False), (8, False), (7, False)], False),
        ([(9, False), (1, True), (8, False), (7, False)], False),
        ([(9, False), (8, False), (30, True), (7, False)], False),
        # Without times every known entry counts.
        ([(None, False), (None, True)], True),
        ([(None, False), (None, False)], False),
        ([(9, False), (None, True), (None, True)], True),
    ],
)
def test_a_window_overlaps_when_something_in_its_place_was_known(items: list[tuple[float, bool]], good: bool) -> None:
    assert overlaps(window(*items)) is good


@given(st.lists(st.integers(0, 50), max_size=30))
def test_the_longest_run_is_in_order_and_as_long_as_any(hours: list[int]) -> None:
    run = in_place(window(*((hour, False) for hour in hours)))
    assert all(newer.at >= older.at for newer, older in pairwise(run) if newer.at and older.at)
    best = [1] * len(hours)
    for last in range(len(hours)):
        best[last] += max((best[n] for n in range(last) if hours[n] >= hours[last]), default=0)
    assert len(run) == max(best, default=0)


def test_a_window_reaches_to_the_oldest_entry_in_its_place() -> None:
    assert window_reach(window((1, False), (9, False), (8, False))) == at(8)
    assert window_reach(window((None, False))) is None
    assert window_reach([]) is None


def test_a_window_in_order_ends_somewhere_and_another_does_not() -> None:
    assert window_end(window((30, True), (9, False), (8, False))) == WindowItem(at(8), known=False)
    assert window_end(window(*((hour, True) for hour in range(20, 10, -1)), (30, False))) == WindowItem(
        at(11), known=True
    )  # pinned
    assert window_end(window((1, False), (9, False), (3, False), (8, False), (2, False))) is None
    assert window_end([]) is None


# --- days in addresses -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "days"),
    [
        ("/sitemaps/news-2026-8.xml", ("2026-08-01", "2026-08-31")),
        ("/sitemaps/sitemaps-2026-6-21-25.xml", ("2026-06-21", "2026-06-25")),
        ("/sitemap-article-2026-08-03.xml", ("2026-08-03", "2026-08-03")),
        ("/sitemaps/2026/2/article.xml", ("2026-02-01", "2026-02-28")),
        ("/sitemap/sitemap-post/2026-08-03.xml", ("2026-08-03", "2026-08-03")),
        ("/sitemaps/0/2026.xml", ("2026-01-01", "2026-12-31")),
        ("/x-20260803.xml", ("2026-08-03", "2026-08-03")),
        ("/sitemaps/google-news.xml", None),
        ("/sitemaps/0/top300article.xml", None),
        ("/news-2026-13.xml", None),
    ],
)
def test_the_days_of_a_shard_stand_in_its_address(path: str, days: tuple[str, str] | None) -> None:
    found = span_of(f"https://bao.example{path}")
    assert found == (days and DayRange(*map(date.fromisoformat, days)))


@pytest.mark.parametrize(
    ("path", "day"),
    [
        ("/tin-102260808153107034.htm", "2026-08-08"),
        ("/tin-10226080815310734.htm", "2026-08-08"),
        ("/tin-20240115130400123.htm", "2024-01-15"),
        ("/bai-viet/tin-1761234567", "2025-10-23"),
        ("/tin-169133117.htm", None),
        ("/tin-102269908153107034.htm", None),
        ("/tin-post976641.html", None),
    ],
)
def test_an_address_may_bear_the_day_on_which_it_was_made(path: str, day: str | None) -> None:
    assert made_on(f"https://bao.example{path}") == (day and date.fromisoformat(day))


@given(st.text(max_size=80))
def test_strange_addresses_name_no_day(path: str) -> None:
    span_of(f"https://bao.example/{path}")
    made_on(f"https://bao.example/{path}")


def test_what_a_link_says_of_its_day() -> None:
    july = DayRange(date(2026, 7, 1), date(2026, 7, 31))
    url = "https://bao.example/tin-1.html"
    changed = Link(url, modified_at=datetime(2026, 7, 10, 20, tzinfo=UTC))  # the 11th in Viet Nam
    late = Link(url, modified_at=datetime(2026, 9, 1, tzinfo=UTC))
    dated = Link(url, published_at=datetime(2026, 7, 3, tzinfo=UTC), modified_at=late.modified_at)
    stamped = Link("https://bao.example/tin-102260708153107034.htm")
    assert published_in(changed, july, exact=False) == DayRange(date(2026, 7, 1), date(2026, 7, 11))
    assert published_in(changed, july, exact=True) == DayRange(date(2026, 7, 11), date(2026, 7, 11))
    assert published_in(late, july, exact=False) == july
    assert published_in(dated, july, exact=False) == DayRange(date(2026, 7, 3), date(2026, 7, 3))
    assert published_in(stamped, None, exact=False) == DayRange(date(2026, 7, 8), date(2026, 7, 15))
    assert published_in(Link(url), None, exact=False) is None
    days = [claimed_day(one, july, datetime(2026, 9, 9, tzinfo=UTC)) for one in (changed, late, dated, stamped)]
    assert [day.day for day in days] == [11, 31, 3, 8]


# --- holes -----------------------------------------------------------------------------------------------------------


def test_a_window_that_does_not_overlap_raises_a_gap_with_its_span(kept: Store) -> None:
    poll(kept, 0, [link(2, -1), link(1, -2)])
    poll(kept, 2, [link(3, 1), link(2, -1)])
    poll(kept, 4, [])  # 304
    assert causes(kept) == [("missing", "02", "02")]
    poll(kept, 30, [link(9, 29), link(8, 26)])
    (gap,) = [gap for gap in gaps(kept, "bao", DayRange(date.min, date.max), at(99)) if gap.cause == "window"]
    assert (gap.since, gap.until) == (at(1), at(26))
    assert gap.route == FEED
    assert gap.number is None


def test_a_window_without_times_raises_a_gap_when_nothing_in_it_is_known(kept: Store) -> None:
    poll(kept, 0, [link(2), link(1)])
    poll(kept, 2, [link(3), link(2)])
    assert windows(kept) == []
    poll(kept, 30, [link(9), link(8)])
    assert [(gap.since, gap.until) for gap in windows(kept)] == [(at(2), at(30))]


def test_the_first_window_raises_none_and_other_sources_prove_nothing(kept: Store) -> None:
    poll(kept, 0, [link(2, -1), link(1, -2)])
    assert {cause for cause, *_ in causes(kept)} == {"missing"}
    # What a sitemap has made known is not what the feed has shown.
    poll(kept, 3, [link(9, 2), link(8, 1)], url="https://bao.example/sitemap.xml")
    poll(kept, 4, [link(9, 2), link(8, 1)])
    assert "window" in {cause for cause, *_ in causes(kept)}


def test_a_clock_that_is_off_widens_the_span(kept: Store) -> None:
    poll(kept, 0, [link(1, 7)])  # seven hours ahead
    poll(kept, 30, [link(9, 29), link(8, 28)])
    assert [(gap.since, gap.until) for gap in windows(kept)] == [(at(0), at(28))]
    poll(kept, 60, [link(19, 20), link(18, 19)])  # far behind: it says to reach back before the last look
    assert windows(kept)[-1].until == at(60)


def test_what_is_dated_ahead_and_stays_on_top_proves_nothing(kept: Store) -> None:
    poll(kept, 0, [link(7, 400), link(2, -1), link(1, -2)])
    poll(kept, 2, [link(7, 400), link(3, 1), link(2, -1)])
    assert windows(kept) == []
    poll(kept, 30, [link(7, 400), link(9, 29), link(8, 26)])
    assert [(gap.since, gap.until) for gap in windows(kept)] == [(at(1), at(26))]


def test_an_older_entry_that_slides_in_below_is_nothing_lost(kept: Store) -> None:
    poll(kept, 0, [link(3, -1), link(2, -2)])
    poll(kept, 2, [link(3, -1), link(1, -9)])  # the second was taken down
    assert windows(kept) == []


def windows(store: Store) -> list[Gap]:
    return [gap for gap in gaps(store, "bao", DayRange(date.min, date.max), at(9999)) if gap.cause == "window"]


def test_a_gap_closes_when_a_shard_has_listed_its_days_since(kept: Store) -> None:
    poll(kept, 0, [link(1, -1)])
    poll(kept, 30, [link(9, 29), link(8, 26)])
    assert len(windows(kept)) == 1
    poll(kept, 26.5, [link(5, 20)], url=OTHER)  # too soon behind the end of the span
    assert len(windows(kept)) == 1
    poll(kept, 40, [], url=OTHER, status="forbidden")
    assert len(windows(kept)) == 1
    poll(kept, 41, [link(5, 20)], url=OTHER)
    assert windows(kept) == []
    known = kept.source(OTHER)
    kept.save_source(replace(known, checked_at=at(42), last_status="304"), [], "bao")
    assert windows(kept) == [], "unchanged since is as good"


def test_a_route_that_fails_is_a_hole_until_it_gives_something_again(kept: Store) -> None:
    poll(kept, 0, [link(1, -1)])
    poll(kept, 24, [], status="forbidden")
    poll(kept, 48, [], status="forbidden")
    assert ("failed", "02", "04") in causes(kept)
    poll(kept, 72, [link(2, 71), link(1, -1)])
    assert "failed" not in {cause for cause, *_ in causes(kept)}


def test_a_route_that_has_failed_since_this_morning_is_a_hole_and_one_failed_look_is_none(kept: Store) -> None:
    def fail(hours: float, failures: int) -> None:
        kept.save_source(replace(state(hours, status="forbidden"), failures=failures), [], "bao")

    poll(kept, 0, [link(1, -1)])
    fail(1, 1)
    assert "failed" not in {cause for cause, *_ in causes(kept)}
    fail(2, 2)
    assert ("failed", "02", "02") in causes(kept)
    fail(26, 3)
    assert ("failed", "02", "03") in causes(kept)
    for day in (2, 3):
        poll(kept, 24 * 3, [link(day, 0)], url=f"https://bao.example/sitemap-2026-03-{day:02}.xml")
    assert "failed" not in {cause for cause, *_ in causes(kept)}
    fail(73, 4)
    assert ("failed", "02", "05") in causes(kept)
    poll(kept, 74, [link(9, 73)])
    assert "failed" not in {cause for cause, *_ in causes(kept)}


def test_a_shard_that_failed_is_a_hole_of_its_own_days(kept: Store) -> None:
    shard = "https://bao.example/sitemap-2026-03-01.xml"
    poll(kept, 0, [], url=shard, status="not_found", route="https://bao.example/sitemap-{Y}-{mm}-{dd}.xml")
    assert causes(kept) == [("failed", "01", "01")]


def test_a_silent_route_is_a_hole_where_its_weekdays_make_that_unlikely(kept: Store) -> None:
    number, last = 0, link(0, -24 * 30)
    for day in range(-29, 1):
        if day == -7:
            continue
        batch = [link(number + n, 24 * day) for n in range(1, 3 if (MONDAY + timedelta(day)).weekday() == 6 else 13)]
        number += len(batch)
        poll(kept, 24 * day + 1, [*batch, last])
        last = batch[-1]
    span = DayRange(MONDAY.date() - timedelta(days=9), MONDAY.date())
    found = [gap for gap in gaps(kept, "bao", span, at(1)) if gap.cause == "silent"]
    assert [gap.first for gap in found] == [MONDAY.date() - timedelta(days=7)]


def test_the_ledger_counts_by_day_and_route(kept: Store) -> None:
    poll(kept, 0, [link(1, -1), link(2, -2), link(3, -30), link(4, -1), link(5, -1)])
    poll(kept, 1, [link(1), link(6)], url=OTHER, route="https://bao.example/sitemaps/news-{Y}-{m}.xml")
    kept.save(article(1, published_at=at(-1)), at(1))
    # The page itself knows better than the feed when it was published.
    kept.save(article(3, "Khác", published_at=at(-1)), at(1))
    kept.save(article(6, "Khác nữa", published_at=at(-40)), at(1))
    kept.refuse(url_of(4), Refusal.NO_BODY, final=True)
    kept.refuse(url_of(5), Refusal.GONE, final=True)
    rows = [
        (row.day.day, row.route[-4:], row.claimed, row.stored, row.missing, row.refused)
        for row in entries(kept, "bao", DayRange(date(2026, 2, 20), date(2026, 3, 9)))
    ]
    assert rows == [
        (2, "/rss", 5, 2, 1, {"gone": 1, "no_body": 1}),
        (2, ".xml", 1, 1, 0, {}),
        (28, ".xml", 1, 1, 0, {}),
    ]
    whole = completeness(kept, "bao", DayRange(date(2026, 2, 20), date(2026, 3, 9)), at(2))
    # Six articles, of which one is none: it was taken down before it was read.
    assert (whole.claimed, whole.stored, whole.gaps) == (5, 3, 0)
    assert whole.share == pytest.approx(0.6)
    assert [(cause, day) for cause, day, _ in causes(kept)] == [("lost", "02"), ("missing", "02")]
    assert completeness(kept, "none", DayRange(date.min, date.max), at(2)).share == 1.0


def test_every_refusal_either_settles_a_page_or_loses_it() -> None:
    assert not Refusal.NOT_FOUND.is_lost
    assert all(reason.is_lost for reason in (Refusal.NO_BODY, Refusal.TIMEOUT, Refusal.FORBIDDEN, Refusal.UNREADABLE))
    assert all(reason.is_lost != reason.is_settled for reason in Refusal)


# --- against the truth -----------------------------------------------------------------------------------------------


class Week:
    """Papers on a simulated clock, looked at every eight hours by routes that are not enough."""

    def __init__(self, room: Newsroom, folder: Path) -> None:
        self.room = room
        self.url = f"sqlite:///{folder / 'ledger.db'}"
        every = newsroom_sites(room.url, len(room.world.papers))
        self.whole = {name: every[name] for name in FAULTS}
        self.watched: dict[str, Site] = {}
        for name, site in self.whole.items():
            feeds = tuple(source for source in site.sources if isinstance(source, Feed))
            self.watched[name] = replace(site, sources=feeds)

    def now(self) -> datetime:
        return self.room.world.now

    def pass_days(self, days: float) -> None:
        for _ in range(round(days * 3)):
            self.room.world.advance(hours=8)
            crawl(self.watched, store_url=self.url, newsroom=self.room.url, settings=PATIENT, now=self.now)

    def unstored(self, store: Store) -> list[tuple[str, str, set[date]]]:
        """Of what was published, that which the store lacks, with the days on which it may be said to have been."""
        known = {row.canonical_url for row in store.articles(limit=None)}
        for row in store.articles(limit=None):
            held = store.article(row.id)
            assert held is not None
            known |= {copy.canonical_url for copy in held.copies}
        world = self.room.world
        return [
            (story.paper.name, world.url(story), {day_of(story.published), day_of(story.visible_from)})
            for story in world.all_stories()
            if story.paper.name in FAULTS and story.visible_from <= world.now and world.url(story) not in known
        ]

    def gaps(self, store: Store) -> dict[str, list[Gap]]:
        span = DayRange(date(2026, 7, 1), date(2026, 12, 31))
        return {name: gaps(store, name, span, self.now()) for name in self.whole}


FAULTS: dict[str, Callable[[Newsroom], object]] = {
    "songda": lambda room: (
        room.misbehave("songda", silence=30),
        room.misbehave("songda", home_feed=True, path=section_feed_path(room.world.paper("songda"))),
    ),
    "truongson": lambda room: room.misbehave("truongson", validators="always-304"),
    "bachdang": lambda room: (room.misbehave("bachdang", redesign=True), room.misbehave("bachdang", flood=70)),
    "biencuong": lambda room: (room.misbehave("biencuong", clock=9), room.misbehave("biencuong", flood=70)),
    "cuulong": lambda room: room.misbehave("cuulong", status=403),
}


@pytest.fixture
def week(tmp_path: Path) -> Iterator[Week]:
    start = datetime(2026, 8, 3, tzinfo=VIETNAM)
    with Newsroom(World(seed=11, sites=6, articles=25 * 5, start=start, now=start)) as room:
        yield Week(room, tmp_path)


def test_whatever_goes_wrong_no_article_is_missing_without_a_hole_and_holes_can_be_closed(week: Week) -> None:
    section = Feed(week.whole["songda"].home.rstrip("/") + section_feed_path(week.room.world.paper("songda")))
    week.watched["songda"] = replace(week.watched["songda"], sources=(*week.watched["songda"].sources, section))
    week.pass_days(1)
    for begin in FAULTS.values():
        begin(week.room)
    week.pass_days(2.7)
    with Store.open(week.url) as store:
        assert {(gap.cause, gap.reason) for gap in week.gaps(store)["songda"]} == {("failed", "home_feed")}
        assert ("failed", "forbidden") in {(gap.cause, gap.reason) for gap in week.gaps(store)["cuulong"]}
    for name in ("truongson", "cuulong", "songda"):
        week.room.behave(name)
    week.pass_days(1)
    with Store.open(week.url) as store:
        found, lost = week.gaps(store), week.unstored(store)
        unknown = [
            (name, url)
            for name, url, days in lost
            if not any(gap.first <= day <= gap.last for gap in found[name] for day in days)
        ]
        assert unknown == []
        # The faults have cost something, and each is known by its own sign.
        hit = {name for name, *_ in lost}
        assert {"truongson", "bachdang", "biencuong", "cuulong"} <= hit
        windows = {name for name, rows in found.items() if any(gap.cause == "window" for gap in rows)}
        assert {"bachdang", "biencuong", "cuulong", "truongson"} <= windows
        span = DayRange(date(2026, 8, 1), date(2026, 8, 31))
        share = completeness(store, "bachdang", span, week.now())
        assert share.gaps > 0
        jobs = {name: jobs_for(store, name, span, week.now()) for name in week.whole}
    jobs = {name: given for name, given in jobs.items() if given}
    reports = backfill(jobs, week.whole, store_url=week.url, newsroom=week.room.url, settings=PATIENT, now=week.now)
    assert [report.error for report in reports] == [None] * len(jobs)
    with Store.open(week.url) as store:
        assert verify(store) == []
        assert week.unstored(store) == []
        assert not any(week.gaps(store).values())
        assert not any(jobs_for(store, name, span, week.now()) for name in week.whole)
