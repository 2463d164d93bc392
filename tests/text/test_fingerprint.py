from __future__ import annotations

import json
import os
import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from crawler.text import content_hash, documents, normal_form
from crawler.text.legacy_encodings import LETTERS

WORDS = (
    "hòa thúy quý khỏe của mía già giếng hoàn ngoéo huỳnh quả tiến người cuối yếu thuế uống việc Bộ Đường tỉnh 85 "
    "2026 nước lũ khuỷu quỳnh gì xuân quyết toàn tóe lửa khuya sửa giữa Nghĩa"
).split()
# The same syllables as the newer rule, a hasty typist or an old keyboard leaves them.
OTHER = {
    "hòa": "hoà", "thúy": "thuý", "quý": "qúy", "khỏe": "khoẻ", "của": "cuả", "mía": "miá", "già": "gìa",
    "giếng": "gíêng", "hoàn": "hòan", "ngoéo": "ngóeo", "huỳnh": "hùynh", "quả": "qủa", "tiến": "tíên",
    "người": "ngừơi", "cuối": "cúôi", "yếu": "ýêu", "thuế": "thúê", "uống": "úông", "tóe": "toé", "lửa": "lưả",
    "toàn": "tòan", "khuỷu": "khủyu", "quỳnh": "qùynh", "quyết": "quýêt", "giữa": "gĩưa", "Nghĩa": "Nghiã",
}  # fmt: skip
BETWEEN = st.text(" \t\n\r\u00a0\u2009\u202f\u3000.,;:!?…–—-()[]{}/\\'\"“”‘’«»•·_*&@#%", min_size=1, max_size=4)
SENTENCE = st.lists(st.sampled_from(WORDS), min_size=1, max_size=12)


@given(st.text(max_size=60) | st.text("aàáăâeèêếiìíoòóôơuùúưừyỳýqgnđÐ\u0301\u0323\u200b -.", max_size=20))
@settings(max_examples=400)
def test_normal_form_is_idempotent(text: str) -> None:
    once = normal_form(text)
    assert normal_form(once) == once
    assert once == " ".join(once.split())


@given(st.text(max_size=60))
@settings(max_examples=150)
def test_unicode_forms_are_one(text: str) -> None:
    assert normal_form(unicodedata.normalize("NFD", text)) == normal_form(unicodedata.normalize("NFC", text))


@given(SENTENCE, st.data())
@settings(max_examples=150)
def test_spacing_punctuation_and_case_make_no_difference(words: list[str], data: st.DataObject) -> None:
    other = "".join(data.draw(BETWEEN) + word for word in words) + data.draw(BETWEEN)
    assert normal_form(other) == normal_form(" ".join(words)) == normal_form(other.upper())


@given(SENTENCE)
@settings(max_examples=150)
def test_both_schools_of_tone_marks_are_one(words: list[str]) -> None:
    assert normal_form(" ".join(OTHER.get(word, word) for word in words)) == normal_form(" ".join(words))


def test_the_rule_for_tone_marks() -> None:
    assert normal_form("Hoà thuý khoẻ QUÝ gía hòan uỷ") == "hòa thúy khỏe quý giá hoàn ủy"
    assert normal_form("hoà-bình, hoàbình") == "hòa bình hoàbình"


@pytest.mark.parametrize("d", ["Ð", "Đ", "Ɖ", "ð", "đ"])
def test_look_alikes_of_d(d: str) -> None:
    assert normal_form(f"85/N{d}-CP") == "85 nđ cp"


@pytest.mark.parametrize("mark", ["\u00ad", "\u200b", "\u200d", "\u2060", "\ufeff"])
def test_invisible_characters_vanish_inside_a_word(mark: str) -> None:
    assert normal_form(f"Chí{mark}nh phủ") == "chính phủ"


@given(SENTENCE, st.integers(0, 999), st.sampled_from(sorted(LETTERS)))
@settings(max_examples=200)
def test_every_letter_and_digit_counts(words: list[str], at: int, letter: str) -> None:
    """One letter or digit replaced is another text: tone and hat, not only the base letter."""
    text = " ".join(words)
    at %= len(text)
    old = text[at]
    new = str((int(old) + 1) % 10) if old.isdigit() else letter
    assume(old != " " and normal_form(old) != normal_form(new))
    assert normal_form(text[:at] + new + text[at + 1 :]) != normal_form(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("85/NQ-CP", "86/NQ-CP"),
        ("Bá", "Bà"),
        ("1,5 tỷ", "15 tỷ"),
        ("1.500", "1.50 0.5"),
        ("12/3", "1/23"),
        ("m²", "m"),
        ("quý", "qui"),
        ("mùa", "múa"),
        ("tháng 1 2", "tháng 12"),
        ("ban", "bàn"),
        ("dong", "đồng"),
    ],
)
def test_meaning_keeps_texts_apart(one: str, other: str) -> None:
    assert normal_form(one) != normal_form(other)
    assert content_hash(None, one) != content_hash(None, other)


def test_content_hash_is_versioned_and_stable() -> None:
    # A changed value means a changed normal form, which needs another version.
    assert content_hash("Hoà bình", "Ở xã.") == "v1:48588c351e65987ce2ecef868af1ce0cbfabe1fc80e1914d92bf7673861a8b7f"
    assert content_hash("Hòa bình", "ở xã") == content_hash(None, "HÒA BÌNH\nỞ XÃ")
    assert content_hash(None, "") == content_hash("", "")
    assert re.fullmatch("v1:[0-9a-f]{64}", content_hash(None, ""))


@pytest.mark.parametrize(
    "number",
    [
        "357/2025/NĐ-CP", "85/NQ-CP", "54/2019/QH14", "130/KH-UBND", "11/2026/TT-BTC", "1234/QĐ-TTg", "12-NQ/TW",
        "36-CT/TW", "05/2024/TTLT-BCA-BQP", "326/2016/UBTVQH14", "02/TTr-UBND", "4567/VPCP-KTTH", "30a/2008/NQ-CP",
        "77/2025/TT-BNN&PTNT", "12/2024/L-CTN", "15-KL/TƯ", "128/CĐ-TTg", "79/TB-VPCP", "12/2020/NÐ-CP",
        "44/2024/QĐ-UBND", "1660/NQ-UBTVQH15", "4567/BGD&ĐT-GDTrH"],
)  # fmt: skip
def test_documents_are_found_as_written(number: str) -> None:
    assert documents(f"Theo văn bản số {number}, (dẫn {number}); {number}. Hết {number}") == (number,)


@pytest.mark.parametrize(
    "text",
    ["ngày 24/3/2021", "tỷ số 3/2-1", "120km/h", "24/7", "1/2 QH", "biển số 51A-123.45", "B52/C-4", "tổ 3/A-B",
     "https://a.vn/85/NQ-CP", "giai đoạn 2021-2025/NQ", "2/3/2024/QH", "1.5/NQ-CP", "85/nq-cp", "15/ 2020/NĐ-CP"],
)  # fmt: skip
def test_what_is_no_document(text: str) -> None:
    assert documents(text) == ()


def test_documents_in_order_of_first_mention() -> None:
    text = "Nghị định 9/2026/NĐ-CP sửa 1/2020/NĐ-CPvà 9/2026/NĐ-CP, theo 12-NQ/TW"
    assert documents(text) == ("9/2026/NĐ-CP", "1/2020/NĐ-CP", "12-NQ/TW")


@pytest.mark.skipif(not os.environ.get("THOISU_CORPUS"), reason="real pages: set THOISU_CORPUS to the corpus folder")
def test_documents_of_the_real_pages() -> None:
    gold = [
        json.loads(path.read_bytes()) for path in sorted((Path(os.environ["THOISU_CORPUS"]) / "gold").glob("*.json"))
    ]
    assert gold
    for page in gold:
        text = "\n".join([page["lead"] or "", *page["body"]])
        assert list(documents(text)) == page["documents"], page["id"]
        assert normal_form(unicodedata.normalize("NFD", text)) == normal_form(text)
