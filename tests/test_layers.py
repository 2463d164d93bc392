"""The house has one direction: no circle of files, and each contract of `pyproject.toml` is one that can break."""

from __future__ import annotations

import re
import tomllib
from graphlib import TopologicalSorter

import grimp

from tests.support import ROOT

# Imports under TYPE_CHECKING count: who needs another's type needs its file.
GRAPH = grimp.build_graph("crawler", "spiders", cache_dir=None)


def test_there_is_no_circle_of_files() -> None:
    files = {module: GRAPH.find_modules_directly_imported_by(module) for module in GRAPH.modules}
    TopologicalSorter(files).prepare()  # CycleError names the files of a circle


def test_nothing_in_crawler_names_a_site() -> None:
    assert not any(GRAPH.find_modules_that_directly_import(module) & files() for module in sites())


def files() -> set[str]:
    return {module for module in GRAPH.modules if module.startswith("crawler")}


def sites() -> set[str]:
    return {module for module in GRAPH.modules if module.startswith("spiders")}


def test_every_room_has_its_layer() -> None:
    with (ROOT / "pyproject.toml").open("rb") as file:
        layers = tomllib.load(file)["tool"]["importlinter"]["contracts"][0]["layers"]
    named = {name.strip(" ()") for layer in layers for name in re.split("[:|]", layer)}
    assert GRAPH.find_children("crawler") | {"spiders"} <= named
