"""Under which address an article is stored whose headline was edited: by the numbers that a run knows."""

from __future__ import annotations

import pytest

from crawler.crawl.own_address import RunAddresses, under_its_address
from crawler.items import Article
from crawler.sites import EPI, Feed, Site
from crawler.store import Store
from tests.support import article, at

SITE = Site(
    name="bao",
    publisher="Báo",
    home="https://bao.example/",
    tier="central",
    sources=(Feed("https://bao.example/rss"),),
    layout=EPI,
    article=r"-post\d+\.html$",
)


def page(number: int, slug: str = "tin", minutes: int = 0) -> Article:
    url = f"https://bao.example/{slug}-post{number}.html"
    return article(number, f"Bài {number}, {slug}", url=url, canonical_url=url, published_at=at(minutes))


def stored(store: Store, known: RunAddresses, one: Article, minutes: int = 0) -> str:
    """The address under which a run stores an article."""
    found = under_its_address(one, one.canonical_url, SITE, known, at(minutes))
    store.save(found, at(minutes))
    return found.canonical_url


@pytest.fixture(params=[0, 20], ids=["few", "many"])
def known(request: pytest.FixtureRequest, store: Store) -> RunAddresses:
    """What a run knows that has read few articles, which ask the store, or many."""
    run = RunAddresses(store, SITE)
    for number in range(request.param):
        stored(store, run, page(10_000 + number))
    return run


def test_an_edited_slug_keeps_the_address_that_the_run_has_stored(store: Store, known: RunAddresses) -> None:
    first = stored(store, known, page(501, "khoi-cong"))
    assert stored(store, known, page(501, "da-khoi-cong"), 9) == first
    assert stored(store, known, page(502, "khoi-cong"), 9) != first


def test_an_edited_slug_keeps_the_address_that_an_earlier_run_has_stored(store: Store, known: RunAddresses) -> None:
    run = RunAddresses(store, SITE)
    first = stored(store, run, page(501, "khoi-cong"))
    later = RunAddresses(store, SITE)
    for number in range(20):
        stored(store, later, page(20_000 + number))
    assert stored(store, later, page(501, "da-khoi-cong"), 9) == first


@pytest.mark.parametrize("days", [5, 400])
def test_a_number_of_another_time_is_another_article(store: Store, known: RunAddresses, days: int) -> None:
    first = stored(store, known, page(501, "khoi-cong", -days * 1440))
    assert stored(store, known, page(501, "nghiem-thu")) != first


def test_what_is_older_than_the_run_remembers_is_asked_of_the_store(store: Store, known: RunAddresses) -> None:
    first = stored(store, known, page(501, "khoi-cong", -400 * 1440))
    assert stored(store, known, page(501, "da-khoi-cong", -400 * 1440 + 60)) == first


def test_a_page_that_is_asked_again_keeps_its_address(store: Store, known: RunAddresses) -> None:
    first = stored(store, known, page(501))
    assert stored(store, known, page(501), 60) == first
