"""A file for a person's own tools: what stands in it, that nothing in it runs, and that it is whole or not there."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from crawler.errors import BadInput
from crawler.export import COLUMNS, ExportRow, csv_line, export, files, read_rows
from crawler.export.cells import LONGEST, text_cell
from crawler.export.documents import address, escaped
from crawler.items import Article
from crawler.sites import Sites
from crawler.store import Store
from crawler.store.queries import article_numbers
from crawler.text import VIETNAM
from tests.support import PAPER, T0, Thoisu, article, at

RUN = ("=1+1", "+1", "-1", "@x", "\t=1", "\r=1", " =1", "\u200b=1", "\n=1", "＝1", "＠x")
HOSTILE = '=cmd|" /C calc"!A1\x07\u202e\x9b<script>'


def row(**fields: Any) -> ExportRow:
    values: dict[str, Any] = {
        **dict.fromkeys(COLUMNS), "id": 1, "story": 1, "revision": 1, "title": "Tin", "body": "Một\nHai", "kind": "article",
        "authors": ("An", "Bình"), "documents": (), "first_seen_at": datetime(2026, 3, 2, 23, 30, tzinfo=VIETNAM),
        "url": "https://bao.example/1",
    }  # fmt: skip
    return ExportRow(**values | fields)


def whole(store: Store) -> list[ExportRow]:
    with store.reading() as connection:
        numbers = article_numbers(connection, (), None, None, ())
    return list(read_rows(store, Sites(), numbers))


def cells(path: Path) -> list[dict[str, str]]:
    text = path.read_bytes().decode("utf-8")
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:], newline="")))


def sheet(path: Path) -> list[tuple[Any, ...]]:
    return list(load_workbook(path)["articles"].iter_rows())


# What stands in a row


def test_a_row_has_the_current_text_on_one_clock(store: Store) -> None:
    store.save(article(2, "Hai", credit="TTXVN", published_at=datetime(2026, 3, 1, 20, tzinfo=UTC)), at(5))
    store.save(article(1, "Cũ", documents=("336/2025/NĐ-CP",)), at(2))
    store.save(article(1, "Mới", authors=("An",)), at(3))
    later, first = whole(store)[1], whole(store)[0]
    assert (first.id, first.body, first.credit, first.published_at) == (
        1, "Hai", "TTXVN", datetime(2026, 3, 2, 3, tzinfo=VIETNAM),
    )  # fmt: skip
    assert (later.body, later.authors, later.documents, later.revision) == ("Mới", ("An",), (), 2)
    assert all(one.at.utcoffset() == VIETNAM.utcoffset(None) for one in (first, later))


def test_a_row_names_publisher_tier_and_story(store: Store) -> None:
    store.save(article(1), at(1))
    with store.reading() as connection:
        numbers = article_numbers(connection, (), None, None, ())
    from dataclasses import replace

    (found,) = read_rows(store, Sites([replace(PAPER, name="bao")]), numbers)
    assert (found.publisher, found.tier, found.story) == ("Báo Mẫu", "press", found.id)


def test_articles_are_chosen_by_time(store: Store) -> None:
    for n in (1, 2, 3):
        store.save(article(n, f"Bài {n}"), at(n))
    with store.reading() as connection:
        ids = list(article_numbers(connection, (), at(2), at(3), ()))
    assert ids == [row.id for row in store.articles(since=at(2), until=at(3))] == [2]


# Each kind of file


def test_csv_opens_in_a_spreadsheet(tmp_path: Path) -> None:
    assert export([row(lead=None), row(id=2)], tmp_path / "a.csv") == 2
    first, _ = cells(tmp_path / "a.csv")
    assert (first["authors"], first["body"], first["first_seen_at"]) == ("An; Bình", "Một\nHai", "2026-03-02 23:30:00")
    assert first["lead"] == ""


def test_a_workbook_has_texts_numbers_and_times(tmp_path: Path) -> None:
    export([row(title="#N/A", section="12")], tmp_path / "a.XLSX")
    head, line = sheet(tmp_path / "a.XLSX")
    found = {name.value: cell for name, cell in zip(head, line, strict=True)}
    assert list(found) == list(COLUMNS)
    assert (found["title"].value, found["title"].data_type, found["section"].value) == ("#N/A", "s", "12")
    assert (found["id"].value, found["first_seen_at"].value) == (1, datetime(2026, 3, 2, 23, 30))  # noqa: DTZ001


def test_json_lines_are_whole(tmp_path: Path) -> None:
    export([row(title=HOSTILE, body="x" * 40_000)], tmp_path / "a.jsonl")
    (line,) = (tmp_path / "a.jsonl").read_text("utf-8").splitlines()
    found = json.loads(line)
    assert (found["title"], len(found["body"]), found["authors"]) == (HOSTILE, 40_000, ["An", "Bình"])
    assert found["first_seen_at"] == "2026-03-02T23:30:00+07:00"


def test_parquet_lies_by_the_day_of_publication(tmp_path: Path) -> None:
    pq = pytest.importorskip("pyarrow.parquet")
    export([row(), row(id=2, published_at=datetime(2026, 3, 3, 0, 10, tzinfo=VIETNAM))], tmp_path / "a.parquet")
    assert sorted(one.name for one in (tmp_path / "a.parquet").iterdir()) == ["day=2026-03-02", "day=2026-03-03"]
    table = pq.read_table(tmp_path / "a.parquet")
    assert table.column("id").to_pylist() == [1, 2]
    assert table.column("authors").to_pylist()[0] == ["An", "Bình"]
    export([], tmp_path / "a.parquet")
    assert pq.read_table(tmp_path / "a.parquet").num_rows == 0


def test_markdown_is_text(tmp_path: Path) -> None:
    export([row(title="# [x](javascript:1)", body="- một\n<b>hai</b>")], tmp_path / "a.md")
    text = (tmp_path / "a.md").read_text("utf-8")
    assert "## \\# \\[x\\](javascript:1)\n" in text
    assert "\n\\- một\n\n\\<b\\>hai\\</b\\>\n" in text
    assert "<https://bao.example/1>" in text


@pytest.mark.parametrize("url", ["javascript:alert(1)", "https://x/>[a](b)", "https://x/\n# a"])
def test_an_address_that_is_none_is_no_link(url: str) -> None:
    assert not address(url).startswith("<")


def test_a_list_of_markdown_begins_nowhere() -> None:
    assert [escaped(text) for text in ("1. a", "12) b", "+ c", "= d")] == ["1\\. a", "12\\) b", "\\+ c", "\\= d"]


# Nothing runs


@pytest.mark.parametrize("text", RUN)
def test_what_begins_like_a_formula_is_text(text: str) -> None:
    assert text_cell(text).startswith("'")


@given(st.text())
def test_no_cell_is_calculated_or_moves_anything(text: str) -> None:
    cell = text_cell(text)
    assert cell.lstrip()[:1] not in tuple("=+-@\t\r＝＋－＠")
    assert all(letter == "\n" or ord(letter) >= 32 for letter in cell)
    (read,) = csv.reader(io.StringIO(csv_line([text]), newline=""))
    assert read == [cell]


def test_control_characters_are_gone_and_long_texts_end(tmp_path: Path) -> None:
    long = "𝄞" * LONGEST
    export([row(title=HOSTILE, body=long, lead="a\ufffe\x00b")], tmp_path / "a.xlsx")
    export([row(title=HOSTILE, body=long, lead="a\ufffe\x00b")], tmp_path / "a.csv")
    names, line = sheet(tmp_path / "a.xlsx")
    found = {name.value: cell.value for name, cell in zip(names, line, strict=True)}
    (read,) = cells(tmp_path / "a.csv")
    for one in (found, read):
        assert one["title"] == '\'=cmd|" /C calc"!A1<script>'
        assert one["lead"] == "ab"
        assert len(one["body"].encode("utf-16-le")) // 2 <= LONGEST
        assert one["body"].endswith("[…]")


# Whole or not at all


@pytest.mark.parametrize("kind", ["csv", "xlsx", "jsonl", "md", "parquet"])
def test_what_fails_leaves_what_was_there(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"a.{kind}"
    export([row()], path)
    before = {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()}

    def broken() -> Any:
        yield row(id=7)
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        export(broken(), path)
    assert {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()} == before


def test_a_sheet_that_is_too_small_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.export.tables.MOST_ROWS", 2)
    with pytest.raises(BadInput, match="a sheet takes 1 articles"):
        export([row(), row()], tmp_path / "a.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_no_export_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "home.parquet").mkdir()
    (tmp_path / "home.parquet" / "letter.txt").touch()
    with pytest.raises(BadInput, match="is no export"):
        files.kind_of(tmp_path / "home.parquet")


# The commands


@pytest.fixture
def news(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path / 'news.db'}"
    with Store.open(url) as store:
        store.save(article(1, "Nước sạch", site="nhandan"), at(1))
        store.save(article(2, "Giá điện", site="moit", published_at=T0.replace(day=4)), at(2))
    return url


def test_the_command_writes_a_file(thoisu: Thoisu, tmp_path: Path, news: str) -> None:
    said = thoisu("export", "--store", news, "--tier", "ministry", "--to", "week.csv")
    assert (said.code, said.out) == (0, "1 article in week.csv\n")
    (found,) = cells(tmp_path / "week.csv")
    assert (found["site"], found["tier"], found["body"]) == ("moit", "ministry", "Giá điện")
    thoisu("export", "--store", news, "--until", "2026-03-02", "--text", "nuoc", "--to", "week.jsonl")
    assert json.loads((tmp_path / "week.jsonl").read_text("utf-8"))["publisher"] == "Báo Nhân Dân"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--to", "a.pdf"), "names no kind of file"),
        (("--to", "no/a.csv"), "there is no folder no"),
        (("--to", "a.csv", "--tier", "royal"), "no tier is called 'royal'"),
        (("--to", "a.csv", "--tier", "ministry", "--site", "nhandan"), "none of the sites nhandan is of tier ministry"),
    ],
)
def test_the_command_says_what_cannot_be(thoisu: Thoisu, news: str, options: tuple[str, ...], said: str) -> None:
    found = thoisu("export", "--store", news, *options)
    assert (found.code, found.out) == (2, "")
    assert said in found.err


def test_a_list_is_given_as_a_table_or_with_texts(thoisu: Thoisu, news: str) -> None:
    (line,) = csv.DictReader(io.StringIO(thoisu("articles", "--store", news, "--until", "2026-03-02", "--csv").out[1:]))
    assert (line["publisher"], "body" in line) == ("Báo Nhân Dân", False)
    (found,) = thoisu("articles", "--store", news, "--tier", "ministry", "--json", "--with", "text").rows
    assert (found["body"], found["tier"], found["canonical_url"]) == ("Giá điện", "ministry", article(2).url)
    assert thoisu("articles", "--store", news, "--with", "text").code == 2


def test_fields_of_an_article_that_an_export_lacks_are_known() -> None:
    """A field that an article gets is put into the export, or named here."""
    left_out = {"canonical_url", "dateline", "published_precision", "published_raw", "tags", "images", "content_hash"}
    assert set(Article.__dataclass_fields__) - set(COLUMNS) == left_out | {"layout"}
