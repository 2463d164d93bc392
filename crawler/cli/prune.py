"""`thoisu prune`: dropping what is older than it need be, by hand; the scheduler does the same once a day."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer

from crawler.cli.common import StoreOption, configured, open_store
from crawler.cli.language import spoken
from crawler.cli.lists import Column, Row, cell, note, print_rows
from crawler.process.output import print_json


def prune(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Drop nothing; say what would be.")] = False,
    vacuum: Annotated[
        bool, typer.Option("--vacuum", help="Give back what is free in a file of SQLite's; nobody writes meanwhile.")
    ] = False,
    store: StoreOption = None,
    json_: Annotated[bool, typer.Option("--json", help="One JSON object a kind.")] = False,
) -> None:
    """Drop what is older than THOISU_KEEP_… say.

    Articles, their revisions, copies and changes stay for ever, and so does all
    else of which no setting says how long. A crawl may run beside it. The
    scheduler does it once a day, in the hours in which the least comes.

    \b
    Examples:
      THOISU_KEEP_REFUSED=90d thoisu prune --dry-run
      thoisu prune --vacuum
    """
    from crawler.maintenance import quiet
    from crawler.maintenance.retention import prune as run

    with open_store(store, reading=False) as opened:
        found = run(opened, configured(), datetime.now(UTC), dry_run=dry_run)
        given = quiet.vacuum(opened) if vacuum and not dry_run else None
    if json_:
        for one in found:
            print_json(asdict(one))
        return
    columns = [Column("what", whole=True), Column("number", right=True, whole=True), Column("MB", right=True)]
    rows = [Row((cell(one.what), str(one.number), cell(f"{(one.bytes or 0) / 1e6:.1f}"))) for one in found]
    print_rows(columns, rows, "nothing is ever dropped")
    if not any(one.number for one in found):
        note(spoken("nothing is too old"))
    else:
        note(spoken("a dry run: this would be dropped" if dry_run else "this was dropped"))
    if given is not None:
        note(spoken("the file is {n} MB smaller", n=f"{given / 1e6:.1f}"))
