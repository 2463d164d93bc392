"""A machine on which no process to read in can be begun: each command says so, and nothing is held against a page."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from sqlalchemy import select

from crawler.alerts import alerts
from crawler.archive import Archive
from crawler.archive.reread import review
from crawler.errors import NoReader, Refusal
from crawler.items import Link
from crawler.readers import Readers, pool, reader
from crawler.schedule import agenda, enrol
from crawler.sites import Sites
from crawler.store import SourceState, Store, passed_over, runs
from crawler.store.schema import links, sources
from tests.crawl.served_paper import HTML, Paper, page, served
from tests.support import T0, Thoisu, article, at

SAID = "no process can be begun to read in: ModuleNotFoundError: No module named 'no_such_module'"


@pytest.fixture
def paper(tmp_path: Path) -> Iterator[Paper]:
    with served(tmp_path) as site:
        yield site


@pytest.fixture
def without(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Readers that lack a module; those of other tests are none of this one's."""
    with ThreadPoolExecutor(1) as threads:
        monkeypatch.setattr(pool, "_threads", lambda *_: threads)
        monkeypatch.setattr(reader, "_MAIN", "import no_such_module; print")
        yield


def test_a_crawl_ends_and_its_site_is_asked_again(paper: Paper, without: None) -> None:
    with Store.open(paper.store_url) as store:
        enrol(Sites([paper.site]), store, at(0))
    with pytest.raises(NoReader, match=SAID):
        paper.crawl()
    with Store.open(paper.store_url) as store, store.reading() as connection:
        [run] = runs.of_sites(connection)["bendo"]
        assert (run.error, run.failures) == (SAID, 0)
        assert connection.execute(select(sources)).all() == []
        assert agenda.next_times(connection)["bendo"] <= at(1)


def test_pages_that_are_listed_stay_as_they_were(paper: Paper, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(readers: Readers, *_: object) -> None:
        raise readers._fail("no memory")

    def lose_readers(handler: BaseHTTPRequestHandler) -> None:
        monkeypatch.setattr(Readers, "_call", gone)
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(page(1))

    paper.answers["/de-post1.html"] = lose_readers
    with pytest.raises(NoReader, match="no memory"):
        paper.crawl()
    with Store.open(paper.store_url) as store, store.reading() as connection:
        assert {(row.fate, row.tries) for row in connection.execute(select(links))} == {("pending", 0)}


def test_a_page_whose_try_was_counted_before_has_it_back(paper: Paper, monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[list[int]] = []
    with Store.open(paper.store_url) as store:
        found = [Link(f"{paper.base}/de-post{number}.html", title="Con đê") for number in range(1, 5)]
        store.save_source(SourceState(url=f"{paper.base}/feed.rss"), found, "bendo")
        for link in found:
            store.refuse(link.url, Refusal.UNFINISHED, final=False)
    paper.answers["/feed.rss"] = 500, HTML, b""
    monkeypatch.setattr(Readers, "_call", lambda readers, *_: (_ for _ in ()).throw(readers._fail("no memory")))
    for _ in range(2):
        with pytest.raises(NoReader):
            paper.crawl()
        with Store.open(paper.store_url) as store:
            tries.append([link.tries for link in store.pending("bendo")])
    assert tries == [[1, 1, 1, 1]] * 2


def test_an_archive_is_not_read_again(paper: Paper, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    archive = tmp_path / "warc"
    assert paper.crawl(THOISU_ARCHIVE=str(archive)).created == 4
    request.getfixturevalue("without")
    with Archive(archive) as opened, Store.open(paper.store_url) as store:
        opened.catch_up()
        with pytest.raises(NoReader):
            list(review(opened, store, Sites([paper.site])))


def test_an_article_that_needs_one_is_not_passed_over(thoisu: Thoisu, address: str, without: None) -> None:
    with Store.open(address) as store:
        alerts.add(store, "nước sạch", [], [], T0)
        store.save(article(1, "Con đê. " * 50_000, content_hash="v1:long"), at(1))
    run = thoisu("alerts", "run", "--store", address)
    assert (run.code, run.err.splitlines()[-1]) == (1, f"thoisu: {SAID}")
    assert "Traceback" not in run.err
    with Store.open(address) as store, store.reading() as connection:
        assert passed_over.listed(connection) == []
        assert alerts.list_alerts(connection)[0].cursor == 0
