"""The reference pages say what the code says, and every command shows how it is used."""

from __future__ import annotations

import importlib.util
import re
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

import pytest
import typer

from crawler.cli.adopt import _listed
from crawler.cli.main import app
from crawler.sites import load_sites
from tests.support import ROOT

DOCS = ROOT / "docs"
EXAMPLES = ("spiders/baomau.py", "crawler/newsroom/families/maucms.py")
GROUP: Any = typer.main.get_command(app)


def _generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_generate", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_reference_pages_are_fresh() -> None:
    for name, text in _generator().pages().items():
        assert (DOCS / name).read_text("utf-8") == text, f"docs/{name} is stale: run `make docs`"


def test_candidates_can_be_adopted_and_none_stands_twice() -> None:
    hosts = [urlsplit(one.url).hostname or "" for one in _generator().candidates()]
    assert len({host.removeprefix("www.") for host in hosts}) == len(hosts) > 100
    for name in ("candidates.tsv", "candidates.txt"):
        assert set(_listed(DOCS / name)) <= {f"https://{host}/" for host in hosts}
    listed = _listed(DOCS / "candidates.txt")
    assert not [url for url in listed if load_sites().find(url)]


def _commands(group: Any, before: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, command in group.commands.items():
        found[before + name] = command
        if hasattr(command, "commands"):
            found |= _commands(command, f"{before}{name} ")
    return found


COMMANDS = _commands(GROUP)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_an_example(name: str) -> None:
    command = COMMANDS[name]
    with typer.Context(command, info_name=f"thoisu {name}", terminal_width=80) as context:
        text = command.get_help(context)
    assert f"\n    thoisu {name}" in text.partition("Examples:")[2] or f"| thoisu {name}" in text
    assert max(map(len, text.splitlines())) <= 80
    assert all(parameter.help for parameter in command.params)


def test_short_help_is_not_cut() -> None:
    with typer.Context(GROUP, info_name="thoisu", terminal_width=80) as context:
        text = GROUP.get_help(context)
    assert "..." not in text.partition("Commands:")[2]
    assert max(map(len, text.splitlines())) <= 80


def test_what_a_page_of_docs_names_is_there() -> None:
    """Files by their paths, as `architecture.md` gives them without `crawler/`, and what links lead to."""
    missing = []
    for page in (*DOCS.glob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"):
        text = page.read_text("utf-8")
        for link in re.findall(r"\]\(([^)#]*)(?:#[^)]*)?\)", text):
            if "://" not in link and not (page.parent / link).exists():
                missing.append(f"{page.name}: {link}")
        for path in re.findall(r"`((?:[a-z_]+/)+[a-z_0-9]+\.(?:py|toml))`", text):
            if not any((ROOT / folder / path).exists() for folder in ("", "crawler")) and path not in EXAMPLES:
                missing.append(f"{page.name}: {path}")
    assert missing == []
