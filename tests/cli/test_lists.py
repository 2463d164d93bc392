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
    assert change.split("\t")[2:] == ["created", "1", "1", "vov", article(1).url, TITLE]
    (hit,) = thoisu("search", "thủ tướng", "--store", url).out.splitlines()
    assert hit.split("\t")[:4] == ["1", "02/03/2026 08:01", "vov", TITLE]
    thoisu("token", "add", "desk", "--store", url)
    (token,) = thoisu("token", "list", "--store", url).out.splitlines()
    assert token.split("\t")[:2] == ["desk", "reads"]
    assert all(len(line.split("\t")) == 6 for line in thoisu("sites").out.splitlines())
    thoisu("alerts", "add", "nước sạch", "--store", url)
    (alert,) = thoisu("alerts", "list", "--store", url).out.splitlines()
    assert alert.split("\t")[:3] == ["1", "nước sạch", ""]


@pytest.mark.parametrize("width", [80, 40])
def test_the_report_of_a_crawl_breaks_no_name(width: int) -> None:
    refused = Counter({Refusal.TOPIC: 20, Refusal.NOT_ARTICLE: 6, Refusal.SECTION: 4})
    reports = [SiteReport(site="congthongtinphugiang1", refused=refused), SiteReport(site="vov", created=3)]
    told = StringIO()
    summary(reports, Console(width=width, file=told))
    lines = told.getvalue().splitlines()
    assert {"congthongtinphugiang1", "not_article", "vov"} <= set(" ".join(lines).replace(",", " ").split())
    assert max(map(len, lines)) <= width


@pytest.mark.parametrize(
    ("command", "usual", "onwards"),
    [
        (("articles",), 50, "--limit N"),
        (("articles", "--csv"), 50, "--limit N"),
        (("articles", "--json", "--with", "text"), 50, "--limit N"),
        (("stories",), 50, "--limit N"),
        (("search", "thủ tướng"), 20, "--before "),
        (("changes", "--json"), 100, "--since 100"),
    ],
)
def test_a_list_says_that_there_is_more(
    thoisu: Thoisu, tmp_path: Path, command: tuple[str, ...], usual: int, onwards: str
) -> None:
    url = f"sqlite:///{tmp_path / 'news.db'}"
    with Store.open(url) as store:
        for number in range(1, usual + 1):
            store.save(article(number, f"Văn bản số {number}.", title=TITLE), at(number))
        whole = thoisu(*command, "--store", url)
        store.save(article(usual + 1, "Văn bản cuối.", title=TITLE), at(usual + 1))
    cut = thoisu(*command, "--store", url)
    heading = int("--csv" in command)
    assert ("the list ends" in whole.err, len(whole.out.splitlines())) == (False, usual + heading)
    assert (f"the list ends after {usual}; there is more with: {onwards}" in cut.err) is True
    assert len(cut.out.splitlines()) == usual + heading
    assert "the list ends" not in thoisu(*command, "--store", url, "--limit", 3).err, "who sets a limit knows of it"


def test_changes_are_listed_from_a_day_and_of_a_site(thoisu: Thoisu, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'news.db'}"
    with Store.open(url) as store:
        for number in range(1, 5):
            site = ("vov", "nhandan")[number % 2]
            store.save(article(number, f"Văn bản số {number}.", site), at(number))
        store.withdraw(article(2).canonical_url, at(60))
    whole = thoisu("changes", "--store", url).out.splitlines()
    assert [line.split("\t")[0] for line in whole] == ["1", "2", "3", "4", "5"]
    assert thoisu("changes", "--event", "withdrawn", "--store", url).out.splitlines() == whole[4:]
    several = ("--event", "withdrawn", "--event", "created", "--limit", 2)
    assert thoisu("changes", *several, "--since", 3, "--store", url).out.splitlines() == whole[3:]
    assert thoisu("changes", "--event", "gone", "--store", url).code == 2
    assert thoisu("changes", "--since", at(3).isoformat(), "--store", url).out.splitlines() == whole[2:]
    assert thoisu("changes", "--since", "2026-01-01", "--site", "vov", "--store", url).out.splitlines() == [
        whole[1],
        *whole[3:],
    ]
    assert thoisu("changes", "--since", "2026-01-01", "--limit", 2, "--store", url).out.splitlines() == whole[:2]
    nothing = thoisu("changes", "--since", "2026-12-01", "--store", url)
    assert (nothing.code, nothing.out, nothing.err) == (0, "", "no change after 2026-12-01\n")
    wrong = thoisu("changes", "--since", "-1", "--store", url)
    assert (wrong.code, "'-1' is no date" in wrong.err, "or the number of a change" in wrong.err) == (2, True, True)


@pytest.mark.parametrize("command", [("articles",), ("search", "nước"), ("export", "--to", "x.csv")])
def test_a_period_that_ends_before_it_begins_is_refused(
    thoisu: Thoisu, tmp_path: Path, command: tuple[str, ...]
) -> None:
    url = f"sqlite:///{tmp_path / 'news.db'}"
    Store.open(url).close()
    done = thoisu(*command, "--since", "29/11/2026", "--until", "2026-11-27", "--store", url)
    assert (done.code, "--since 29/11/2026 is after --until 2026-11-27" in done.err) == (2, True)
    assert not (tmp_path / "x.csv").exists()
    day = thoisu(*command, "--since", "31/11/2026", "--store", url)
    assert (day.code, "there is no day '31/11/2026' in the calendar" in day.err) == (2, True)


def test_a_long_line_is_broken_between_words_and_goes_on_where_it_began(
    capsys: pytest.CaptureFixture[str], terminal: pytest.MonkeyPatch
) -> None:
    terminal.setenv("COLUMNS", "30")
    console().print(f"  {TITLE}", soft_wrap=True)
    lines = plain(capsys.readouterr().out).splitlines()
    assert " ".join(lines).split() == TITLE.split()
    assert all(line.startswith("  ") and cell_len(line) <= 30 for line in lines)
    console().print("https://bao.example.vn/" + "a" * 50, soft_wrap=True)
    assert len(plain(capsys.readouterr().out).splitlines()) == 1, "an address stays whole"


def test_a_column_too_narrow_to_be_read_stands_below(
    capsys: pytest.CaptureFixture[str], terminal: pytest.MonkeyPatch
) -> None:
    terminal.setenv("COLUMNS", "28")
    lists.print_rows(COLUMNS, ROWS, "none")
    assert "12\n  site: baochinhphu\n  title: Thủ tướng chủ trì\n  phiên họp" in plain(capsys.readouterr().out)


def test_status_of_a_site_that_is_only_crawled_by_hand(thoisu: Thoisu, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'news.db'}"
    with Store.open(url) as store:
        store.save(article(1, site="songda"), at(1))
    for command in ("status", "pace"):
        done = thoisu(command, "songda", "--store", url)
        assert (done.code, done.err) == (0, "songda is not scheduled yet; begin with: thoisu schedule\n")
    assert thoisu("status", "song", "--store", url).code == 2
