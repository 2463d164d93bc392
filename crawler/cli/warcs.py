"""`thoisu backfill --warc`: articles out of archive files, without asking a site."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import typer

from crawler.cli.common import configured, is_there
from crawler.cli.language import respoken, spoken, spoken_of_many
from crawler.cli.relate import relate_by_hand
from crawler.errors import BadInput
from crawler.process import shown
from crawler.process.output import console, print_json
from crawler.sites import Sites

if TYPE_CHECKING:
    from crawler.backfill.warc_import import Copied
    from crawler.discover import DayRange
    from crawler.store import Store

_FAULTS = 20  # of a file, shown one by one
_FIRST = ("created", "revised", "copied", "restored", "unchanged", "readable", "held", "other_days", "undated")


def copy_files(
    files: Sequence[Path],
    base: Path | None,
    known: Sites,
    sites: Sites,
    span: DayRange,
    store: str | None,
    *,
    dry: bool,
    json_: bool,
) -> None:
    """Read the files for `sites` of all `known`, and say what came out of each.

    Exit code 1 when some of a list are not here, or when something in them could not be read.
    """
    from crawler.archive.warc_files import matching, warc_files
    from crawler.backfill.warc_import import copy
    from crawler.backfill.warc_pages import FurtherPages

    named = dict.fromkeys(one for path in files for one in matching(path))
    found = [warc_files(path, base) for path in named]
    every = [file for some, _ in found for file in some]
    missing = [name for _, names in found for name in names]
    if missing and not every:
        raise BadInput(f"{_files(missing)} not here, and no other is listed; the first is {missing[0]}; see --base")
    screen = console(stderr=True)
    done: list[Copied] = []
    pages = FurtherPages(every, sites)
    others = Sites(site for site in known.values() if site.name not in sites)
    with _opened(store, dry=dry) as opened, screen.status(spoken("reading")) as status:

        def show(one: Copied) -> None:
            part = f"{one.place / one.size:.0%}" if one.size else ""
            text = "{n} of {all} files, {name} {part}, {records} records"
            now = {"n": len(done) + 1, "all": len(every), "name": one.name, "part": part, "records": one.records}
            status.update(shown(spoken(text, **now)))

        for file in every:
            one = copy(
                opened, file, sites, span, others=others, pages=pages, dry=dry, own=configured(), on_progress=show
            )
            done.append(one)
            for fault in one.faults[:_FAULTS]:
                screen.print(shown(respoken(fault)), style="yellow", soft_wrap=True)
            if (more := one.passed_over - _FAULTS) > 0:
                screen.print(spoken("and {n} more of the same file", n=more), style="yellow")
            for url in one.missing[:_FAULTS]:
                text = spoken("an article ends before {url}, on which it goes on and which is in no file", url=url)
                screen.print(shown(f"{file.name}: {text}"), style="yellow", soft_wrap=True)
            if (more := len(one.missing) - _FAULTS) > 0:
                screen.print(
                    spoken_of_many(
                        "and {n} more article of the same file", "and {n} more articles of the same file", more
                    ),
                    style="yellow",
                )
    if json_:
        for one in done:
            print_json(asdict(one) | {"what": dict(one.what)})
    else:
        _summary(done)
    if missing:
        text = "{files} not here, the first is {name}; fetch them and go on"
        screen.print(shown(spoken(text, files=respoken(_files(missing)), name=missing[0])), soft_wrap=True)
    if not dry:
        relate_by_hand(store)
    if missing or any(one.faults for one in done):
        raise typer.Exit(1)


@contextmanager
def _opened(store: str | None, *, dry: bool) -> Iterator[Store]:
    """The store; a dry run, which makes none, takes an empty one where there is none yet."""
    from crawler.store import Store

    url = store or configured().database_url
    with TemporaryDirectory() as folder:
        if dry and not is_there(url):
            url = f"sqlite:///{Path(folder) / 'none.db'}"
        with Store.open(url, reading=dry) as opened:
            yield opened


def _files(names: Sequence[str]) -> str:
    return "1 file is" if len(names) == 1 else f"{len(names)} files are"


def _summary(done: list[Copied]) -> None:
    screen = console()
    whole: Counter[str] = Counter()
    for one in done:
        whole += one.what
    records, faults = sum(one.records for one in done), sum(one.passed_over for one in done)
    texts = "{n} file, {records} records, {faults} passed over", "{n} files, {records} records, {faults} passed over"
    screen.print(spoken_of_many(*texts, len(done), records=records, faults=faults))
    for reason in (*_FIRST, *sorted(whole.keys() - set(_FIRST))):
        if whole[reason]:
            screen.print(f"{whole[reason]:>8}  {respoken(reason)}")
