"""Every program of `bench/` still runs, and finds nothing wrong in little input. How fast it is, is not asked here."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from tests.support import ROOT

LIBRARIES = {
    "hostile_inputs",
    "kept",
    "month_faults",
    "month_report",
    "own_postgres",
    "pairs",
    "serve_search",
    "stream",
}
PROGRAMS: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "adopt": (
        "--count 1 --articles 9",
        lambda found: found["adopted"] == 1 and found["discovery"] == found["f1"] == 1.0 and found["false"] == 0,
    ),
    "backfill": ("1 1", lambda found: found["stored"] == 150 and found["missing"] == found["not_under_way"] == 0),
    "copies": ("3", lambda found: found["pairs"] == 60 and found["false_number_merges"] == 0),
    "crawl": ("3 1", lambda found: found["pages"] == 18),
    "extract": ("", lambda found: found["pages"] > 0),
    "freshness": ("7 2 1", lambda found: [row["budget"] for row in found] == [8, 24, 48, 96]),
    "healing": (
        "--days 2 --papers 1 --articles 9",
        lambda found: found["missing"] == 0 and found["found"] == found["patched"] == found["changes"] == 1,
    ),
    "hostile": (
        "--size 20000 --every 40 --commands crawl warc",
        lambda found: found["inputs"] > 1 and found["wrong"] == [],
    ),
    "kills": ("--kills 2", lambda found: found["wrong"] == 0 and sum(found["died"].values()) == 2),
    "monitor": ("0 1 3", lambda found: found["false"] == 0 and any(row["within"] for row in found["faults"])),
    "months": (
        "--days 1 --papers 3 --articles 4",
        lambda found: found["late"] == found["missing"] == found["false_findings"] == found["descriptor_growth"] == 0,
    ),
    "reread": (
        "--pages 6 --sites 2 --workers 1 --times 1",
        lambda found: found["pages"] == 6 and found["missing"] == 0,
    ),
    "rounds": ("1", lambda found: 0 < found["ratio"] < 1),
    "scale": ("--every=97 3000", lambda found: found["cases"] > 100 and found["wrong"] == []),
    "schedule": ("4 1 1", lambda found: found["past_bound"] == found["looks_lost"] == found["over_budget"] == 0),
    "serve": ("--articles 100", lambda found: found["sqlite"]["found"] == found["postgres"]["found"] > 500),
    "stops": (
        "--stops 2 --only crawl deliver --articles 10",
        lambda found: found["stops"] == 2 and found["late"] == found["wrong"] == 0,
    ),
    "store": ("--articles 100 --postgres 50", lambda found: found["articles"] == 100),
    "workers": (
        "--sites 2 --articles 2 --delay 0 --workers 1 --seconds 3 --minutes 0",
        lambda found: found["missing"] == found["overlaps"] == 0 and found["scaling"] == 1,
    ),
    "year": (
        "--days 24 --sites 2 --articles 2 --told 12",
        lambda found: found["descriptor_growth"] == 0 and abs(found["off"]["store"]) < 0.2,
    ),
    "writers": (
        "--pages 8 --writers 1 2 --kills 2 --round-trip 0",
        lambda found: found["kills"] == 2 and found["late"] == found["missing"] == 0,
    ),
}
"""The arguments that make it small, and what its last line says when all is well."""


def test_none_is_forgotten() -> None:
    assert {path.stem for path in (ROOT / "bench").glob("*.py")} == PROGRAMS.keys() | LIBRARIES


@pytest.mark.slow
@pytest.mark.parametrize("name", PROGRAMS)
def test_it_runs_in_small(name: str) -> None:
    if name == "extract":
        pytest.importorskip("trafilatura", reason="bench/extract.py NOT RUN: pip install trafilatura")
    arguments, well = PROGRAMS[name]
    command = [sys.executable, str(ROOT / "bench" / f"{name}.py"), *arguments.split()]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert well(json.loads(ran.stdout.splitlines()[-1])), ran.stdout
