"""Pairs of real texts with a reader's label; they belong to the papers and are read from THOISU_CASES."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from crawler.compare import ComparedText
from crawler.compare.copies import compare
from tests.support import ROOT

CASES = Path(os.environ.get("THOISU_CASES") or "nowhere")
PAIRS = CASES / "pairs" / "real-pairs.jsonl.gz"
COPIES = sorted((CASES / "copies").glob("*.json"))
NOT_READ = "real pairs are not read: set THOISU_CASES to the folder of cases (THOISU_CASES=… make test)"


def measured(file: Path) -> dict[str, Any]:
    command = [sys.executable, str(ROOT / "bench" / "copies.py"), "--pairs", str(file)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    found: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    return found


@pytest.mark.skipif(not PAIRS.exists(), reason=NOT_READ)
def test_real_copies_are_told_from_look_alikes() -> None:
    found = measured(PAIRS)
    assert found["precision"] >= 0.985
    assert found["recall"] >= 0.96


@pytest.mark.skipif(not COPIES, reason=NOT_READ)
@pytest.mark.parametrize("path", COPIES, ids=lambda path: path.stem)
def test_pairs_of_one_difference(path: Path) -> None:
    case = json.loads(path.read_bytes())
    first, second = (ComparedText(case[side][0], "\n".join(case[side][1:])) for side in ("first", "second"))
    assert compare(first, second, timedelta(hours=case["hours"])).kind in case["right"]


def test_the_bench_measures_labelled_pairs(tmp_path: Path) -> None:
    text = (
        "Sáng 6.2, lãnh đạo tỉnh kiểm tra tiến độ xây cầu dân sinh ở ba xã vùng cao, yêu cầu nhà thầu tăng ca để kịp "
        "bàn giao trước mùa mưa.\nĐến nay cầu đã xong phần móng trụ, đang lao dầm, dự kiến thông xe vào cuối quý tới."
    )
    other = "Đội tuyển bơi lội quốc gia lên đường tập huấn dài ngày, mang theo kỳ vọng của người hâm mộ cả nước."
    rows = [("S", text, text.replace("6.2", "6/2")), ("T", text, text.replace("6.2", "7.2")), ("P", text, text),
            ("SF", text, other), ("E", text, other)]  # fmt: skip
    file = tmp_path / "pairs.jsonl"
    lines = [
        {"label": label, "hours": 2.5, "first": {"lead": None, "body": one}, "second": {"lead": "", "body": two}}
        for label, one, two in rows
    ]
    file.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    assert measured(file) == {"pairs": 5, "precision": 1.0, "recall": 0.5}
