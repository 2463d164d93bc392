"""Markup that a parser would pay dearly for, beside honest markup of the same size."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from crawler.discover import discover
from crawler.errors import Discard, Refusal
from crawler.extract import extract, hostile
from crawler.extract.limits import DEEPEST, MOST_ATTRIBUTES, MOST_TAGS
from crawler.extract.tree_cost import MOST_BODIES, MOST_NAMES, MOST_OPTIONS, MOST_REOPENED, _names

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


REOPENED = f"more than {MOST_REOPENED} formatting elements opened again"


def unlike(name: str, count: int = 390) -> str:
    """So many elements that no two have the same attributes."""
    return "".join(f"<{name} id={number}>" for number in range(count))


@pytest.mark.parametrize("name", "b big code em font i s small strike strong tt u FONT Strong".split())
def test_unclosed_formatting_elements_are_counted_as_often_as_they_are_opened_again(name: str) -> None:
    page = "<p>" + unlike(name) + "<p>x" * 5000
    assert hostile(page) == hostile(page.encode()) == REOPENED


@pytest.mark.parametrize(
    "page",
    [
        unlike("b") + "<table><tr>" + "<td>x" * 5000,
        unlike("b") + "<ul>" + "<li>x" * 5000,
        unlike("b") + "<div>x</div>" * 5000,
        "<p>" + unlike("b") + "<p>x" * 5000 + "</b>" * 390,  # closed when it is too late
        "<p>" + unlike("b") + "</i></table></td>" * 200 + "<p>x" * 5000,
        "<p>" + unlike("b") + "<table><td>" + "</b>" * 390 + "</table>" + "<p>x" * 5000,  # out of their reach
        "<td><p>" + unlike("b") + "</td>" + "<p>x" * 5000,  # a cell without a table is none
        "<object><p>" + unlike("b") + "</td>" + "</b>" * 3 + "<p>x" * 5000,
        "".join(f"<p><strong class=c{number}>x" for number in range(2500)),
        "<p>" + "<b\n id=1><b/id=2><b\tid=3>" + "".join(f"<b\fid={n}>" for n in range(390)) + "<p>x" * 5000,
        "<p>" + "".join(f"<{name}>" * 3 for name in "b big em font i s small strong tt u".split()) + "<p>x" * 50_000,
    ],
)
def test_however_they_are_hidden(page: str) -> None:
    assert hostile(page) is not None


@pytest.mark.parametrize(
    "page",
    [
        "<p><font color=red>x" * 3500,  # three of one kind are opened again, however many there are
        "".join(f"<p><b id={number}>x</b>" for number in range(20_000)),
        "<table>" + "".join(f"<tr><td><font size={number % 9}>x" for number in range(2000)) + "</table>",
        "".join(f"<p><a href=/{number}>x" for number in range(3000)) + "</a>",  # each closes the one before
        unlike("b", 60) + "<p>x" * 5000,
        unlike("b") + "</b>" * 390 + "<p>x" * 50_000,
        "<b><i><u><font>" + PADDING,
    ],
)
def test_formatting_that_papers_write_is_not(page: str) -> None:
    assert hostile(page) is None


def test_options_bodies_and_names_have_a_limit() -> None:
    long = "<!-- " + "x" * 200_000 + " -->"
    assert hostile("<select>" + "<option>a" * MOST_OPTIONS + "</select>") is None
    assert hostile("<select>" + "<OPTION value=1>a" * (MOST_OPTIONS + 1)) == f"more than {MOST_OPTIONS} options"
    body = "<body " + " ".join(f"a{number}=1" for number in range(900)) + ">"
    assert hostile(body * MOST_BODIES + long) is None
    for tag in (body, body.replace("body", "HTML")):
        assert hostile(tag * (MOST_BODIES + 1) + long) == f"more than {MOST_BODIES} bodies"
    names = [f"<p {' '.join(f'n{number + 100 * row}=1' for number in range(100))}>x</p>" for row in range(1500)]
    assert hostile("".join(names)) == f"more than {MOST_NAMES} names of attributes"
    assert hostile("".join(names[:50] * 30)) is None


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


def test_a_long_value_before_a_quotation_mark_is_read_once() -> None:
    # Read from each of its characters, one such value of a megabyte took hours.
    page = f"<meta content='{'a' * 1_500_000}'><p b c=d>"
    assert _names(page.encode()) == len({"<meta", "content", "<p", "b", "c", "d"})
