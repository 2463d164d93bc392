"""`thoisu reread`: the archived pages by today's layouts, and what that would change in the store."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crawler.cli.common import (
    SitesOption,
    StoreOption,
    all_sites,
    begin_log,
    configured,
    open_store,
    period,
    site_named,
)
from crawler.cli.language import respoken, spoken, spoken_of_many
from crawler.cli.relate import relate_by_hand
from crawler.errors import BadInput, Discard
from crawler.process import end_with_input, shown
from crawler.process.log_format import announce
from crawler.process.output import console, print_json
from crawler.sites import Layout, Sites
from crawler.text import day_of

if TYPE_CHECKING:
    from rich.console import Console

    from crawler.archive import Archive
    from crawler.archive.reread import RereadCounts, RereadPage
    from crawler.store import Store

_EXAMPLES = 3  # shown of each kind
_WIDTH = 100  # letters of a value in an example
_MOMENT = timedelta(microseconds=1)
_EVERY = 100  # pages between two signs of life on a terminal
_SAID = {
    "same": "read as they are held",
    "metadata": "the same text, other metadata: the current revision is corrected",
    "text": "another text: a new revision",
    "new": "not held so far: a new article",
    "refused": "held, and not readable any more: left alone",
    "unread": "not held, and still not readable",
    "moved": "name another address as theirs: left alone",
    "older": "the store holds a later text: left alone",
    "withdrawn": "another text, but withdrawn: left alone",
    "no_site": "of a site without a spider: left alone",
    "damaged": "the record is damaged: left alone",
}


def reread(
    site: SitesOption = None,
    since: Annotated[
        str | None, typer.Option(metavar="DATE", help="Pages fetched since 2026-08-01, or 2026-08-01T06:30.")
    ] = None,
    until: Annotated[
        str | None, typer.Option(metavar="DATE", help="Pages fetched until the end of 2026-08-31, or before a time.")
    ] = None,
    archive: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Folder of WARC files; default: THOISU_ARCHIVE.")
    ] = None,
    store: StoreOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Report only, as without --yes.")] = False,
    with_: Annotated[
        Path | None,
        typer.Option("--with", metavar="FILE", help="By the site or the LAYOUT of this file; it is run, so read it."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Write what was reported.")] = False,
    queue: Annotated[bool, typer.Option("--queue", help="Leave it to workers, in parts (PostgreSQL).")] = False,
    json_: Annotated[
        bool, typer.Option("--json", help="One JSON object a page that differs, then the counts.")
    ] = False,
    child: Annotated[bool, typer.Option("--child", hidden=True, help="A part, for a worker.")] = False,
) -> None:
    """Read the archived pages again, after a layout has improved.

    Of each article the last page in the archive. First comes a report of what
    differs from the store; with --yes it is then written: another text as a new
    revision, other metadata into the current one. Nothing is fetched.

    With --queue workers read and write at once, a site's months beside each
    other; those that have the archive at THOISU_ARCHIVE take part.

    \b
    Examples:
      thoisu reread --site nhandan --since 2026-08-01
      thoisu reread --site nhandan --yes
      thoisu reread --site nhandan --with nhandan-new.py
      thoisu reread --since 2025-01-01 --yes --queue
      thoisu reread --archive /srv/warc --json > differs.jsonl
    """
    from crawler.archive import Archive

    if yes and dry_run:
        raise BadInput("--dry-run and --yes exclude each other")
    if queue and (not yes or with_ or archive or json_):
        raise BadInput("--queue writes what is found, by what workers have: give --yes, no --with, --archive or --json")
    folder = archive or configured().archive
    if folder is None:
        raise BadInput("name the archive: --archive FOLDER, or THOISU_ARCHIVE")
    sites = all_sites()
    names: list[str | None] = [site_named(name, sites).name for name in dict.fromkeys(site or ())]
    if with_ is not None:
        sites, names = _tried(with_, names, sites)
    after, before = period(since, until)
    with Archive(folder, None if archive else configured().archive_url) as pages, open_store(store) as opened:
        for fault in pages.catch_up():
            console(stderr=True).print(shown(respoken(fault)), style="yellow", soft_wrap=True)
        if queue:
            _defer(pages, opened, names, after, before)
            return
        from crawler.archive.reread import review

        findings = chain.from_iterable(
            review(pages, opened, sites, name, after, configured(), before) for name in names or [None]
        )
        if child:
            _part(opened, findings, names)
            return
        screen = console(stderr=json_)
        to_write = _report(findings, screen, json_=json_)
        if yes:
            _write(pages, opened, sites, to_write, screen)
        elif to_write:
            screen.print(spoken("nothing is written; with --yes these {n} would be", n=len(to_write)))
    if yes:
        relate_by_hand(store)


def _defer(
    pages: Archive, store: Store, names: list[str | None], since: datetime | None, until: datetime | None
) -> None:
    """Leave the pages to workers, by the months in which a site's were fetched."""
    from crawler.cli.parts import months, put
    from crawler.discover import DayRange
    from crawler.schedule.queue import Work
    from crawler.schedule.queue_state import REREAD

    works = []
    for site, (first, last) in pages.spans().items():
        began, ended = max(first, since or first), min(last, until - _MOMENT if until else last)
        for one, other in months(DayRange(day_of(began), day_of(ended))) if not names or site in names else ():
            words = ("--site", site, "--since", str(one), "--until", str(other))
            lock = " ".join((REREAD, *words))
            works.append(Work(kind=REREAD, queue=REREAD, names=words, lock=lock, only_one=lock))
    put(store, works)


def _part(store: Store, findings: Iterable[RereadPage], names: list[str | None]) -> None:
    """A part of a reading, for a worker: what differs is written at once."""
    from crawler.archive.reread import WRITTEN, write

    begin_log(None)
    end_with_input()
    read, done = 0, 0
    for found in findings:
        read += 1
        if found.what in WRITTEN:
            with suppress(Discard):
                done += write(store, found) is not None
    of = ", ".join(name for name in names if name)
    announce(spoken("reading of {sites}: {n} pages, {done} differ", sites=of, n=read, done=done))


def _tried(file: Path, names: list[str | None], sites: Sites) -> tuple[Sites, list[str | None]]:
    """The sites with what a file says: the site of a spider, or a layout for the one that is named."""
    from crawler.sites.registry import read_file

    found = read_file(file)
    if isinstance(found, Layout):
        if len(names) != 1 or names[0] is None:
            raise BadInput(f"{file} holds a layout; name its site: --site SITE")
        site = sites[names[0]]
        past = (*((site.layout,) if site.layout else ()), *site.past)
        found = Sites([replace(site, layout=found, past=past)])
    if others := [name for name in names if name not in (None, *found)]:
        raise BadInput(f"{file} says nothing of {', '.join(map(str, others))}")
    return sites | found, list(found)


def _report(findings: Iterable[RereadPage], screen: Console, *, json_: bool) -> array[int]:
    """Show what the findings say; returns the numbers of the pages to be written."""
    from crawler.archive.reread import WRITTEN, RereadCounts

    tally, to_write = RereadCounts(), array("q")
    examples: dict[str, list[RereadPage]] = {}
    with console(stderr=True).status(spoken("reading the archive")) as status:
        for found in findings:
            tally.add(found)
            if tally.pages % _EVERY == 0:
                status.update(spoken("{n} pages read", n=tally.pages))
            if found.what in WRITTEN:
                to_write.append(found.id)
            if found.what == "same":
                continue
            if json_:
                print_json(row(found))
            elif len(kept := examples.setdefault(found.what, [])) < _EXAMPLES:
                kept.append(found)
    if json_:
        print_json({"pages": tally.pages, "what": tally.what, "fields": tally.fields, "changed": tally.changed,
                    "refused": tally.refused})  # fmt: skip
    else:
        _show(tally, examples, screen)
    return to_write


def row(found: RereadPage) -> dict[str, Any]:
    """A finding as plain values, the differing fields with their old and new value."""
    before, after = (side.to_dict() if side else {} for side in (found.before, found.after))
    values = {name: [before.get(name), after.get(name)] for name in found.fields}
    about = {"url": found.url, "site": found.site, "at": found.at, "what": found.what, "detail": found.detail}
    return {**about, "changed": list(found.changed), "fields": values}


def _show(tally: RereadCounts, examples: dict[str, list[RereadPage]], screen: Console) -> None:
    screen.print(spoken_of_many("{n} page of the archive", "{n} pages of the archive", tally.pages), style="bold")
    for what, said in _SAID.items():
        if tally.what[what]:
            screen.print(f"{tally.what[what]:>7}  {spoken(said)}")
    lists = ("fields that differ", tally.fields), ("kinds of change", tally.changed), ("not readable", tally.refused)
    for title, counts in lists:
        if counts:
            listed = ", ".join(f"{name} {number}" for name, number in counts.most_common())
            screen.print(shown(f"{spoken(title)}: {listed}"), soft_wrap=True)
    for what, findings in examples.items():
        screen.print(f"\n{spoken('{what}, for example', what=spoken(_SAID[what]))}", style="bold")
        for found in findings:
            _example(found, screen)


def _example(found: RereadPage, screen: Console) -> None:
    screen.print(shown(found.url), soft_wrap=True)
    if found.detail:
        screen.print(f"  {shown(found.detail)}", soft_wrap=True)
    values = row(found)["fields"]
    for name, (before, after) in values.items():
        if name not in ("lead", "body", "content_hash"):
            screen.print(f"  {name}: {_short(before)} → {_short(after)}", soft_wrap=True)
    if found.before and found.after and {"lead", "body"} & set(values):
        from crawler.cli.diff import print_diff
        from crawler.compare import compare

        print_diff(compare(replace(found.before, title=found.after.title), found.after), screen)


def _short(value: object) -> str:
    text = shown(str(value)).replace("\n", " ")
    return text if len(text) <= _WIDTH else text[: _WIDTH - 1] + "…"


def _write(pages: Archive, store: Store, sites: Sites, numbers: Iterable[int], screen: Console) -> None:
    from crawler.archive.reread import reread_pages, write

    done: Counter[str] = Counter()
    # Read again rather than kept: a whole archive does not fit into memory.
    for found in reread_pages(pages, store, sites, map(pages.page, numbers), configured()):
        try:
            outcome = write(store, found)
        except Discard as refused:
            done[str(refused.reason)] += 1
            continue
        done["left alone" if outcome is None else outcome.event or "corrected"] += 1
    listed = ", ".join(f"{respoken(name)} {number}" for name, number in done.most_common())
    screen.print(f"\n{spoken('written: {path}', path=listed or spoken('nothing'))}")
