"""What the commands say in Vietnamese, and that every heading of a list has its word."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.catalogue import entries
from crawler.cli.common import configured
from crawler.store import Store
from tests.support import ROOT, Thoisu, article, at

SPOKEN = re.compile(r"""\bspoken\(\s*("[^"]+"|'[^']+')""")
COUNTED = re.compile(r"""\bspoken_of_many\(\s*(?:"[^"]+",\s*"([^"]+)"|'[^']+',\s*'([^']+)')""")
COLUMN = re.compile(r'(?<!Text)Column\("([^"]+)"')


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """What the settings were in these tests is known to nobody after them."""
    yield
    configured.cache_clear()


def test_every_heading_of_a_list_has_an_entry() -> None:
    names = {
        name for path in (ROOT / "crawler" / "cli").glob("*.py") for name in COLUMN.findall(path.read_text("utf-8"))
    }
    assert len(names) > 10
    assert names - entries() == set()


def test_everything_that_is_spoken_has_an_entry() -> None:
    texts = [path.read_text("utf-8") for path in (ROOT / "crawler" / "cli").glob("*.py")]
    spoken = {found[1:-1] for text in texts for found in SPOKEN.findall(text)}
    spoken |= {one or other for text in texts for one, other in COUNTED.findall(text)}
    assert len(spoken) > 30
    assert spoken - entries() == set()


def test_commands_speak_vietnamese_on_request(thoisu: Thoisu, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{tmp_path / 'news.db'}"
    with Store.open(url) as store:
        store.save(article(1), at(1))
    monkeypatch.setenv("THOISU_LANG", "vi")
    assert thoisu("export", "--store", url, "--to", "a.csv").out == "1 bài trong a.csv\n"
    assert thoisu("articles", "--store", url, "--text", "xyz").err == "không có bài nào như vậy\n"
    monkeypatch.setattr(type(sys.stdout), "isatty", lambda _: True, raising=False)
    monkeypatch.setenv("NO_COLOR", "1")
    assert "tiêu đề" in thoisu("articles", "--store", url).out
    monkeypatch.setenv("THOISU_LANG", "fr")
    assert "must be en or vi" in thoisu("articles", "--store", url).err


@pytest.mark.usefixtures("terminal")
def test_the_main_ways_are_in_vietnamese(thoisu: Thoisu, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{tmp_path / 'news.db'}"
    with Store.open(url) as store:
        for n in (1, 2):
            store.save(article(1, f"Bản {n} của bài", credit="TTXVN"), at(n))
        store.withdraw(article(1).canonical_url, at(3))
    monkeypatch.setenv("THOISU_LANG", "vi")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setattr("crawler.cli.stories.piped", lambda: False)
    assert "[bản thứ 2, đã gỡ]" in thoisu("articles", "--store", url).out
    shown = thoisu("show", 1, "--store", url).out
    for words in (
        "nguồn: TTXVN",
        "các bản",
        "nhật ký",
        "1  02/03/2026 08:01  đăng",
        "gỡ: trang không còn",
        "đã sửa: nội dung",
    ):
        assert words in shown
    assert "từ  bản thứ 1," in thoisu("diff", 1, "--store", url).out
    assert "1 trang đăng: bao" in thoisu("stories", "--store", url).out
    assert thoisu("search", "xyz", "--store", url).out == "không có bài nào như vậy\n"
    assert thoisu("show", 9, "--store", url).err == "thoisu: không có bài số 9; `thoisu articles` liệt kê các bài\n"
    assert "thiếu từ sau OR" in thoisu("search", "a OR", "--store", url).err
    thoisu("alerts", "add", "gạo", "--store", url)
    assert "tìm thấy 0 trang, đã gửi 0, 0 đang chờ" in thoisu("alerts", "list", "--store", url).out
