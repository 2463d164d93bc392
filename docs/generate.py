"""Writes the pages that follow from code and data: cli.md, sites.md, settings.md, candidates.md (`make docs`)."""

from __future__ import annotations

import ast
import dataclasses
import importlib
import inspect
import os
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple, cast, get_args

import typer

from crawler.adopt.proof_table import read_table
from crawler.cli.find import describe
from crawler.cli.jobs import JOBS
from crawler.cli.main import app
from crawler.configuration import SETTINGS
from crawler.errors import Refusal
from crawler.sites import Site, Tier, load_sites

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
        "errors go to standard error.\n\n"
        "With `THOISU_LANG=vi` all that a person reads is Vietnamese: what commands print at a terminal, errors, what\n"
        "the checks and the doctor find and advise, `--help`, and the messages of alerts and digests. What a program\n"
        "reads is the same in every language: JSON, the rows of a list through a pipe, reasons of refusal, names of\n"
        "commands and options. The log is English but for what the command says in it of its own work.\n",
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
    """The reasons of `Refusal` with the meaning that stands behind each in its source."""
    meanings = re.findall(r'^    [A-Z_0-9]+ = "(\w+)"(?:  # (.+))?$', inspect.getsource(Refusal), re.M)
    rows = "".join(f"| `{reason}` | {meaning} |\n" for reason, meaning in meanings)
    return f"\n## Reasons of refusal\n\nWhy something was not taken.\n\n| reason | meaning |\n|---|---|\n{rows}"


def sites() -> str:
    """The table of all sites."""
    rows = [describe(site) for site in load_sites().values()]
    proofs = read_table(HERE / "proofs.tsv")
    proven = sum(row["proven"] for row in rows)
    lines = [
        "# Sites\n\n" + NOTE,
        f"{len(rows)} sites, one file each in `spiders/`; {proven} are proven: a real page of theirs has been read\n"
        "right. The others follow what is known of their CMS family and are tested on pages written in its markup.\n"
        "`thoisu prove --write-proof` notes in `docs/proofs.tsv` what the sites answer: the last column is the day of\n"
        "the last proof and its verdict. What else is worth a spider: [candidates.md](candidates.md).\n\n",
        "| site | publisher | tier | layout | sources | proven | last proof |\n|---|---|---|---|---|---|---|\n",
    ]
    for row in rows:
        sources = "<br>".join(f"{source['kind']} `{source['url']}`" for source in row["sources"])
        name = f"[{row['site']}]({row['home']})"
        seen = "yes" if row["proven"] else ""
        last = ", ".join(proofs.get(row["site"], ()))
        cells = (name, row["publisher"], row["tier"], row["layout"], sources, seen, last)
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n")
    return "".join(lines)


class Candidate(NamedTuple):
    """A site that is worth a spider."""

    url: str
    tier: Tier
    name: str
    group: str


def candidates() -> list[Candidate]:
    """The rows of candidates.tsv; ValueError for one that is none, and for a host that stands twice."""
    found: list[Candidate] = []
    group = ""
    for line in (HERE / "candidates.tsv").read_text(encoding="utf-8").splitlines():
        if line.startswith("# == "):
            group = line.removeprefix("# == ")
        elif not line.startswith("#"):
            url, tier, name = line.split("\t")
            if (
                tier not in get_args(Tier)
                or not re.fullmatch(r"https?://[a-z0-9-]+(?:\.[a-z0-9-]+)+/", url)
                or not name
            ):
                raise ValueError(f"{line!r} is no candidate: an address, a tier and a name")
            if url in (one.url for one in found):
                raise ValueError(f"{url} stands twice")
            found.append(Candidate(url, cast(Tier, tier), name, group))
    return found


def candidate_page() -> str:
    """The table of all candidates, each with its spider where it has one."""
    known = load_sites()
    rows = candidates()
    described = {one.url: site for one in rows if (site := known.find(one.url)) is not None}
    lines = [
        "# Candidates\n\n" + NOTE,
        f"{len(rows)} sites of the state and its provinces, of which {len(described)} have a spider. The list is made\n"
        "from public knowledge (`docs/candidates.tsv`) and unproven: hosts may have moved since the provinces and\n"
        "ministries were merged in 2025. Those without a spider are in `docs/candidates.txt`, ready for\n\n"
        "    thoisu adopt --list docs/candidates.txt --write\n",
    ]
    for group in dict.fromkeys(one.group for one in rows):
        lines.append(f"\n## {group}\n\n| host | name | tier | spider |\n|---|---|---|---|\n")
        for one in (row for row in rows if row.group == group):
            site = described.get(one.url)
            spider = f"[{site.name}](../spiders/{site.name}.py)" if site is not None else ""
            host = one.url.removeprefix("https://").rstrip("/")
            lines.append(f"| [{host}]({one.url}) | {one.name} | {one.tier} | {spider} |\n")
    return "".join(lines)


def candidate_list() -> str:
    """The candidates without a spider, as `thoisu adopt --list` takes them."""
    known = load_sites()
    rows = [f"{one.url} {one.name}\n" for one in candidates() if known.find(one.url) is None]
    return "# Written by docs/generate.py: the rows of candidates.tsv that have no spider.\n" + "".join(rows)


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
    of_a_site = {name: written for name, written, _ in _of_a_site()}
    for item in SETTINGS:
        default = f"`{item.default}`" if item.default else "empty"
        if item.field in of_a_site:
            default = f"empty: the site's, `{of_a_site[item.field]}` where it names none"
        lines.append(f"| `{item.name}` | {default} | {item.unit} | {item.help.replace('|', chr(92) + '|')} |\n")
    lines.append(
        "\n## What holds beside them\n\n"
        "What a spider may say of its site (`crawler/sites/site.py`), what Scrapy is told (`crawler/settings.py`, or\n"
        "`-s NAME=value`), and what stands in the code alone.\n\n"
        "| name | value | meaning |\n|---|---|---|\n"
    )
    for name, value, meaning in (*_of_a_site(), *_of_scrapy(), *_of_jobs(), *map(_constant, CONSTANTS)):
        lines.append(f"| `{name}` | {value} | {meaning} |\n")
    return "".join(lines)


CONSTANTS = (
    "schedule.enrol.SPREAD",
    "schedule.site_agenda.FLOOR",
    "schedule.rounds.GATHER",
    "schedule.worker.OVERRUN",
    "schedule.revisits.OLDEST",
    "store.quarantine.PAGES",
    "store.quarantine.EXAMPLES",
    "store.quarantine.BYTES",
    "fetch.head_limit.HEAD_MAX",
    "fetch.cookies.COOKIES_MAX",
    "readers.process.MEMORY",
    "readers.bounded.SECONDS",
    "deliver.deliverer.TRIES",
    "alerts.notify.KEPT",
    "maintenance.retention.REQUESTS_KEPT",
    "monitor.read_feed.KEPT",
    "web.guard.RATE",
    "cli.serve.PORT",
)
"""Numbers in the code that somebody who runs it wants to know."""


def _of_a_site() -> Iterator[tuple[str, str, str]]:
    said = _meanings(ast.parse(inspect.getsource(Site)).body[0])
    for field in dataclasses.fields(Site):
        if isinstance(field.default, int | float) and not isinstance(field.default, bool):
            yield field.name, f"{field.default:g}", said[field.name]


def _of_scrapy() -> Iterator[tuple[str, str, str]]:
    source = inspect.getsource(importlib.import_module("crawler.settings"))
    for name, value, reason in re.findall(r"^([A-Z_]+) = ([\d.* ]+?)(?:  # (.*))?$", source, re.M):
        yield name, value.replace("*", "×").replace("××", "^"), reason[:1].upper() + reason[1:]


def _of_jobs() -> Iterator[tuple[str, str, str]]:
    for job in JOBS:
        idle = f", {_written(job.idle)} while nothing changes" if job.idle > job.every else ""
        yield f"schedule --job {job.name}", f"every {_written(job.every)}{idle}", job.says


def _constant(path: str) -> tuple[str, str, str]:
    module = importlib.import_module(f"crawler.{path.rpartition('.')[0]}")
    name = path.rpartition(".")[2]
    meaning = _meanings(ast.parse(inspect.getsource(module)))[name]
    return path, _written(getattr(module, name)), meaning


def _written(value: Any) -> str:
    if isinstance(value, timedelta):
        seconds = value.total_seconds()
        size, unit = next(
            pair for pair in ((86_400, "days"), (3600, "hours"), (60, "minutes"), (1, "s")) if seconds % pair[0] == 0
        )
        return f"{seconds / size:g} {unit.removesuffix('s') if seconds == size and size > 1 else unit}"
    return f"{value:,}" if isinstance(value, int) and value >= 10_000 else f"{value:g}"


def _meanings(tree: Any) -> dict[str, str]:
    """What stands below each assignment as its meaning."""
    found = {}
    for one, following in zip(tree.body, tree.body[1:], strict=False):
        target = (
            one.target if isinstance(one, ast.AnnAssign) else one.targets[0] if isinstance(one, ast.Assign) else None
        )
        if (
            isinstance(target, ast.Name)
            and isinstance(following, ast.Expr)
            and isinstance(following.value, ast.Constant)
        ):
            found[target.id] = " ".join(str(following.value.value).split()).replace("|", "\\|")
    return found


def pages() -> dict[str, str]:
    """Each page by its file name."""
    return {
        "cli.md": cli(),
        "sites.md": sites(),
        "settings.md": settings(),
        "candidates.md": candidate_page(),
        "candidates.txt": candidate_list(),
    }


if __name__ == "__main__":
    os.environ["THOISU_LANG"] = "en"  # whatever whoever runs it reads otherwise
    for file, text in pages().items():
        (HERE / file).write_text(text, encoding="utf-8")
