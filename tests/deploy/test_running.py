"""The commands of the image and the units run as these run them, for a short life."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from crawler.store import Store
from tests.deploy.command_lines import UNITS, command_lines, instruction
from tests.support import LONG, ROOT

UNIT_COMMANDS = {
    line.file.removesuffix(".service"): line.words for line in command_lines() if line.file in {u.name for u in UNITS}
}


@contextmanager
def running(words: list[str], folder: Path, store: Store) -> Iterator[subprocess.Popen[str]]:
    """A command of ours in a folder of its own, with no network and nothing set but what a unit sets."""
    (folder / "replay").mkdir()
    (folder / "replay" / "replay.tsv").write_text("url\tfile\n")
    (folder / "sinks.toml").write_text(f'[feed]\nurl = "jsonl:{folder}/feed"\n')
    environ = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "HOME": "/nonexistent",
        "THOISU_CONTACT": "desk@bao.example",
        "THOISU_DATABASE_URL": str(store.url),
        "THOISU_REPLAY": str(folder / "replay"),
        "THOISU_LOG_LEVEL": "INFO",
    }
    command = [sys.executable, "-m", "crawler", *words]
    with subprocess.Popen(
        command, cwd=folder, text=True, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def line_with(stream: Iterator[str], sign: str) -> str:
    """The first line that says it."""
    said = []
    for line in stream:
        said.append(line)
        if sign in line:
            return line
    raise AssertionError(f"nothing says {sign!r}: {said}")


def test_the_image_serves_and_its_check_says_that_it_is_well(filled: Store, tmp_path: Path) -> None:
    words = ["0" if word == "8000" else word for word in instruction("CMD")]
    program, *check = instruction("HEALTHCHECK")
    assert (program, "http://127.0.0.1:8000/healthz" in check[-1]) == ("python", True)

    def healthy(url: str) -> bool:
        command = [sys.executable, *(word.replace("http://127.0.0.1:8000/", url) for word in check)]
        return subprocess.run(command, check=False, capture_output=True).returncode == 0

    with running(words, tmp_path, filled) as process:
        assert process.stderr is not None
        url = re.search(r"http://127\.0\.0\.1:\d+/", line_with(iter(process.stderr), "http://"))
        assert url is not None
        line_with(iter(process.stderr), "who asks needs a token")
        assert healthy(url[0])
        process.send_signal(signal.SIGTERM)
        assert process.wait(LONG) == 0
    assert not healthy(url[0])


def test_the_backup_of_the_unit_is_a_store(filled: Store, tmp_path: Path) -> None:
    words = [word.replace("/var/lib/thoisu-backup", str(tmp_path)) for word in UNIT_COMMANDS["thoisu-backup"]]
    with running(words, tmp_path, filled) as process:
        assert process.wait(LONG) == 0, process.stderr and process.stderr.read()
    (made,) = tmp_path.glob("thoisu-*.db.zst")
    assert made.stat().st_size > 1000


@pytest.mark.parametrize(
    ("unit", "sign"), [("thoisu-schedule", "polling"), ("thoisu-deliver", "")], ids=["schedule", "deliver"]
)
def test_a_unit_runs_until_it_is_stopped(unit: str, sign: str, filled: Store, tmp_path: Path) -> None:
    with running(list(UNIT_COMMANDS[unit]), tmp_path, filled) as process:
        assert process.stderr is not None
        if sign:
            line_with(iter(process.stderr), sign)
        else:
            fed = tmp_path / "feed"
            while process.poll() is None and not any(fed.glob("*.jsonl")):
                time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        assert process.wait(LONG) == 0, process.stderr.read()
    left = {path.name for path in tmp_path.iterdir() if not path.name.startswith("room.db")}
    assert left <= {"replay", "sinks.toml", "feed"}
