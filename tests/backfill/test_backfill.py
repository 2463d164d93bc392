"""Backfills: the published record exactly, whatever interrupts them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from urllib.request import urlopen

import pytest
from sqlalchemy import select

from bench.backfill import RUN
from crawler.backfill import ledger_queries, routes
from crawler.backfill import spider as module
from crawler.backfill import steps as step_table
from crawler.backfill.forecast import Forecast, forecast
from crawler.backfill.gap_jobs import AGAIN, jobs_for
from crawler.backfill.gaps import gaps, uncovered
from crawler.backfill.harvest import harvest
from crawler.backfill.job import Job
from crawler.backfill.ledger import completeness, entries
from crawler.backfill.spider import BackfillReport, backfill
from crawler.backfill.steps import Step, steps
from crawler.cli.main import main
from crawler.compare.relate import waiting
from crawler.discover import DayRange, discover
from crawler.errors import BadSite
from crawler.items import Link
from crawler.monitor.store_checks import verify
from crawler.newsroom import Newsroom, World, newsroom_sites
from crawler.schedule.enrol import enrol
from crawler.sites import EPI, Feed, Listing, Numbers, Site, Sitemap, Sites, load_sites
from crawler.store import SourceState, Store
from crawler.store.budget import reserve, spent
from crawler.text import VIETNAM, day_of
from tests.support import LONG

FIRST = date(2026, 8, 3)
PATIENT = {"THOISU_DELAY": 0, "THOISU_BACKOFF_FIRST": 0.01, "RETRY_TIMES": 0, "THOISU_BUDGET": 1_000_000}
SITE = Site(
    publisher="Báo Thử", home="https://bao.vn/", tier="press", article=r"-post\d+\.html$|^/bai\?id=\d+$", layout=EPI,
    keep_query=("id",),
    sources=(
        Feed("https://bao.vn/rss"),
        Sitemap("https://bao.vn/sitemaps/news-{Y}-{m}.xml", lastmod="modified"),
        Listing("https://bao.vn/tin", pages="https://bao.vn/tin?trang={n}"),
    ),
    archives=(
        Listing("https://bao.vn/ngay/{dd}-{mm}-{Y}.htm", pages="https://bao.vn/ngay/{dd}-{mm}-{Y}/trang-{n}.htm"),
        Numbers("https://bao.vn/bai?id={id}", known=((date(2026, 1, 1), 1000), (date(2026, 1, 11), 1100))),
    ),
)  # fmt: skip


def span(days: int, first: date = FIRST) -> DayRange:
    return DayRange(first, first + timedelta(days=days - 1))


class Bench:
    """A newsroom and a store that its past is fetched into."""

    def __init__(self, room: Newsroom, folder: Path) -> None:
        self.room = room
        self.url = f"sqlite:///{folder / 'past.db'}"
        self.sites = newsroom_sites(room.url, len(room.world.papers))
        self.settings: dict[str, Any] = dict(PATIENT)

    def backfill(
        self, *names: str, days: DayRange, oldest_first: bool = False, **about: Any
    ) -> dict[str, BackfillReport]:
        jobs = {name: [Job(site=name, span=days, oldest_first=oldest_first)] for name in names or self.sites}
        about = {"settings": self.settings, "newsroom": self.room.url, **about}
        return {report.site: report for report in backfill(jobs, self.sites, store_url=self.url, **about)}

    def stored(self) -> set[str]:
        pages: set[str] = set()
        with Store.open(self.url) as store:
            assert verify(store) == []
            for row in store.articles(limit=None):
                held = store.article(row.id)
                assert held is not None
                pages |= {row.canonical_url, *(copy.canonical_url for copy in held.copies)}
        return pages

    def published(self, *names: str, days: DayRange) -> set[str]:
        world = self.room.world
        return {
            world.url(story)
            for story in world.all_stories()
            if story.paper.name in (names or self.sites) and days.first <= day_of(story.published) <= days.last
        }

    def asked(self, *but: str) -> list[str]:
        log = (f"{request.host}{request.path}" for request in self.room.requests)
        return [page for page in log if not page.endswith(("/robots.txt", *but))]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with Newsroom(World(seed=5, sites=6, articles=25 * 4)) as room:
        yield Bench(room, tmp_path)


@pytest.fixture
def three_days(tmp_path: Path) -> Iterator[Bench]:
    with Newsroom(World(seed=5, sites=6, articles=25 * 3)) as room:
        yield Bench(room, tmp_path)


# --- what is asked ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "addresses"),
    [
        ("/news-{Y}-{m}.xml", ["/news-2026-7.xml", "/news-2026-8.xml"]),
        ("/{Y}-{m}-{d1}-{d2}.xml", ["/2026-7-26-31.xml", "/2026-8-1-5.xml"]),
        ("/{Y}/{m}/article.xml", ["/2026/7/article.xml", "/2026/8/article.xml"]),
        ("/s-{Y}-{mm}-{dd}.xml", [f"/s-2026-{day}.xml" for day in ("07-30", "07-31", "08-01", "08-02")]),
        ("/{Y}.xml", ["/2026.xml"]),
    ],
)
def test_a_series_is_asked_for_each_shard_once(pattern: str, addresses: list[str]) -> None:
    site = replace(SITE, sources=(Sitemap(f"https://bao.vn{pattern}"),), archives=())
    parts = routes.parts(site, routes.SERIES, span(4, date(2026, 7, 30)).days())
    assert [part.address.removeprefix("https://bao.vn") for part in parts] == addresses
    assert parts[0].span.first <= date(2026, 7, 30)
    assert parts[-1].span.last >= date(2026, 8, 2)


def test_what_lists_whole_days_comes_first() -> None:
    assert routes.stages(SITE) == [routes.SERIES, routes.BY_DAY, routes.PAGED, routes.NUMBERED, routes.FEED]
    days = [date(2026, 8, 3), date(2026, 8, 9)]
    by_day = routes.parts(SITE, routes.BY_DAY, days)
    assert [part.address[-14:] for part in by_day] == ["03-08-2026.htm", "09-08-2026.htm"]
    assert routes.parts(SITE, routes.PAGED, days) == [("https://bao.vn/tin", "https://bao.vn/tin", DayRange(*days))]


def test_an_index_gives_the_children_whose_days_are_wanted() -> None:
    names = ("news-2026-7", "news-2026-8", "news-2026-9", "categories", "google-news", "latest-news-sitemap")
    index = [Link(f"https://bao.vn/{name}.xml") for name in names]

    def chosen(days: DayRange, today: date) -> list[str]:
        return [part.address[15:-4] for part in routes.children(index, days, today)]

    assert chosen(DayRange(date(2026, 7, 30), date(2026, 8, 2)), date(2026, 9, 20)) == ["news-2026-7", "news-2026-8"]
    assert chosen(DayRange(date(2026, 9, 18), date(2026, 9, 20)), date(2026, 9, 20)) == [
        "news-2026-9", "google-news", "latest-news-sitemap",
    ]  # fmt: skip
    parts = [Link(f"https://bao.vn/post-{n}.xml", modified_at=datetime(2026, n, 5, tzinfo=UTC)) for n in (6, 7, 8)]
    found = list(routes.children([*parts, Link("https://bao.vn/post-9.xml")], span(5), date(2026, 9, 1)))
    assert [part.address[-5] for part in found] == ["8", "9"]


def test_numbers_lie_between_those_that_are_known() -> None:
    (route,) = [route for route in SITE.archives if isinstance(route, Numbers)]
    found = routes.numbers(route, [], DayRange(date(2026, 1, 5), date(2026, 1, 6)))  # ten a day
    assert 1020 <= found.start <= 1030
    assert 1070 <= found.stop <= 1085
    stored = [(datetime(2026, 1, 4, 12, tzinfo=UTC), 1090), (datetime(2026, 1, 8, 12, tzinfo=UTC), 1094)]
    found = routes.numbers(route, stored, DayRange(date(2026, 1, 5), date(2026, 1, 6)))
    assert 1085 <= found.start <= 1090
    assert 1094 <= found.stop <= 1096
    assert routes.numbers(route, [], DayRange(date(1999, 1, 1), date(1999, 1, 2))).start == 1
    with pytest.raises(BadSite, match=r"ends in \{id\}"):
        replace(SITE, archives=(Numbers("https://bao.vn/bai?id={id}&x=1", known=route.known),))
    with pytest.raises(BadSite, match="does not take the numbers"):
        replace(SITE, archives=(Numbers("https://bao.vn/tin/{id}", known=route.known),))
    with pytest.raises(BadSite, match="two of them"):
        replace(SITE, archives=(Numbers(route.url, known=route.known[:1]),))


def test_what_was_numbered_long_behind_the_wanted_days_is_not_wanted() -> None:
    august = DayRange(date(2026, 8, 1), date(2026, 8, 31))
    links = {}
    for n in range(1, 31):  # one a day, of which every third is edited at the end of the month
        day = 31 if n % 3 == 0 else n
        url = f"https://bao.vn/tin-post{1000 + n}.html"
        links[url] = Link(url, modified_at=datetime(2026, 8, day, 5, tzinfo=UTC))
    crop = harvest(links, span(5), august, exact=False)
    wanted = {int(url[-7:-5]) for url in crop.wanted}
    assert set(range(3, 8)) <= wanted  # the edited among them
    assert max(wanted) <= 12
    assert wanted & {1, 2} == set()
    # Few links prove nothing.
    few = dict(list(links.items())[::5])
    assert len(harvest(few, span(5), august, exact=False).wanted) == 5  # all but the first, changed before


def step(stage: int, state: str, days: tuple[int, int] | None) -> Step:
    first, last = (date(2026, 8, days[0]), date(2026, 8, days[1])) if days else (None, None)
    return Step(job="x", site="x", stage=stage, route="r", address="a", first=first, last=last, state=state)  # type: ignore[arg-type]


def test_a_day_is_covered_by_what_has_given_it() -> None:
    week = span(5).days()
    assert [day.day for day in uncovered(week, [])] == [3, 4, 5, 6, 7]
    index = [step(routes.SITEMAP, "done", (1, 7)), step(routes.SITEMAP, "failed", (5, 5))]
    assert [day.day for day in uncovered(week, index)] == [5]
    paged = [*index, step(routes.PAGED, "done", (5, 7)), step(routes.PAGED, "failed", (3, 7))]
    assert uncovered(week, paged) == []
    assert [day.day for day in uncovered(week, [step(routes.PAGED, "done", None)])] == [3, 4, 5, 6, 7]
    # Each of the lists may be of a section of its own.
    sections = [step(routes.FEED, "done", (3, 7)), replace(step(routes.FEED, "done", (6, 7)), route="another")]
    assert [day.day for day in uncovered(week, sections)] == [3, 4, 5]


def test_a_list_gives_the_days_behind_the_one_at_which_it_ends() -> None:
    def dated(*days: int) -> dict[str, Link]:
        found = [
            Link(f"https://bao.vn/{n}", published_at=datetime(2026, 8, d, 5, tzinfo=UTC)) for n, d in enumerate(days)
        ]
        return {link.url: link for link in found}

    assert harvest(dated(9, 8, 8, 7, 6), span(5), None, exact=False).whole == date(2026, 8, 7)
    pinned = harvest(dated(*[9] * 6, 2, *[8] * 6), span(5), None, exact=False)
    assert pinned.whole == date(2026, 8, 9)
    assert harvest(dated(3, 4, 5), span(5), None, exact=False).whole == date(2026, 8, 4)  # the other way round


def test_a_hole_that_could_not_be_closed_is_tried_again_later(bench: Bench) -> None:
    name, days = "songda", span(2, FIRST + timedelta(days=2))
    now = datetime(2026, 8, 9, tzinfo=VIETNAM)
    feed = next(source for source in bench.sites[name].sources if isinstance(source, Feed))
    with Store.open(bench.url) as store:
        for hours, numbers in ((30, (1, 2)), (60, (8, 9))):
            at = datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=VIETNAM) + timedelta(hours=hours)
            found = [Link(f"{feed.url}/{n}", published_at=at - timedelta(minutes=n)) for n in numbers]
            store.save_source(SourceState(url=feed.url, checked_at=at, last_status="200"), found, name, window=True)
        (first,) = jobs_for(store, name, days, now)
        assert jobs_for(store, name, days, now) == [first]
        row = Step(job=first.name, site=name, stage=routes.FEED, route=feed.url, address=feed.url)
        with store.writing() as connection:
            step_table.add(connection, [row])
        assert jobs_for(store, name, days, now + 2 * AGAIN) == [first], "it has not come to its end"
        with store.writing() as connection:
            connection.execute(step_table.steps.update().values(state="failed", at=now))
        assert jobs_for(store, name, days, now + AGAIN / 2) == [first]
        (second,) = jobs_for(store, name, days, now + 2 * AGAIN)
        assert second.name != first.name
        assert second.span == first.span


def test_a_call_behind_a_button_is_paged_as_its_site_says() -> None:
    source = Listing("https://api.bao.vn/more-0.html", pages="https://api.bao.vn/more-{n}.html", first=1)
    item = {"title": "Tin", "url": "/tin-post12.html", "date": 1785715200}
    answer = json.dumps({"data": {"load_more": True, "contents": [item]}}).encode()
    found = discover(answer, source.url, site=SITE, source=source)
    assert [link.url for link in found.links] == ["https://bao.vn/tin-post12.html"]
    assert found.next == "https://api.bao.vn/more-1.html"
    assert discover(answer, found.next, site=SITE, source=source).next == "https://api.bao.vn/more-2.html"
    last = answer.replace(b"true", b"false")
    assert discover(last, found.next, site=SITE, source=source).next is None


def test_every_site_has_a_way_back_that_makes_sense() -> None:
    for name, site in load_sites().items():
        for stage in routes.stages(site):
            parts = routes.parts(site, stage, span(40).days())
            assert parts, name
            assert all("{" not in part.address or stage == routes.NUMBERED for part in parts), name


# --- against the newsroom --------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_killed_again_and_again_it_stores_the_record_exactly_and_asks_again_only_what_was_under_way(
    three_days: Bench,
) -> None:
    bench, days, random = three_days, span(3), Random(7)  # noqa: S311
    under_way: Counter[str] = Counter()  # pages by how many kills have caught them as the last of their site
    usual = bench.room.respond

    def respond(*asked: Any) -> Any:
        answer = usual(*asked)
        if moment is not None and len(bench.room.requests) >= moment:
            run.kill()
        return answer

    bench.room.respond = respond  # type: ignore[method-assign]
    moments = sorted(random.sample(range(1, 450), 3))
    for moment in [*moments, None]:
        command = [sys.executable, "-c", RUN, bench.room.url, bench.url]
        run = subprocess.Popen([*command, str(days.first), str(days.last)])
        if moment is None:
            assert run.wait(LONG) == 0
            break
        assert run.wait(LONG) == -signal.SIGKILL
        # An answer on its way to a process that is gone is still noted. Connections are accepted in their order.
        with urlopen(bench.room.url) as front:  # noqa: S310 - http, and ours
            front.read()
        while bench.room.connections:
            time.sleep(0.002)
        under_way.update({request.host: f"{request.host}{request.path}" for request in bench.room.requests}.values())
    assert bench.stored() == bench.published(days=days)
    again = {page: count - 1 for page, count in Counter(bench.asked()).items() if count > 1}
    assert all(count <= under_way[page] for page, count in again.items())


def test_only_the_wanted_days_are_stored_where_the_routes_tell_days(bench: Bench) -> None:
    days = span(2, FIRST + timedelta(days=1))
    bench.backfill("bachdang", "hongha", days=days)
    assert bench.stored() == bench.published("bachdang", "hongha", days=days)
    shards = [page for page in bench.asked() if page.startswith("bachdang") and page.endswith(".xml")]
    assert sorted(shards) == [
        "bachdang.localhost/sitemap-article-2026-08-04.xml", "bachdang.localhost/sitemap-article-2026-08-05.xml",
        "bachdang.localhost/sitemap.xml",
    ]  # fmt: skip


@pytest.mark.parametrize("oldest_first", [False, True])
def test_the_order_is_that_of_the_days(bench: Bench, oldest_first: bool) -> None:
    bench.backfill("bachdang", days=span(4), oldest_first=oldest_first)
    world = bench.room.world
    when = {f"{story.paper.host}{story.path}": story.published for story in world.all_stories()}
    days = [day_of(when[page]) for page in bench.asked() if page in when]
    assert days == sorted(days, reverse=not oldest_first)
    assert len(days) == 100


def test_a_list_without_times_is_followed_until_its_articles_are_older(bench: Bench) -> None:
    days = span(1, FIRST + timedelta(days=3))
    report = bench.backfill("truongson", days=days)["truongson"]
    pages = [page for page in bench.asked() if "tin-moi" in page]
    # 25 articles of that day on pages of 20: most of the second page's are older.
    assert len(pages) == 2
    assert report.missing == []
    assert bench.published("truongson", days=days) <= bench.stored()


def test_a_list_that_never_ends_is_left(bench: Bench) -> None:
    bench.room.misbehave("truongson", endless=True, path="tin-moi")
    report = bench.backfill("truongson", days=span(40, FIRST - timedelta(days=36)))["truongson"]
    assert bench.stored() == bench.published("truongson", days=span(4))
    assert len([page for page in bench.asked() if "tin-moi" in page]) <= 7
    # It has never reached the wanted days' beginning.
    assert report.missing
    assert report.missing[-1] < FIRST


def test_when_one_route_fails_the_next_gives_its_days(bench: Bench) -> None:
    bench.room.misbehave("hongha", status=404, path="sitemaps-2026-8-1-5")
    report = bench.backfill("hongha", days=span(4))["hongha"]
    assert report.missing == []
    assert bench.stored() >= bench.published("hongha", days=span(4))
    assert any("timelinelist" in page for page in bench.asked())


def test_what_no_route_gives_is_named_and_asked_again_when_it_may_have_passed(bench: Bench) -> None:
    site = bench.sites["bachdang"]
    bench.sites |= Sites([replace(site, sources=tuple(one for one in site.sources if isinstance(one, Sitemap)))])
    bench.room.misbehave("bachdang", status=403, path="2026-08-05")
    report = bench.backfill("bachdang", days=span(4))["bachdang"]
    assert report.missing == [date(2026, 8, 5)]
    before = bench.asked()
    bench.room.behave("bachdang")
    bench.room.forget_requests()
    report = bench.backfill("bachdang", days=span(4))["bachdang"]
    assert report.missing == []
    assert bench.stored() == bench.published("bachdang", days=span(4))
    assert set(before) & set(bench.asked()) == {"bachdang.localhost/sitemap-article-2026-08-05.xml"}
    bench.room.forget_requests()
    bench.backfill("bachdang", days=span(4))
    assert bench.asked() == []


def test_a_shard_that_was_read_after_its_last_day_is_not_asked_by_another_backfill(bench: Bench) -> None:
    later = datetime(2026, 8, 20, tzinfo=VIETNAM)
    bench.backfill("bachdang", days=span(2), now=lambda: later)
    bench.room.forget_requests()
    report = bench.backfill("bachdang", days=span(4), now=lambda: later)["bachdang"]
    shards = [page[-14:-4] for page in bench.asked() if "article" in page]
    assert sorted(shards) == ["2026-08-05", "2026-08-06"]
    assert report.missing == []
    assert bench.stored() == bench.published("bachdang", days=span(4))


def test_a_series_of_which_nothing_is_there_is_given_up(bench: Bench) -> None:
    site = bench.sites["bachdang"]
    guess = Sitemap(f"{site.home}shard-{{Y}}-{{mm}}-{{dd}}.xml")
    bench.sites |= Sites([replace(site, archives=(guess,))])
    report = bench.backfill("bachdang", days=span(30, FIRST - timedelta(days=26)))["bachdang"]
    assert len([page for page in bench.asked() if "shard-" in page]) == 5
    assert bench.stored() == bench.published("bachdang", days=span(4))
    assert report.error is None


def test_the_days_budget_is_kept_and_what_the_watch_needs_of_it(bench: Bench) -> None:
    noon = datetime(2026, 9, 10, 12, tzinfo=VIETNAM)
    bench.settings["THOISU_BUDGET"] = 40
    with Store.open(bench.url) as store, store.writing() as connection:
        reserve(connection, "songda", noon - timedelta(days=3), "look", 20, 99)  # so ten more are likely in half a day
        reserve(connection, "songda", noon, "look", 5, 99)
    report = bench.backfill("songda", days=span(4), now=lambda: noon)["songda"]
    assert report.over_budget
    assert report.error is None
    # Of 40 there are 5 spent and 10 kept; robots.txt and two sitemaps are paid for, and 3 are to spare for such.
    assert len(bench.room.requests) == 22
    assert report.left == 100 - 19
    for day in range(1, 6):
        report = bench.backfill("songda", days=span(4), now=lambda day=day: noon + timedelta(days=day))["songda"]
        with Store.open(bench.url) as store, store.reading() as connection:
            assert sum(spent(connection, "songda", noon.date() + timedelta(days=day)).values()) <= 30
    assert not report.over_budget
    assert bench.stored() == bench.published("songda", days=span(4))
    assert set(Counter(bench.asked()).values()) == {1}


def test_it_gives_way_to_the_watch_and_waits_no_longer_than_that_may_take(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PAUSE", 0)
    start = datetime(2026, 9, 10, 8, tzinfo=VIETNAM)
    ticks = iter(range(10**6))
    with Store.open(bench.url) as store:
        enrol({"songda": bench.sites["songda"]}, store, start)
    told: list[bool] = []
    # Nobody polls, though polls are due: after ten minutes the backfill goes on.
    bench.backfill(
        "songda",
        days=span(1),
        now=lambda: start + timedelta(seconds=10 * next(ticks)),
        on_progress=lambda report: told.append(getattr(report, "gave_way", False)),
    )
    assert told[0]
    assert not told[-1]
    assert bench.stored() >= bench.published("songda", days=span(1))


def forecast_of(store: Store, bench: Bench, name: str, days: DayRange, now: datetime) -> Forecast:
    return forecast(store, bench.sites[name], [Job(site=name, span=days)], now)


def test_a_dry_run_counts_and_asks_nothing(bench: Bench) -> None:
    bench.backfill("bachdang", days=span(2), limit=10)
    bench.room.forget_requests()
    now = datetime(2026, 8, 20, tzinfo=VIETNAM)
    with Store.open(bench.url) as store:
        found = forecast_of(store, bench, "bachdang", span(2), now)
        fresh = forecast_of(store, bench, "bachdang", span(4), now)
        other = forecast_of(store, bench, "songda", span(2), now)
        holes_ = [Job(site="bachdang", span=span(1, FIRST + timedelta(days)), key="gap x") for days in (2, 8)]
        late = Link(bench.sites["bachdang"].home + "tin-1.html", published_at=datetime(2026, 8, 9, tzinfo=UTC))
        store.save_source(SourceState(url=bench.sites["bachdang"].home + "rss"), [late], "bachdang")
        mended = forecast(store, bench.sites["bachdang"], holes_, now, span(30))
    assert (found.waiting, found.stored, found.addresses) == (15, 10, 1)
    assert (mended.waiting, mended.stored, mended.expected) == (16, 0, 26)  # 2 days at (25 + 1) / 2
    assert found.expected == 50
    assert fresh.expected == 100
    assert (other.addresses, other.stored, other.expected, other.seconds) == (1, 0, None, None)
    assert bench.asked() == []


def test_what_a_backfill_has_listed_is_its_own_until_the_watch_sees_it(bench: Bench) -> None:
    from crawler.crawl.run import crawl

    bench.backfill("bachdang", days=span(4), limit=5)
    with Store.open(bench.url) as store:
        assert store.pending("bachdang") == []
        assert store.counts()["bachdang"]["pending"] == 20  # of the newest day's shard
    sites = Sites([replace(bench.sites["bachdang"], sources=(bench.sites["bachdang"].sources[0],))])
    crawl(sites, store_url=bench.url, newsroom=bench.room.url, settings=bench.settings)
    with Store.open(bench.url) as store:
        assert store.counts()["bachdang"]["pending"] == 0
    assert len(bench.stored()) == 40  # a feed of forty


def test_progress_tells_what_is_left(bench: Bench) -> None:
    told: list[int] = []
    bench.backfill("songda", days=span(4), on_progress=lambda report: told.append(getattr(report, "left", -1)))
    assert max(told) >= 99
    assert told[-1] == 0


def test_it_is_the_same_on_either_database(bench: Bench, address: str) -> None:
    bench.url = address
    days = span(2, FIRST + timedelta(days=2))
    bench.backfill("bachdang", days=days, limit=7)
    report = bench.backfill("bachdang", "truongson", days=days)["truongson"]
    assert report.missing == []
    assert bench.stored() >= bench.published("bachdang", "truongson", days=days)
    with Store.open(address) as store:
        now = datetime(2026, 8, 9, tzinfo=VIETNAM)
        assert gaps(store, "bachdang", days, now) == []
        assert completeness(store, "truongson", days, now).stored >= 50
        assert forecast_of(store, bench, "bachdang", days, now).stored == 50
        # What a list without times claims is dated by its articles.
        claimed = {row.day: row.claimed for row in entries(store, "truongson", span(30))}
        assert [claimed[day] for day in days.days()] == [25, 25]
        with store.reading() as connection:
            assert ledger_queries.sighted(connection, "truongson", days) == {
                (row.route, row.day): row.claimed for row in entries(store, "truongson", days)
            }
        assert jobs_for(store, "bachdang", days, now) == []


def test_numbers_are_asked_one_by_one(bench: Bench) -> None:
    paper = bench.room.world.paper("truongson")
    shelf = bench.room.world.stories["truongson"]
    stories = {story.path.rpartition("-")[2]: story for story in shelf}
    assert paper.article.endswith(r"\.html$")
    numbers = sorted(int(name.partition(".")[0]) for name in stories)
    # The paper's addresses hold words as well, so that a number alone leads nowhere: what matters here is who is asked.
    site = replace(
        bench.sites["truongson"], sources=(Feed(bench.sites["truongson"].home + "no.rss"),), article=r"^/bai/\d+$",
        archives=(Numbers(bench.sites["truongson"].home + "bai/{id}", known=((FIRST, 100), (FIRST + timedelta(4), 140))),),
    )  # fmt: skip
    bench.sites |= Sites([site])
    bench.backfill("truongson", days=span(2))
    asked = [int(page.rpartition("/")[2]) for page in bench.asked() if "/bai/" in page]
    assert asked == sorted(asked, reverse=True)
    assert {100, 120} <= set(asked)
    assert max(asked) < 140
    assert numbers
    with Store.open(bench.url) as store, store.reading() as connection:
        assert connection.scalar(select(steps.c.links).where(steps.c.stage == routes.NUMBERED)) == len(asked)


@pytest.mark.slow
@pytest.mark.usefixtures("terminal")
def test_the_command_tells_what_it_did(bench: Bench, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    environment = {**os.environ, "THOISU_DELAY": "0", "THOISU_BUDGET": "60", "THOISU_CONTACT": "a@b.vn"}
    begin = ["backfill", "songda", "--newsroom", bench.room.url, "--store", bench.url, "--from", "2026-08-03"]
    command = [sys.executable, "-m", "crawler", *begin, "--to", "2026-08-06", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=environment, check=True)
    report = json.loads(done.stdout)
    assert (report["site"], report["over_budget"], report["left"]) == ("songda", True, 46)
    assert "46 known pages are left" in done.stderr
    with Store.open(bench.url) as store:
        assert len(store.articles(limit=None)) > 0 == waiting(store), "what it brings is compared"

    def run(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(list(arguments))
        shown = capsys.readouterr()
        return int(ended.value.code or 0), shown.out, shown.err

    gaps = ["gaps", "songda", "--store", bench.url, "--since", "2026-08-01"]
    rows = [json.loads(line) for line in run(*gaps, "--json")[1].splitlines()]
    assert sum(gap["number"] for gap in rows[:-1]) == 46
    assert rows[-1]["share"] == pytest.approx(0.54)
    shown = run(*gaps)[1]
    assert "54 of 100 listed are stored, 54.00%" in shown
    assert max(map(len, shown.splitlines())) <= 80
    assert run(*gaps, "--days")[1].count("sitemap.xml") == 4
    assert "songda" in run(*begin, "--to", "2026-08-06", "--dry-run")[1]
    mended = ["backfill", "--gaps", "--newsroom", bench.room.url, "--store", bench.url, "--from", "2026-08-01"]
    counted = json.loads(run(*mended, "--dry-run", "--json")[1])
    assert (counted["waiting"], counted["addresses"], counted["routes"]) == (46, 0, [])
    assert run(*mended, "--json")[0] == 0
    assert "nothing is known to be missing" in run(*mended, "--dry-run")[1]
    assert "nothing is known to be missing" in run(*mended)[1]
    assert "100 of 100 listed are stored" in run(*gaps)[1]
    with Store.open(bench.url) as store:
        store.save_source(SourceState(url="https://bao.example/rss"), [], "bao")
    assert json.loads(run("gaps", "bao", "--store", bench.url, "--json")[1])["share"] is None
    for wrong, words in (
        (["backfill"], "name the sites"),
        (["backfill", "nhandan"], "name the first day"),
        (["backfill", "nhandan", "--from", "x"], "no date"),
        (
            ["backfill", "nhandan", "--from", "2026-08-03", "--to", "2026-08-01"],
            "--from 2026-08-03 is after --to 2026-08-01",
        ),
        (["backfill", "nhandan", "--from", "2026-08-03", "--to", "2099-08-01"], "--to 2099-08-01 is in the future"),
        (["backfill", "nhandan", "--from", "9999-12-31"], "out of range: the years are 1990 to 2100"),
        (["backfill", "--warc", "x.warc", "--from", "01/01/1970"], "out of range"),
        (["backfill", "--warc", "x.warc", "--from", "3/8/2026", "--to", "1/8/2026"], "is after --to 2026-08-01"),
        (["backfill", "nhandan", "--from", "2026-08-03", "--base", "."], "--warc"),
        ([*gaps[:-1], "2026-08-03", "--until", "2026-08-01"], "--since 2026-08-03 is after --until 2026-08-01"),
        ([*gaps, "--until", "2099-08-01"], "--until 2099-08-01 is in the future"),
        (["backfill", "nobody", "--from", "2026-08-03"], "no site is called"),
        (["gaps", "nhandan", "--store", bench.url], "knows no site"),
    ):
        code, out, error = run(*wrong)
        assert (code, out, error.count("\n")) == (2, "", 1)
        assert words in error
