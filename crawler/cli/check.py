"""`thoisu check`: what is wrong with the sites and with us, since when, and what to do."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from crawler.cli.common import StoreOption, all_sites, chosen_sites, configured, local, open_store, papers_of
from crawler.cli.language import respoken, spoken, spoken_of_many
from crawler.cli.lists import remark
from crawler.errors import BadInput
from crawler.process import shown
from crawler.process.output import console, print_json, say

if TYPE_CHECKING:
    from rich.console import Console

    from crawler.monitor import Check, Finding
    from crawler.store import Store

_PARTS = ("reads", "bound", "within", "advice")


def check(
    sites: Annotated[list[str] | None, typer.Argument(metavar="SITE", help="Names of sites; none is all.")] = None,
    store: StoreOption = None,
    json_: Annotated[bool, typer.Option("--json", help="One JSON object a finding.")] = False,
    newsroom: Annotated[
        str | None, typer.Option(metavar="URL", help="Check the papers of an embedded newsroom.")
    ] = None,
    list_: Annotated[bool, typer.Option("--list", help="Say what is checked, and run nothing.")] = False,
) -> None:
    """Say what is wrong, since when, and what to do.

    Each thing is compared with the site's own past. A finding stays open until
    what it says is over; it then closes by itself.

    Exit code 1 when something is open, or could not be checked.

    \b
    Examples:
      thoisu check
      thoisu check nhandan vov --json
      thoisu check --list
    """
    from crawler.monitor import BY_NAME, CHECKS, folders_of
    from crawler.monitor import check as run
    from crawler.store import queries

    screen = console()
    if list_:
        for one in CHECKS:
            if json_:
                print_json({name: getattr(one, name) for name in ("name", "says", *_PARTS)})
            else:
                _explain(one, screen)
        return
    known = papers_of(newsroom) if newsroom else all_sites()
    chosen = chosen_sites(sites or (), known)
    with _opened(store) as opened:
        places = folders_of(opened.url, configured().archive)
        found = run(opened, chosen, datetime.now(UTC), folders=places)
        with opened.reading() as connection:
            known_here, answered = queries.site_names(connection), queries.answered(connection)
    for finding in found:
        if json_:
            about = {name: value for name, value in asdict(finding).items() if name != "id"}
            print_json({**about, "says": BY_NAME[finding.name].says, "advice": BY_NAME[finding.name].advice})
        else:
            _show(finding, BY_NAME[finding.name], screen)
    if unnamed := sorted(known_here - known.keys()):
        text = "not checked, as no definition names them: {names} (papers of a newsroom: --newsroom URL)"
        console(stderr=True).print(spoken(text, names=", ".join(unnamed)), soft_wrap=True)
    if found:
        raise typer.Exit(1)
    if not json_ and (chosen.keys() & known_here or not unnamed):
        remark(_well(len(answered & chosen.keys()), len(known_here & chosen.keys() - answered)))


def _opened(store: str | None) -> Store:
    """The store; exit code 1 when there is none, since that is no mistake of whoever asks what is wrong."""
    try:
        return open_store(store, reading=False)
    except BadInput as error:
        say(f"thoisu: {spoken('nothing could be checked: {why}', why=respoken(str(error)))}")
        raise typer.Exit(1) from None


def _well(answered: int, silent: int) -> str:
    if not answered:
        return spoken("nothing to check: no site has given anything yet")
    said = spoken_of_many("nothing is wrong at {n} site", "nothing is wrong at {n} sites", answered)
    others = "; {n} more has given nothing yet: thoisu status", "; {n} more have given nothing yet: thoisu status"
    return said + spoken_of_many(*others, silent) if silent else said


def _show(finding: Finding, check: Check, screen: Console) -> None:
    place = " ".join(part for part in (finding.site, finding.subject) if part)
    screen.print(shown(f"{check.name}  {place}  {spoken('since')} {local(finding.since)}"), style="bold red")
    screen.print(f"  {respoken(check.says)}", highlight=False)
    screen.print(shown(f"  {respoken(finding.evidence)}"))
    for example in finding.examples:
        screen.print(shown(f"  {example}"), style="dim", soft_wrap=True)
    screen.print(f"  {spoken('to do: {advice}', advice=respoken(check.advice))}")
    for line in (finding.patch or "").splitlines():
        screen.print(shown(f"    {line}"), style="dim", soft_wrap=True, highlight=False)
    screen.print()


def _explain(check: Check, screen: Console) -> None:
    screen.print(check.name, style="bold")
    screen.print(f"  {respoken(check.says)}")
    for name in _PARTS:
        screen.print(f"  {spoken(name)}: {respoken(getattr(check, name))}", style="dim")
