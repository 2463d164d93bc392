"""What a search takes for the same: in words that an alert compares, and in the pattern that a database is given."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.store import Store
from crawler.text import search_form, search_pattern, without_marks
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
    assert re.search(search_pattern(one), other) is None


@pytest.mark.parametrize(("one", "other"), SAME)
def test_either_spelling_finds_the_other_in_articles_and_in_alerts(store: Store, one: str, other: str) -> None:
    for stored, asked in ((one, other), (other, one)):
        kept = article(1, f"Tin về {unicodedata.normalize('NFC', stored)} hôm nay")
        store.save(kept, T0)
        if not {"\u00ad", "\u200b"} & set(stored):  # what is read from pages has none
            assert len(store.articles(texts=[asked])) == 1
        assert match(parse(f'"{asked}"'), SearchedText.of(kept)) is not None


LETTERS = st.sampled_from("aăâbcdđeêghiklmnoôơpqrstuưvxyàáảãạằắẳẵặầấẩẫậòóỏõọùúủũụýỳỷỹỵ ")
WORDS = st.text(LETTERS, min_size=1, max_size=12).filter(lambda text: bool(text.strip()))


@given(WORDS)
def test_a_pattern_finds_its_text_in_any_case_and_so_does_that_of_the_bare_text(text: str) -> None:
    assert re.search(search_pattern(text), text.upper())
    assert re.search(search_pattern(without_marks(text)), text)


@given(WORDS, WORDS)
def test_words_of_one_form_find_each_other(one: str, other: str) -> None:
    if search_form(one) == search_form(other):
        assert re.fullmatch(rf"\s*{search_pattern(one)}\s*", other)


@given(st.text(max_size=20))
def test_any_text_is_a_pattern_that_finds_itself(text: str) -> None:
    clean = " ".join(text.split())
    assert re.search(search_pattern(text), unicodedata.normalize("NFC", clean)) or not clean.isprintable()
