"""The demo shows every part of the job, from numbers that it has read, and fails when one is missing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from crawler.cli import demo
from crawler.cli.main import main


@pytest.mark.slow
def test_the_demo_tells_the_whole_story(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    with pytest.raises(SystemExit) as ended:
        main(["demo", "--keep", str(tmp_path)])
    shown = capsys.readouterr()
    assert (ended.value.code, shown.err) == (0, "")
    assert max(map(len, shown.out.splitlines())) <= 80
    assert "\x1b" not in shown.out
    for chapter in range(1, 9):
        assert f"\n{chapter}. " in shown.out
    for event in (
        "304 Not Modified",
        "container: ",
        "  copy  ",
        "  withdrawn  ",
        "  revised  ",
        "{+",
        "thoisu crawl nhandan",
    ):
        assert event in shown.out
    rows = [json.loads(line) for line in (tmp_path / "changes.jsonl").read_text("utf-8").splitlines()]
    assert {row["event"] for row in rows} == {"created", "copied", "revised", "withdrawn"}
    assert f"changes.jsonl: {len(rows)} lines" in shown.out


def test_the_demo_fails_when_nothing_is_copied(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "_SITES", 1)
    with pytest.raises(SystemExit) as ended:
        main(["demo"])
    assert ended.value.code == 1
    assert capsys.readouterr().err == "thoisu: the demo failed: no such change was recorded\n"
