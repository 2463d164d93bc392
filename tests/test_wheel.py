"""The built wheel holds all that the command needs, and nothing that belongs to the checkout."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

from tests.support import ROOT


def test_wheel_holds_the_package_its_data_and_the_sites(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("thoisu-*.whl")
    held = set(zipfile.ZipFile(wheel).namelist())
    needed = {
        str(path.relative_to(ROOT)) for folder in ("crawler", "spiders") for path in (ROOT / folder).rglob("*.py")
    }
    assert needed | {"crawler/extract/boilerplate.toml", "crawler/commands/templates/spiders/basic.tmpl"} <= held
    assert {name.split("/")[0] for name in held if ".dist-info" not in name} == {"crawler", "spiders"}
