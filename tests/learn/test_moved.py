"""A home page that leads to another host: the site has moved there, or it is another site, a login, a name for sale."""

from __future__ import annotations

from collections.abc import Generator
from datetime import UTC, datetime
from typing import Any

import pytest

from crawler.errors import Refusal
from crawler.learn import Answer, Ask, NotLearned, explore

NOW = datetime(2026, 8, 20, tzinfo=UTC)
OLD = "https://baocu.com.vn/"


def refusal(questions: Generator[Ask, Answer, Any], answers: dict[str, Answer]) -> tuple[NotLearned, list[str]]:
    """Why nothing is learned, and what was asked before."""
    asked: list[str] = []
    try:
        ask = next(questions)
        while True:
            asked.append(ask.url)
            ask = questions.send(answers.get(ask.url) or Answer(ask.url, 404))
    except NotLearned as came:
        return came, asked


def leads(url: str, there: str) -> dict[str, Answer]:
    return {url: Answer(there, 0, refused=Refusal.REDIRECTED)}


@pytest.mark.parametrize("there", ["https://baocu.vn/", "http://www.baocu.vn/trang-chu", "https://baocu.net/"])
def test_a_host_of_the_same_name_is_where_a_site_has_moved(there: str) -> None:
    came, asked = refusal(explore(OLD, NOW), leads(OLD, there))
    assert (came.reason, came.moved_to, asked) == ("moved-away", there, [OLD])


def test_so_is_the_host_above() -> None:
    came, _ = refusal(explore("https://tin.baomoi.vn/", NOW), leads("https://tin.baomoi.vn/", "https://baomoi.vn/"))
    assert came.moved_to == "https://baomoi.vn/"


def test_so_is_a_host_to_which_it_leads_page_by_page() -> None:
    page = leads("https://baocu.com.vn/sitemap.xml", "https://www.baomoi.vn/sitemap.xml")
    came, asked = refusal(explore(OLD, NOW), leads(OLD, "https://www.baomoi.vn/") | page)
    assert (came.moved_to, len(asked)) == ("https://www.baomoi.vn/", 2)


@pytest.mark.parametrize(
    "page",
    [
        leads("https://baocu.com.vn/sitemap.xml", "https://www.nguoi-la.example/"),
        leads("https://baocu.com.vn/sitemap.xml", "https://khac.example/sitemap.xml"),
        {"https://baocu.com.vn/sitemap.xml": Answer("https://baocu.com.vn/sitemap.xml", 200, "text/xml", b"<urlset/>")},
        {},
    ],
    ids=["to one page", "elsewhere", "not at all", "is gone"],
)
def test_any_other_host_is_another_site(page: dict[str, Answer]) -> None:
    came, asked = refusal(explore(OLD, NOW), leads(OLD, "https://www.nguoi-la.example/") | page)
    assert (came.reason, came.moved_to, len(asked)) == ("moved-away", None, 2)
    assert "https://www.nguoi-la.example/" in came.sentence


@pytest.mark.parametrize(
    "there",
    ["https://sso.tinh.gov.vn/cas?service=x", "https://dv.example.vn/dang-nhap", "https://accounts.example.com/"],
)
def test_a_login_elsewhere_is_called_one(there: str) -> None:
    came, asked = refusal(explore(OLD, NOW), leads(OLD, there))
    assert (came.reason, came.moved_to, asked) == ("login", None, [OLD])
    assert there in came.sentence


def test_a_redirect_that_does_not_end_is_no_other_site() -> None:
    came, _ = refusal(explore(OLD, NOW), leads(OLD, OLD))
    assert (came.reason, came.moved_to) == ("unreachable", None)


@pytest.mark.parametrize(
    "body",
    [
        "<h1>baocu.com.vn</h1><p>This domain is for sale.</p><a href='/lien-he'>Contact</a>",
        "<script src='https://img.sedoparking.com/js/lander.js'></script>",
        "<p>Tên miền này đang được rao bán, liên hệ để biết giá.</p>",
    ],
)
def test_a_name_for_sale_is_called_parked(body: str) -> None:
    page = Answer(OLD, 200, "text/html", f"<html><body>{body}</body></html>".encode())
    came, _ = refusal(explore(OLD, NOW), {OLD: page})
    assert came.reason == "parked"
