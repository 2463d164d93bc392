"""Times that a site says and that cannot be: none of them stands above the news, or keeps a source from being polled again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from crawler.crawl import poll as polls
from crawler.items import Link
from crawler.schedule import PollResult, agenda, enrol
from crawler.schedule.budget import Budget
from crawler.schedule.pace import Pace
from crawler.schedule.site_agenda import read_pace
from crawler.sites import Sitemap, Sites
from crawler.store import SourceState, Store
from crawler.store.schema import links, sources
from tests.crawl.served_paper import Paper, served

RSS = {"Content-Type": "application/rss+xml"}
WRONG = ("Fri, 09 Oct 2082 08:00:00 +0700", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "-1", "9" * 30)


@pytest.fixture
def paper(tmp_path: Path) -> Iterator[Paper]:
    with served(tmp_path) as one:
        yield one


def feed(paper: Paper, *dates: str, first: int = 1) -> tuple[int, dict[str, str], bytes]:
    items = "".join(
        f"<item><title>Con đê</title><link>{paper.base}/de-post{n}.html</link><pubDate>{date}</pubDate></item>"
        for n, date in enumerate(dates, first)
    )
    return 200, RSS, f"<rss><channel><title>Bến Đò</title>{items}</channel></rss>".encode()


@pytest.mark.parametrize("wrong", WRONG)
def test_an_entry_of_another_age_does_not_hold_up_the_next_look(paper: Paper, wrong: str) -> None:
    now = datetime.now(UTC)
    right = f"{now - timedelta(hours=1):%a, %d %b %Y %H:%M:%S +0000}"
    paper.answers["/feed.rss"] = feed(paper, right, wrong)
    with Store.open(paper.store_url) as store:
        enrol(Sites([paper.site]), store, now - timedelta(hours=1))
        assert paper.crawl().created == 2
        with store.reading() as connection:
            times = [entry.next_at for entry in agenda.entries(connection)]
            kept = [at for at in connection.scalars(select(links.c.published_at)) if at]
        assert all(at < now + timedelta(days=3) for at in times)
        assert all(at <= now + timedelta(days=1) for at in kept)


def test_a_lastmod_of_the_future_hides_no_later_change(paper: Paper) -> None:
    paper.sources = (Sitemap(f"{paper.base}/sitemap.xml", lastmod="modified"),)
    now = datetime.now(UTC)

    def listed(at: str) -> tuple[int, dict[str, str], bytes]:
        url = f"<url><loc>{paper.base}/de-post1.html</loc><lastmod>{at}</lastmod></url>"
        return 200, {"Content-Type": "text/xml"}, f"<urlset>{url}</urlset>".encode()

    paper.answers["/sitemap.xml"] = listed("2082-01-01T00:00:00Z")
    assert paper.crawl().created == 1
    assert paper.crawl().pages == 0, "a time that cannot be says nothing of a change"
    paper.answers["/sitemap.xml"] = listed((now + timedelta(hours=1)).isoformat())
    assert paper.crawl().pages == 1


def test_one_child_of_the_future_does_not_hide_the_others() -> None:
    now = datetime(2026, 8, 3, tzinfo=UTC)
    poll = polls.open_poll("https://bao.vn/index.xml", None, SourceState(url="https://bao.vn/index.xml"), 10)
    children = [
        Link("https://bao.vn/a.xml", modified_at=now.replace(year=2082)),
        Link("https://bao.vn/b.xml", modified_at=now),
    ]
    assert [link.url for link in polls.recent_children(children, poll, now)] == ["https://bao.vn/b.xml"]


@pytest.mark.parametrize(
    ("headers", "kept"),
    [
        ({"ETag": '"' + "x" * 10_000 + '"'}, (None, None)),
        ({"Last-Modified": "Fri, 09 Oct 2082 08:00:00 GMT"}, (None, None)),
        ({"ETag": '"a"', "Last-Modified": "Mon, 02 Mar 2026 08:00:00 GMT"}, ('"a"', "Mon, 02 Mar 2026 08:00:00 GMT")),
    ],
)
def test_validators_are_kept_as_far_as_they_can_be_meant(
    paper: Paper, headers: dict[str, str], kept: tuple[str | None, str | None]
) -> None:
    status, usual, body = paper.usual("/feed.rss")
    paper.answers["/feed.rss"] = (status, {**usual, **headers}, body)
    assert paper.crawl().created == 4
    with Store.open(paper.store_url) as store, store.reading() as connection:
        assert tuple(connection.execute(select(sources.c.etag, sources.c.last_modified)).one()) == kept


@pytest.mark.parametrize("delay", ["nan", "1e30", "9" * 40, "-3", "inf", "1e-400", "x"])
def test_a_crawl_delay_that_is_no_number_of_seconds(paper: Paper, delay: str) -> None:
    paper.answers["/robots.txt"] = (
        200,
        {"Content-Type": "text/plain"},
        f"User-agent: *\nCrawl-delay: {delay}".encode(),
    )
    with Store.open(paper.store_url) as store:
        enrol(Sites([paper.site]), store, datetime.now(UTC) - timedelta(hours=1))
        assert paper.crawl(THOISU_CRAWL_DELAY_MAX=0.05).created == 4
        with store.reading() as connection:
            pace = read_pace(agenda.pace(connection, "bendo") or "")
    assert 0 <= pace.delay <= 0.05


def test_a_pace_of_any_clock_can_be_asked() -> None:
    now = datetime(2026, 8, 3, tzinfo=UTC)
    for off in (timedelta(hours=7), timedelta(days=60), timedelta(days=90), timedelta(days=20_000)):
        for sign in (1, -1):
            pace = Pace.from_json(_learned(now + sign * off).to_json())
            pace.heal(now)
            assert pace.next_poll("feed", now).at < now + timedelta(days=3)
            assert pace.rate("feed", now) >= 0
            pace.saw("feed", PollResult(now, items=[now - timedelta(minutes=9)]))
            assert now < pace.next_poll("feed", now + timedelta(minutes=1)).at < now + timedelta(days=3)


def test_a_first_look_by_a_clock_that_was_ahead_teaches_no_silence() -> None:
    now = datetime(2026, 8, 3, tzinfo=UTC)
    items = [now - timedelta(hours=hour) for hour in range(9)]
    look = PollResult(now + timedelta(days=120), items=items, oldest=items[-1])
    pace = Pace(Budget(50), floor=5)
    pace.next_poll("feed", look.at)
    usual = pace.rate("feed", look.at)
    pace.saw("feed", look)
    assert pace.rate("feed", look.at) < usual / 10
    pace.heal(now)
    pace.next_poll("feed", now)
    assert pace.rate("feed", now) > usual / 2


def _learned(at: datetime) -> Pace:
    pace = Pace(Budget(50), floor=5)
    for number in range(5):
        pace.next_poll("feed", at + timedelta(hours=number))
        pace.take("look", at + timedelta(hours=number))
        pace.saw("feed", PollResult(at + timedelta(hours=number), items=[at + timedelta(minutes=50 * number)]))
    pace.failed("feed", at + timedelta(hours=6))
    return pace
