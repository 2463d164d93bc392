"""`thoisu backfill`: the past of sites into the store."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crawler.cli.common import (
    LogFormatOption,
    StoreOption,
    all_sites,
    begin_log,
    chosen_sites,
    configured,
    moment,
    open_store,
    papers_of,
)
from crawler.cli.crawl import summary
from crawler.cli.language import respoken, spoken, spoken_of_many
from crawler.cli.lists import Column, Row, print_aligned
from crawler.cli.progress import progress
from crawler.cli.relate import relate_by_hand
from crawler.cli.warcs import copy_files
from crawler.errors import BadInput
from crawler.process import shown
from crawler.process.log_format import announce
from crawler.process.output import console, print_json
from crawler.sites import Sites
from crawler.text import day_of

if TYPE_CHECKING:
    from crawler.backfill import Job
    from crawler.backfill.spider import BackfillReport
    from crawler.discover import DayRange

_BACK = timedelta(days=30)  # in which --gaps looks for gaps


def backfill(
    sites: Annotated[list[str] | None, typer.Argument(metavar="SITE", help="Names of sites.")] = None,
    from_: Annotated[
        str | None, typer.Option("--from", metavar="DATE", help="First day of publication, as 2026-08-01 or 1/8/2026.")
    ] = None,
    to: Annotated[str | None, typer.Option("--to", metavar="DATE", help="Last day; default: today.")] = None,
    oldest_first: Annotated[bool, typer.Option("--oldest-first", help="Begin with the first day.")] = False,
    gaps: Annotated[
        bool, typer.Option("--gaps", help="Close what `thoisu gaps` lists; default: of the last 30 days, all sites.")
    ] = False,
    warc: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="PATH",
            help="Read WARC or WACZ files, lists of their paths, folders, patterns; no site is asked. Repeatable.",
        ),
    ] = None,
    base: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Where the paths of a list begin.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count only.")] = False,
    wait: Annotated[bool, typer.Option("--wait", help="When a day's requests are spent, go on the next day.")] = False,
    limit: Annotated[int | None, typer.Option(metavar="N", min=1, help="The most articles a site.")] = None,
    newsroom: Annotated[str | None, typer.Option(metavar="URL", help="Ask the papers of an embedded newsroom.")] = None,
    queue: Annotated[bool, typer.Option("--queue", help="Leave it to workers, in parts (PostgreSQL).")] = False,
    log_format: LogFormatOption = None,
    store: StoreOption = None,
    json_: Annotated[bool, typer.Option("--json", help="One JSON object a site on standard output.")] = False,
    child: Annotated[bool, typer.Option("--child", hidden=True, help="A part, for a worker.")] = False,
) -> None:
    """Fetch and store what sites published in the past.

    By sitemaps, lists and calls, whichever a site offers; the schedule goes first,
    and the day's requests are shared with it. Stop it at any time: the same
    command goes on with the page at which it was.

    \b
    Examples:
      thoisu backfill nhandan vov --from 2026-01-01 --to 2026-03-31
      thoisu backfill nhandan --from 2026-01-01 --dry-run
      thoisu backfill --gaps
      thoisu backfill nhandan vov --from 2025-01-01 --queue
      thoisu backfill --warc 'crawls/2026-08/*.warc.gz' --warc /srv/archive
      thoisu backfill --warc warc.paths.gz --base /srv/cc-news --from 2026-08-01
    """
    now = datetime.now(UTC)
    known = papers_of(newsroom) if newsroom else all_sites()
    chosen = chosen_sites(sites, known) if sites else Sites()
    if warc:
        if gaps or wait or limit or queue:
            raise BadInput("--warc asks no site: --gaps, --wait, --limit and --queue mean nothing to it")
        copy_files(warc, base, known, chosen or known, _ever(from_, to, now), store, dry=dry_run, json_=json_)
        return
    if base:
        raise BadInput("--base says where the paths of a list begin; name the list with --warc")
    if queue and (wait or limit or dry_run or newsroom):
        raise BadInput("--queue leaves it to workers: --wait, --limit, --dry-run and --newsroom mean nothing to it")
    span = span_of(from_, to, now, optional=gaps or not chosen)
    if gaps:
        chosen = chosen or known
    elif not chosen:
        raise BadInput("name the sites: thoisu backfill nhandan --from 2026-01-01; `thoisu sites` lists them")
    if queue and not gaps:
        _defer(list(chosen), span, store, oldest_first=oldest_first)
        return
    from crawler.backfill import Job

    if gaps:
        jobs = _of_gaps(chosen, span, now, store, dry=dry_run or queue)
        if not jobs:
            console(stderr=json_).print(spoken("nothing is known to be missing"))
            return
    else:
        jobs = {name: [Job(site=name, span=span, oldest_first=oldest_first)] for name in chosen}
    if queue:
        _defer(list(jobs), span, store, gaps=True)
        return
    if child:
        _part(jobs, chosen, store, newsroom)
    if dry_run:
        _count(jobs, chosen, now, store, span if gaps else None, json_=json_)
        return
    begin_log(log_format)
    reports = _run(jobs, chosen, store, newsroom, limit, wait=wait)
    if not any(report.error == "stopped" for report in reports):
        relate_by_hand(store)
    _show(reports, json_=json_)


def _defer(
    sites: list[str], span: DayRange, store: str | None, *, gaps: bool = False, oldest_first: bool = False
) -> None:
    """Leave the months of these sites to workers, site by site the newest first; of gaps those of a site together."""
    from crawler.cli.parts import months, put
    from crawler.schedule.queue import part_of
    from crawler.schedule.queue_state import BACKFILL

    spans = [(span.first, span.last)] if gaps else months(span)
    more = ["--gaps"] * gaps + ["--oldest-first"] * oldest_first
    works = [
        part_of(BACKFILL, [site, "--from", str(first), "--to", str(last), *more], site)
        for first, last in (reversed(spans) if oldest_first else spans)
        for site in sites
    ]
    with open_store(store, reading=False) as opened:
        put(opened, works)


def _part(jobs: Mapping[str, list[Job]], sites: Sites, store: str | None, newsroom: str | None) -> None:
    """A part of a backfill, for a worker, who hears by the exit code what is left."""
    from crawler.backfill.spider import backfill as run
    from crawler.cli.parts import part
    from crawler.schedule.worker import LATER, MORE

    own = configured()
    begin_log(None)
    with part() as over:
        url = store or own.database_url
        reports = run(jobs, sites, store_url=url, newsroom=newsroom, own=own, patient=False)
    for report in reports:
        announce(spoken("backfill of {report}", report=report), logging.WARNING if report.error else logging.INFO)
    if over.is_set() or any(report.gave_way for report in reports):
        raise typer.Exit(MORE)
    if any(report.over_budget for report in reports):
        raise typer.Exit(LATER)
    raise typer.Exit(int(any(report.error for report in reports)))


def span_of(
    from_: str | None, to: str | None, now: datetime, names: tuple[str, str] = ("--from", "--to"), *, optional: bool
) -> DayRange:
    """The days that a person names by the options `names`; without a first the last 30, where that is `optional`."""
    if from_ is None and not optional:
        raise BadInput(f"name the first day: {names[0]} 2026-01-01")
    last = _day(to, now, names[1]) if to else day_of(now)
    return _ordered(_day(from_, now, names[0]) if from_ else last - _BACK, last, names)


def _ever(from_: str | None, to: str | None, now: datetime) -> DayRange:
    first, last = _day(from_, now, "--from") if from_ else date.min, _day(to, now, "--to") if to else date.max
    return _ordered(first, last, ("--from", "--to"))


def _day(text: str, now: datetime, name: str) -> date:
    day = day_of(moment(text))
    if day > day_of(now):
        raise BadInput(f"{name} {day} is in the future; today is {day_of(now)}")
    return day


def _ordered(first: date, last: date, names: tuple[str, str]) -> DayRange:
    from crawler.discover import DayRange

    if first > last:
        raise BadInput(f"{names[0]} {first} is after {names[1]} {last}")
    return DayRange(first, last)


def _count(
    plan: Mapping[str, list[Job]],
    sites: Sites,
    now: datetime,
    store: str | None,
    gaps: DayRange | None,
    *,
    json_: bool,
) -> None:
    from crawler.backfill import forecast

    numbers = ("to ask", "done", "waiting", "stored", "expected", "hours")
    columns = [
        Column("site", whole=True),
        Column("routes"),
        *(Column(name, right=True) for name in numbers),
    ]
    rows = []
    with open_store(store) as opened:
        for name, jobs in plan.items():
            found = forecast(opened, sites[name], jobs, now, gaps)
            if json_:
                print_json(asdict(found))
            hours = "-" if found.seconds is None else respoken(f"{found.seconds / 3600:.1f}")
            counts = (found.addresses, found.done, found.waiting, found.stored, found.expected)
            cells = (name, ", ".join(found.routes), *("-" if n is None else str(n) for n in counts), hours)
            rows.append(Row(cells))
    if not json_:
        print_aligned(columns, rows, console())


def _of_gaps(sites: Sites, span: DayRange, now: datetime, store: str | None, *, dry: bool) -> dict[str, list[Job]]:
    from crawler.backfill import jobs_for

    with open_store(store) as opened:
        known = opened.counts()
        found = {name: jobs_for(opened, name, span, now, dry=dry) for name in sites if name in known}
    return {name: jobs for name, jobs in found.items() if jobs}


def _run(
    jobs: Mapping[str, list[Job]],
    sites: Sites,
    store: str | None,
    newsroom: str | None,
    limit: int | None,
    *,
    wait: bool,
) -> list[BackfillReport]:
    from crawler.backfill.spider import backfill as run

    with progress() as show:
        while True:
            reports = run(
                jobs,
                sites,
                store_url=store or configured().database_url,
                newsroom=newsroom,
                limit=limit,
                on_progress=show,
                own=configured(),
            )
            if not wait or not any(report.over_budget for report in reports):
                return reports
            _sleep_till_morning()


def _sleep_till_morning() -> None:
    from crawler.text import VIETNAM

    now = datetime.now(VIETNAM)
    morning = datetime.combine(now.date() + timedelta(days=1), datetime.min.time(), VIETNAM) + timedelta(minutes=1)
    said = spoken("the day's requests are spent; going on at {at}", at=f"{morning:%H:%M}")
    console(stderr=True).print(said)
    time.sleep((morning - now).total_seconds())


def _show(reports: list[BackfillReport], *, json_: bool) -> None:
    screen = console(stderr=json_)
    if json_:
        for report in reports:
            print_json({name: getattr(report, name) for name in _fields(report)})
    else:
        summary(list(reports), screen)
    for report in reports:
        if report.over_budget:
            spent = spoken("the day's requests are spent or kept for the schedule")
            left = spoken(
                "{n} known pages are left; the same command goes on (--wait does it by itself)", n=report.left
            )
            screen.print(f"{report.site}: {spent}, {left}", soft_wrap=True)
        if report.missing:
            first, last = report.missing[0], report.missing[-1]
            texts = (
                "no route reaches {n} day from {first} to {last}",
                "no route reaches {n} days from {first} to {last}",
            )
            said = spoken_of_many(*texts, len(report.missing), first=first, last=last)
            screen.print(shown(f"{report.site}: {said}"), style="yellow", soft_wrap=True)
    if any(report.error == "stopped" for report in reports):
        raise KeyboardInterrupt
    if any(report.error for report in reports):
        raise typer.Exit(1)


def _fields(report: BackfillReport) -> list[str]:
    from dataclasses import fields

    return [field.name for field in fields(report)]
