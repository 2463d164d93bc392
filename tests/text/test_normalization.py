"""Normal forms of text that means harm, and of text that only looks so."""

from __future__ import annotations

import re
import unicodedata

import pytest

from crawler.text import content_hash, nfc, nfd, normal_form, search_form, unmarked
from crawler.text.normalization import MARKS_MAX, bounded
from crawler.text.words import words_of
from tests.support import ROOT

MANY = 40_000
TIBETAN = "\u0f73\u0f75\u0f81"


def runs(text: str) -> int:
    """The longest run of combining marks in a text that is taken apart as far as it goes."""
    longest = run = 0
    for char in text:
        run = run + 1 if unicodedata.combining(char) else 0
        longest = max(longest, run)
    return longest


@pytest.mark.parametrize(
    "unit",
    ["\u0301\u0323", "\u0323\u0301", "\u0301", "\u0344", "\u3099\u0323", *TIBETAN, "\U0001d165\u0301", "\u05b0\u064b"],
)
@pytest.mark.parametrize("before", ["a", "", "x" * 17])
def test_a_run_of_marks_is_cut_before_it_is_put_in_order(unit: str, before: str) -> None:
    kept = bounded(before + unit * MANY + "b")
    assert len(kept) == len(before) + MARKS_MAX + 1
    assert runs(nfd(before + unit * MANY + "b")) <= 2 * MARKS_MAX
    # Each of these would take minutes with all of the marks.
    dear = before + (unit + "\u0323") * MANY
    assert len(normal_form(dear)) <= len(before) + MARKS_MAX
    assert len(search_form(dear)) <= len(before) + MARKS_MAX
    assert len(content_hash(None, dear)) == 67
    assert len(words_of(dear).exact) <= len(before) + MARKS_MAX + 4


@pytest.mark.parametrize("size", [1, 2, MARKS_MAX, MARKS_MAX + 1, 2 * MARKS_MAX, 3 * MARKS_MAX + 7])
@pytest.mark.parametrize("before", range(0, 70, 3))
def test_no_run_is_overlooked_wherever_it_stands(size: int, before: int) -> None:
    text = "x" * before + "\u0323" * size + "y" * 40
    assert bounded(text) == "x" * before + "\u0323" * min(size, MARKS_MAX) + "y" * 40


def test_what_languages_write_stays_as_it_is() -> None:
    for text in (
        "Thủ tướng Phạm Minh Chính, ngày 5/8/2026",
        unicodedata.normalize("NFD", "Nghị quyết số 57-NQ/TW của Bộ Chính trị ") * 400,
        "शक्ति ཨོཾ་མ་ཎི་པདྨེ་ཧཱུྃ 한국어 " * 50,
        "\u1112\u1161\u11ab" * 500,  # Hangul in jamo
        "👩‍👩‍👧‍👦" * 300,
        "ﷺﬃ" * 300,
        "a" + "\u0301" * MARKS_MAX,
    ):
        assert bounded(text) is text
        for form, ours in (("NFC", nfc), ("NFD", nfd)):
            assert ours(text) == unicodedata.normalize(form, text)


def test_marks_go_and_letters_stay() -> None:
    assert unmarked("Đường sắt ga Hà Nội") == "Đuong sat ga Ha Noi"


def test_a_tone_does_not_wander_along_a_row_of_vowels() -> None:
    assert normal_form("thuỳ hoà quí") == "thùy hòa quí"
    assert len(normal_form("ì" + "ư" * 60_000)) == 60_001


def test_unicodedata_is_asked_in_one_file_only() -> None:
    # What else normalizes inside: urllib's urlsplit (NFKC) and the codec "idna"; both get addresses of limited length.
    asks = re.compile(r"^\s*(?:import|from) unicodedata|\.normalize\(\"NF", re.M)
    files = [path for path in (ROOT / "crawler").rglob("*.py") if asks.search(path.read_text(encoding="utf-8"))]
    assert [path.name for path in files] == ["normalization.py"]
