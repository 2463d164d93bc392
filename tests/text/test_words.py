"""A text as the words that a search compares and an index holds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.text import words
from crawler.text.words import signed_words, words_of

STRETCHES = st.text("aăắđĐÐoòóạyuUỷ19.,:-/&@\"'(_Ａ．\u200b\u0301", min_size=1, max_size=8).filter(str.split)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ('Dự án "nước sạch" (Huế).', " du an nuoc sach . hue . . "),
        ("21.935 tỷ, TP.HCM", " 21 935 ty . tp hcm . "),
        ("TP. Hồ Chí Minh", " tp ho chi minh . "),
        ("Thuỷ\nthủy", " thuy . thuy . "),
        ("Ｈà Nội", " ha noi . "),
        ("", " . "),
    ],
)
def test_words_without_diacritics(text: str, plain: str) -> None:
    assert words_of(text).plain == plain


def test_what_differs_in_diacritics_alone_has_another_sign_in_the_index() -> None:
    found = signed_words("mà má ma")
    first, second, third, _ = found.text.split()
    assert {word[:-1] for word in (first, second, third)} == {"ma"}
    assert len({first, second, third}) == 3
    assert found.marked == {"mà", "má"}


def test_breaks_in_a_row_are_one_in_the_index() -> None:
    assert signed_words("nước (sạch).\n\n").text.count(" .0") == 2


@given(st.lists(STRETCHES, max_size=12))
def test_stretches_that_are_learned_together_are_read_as_each_by_itself(stretches: list[str]) -> None:
    words._known.forget()
    together = words_of(" ".join(stretches)).exact
    each = []
    for stretch in stretches:
        words._known.forget()
        each.append(words_of(stretch).exact.removesuffix(" . "))
    assert together == f"{''.join(each)} . "


@given(st.lists(STRETCHES, max_size=12))
def test_what_is_remembered_is_what_was_found_first(stretches: list[str]) -> None:
    text = " ".join(stretches)
    words._known.forget()
    assert signed_words(text) == signed_words(text)
