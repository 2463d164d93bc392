"""Selectors are made of names that somebody gave, never of a build tool's, of looks or of positions."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from crawler.learn.selectors import is_stable, selectors


def of(html: str, css: str) -> list[str]:
    tag = BeautifulSoup(html, "lxml").select_one(css)
    assert tag is not None
    return list(selectors(tag))


@pytest.mark.parametrize(
    "name",
    ["article__title", "tieu-de", "noidung", "sapo", "detail-content", "cms-body", "PhotoCMS_Caption", "HeaderTitle"],
)
def test_a_name_that_says_what_it_is_is_stable(name: str) -> None:
    assert is_stable(name)


@pytest.mark.parametrize(
    "name",
    ["css-1x2y3z", "sc-bdVaJa", "jss142", "text-lg", "mt-4", "col-md-8", "md:flex", "a8f3c2e1", "x7GhQ2", "w-full", "clearfix",
     "lazyload", "ctl00_412", "HwQsNY", "svelte-1abc2d"],
)  # fmt: skip
def test_a_name_that_a_tool_or_a_designer_made_is_not(name: str) -> None:
    assert not is_stable(name)


def test_the_stable_part_of_a_css_module_is_used() -> None:
    assert of('<div class="Detail_title__saDR9">x</div>', "div")[0] == "[class*=Detail_title_]"


def test_the_name_of_an_asp_net_control_is_used_without_its_numbers() -> None:
    assert of('<td id="dnn_ctr412_View_lblNoiDungTin">x</td>', "td")[0] == "[id$=_View_lblNoiDungTin]"


def test_an_element_without_a_name_is_told_by_what_holds_it() -> None:
    assert ".bai > p" in of('<div class="bai"><p class="mt-4">x</p></div>', "p")


def test_no_selector_counts_positions() -> None:
    found = of('<div class="bai"><p>a</p><p><b>x</b></p></div>', "b")
    assert found
    assert not any("nth" in css or "first-" in css for css in found)


def test_an_element_without_any_name_has_none() -> None:
    assert of("<div><div><span>x</span></div></div>", "span") == []
