"""A page as a document: headings, lists, tables and links where the format has them, and nothing that runs."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from crawler.archive.warc_files import matching
from crawler.errors import BadInput
from tests.support import Thoisu

PAGE = """<html><head><title>Khởi công cầu mới</title></head><body><article><h1>Khởi công cầu mới</h1>
<p>Sáng nay, tỉnh khởi công cây cầu thứ ba bắc qua sông, nối hai huyện phía đông với <a href="/ql1.html">quốc lộ</a>.</p>
<h2>Tiến độ *dự kiến*</h2>
<p>Công trình dài hơn hai kilômét, hoàn thành sau ba mươi tháng. Xem <a href="javascript:x()">thêm ở đây</a> nhé bạn.</p>
<ul><li>Giai đoạn một làm móng và trụ cầu ở bờ đông</li><li>Giai đoạn hai lắp dầm và làm mặt cầu</li></ul>
<table><tr><th>Năm</th><th>Vốn</th></tr><tr><td>2026</td><td>=100 tỷ</td></tr></table>
<p>Người dân hai bên bờ chờ cây cầu này đã nhiều năm nay, theo lời chủ tịch tỉnh tại lễ khởi công.</p>
</article></body></html>"""
URL = "https://bao.example.vn/khoi-cong-cau-moi-1234.html"


@pytest.fixture
def page(tmp_path: Path) -> Path:
    (tmp_path / "page.html").write_text(PAGE, "utf-8")
    return tmp_path / "page.html"


def test_markdown_keeps_headings_lists_tables_and_links(thoisu: Thoisu, page: Path) -> None:
    text = thoisu("extract", page, "--url", URL, "--format", "md").out
    assert text.startswith("# Khởi công cầu mới\n\n")
    assert "phía đông với [quốc lộ](https://bao.example.vn/ql1.html)." in text
    assert "\n\n## Tiến độ \\*dự kiến\\*\n\n" in text
    assert "\n\n- Giai đoạn một làm móng và trụ cầu ở bờ đông\n- Giai đoạn hai lắp dầm và làm mặt cầu\n\n" in text
    assert "\n\n| Năm | Vốn |\n| --- | --- |\n| 2026 | \\=100 tỷ |\n\n" in text
    assert "javascript" not in text


def test_text_keeps_lists_and_rows(thoisu: Thoisu, page: Path) -> None:
    text = thoisu("extract", page, "--url", URL, "--format", "txt").out
    assert "\n\n- Giai đoạn một làm móng và trụ cầu ở bờ đông\n- Giai đoạn hai" in text
    assert "\n\nNăm\tVốn\n2026\t=100 tỷ\n\n" in text


def test_a_table_has_a_row_for_each_line(thoisu: Thoisu, page: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(thoisu("extract", page, "--url", URL, "--format", "csv").out[1:])))
    assert [row["part"] for row in rows] == [
        "title", "lead", "paragraph", "heading", "paragraph", "item", "item", "row", "row", "paragraph",
    ]  # fmt: skip
    assert rows[2]["links"] == "https://bao.example.vn/ql1.html"
    assert rows[8]["text"] == "2026 | =100 tỷ"


def test_json_is_what_it_was(thoisu: Thoisu, page: Path) -> None:
    assert thoisu("extract", page, "--url", URL, "--format", "json").out == thoisu("extract", page, "--url", URL).out
    assert thoisu("extract", page, "--format", "pdf").code == 2
    assert "Năm Vốn" in thoisu("extract", page, "--url", URL).rows[0]["body"].split("\n")


def test_archives_are_files_patterns_and_folders(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for name in ("b.warc.gz", "in/a.warc", "in/c.wacz", "in/notes.txt"):
        (tmp_path / name).touch()
    assert [one.name for one in matching(tmp_path)] == ["b.warc.gz", "a.warc", "c.wacz"]
    assert [one.name for one in matching(tmp_path / "*" / "*.wa*")] == ["a.warc", "c.wacz"]
    assert matching(tmp_path / "b.warc.gz") == [tmp_path / "b.warc.gz"]
    for nothing in (tmp_path / "*.zip", tmp_path / "empty"):
        (tmp_path / "empty").mkdir(exist_ok=True)
        with pytest.raises(BadInput, match="has no archive file"):
            matching(nothing)
