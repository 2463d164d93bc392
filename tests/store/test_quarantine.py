"""The pages that are kept for repair: each whole, the newest of a site, and not more than there is room for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.store import Store, quarantine
from crawler.store.quarantine import EXAMPLE, KeptPage, PageContent, slug
from tests.support import at, keep_page, url_of

BODY = b"<html>\xff\0" + "Đê đã được sửa".encode()


def listed(store: Store, *sites: str, reason: str | None = None) -> list[KeptPage]:
    with store.reading() as connection:
        return quarantine.listed(connection, sites or None, reason=reason)


def test_a_page_is_given_back_as_it_was_fetched(store: Store) -> None:
    keep_page(store, 1, body=BODY)
    (page,) = listed(store)
    assert (page.site, page.reason, page.detail, page.url, page.at) == ("bao", "no_body", "nothing", url_of(1), at(1))
    assert page.name == slug(url_of(1))
    with store.reading() as connection:
        assert quarantine.named(connection, "bao", page.name) == page
        assert quarantine.named(connection, "dai", page.name) is None
        assert quarantine.content(connection, page) == PageContent(BODY, {"url": url_of(1), "title": "Đê\0 ?"})


def test_the_same_page_again_takes_the_place_of_the_first(store: Store) -> None:
    keep_page(store, 1)
    keep_page(store, 1, reason=EXAMPLE, body=b"anew", when=at(5))
    (page,) = listed(store)
    assert (page.reason, page.at, page.origin["layout"]) == (EXAMPLE, at(5), "nothing")
    with store.reading() as connection:
        content = quarantine.content(connection, page)
    assert content is not None
    assert content.body == b"anew"


def test_the_newest_of_each_reason_are_kept(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quarantine, "PAGES", 3)
    keep_page(store, 9, "dai")
    for n in range(1, 6):
        keep_page(store, n)
        keep_page(store, 10 + n, reason=EXAMPLE)
    keep_page(store, 20, reason="no_title")
    assert [page.url for page in listed(store, "bao", reason="no_body")] == [url_of(n) for n in (5, 4, 3)]
    assert [page.url for page in listed(store, reason=EXAMPLE)] == [url_of(n) for n in (15, 14)]
    assert [page.url for page in listed(store, reason="no_title")] == [url_of(20)]
    assert [page.url for page in listed(store, "dai")] == [url_of(9)]


def test_a_site_has_so_many_bytes_and_no_page_drives_out_the_others(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_page(store, 1)
    (page,) = listed(store)
    monkeypatch.setattr(quarantine, "BYTES", 2 * page.bytes + 20)
    keep_page(store, 2)
    keep_page(store, 3)
    assert [page.url for page in listed(store)] == [url_of(3), url_of(2)]
    keep_page(store, 4, body=bytes(range(256)) * 2)  # which compresses to more than there is room for
    assert [page.url for page in listed(store)] == [url_of(3), url_of(2)]


def test_how_much_more_there_may_be_is_told_by_what_there_is(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quarantine, "PAGES", 6)
    with store.reading() as connection:
        assert quarantine.room(connection) == 1
    keep_page(store, 1)
    keep_page(store, 2, reason=EXAMPLE)
    with store.reading() as connection:
        assert quarantine.room(connection) == (6 + 2) / 2


@given(st.text())
def test_a_slug_stays_inside_its_folder(path: str) -> None:
    name = slug("https://bao.vn/" + path.encode("utf-8", "replace").decode())
    assert name.replace("-", "").isalnum()
    assert name.isascii()
    assert len(name) < 80
