"""Addresses as they are written down: what a copy brings along, what is left out."""

from __future__ import annotations

import pytest

from crawler.sites import EPI, Feed, Site, absolute, address_in, canonical, is_web, written

HOME = "https://bao.example.vn/"
PAGE = HOME + "de-bien-post1.html"
SITE = Site(
    publisher="Báo Mẫu", home=HOME, tier="press", sources=(Feed(HOME + "rss"),), article=r"-post\d+", layout=EPI
)


@pytest.mark.parametrize(
    "text",
    [
        f"\ufeff{PAGE}",
        f"{PAGE}\u200b",
        f"{PAGE}%20",
        f"{PAGE}%E2%80%8B%20",
        f"{PAGE}\u00a0\u2028\r\n",
        f"<{PAGE}>",
        f"“{PAGE}”",
        f"{PAGE},",
        f"{PAGE}.",
        f"• {PAGE}",
        f"12. {PAGE}",
        f"[12] {PAGE}",
        f"→ {PAGE}",
        f"Nguồn: {PAGE}",
        f"‘{PAGE}’",
        f"\u2066{PAGE}\u2069",
        f"[Đê biển]({PAGE})",
        f"* [Đê biển]({PAGE})",
        "//bao.example.vn/de-bien-post1.html",
        PAGE.replace("bien", "bi\u00aden"),
        "bao.example.vn/de-bien-post1.html",
        "bao.example.vn:443/de-bien-post1.html",
        "https:bao.example.vn/de-bien-post1.html",
        "https//bao.example.vn/de-bien-post1.html",
        f"https://{PAGE}",
        HOME + PAGE,
        f"https://bao.example.vn{PAGE}",
    ],
)
def test_an_address_of_a_list(text: str) -> None:
    assert canonical(written(text), SITE) == PAGE


@pytest.mark.parametrize(
    "text",
    ["", "N/A", "de-bien-post1.html", "/tin/a", "tin.vnp", "không có", "mailto:a@b.vn", "a.html", "//a", "[a](b)"],
)
def test_what_is_no_host_gets_no_scheme(text: str) -> None:
    assert written(text) == text
    assert not is_web(text)


def test_an_address_in_the_path_of_another_stays() -> None:
    kept = f"https://kho.example.vn/web/2026/{PAGE}"
    assert written(kept) == kept


def test_signs_inside_an_address_that_the_site_wrote_stay() -> None:
    odd = HOME + "de-bi%C2%ADen-post1.html"
    assert canonical(written(odd), SITE) == odd


@pytest.mark.parametrize("end", ["\u200b", "%20", "\u00a0", "%C2%A0"])
def test_a_link_of_a_page_loses_what_stands_behind_it(end: str) -> None:
    assert absolute("/de-bien-post1.html" + end, HOME) == PAGE
    assert canonical(PAGE + end, SITE) == PAGE


def test_a_blank_behind_a_number_in_the_query() -> None:
    site = Site(
        publisher="Bộ Mẫu", home=HOME, tier="ministry", sources=(Feed(HOME + "rss"),), article=r"\?id=\d+$",
        keep_query=("id",), layout=EPI,
    )  # fmt: skip
    assert canonical(HOME + "tin?id=12%20", site) == HOME + "tin?id=12"


def test_the_address_in_markup() -> None:
    assert address_in(f'<a href="{PAGE}">Đê</a>') == PAGE
    assert address_in("N/A") is None
