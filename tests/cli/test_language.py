"""What the commands say in Vietnamese, and that every heading of a list has its word."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from crawler.catalogue import entries
from crawler.cli.common import configured
from crawler.cli.main import parser
from crawler.store import Store
from tests.sayings import SENTENCE, VALUE, WORD, is_known, literals, name_of, samples, tree_of
from tests.support import ROOT, Thoisu, article, at

COMMANDS = sorted((ROOT / "crawler" / "cli").glob("*.py"))
SPOKEN = frozenset({"spoken", "spoken_of_many", "respoken", "word_of"})
PRINTING = frozenset({"print", "say", "announce", "tell", "status", "update", "add_row", "Table",
                      "note", "remark"})  # fmt: skip
NOT_SAID = frozenset({"compile", "css", "Worker", "debug", "warning", "startswith", "need", "expect"})
NO_WORDS = re.compile(r"^.*(?:thoisu|pytest|curl|poll|jq)[: ].*|emagazine, interview|red strike")
"""A command that is to be typed, and names."""
WIDTH = 80
COLUMN = re.compile(r'(?<!Text)Column\("([^"]+)"')


def test_every_heading_of_a_list_has_an_entry() -> None:
    names = {
        name for path in (ROOT / "crawler" / "cli").glob("*.py") for name in COLUMN.findall(path.read_text("utf-8"))
    }
    assert len(names) > 10
    assert names - entries() == set()


def test_everything_that_a_command_says_has_its_vietnamese() -> None:
    missing = {
        f"{path.name}:{node.lineno}: {text}"
        for path in COMMANDS
        for node in literals(tree_of(path), NOT_SAID)
        for text in samples(node)
        if SENTENCE.search(NO_WORDS.sub("", text)) and not is_known(text)
    }
    assert missing == set()


def test_no_command_prints_past_the_catalogue() -> None:
    printed = {
        f"{path.name}:{node.lineno}: {text}"
        for path in COMMANDS
        for call in ast.walk(tree_of(path))
        if isinstance(call, ast.Call) and name_of(call) in PRINTING
        for node in literals(call, SPOKEN)
        for text in samples(node)
        if WORD.search(NO_WORDS.sub("", text.replace(VALUE, "")))
    }
    assert printed == set()


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


def test_help_is_in_vietnamese(monkeypatch: pytest.MonkeyPatch, thoisu: Thoisu) -> None:
    english = helps()
    monkeypatch.setenv("THOISU_LANG", "vi")
    configured.cache_clear()
    vietnamese = helps()
    assert len(english) > 1000
    assert in_english(english, vietnamese) == []
    assert "Liệt kê các bài đã lưu, mới nhất trước." in " ".join(vietnamese)
    assert max(map(len, vietnamese)) <= WIDTH


def helps() -> list[str]:
    """All lines of `--help`, of every command."""

    def of(command: Any, context: Any) -> Iterator[str]:
        yield from command.get_help(context).split("\n")
        for name, inner in getattr(command, "commands", {}).items():
            with typer.Context(inner, info_name=name, parent=context, terminal_width=WIDTH) as below:
                yield from of(inner, below)

    with typer.Context(parser(), info_name="thoisu", terminal_width=WIDTH) as context:
        return list(of(parser(), context))


def in_english(lines: Iterable[str], others: Iterable[str]) -> list[str]:
    """The lines of our words in English that stand in the other language, too; those with a command to be typed may."""
    both = set(lines) & set(others)
    return sorted(line for line in both if line.isascii() and SENTENCE.search(NO_WORDS.sub("", line)))


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
