"""The built wheel and sdist hold all that is needed and nothing else, are the same each time, and work by themselves."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from crawler.newsroom import Newsroom
from tests.support import ROOT

_BUILT_FROM = (
    "crawler",
    "spiders",
    "deploy",
    "docs",
    "pyproject.toml",
    "README.md",
    "LICENSE",
    "CHANGELOG.md",
    "Makefile",
)


def build(source: Path, target: Path, epoch: int) -> tuple[Path, Path]:
    """The wheel and the sdist of a folder."""
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-d", str(target)],
        cwd=source,
        check=True,
        capture_output=True,
        env={**os.environ, "SOURCE_DATE_EPOCH": str(epoch)},
    )
    (wheel,), (sdist,) = target.glob("*.whl"), target.glob("*.tar.gz")
    return wheel, sdist


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return build(ROOT, tmp_path_factory.mktemp("dist"), 1_700_000_000)


def test_wheel_holds_the_package_its_data_and_the_sites(built: tuple[Path, Path]) -> None:
    held = set(zipfile.ZipFile(built[0]).namelist())
    needed = {
        str(path.relative_to(ROOT))
        for folder in ("crawler", "spiders")
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert needed <= held
    assert {name.split("/")[0] for name in held if ".dist-info" not in name} == {"crawler", "spiders"}


def test_sdist_holds_what_it_is_built_tested_and_deployed_from(built: tuple[Path, Path]) -> None:
    with tarfile.open(built[1]) as packed:
        held = {name.partition("/")[2] for name in packed.getnames()}
    needed = {str(path.relative_to(ROOT)) for path in (ROOT / "deploy").rglob("*") if path.is_file()}
    needed |= {"Makefile", "constraints.txt", "CHANGELOG.md", "tests/conftest.py", "docs/deploy.md", "pyproject.toml"}
    assert needed <= held
    assert not [name for name in held if name.endswith((".pyc", ".db", "/.env"))]


def test_two_builds_are_byte_for_byte_the_same(tmp_path: Path) -> None:
    """From the same files in another place, made at another time by somebody with other habits."""
    sources = tmp_path / "one", tmp_path / "other"
    for source in sources:
        for name in _BUILT_FROM:
            path = ROOT / name
            if path.is_dir():
                shutil.copytree(path, source / name, ignore=shutil.ignore_patterns("__pycache__", "pictures"))
            else:
                shutil.copy(path, source / name)
    for path in sources[1].rglob("*"):
        os.utime(path, (1, 1))
        path.chmod(0o700 if path.is_dir() else 0o600)
    first, second = (build(source, source / "dist", 1_700_000_000) for source in sources)
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]
    assert build(sources[0], tmp_path / "later", 1_700_009_999)[0].read_bytes() != first[0].read_bytes()


def test_what_the_wheel_holds_does_the_main_job_by_itself(
    built: tuple[Path, Path], newsroom: Newsroom, tmp_path: Path
) -> None:
    zipfile.ZipFile(built[0]).extractall(tmp_path / "site")  # noqa: S202, our own
    folder = tmp_path / "empty"
    folder.mkdir()
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("THOISU_", "PYTHON"))}
    words = ["crawl", "songda", "--newsroom", newsroom.url, "--limit", "3"]
    code = "import crawler, sys; print(crawler.__file__); from crawler.__main__ import main; main(sys.argv[1:])"
    done = subprocess.run(
        [sys.executable, "-c", code, *words],
        cwd=folder,
        text=True,
        capture_output=True,
        check=False,
        env={**clean, "PYTHONPATH": str(tmp_path / "site")},
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(str(tmp_path / "site" / "crawler"))
    assert (folder / "thoisu.db").exists()
