"""Lists: whole lines for a program, and for a person nothing that is cut where it must be typed or broken in a word."""

from __future__ import annotations

import re
import sys
from collections import Counter
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from crawler.cli import lists
from crawler.cli.crawl import summary
from crawler.cli.lists import Column, Row
from crawler.crawl import SiteReport
from crawler.errors import Refusal
from crawler.process.output import console
from crawler.store import Store
from tests.support import Thoisu, article, at

COLUMNS = [Column("id", right=True, whole=True), Column("site", whole=True), Column("title")]
TITLE = "Thủ tướng chủ trì phiên họp Chính phủ thường kỳ về tình hình kinh tế - xã hội"
ROWS = [Row(("12", "baochinhphu", TITLE)), Row(("7", "vov", "Ngắn\tgọn\nhai dòng"))]


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setattr(type(sys.stdout), "isatty", lambda _: True, raising=False)
    monkeypatch.setenv("NO_COLOR", "1")
    return monkeypatch


def plain(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def test_through_a_pipe_a_row_is_a_whole_line(capsys: pytest.CaptureFixture[str]) -> None:
    lists.print_rows(COLUMNS, ROWS, "none")
    assert capsys.readouterr() == (f"12\tbaochinhphu\t{TITLE}\n7\tvov\tNgắn gọn hai dòng\n", "")
    lists.print_rows(COLUMNS, [], "no article matches")
    assert capsys.readouterr() == ("", "no article matches\n")


@pytest.mark.parametrize("width", [40, 80, 20])
def test_at_a_terminal_no_word_is_broken(
    capsys: pytest.CaptureFixture[str], terminal: pytest.MonkeyPatch, width: int
) -> None:
    terminal.setenv("COLUMNS", str(width))
    lists.print_rows(COLUMNS, ROWS, "none")
    lines = plain(capsys.readouterr().out).splitlines()
    assert max(map(cell_len, lines)) <= width
    words = " ".join(lines).split()
    assert {*TITLE.split(), "12", "baochinhphu", "7", "vov"} <= set(words)


def test_what_must_be_typed_is_whole_however_narrow_it_is(
    capsys: pytest.CaptureFixture[str], terminal: pytest.MonkeyPatch
) -> None:
    terminal.setenv("COLUMNS", "10")
    lists.print_rows(COLUMNS, ROWS, "none")
    assert "baochinhphu" in plain(capsys.readouterr().out)


def test_an_empty_list_says_so_at_a_terminal(capsys: pytest.CaptureFixture[str], terminal: pytest.MonkeyPatch) -> None:
    lists.print_rows(COLUMNS, [], "no article matches")
    assert capsys.readouterr().out == "no article matches\n"


@given(st.text(), st.integers(1, 30))
def test_a_line_is_as_wide_as_it_may_be_or_one_word(text: str, width: int) -> None:
    lines = lists._wrapped(text, width)
    assert " ".join(lines).split() == text.split()
    assert all(cell_len(line) <= width or len(line.split()) == 1 for line in lines)


def test_each_command_gives_lines_to_a_program(thoisu: Thoisu, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'news.db'}"
    with Store.open(url) as store:
        store.save(article(1, site="vov", title=TITLE), at(1))
    (found,) = thoisu("articles", "--store", url).out.splitlines()
    assert found.split("\t") == ["1", "02/03/2026 08:01", "vov", TITLE]
    (story,) = thoisu("stories", "--store", url).out.splitlines()
    assert story.split("\t") == ["1", "02/03/2026 08:01", "1", "vov", TITLE]
    (hit,) = thoisu("search", "chính phủ", "--store", url).out.splitlines()
    assert hit.split("\t") == ["1", "02/03/2026 08:01", "vov", TITLE, TITLE, ""]
    assert thoisu("search", "điện", "--store", url).out == ""
    (change,) = thoisu("changes", "--store", url).out.splitlines()
    assert change.split("\t")[2:] == ["created", "1", "1", "vov", article(1).url]
    assert all(len(line.split("\t")) == 6 for line in thoisu("sites").out.splitlines())
    thoisu("alerts", "add", "nước sạch", "--store", url)
    (alert,) = thoisu("alerts", "list", "--store", url).out.splitlines()
    assert alert.split("\t")[:3] == ["1", "nước sạch", ""]


@pytest.mark.parametrize("width", [40, 20])
def test_what_is_no_table_breaks_no_word_either(
    capsys: pytest.CaptureFixture[str], terminal: pytest.MonkeyPatch, width: int
) -> None:
    terminal.setenv("COLUMNS", str(width))
    lists.print_wrapped(f"{TITLE} {'x' * 50}", console(), indent=3)
    lines = capsys.readouterr().out.splitlines()
    assert all(cell_len(line) <= width or line.strip() == "x" * 50 for line in lines)
    assert " ".join(lines).split() == [*TITLE.split(), "x" * 50]


@pytest.mark.parametrize("width", [80, 40])
def test_the_report_of_a_crawl_breaks_no_name(width: int) -> None:
    refused = Counter({Refusal.TOPIC: 20, Refusal.NOT_ARTICLE: 6, Refusal.SECTION: 4})
    reports = [SiteReport(site="congthongtinphugiang1", refused=refused), SiteReport(site="vov", created=3)]
    told = StringIO()
    summary(reports, Console(width=width, file=told))
    lines = told.getvalue().splitlines()
    assert {"congthongtinphugiang1", "not_article", "vov"} <= set(" ".join(lines).replace(",", " ").split())
    assert max(map(len, lines)) <= width
