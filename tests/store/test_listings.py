"""Lists page by page, documents by who names them, tokens: on both databases."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from crawler.errors import BadInput
from crawler.store import Store, listings, mentions, tokens
from crawler.store.listings import ArticleFilter, Place
from tests.support import T0, article, at


def pages(store: Store, wanted: ArticleFilter, limit: int) -> list[int]:
    found: list[int] = []
    place: Place | None = None
    with store.reading() as connection:
        for _ in range(100):
            page = listings.list_articles(connection, wanted, place, limit)
            found += [row.id for row in page.rows]
            if (place := page.next) is None:
                return found
    raise AssertionError("it never ends")


def test_pages_join_to_the_whole(store: Store) -> None:
    for n in range(1, 14):
        store.save(article(n, f"Bài {n}", site=("bao", "dai", "tin")[n % 3], published_at=at(n // 4)), at(n))
    whole = [row.id for row in store.articles(limit=None)]
    for limit in (1, 3, 50):
        assert pages(store, ArticleFilter(), limit) == whole
    some = [row.id for row in store.articles(sites=["bao", "tin"], limit=None)]
    assert pages(store, ArticleFilter(sites=["bao", "tin", "bao"]), 2) == some
    late = [row.id for row in store.articles(since=at(2), limit=None)]
    assert pages(store, ArticleFilter(since=at(2)), 2) == late
    assert pages(store, ArticleFilter(until=at(2)), 2) == [id_ for id_ in whole if id_ not in late]


def test_a_filter_without_an_index_looks_at_so_many_and_says_where_it_was(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listings, "WINDOW", 4)
    for n in range(1, 12):
        store.save(article(n, f"Bài {n}", kind="photo" if n in (2, 3) else "article"), at(n))
    with store.reading() as connection:
        first = listings.list_articles(connection, ArticleFilter(kind="photo"), None, 5)
    assert (first.rows, first.next) == ([], Place(at(8), 8))
    assert pages(store, ArticleFilter(kind="photo"), 5) == [3, 2]
    assert pages(store, ArticleFilter(kind="photo"), 1) == [3, 2]


def test_texts_of_a_list_are_cut(store: Store) -> None:
    store.save(article(1, title="T" * 9000, section="S" * 9000, credit="C" * 9000), at(1))
    with store.reading() as connection:
        (row,) = listings.articles_of(connection, [1, 7])
        (revision,) = listings.revisions_of(connection, 1, 5)
    assert {len(row.title), len(row.section or ""), len(row.credit or ""), len(revision.title)} == {listings.TITLE}


def test_a_text_is_read_whole_up_to_a_limit(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.save(article(1, "chữ " * 100, tags=("thẻ",)), at(1))
    with store.reading() as connection:
        whole = listings.text_of(connection, 1)
        assert whole is not None
        assert (len(whole.body), whole.tags) == (400, ("thẻ",))
        monkeypatch.setattr(listings, "MOST_TEXT", 50)
        part = listings.text_of(connection, 1, 1)
        assert part is not None
        assert (len(part.body), part.tags, part.canonical_url) == (50, (), whole.canonical_url)
        assert listings.text_of(connection, 1, 2) is None


def named(store: Store, document: int) -> list[int]:
    with store.reading() as connection:
        return [id_ for _, id_ in mentions.naming(connection, document, None, 10)]


def test_a_document_has_whom_it_is_named_by(store: Store) -> None:
    for n in (1, 2, 3):
        store.save(article(n, f"Bài {n}", documents=("336/2025/NĐ-CP", "85/NQ-CP")[: n % 2 + 1]), at(n))
    with store.reading() as connection:
        id_ = mentions.document_named(connection, "336/2025/nđ-cp")
        assert id_ is not None
        found = mentions.list_documents(connection, None, 10)
        assert {(one.name, one.articles, one.last_at) for one in found} == {
            ("336/2025/NĐ-CP", 3, at(3)), ("85/NQ-CP", 2, at(3))
        }  # fmt: skip
        first, second = found
        assert mentions.list_documents(connection, (first.last_at, first.id), 10) == [second]
    assert named(store, id_) == [3, 2, 1]
    store.save(article(3, "Bài 3, sửa"), at(9))
    assert named(store, id_) == [2, 1]


def test_an_old_store_learns_what_its_articles_name(fresh: Callable[[], str]) -> None:
    from crawler.store import migrate
    from crawler.store.database import engine_for, transaction, writer

    url = fresh()
    with Store.open(url) as store:
        for n in (1, 2):
            store.save(article(n, f"Bài {n}", documents=("336/2025/NĐ-CP",)), at(n))
    engine = engine_for(url)
    with transaction(writer(engine)) as connection:
        migrate.downgrade(connection, "0010")
    engine.dispose()
    with Store.open(url) as store:
        assert named(store, 1) == [2, 1]


def test_a_token_is_known_by_its_hash_until_it_is_revoked(store: Store) -> None:
    with store.writing() as connection:
        token = tokens.add(connection, "desk", T0, writes=True)
        assert tokens.known(connection, token) == tokens.Token(name="desk", writes=True, added_at=T0)
        assert tokens.known(connection, token + "x") is None
        with pytest.raises(BadInput, match="there is a token 'desk' already"):
            tokens.add(connection, "desk", T0, writes=False)
        assert [one.name for one in tokens.list_tokens(connection)] == ["desk"]
        tokens.revoke(connection, "desk")
        assert tokens.known(connection, token) is None
        with pytest.raises(BadInput, match="there is no token 'desk'"):
            tokens.revoke(connection, "desk")


def test_articles_are_counted_by_site_and_hour(store: Store) -> None:
    for n, (site, minutes) in enumerate(
        [("bao", 60), ("bao", 119), ("bao", 120), ("dai", 60), ("dai", 59), ("x", 240)]
    ):
        store.save(article(n, f"Bài {n}", site=site, published_at=at(minutes)), at(minutes))
    with store.reading() as connection:
        found = listings.hours(connection, at(60), at(240))
        of_one = listings.hours(connection, at(0), at(500), ["dai"])
    assert sorted(found) == [("bao", at(60), 2), ("bao", at(120), 1), ("dai", at(60), 1)]
    assert sorted(of_one) == [("dai", at(0), 1), ("dai", at(60), 1)]
