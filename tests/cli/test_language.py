"""What the commands say in Vietnamese, and that every heading of a list has its word."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from crawler.catalogue import entries
from crawler.store import Store
from tests.support import ROOT, Thoisu, article, at

COLUMN = re.compile(r'(?<!Text)Column\("([^"]+)"')


def test_every_heading_of_a_list_has_an_entry() -> None:
    names = {
        name for path in (ROOT / "crawler" / "cli").glob("*.py") for name in COLUMN.findall(path.read_text("utf-8"))
    }
    assert len(names) > 10
    assert names - entries() == set()


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
