"""The versions that are allowed are those that are tried: the lowest in `make test-min`, the pinned in `make test`."""

from __future__ import annotations

import tomllib
from importlib.metadata import PackageNotFoundError, distribution

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


def test_everything_that_the_wheel_brings_along_is_pinned_and_is_what_is_tried() -> None:
    """Also what its dependencies depend on: nothing comes into an installation that no test has met."""
    versions, lowest, missing, seen = pinned("constraints.txt"), pinned("constraints-min.txt"), set(), set()
    waiting = [
        (one.name, frozenset(one.extras))
        for lines in (_PROJECT["dependencies"], *_PROJECT["optional-dependencies"].values())
        for one in map(Requirement, lines)
        if one.marker is None or one.marker.evaluate()
    ]
    while waiting:
        name, extras = waiting.pop()
        if (canonicalize_name(name), extras) in seen:
            continue
        seen.add((canonicalize_name(name), extras))
        try:
            found = distribution(name)
        except PackageNotFoundError:
            continue  # an extra that is not installed here
        tried = versions.get(canonicalize_name(name)), lowest.get(canonicalize_name(name))
        if Version(found.version) not in tried:
            missing.add(f"{name}=={found.version}")
        for one in map(Requirement, found.requires or ()):
            if one.marker is None or any(one.marker.evaluate({"extra": extra}) for extra in (*extras, "")):
                waiting.append((one.name, frozenset(one.extras)))
    assert missing == set()
    assert len(seen) > 60
