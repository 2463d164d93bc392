"""Markup that a parser would pay dearly for, beside honest markup of the same size."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from crawler.discover import discover
from crawler.errors import Discard, Refusal
from crawler.extract import extract, hostile
from crawler.extract.limits import DEEPEST, MOST_ATTRIBUTES, MOST_TAGS

CORPUS = os.environ.get("THOISU_CORPUS", "")
URL = "https://bao.example.vn/tin"
PADDING = "<p>Con đê ven sông đã được sửa xong trong tuần.</p>" * 5000


@pytest.mark.parametrize(
    "unit",
    ["<div>", "<div></x>", "<b></x></i>", "<optgroup>", "<rt>", "<li:x>", "<P:X>", "<x\u0110>", "<path>", "<use></x>"],
)
def test_what_opens_and_never_closes_is_too_deep(unit: str) -> None:
    page = "<h1>Con đê</h1>" + unit * 15_000
    assert hostile(page) == hostile(page.encode()) == f"elements nested deeper than {DEEPEST}"


@pytest.mark.parametrize(
    "unit",
    ["<div><span></span></div>", "<ul><li>a<li>b</ul>", "<DIV></div>", "<a\n></a>", "<tr><td>a<td>b", "<option>a"],
)
def test_what_closes_is_not(unit: str) -> None:
    assert hostile(PADDING + unit * 9000) is None


def test_a_tag_of_thousands_of_attributes_is_refused() -> None:
    def tag(number: int, value: str) -> str:
        return "<p>a</p><p " + " ".join(f"data-{n}{value}" for n in range(number)) + ">b</p>"

    for value in ("", "=1", '="a b c d"', "='a b'", ' = "a"'):
        page = tag(MOST_ATTRIBUTES + 1, value)
        assert hostile(page) == hostile(page.encode()) == f"a tag of more than {MOST_ATTRIBUTES} attributes"
        assert hostile(page.removesuffix(">b</p>")) is not None
        assert hostile(tag(MOST_ATTRIBUTES, value)) is None


def test_long_values_and_long_scripts_are_no_attributes() -> None:
    assert hostile('<div data-tin="' + "con đê ven sông " * 9000 + '"></div>') is None
    assert hostile("<script>" + "dê(sông, 'ven', 1); " * 9000 + "</script>") is None
    assert hostile("<p>" + "con đê ven sông " * 9000) is None


def test_tags_have_a_limit() -> None:
    assert hostile("<p>" * MOST_TAGS) is None
    assert hostile("<p>" * (MOST_TAGS + 1)) == f"more than {MOST_TAGS} tags"


def test_pages_and_listings_are_refused_by_name() -> None:
    page = "<p " + " ".join(f"a{n}=1" for n in range(3000)) + ">"
    assert discover(page.encode(), URL).refused is Refusal.UNREADABLE
    with pytest.raises(Discard, match="attributes") as caught:
        extract(page, URL)
    assert caught.value.reason is Refusal.UNREADABLE


@pytest.mark.skipif(not CORPUS, reason="real pages: set THOISU_CORPUS to the corpus folder")
def test_real_pages_are_not() -> None:
    pages = [path for folder in ("pages", "listings") for path in (Path(CORPUS) / folder).glob("*.html")]
    assert len(pages) > 14
    assert [path.name for path in pages if hostile(path.read_bytes())] == []
