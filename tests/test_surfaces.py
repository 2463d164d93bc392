"""What packages offer: named in their `__init__`, used, and from there; the pure ones are light to load."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PURE = ("text", "sites", "extract", "discover", "readers", "compare")
PACKAGES = sorted(path.parent.name for path in (ROOT / "crawler").glob("*/__init__.py"))
OFFERING = sorted(
    path.parent.name for path in (ROOT / "crawler").glob("*/__init__.py") if "__all__" in path.read_text("utf-8")
)
FILES = [path for name in ("crawler", "spiders", "tests", "bench", "docs") for path in (ROOT / name).rglob("*.py")]
IMPORTS = [
    (path.relative_to(ROOT), node.lineno, node.module or "", {alias.name for alias in node.names})
    for path in FILES
    for node in ast.walk(ast.parse(path.read_text("utf-8")))
    if isinstance(node, ast.ImportFrom)
]
DOCS = "\n".join(path.read_text("utf-8") for path in (ROOT / "docs").glob("*.md"))
TOLD = {
    name
    for said in re.findall(r"`(\w+)`|^from crawler\.\w+ import (.+)", DOCS, re.M)
    for name in re.findall(r"\w+", " ".join(said))
}


@pytest.mark.parametrize("name", PACKAGES)
def test_a_package_names_each_of_its_modules(name: str) -> None:
    about = importlib.import_module(f"crawler.{name}").__doc__ or ""
    files = [path for path in (ROOT / "crawler" / name).glob("*.py") if path.stem != "__init__"]
    # A command is found by its name.
    modules = {path.stem for path in files if not path.read_text("utf-8").startswith('"""`thoisu ')}
    assert modules - set(re.findall(r"\w+", about)) == set()


@pytest.mark.parametrize("name", OFFERING)
def test_what_a_package_offers_is_used_and_from_there(name: str) -> None:
    """Somebody imports it, or a page of docs names it; no other package reaches into a module for it."""
    package = importlib.import_module(f"crawler.{name}")
    offered = set(package.__all__)
    used, deep = set(TOLD), []
    for path, line, module, names in IMPORTS:
        if path.parts[:2] == ("crawler", name):
            continue
        if module == f"crawler.{name}":
            used |= names
        elif module.startswith(f"crawler.{name}.") and path.parts[0] in ("crawler", "spiders"):
            inside = importlib.import_module(module)
            if any(getattr(package, one) is getattr(inside, one) for one in names & offered):
                deep.append(f"{path}:{line}")
    assert (offered - used, deep) == (set(), [])


def test_the_pure_packages_load_no_framework() -> None:
    code = (
        f"import sys, {', '.join(f'crawler.{name}' for name in PURE)}\n"
        "heavy = {'scrapy', 'twisted', 'sqlalchemy', 'bs4'} & set(sys.modules)\n"
        "sys.exit(str(heavy) if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.stderr == ""
