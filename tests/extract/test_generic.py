"""Pages whose CMS nobody has described: every golden case, read with all layouts taken away."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from crawler.extract import FALLBACK, extract
from crawler.extract import article as module
from tests.support import GOLDEN

TEXT = "Sáng 5/3, Bộ Nội vụ họp với các địa phương về phương án tiền lương mới cho cán bộ cấp xã sau sắp xếp."
STATED = '<meta property="article:published_time" content="2026-03-05T09:15:42+07:00">'
BESIDE = '<span class="date">04/03/2026 16:20</span>'
CASES = sorted(GOLDEN.glob("*/*/article.json"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.parent.parent.name)
def test_golden_page_is_read_without_any_layout(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FAMILIES", ())
    want = json.loads(path.read_text("utf-8"))
    url = json.loads((path.parent / "origin.json").read_text("utf-8"))["url"]
    got = extract((path.parent / "page.html").read_bytes(), url)
    assert got.layout == FALLBACK
    assert (got.title, got.lead) == (want["title"], want["lead"])
    assert got.to_dict()["published_at"] == want["published_at"]
    lines = want["body"].split("\n")
    assert [line for line in lines if line not in got.body.split("\n")] == []
    # One stray line is what a page may cost that says nowhere which part of it is which.
    assert len([line for line in got.body.split("\n") if line not in lines]) <= 1


def test_family_with_the_most_parts_reads_an_unknown_host() -> None:
    """Three families share `h1.post-title` and `.post-content`; only one has the rest."""
    page = f"""<h1 class="post-title">Họp về tiền lương</h1><div class="post-summary">Phương án mới được bàn trong một ngày.</div>
    <span class="post-subinfo"><span>Thứ Năm, 05/03/2026 09:15 (GMT+7)</span></span>
    <div class="post-content"><div itemprop="articleBody"><p>{TEXT}</p><p>{TEXT[::-1]}</p></div></div>"""
    article = extract(page, "https://bao.example.vn/a-123456")
    assert (article.layout, article.lead) == ("dnn", "Phương án mới được bàn trong một ngày.")


@pytest.mark.parametrize(
    ("head", "above", "below", "minute"),
    [
        (STATED, "", BESIDE, "2026-03-05T09:15"),  # somewhere on the page: perhaps another story's
        (STATED, BESIDE, "", "2026-03-04T16:20"),  # between headline and text: this article's
        ("", "", BESIDE, "2026-03-04T16:20"),  # better than none
    ],
)
def test_metadata_win_over_a_visible_time_that_may_be_another_storys(
    head: str, above: str, below: str, minute: str
) -> None:
    page = f"""<html><head><title>Bộ Nội vụ họp về tiền lương</title>{head}</head><body><div>
    <h1>Bộ Nội vụ họp về tiền lương</h1>{above}<div class="text"><p>{TEXT}</p><p>{TEXT[::-1]}</p></div>
    <div class="aside">{below}</div></div></body></html>"""
    article = extract(page, "https://bao.example.vn/a-123456")
    assert article.layout == FALLBACK
    assert article.published_at is not None
    assert article.published_at.isoformat().startswith(minute)
