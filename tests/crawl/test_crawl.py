"""Whole crawls: against the newsroom, killed, stopped, misled, and from saved pages."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from crawler.crawl.run import crawl
from crawler.errors import BadInput, Refusal
from crawler.newsroom import Newsroom, World, newsroom_sites
from crawler.sites import EPI, Feed, Listing, Site, Sites, load_sites
from crawler.store import Store, quarantine
from tests.newsroom_bench import Bench
from tests.support import ROOT


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with Newsroom(World(seed=3, sites=6, articles=12)) as newsroom:
        yield Bench(newsroom, tmp_path)


@pytest.fixture
def one(tmp_path: Path) -> Iterator[Bench]:
    with Newsroom(World(seed=4, sites=1, articles=6)) as newsroom:
        yield Bench(newsroom, tmp_path)


def test_everything_is_stored_once_and_a_second_crawl_asks_only_the_sources(bench: Bench) -> None:
    reports = bench.crawl()
    assert [report.error for report in reports] == [None] * 6
    truth, stored = bench.published(), bench.stored()
    assert stored.keys() == truth.keys()
    for url, article in stored.items():
        assert (article.lead, article.body) == (truth[url]["lead"], truth[url]["body"]), url
    assert sum(report.created + report.copied for report in reports) == len(truth) == 72
    assert set(bench.asked().values()) == {1}

    reports = bench.crawl()
    assert sum(report.not_modified for report in reports) == sum(report.sources for report in reports)
    assert all(report.pages == report.new == 0 for report in reports)
    asked = bench.newsroom.requests
    sources = sum(len(site.sources) for site in bench.sites.values())
    assert len(asked) == sources + len(bench.sites)
    for request in asked:
        conditional = {"if-none-match", "if-modified-since"} & request.headers.keys()
        assert bool(conditional) != (request.path == "/robots.txt")


def test_what_is_published_later_arrives_and_nothing_else_is_asked(one: Bench) -> None:
    one.crawl()
    urls = one.newsroom.misbehave("songda", late=2)
    (report,) = one.crawl()
    assert (report.created, report.pages) == (2, 2)
    assert set(urls) <= one.stored().keys()


def test_edits_and_take_downs_are_found_by_a_revisit(one: Bench) -> None:
    one.crawl()
    edited = one.newsroom.misbehave("songda", edit=1)
    (report,) = one.crawl(revisit=True, settings={"THOISU_REVISIT_DAYS": 10_000})
    assert (report.revised, report.created, report.pages) == (1, 0, 6)
    assert one.stored()[edited[0]].body == one.published()[edited[0]]["body"]
    one.newsroom.misbehave("songda", take_down=1)
    (report,) = one.crawl(revisit=True, settings={"THOISU_REVISIT_DAYS": 10_000})
    assert (report.withdrawn, report.unchanged) == (1, 5)


def test_a_site_that_asks_for_patience_gets_it(one: Bench) -> None:
    one.newsroom.misbehave("songda", status=503, retry_after=0, times=3, path="post")
    one.newsroom.misbehave("songda", status=429, times=2)
    (report,) = one.crawl()
    assert (report.created, report.error) == (6, None)


def test_a_site_without_end_of_patience_is_left_and_the_others_go_on(bench: Bench) -> None:
    bench.newsroom.misbehave("songda", status=429, retry_after=3600)
    reports = {report.site: report for report in bench.crawl("songda", "hongha")}
    assert (reports["songda"].error or "").startswith("rate_limited")
    assert (reports["hongha"].created, reports["hongha"].error) == (12, None)
    bench.newsroom.behave("songda")
    (report,) = bench.crawl("songda")
    assert report.created + report.copied == 12


@pytest.mark.parametrize("how", ["always-304", "frozen"])
def test_validators_that_lie_cost_the_site_its_privilege(one: Bench, how: str) -> None:
    one.crawl()
    one.newsroom.misbehave("songda", validators=how)
    one.newsroom.misbehave("songda", late=1)
    reports = [one.crawl(settings={"THOISU_AUDIT_EVERY": 3})[0] for _ in range(3)]
    assert sum(report.distrusted for report in reports) >= 1
    assert sum(report.created for report in reports) == 1
    with Store.open(one.store_url) as store:
        states = [store.source(source.url) for source in one.sites["songda"].sources]
    assert any(not state.trusted and state.lies for state in states)
    one.newsroom.behave("songda")
    one.newsroom.misbehave("songda", late=1)
    assert one.crawl()[0].created == 1


@pytest.mark.parametrize(
    ("fault", "reason", "settings"),
    [
        ({"redirect": "loop"}, "redirected", {}),
        ({"redirect": "https://elsewhere.vn/"}, "redirected", {}),
        ({"redirect": "http://169.254.169.254/latest/meta-data/"}, "private_address", {}),
        ({"redirect": "http://2130706433:1/"}, "private_address", {}),
        ({"redirect": "http://127.0.0.1:1/"}, "private_address", {}),
        ({"redirect": "file:///etc/passwd"}, "redirected", {}),
        ({"redirect": "/"}, "soft_404", {}),
        ({"challenge": "d1n"}, "challenge", {}),
        ({"status": 403}, "forbidden", {}),
        ({"status": 404}, "not_found", {}),
        ({"status": 500}, "server_error", {}),
        ({"gzip_bomb": 20}, "too_large", {}),
        ({"huge": 20}, "too_large", {}),
        ({"drip": 0.5}, "timeout", {"DOWNLOAD_TIMEOUT": 3}),
    ],
)
def test_a_bad_page_has_its_word_and_is_not_stored(
    one: Bench, fault: dict[str, Any], reason: str, settings: dict[str, Any]
) -> None:
    urls = sorted(one.published())
    path = urls[0].partition("localhost")[2].partition("/")[2]
    one.newsroom.misbehave("songda", **fault, path=re.escape(path))
    (report,) = one.crawl(settings=settings)
    assert report.refused[reason] == 1  # type: ignore[index]
    assert one.stored().keys() == set(urls[1:])
    # Whatever it was, it passes, and the page is had in the end.
    one.newsroom.behave("songda")
    one.crawl()
    given_up = reason == "too_large"
    assert (one.stored().keys() == set(urls)) != given_up


def test_a_site_that_leads_all_its_pages_inside_a_network_is_left_alone(one: Bench) -> None:
    one.newsroom.misbehave("songda", redirect="http://10.0.0.1/", path="post")
    (report,) = one.crawl()
    assert report.error == "private_address: 5 pages in a row"
    assert report.refused[Refusal.PRIVATE_ADDRESS] <= 6  # one more may have been on its way
    one.newsroom.behave("songda")
    one.crawl()
    assert one.stored().keys() == one.published().keys()


def test_a_first_crawl_begins_with_the_news_and_not_with_the_sitemap(tmp_path: Path) -> None:
    with Newsroom(World(seed=5, sites=1, articles=200)) as room:
        sites = newsroom_sites(room.url, count=1)
        store_url = f"sqlite:///{tmp_path / 'store.db'}"
        crawl(sites, store_url=store_url, newsroom=room.url, limit=10, settings={"THOISU_DELAY": 0})
        newest = sorted((story.published for story in room.world.all_stories()), reverse=True)[:10]
    with Store.open(store_url) as store:
        assert [row.published_at for row in store.articles()] == newest


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"html_for_feed": True}, {"html_for_feed"}),
        ({"xml": "bomb"}, {"entity_bomb"}),
        ({"xml": "external"}, {"entity_bomb"}),
        ({"gzip_bomb": 60}, {"too_large"}),
        ({"challenge": "d1n"}, {"challenge"}),
        ({"redirect": "loop"}, {"redirected"}),
        ({"status": 404}, {"not_found"}),
    ],
)
def test_a_bad_source_has_its_word(one: Bench, fault: dict[str, Any], words: set[str]) -> None:
    one.newsroom.misbehave("songda", **fault, path=r"rss|xml")
    (report,) = one.crawl()
    assert report.refused.keys() == words
    assert report.error is not None
    assert report.pages == 0


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Bench]:
    """Papers whose listing has three pages of twenty."""
    with Newsroom(World(seed=6, sites=3, articles=45)) as newsroom:
        yield Bench(newsroom, tmp_path)


def pages_after_the_first(bench: Bench) -> int:
    return sum("timelinelist" in request.path or "BRSR" in request.path for request in bench.newsroom.requests)


def test_endless_paging_ends_and_later_looks_stop_at_what_is_known(two: Bench) -> None:
    two.newsroom.misbehave("hongha", endless=True)
    (report,) = two.crawl("hongha")
    assert (report.created + report.copied, pages_after_the_first(two)) == (45, 3)
    two.newsroom.misbehave("hongha", edit=1)
    (report,) = two.crawl("hongha")
    assert (report.new, pages_after_the_first(two)) == (0, 0)


def test_what_a_feed_made_known_does_not_end_the_paging_of_a_listing(two: Bench) -> None:
    site = two.sites["truongson"]
    listing, feed = (next(one.url for one in site.sources if isinstance(one, kind)) for kind in (Listing, Feed))
    assert two.crawl("truongson", sources=(feed,))[0].new == 40
    assert two.crawl("truongson")[0].new == 5
    first = [request.path for request in two.newsroom.requests][:2]
    assert first == ["/robots.txt", urlsplit(listing).path]


def test_a_closed_door_is_respected(one: Bench) -> None:
    url = one.sites["songda"].home + "api/rss.xml"
    (report,) = one.crawl(sources=(url,))
    assert report.refused == {"robots": 1}
    assert [request.path for request in one.newsroom.requests] == ["/robots.txt"]


def test_the_newsroom_is_let_through_only_when_it_is_named(one: Bench) -> None:
    (report,) = one.crawl(newsroom=None)
    assert report.refused.keys() == {"private_address"}
    (report,) = one.crawl(newsroom="http://127.0.0.1:1")
    assert report.refused.keys() == {"private_address"}
    assert one.newsroom.requests == []


PAPER = Site(
    name="bendo",
    publisher="Báo Bến Đò",
    home="https://bendo.vn/",
    tier="press",
    sources=(Listing("https://bendo.vn/tin-moi"),),
    article=r"-post\d+\.html$",
    layout=EPI,
)
HEAD = "<!DOCTYPE html><html><head><meta charset='utf-8'><title>{0}</title></head><body><h1>{0}</h1>"


def test_a_page_without_text_is_kept_and_given_up_in_the_end(tmp_path: Path) -> None:
    saved = tmp_path / "saved"
    saved.mkdir()
    links = "".join(f"<h3><a href='/chuyen-do-so-{n}-post{n}.html'>Chuyến đò số {n} qua sông</a></h3>" for n in (1, 2))
    filler = "<div class='article__body'></div><footer>Báo Bến Đò</footer>" + "<script>var a = 1;</script>" * 30
    (saved / "list.html").write_text(HEAD.format("Tin mới") + links + "</body></html>", encoding="utf-8")
    (saved / "page.html").write_text(
        HEAD.format("Chuyến đò số 1 qua sông") + filler + "</body></html>", encoding="utf-8"
    )
    table = "url\tfile\nhttps://bendo.vn/tin-moi\tlist.html\nhttps://bendo.vn/chuyen-do-so-1-post1.html\tpage.html\n"
    (saved / "replay.tsv").write_text(table, encoding="utf-8")
    own = {"THOISU_TRIES_MAX": 2}
    seen = []
    for _ in range(3):
        (report,) = crawl(Sites([PAPER]), store_url=f"sqlite:///{tmp_path / 'store.db'}", replay=saved, settings=own)
        seen.append(dict(report.refused))
    assert seen == [{"no_body": 1, "not_saved": 1}] * 2 + [{"not_saved": 1}]
    with Store.open(f"sqlite:///{tmp_path / 'store.db'}") as store, store.reading() as connection:
        (kept,) = quarantine.listed(connection, ["bendo"])
        content = quarantine.content(connection, kept)
    assert (kept.reason, kept.url) == ("no_body", "https://bendo.vn/chuyen-do-so-1-post1.html")
    assert content is not None
    assert content.body == (saved / "page.html").read_bytes()
    assert content.article["title"] == "Chuyến đò số 1 qua sông", "as the source said"


def test_pages_that_always_fail_do_not_hold_up_the_others(one: Bench) -> None:
    world = one.newsroom.world
    broken = [world.url(story) for story in world.stories["songda"][-3:]]  # the newest, which are asked first
    for url in broken:
        one.newsroom.misbehave("songda", status=500, path=re.escape(urlsplit(url).path))
    few = {"THOISU_FAILURES_MAX": 2, "THOISU_TRIES_MAX": 5}
    for _ in range(2):
        one.crawl(settings=few)
    assert one.stored().keys() == one.published().keys() - set(broken)
    for _ in range(5):
        one.crawl(settings=few)
    assert one.crawl(settings=few)[0].pages == 0


def test_a_site_that_gives_nothing_costs_no_page_its_tries(one: Bench) -> None:
    one.crawl(limit=1)
    one.newsroom.misbehave("songda", html_for_feed=True)
    one.newsroom.misbehave("songda", status=500, path="post")
    (report,) = one.crawl(settings={"THOISU_FAILURES_MAX": 2, "THOISU_TRIES_MAX": 1})
    assert report.error == "server_error: 2 pages in a row"
    one.newsroom.behave("songda")
    assert one.crawl()[0].created == 5


def test_a_site_that_is_down_is_left_soon_and_loses_nothing(tmp_path: Path) -> None:
    with Newsroom(World(seed=3, sites=2, articles=6)) as newsroom:
        bench = Bench(newsroom, tmp_path)
        bench.crawl("hongha", limit=1)
    (report,) = bench.crawl("hongha", settings={"THOISU_TRIES_MAX": 1})
    assert (report.error or "").startswith("unreachable")
    assert report.refused.keys() == {"unreachable"}
    with Store.open(bench.store_url) as store:
        assert len(store.pending("hongha")) == 5


def test_a_limit_is_kept_for_the_newest_and_the_rest_comes_later(one: Bench) -> None:
    assert one.crawl(limit=2)[0].created == 2
    world = one.newsroom.world
    newest = [world.url(story) for story in world.visible(world.papers[0])[:2]]
    assert [f"http://{request.host}:{world.port}{request.path}" for request in one.newsroom.requests[-2:]] == newest
    assert one.crawl()[0].created == 4


def test_a_source_of_no_site_is_told(one: Bench) -> None:
    with pytest.raises(BadInput, match=r"https://nhandan.vn/rss belongs to none of the sites songda"):
        one.crawl(sources=("https://nhandan.vn/rss",))


_KILLED = """
import os, signal, sys
from crawler.newsroom import newsroom_sites
from crawler.crawl.run import crawl
url, store, left = sys.argv[1], sys.argv[2], int(sys.argv[3])
def progress(report):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), getattr(signal, sys.argv[4]))
reports = crawl(newsroom_sites(url, count=3), store_url=store, newsroom=url, on_progress=progress,
                settings={"THOISU_DELAY": 0})
print(sorted({report.error for report in reports}, key=str))
"""


def run_and_signal(bench: Bench, after: int, name: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", _KILLED, bench.newsroom.url, bench.store_url, str(after), name]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_a_crawl_that_is_killed_again_and_again_loses_nothing(tmp_path: Path) -> None:
    with Newsroom(World(seed=5, sites=3, articles=20)) as newsroom:
        bench = Bench(newsroom, tmp_path)
        for after in (2, 8, 30):
            assert run_and_signal(bench, after, "SIGKILL").returncode == -signal.SIGKILL
            assert bench.stored().keys() <= bench.published().keys()
        bench.crawl()
        assert bench.stored().keys() == bench.published().keys()


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
def test_a_crawl_that_is_asked_to_stop_stops_in_order(tmp_path: Path, name: str) -> None:
    with Newsroom(World(seed=5, sites=3, articles=40)) as newsroom:
        bench = Bench(newsroom, tmp_path)
        done = run_and_signal(bench, 12, name)
        assert (done.returncode, done.stdout) == (0, "['stopped']\n"), done.stderr
        assert 0 < len(bench.stored()) < 120
        bench.crawl()
        assert bench.stored().keys() == bench.published().keys()


def test_scrapy_knows_the_sites(tmp_path: Path) -> None:
    shutil.copy(ROOT / "scrapy.cfg", tmp_path)
    command = [sys.executable, "-m", "scrapy", "list"]
    listed = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert listed.stdout.split() == list(load_sites())


CORPUS = os.environ.get("THOISU_CORPUS")
LISTS = {
    "baochinhphu": "https://baochinhphu.vn/chinh-sach-va-cuoc-song/chinh-sach-moi.htm",
    "baodautu": "https://baodautu.vn/tai-chinh-chung-khoan-d6/",
    "tuoitre": "https://tuoitre.vn/kinh-doanh.htm",
    "vnexpress": "https://vnexpress.net/kinh-doanh",
}


@pytest.mark.skipif(not CORPUS, reason="real pages: set THOISU_CORPUS to the corpus folder")
def test_the_saved_pages_are_crawled_as_if_from_the_sites(tmp_path: Path) -> None:
    every = load_sites()
    sites: dict[str, Site] = {name: every[name] for name in LISTS}
    store_url = f"sqlite:///{tmp_path / 'store.db'}"
    for created in (1, 0):
        reports = crawl(sites, store_url=store_url, replay=Path(CORPUS or ""), sources=tuple(LISTS.values()))
        assert [report.created for report in reports] == [created] * 4
        assert [report.error for report in reports] == [None] * 4
        for report in reports:
            assert report.refused == {"not_saved": report.links - 1}
