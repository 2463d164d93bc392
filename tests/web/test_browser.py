"""The ways a person goes, in Chromium: with JavaScript and without, on a desk and on a phone, light and dark.

Needs Playwright and a Chromium: pip install playwright axe-core-python; apt-get install chromium.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from crawler.cli.serve import serving
from crawler.sites import Sites
from crawler.store import Store
from crawler.web.options import ServerOptions
from tests.support import article, at
from tests.web.asking import PAGES, fill
from tests.web.test_hostile import nasty

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not CHROMIUM or find_spec("playwright") is None,
        reason="PAGES NOT SEEN IN A BROWSER: pip install playwright axe-core-python; apt-get install chromium",
    ),
]
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync"]
DESK = {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light", "locale": "vi-VN"}
PHONE = {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark", "locale": "en-US"}
OPEN = ["/articles/4", "/search?q=tin&order=best", "/?site=bao&section=Thời+sự"]
"""Pages that show more: a hostile article, and the fields of a filter."""
WIRE = "\n".join(
    f"Đoạn {n}: hồ chứa được nạo vét trước mùa mưa, kinh phí {n} tỷ đồng từ ngân sách tỉnh." for n in range(9)
)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A store with one of everything, and one article that is hostile in every field, behind a server."""
    path = tmp_path_factory.mktemp("room") / "room.db"
    with Store.open(f"sqlite:///{path}") as store:
        fill(store)
        store.save(nasty(7, "Bẩy"), at(7))
        for n in range(10, 70):
            store.save(article(n, f"{WIRE}\nTin thứ {n}."), at(n))
        store.save(article(69, f"{WIRE}\nTin thứ 69, đã sửa."), at(90))
        with serving(store, Sites(), ServerOptions(), 0) as url:
            yield url.rstrip("/")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield running
        running.close()


class Person:
    """A page, what it has asked for, and what the browser did not like of it."""

    def __init__(self, browser: Any, address: str, **options: Any) -> None:
        self.context = browser.new_context(**{**DESK, **options})
        self.page, self.outside, self.faults = self.context.new_page(), [], []
        self.page.on("request", lambda request: self._asked(request.url, address))
        self.page.on("console", lambda message: self._said(message))
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("dialog", lambda dialog: (self.faults.append("a dialog"), dialog.dismiss()))
        self._address = address

    def go(self, path: str) -> Any:
        """Open a page of the server."""
        return self.page.goto(self._address + path)

    def _asked(self, url: str, address: str) -> None:
        if not url.startswith(address):
            self.outside.append(url)

    def _said(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.faults.append(message.text)

    def leave(self) -> None:
        """Close the page; nothing was asked of anybody else, and the browser had nothing to say."""
        self.context.close()
        assert (self.outside, self.faults) == ([], [])


@pytest.mark.parametrize("path", [*(path for path in PAGES if "pictures" not in path), *OPEN])
@pytest.mark.parametrize("by", [DESK, PHONE], ids=["desk", "phone"])
def test_a_page_asks_nobody_else_and_fits(browser: Any, address: str, path: str, by: dict[str, Any]) -> None:
    person = Person(browser, address, **by)
    answer = person.go(path)
    assert answer.status == 200
    assert len(answer.body()) < 100_000
    assert person.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert person.page.locator("html").get_attribute("lang") == by["locale"][:2]
    person.leave()


@pytest.mark.skipif(
    find_spec("axe_core_python") is None, reason="PAGES NOT CHECKED BY AXE: pip install axe-core-python"
)
@pytest.mark.parametrize("path", [*PAGES, *OPEN, "/nosuch"])
@pytest.mark.parametrize("by", [DESK, PHONE], ids=["desk", "phone"])
def test_axe_finds_nothing_serious(browser: Any, address: str, path: str, by: dict[str, Any]) -> None:
    import axe_core_python

    script = (Path(str(axe_core_python.__file__)).parent / "axe.min.js").read_text("utf-8")
    # axe itself is no page of ours: it is let past the policy, which is tested elsewhere.
    person = Person(browser, address, **by, bypass_csp=True)
    person.go(path)
    person.page.add_script_tag(content=script)
    found = person.page.evaluate("axe.run().then(results => results.violations)")
    serious = [
        (one["id"], [node["html"][:120] for node in one["nodes"]])
        for one in found
        if one["impact"] in ("serious", "critical")
    ]
    person.context.close()
    assert serious == []


def test_paper_is_white_whatever_the_screen_is(browser: Any, address: str) -> None:
    person = Person(browser, address, **PHONE)
    person.page.emulate_media(media="print", color_scheme="dark")
    person.go("/articles/1/diff")
    colour = person.page.evaluate("getComputedStyle(document.querySelector('.mark.strong')).color")
    assert colour == "rgb(11, 107, 97)"
    assert not person.page.locator("nav").first.is_visible()
    person.leave()


@pytest.mark.parametrize("script", [True, False])
def test_from_today_to_an_edit_and_back(browser: Any, address: str, script: bool) -> None:
    person = Person(browser, address, java_script_enabled=script)
    page = person.page
    person.go("/")
    page.get_by_role("link", name="Tiêu đề 69").click()
    page.get_by_role("link", name="đã sửa gì").click()
    assert "đã sửa" in page.locator("ins").first.inner_text()
    page.get_by_text("đoạn giữ nguyên").click()
    assert page.locator("details p").first.is_visible()
    page.get_by_role("link", name="về bài viết").click()
    page.get_by_role("link", name="English").click()
    assert page.locator("html").get_attribute("lang") == "en"
    page.get_by_role("link", name="Documents", exact=True).click()
    assert page.get_by_role("heading", level=1).inner_text() == "Documents"
    person.leave()


@pytest.mark.parametrize("script", [True, False])
def test_a_filter_and_the_next_page(browser: Any, address: str, script: bool) -> None:
    person = Person(browser, address, java_script_enabled=script)
    page = person.page
    person.go("/")
    page.get_by_role("link", name="Cũ hơn").click()
    assert "cursor=" in page.url
    page.get_by_role("link", name="Mới nhất").click()
    page.locator("form summary").click()
    page.get_by_label("đã sửa sau khi đăng").check()
    if not script:
        page.get_by_role("button", name="Xem").click()
    page.wait_for_url("**edited=1**")
    assert page.locator("a.title").count() == 2
    page.get_by_label("Từ cần tìm").fill("tin thu 69")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=tin**")
    assert page.locator("a.title").all_inner_texts() == ["Tiêu đề 69"]
    person.leave()


def test_keys_move_through_a_list_and_to_the_search(browser: Any, address: str) -> None:
    person = Person(browser, address)
    page = person.page
    person.go("/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    first = page.evaluate("document.activeElement.textContent")
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.textContent") != first
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "q"
    page.keyboard.press("Escape")
    person.go("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    person.leave()
