"""What a search takes for the same."""

from __future__ import annotations

import unicodedata

import pytest

from crawler.store import Store
from crawler.text import search_form
from crawler.text.matching import SearchedText, match
from crawler.text.query import parse
from tests.support import T0, article

SAME = [
    ("thủy lợi", "thuỷ lợi"),
    ("hóa chất", "hoá chất"),
    ("ủy ban", "uỷ ban"),
    ("khỏe", "khoẻ"),
    ("của", "cuả"),
    ("Đắk Lắk", "\u00d0ắk Lắk"),
    ("Đắk Lắk", "\u0189ắk Lắk"),
    ("nước sạch", unicodedata.normalize("NFD", "Nước Sạch")),
    ("nước sạch", "NƯỚC  SẠCH"),
    ("covid 19", "ＣＯＶＩＤ　１９"),
    ("nước sạch", "nước s\u00adạ\u200bch"),
]
OTHER = [("nước sạch", "nước sách"), ("bá", "bà"), ("Đắk", "Dắk"), ("hóa", "hòa"), ("1,5", "15")]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_two_spellings_are_one_form(one: str, other: str) -> None:
    assert search_form(one) == search_form(other)


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_two_words_are_two_forms(one: str, other: str) -> None:
    assert search_form(one) != search_form(other)


@pytest.mark.parametrize(("one", "other"), SAME)
def test_either_spelling_finds_the_other_in_articles_and_in_alerts(store: Store, one: str, other: str) -> None:
    for stored, asked in ((one, other), (other, one)):
        kept = article(1, f"Tin về {unicodedata.normalize('NFC', stored)} hôm nay")
        store.save(kept, T0)
        if not {"\u00ad", "\u200b"} & set(stored):  # what is read from pages has none
            assert len(store.articles(texts=[asked])) == 1
        assert match(parse(f'"{asked}"'), SearchedText.of(kept)) is not None
