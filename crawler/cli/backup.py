"""`thoisu backup` and `restore`: the whole store in a file or another database, and back."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from crawler.cli.common import StoreOption, configured, is_there
from crawler.cli.language import respoken, spoken
from crawler.cli.lists import Column, Row, note, print_rows
from crawler.configuration import filled
from crawler.errors import BadInput
from crawler.process import answering, masked_address
from crawler.process.output import print_json, say

_EVERY = 5.0  # seconds between two lines of progress
ForceOption = Annotated[bool, typer.Option("--force", help="Overwrite what is there.")]


def backup(
    to: Annotated[str, typer.Argument(metavar="FILE|URL", help="File, or address of an empty database.")],
    force: ForceOption = False,
    store: StoreOption = None,
    json_: Annotated[bool, typer.Option("--json", help="What was written, as one object.")] = False,
) -> None:
    """Copy the store as it stands at one change, while others write.

    A file becomes a store in SQLite whichever database it is a copy of; one that
    ends in .gz or .zst is packed. A database, postgresql://…, must be empty.
    What was written is read back before it bears its name.

    Everybody on the machine can see a password in URL. ${NAME}, in single quotes
    so that the shell leaves it, is taken from the environment or .env; or put it
    into ~/.pgpass.

    \b
    Examples:
      thoisu backup /backups/thoisu-$(date +%F).db.zst
      thoisu backup 'postgresql://desk:${NEW_PASSWORD}@localhost/thoisu_new'
    """
    from crawler.maintenance.backup import backup as run

    to = filled(to)
    address = store or configured().database_url
    if not is_there(address):
        raise BadInput(f"there is no store at {masked_address(address)}")
    with _progress("copied so far: {n}") as on_rows:
        done = run(address, to, on_rows, force=force)
    if json_:
        print_json(asdict(done), alone=True)
        return
    _counts(done.rows)
    size = f" ({done.bytes / 1e6:.1f} MB)" if done.bytes is not None else ""
    text = "{place} holds all up to change {seq}; copied and read back in {seconds} s"
    note(spoken(text, place=f"{done.to}{size}", seq=done.seq, seconds=f"{done.seconds:.1f}"))


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file that `thoisu backup` has made.")],
    force: ForceOption = False,
    same: Annotated[
        bool, typer.Option("--same", help="Nothing was lost: the store only moves, and keeps its name.")
    ] = False,
    store: StoreOption = None,
    json_: Annotated[bool, typer.Option("--json", help="What is there now, as one object.")] = False,
) -> None:
    """Make a store of a backup, in SQLite or PostgreSQL.

    Into an empty store, or with --force over what is there. It gets a new name
    and each sink a new beginning, behind the last change that the backup knows
    it to have: what it got since comes again, under other keys. With --same both
    stay, for a store that moves and whose old place is not used any more.

    \b
    Examples:
      thoisu restore /backups/thoisu-2026-11-28.db.zst
      thoisu restore thoisu.db --store postgresql://localhost/thoisu --same
    """
    from crawler.maintenance.restore import restore as run

    address = store or configured().database_url
    with _progress("restored so far: {n}") as on_rows:
        done = run(file, address, on_rows, force=force, same=same)
    if json_:
        print_json(asdict(done), alone=True)
    else:
        _counts(done.rows)
        text = "{place} holds all up to change {seq}; restored in {seconds} s"
        note(spoken(text, place=done.store, seq=done.seq, seconds=f"{done.seconds:.1f}"))
        for name, seq in done.sinks.items():
            note(spoken("the sink {name} goes on behind change {seq}", name=name, seq=seq))
    for fault in done.faults:
        say(f"thoisu: {respoken(fault)}")
    if done.faults:
        raise typer.Exit(1)


def _counts(rows: dict[str, int]) -> None:
    columns = [Column("table", whole=True), Column("rows", right=True, whole=True)]
    print_rows(columns, [Row((name, str(number))) for name, number in rows.items()], "it is empty")


@contextmanager
def _progress(what: str) -> Iterator[Callable[[int], None]]:
    """A line on standard error now and then for what takes long, and a stop that leaves nothing half-done."""
    last = time.monotonic()

    def stop() -> None:
        raise KeyboardInterrupt

    def show(number: int) -> None:
        nonlocal last
        if (now := time.monotonic()) - last >= _EVERY:
            last = now
            say(f"thoisu: {spoken(what, n=number)}")

    with answering(stop):
        yield show
