"""`thoisu prove`: described sites held against what they answer today."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crawler.cli.common import SitesArgument, all_sites, chosen_sites, configured, local
from crawler.cli.language import respoken, spoken, word_of
from crawler.cli.lists import Column, Row, print_aligned
from crawler.process import shown
from crawler.process.output import console, print_json, write

if TYPE_CHECKING:
    from crawler.adopt import Proven

_STYLES = {"works": "green", "works by the fallback": "yellow", "needs mending": "red", "refused": "magenta"}


def prove(
    names: SitesArgument = None,
    keep: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Save pages and answers there, and golden cases."),
    ] = None,
    replay: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Answer from saved pages instead of the network.")
    ] = None,
    newsroom: Annotated[
        str | None, typer.Option(metavar="URL", help="Prove the sites of an embedded newsroom instead.")
    ] = None,
    write_proof: Annotated[
        bool, typer.Option("--write-proof", help="Note today's verdicts in docs/proofs.tsv of the checkout.")
    ] = False,
    json_: Annotated[bool, typer.Option("--json", help="One JSON object a site.")] = False,
) -> None:
    """Hold described sites against what they answer today.

    A dozen requests each: every source, the article pattern, the layout, and the
    fields of a few pages are checked by witnesses that do not know of each other.
    What is wrong is named, with a patch for the spider where a better answer is
    known. Exit code 1 when a site does not work.

    \b
    Examples:
      thoisu prove
      thoisu prove nhandan --keep for-the-maintainers
      thoisu prove --replay for-the-maintainers --json
    """
    from crawler.adopt import keep as save
    from crawler.adopt import prove as examine
    from crawler.cli.common import papers_of

    own, now = configured(), datetime.now(UTC)
    sites = chosen_sites(names or (), papers_of(newsroom) if newsroom else all_sites())
    proven = examine(sites, now=now, replay=replay or own.replay, newsroom=newsroom or own.newsroom, own=own)
    for one in proven if json_ else ():
        print_json(_row(one))
    if not json_:
        _show(proven)
    if keep is not None:
        cases = save(proven, keep, now)
        kept = spoken("kept {path}: {n} files of golden cases", path=keep, n=len(cases))
        console(stderr=json_).print(shown(f"\n{kept}"), soft_wrap=True)
    if write_proof:
        _note(proven, now)
    if any(one.proof.verdict != "works" for one in proven):
        raise typer.Exit(1)


def _row(one: Proven) -> dict[str, Any]:
    proof = one.proof
    refusal = proof.refusal
    return {
        "site": proof.site.name,
        "verdict": proof.verdict,
        "reason": refusal.fault if refusal else None,
        "requests": proof.requests,
        "sources": [
            {
                "kind": type(source.source).__name__.lower(),
                "url": source.source.url,
                "asked": source.url,
                "says": source.word,
                "items": source.items,
                "newest": source.newest,
                "moved_to": source.moved_to,
            }
            for source in proof.sources
        ],
        "addresses": {
            "listed": proof.coverage.listed,
            "taken": proof.coverage.taken,
            "share": round(proof.coverage.share, 3),
            "others": proof.coverage.others,
            "wrong": list(proof.coverage.wrong),
        },
        "layouts": proof.layouts,
        "agreement": None if proof.agreement is None else round(proof.agreement, 3),
        "findings": [
            {"fault": found.fault, "part": found.part, "text": found.text, "url": found.url} for found in proof.findings
        ],
        "patch": one.patch,
    }


def _show(proven: list[Proven]) -> None:
    columns = [Column("site", whole=True), *map(Column, ("verdict", "sources", "newest", "pattern", "layout"))]
    columns.append(Column("requests", right=True))
    rows = []
    for one in proven:
        proof = one.proof
        asked = [source for source in proof.sources if source.word != "not asked"]
        giving = sum(source.word == "gives" for source in asked)
        newest = max((source.newest for source in asked if source.newest), default=None)
        listed = proof.coverage.listed
        cells = (
            proof.site.name,
            spoken(proof.verdict),
            spoken("{n} of {all} give", n=giving, all=len(asked)),
            local(newest),
            spoken("takes {share} of {n}", share=f"{proof.coverage.share:.0%}", n=listed) if listed else "-",
            ", ".join(f"{name} {count}" for name, count in proof.layouts.items()) or "-",
            str(proof.requests),
        )
        rows.append(Row(cells, style=_STYLES[proof.verdict]))
    screen = console()
    print_aligned(columns, rows, screen)
    for one in proven:
        if one.proof.findings:
            screen.print(f"\n{one.proof.site.name}: {spoken(one.proof.verdict)}", style="bold")
        for found in one.proof.findings:
            screen.print(
                shown(f"  {word_of('fault', found.fault)}: {respoken(found.text)}"), soft_wrap=True, style="yellow"
            )
        if one.patch:
            write("\n" + one.patch.rstrip("\n"))
    works = sum(one.proof.verdict == "works" for one in proven)
    screen.print(f"\n{spoken('{n} of {all} sites work', n=works, all=len(proven))}", style="bold")


def _note(proven: list[Proven], now: datetime) -> None:
    """Write the verdicts into the checkout's table of proofs; of a site that is proved again the newer counts."""
    from crawler.adopt.proof_table import read_table, table_of_checkout, write_table

    file = table_of_checkout()
    rows = read_table(file)
    rows |= {one.proof.site.name: (f"{now:%Y-%m-%d}", one.proof.verdict) for one in proven}
    write_table(file, rows)
    console(stderr=True).print(shown(spoken("noted in {path}", path=file)), soft_wrap=True)
