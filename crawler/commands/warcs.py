"""`thoisu backfill --warc`: articles out of archive files, without asking a site."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from crawler.commands.common import console, print_json, shown
from crawler.model import BadInput

if TYPE_CHECKING:
    from crawler.backfilling.copyist import Copied
    from crawler.backfilling.spans import Span
    from crawler.site import Site

_FAULTS = 20  # of a file, shown one by one
_FIRST = ("created", "revised", "copied", "restored", "unchanged", "readable", "held", "other_days", "undated")


def copy_files(
    files: Sequence[Path],
    base: Path | None,
    sites: Mapping[str, Site],
    span: Span,
    store: str | None,
    *,
    dry: bool,
    json_: bool,
) -> None:
    """Read the files and say what came out of each; exit code 1 when some of a list are not here."""
    from crawler.archive.tapes import tapes
    from crawler.backfilling.copyist import copy
    from crawler.settings import THOISU_DATABASE_URL
    from crawler.store import Store

    found = [tapes(path, base) for path in files]
    every = [tape for some, _ in found for tape in some]
    missing = [name for _, names in found for name in names]
    if missing and not every:
        raise BadInput(f"none of the {len(missing)} files is here ({missing[0]}); fetch them, and name their --base")
    screen = console(stderr=True)
    done: list[Copied] = []
    with Store.open(store or THOISU_DATABASE_URL) as opened, screen.status("reading") as status:

        def show(one: Copied) -> None:
            part = f"{one.place / one.size:.0%}" if one.size else ""
            status.update(shown(f"{len(done) + 1} of {len(every)} files, {one.name} {part}, {one.records} records"))

        for tape in every:
            done.append(copy(opened, tape, sites, span, dry=dry, on_progress=show))
            for fault in done[-1].faults[:_FAULTS]:
                screen.print(shown(fault), style="yellow", soft_wrap=True)
            if (more := len(done[-1].faults) - _FAULTS) > 0:
                screen.print(f"and {more} more of the same file", style="yellow")
    if json_:
        for one in done:
            print_json(asdict(one) | {"what": dict(one.what)})
    else:
        _summary(done)
    if missing:
        screen.print(shown(f"{len(missing)} files are not here, the first is {missing[0]}; fetch them and go on"))
        raise typer.Exit(1)


def _summary(done: list[Copied]) -> None:
    screen = console()
    whole: Counter[str] = Counter()
    for one in done:
        whole += one.what
    records, faults = sum(one.records for one in done), sum(len(one.faults) for one in done)
    screen.print(f"{len(done)} files, {records} records, {faults} passed over")
    for word in (*_FIRST, *sorted(whole.keys() - set(_FIRST))):
        if whole[word]:
            screen.print(f"{whole[word]:>8}  {word}")
