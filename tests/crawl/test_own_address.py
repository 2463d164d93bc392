"""Under which address an article is stored whose headline was edited: by the numbers that the store knows."""

from __future__ import annotations

import pytest

from crawler.crawl.own_address import under_its_address
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


def stored(store: Store, one: Article, minutes: int = 0) -> str:
    """The address under which an article is stored."""
    with store.reading() as connection:
        found = under_its_address(connection, one, one.canonical_url, SITE, at(minutes))
    store.save(found, at(minutes))
    return found.canonical_url


def test_an_edited_slug_keeps_the_address_that_is_stored(store: Store) -> None:
    first = stored(store, page(501, "khoi-cong"))
    assert stored(store, page(501, "da-khoi-cong"), 9) == first
    assert stored(store, page(502, "khoi-cong"), 9) != first


@pytest.mark.parametrize("days", [5, 400])
def test_a_number_of_another_time_is_another_article(store: Store, days: int) -> None:
    first = stored(store, page(501, "khoi-cong", -days * 1440))
    assert stored(store, page(501, "nghiem-thu")) != first


def test_an_old_article_keeps_its_address_too(store: Store) -> None:
    first = stored(store, page(501, "khoi-cong", -400 * 1440))
    assert stored(store, page(501, "da-khoi-cong", -400 * 1440 + 60)) == first


def test_a_page_that_is_asked_again_keeps_its_address(store: Store) -> None:
    first = stored(store, page(501))
    assert stored(store, page(501), 60) == first
