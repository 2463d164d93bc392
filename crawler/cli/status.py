"""`thoisu status` and `pace`: when each site was polled, what came, what is next, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crawler.cli.common import (
    SitesArgument,
    StoreOption,
    configured,
    known_here,
    local,
    open_store,
    site_names,
)
from crawler.cli.language import respoken, spoken, spoken_of_many
from crawler.cli.lists import Column, Row, cell, piped, print_rows, print_tabbed
from crawler.process import shown
from crawler.process.output import console, print_json, say

if TYPE_CHECKING:
    from rich.console import Console

    from crawler.monitor import Check
    from crawler.monitor.status import SitePace, SiteStatus, SourcePace
    from crawler.schedule import AgendaEntry
    from crawler.store import Store
    from crawler.store.findings import Observation
    from crawler.store.runs import Run

_GAVE = {"200": "nothing new", "304": "nothing new"}
_NEXT = 5  # polls shown of each source
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object a site.")]

_OF_ALL = ("source", "next_at", "why")  # what is shown of a source that was never planned


def status(
    sites: SitesArgument = None,
    store: StoreOption = None,
    json_: JsonOption = False,
) -> None:
    """Say when each site was polled, what came, what is next.

    With it: articles of today, requests of today and how many it gets, the share
    of what is known that is stored (30 days), and how many findings are open;
    what the last crawl by hand gave; and what is wrong with the polling itself.

    \b
    Examples:
      thoisu status
      thoisu status nhandan --json
    """
    from crawler.monitor import health
    from crawler.monitor.status import hand_runs, site_status

    now = datetime.now(UTC)
    with open_store(store) as opened:
        rows = [site_status(opened, name, of, now, configured().budget) for name, of in _agendas(opened, sites).items()]
        by_hand = {name: run for name, run in hand_runs(opened).items() if not sites or name in sites}
        wrong = health(opened, {row.site for row in rows} | by_hand.keys(), now)
    screen = console()
    if json_:
        for row in rows:
            print_json(asdict(row))
    else:
        if rows:
            _table(rows, now, by_hand)
        _unscheduled([run for name, run in by_hand.items() if name not in {row.site for row in rows}], now)
        for row in rows if sites else ():
            _sources(row, screen)
    _wrong(wrong, now, console(stderr=json_))


def pace(
    sites: SitesArgument = None,
    store: StoreOption = None,
    json_: JsonOption = False,
) -> None:
    """Explain when sites are polled, and why.

    \b
    Examples:
      thoisu pace
      thoisu pace nhandan
    """
    from crawler.monitor.status import site_pace

    now = datetime.now(UTC)
    with open_store(store) as opened:
        rows = [site_pace(opened, name, of, now, configured().budget) for name, of in _agendas(opened, sites).items()]
    for row in rows:
        if json_:
            print_json(_plain(row))
        else:
            _explain(row, console(), whole=bool(sites))


def _agendas(store: Store, names: Sequence[str] | None) -> dict[str, list[AgendaEntry]]:
    """The agenda of these sites, of all when there are none; `BadInput` for a name that nobody knows."""
    from crawler.monitor.status import agendas

    scheduled = agendas(store)
    asked = known_here(names or (), {*scheduled, *site_names(store)})
    if not (scheduled or asked):
        say(spoken("no site is scheduled yet; begin with: thoisu schedule"))
    for name in asked:
        if name not in scheduled:
            say(spoken("{site} is not scheduled yet; begin with: thoisu schedule", site=name))
    return {site: entries for site, entries in scheduled.items() if not asked or site in asked}


def _plain(row: SitePace) -> dict[str, Any]:
    """For JSON; what is not known of a source is left out."""
    sources = [
        {name: value for name, value in asdict(one).items() if one.rate is not None or name in _OF_ALL}
        for one in row.sources
    ]
    return asdict(row) | {"sources": sources}


def _table(rows: Sequence[SiteStatus], now: datetime, by_hand: Mapping[str, Run]) -> None:
    columns = [Column("site", whole=True), Column("last poll", whole=True)]
    columns += [
        Column(name, right=name not in ("next",), whole=True) for name in ("gave", "today", "next", "asked", "whole")
    ]
    lines = []
    for row in rows:
        gave = cell(f"{row.came} new" if row.came else _gave(row.outcome))
        asked = f"{row.spent}/{row.budget}"
        last = _short(row.polled_at, now)
        following = _short(row.next_at, now) if row.next_at > now else cell("now")
        whole = "-" if row.completeness is None else cell(f"{row.completeness:.1%}")
        below = [cell(row.why)]
        if run := by_hand.get(row.site):
            below.append(cell(_by_hand(run, now)))
        below += [cell(f"stand-in: {why}") for why in row.stand_ins]
        if row.findings:
            many = f"{row.findings} findings are open: thoisu check {row.site}"
            below.append(cell(many if row.findings > 1 else f"1 finding is open: thoisu check {row.site}"))
        cells = (row.site, last, gave, str(row.today), following, asked, whole)
        lines.append(Row(cells, below=below, style="red" if row.findings else ""))
    print_rows(columns, lines, "no site is scheduled")


def _unscheduled(runs: Sequence[Run], now: datetime) -> None:
    if not runs:
        return
    if piped():  # the cells of the others, of which nothing is known
        for run in runs:
            print_tabbed((run.site, *"------", f"not scheduled; {_by_hand(run, now)}"))
        return
    columns = [Column("site", whole=True), Column("not scheduled")]
    print_rows(columns, [Row((run.site, cell(_by_hand(run, now)))) for run in runs], "")


def _by_hand(run: Run, now: datetime) -> str:
    failed = f"; failed: {run.error}" if run.error else ""
    return f"crawled by hand {_short(run.at, now)}: {run.gave}{failed}"


def _wrong(found: Sequence[tuple[Check, Observation]], now: datetime, screen: Console) -> None:
    for check, seen in found:
        place = " ".join(part for part in (seen.site, seen.subject) if part)
        since = f"{spoken('since')} {_short(seen.since, now)}"
        screen.print(shown(f"\n{check.name}  {place}  {since}"), style="bold red")
        screen.print(f"  {respoken(check.says)}")
        screen.print(shown(f"  {respoken(seen.evidence)}"))
        screen.print(f"  {spoken('to do: {advice}', advice=respoken(check.advice))}")


def _gave(outcome: str | None) -> str:
    return "-" if outcome is None else _GAVE.get(outcome, outcome)


def _short(at: datetime | None, now: datetime) -> str:
    """A time without its year or, when that is not this one, without its hour."""
    if at is None:
        return "-"
    day, hour = local(at).split()
    return f"{day[:5]} {hour}" if day[6:] == local(now)[6:10] else day


def _sources(row: SiteStatus, screen: Console) -> None:
    screen.print(f"\n{row.site}", style="bold")
    for entry in row.sources:
        screen.print(shown(f"  {entry.source}"), soft_wrap=True)
        if entry.polled_at:
            gave = respoken(f"{entry.came} new" if entry.came else _gave(entry.outcome))
            screen.print(f"    {spoken('last {at}: {what}', at=local(entry.polled_at), what=gave)}")
        screen.print(shown(f"    {_next(entry.next_at, entry.why)}"), soft_wrap=True)


def _next(at: datetime | None, why: str) -> str:
    return spoken("next {at}: {what}", at=local(at), what=respoken(why))


def _explain(row: SitePace, screen: Console, *, whole: bool) -> None:
    spent = ", ".join(f"{purpose} {number}" for purpose, number in row.spent.items() if number)
    screen.print(row.site, style="bold")
    if row.rate is None:
        screen.print(f"  {spoken('how often it publishes is not known yet')}")
    else:
        text = "{rate} new articles an hour now; {n} more expected today"
        screen.print(f"  {spoken(text, rate=f'{row.rate:.1f}', n=f'{row.expected:.0f}')}")
    text, spent = "{n} of {all} requests left today ({spent})", spent or spoken("none spent")
    screen.print(f"  {spoken(text, n=row.left, all=row.budget, spent=spent)}")
    screen.print(f"  {spoken_of_many('{n} poll still planned today', '{n} polls still planned today', row.planned)}")
    for source in sorted(row.sources, key=lambda source: source.next_at):
        screen.print(shown(f"  {source.source}"), soft_wrap=True)
        screen.print(shown(f"    {_next(source.next_at, source.why)}"), soft_wrap=True)
        if whole and source.rate is not None:
            _rates(source, screen)
    screen.print(f"  {spoken('known articles')}")
    screen.print(shown(f"    {_next(row.articles.next_at, row.articles.why)}"), soft_wrap=True)


def _rates(source: SourcePace, screen: Console) -> None:
    later = [local(at)[-5:] for at in source.planned if at > source.next_at]
    if later:
        times = ", ".join(later[:_NEXT]) + (" …" if len(later) > _NEXT else "")
        screen.print(f"    {spoken('then {times}', times=times)}")
    text = "{rate} articles an hour, {share} of them here before elsewhere"
    screen.print(f"    {spoken(text, rate=f'{source.rate:.1f}', share=f'{source.first:.0%}')}")
    if source.window:
        screen.print(f"    {spoken_of_many('shows {n} article', 'shows {n} articles', source.window)}")
