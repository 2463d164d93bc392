"""What the pure packages offer: named in their `__init__`, used from there, and light to load."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PURE = ("text", "sites", "extract", "discover", "readers", "compare")
PACKAGES = (*PURE, "archive", "schedule", "fetch", "crawl", "backfill", "deliver", "export", "alerts", "maintenance")


@pytest.mark.parametrize("name", PACKAGES)
def test_a_package_names_each_of_its_modules(name: str) -> None:
    about = importlib.import_module(f"crawler.{name}").__doc__ or ""
    modules = {path.name for path in (ROOT / "crawler" / name).glob("*.py")} - {"__init__.py"}
    assert {module for module in modules if module not in about} == set()


@pytest.mark.parametrize("name", PACKAGES)
def test_what_a_package_offers_is_used_from_there(name: str) -> None:
    """No other package reaches into a module for what the surface has."""
    offered = set(importlib.import_module(f"crawler.{name}").__all__)
    around = [path for path in (ROOT / "crawler").rglob("*.py") if path.relative_to(ROOT / "crawler").parts[0] != name]
    deep = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in (*around, *(ROOT / "spiders").glob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").startswith(f"crawler.{name}.")
        and {alias.name for alias in node.names} <= offered
        and getattr(importlib.import_module(f"crawler.{name}"), node.names[0].name)
        is getattr(importlib.import_module(node.module or ""), node.names[0].name)
    ]
    assert deep == []


def test_the_pure_packages_load_no_framework() -> None:
    code = (
        f"import sys, {', '.join(f'crawler.{name}' for name in PURE)}\n"
        "heavy = {'scrapy', 'twisted', 'sqlalchemy', 'bs4'} & set(sys.modules)\n"
        "sys.exit(str(heavy) if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.stderr == ""
