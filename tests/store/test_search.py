"""Search by the index of words, on both databases: it finds what alerts find, in order, with filters and pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from crawler.errors import BadInput
from crawler.store import Store, search_index
from crawler.store.search import SearchHit
from crawler.store.search import search as search_in
from crawler.store.search_candidates import candidates
from crawler.text.matching import SearchedText
from crawler.text.query import parse
from tests.support import article, at, url_of

# Few words, so that they meet; some differ in their marks alone, or in where the tone stands.
WORDS = st.sampled_from("nước sạch nuoc sách hoá hóa hòa Đắk Ðắk dak 336 2025 NĐ CP số nghị định ma má mà ＭＡ".split())
GLUE = st.sampled_from([" ", " ", " ", " ", "-", "/", ", ", ". ", ".", ",", "&", "\n", "_", "“", "\u200b"])
TEXTS = st.lists(st.tuples(WORDS, GLUE), min_size=1, max_size=14).map(
    lambda parts: "".join(map("".join, parts)).strip()
)
PHRASES = st.lists(st.tuples(WORDS, st.sampled_from(["", "", "", ".", ",", ".“"])), min_size=1, max_size=3).map(
    lambda parts: " ".join(map("".join, parts)).strip(".,“")
)
PARTS = st.one_of(
    PHRASES, PHRASES.map('"{}"'.format), PHRASES.map("{}*".format), PHRASES.map('-"{}"'.format),
    st.sampled_from(["nghị định 336", "nghi dinh 336/2025", "336/2025/NĐ-CP", "mà*", "sạch.mà", "336,2025"]),
)  # fmt: skip
QUERIES = st.lists(st.tuples(PARTS, st.sampled_from([" OR ", " AND ", " AND "])), min_size=1, max_size=3).map(
    lambda parts: "".join(f"({part}){glue}" for part, glue in parts[:-1]) + f"({parts[-1][0]})"
)


def search(store: Store, query: str, **about: object) -> list[SearchHit]:
    with store.reading() as connection:
        return search_in(connection, query, **about)  # type: ignore[arg-type]


def ids(store: Store, query: str, **about: object) -> list[int]:
    return [hit.article_id for hit in search(store, query, **about)]


_numbers = count(1)


@given(st.lists(st.tuples(TEXTS, TEXTS, st.none() | TEXTS), min_size=1, max_size=6), st.lists(QUERIES, max_size=6))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_found_in_the_store_is_what_an_alert_finds(
    store: Store, texts: list[tuple[str, str, str | None]], queries: list[str]
) -> None:
    # In one store, of which the last articles are those of this example: at times in the index, at times waiting.
    site = f"bao{next(_numbers)}"
    stored = {}
    for title, body, lead in texts:
        n = next(_numbers)
        page = article(n, f"{body} ", title=title, lead=lead, site=site, content_hash=f"v1:{n}")
        stored[store.save(page, at(n)).article_id] = page
    for query in queries:
        try:
            node = parse(query)
        except BadInput:
            continue
        expected = {id_ for id_, page in stored.items() if node.holds(SearchedText.of(page))}
        for order in ("newest", "best"):
            found = ids(store, query, sites=[site], order=order, limit=3)
            hits = found
            while len(hits) == 3:
                last = search(store, query, sites=[site], order=order, limit=len(found))[-1].cursor
                hits = ids(store, query, sites=[site], order=order, limit=3, before=last)
                found += hits
            assert len(found) == len(set(found))
            assert set(found) == expected, query
            if order == "newest":
                assert found == sorted(found, reverse=True)


def fill(store: Store, total: int, body: str = "Dự án nước sạch {}") -> None:
    for n in range(1, total + 1):
        store.save(article(n, body.format(n)), at(n))


def test_newest_first_is_by_publication_whenever_it_was_stored(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_index, "BATCH", 4)
    for n in (3, 1, 900_000, 2, 7, 60_000, 5):
        store.save(article(n, f"nước {n}"), at(8))
    store.save(article(10, "nước 10", published_at=None), at(4))
    minutes = {hit.canonical_url: n for n in (3, 1, 900_000, 2, 7, 60_000, 5, 10) for hit in search(store, f"nước {n}")}
    assert [minutes[hit.canonical_url] for hit in search(store, "nước")] == [900_000, 60_000, 7, 5, 10, 3, 2, 1]


def test_pages_follow_each_other(store: Store) -> None:
    fill(store, 150)
    first = search(store, "nước sạch", limit=70)
    second = search(store, "nước sạch", limit=70, before=first[-1].cursor)
    third = search(store, "nước sạch", limit=70, before=second[-1].cursor)
    numbers = [hit.article_id for hit in (*first, *second, *third)]
    assert numbers == list(range(150, 0, -1))
    with pytest.raises(BadInput, match="'7' is no cursor of this search"):
        search(store, "nước", before="7")
    with pytest.raises(BadInput, match="no cursor"):
        search(store, "nước", before="1.5")


def test_filters(store: Store) -> None:
    store.save(article(1, "nước 1", section="Thời sự", authors=("Lê An", "Hà"), kind="photo"), at(1))
    store.save(article(2, "nước 2", site="nhandan", section="Kinh tế"), at(2))
    store.save(article(3, "nước 3", site=None, authors=("Lê Ân",)), at(3))
    assert ids(store, "nước", sites=["bao"]) == [1]
    assert ids(store, "nước", sites=["bao", "nhandan"]) == [2, 1]
    assert ids(store, "nước", sites=["ba"]) == []
    assert ids(store, "nước", section="thoi su") == [1]
    assert ids(store, "nước", section="thời sử") == []
    assert ids(store, "nước", kind="photo") == [1]
    assert ids(store, "nước", author="le an") == [3, 1]
    assert ids(store, "nước", author="LÊ AN") == [1]
    assert ids(store, "nước", author="lê") == []
    assert ids(store, "nước", since=at(2)) == [3, 2]
    assert ids(store, "nước", until=at(2)) == [1]
    assert ids(store, "nước", since=at(2), until=at(3)) == [2]


def test_best_first_has_the_words_in_the_title_first(store: Store) -> None:
    store.save(article(1, "tin", title="Nước sạch về làng"), at(1))
    store.save(article(2, "nước sạch"), at(2))
    store.save(article(3, "nước sạch", content_hash="v1:3", title="Nuoc sach"), at(3))
    assert ids(store, "nước sạch", order="best") == [1, 3, 2]
    assert [hit.score for hit in search(store, "nước sạch", order="best")] == [1, 0, 0]
    assert ids(store, "nuoc sach", order="best") == [3, 1, 2]


@pytest.mark.parametrize("batch", [1, 64])
def test_the_current_revision_is_searched(store: Store, monkeypatch: pytest.MonkeyPatch, batch: int) -> None:
    monkeypatch.setattr(search_index, "BATCH", batch)
    store.save(article(1, "Mười người"), at(0))
    store.save(article(1, "Hai mươi người"), at(1))
    assert ids(store, "mười người") == []
    assert ids(store, "hai mươi") == [1]
    store.save(article(1, "Mười người"), at(2))
    assert ids(store, "mười người") == [1]
    store.amend(article(1, "Mười người", title="Tên khác", section="Kinh tế"), at(3), url_of(1))
    assert ids(store, "tên khác", section="kinh tế") == [1]
    assert ids(store, "tiêu đề") == []
    store.withdraw(url_of(1), at(4))
    assert [hit.withdrawn_at for hit in search(store, "mười người")] == [at(4)]


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("nước sạch về làng", 1),
        ("nuoc sach ve lang", 1),
        ("sach ve la*", 1),
        ("sạch nước sạch", 0),  # each two of its words stand in the text
        ("sach nuoc sach", 0),
        ("nước sách", 0),
        ('"nước sạch" -"nuoc sach ve lang"', 0),
        ('"nước sạch" -"sach nuoc sach"', 1),
        ('"nước sạch" -"nước sách"', 1),
        ("về làng, sạch nước", 1),
        ("về, làng. sạch, nước", 1),
        ("về làng, nước", 0),  # its words stand there, and none of them beside a sign and the next
        ("ve lang, nuo*", 0),
        ("ve, lang. sach*", 1),
    ],
)
def test_an_article_is_read_only_where_its_words_stand_in_order(
    store: Store, monkeypatch: pytest.MonkeyPatch, query: str, kept: int
) -> None:
    monkeypatch.setattr(search_index, "BATCH", 1)
    store.save(article(1, "Nước sạch về làng. Sạch nước"), at(1))
    with store.reading() as connection:
        found = candidates(connection, parse(query), [], 0, search_index.LAST, 5, titles=False)
        assert sum(map(len, found)) == kept


def test_the_sentence_shown_has_its_words_marked(store: Store) -> None:
    store.save(article(1, "Mở đầu. Giá NƯỚC SẠCH và Nước-sạch tăng. Hết."), at(1))
    (hit,) = search(store, '"nuoc sach" tăng')
    assert hit.snippet.text == "Giá NƯỚC SẠCH và Nước-sạch tăng."
    assert [hit.snippet.text[begin:end] for begin, end in hit.snippet.marked] == ["NƯỚC SẠCH", "Nước-sạch", "tăng"]


def test_more_in_one_second_than_it_has_keys(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_index, "SLOTS", 4)
    for n in range(1, 12):
        store.save(article(n, f"nước {n}", published_at=at(0)), at(n))
    assert sorted(ids(store, "nước")) == list(range(1, 12))


@pytest.mark.parametrize("published", [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)])
def test_any_time_has_a_key(store: Store, published: datetime) -> None:
    store.save(article(1, "nước", published_at=published), at(1))
    assert ids(store, "nước") == [1]


def test_a_long_text_is_found_by_each_of_its_words_and_phrases(store: Store) -> None:
    rare = " ".join(f"từ{n}" for n in range(20_000))
    store.save(article(1, f"{'và của ' * 300} cuối cùng {rare} tận cùng là hết", content_hash="v1:1"), at(1))
    store.save(
        article(2, " ".join(f"w{'x' * 50}{n:06}" for n in range(15_000)) + " hết cả rồi", content_hash="v1:2"), at(2)
    )
    store.save(article(3, "a" * 2000 + "b nước", content_hash="v1:3"), at(3))
    assert ids(store, "cuối cùng") == [1]
    assert ids(store, "tận cùng là hết") == [1]
    assert ids(store, "từ19999 tận") == [1]
    assert ids(store, "từ19998 tận") == []
    assert ids(store, "hết cả rồi") == [2]
    assert ids(store, "hết cả rồi", sites=["dai"]) == []
    assert ids(store, f"{'a' * 490}") == []
    assert ids(store, f"{'a' * 490}*") == [3]


def test_an_old_store_is_indexed_in_parts_when_it_is_opened(
    fresh: Callable[[], str], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    from crawler.store import database, migrate, search_fill

    url = fresh()
    with Store.open(url) as store:
        fill(store, 7)
    engine = database.engine_for(url)
    with database.transaction(database.writer(engine)) as connection:
        migrate.downgrade(connection, "0009")
        assert connection.scalar(text("SELECT count(*) FROM progress WHERE name = 'search'")) == 0
    monkeypatch.setattr(search_fill, "BATCH", 3)
    monkeypatch.setattr(search_fill, "_TALK", 0)
    real, done = search_fill.put, list[int]()

    def stopped(connection: object, article_id: int, *rest: object, **about: object) -> None:
        if article_id == 5 and 5 not in done:
            done.append(article_id)
            raise KeyboardInterrupt
        done.append(article_id)
        real(connection, article_id, *rest, **about)  # type: ignore[arg-type]

    monkeypatch.setattr(search_fill, "put", stopped)
    with pytest.raises(KeyboardInterrupt):
        Store.open(url)
    assert done == [1, 2, 3, 4, 5]
    with Store.open(url) as store:
        assert done[5:] == [4, 5, 6, 7]
        assert ids(store, "nước sạch") == [7, 6, 5, 4, 3, 2, 1]
    assert "% of 7 articles" in capfd.readouterr().err
    Store.open(url).close()
    assert len(done) == 9
    engine.dispose()
