"""Ctrl-C is no failure, and a value that is given twice is not lost in silence."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest

from crawler.cli import common, relate
from crawler.cli.main import app
from crawler.newsroom import Newsroom
from crawler.store import Store
from tests.support import LONG, Thoisu, article, at, fill


def interrupted(*_: object, **__: object) -> object:
    raise KeyboardInterrupt


def begun(folder: Path, *arguments: str, ready: Callable[[], bool]) -> subprocess.Popen[str]:
    """The command, when it has done what `ready` looks for."""
    process = subprocess.Popen(
        [sys.executable, "-m", "crawler", *arguments], cwd=folder, text=True, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, env={**os.environ, "PYTHONUNBUFFERED": "1"}, start_new_session=True,
    )  # fmt: skip
    while not ready():
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    return process


def stop(process: subprocess.Popen[str], number: int = signal.SIGINT) -> tuple[int, str]:
    process.send_signal(number)
    _, errors = process.communicate(timeout=LONG)
    return process.returncode, errors


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("relate", "what was compared is kept, and the same command goes on with the rest"),
        ("articles", "the same command begins anew"),
    ],
)
def test_an_interrupted_command_says_what_becomes_of_the_rest(
    thoisu: Thoisu, monkeypatch: pytest.MonkeyPatch, command: str, said: str
) -> None:
    monkeypatch.setattr(Store, "open", interrupted)
    monkeypatch.setattr(common, "is_there", lambda _: True)
    done = thoisu(command)
    assert (done.code, done.out, done.err) == (130, "", f"thoisu: stopped; {said}\n")


def test_an_interrupted_demo_has_not_failed(thoisu: Thoisu, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(sites: dict[str, object], **_: object) -> list[object]:
        from crawler.crawl import SiteReport

        return [SiteReport(site=name, error="stopped") for name in sites]

    monkeypatch.setattr(import_module("crawler.crawl"), "crawl", stopped)
    done = thoisu("demo")
    assert done.code == 130
    assert done.err == "thoisu: stopped; the demo asked nobody, and begins anew\n"


def test_an_interrupted_crawl_has_not_failed(
    thoisu: Thoisu, newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relate, "relate_new", interrupted)
    done = thoisu("crawl", "songda", "--newsroom", newsroom.url, "--store", "sqlite:///a.db")
    assert done.code == 130
    assert done.err.endswith(" INFO stopped; what was read is stored, and the next crawl goes on with the rest\n")
    assert "failed" not in done.out


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_newsroom_is_simply_stopped(tmp_path: Path, number: int) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "crawler", "newsroom", "--port", "0", "--articles", "2"], cwd=tmp_path, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    assert process.stdout is not None
    assert any("other words" in line for line in process.stdout)
    code, errors = stop(process, number)
    assert (code, errors) == (0, "stopped; the next newsroom of this seed tells the same\n")


def test_a_delivery_that_follows_is_simply_stopped(tmp_path: Path) -> None:
    (tmp_path / "sinks.toml").write_text('[out]\nurl = "jsonl:feed"\n', "utf-8")
    with Store.open(f"sqlite:///{tmp_path / 'a.db'}") as store:
        fill(store, 3)
    files = tmp_path / "feed"
    process = begun(
        tmp_path, "deliver", "--follow", "--store", "sqlite:///a.db", ready=lambda: any(files.glob("**/*.jsonl"))
    )
    code, errors = stop(process)
    assert (code, errors.partition(" INFO ")[2]) == (0, "stopped; the next run goes on where each sink is\n")


def test_a_schedule_is_simply_stopped(tmp_path: Path, newsroom: Newsroom) -> None:
    options = ("--newsroom", newsroom.url, "--store", "sqlite:///a.db")
    (tmp_path / ".env").write_text("THOISU_LOG_LEVEL=INFO\n")
    process = begun(tmp_path, "schedule", *options, ready=lambda: (tmp_path / "a.db-wal").exists())
    assert process.stderr is not None
    said = []
    for line in process.stderr:
        said.append(line)
        if " new" in line:  # a round has come back
            break
    code, errors = stop(process)
    dated = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+07:00 (INFO|WARNING) .+")
    assert [line for line in (*said, *errors.splitlines()) if not dated.fullmatch(line.rstrip("\n"))] == []
    assert len([line for line in said if " a round of " in line]) == 1
    assert len(said) <= 4, "Scrapy says nothing of its settings with each round"
    assert code == 0
    assert errors.splitlines()[-1].endswith(" INFO stopped; the next start goes on where this one was")
    assert "Traceback" not in errors


LOST = """
import gc, sys, time
from crawler.cli import main as command

class Dropped:
    def __del__(self):
        raise KeyboardInterrupt

def articles(*_, **__):
    Dropped()
    for _ in range(600):
        time.sleep(0.1)

command.app.registered_commands = []
command.app.command(cls=command.Command, name="articles")(lambda: articles())
command.app.command(cls=command.Command, name="other")(lambda: None)
command.main(["articles"])
"""


def test_ctrl_c_is_not_lost_in_a_destructor() -> None:
    done = subprocess.run([sys.executable, "-c", LOST], capture_output=True, text=True, timeout=LONG, check=False)
    assert (done.returncode, done.stderr) == (130, "thoisu: stopped; the same command begins anew\n")


def commands() -> dict[str, object]:
    import typer

    found: dict[str, object] = {}

    def collect(prefix: str, group: object) -> None:
        for name, command in group.commands.items():  # type: ignore[attr-defined]
            found[f"{prefix}{name}"] = command
            if hasattr(command, "commands"):
                collect(f"{prefix}{name} ", command)

    collect("", typer.main.get_command(app))
    return found


SINGLE = [
    (name, option.opts[0])
    for name, command in commands().items()
    for option in command.params  # type: ignore[attr-defined]
    if option.param_type_name == "option" and not option.is_flag and not option.multiple
]


@pytest.mark.parametrize(("command", "option"), SINGLE)
def test_a_value_that_is_given_twice_is_an_error_in_every_command(thoisu: Thoisu, command: str, option: str) -> None:
    done = thoisu(*command.split(), option, "1", f"{option}=2")
    told = f"thoisu: {option} is given twice and takes one; see thoisu {command} --help\n"
    assert (done.code, done.out, done.err) == (2, "", told)


def test_a_flag_may_come_twice(thoisu: Thoisu) -> None:
    assert thoisu("sites", "--json", "--json").code == 0


def test_progress_that_nobody_can_read_ends_no_command(tmp_path: Path) -> None:
    line = f"{sys.executable} -m crawler which http://a.vn/ 2> /dev/full; {sys.executable} -m crawler crawl zzz"
    done = subprocess.run(
        ["sh", "-c", f"{line} 2> /dev/full"], cwd=tmp_path, env={**os.environ, "THOISU_DELAI": "1"}, check=False,
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stdout.startswith("http://a.vn/\t")


def test_sites_that_are_named_twice_are_both_meant_and_texts_too(thoisu: Thoisu, tmp_path: Path) -> None:
    with Store.open(f"sqlite:///{tmp_path / 'a.db'}") as store:
        for n, site in enumerate(("bao", "dai", "tap"), 1):
            store.save(article(n, f"Khởi công cầu {site}", site), at(n))
            store.save(article(n + 10, f"Khánh thành cầu {site}", site), at(n + 10))
    both = ("--store", "sqlite:///a.db", "--json", "--site", "bao", "--site", "tap")
    assert {row["site"] for row in thoisu("articles", *both).rows} == {"bao", "tap"}
    assert len(thoisu("articles", *both).rows) == 4
    assert len(thoisu("articles", *both, "--text", "cau", "--text", "khánh").rows) == 2
    assert thoisu("articles", *both, "--text", "công tap", "--text", "khánh").rows == []
    assert {page["site"] for row in thoisu("stories", *both).rows for page in row["pages"]} == {"bao", "tap"}
    for command in ("articles", "stories"):
        wrong = thoisu(command, *both, "--site", "nhandn")
        assert (wrong.code, "did you mean nhandan" in wrong.err) == (2, True)
        assert thoisu(command, *both, "--since", "").code == 2
    gone = thoisu("gaps", "nhandn", "--store", "sqlite:///a.db")
    assert (gone.code, "did you mean nhandan" in gone.err) == (2, True)
