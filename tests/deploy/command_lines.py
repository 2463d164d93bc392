"""The commands that the files of `deploy/` and its page of the docs give, as words."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from tests.support import ROOT

DEPLOY = ROOT / "deploy"
COMPOSE = sorted(DEPLOY.glob("compose*.yaml"))
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
_EXTRAS = re.compile(r"^ARG EXTRAS=(\S+)$", re.M)


class CommandLine(NamedTuple):
    """A call of `thoisu` and the file that makes it."""

    file: str
    words: tuple[str, ...]


def compose(path: Path) -> dict[str, Any]:
    """A compose file with what it leaves out (`${NAME:?why}`) filled in."""
    text = re.sub(r"\$\{\w+:\?[^}]*\}", "filled", path.read_text("utf-8"))
    read = yaml.safe_load(re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", text))
    assert isinstance(read, dict)
    return read


def dockerfile() -> str:
    return (DEPLOY / "Dockerfile").read_text("utf-8")


def instruction(name: str) -> list[str]:
    """The words of an instruction in its form of JSON; of several the last."""
    text = dockerfile().replace("\\\n", " ")
    found = re.findall(rf"^{name} (?:--\S+ +)*(?:CMD +)?(\[.*\])$", text, re.M)
    words = yaml.safe_load(found[-1])
    assert isinstance(words, list)
    return words


def extras() -> tuple[set[str], set[str]]:
    """Those that the image installs, and those that there are."""
    there = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    named = _EXTRAS.search(dockerfile())
    assert named is not None
    return set(named[1].split(",")), set(there)


def command_lines() -> Iterator[CommandLine]:
    """Every call of `thoisu` in the Dockerfile, the compose files, the units and docs/deploy.md."""
    entry = instruction("ENTRYPOINT")
    yield CommandLine("Dockerfile", tuple((entry + instruction("CMD"))[1:]))
    for path in COMPOSE:
        for name, service in compose(path)["services"].items():
            if service["image"] == "thoisu":
                words = [*service.get("entrypoint", entry), *service.get("command", [])]
                more = ["/backup/thoisu"] if name == "backup" else []
                yield CommandLine(path.name, tuple(words[1:] + more))
    for path in UNITS:
        for line in re.findall(r"^ExecStart\w*=(.*)$", path.read_text("utf-8"), re.M):
            yield from _in_line(path.name, line)
    page = (ROOT / "docs" / "deploy.md").read_text("utf-8")
    for block in re.findall(r"^```\n(.*?)^```$", page, re.M | re.S):
        for line in block.splitlines():
            yield from _in_line("deploy.md", line)
    for line in re.findall(r"(?<!`)`(thoisu [^`\n]+)`", page):
        yield from _in_line("deploy.md", line)


def _in_line(file: str, line: str) -> Iterator[CommandLine]:
    words = shlex.split(line)
    for place, word in enumerate(words):
        if word.startswith("exec "):  # of a shell
            yield from _in_line(file, word)
        elif (word == "thoisu" or word.endswith("/bin/thoisu")) and words[place + 1 :]:
            yield CommandLine(file, tuple(words[place + 1 :]))
