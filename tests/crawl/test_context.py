"""One run without a network: who asks for something hears what came of it, in a crawl and in a backfill alike."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator
from datetime import date
from types import FrameType
from typing import Any, Never, TypeVar

import pytest
from scrapy import Request
from scrapy.exceptions import DownloadTimeoutError
from scrapy.http import Response
from scrapy.settings import Settings
from twisted.python.failure import Failure

from crawler.backfill.job import Job
from crawler.backfill.sources import BackfillSources
from crawler.configuration import DEFAULTS
from crawler.crawl import source_answer
from crawler.crawl.articles import Articles
from crawler.crawl.context import RunContext, RunSettings, SourceReader
from crawler.crawl.link_queue import PendingLinks
from crawler.crawl.report import SiteReport
from crawler.crawl.sources import Sources
from crawler.discover import DayRange
from crawler.errors import Discard, Interrupted, Refusal, StoreFailed
from crawler.fetch.budget import RequestBudget
from crawler.fetch.guard import Denied
from crawler.fetch.middlewares import SiteBusy
from crawler.fetch.robots import HostClosed
from crawler.items import Asked, Link
from crawler.readers import Readers, list_source, packed
from crawler.sites import EPI, Feed, Listing, Site, canonical, judge, urls
from crawler.store import SourceState, Store
from tests.support import at

HOME = "https://bao.example/"
SITE = Site(
    name="bao", publisher="B", home=HOME, tier="press", sources=(Feed(HOME + "home.rss"), Listing(HOME + "kinh-te")),
    article=r"-post\d+\.html$", layout=EPI,
)  # fmt: skip
T = TypeVar("T")
ITEM = "<item><title>Bài</title><link>{url}</link><pubDate>Thu, 06 Aug 2026 08:00:00 +0700</pubDate></item>"


def rss(*names: str) -> bytes:
    items = "".join(ITEM.format(url=HOME + name) for name in names)
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Báo</title>{items}</channel></rss>'.encode()


class Here(Readers):
    """Reads in this process, where a test can count what is done."""

    async def run(self, seconds: float, function: Callable[..., T], *args: Any) -> T:  # noqa: ARG002, the base's
        return function(*args)


class Bench:
    """A run whose answers are given by hand."""

    def __init__(self, store: Store, **settings: Any) -> None:
        values = Settings()
        values.setmodule("crawler.settings")
        DEFAULTS.apply_to(values)
        values.update(settings)
        self.errors: list[str] = []
        self.run = RunContext(
            site=SITE,
            store=store,
            report=SiteReport(site="bao"),
            budget=RequestBudget(store, "bao", 1000, lambda: at(0)),
            agenda=None,
            settings=RunSettings.of(values),
            now=lambda: at(0),
            end=self.errors.append,
            progress=lambda: None,
            readers=Here(1),
        )


@pytest.fixture
def bench(store: Store) -> Bench:
    return Bench(store)


def answer(request: Request, body: bytes = b"", status: int = 200, **headers: str) -> list[Request]:
    """What the one who asked makes of an answer."""
    assert request.callback is not None
    callback, response = request.callback, Response(request.url, status=status, headers=headers, body=body)

    async def given() -> list[Request]:
        return [one async for one in callback(response)]

    return asyncio.run(given())


def fail(request: Request, error: Exception) -> None:
    failure = Failure(error)  # type: ignore[no-untyped-call]
    failure.request = request  # type: ignore[attr-defined]
    assert request.errback is not None
    request.errback(failure)


def broken(*_: object) -> None:
    raise ValueError("nonsense")


def crawled(run: RunContext) -> tuple[SourceReader[Never], Callable[[], list[Request]]]:
    sources = Sources(run)
    return sources, lambda: list(sources.start([HOME + "home.rss"]))


def backfilled(run: RunContext) -> tuple[SourceReader[Never], Callable[[], list[Request]]]:
    sources = BackfillSources(run, Job(site="bao", span=DayRange(date(2026, 8, 1), date(2026, 8, 6))))
    # Its first step is the paged list: what waits in the store comes first, so that the start asks nothing.
    assert list(sources.start(None)) == []
    return sources, lambda: sources.advance() or []


@pytest.mark.parametrize("kind", [crawled, backfilled])
class TestSources:
    """Both kinds of sources fulfil the protocol."""

    def test_an_answer_counts(self, bench: Bench, kind: Any) -> None:
        sources, begin = kind(bench.run)
        [request] = begin()
        answer(request, rss("mua-post1.html", "gia-post2.html"))
        assert (sources.answered, sources.errors, bench.errors) == (1, [], [])
        assert (bench.run.report.links, bench.run.report.new) == (2, 2)

    @pytest.mark.parametrize("status", [403, 500])
    def test_a_refusal_is_told_with_its_reason(self, bench: Bench, kind: Any, status: int) -> None:
        sources, begin = kind(bench.run)
        [request] = begin()
        answer(request, b"x" * 700, status)
        reason = Refusal.FORBIDDEN if status == 403 else Refusal.SERVER_ERROR
        assert (sources.answered, bench.run.report.refused) == (0, {reason: 1})
        assert sources.errors == [f"{reason} ({status} from {request.url})"]

    def test_what_breaks_its_reader_is_a_refusal(
        self, bench: Bench, kind: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(source_answer, "list_source", broken)
        sources, begin = kind(bench.run)
        answer(begin()[0], rss("mua-post1.html"))
        assert (sources.answered, bench.run.report.refused) == (0, {Refusal.UNREADABLE: 1})

    def test_no_answer_is_a_refusal(self, bench: Bench, kind: Any) -> None:
        sources, begin = kind(bench.run)
        fail(begin()[0], DownloadTimeoutError())
        assert (sources.answered, len(sources.errors)) == (0, 1)
        assert (bench.run.report.refused, bench.errors) == ({Refusal.TIMEOUT: 1}, [])

    def test_what_the_budget_does_not_pay_for_is_no_failure(self, bench: Bench, kind: Any) -> None:
        sources, begin = kind(bench.run)
        [request] = begin()
        fail(request, Denied(Refusal.OVER_BUDGET))
        assert (sources.answered, sources.errors) == (0, [])
        assert (bench.run.report.refused, bench.errors) == ({Refusal.OVER_BUDGET: 1}, [])
        assert bench.run.store.source(request.url).failures == 0

    def test_a_site_that_wants_to_be_left_alone_ends_the_run(self, bench: Bench, kind: Any) -> None:
        sources, begin = kind(bench.run)
        fail(begin()[0], SiteBusy("429, asks for 900 s of waiting", 900.0))
        assert (bench.errors, bench.run.retry_after) == (["rate_limited: 429, asks for 900 s of waiting"], 900.0)
        assert sources.errors == []

    def test_the_home_page_behind_a_closed_host_ends_the_run(self, bench: Bench, kind: Any) -> None:
        _, begin = kind(bench.run)
        fail(begin()[0], HostClosed(Refusal.TIMEOUT, "robots.txt cannot be had"))
        assert bench.errors == ["timeout: robots.txt cannot be had"]

    def test_a_store_that_fails_ends_the_run(self, bench: Bench, kind: Any) -> None:
        _, begin = kind(bench.run)
        fail(begin()[0], StoreFailed("disk_full", "no space"))
        assert (bench.errors, bench.run.report.refused) == (["disk_full: no space"], {})


@pytest.mark.parametrize("paid", [True, False])
def test_an_index_of_which_a_child_was_put_off_is_asked_in_full_the_next_time(bench: Bench, paid: bool) -> None:
    sources, url = Sources(bench.run), HOME + "sitemap.xml"
    part = "<sitemap><loc>{url}</loc><lastmod>2026-08-06</lastmod></sitemap>"
    listed = "".join(part.format(url=f"{HOME}sitemap-{n}.xml") for n in (1, 2))
    index = f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{listed}</sitemapindex>'.encode()
    [request] = sources.start([url])
    first, second = answer(request, index, ETag='"1"')
    pages = (
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>{}mua-post1.html</loc></url></urlset>'
    )
    answer(first, pages.format(HOME).encode())
    if paid:
        answer(second, pages.format(HOME).encode())
    else:
        fail(second, Denied(Refusal.OVER_BUDGET))
    assert bench.run.store.source(url).etag == ('"1"' if paid else None)


def articles_of(bench: Bench, *names: str) -> tuple[Articles, list[Request]]:
    sources = Sources(bench.run)
    [request] = sources.start([HOME + "home.rss"])
    answer(request, rss(*names))
    articles = Articles(bench.run, PendingLinks(bench.run, revisit=False), sources)
    return articles, list(articles.next_batch())


PAGE = f"<html><head><title>Đê</title></head><body><h1>Đê</h1>{'<p>Một đoạn văn dài về con đê ven sông.</p>' * 20}"


def test_pages_that_the_site_fails_are_refused_when_it_gives_another(bench: Bench) -> None:
    _, requests = articles_of(bench, "a-post1.html", "b-post2.html", "c-post3.html")
    for request in requests[:2]:
        fail(request, DownloadTimeoutError())
    assert [link.tries for link in bench.run.store.pending("bao")] == [0, 0, 0]
    assert len(answer(requests[2], PAGE.encode())) == 1  # read: on its way to the pipeline
    assert sorted(link.tries for link in bench.run.store.pending("bao")) == [0, 1, 1]


def test_what_the_budget_puts_off_was_no_try(bench: Bench) -> None:
    articles, [request] = articles_of(bench, "a-post1.html")
    asked: Asked = request.meta["asked"]
    assert (asked.what, asked.purpose, asked.link and asked.link.url) == ("article", "article", HOME + "a-post1.html")
    fail(request, Denied(Refusal.OVER_BUDGET))
    [link] = bench.run.store.pending("bao")
    assert (link.tries, link.reason) == (0, Refusal.OVER_BUDGET)
    assert list(articles.next_batch()) == []  # nothing more today


class Stopped(Here):
    """Its run is being ended."""

    async def run(self, *_: object) -> Never:
        raise Interrupted


@pytest.mark.parametrize("died", [False, True], ids=["first try", "a run died over it"])
def test_a_page_that_a_stop_interrupts_has_had_no_try(bench: Bench, died: bool) -> None:
    links = [Link(HOME + "a-post1.html")]
    bench.run.store.save_source(SourceState(url=SITE.sources[0].url, checked_at=at(0)), links, "bao")
    if died:
        bench.run.store.refuse(links[0].url, Refusal.UNFINISHED, final=False)
    _, [request] = articles_of(bench, "a-post1.html")
    bench.run.readers = Stopped(1)
    answer(request, PAGE.encode())
    assert [link.tries for link in bench.run.store.pending("bao")] == [int(died)]


class Refusing(Here):
    """Reads nothing of any page."""

    async def run(self, *_: object) -> Never:
        raise Discard(Refusal.UNREADABLE)


def test_a_try_that_was_counted_before_the_page_was_read_is_not_counted_again(bench: Bench) -> None:
    links = [Link(HOME + "a-post1.html")]
    bench.run.store.save_source(SourceState(url=SITE.sources[0].url, checked_at=at(0)), links, "bao")
    bench.run.store.refuse(links[0].url, Refusal.UNFINISHED, final=False)
    _, [request] = articles_of(bench, "a-post1.html")
    bench.run.readers = Refusing(1)
    answer(request, PAGE.encode())
    assert [(link.tries, link.reason) for link in bench.run.store.pending("bao")] == [(2, Refusal.UNREADABLE)]


def test_a_closed_host_beside_that_of_the_home_page_ends_no_run(bench: Bench) -> None:
    _, [request] = articles_of(bench, "a-post1.html")
    fail(request.replace(url="https://media.bao.example/a-post1.html"), HostClosed(Refusal.TIMEOUT, "no robots.txt"))
    assert (bench.errors, bench.run.report.refused) == ([], {Refusal.TIMEOUT: 1})


def test_a_feed_that_speaks_of_walls_is_a_feed() -> None:
    feed = rss("captcha-post1.html").replace(b"<title>B\xc3\xa0i", b"<title>Captcha, Access denied")
    found = list_source(feed, HOME + "home.rss", None, packed(SITE), SITE.sources[0])
    assert (found.refused, len(found.links)) == (None, 1)
    wall = b"<html><head><title>Just a moment...</title></head><body>captcha</body></html>"
    found = list_source(wall, HOME + "home.rss", None, packed(SITE), SITE.sources[0])
    assert found.refused is Refusal.CHALLENGE


@pytest.fixture
def computed() -> Iterator[list[str]]:
    """The addresses whose canonical form is computed."""
    found: list[str] = []

    def note(frame: FrameType, event: str, _: Any) -> None:
        if event == "call" and frame.f_code is urls._canonical.__code__:
            found.append(frame.f_locals["url"])

    before = sys.getprofile()
    sys.setprofile(note)
    yield found
    sys.setprofile(before)


NAMES = tuple(f"bai-so-{n}-post{n}.html" for n in range(1, 31))


def test_the_address_of_a_feeds_link_is_computed_once(bench: Bench, computed: list[str]) -> None:
    [request] = Sources(bench.run).start([HOME + "home.rss"])
    answer(request, rss(*NAMES, "chuyen-muc/"))
    assert bench.run.report.new == len(NAMES)
    assert sorted(computed) == sorted(HOME + name for name in (*NAMES, "chuyen-muc/"))


def test_the_address_of_a_lists_link_is_computed_once(bench: Bench, computed: list[str]) -> None:
    anchors = "".join(f'<h3><a href="/{name}">Bài viết số {n} hôm nay</a></h3>' * 2 for n, name in enumerate(NAMES))
    [request] = Sources(bench.run).start([HOME + "kinh-te"])
    answer(request, f"<html><body>{anchors}{'<p>Tin</p>' * 9}</body></html>".encode())
    assert bench.run.report.new == len(NAMES)
    assert sorted(computed) == sorted(HOME + name for name in NAMES)


def test_a_verdict_tells_the_address_that_it_judged() -> None:
    url = "http://www.bao.example/mua-post1.html?utm_source=x"
    assert judge(url, SITE).canonical_url == canonical(url, SITE) == HOME + "mua-post1.html"
    assert judge("mailto:a@b", SITE).canonical_url is None
