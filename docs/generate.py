"""Writes the reference pages that follow from the code: cli.md, sites.md and settings.md (`make docs`)."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Any

import typer

from crawler.cli.find import describe
from crawler.cli.main import app
from crawler.configuration import SETTINGS
from crawler.errors import Refusal
from crawler.sites import load_sites

HERE = Path(__file__).parent
NOTE = "<!-- Written by docs/generate.py; run `make docs` after a change. -->\n\n"


def cli() -> str:
    """The help of every command."""
    group: Any = typer.main.get_command(app)
    parts = [
        "# The command\n\n" + NOTE,
        "Exit codes: 0 done; 1 a page or source is refused, or a site failed; 2 the usage or the input is wrong;\n"
        "130 stopped by Ctrl-C before it was done, with a sentence on what becomes of the rest. What runs until it is\n"
        "stopped (`schedule`, `newsroom`, `deliver --follow`) ends with 0 by Ctrl-C and SIGTERM. An option that takes\n"
        "one value and is given twice is an error; one that is repeatable says so.\n\n"
        "Ctrl-C and SIGTERM end every command within 10 s. `crawl`, `backfill`, deliveries and messages first end\n"
        "what is under way, and also answer SIGTERM with 130; other commands simply die of it, and all do of either\n"
        "while they start. What does not end in time, or is asked twice, ends by force, with 130 by Ctrl-C and 143\n"
        "by SIGTERM. Nothing is left half-written.\n\n"
        "A list is aligned at a terminal; through a pipe each row is one line with tabs between its cells, whole and\n"
        "without a heading, and what else is said goes to standard error.\n\n"
        "With `--json` a command prints JSON alone on standard output, times as ISO 8601 with offset; progress and\n"
        "errors go to standard error.\n",
    ]
    with typer.Context(group, info_name="thoisu", terminal_width=80) as context:
        parts.append(f"\n```\n{group.get_help(context)}\n```\n")
        parts += _helps(group, context)
    return "".join((*parts, _refusals()))


def _helps(group: Any, context: Any) -> list[str]:
    """The help of each command of a group, and of those that are groups themselves."""
    parts = []
    for name, command in group.commands.items():
        with typer.Context(command, info_name=name, parent=context, terminal_width=80) as inner:
            parts.append(f"\n## {inner.command_path}\n\n```\n{command.get_help(inner)}\n```\n")
            if hasattr(command, "commands"):
                parts += _helps(command, inner)
    return parts


def _refusals() -> str:
    """The words of `Refusal` with the meaning that stands behind each in its source."""
    meanings = re.findall(r'^    [A-Z_0-9]+ = "(\w+)"(?:  # (.+))?$', inspect.getsource(Refusal), re.M)
    rows = "".join(f"| `{word}` | {meaning} |\n" for word, meaning in meanings)
    return f"\n## Words of refusal\n\nWhy something was not taken.\n\n| word | meaning |\n|---|---|\n{rows}"


def sites() -> str:
    """The table of all sites."""
    rows = [describe(site) for site in load_sites().values()]
    proven = sum(row["proven"] for row in rows)
    lines = [
        "# Sites\n\n" + NOTE,
        f"{len(rows)} sites, one file each in `spiders/`; {proven} are proven: a real page of theirs has been read\n"
        "right. The others follow what is known of their CMS family and are tested on pages written in its markup.\n\n",
        "| site | publisher | tier | layout | sources | proven |\n|---|---|---|---|---|---|\n",
    ]
    for row in rows:
        sources = "<br>".join(f"{source['kind']} `{source['url']}`" for source in row["sources"])
        name = f"[{row['site']}]({row['home']})"
        cells = (name, row["publisher"], row["tier"], row["layout"], sources, "yes" if row["proven"] else "")
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n")
    return "".join(lines)


def settings() -> str:
    """The table of our settings."""
    lines = [
        "# Settings\n\n" + NOTE,
        "Set in the environment, or in a file `.env` in the current folder; the environment wins, and an option of a\n"
        "command over both. In `.env`, quotes round a value are left out, ` #` begins a comment, `export` may stand\n"
        "before the name, and of two lines with one name the last counts. With `scrapy` they can also be given as\n"
        "`-s NAME=value`. They are defined in `crawler/configuration/values.py`; Scrapy's own settings stand in\n"
        "`crawler/settings.py`, each with its reason.\n\n",
        "| name | default | unit | meaning |\n|---|---|---|---|\n",
    ]
    for item in SETTINGS:
        default = f"`{item.default}`" if item.default else "empty"
        lines.append(f"| `{item.name}` | {default} | {item.unit} | {item.help.replace('|', chr(92) + '|')} |\n")
    return "".join(lines)


def pages() -> dict[str, str]:
    """Each page by its file name."""
    return {"cli.md": cli(), "sites.md": sites(), "settings.md": settings()}


if __name__ == "__main__":
    for file, text in pages().items():
        (HERE / file).write_text(text, encoding="utf-8")
