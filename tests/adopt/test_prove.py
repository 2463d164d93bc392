"""`thoisu prove`: what it asks, says, keeps, and says again from what it has kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from crawler.adopt import proof_table
from crawler.errors import BadInput
from crawler.newsroom import Newsroom
from tests.support import GOLDEN, Thoisu


def test_what_works_is_told_in_a_table(thoisu: Thoisu, newsroom: Newsroom) -> None:
    run = thoisu("prove", "--newsroom", newsroom.url)
    assert run.code == 0, run.out
    assert "2 of 2 sites work" in run.out
    assert all(len([r for r in newsroom.requests if r.host.startswith(host)]) <= 14 for host in ("songda", "hongha"))


def test_a_fault_is_told_with_its_patch_and_kept_for_others(thoisu: Thoisu, newsroom: Newsroom, tmp_path: Path) -> None:
    newsroom.misbehave("songda", path=r"^/rss/home", status=410)
    told = thoisu("prove", "songda", "--newsroom", newsroom.url, "--json", "--keep", tmp_path / "kept")
    (songda,) = told.rows
    assert (told.code, songda["verdict"]) == (1, "needs mending")
    assert [found["fault"] for found in songda["findings"]] == ["source gone"]
    assert "-            Feed(" in songda["patch"]
    assert songda["patch"].startswith("--- a/spiders/songda.py\n+++ b/spiders/songda.py\n")

    newsroom.behave("songda")
    newsroom.forget_requests()
    again = thoisu("prove", "songda", "--newsroom", newsroom.url, "--json", "--replay", tmp_path / "kept")
    assert (again.code, again.rows) == (told.code, told.rows)
    assert newsroom.requests == []
    cases = list((tmp_path / "kept" / "golden" / "songda").iterdir())
    assert {path.name for path in cases[0].iterdir()} == {"page.html", "article.json", "origin.json"}
    assert json.loads((cases[0] / "article.json").read_text("utf-8"))["title"]


def test_described_sites_are_proved_where_a_newsroom_answers_for_the_network(
    thoisu: Thoisu, newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("THOISU_NEWSROOM", newsroom.url)
    run = thoisu("prove", "nhandan")
    assert (run.code, "0 of 1 sites work" in run.out) == (1, True), run.err


def test_a_wall_is_kept_as_one(thoisu: Thoisu, newsroom: Newsroom, tmp_path: Path) -> None:
    newsroom.misbehave("songda", challenge="d1n")
    told = thoisu("prove", "songda", "--newsroom", newsroom.url, "--json", "--keep", tmp_path)
    assert (told.code, told.rows[0]["reason"], told.rows[0]["patch"]) == (1, "walled", None)
    newsroom.behave("songda")
    again = thoisu("prove", "songda", "--newsroom", newsroom.url, "--json", "--replay", tmp_path)
    assert again.rows == told.rows


def test_of_what_a_folder_does_not_hold_nothing_is_said(thoisu: Thoisu, tmp_path: Path) -> None:
    (tmp_path / "replay.tsv").write_text("url\tfile\n", encoding="utf-8")
    run = thoisu("prove", "plo", "--replay", tmp_path, "--json")
    (row,) = run.rows
    assert {source["says"] for source in row["sources"]} == {"not asked"}
    assert (run.code, row["verdict"], row["reason"]) == (1, "refused", "unreachable")


@pytest.mark.parametrize("line", ["no json", '{"at": "2026-11-01T00:00:00+00:00"}\n{"asked": 1}', "{}"])
def test_a_broken_record_is_bad_input(thoisu: Thoisu, tmp_path: Path, line: str) -> None:
    (tmp_path / "replay.tsv").write_text("url\tfile\n", encoding="utf-8")
    (tmp_path / "answers.jsonl").write_text(line, encoding="utf-8")
    run = thoisu("prove", "plo", "--replay", tmp_path)
    assert run.code == 2
    assert "no record of a proof" in run.err


def test_the_last_proof_is_noted(
    thoisu: Thoisu, newsroom: Newsroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = tmp_path / "proofs.tsv"
    proof_table.write_table(table, {"vov": ("2026-01-02", "works"), "songda": ("2026-01-02", "refused")})
    monkeypatch.setattr(proof_table, "table_of_checkout", lambda: table)
    assert thoisu("prove", "songda", "--newsroom", newsroom.url, "--write-proof").code == 0
    rows = proof_table.read_table(table)
    assert rows["vov"] == ("2026-01-02", "works")
    assert rows["songda"][1] == "works"
    assert rows["songda"][0] > "2026-01-02"


def test_another_table_is_no_table_of_proofs(tmp_path: Path) -> None:
    (tmp_path / "proofs.tsv").write_text("name\tday\n", encoding="utf-8")
    with pytest.raises(BadInput, match="no table of proofs"):
        proof_table.read_table(tmp_path / "proofs.tsv")


def test_saved_pages_of_some_day_are_read_and_not_called_old(thoisu: Thoisu, tmp_path: Path) -> None:
    case = GOLDEN / "plo" / "article"
    url = json.loads((case / "origin.json").read_text("utf-8"))["url"]
    feed = (
        '<?xml version="1.0"?><rss version="2.0"><channel><title>Tin</title><item><title>Bài một</title>'
        "<link>https://plo.vn/bai-mot-post123456.html</link><pubDate>Mon, 10 Aug 2020 10:15:00 +0700</pubDate></item>"
        "</channel></rss>"
    )
    (tmp_path / "home.xml").write_text(feed, encoding="utf-8")
    (tmp_path / "bai.html").write_bytes((case / "page.html").read_bytes())
    rows = f"url\tfile\nhttps://plo.vn/rss/home.rss\thome.xml\n{url}\tbai.html\n"
    (tmp_path / "replay.tsv").write_text(rows, encoding="utf-8")
    run = thoisu("prove", "plo", "--replay", tmp_path, "--json")
    (row,) = run.rows
    assert (run.code, row["verdict"], row["layouts"]) == (0, "works", {"epi": 1})
    assert [source["says"] for source in row["sources"]] == ["gives", "not asked"]
