"""How a query is written, beside what alerts ask of it: `-`, `*`, and legal instruments by number."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.errors import BadInput
from crawler.text.matching import SearchedText, snippet
from crawler.text.query import is_impossible, parse, written
from crawler.text.words import WORD, words_of


def finds(query: str, text: str) -> bool:
    return parse(query).holds(SearchedText(text))


DECREE = "Theo Nghị định số 336/2025/NĐ-CP ngày 22/12/2025 của Chính phủ."


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("336/2025/NĐ-CP", DECREE),
        ("336/2025/nd-cp", DECREE),
        ("336/2025", DECREE),
        ("nghị định 336", DECREE),
        ("NGHI DINH 336", DECREE),
        ("nghị định số 336", DECREE),
        ("nghị định 336/2025", DECREE),
        ("Nghị định 336/2025/NĐ-CP", DECREE),
        ("nghị định 336", "Nghị định 336 có hiệu lực"),
        ("nghị định 336", "các văn bản 335/2025/NĐ-CP, 336/2025/NĐ-CP"),
        ("nghị định 30a", "Nghị quyết 30a và nghị định số 30a/2008/NĐ-CP"),
        ("nghị quyết 12", "Nghị quyết 12-NQ/TW của Bộ Chính trị"),
        ("quyết định 7 -chỉ", "Quyết định số 7/QĐ-TTg"),
        ("nước -điện", "giá nước"),
        ("nước -(điện OR than)", "giá nước"),
        ('nước -"giá điện"', "giá nước, điện"),
        ("Covid-19", "dịch covid 19"),
        ("nướ*", "giá nước"),
        ("hoà*", "Hoàng Sa"),
        ("hòa*", "bình hoà"),
        ("nuoc sa*", "giá nước sạch"),
        ("TP HCM", "UBND TP.HCM"),
        ("TP.HCM", "UBND TP HCM"),
        ("TP Hồ Chí Minh", "UBND TP. Hồ Chí Minh"),
        ("PGS.TS Lê An", "PGS. TS. Lê An"),
        ("21.935 tỷ", "là 21.935 tỷ đồng"),
        ("117,5 km", "dài 117,5 km"),
        ("lúc 8:30", "họp lúc 8:30."),
        ("M&A", "thị trường M&A sôi động"),
        ("baomau.vn", "trang baomau.vn"),
        ("Lê An: Không chậm trễ, không bỏ sót", "Bộ trưởng Lê An: Không chậm trễ, không bỏ sót"),
        ("Lê An: Không chậm trễ", "Lê An không chậm trễ"),
        ("tại Huế. Mưa to*", "họp tại Huế (Việt Nam) rồi tại Huế. Mưa to"),
        ('"nước sạ*"', "giá nước sạch"),
    ],
)
def test_finds(query: str, text: str) -> None:
    assert finds(query, text)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("nghị định 336", "Nghị quyết số 336/2025/NQ-CP"),
        ("nghị định 336", "nghị định này có 336 trang"),
        ("nghị định 336", "Nghị định số 3365/2025/NĐ-CP"),
        ("nghị định 336/2024", DECREE),
        ('"nghị định 336"', DECREE),
        ("336/2025/NĐ-CP", "336/2026/NĐ-CP"),
        ("nước -điện", "giá nước và điện"),
        ("nướ*", "nương"),
        ("An không", "Lê An: Không chậm trễ"),
        ("Huế, mưa", "Huế có mưa"),
        ("21 tỷ", "21, tỷ"),
        ("việc gì", "xong việc.\nGì nữa"),
        ("hoà*", "hoa"),
        ("sach*", "sac"),
    ],
)
def test_finds_not(query: str, text: str) -> None:
    assert not finds(query, text)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("-nước", "names nothing that a page must have"),
        ("nước OR -điện", "names nothing that a page must have"),
        ("n*", "a * needs 2 letters or digits before it"),
        ("nước* sạch", "a * stands behind the last word of a phrase"),
        ("nước *", "a * stands behind the last word of a phrase"),
        ("*", "'' has neither letters nor digits"),
    ],
)
def test_what_cannot_be_read_is_said(query: str, said: str) -> None:
    with pytest.raises(BadInput, match=said.replace("*", r"\*")):
        parse(query)


@pytest.mark.parametrize(
    ("query", "impossible"),
    [
        ("nước -nước", True),
        ('"giá nước sạch" -"nước sạch"', True),
        ('"giá nước sạch" -"nuoc sach"', True),
        ('"gia nuoc sach" -"nước sạch"', False),
        ('"nước" -"nước sạch"', False),
        ("nướ* -nước", False),
        ("nướ* -nướ*", True),
        ("nước* -nước", False),
        ("(giá -giá) OR (nước -nước)", True),
        ("(giá -giá) OR nước", False),
        ("(giá -giá) nước", True),
        ("nước -(giá OR nước)", False),
    ],
)
def test_what_excludes_itself_is_known_beforehand(query: str, impossible: bool) -> None:
    assert is_impossible(parse(query)) is impossible


def test_a_query_is_told_as_it_was_understood() -> None:
    assert written(parse("nghị định 336/2025 -điện")) == (
        '("nghị định 336 2025" OR "nghị định số 336 2025" OR "336 2025 nđ") AND NOT "điện"'
    )
    assert written(parse("Lê An: Không chậm*")) == '"lê an. không chậm*"'
    assert parse(written(parse("Lê An: Không chậm*"))) == parse("Lê An: Không chậm*")
    assert written(parse("nước sa*")) == '"nước sa"*' or written(parse("nước sa*")) == '"nước sa*"'


TEXTS = st.text(st.sampled_from("aÀđĐd \n.,-/“_1ＡA\u0301\u0323\u200bßŉİ"), max_size=40)


@given(TEXTS)
def test_both_strings_of_words_have_the_same_items(text: str) -> None:
    words = words_of(text)
    assert len(words.exact.split()) == len(words.plain.split())
    assert words.exact.startswith(" ")
    assert words.exact.endswith(" ")


@given(TEXTS, TEXTS)
def test_what_is_marked_is_found_where_it_stands(text: str, query: str) -> None:
    words = [word for word in WORD.findall(query) if words_of(word).exact.split()[0] != "."]
    if not words:
        return
    found = snippet(parse(f'"{words[0]}"'), SearchedText(text))
    if found is not None:
        assert found.marked
        for start, end in found.marked:
            assert finds(f'"{words[0]}"', found.text[start:end])
