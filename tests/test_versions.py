"""The versions that are allowed are those that are tried: the lowest in `make test-min`, the pinned in `make test`."""

from __future__ import annotations

import tomllib

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.support import ROOT

with (ROOT / "pyproject.toml").open("rb") as _file:
    _PROJECT = tomllib.load(_file)["project"]
REQUIREMENTS = {
    canonicalize_name(one.name): one.specifier
    for lines in (_PROJECT["dependencies"], *_PROJECT["optional-dependencies"].values())
    for one in map(Requirement, lines)
}
OF_AN_EXTRA = {"psycopg-binary"}  # of psycopg[binary]


def pinned(name: str) -> dict[str, Version]:
    lines = (ROOT / name).read_text("utf-8").splitlines()
    pairs = (line.split("==") for line in lines if not line.startswith("#"))
    return {canonicalize_name(package): Version(version) for package, version in pairs}


def test_the_lowest_versions_are_the_lower_bounds() -> None:
    bounds = {
        name: Version(one.version)
        for name, specifier in REQUIREMENTS.items()
        for one in specifier
        if one.operator == ">="
    }
    lowest = pinned("constraints-min.txt")
    assert {name: version for name, version in lowest.items() if name not in OF_AN_EXTRA} == bounds


def test_the_pinned_versions_are_allowed() -> None:
    versions = pinned("constraints.txt")
    assert [name for name, specifier in REQUIREMENTS.items() if versions[name] not in specifier] == []


def test_a_next_scrapy_or_twisted_is_not_allowed_before_it_is_tried() -> None:
    """Private parts of both are in use; what is private may change with any release but a correction."""
    versions = pinned("constraints.txt")
    for name in ("scrapy", "twisted"):
        major, minor, *_ = versions[name].release
        assert Version(f"{major}.{minor + 1}") not in REQUIREMENTS[name]
